# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a store host does about accounts: which it notes as used, logs out, archives and deletes. Pure.

A step is decided by what the directory holds alone, so a run that was killed is finished by the next one.
Mail is deleted only where an archive of it is on record (REQUIREMENTS C10); whether that archive is there,
and holds everything, is looked at again before the deletion (`covers`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from .. import files
from ..accounts.vocabulary import RECLAIMED_LOCKS, TRUE, Attr, Lock, Status
from .model import event, is_back

# What is asked of the directory, and all that a store host may write there.
READ = (
    Attr.MAIL,
    Attr.MAIL_PATH,
    Attr.STATUS,
    Attr.LOCK,
    Attr.EVENT,
    Attr.LAST_USE,
    Attr.ARCHIVE,
    Attr.PURGED,
    Attr.PWD_RESET,
)
WRITTEN = (Attr.LAST_USE, Attr.ARCHIVE, Attr.PURGED)
NOTE_AFTER = timedelta(days=1)
# As `entries.mail_path` makes them: a path that is anything else is never deleted.
MAIL_PATH = re.compile(r"s\d\d/[pu]/[0-9a-f]{2}/[A-Za-z0-9=_-]{1,245}")
DIGEST = re.compile(r"[0-9a-f]{64}")


class StateError(ValueError):
    """An entry says what cannot be; nothing is done about its account."""


@dataclass(frozen=True)
class Archive:
    """The value of `cvArchive`: `time messages sha256 file`; the file is named from the archive's folder."""

    time: datetime
    messages: int
    digest: str
    file: str

    def value(self) -> str:
        """Return it as the directory has it."""
        return f"{as_time(self.time)} {self.messages} {self.digest} {self.file}"


@dataclass(frozen=True)
class Account:
    """What a store host knows of an account."""

    dn: str
    address: str
    mail_path: str
    status: str
    lock: str = ""
    must_change: bool = False  # pwdReset
    last_use: datetime | None = None
    archive: Archive | None = None
    purged: datetime | None = None
    back: bool = False  # given up, but its leaver is in the roster again, and the pass has not said so yet

    @property
    def may_log_in(self) -> bool:
        """Say whether a login would be let in now (`ldap_filter` of Dovecot's passdb)."""
        return self.status == Status.ACTIVE and not self.lock and not self.must_change

    @property
    def shut(self) -> bool:
        """Say whether neither a login nor mail reaches the mailbox any more."""
        return self.status == Status.LEFT or self.lock in RECLAIMED_LOCKS


@dataclass(frozen=True)
class Folder:
    """A folder of a mailbox. While ``uidnext`` stays as it is no message has come in (RFC 9051 2.3.1.1)."""

    messages: int
    size: int  # bytes, with the line ends of the wire
    uidvalidity: int
    uidnext: int


Folders = Mapping[str, Folder]


def account(dn: str, values: Mapping[str, Sequence[str]]) -> Account:
    """Return the account of an entry. Raises StateError where a value cannot be read."""

    def first(name: str) -> str:
        return next(iter(values.get(name, ())), "")

    try:
        found = Account(
            dn=dn,
            address=first(Attr.MAIL),
            mail_path=first(Attr.MAIL_PATH),
            status=first(Attr.STATUS).lower(),
            lock=first(Attr.LOCK).lower(),
            must_change=first(Attr.PWD_RESET) == TRUE,
            last_use=_time(first(Attr.LAST_USE)),
            archive=archive(first(Attr.ARCHIVE)) if first(Attr.ARCHIVE) else None,
            purged=_time(first(Attr.PURGED)),
            back=is_back(
                first(Attr.STATUS).lower(),
                first(Attr.LOCK).lower(),
                (found for line in values.get(Attr.EVENT, ()) if (found := event(line))),
            ),
        )
    except ValueError as error:
        raise StateError(f"{dn}: {error}") from error
    if not (found.address and found.status and MAIL_PATH.fullmatch(found.mail_path)):
        raise StateError(f"{dn}: cannot tell what it is (mail, cvStatus, cvMailPath)")
    return found


def archive(value: str) -> Archive:
    """Read a value of `cvArchive`. Raises ValueError where it is none."""
    time, messages, digest, file = value.split(" ", 3)
    moment = _time(time)
    if moment is None or not DIGEST.fullmatch(digest) or file.startswith("/") or ".." in file.split("/"):
        raise ValueError(f"cvArchive: {value}")
    return Archive(moment, int(messages), digest, file)


def used(accounts: Iterable[Account], sessions: Collection[str], now: datetime) -> list[Account]:
    """Return who has an open session, by primary address, and was not noted as using it for a day."""
    return [
        one
        for one in accounts
        if one.address in sessions and (one.last_use is None or now - one.last_use > NOTE_AFTER)
    ]


def to_log_out(accounts: Iterable[Account], sessions: Collection[str]) -> list[Account]:
    """Return who has an open session, by primary address, and would not be let in any more.

    Webmail's door to the change of a password is a session as well; it opens again.
    """
    return [one for one in accounts if one.address in sessions and not one.may_log_in]


def to_archive(accounts: Iterable[Account]) -> list[Account]:
    """Return the shut accounts whose mail is not archived yet."""
    return [one for one in accounts if one.shut and one.archive is None and one.purged is None]


def to_purge(accounts: Iterable[Account]) -> list[Account]:
    """Return those whose mail may go: the daily pass says so (`purge`), and an archive is on record.

    The roster may have taken somebody back since that pass.
    """
    return [
        one
        for one in accounts
        if one.lock == Lock.PURGE and not one.back and one.archive and one.purged is None
    ]


def reopened(accounts: Iterable[Account]) -> list[Account]:
    """Return those in use again: the archive of their former mail says nothing about what comes now."""
    return [one for one in accounts if not one.shut and (one.archive or one.purged)]


def covers(archived: Folders, now: Folders) -> bool:
    """Say whether nothing has come into a mailbox since it was archived; what left it is in the archive."""
    return all(
        (before := archived.get(name)) is not None
        and (before.uidvalidity, before.uidnext) == (folder.uidvalidity, folder.uidnext)
        for name, folder in now.items()
        if folder.messages
    )


def complete(exported: Mapping[str, int], folders: Folders) -> bool:
    """Say whether an export has as many messages in each folder as the mailbox; a folder may be empty."""
    wanted = {name: folder.messages for name, folder in folders.items() if folder.messages}
    return wanted == {name: messages for name, messages in exported.items() if messages}


def file_name(mail_path: str, day: date, label: str = "", turn: int = 1) -> str:
    """Return where an archive goes, named from the archive's folder.

    One that is taken on occasion bears a label in the place of the day. A further one of the same day has its
    turn behind it.
    """
    return f"{mail_path}@{files.safe_name(label) or day}{'' if turn == 1 else f'.{turn}'}.tar.age"


def as_time(moment: datetime) -> str:
    """Return a time as the directory writes it (GeneralizedTime in UTC)."""
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%SZ")


def _time(value: str) -> datetime | None:
    """Read a GeneralizedTime in UTC, fractions of a second left out; nothing is None."""
    if not value:
        return None
    if not re.fullmatch(r"\d{14}(\.\d+)?Z", value):
        raise ValueError(f"no time: {value}")
    return datetime.strptime(value[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
