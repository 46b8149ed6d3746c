"""The running stack as `access.json` describes it, and a root shell on its hosts."""

from __future__ import annotations

import base64
import json
import os
import shlex
import ssl
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
STATE = Path(os.environ.get("CONGVU_LAB") or ROOT / ".lab").resolve()
INVENTORY = Path(os.environ.get("CONGVU_INVENTORY") or ROOT / "inventories" / "lab").resolve()


# Tests ask hosts thousands of times: one connection to each, which notices that its host went down.
SHARED = {
    "ControlMaster": "auto",
    "ControlPersist": "30",
    "ServerAliveInterval": "5",
    "ServerAliveCountMax": "2",
}


@dataclass(frozen=True)
class Endpoint:
    """Where a service listens, as reachable from the machine that runs the tests."""

    address: str
    port: int


@dataclass(frozen=True)
class Account:
    """A mailbox whose password is known."""

    address: str
    dn: str
    password: str

    @property
    def domain(self) -> str:
        return self.address.partition("@")[2]


@dataclass(frozen=True)
class Lab:
    """What the tests know of the stack before they speak to it."""

    host: str
    smtp: Endpoint
    submission: Endpoint
    submissions: Endpoint
    imap: Endpoint
    imaps: Endpoint
    ldaps: Endpoint
    sieve: Endpoint
    https: Endpoint
    ca: Path
    accounts: tuple[Account, ...]
    hosts: dict[str, list[str]]
    ssh_config: Path

    @classmethod
    def read(cls, state: Path) -> Lab:
        access = json.loads((state / "access.json").read_text(encoding="utf-8"))
        services = ("smtp", "submission", "submissions", "imap", "imaps", "ldaps", "sieve", "https")
        return cls(
            host=access["host"],
            **{service: Endpoint(*access[service]) for service in services},
            ca=Path(access["ca"]),
            accounts=tuple(Account(a["address"], a["dn"], a["password"]) for a in access["accounts"]),
            hosts=access["hosts"],
            ssh_config=Path(access["ssh_config"]),
        )

    @property
    def every_host(self) -> list[str]:
        return sorted({name for names in self.hosts.values() for name in names})

    def trust(self) -> ssl.SSLContext:
        """Trust the lab's CA and nobody else, and insist on the host's name."""
        context = ssl.create_default_context(cafile=str(self.ca))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def run(
        self, host: str, *command: str, stdin: bytes = b"", check: bool = True, within: float = 300
    ) -> str:
        """Run a command as root on a host and return what it printed; a failure shows why."""
        done = subprocess.run(
            ["ssh", "-F", str(self.ssh_config), *_shared(), host, shlex.join(command)],
            input=stdin,
            capture_output=True,
            timeout=within,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"{host}: {shlex.join(command)}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode(errors="replace")

    def read_file(self, host: str, path: str) -> bytes:
        """Return a file of a host, whatever its bytes are."""
        return base64.b64decode(self.run(host, "base64", "-w0", path))


@cache
def _folder() -> TemporaryDirectory[str]:
    """Return where this process keeps its connections: the path of a socket may have 108 characters."""
    return TemporaryDirectory(prefix="congvu-ssh-", ignore_cleanup_errors=True)


def _shared() -> list[str]:
    """Return the options of ssh that let the commands of this process share a connection to each host."""
    options = SHARED | {"ControlPath": f"{_folder().name}/%n"}
    return [f"-o{name}={value}" for name, value in options.items()]
