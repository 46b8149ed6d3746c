"""A minimal LDAP client (RFC 4511): a bind, a search, a change, a new password (RFC 3062).

Only what mail programs, address books and our own hosts do over ldaps; every length is written in the long
form of BER, which any server has to read.
"""

from __future__ import annotations

import socket
from pathlib import Path
from types import TracebackType

from .lab import Lab

TIMEOUT = 30
SUCCESS, CONSTRAINT_VIOLATION, INVALID_CREDENTIALS, INSUFFICIENT_ACCESS = 0, 19, 49, 50

INTEGER, OCTETS, ENUM, BOOLEAN, SEQUENCE = 0x02, 0x04, 0x0A, 0x01, 0x30
BIND, BIND_ANSWER, SIMPLE = 0x60, 0x61, 0x80
SEARCH, ENTRY, SEARCH_DONE, PRESENT = 0x63, 0x64, 0x65, 0x87
MODIFY, MODIFY_ANSWER, SASL, SET = 0x66, 0x67, 0xA3, 0x31
EXTENDED, EXTENDED_ANSWER, NAME, VALUE, OLD, NEW = 0x77, 0x78, 0x80, 0x81, 0x81, 0x82
SUBTREE, REPLACE = 2, 2
CHANGE = "1.3.6.1.4.1.4203.1.11.1"  # RFC 3062

Entry = tuple[str, dict[str, list[bytes]]]


def _tlv(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return bytes([tag, 0x84]) + len(content).to_bytes(4, "big") + content


def _integer(value: int, tag: int = INTEGER) -> bytes:
    return _tlv(tag, value.to_bytes(4, "big"))


def _text(value: str, tag: int = OCTETS) -> bytes:
    # A surrogate stands for a byte that is no UTF-8, as in file names.
    return _tlv(tag, value.encode(errors="surrogateescape"))


def _items(content: bytes) -> list[tuple[int, bytes]]:
    """Take apart what stands side by side in a constructed value."""
    found, at = [], 0
    while at < len(content):
        tag, length, at = content[at], content[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(content[at : at + size], "big"), at + size
        found.append((tag, content[at : at + length]))
        at += length
    return found


class Ldap:
    """One connection over ldaps, anonymous until `bind`."""

    def __init__(self, lab: Lab, identity: tuple[Path, Path] | None = None) -> None:
        """Connect; `identity` is the certificate and key that a host shows."""
        trust = lab.trust()
        if identity:
            trust.load_cert_chain(*identity)
        plain = socket.create_connection((lab.ldaps.address, lab.ldaps.port), TIMEOUT)
        self.socket = trust.wrap_socket(plain, server_hostname=lab.hosts["directory"][0])
        self.stream = self.socket.makefile("rwb")
        self.number = 0
        self.said = ""  # what the directory said of the last request, beside its code

    def __enter__(self) -> Ldap:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stream.close()
        self.socket.close()

    def bind(self, dn: str, password: str) -> int:
        """Return the result code of a simple bind."""
        return self._ask(_tlv(BIND, _integer(3), _text(dn), _text(password, SIMPLE)), BIND_ANSWER)[0]

    def bind_as_host(self) -> int:
        """Return the result code of a bind as whom the certificate names (SASL EXTERNAL)."""
        # With credentials, though empty: without, it would ask for more (RFC 4422 appendix A).
        external = _tlv(SASL, _text("EXTERNAL"), _text(""))
        return self._ask(_tlv(BIND, _integer(3), _text(""), external), BIND_ANSWER)[0]

    def replace(self, dn: str, attribute: str, value: str) -> int:
        """Return the result code of giving an attribute one value."""
        change = _tlv(SEQUENCE, _text(attribute), _tlv(SET, _text(value)))
        changes = _tlv(SEQUENCE, _tlv(SEQUENCE, _integer(REPLACE, ENUM), change))
        return self._ask(_tlv(MODIFY, _text(dn), changes), MODIFY_ANSWER)[0]

    def search(self, base: str, *attributes: str) -> tuple[int, list[Entry]]:
        """Return the result code and every entry under `base` that this connection may see."""
        request = _tlv(
            SEARCH,
            _text(base),
            _integer(SUBTREE, ENUM),
            _integer(0, ENUM),
            _integer(0),
            _integer(0),
            _tlv(BOOLEAN, b"\0"),
            _text("objectClass", PRESENT),
            _tlv(SEQUENCE, *map(_text, attributes)),
        )
        code, answers = self._ask(request, SEARCH_DONE)
        entries = []
        for tag, content in answers:
            if tag == ENTRY:
                (_, dn), (_, listed) = _items(content)
                pairs = [_items(pair) for _, pair in _items(listed)]
                values = {
                    name.decode(): [value for _, value in _items(held)] for (_, name), (_, held) in pairs
                }
                entries.append((dn.decode(), values))
        return code, entries

    def change_password(self, old: str, new: str) -> int:
        """Return the result code of changing the password of who is bound here (`old` may be empty)."""
        value = _tlv(SEQUENCE, *([_text(old, OLD)] if old else []), _text(new, NEW))
        return self._ask(_tlv(EXTENDED, _text(CHANGE, NAME), _tlv(VALUE, value)), EXTENDED_ANSWER)[0]

    def _ask(self, request: bytes, last: int) -> tuple[int, list[tuple[int, bytes]]]:
        """Send one request; return its result code and the answers that came before the last one."""
        self.number += 1
        self.stream.write(_tlv(SEQUENCE, _integer(self.number), request))
        self.stream.flush()
        before: list[tuple[int, bytes]] = []
        while True:
            tag, content = _items(self._message())[1]
            if tag == last:
                (_, code), _, (_, said) = _items(content)[:3]
                self.said = said.decode(errors="backslashreplace")
                return code[-1], before
            before.append((tag, content))

    def _message(self) -> bytes:
        head = self.stream.read(2)
        assert len(head) == 2, "the directory hung up"
        length = head[1]
        if length & 0x80:
            length = int.from_bytes(self.stream.read(length & 0x7F), "big")
        return self.stream.read(length)
