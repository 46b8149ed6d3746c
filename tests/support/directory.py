"""The directory from inside: root on its host over ldapi, as an operator in an emergency."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from .lab import Lab

AS_ROOT = ("-Q", "-Y", "EXTERNAL", "-H", "ldapi:///")
READABLE = ("-LLL", "-o", "ldif-wrap=no")
# What slapd notes by itself at a login is left out.
WRITTEN = ("*", "entryUUID", "createTimestamp", "pwdReset", "pwdAccountLockedTime")

Attributes = dict[str, list[str]]


class Directory:
    """Reads and repairs entries on the directory host."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.host = lab.hosts["directory"][0]

    def entries(self, wanted: str = "(objectClass=*)", *attributes: str) -> dict[str, Attributes]:
        """Return dn and attributes of all entries that a filter finds."""
        command = ("ldapsearch", *AS_ROOT, *READABLE, "-b", self.suffix, wanted, *attributes)
        found: dict[str, Attributes] = {}
        for block in self.lab.run(self.host, *command).strip().split("\n\n"):
            entry: Attributes = {}
            for line in block.splitlines():
                name, _, value = line.partition(":")
                if value.startswith(":"):
                    value = base64.b64decode(value[1:]).decode(errors="backslashreplace")
                entry.setdefault(name, []).append(value.strip())
            if entry:
                found[entry.pop("dn")[0]] = entry
        return found

    def of(self, address: str, *attributes: str) -> Attributes:
        """Return the entry that an address belongs to."""
        (entry,) = self.entries(f"(mailLocalAddress={address})", *attributes).values()
        return entry

    def snapshot(self) -> dict[str, Attributes]:
        """Return everything that somebody wrote."""
        return self.entries("(objectClass=*)", *WRITTEN)

    @contextmanager
    def changed(self, address: str, attribute: str, value: str) -> Iterator[None]:
        """Give an attribute another value for a while, with "" none; it may have none before."""
        before = self.of(address, attribute).get(attribute, [])
        self.set(address, attribute, *([value] if value else []))
        try:
            yield
        finally:
            self.set(address, attribute, *before)

    def set(self, address: str, attribute: str, *values: str) -> None:
        """Give an attribute of an account these values, and no other."""
        (dn,) = self.entries(f"(mailLocalAddress={address})", "1.1")
        lines = "".join(f"{attribute}: {value}\n" for value in values)
        change = f"dn: {dn}\nchangetype: modify\nreplace: {attribute}\n{lines}"
        self.lab.run(self.host, "ldapmodify", *AS_ROOT, stdin=change.encode())

    def delays(self, address: str) -> bool:
        """Say whether slapd takes no password of an account now, because of wrong ones."""
        (end,) = self.of(address, "pwdAccountTmpLockoutEnd").get("pwdAccountTmpLockoutEnd", [""])
        return f"{datetime.now(UTC):%Y%m%d%H%M%S}" <= end[:14]  # up to the end of its last second

    @contextmanager
    def delaying(self, dns: Sequence[str]) -> Iterator[None]:
        """Let slapd take no password of some entries, as it does for seconds after wrong ones."""
        end = f"pwdAccountTmpLockoutEnd: {datetime.now(UTC) + timedelta(hours=1):%Y%m%d%H%M%SZ}\n"
        self._replace(dns, "pwdAccountTmpLockoutEnd", end)
        try:
            yield
        finally:
            self._replace(dns, "pwdAccountTmpLockoutEnd", "")

    def _replace(self, dns: Sequence[str], attribute: str, line: str) -> None:
        """Replace what only slapd itself writes."""
        changes = [f"dn: {dn}\nchangetype: modify\nreplace: {attribute}\n{line}" for dn in dns]
        self.lab.run(self.host, "ldapmodify", *AS_ROOT, "-e", "relax", stdin="\n".join(changes).encode())

    def set_password(self, address: str, password: str) -> None:
        """Set a password past the policy, as one that its owner chose."""
        self.set(address, "userPassword", password)
        self.set(address, "pwdReset")

    def delete(self, dn: str) -> None:
        self.lab.run(self.host, "ldapdelete", *AS_ROOT, dn)

    @property
    def suffix(self) -> str:
        """The part of every account's dn that begins with the first `dc`."""
        dn = self.lab.accounts[0].dn
        return dn[dn.lower().index("dc=") :]
