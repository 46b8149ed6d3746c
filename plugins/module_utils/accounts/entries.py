# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How an account is written in the directory, and read (schema: roles/directory/files/congvu.schema). Pure.

An account is the dict that `desired` makes of roster and register. In the directory it is an entry:
attributes by name, each a sorted list of values. `Entry` reads one; what becomes of it is a view of its own
(`lifecycle.entry` for the daily pass, `mailstore.decisions` for a store host). Whoever acts on what an entry
says asks `readable` for it first: a value that cannot be read is no absent one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from ..clock import generalized_time, read_day, read_generalized_time
from ..naming.addresses import is_address
from .events import Event, event, in_order
from .vocabulary import ACCOUNT_CLASS, FALSE, TRUE, Attr, Kind, Lock, Status

Account = Mapping[str, Any]
Attributes = dict[str, list[str]]

FOLDERS: Mapping[str, str] = {Kind.PERSON: "people", Kind.UNIT: "units"}
CLASSES = {
    Kind.PERSON: [ACCOUNT_CLASS, "inetLocalMailRecipient", "inetOrgPerson"],
    Kind.UNIT: ["account", ACCOUNT_CLASS, "inetLocalMailRecipient"],
}
SHARD = "s01"
DIGEST = re.compile(r"[0-9a-f]{64}")
NUMBER = re.compile(r"[0-9]{1,18}")
# As `mail_path` makes them: a path that is anything else is never deleted.
MAIL_PATH = re.compile(r"s[0-9]{2}/[pu]/[0-9a-f]{2}/[A-Za-z0-9=_-]{1,245}")
# What follows the roster and the register. The class, the path, the password and the owner are set once,
# when the account is made; what the daily pass and the store write (locks, events, archives) is not touched.
MANAGED_ATTRIBUTES = tuple(name.value for name in (
    Attr.CN, Attr.SN, Attr.GIVEN_NAME, Attr.TITLE, Attr.MAIL, Attr.MAIL_LOCAL_ADDRESS,
    Attr.STATUS, Attr.QUOTA, Attr.UNIT,
    Attr.CONTACT, Attr.LEAVE_UNTIL, Attr.UNTIL, Attr.KEEP_UNTIL, Attr.TOKEN,
))  # fmt: skip
# Plain strings: where nothing is to be changed, to make and compare them is all that a run does, 50,000
# times, and members of an enum take half as long again.
(
    _CN, _SN, _GIVEN_NAME, _TITLE, _MAIL, _MAIL_LOCAL_ADDRESS, _STATUS,
    _QUOTA, _UNIT, _CONTACT, _LEAVE_UNTIL, _UNTIL, _KEEP_UNTIL, _TOKEN,
) = MANAGED_ATTRIBUTES  # fmt: skip
_PERSON = Kind.PERSON.value
# What of the others is looked at: who took a unit's mailbox over, and whether an account was given up.
OBSERVED_ATTRIBUTES = (Attr.OWNER, Attr.LOCK)


@dataclass(frozen=True)
class MailArchive:
    """The value of `cvArchive`: `time messages sha256 file`; the file is named from the archive's folder."""

    time: datetime
    messages: int
    digest: str
    file: str

    def value(self) -> str:
        """Return it as the directory has it."""
        return f"{generalized_time(self.time)} {self.messages} {self.digest} {self.file}"


def mail_archive(value: str) -> MailArchive:
    """Read a value of `cvArchive`. Raises ValueError where it is none."""
    time, messages, digest, file = value.split(" ", 3)
    outside = not file or file.startswith("/") or ".." in file.split("/")
    if not NUMBER.fullmatch(messages) or not DIGEST.fullmatch(digest) or outside or not file.isprintable():
        raise ValueError(f"{Attr.ARCHIVE}: {value}")
    return MailArchive(read_generalized_time(time), int(messages), digest, file)


