"""A small province of a test's own, below a suffix of its own: the daily pass sees it and nothing else.

Mail and logins work in it as in the lab's directory, because Postfix and Dovecot search the whole tree.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from ansible_collections.congvu.mail.plugins.module_utils.host.audit import AuditLine

from .audit import logged
from .directory import AS_ROOT, Attributes, Directory
from .lab import Account, Lab

SETTINGS = "/etc/congvu/lifecycle.json"
NOTICES = "/var/lib/congvu/notices"
MAIL_ROOT = "/srv/mail"


@dataclass(frozen=True)
class Passed:
    """How a run of the program ended, and what it said as data."""

    code: int
    data: dict[str, Any]

    def steps(self) -> set[tuple[str, str]]:
        """What was done, and to which account (local part)."""
        return {(step["what"], step["account"].partition("@")[0]) for step in self.data["steps"]}


@dataclass
class Province:
    """Accounts with a past, and the terms that hold for them."""

    lab: Lab
    directory: Directory
    contact: str
    mark: str = field(default_factory=lambda: f"e2e{secrets.token_hex(3)}")
    mail_paths: list[str] = field(default_factory=list)

    @property
    def suffix(self) -> str:
        return f"ou={self.mark},{self.directory.suffix}"

    @property
    def settings(self) -> str:
        return f"/root/{self.mark}.json"

    @property
    def domain(self) -> str:
        return self.contact.partition("@")[2]

    def begin(self, *, lifecycle: dict[str, int], password: dict[str, int] | None = None) -> None:
        """Found the province, under these terms."""
        given = json.loads(self.lab.run(self.directory.host, "cat", SETTINGS))
        given |= {"suffix": self.suffix, "lifecycle": lifecycle, "password": password or {}}
        given["support"]["address"] = self.contact
        self._write_settings(given)
        for dn in (self.suffix, f"ou=people,{self.suffix}", f"ou=units,{self.suffix}"):
            name = dn.partition(",")[0].partition("=")[2]
            self._add([f"dn: {dn}", "objectClass: organizationalUnit", f"ou: {name}"])

    def without_mail(self) -> None:
        """Let no mail exchanger answer the program: nothing listens on that port."""
        given = json.loads(self.lab.run(self.directory.host, "cat", self.settings))
        self._write_settings(given | {"system_port": 9})

    def with_mail(self) -> None:
        given = json.loads(self.lab.run(self.directory.host, "cat", self.settings))
        usual = json.loads(self.lab.run(self.directory.host, "cat", SETTINGS))
        self._write_settings(given | {"system_port": usual["system_port"]})

    def hire(
        self,
        *names: str,
        created: date,
        used: date | None = None,
        changed: date | None = None,
        **more: str,
    ) -> list[str]:
        """Add officers whose entries were made, used and given a password on these days; return addresses.

        slapd keeps these times itself, and takes them from the administrator by the Relax control alone.
        """
        times = {"createTimestamp": created, "pwdChangedTime": changed or created, "pwdLastSuccess": used}
        past = [f"{key}: {_time(day)}" for key, day in times.items() if day]
        past += [f"{key}: {value}" for key, value in ({"cvStatus": "active"} | more).items()]
        lines = []
        for name in names:
            path = f"s01/p/e2/{self.mark}-{name}"
            self.mail_paths.append(path)
            lines += [
                f"dn: {self.dn(name)}",
                *(f"objectClass: {one}" for one in ("inetOrgPerson", "inetLocalMailRecipient", "cvMailbox")),
                f"uid: {self.mark}-{name}",
                f"cn: Nguyen Van {name}",
                "sn: Nguyen",
                f"mail: {self.address(name)}",
                f"mailLocalAddress: {self.address(name)}",
                f"cvMailPath: {path}",
                "cvQuota: 50",
                "cvUnit: stttt",
                f"cvContact: {self.contact}",
                "userPassword: {SSHA512}" + secrets.token_urlsafe(48),
                *past,
                "",
            ]
        self._add(lines)
        return [self.address(name) for name in names]

    def login(self, name: str, day: date) -> None:
        """Let an officer have logged in on a day."""
        _replace(self.directory, self.dn(name), {"pwdLastSuccess": [_time(day)]}, "-e", "relax")

    def address(self, name: str) -> str:
        return f"{name}.{self.mark}@{self.domain}"

    def dn(self, name: str) -> str:
        return f"uid={self.mark}-{name},ou=people,{self.suffix}"

    def snapshot(self) -> dict[str, Attributes]:
        return {
            dn: entry for dn, entry in self.directory.snapshot().items() if dn.endswith(f",{self.suffix}")
        }

    def run(self, day: date, *options: str) -> Passed:
        """Run the program on a day."""
        script = f"{self.command(day, *options)} 2>&1; echo $?"
        *said, code = self.lab.run(self.directory.host, "bash", "-c", script).splitlines()
        assert said and said[-1].startswith("{"), said  # what else it says is why there is no result
        return Passed(int(code), json.loads(said[-1]))

    def command(self, day: date, *options: str) -> str:
        words = ("congvu-lifecycle", "--json", "--settings", self.settings, *options)
        return f"CONGVU_TODAY={day} " + " ".join(f"'{word}'" for word in words)

    def notices(self) -> list[str]:
        """Return the names of the notices that were sent to somebody here."""
        listing = self.lab.run(self.directory.host, "ls", NOTICES).split()
        return sorted(name for name in listing if self.mark in name)

    def message_ids(self) -> dict[str, str]:
        """Return the Message-ID of each notice that names somebody here, by the name of its file."""
        return message_ids(self.directory, f".{self.mark}@")

    def logged(self) -> list[AuditLine]:
        """Return the lines of the audit log that name somebody here."""
        return [
            line
            for line in logged(self.lab, self.directory.host)
            if f".{self.mark}@" in line.account + line.text
        ]

    def received(self, mailbox: str) -> Counter[str]:
        """Return how often each Message-ID is in a mailbox."""
        fetch = ("doveadm", "-f", "json", "fetch", "-u", mailbox, "hdr.message-id", "ALL")
        found = json.loads(self.lab.run(self.lab.hosts["store"][0], *fetch))
        return Counter(item["hdr.message-id"] for item in found)

    def has(self, mailbox: str, message_id: str) -> bool:
        return message_id in self.received(mailbox)

    def locks(self) -> dict[str, str]:
        """Return the lock of each officer who has one, by name."""
        held = self.directory.entries(f"(&(uid={self.mark}-*)(cvLock=*))", "uid", "cvLock").values()
        return {entry["uid"][0].partition("-")[2]: entry["cvLock"][0] for entry in held}

    def must_change(self) -> set[str]:
        """Return the names of those who may do nothing but change the password."""
        held = self.directory.entries(f"(&(uid={self.mark}-*)(pwdReset=TRUE))", "uid").values()
        return {entry["uid"][0].partition("-")[2] for entry in held}

    def leave_no_trace(self) -> None:
        """Remove everything but what the audit log keeps, as it must."""
        host, (store, *_) = self.directory.host, self.lab.hosts["store"]
        forget_notices(self.directory, f".{self.mark}@", self.contact)
        self.lab.run(host, "ldapdelete", *AS_ROOT, "-r", self.suffix)
        self.lab.run(host, "rm", self.settings)
        self.lab.run(store, "rm", "-rf", *(f"{MAIL_ROOT}/{path}" for path in self.mail_paths))

    def _add(self, lines: list[str]) -> None:
        content = "\n".join(lines) + "\n"
        self.lab.run(self.directory.host, "ldapadd", *AS_ROOT, "-e", "relax", stdin=content.encode())

    def _write_settings(self, given: dict[str, Any]) -> None:
        content = json.dumps(given).encode()
        self.lab.run(self.directory.host, "bash", "-c", f"cat >{self.settings}", stdin=content)


def message_ids(directory: Directory, text: str) -> dict[str, str]:
    """Return the Message-ID of each notice in which a text is, by the name of its file."""
    listing = f"grep -lF {text} {NOTICES}/*.eml | xargs -r grep -H -m1 ^Message-ID:"
    lines = directory.lab.run(directory.host, "bash", "-c", listing, check=False).splitlines()
    found = (line.rpartition(" ") for line in lines)
    return {place.partition(":")[0].rpartition("/")[2]: message_id for place, _, message_id in found}


def forget_notices(directory: Directory, text: str, *mailboxes: str) -> None:
    """Remove notices in which a text is, waiting ones too, from the record and from mailboxes."""
    lab, sent = directory.lab, message_ids(directory, text).values()
    words = [word for one in sent for word in ("or", "header", "message-id", one)][1:]
    for mailbox in mailboxes if words else ():
        lab.run(lab.hosts["store"][0], "doveadm", "expunge", "-u", mailbox, "mailbox", "*", "(", *words, ")")
    lab.run(directory.host, "bash", "-c", f"grep -rlF {text} {NOTICES} | xargs -r rm")


@contextmanager
def put_back(directory: Directory, account: Account, **given: str) -> Iterator[None]:
    """Give an account other attributes for a while; its events are as before at the end, too."""
    before = directory.of(account.address, "cvEvent", *given)
    try:
        _replace(directory, account.dn, {name: [value] for name, value in given.items()})
        yield
    finally:
        _replace(directory, account.dn, {name: before.get(name, []) for name in ("cvEvent", *given)})
        mailboxes = (account.address, *(value for value in given.values() if "@" in value))
        forget_notices(directory, account.address, *mailboxes)


def _replace(directory: Directory, dn: str, attributes: dict[str, list[str]], *options: str) -> None:
    lines = [f"dn: {dn}", "changetype: modify"]
    for name, values in attributes.items():
        encoded = [base64.b64encode(value.encode()).decode() for value in values]
        lines += [f"replace: {name}", *(f"{name}:: {value}" for value in encoded), "-"]
    if attributes:
        content = "\n".join(lines) + "\n"
        directory.lab.run(directory.host, "ldapmodify", *AS_ROOT, *options, stdin=content.encode())


def _time(day: date) -> str:
    """Return the morning of a day in Vietnam as slapd writes it."""
    return f"{day:%Y%m%d}010000Z"


def days(count: int) -> timedelta:
    return timedelta(days=count)
