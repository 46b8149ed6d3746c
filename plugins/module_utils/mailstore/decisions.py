# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a store host does about accounts: which it notes as used, logs out, archives and deletes. Pure.

A step is decided by what the directory holds alone, so a run that was killed is finished by the next one.
Mail is deleted only where an archive of it is on record (REQUIREMENTS C10); whether that archive is there,
and holds everything, is looked at again before the deletion (`covers`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ..accounts.entries import MailArchive, Unreadable, readable
from ..accounts.events import is_back
from ..accounts.vocabulary import RECLAIMED_LOCKS, Attr, Lock, Status
from ..host import files

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


@dataclass(frozen=True)
class StoreAccount:
    """What a store host knows of an account."""

    dn: str
    address: str
    mail_path: str
    status: str
    lock: str = ""
    must_change: bool = False  # pwdReset
    last_use: datetime | None = None
    archive: MailArchive | None = None
    purged: datetime | None = None
    back: bool = False  # given up, but its leaver is in the roster again, and the pass has not said so yet

    @property
    def may_log_in(self) -> bool:
        """Say whether a login would be let in now (`ldap_filter` of Dovecot's passdb)."""
        return self.status == Status.ACTIVE and not self.lock and not self.must_change

    @property
    def is_disabled(self) -> bool:
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


def account(dn: str, values: Mapping[str, Sequence[str]]) -> tuple[StoreAccount | None, list[Unreadable]]:
    """Return the account of an entry, or what of it cannot be read: nothing is done about it then."""
    entry, problems = readable(dn, values, READ)
    if entry is None:
        return None, problems
    found = StoreAccount(
        dn=dn,
        address=entry.text(Attr.MAIL),
        mail_path=entry.text(Attr.MAIL_PATH),
        status=entry.status,
        lock=entry.lock,
        must_change=entry.must_change,
        last_use=entry.time(Attr.LAST_USE),
        archive=entry.archive,
        purged=entry.time(Attr.PURGED),
        back=is_back(entry.status, entry.lock, entry.events),
    )
    return found, []


def used(accounts: Iterable[StoreAccount], sessions: Collection[str], now: datetime) -> list[StoreAccount]:
    """Return who has an open session, by primary address, and was not noted as using it for a day."""
    return [
        one
        for one in accounts
        if one.address in sessions and (one.last_use is None or now - one.last_use > NOTE_AFTER)
    ]


def to_log_out(accounts: Iterable[StoreAccount], sessions: Collection[str]) -> list[StoreAccount]:
    """Return who has an open session, by primary address, and would not be let in any more.

    Webmail's door to the change of a password is a session as well; it opens again.
    """
    return [one for one in accounts if one.address in sessions and not one.may_log_in]


def to_archive(accounts: Iterable[StoreAccount]) -> list[StoreAccount]:
    """Return the disabled accounts whose mail is not archived yet."""
    return [one for one in accounts if one.is_disabled and one.archive is None and one.purged is None]


def to_purge(accounts: Iterable[StoreAccount]) -> list[StoreAccount]:
    """Return those whose mail may go: the daily pass says so (`purge`), and an archive is on record.

    The roster may have taken somebody back since that pass.
    """
    return [
        one
        for one in accounts
        if one.lock == Lock.PURGE and not one.back and one.archive and one.purged is None
    ]


def reopened(accounts: Iterable[StoreAccount]) -> list[StoreAccount]:
    """Return those in use again: the archive of their former mail says nothing about what comes now."""
    return [one for one in accounts if not one.is_disabled and (one.archive or one.purged)]


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