@dataclass(frozen=True)
class Unreadable:
    """An entry of which values cannot be read: nothing is done about its account, and somebody is told.

    `address` is its DN where that cannot be read either.
    """

    uid: str
    address: str
    attributes: tuple[str, ...]

    def __str__(self) -> str:
        """Return what is told of it."""
        return f"{self.address}: cannot be read: {', '.join(self.attributes)}"

    def as_data(self) -> dict[str, object]:
        """Return it for a report; values are not shown, one of them may be a password."""
        return {"account": self.address, "attributes": list(self.attributes)}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it was read: values by attribute, an absent one missing or empty.

    What is asked for raises ValueError where the value is not what its attribute holds.
    """

    values: Mapping[str, Sequence[str]]

    def text(self, name: str) -> str:
        """Return the value of an attribute that has one, or nothing."""
        values = self.values.get(name)
        return values[0] if values else ""

    @property
    def status(self) -> str:
        """Return `cvStatus`; capitals make no difference there."""
        return self.text(Attr.STATUS).lower()

    @property
    def lock(self) -> str:
        """Return `cvLock`; capitals make no difference there."""
        return self.text(Attr.LOCK).lower()

    @property
    def must_change(self) -> bool:
        """Say whether the password has to be changed before anything else."""
        return self.text(Attr.PWD_RESET) == TRUE

    def time(self, name: str) -> datetime | None:
        """Return a time, in UTC."""
        value = self.text(name)
        return read_generalized_time(value) if value else None

    def day(self, name: str) -> date | None:
        """Return a day, or the day in Vietnam of a time."""
        value = self.text(name)
        return read_day(value) if value else None

    @property
    def last_use(self) -> str:
        """Return the latest use that was seen, a GeneralizedTime as it stands there, or nothing."""
        return max(self.text(Attr.LAST_USE), self.text(Attr.PWD_LAST_SUCCESS))

    @property
    def archive(self) -> MailArchive | None:
        """Return what is on record of an archive."""
        value = self.text(Attr.ARCHIVE)
        return mail_archive(value) if value else None

    @property
    def events(self) -> tuple[Event, ...]:
        """Return the events, the earliest first."""
        return in_order(map(event, self.values.get(Attr.EVENT, ())))


def readable(
    dn: str, values: Mapping[str, Sequence[str]], names: Iterable[str]
) -> tuple[Entry | None, list[Unreadable]]:
    """Return an entry of which each of these attributes can be read, or what of it cannot.

    Text that was no UTF-8 stands in `values` with surrogates (PEP 383).
    """
    entry, found = Entry(values), tuple(unreadable(values, names))
    if not found:
        return entry, []
    address = dn if _is_unreadable(Attr.MAIL, values) else entry.text(Attr.MAIL)
    return None, [Unreadable(entry.text(Attr.UID), address, found)]


def unreadable(values: Mapping[str, Sequence[str]], names: Iterable[str]) -> list[str]:
    """Return which of these attributes cannot be read."""
    return [str(name) for name in names if _is_unreadable(name, values)]


def _is_unreadable(name: str, values: Mapping[str, Sequence[str]]) -> bool:
    """Say whether an attribute holds what it cannot: no value, several, or one that means nothing."""
    held = values.get(name) or ()
    if not held:
        return name in REQUIRED
    if (len(held) > 1 and name not in SEVERAL) or ("" in held and name in REQUIRED):
        return True
    read = READERS.get(name)
    try:
        for value in held:
            value.encode()
            if read:
                read(value)
    except ValueError:
        return True
    return False


def _one_of(*known: str) -> Callable[[str], object]:
    """Return what reads one of some words; capitals make no difference."""
    return lambda value: known.index(value.lower())


def _address(value: str) -> None:
    if not is_address(value.lower()):
        raise ValueError(value)


def _number(value: str) -> None:
    if not NUMBER.fullmatch(value):
        raise ValueError(value)


def _mail_path(value: str) -> None:
    if not MAIL_PATH.fullmatch(value):
        raise ValueError(value)


# How a value is read, where it is more than text. The schema holds slapd to less, and slapadd to nothing.
READERS: Mapping[str, Callable[[str], object]] = {
    Attr.MAIL: _address,
    Attr.MAIL_LOCAL_ADDRESS: _address,
    Attr.CONTACT: _address,
    Attr.QUOTA: _number,
    Attr.MAIL_PATH: _mail_path,
    Attr.STATUS: _one_of(*Status),
    Attr.LOCK: _one_of(*Lock),
    Attr.PWD_RESET: (TRUE, FALSE).index,
    Attr.UNTIL: read_day,
    Attr.KEEP_UNTIL: read_day,
    Attr.LEAVE_UNTIL: read_day,
    Attr.CHANGE_BY: read_day,
    Attr.LAST_USE: read_generalized_time,
    Attr.PURGED: read_generalized_time,
    Attr.PWD_CHANGED_TIME: read_generalized_time,
    Attr.PWD_LAST_SUCCESS: read_generalized_time,
    Attr.CREATE_TIMESTAMP: read_generalized_time,
    Attr.EVENT: event,
    Attr.ARCHIVE: mail_archive,
}
REQUIRED = frozenset((Attr.UID, Attr.CN, Attr.MAIL, Attr.STATUS, Attr.MAIL_PATH, Attr.CREATE_TIMESTAMP))
SEVERAL = frozenset((Attr.EVENT, Attr.MAIL_LOCAL_ADDRESS, Attr.OBJECT_CLASS))


def folder(kind: str, suffix: str) -> str:
    """Return the DN below which accounts of a kind are."""
    return f"ou={FOLDERS[kind]},{suffix}"


def account_dn(kind: str, identity: str, suffix: str) -> str:
    """Return the DN of an account."""
    return f"uid={_escaped(identity)},{folder(kind, suffix)}"


def mail_path(kind: str, identity: str) -> str:
    """Return where the mailbox of a new account lies below the mail root.

    It hangs on the identity and not on the address, so that a change of address keeps the mail. Two
    hexadecimal digits of a hash keep folders small. What a file system could misread is written as `=XX`, for
    each byte of its UTF-8 form.
    """
    digest = sha256(identity.encode()).hexdigest()
    name = re.sub(rb"[^A-Za-z0-9_-]", lambda found: b"=%02X" % found.group()[0], identity.encode()).decode()
    return f"{SHARD}/{kind[0]}/{digest[:2]}/{name}"


def managed(account: Account) -> Attributes:
    """Return the attributes that follow the roster; an absent one is an empty list."""
    person = account["kind"] == _PERSON
    title, contact = account["title"], account["contact"]
    # Without a loop over the values: this is done 50,000 times where nothing is to be changed.
    return {
        _CN: [account["name"]],
        _SN: [account["surname"] or account["name"]] if person else [],  # inetOrgPerson must have one
        _GIVEN_NAME: [account["given"]] if person and account["given"] else [],
        _TITLE: [title] if title else [],
        _MAIL: [account["address"]],
        _MAIL_LOCAL_ADDRESS: sorted(account["addresses"]),
        _STATUS: [account["status"]],
        _QUOTA: [str(account["quota_mib"])],
        _UNIT: [account["unit"]],
        _CONTACT: [contact] if contact else [],
        _LEAVE_UNTIL: [account["leave_until"]] if "leave_until" in account else [],
        _UNTIL: [account["until"]] if "until" in account else [],
        _KEEP_UNTIL: [account["keep_until"]] if "keep_until" in account else [],
        _TOKEN: [account["tokens"]],
    }


def created(account: Account, password_hash: str | None, change_by: str = "") -> Attributes:
    """Return all attributes of a new entry. Without a password nobody can log in.

    A first password opens nothing but its change: slapd sets `pwdReset` by itself when an administrator
    modifies a password, but not when it is added. One from an older system, with the day it has to be changed
    by (`change_by`), opens the mailbox as before.
    """
    fixed = {
        Attr.OBJECT_CLASS: CLASSES[account["kind"]],
        Attr.UID: [account["id"]],
        Attr.MAIL_PATH: [mail_path(account["kind"], account.get("store_id", account["id"]))],
    }
    if account.get("owner"):
        fixed[Attr.OWNER] = [account["owner"]]
    if password_hash:
        fixed[Attr.USER_PASSWORD] = [password_hash]
        fixed |= {Attr.CHANGE_BY: [change_by]} if change_by else {Attr.PWD_RESET: [TRUE]}
    return fixed | {name: values for name, values in managed(account).items() if values}


def _escaped(value: str) -> str:
    """Escape a value for a DN (RFC 4514, 2.4)."""
    escaped = re.sub(r'[,+"\\<>;=#]', lambda found: "\\" + found.group(), value)
    escaped = re.sub(r"^ | $", r"\\ ", escaped)
    return escaped.replace("\0", r"\00")
