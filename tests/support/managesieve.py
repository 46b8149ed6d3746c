"""ManageSieve (RFC 5804): putting a filter script onto the server."""

from __future__ import annotations

import base64
import re
import socket
from types import TracebackType

from .lab import Account, Lab

TIMEOUT = 30


class ManageSieve:
    """One session; `ask` returns the status word and everything that was said."""

    def __init__(self, lab: Lab, *, tls: bool = True) -> None:
        self.socket = socket.create_connection((lab.sieve.address, lab.sieve.port), TIMEOUT)
        self.stream = self.socket.makefile("rwb")
        self.capabilities = self._answer()[1]
        if tls:
            assert self.ask("STARTTLS")[0] == "OK"
            self.socket = lab.trust().wrap_socket(self.socket, server_hostname=lab.host)
            self.stream = self.socket.makefile("rwb")
            self.capabilities = self._answer()[1]

    def __enter__(self) -> ManageSieve:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stream.close()
        self.socket.close()

    def login(self, account: Account) -> tuple[str, str]:
        """Authenticate with PLAIN (RFC 4616)."""
        secret = base64.b64encode(f"\0{account.address}\0{account.password}".encode()).decode()
        return self.ask(f'AUTHENTICATE "PLAIN" "{secret}"')

    def put(self, name: str, script: str) -> tuple[str, str]:
        """Store a script; the server compiles it and refuses one that is wrong."""
        content = script.encode()
        return self.ask(f'PUTSCRIPT "{name}" {{{len(content)}+}}\r\n{script}')

    def ask(self, command: str) -> tuple[str, str]:
        self.stream.write(command.encode() + b"\r\n")
        self.stream.flush()
        return self._answer()

    def _answer(self) -> tuple[str, str]:
        """Read lines, and literals in them, up to the status line."""
        said = ""
        while True:
            line = self.stream.readline().decode()
            assert line, f"the server hung up after {said!r}"
            said += line
            if literal := re.search(r"\{(\d+)\+?\}\r\n$", line):
                said += self.stream.read(int(literal[1])).decode() + self.stream.readline().decode()
            if status := re.match(r"(OK|NO|BYE)\b", line):
                return status[1], said
