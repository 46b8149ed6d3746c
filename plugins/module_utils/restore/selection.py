# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is restored of a backup: which archive, which messages, where to. No borg, no disk, no Dovecot.

A mailbox in use is only ever added to: a message that is there keeps its place and its marks. Two copies of a
message are known by Dovecot's GUID, which moves, copies and restores keep; so a restore that was killed is
finished by the same command and doubles nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from ..backup.targets import BackupArchive, BackupError
from ..clock import VIETNAM

RESTORED = "Khôi phục"  # the folder next to the others that what is restored goes to; a mailbox user reads it
TRASH = "Trash"
SEPARATOR = "/"
LISTED = 5
RUNS = 5_000  # of UIDs; Linux takes 128 KiB in one argument


class RestoreError(BackupError):
    """It cannot be restored; the text says why, and what to do."""


@dataclass(frozen=True)
class Message:
    """A copy of a message in a folder; `size` in bytes, as quota counts it."""

    folder: str
    uid: int
    guid: str
    message_id: str = ""
    size: int = 0


@dataclass(frozen=True)
class Wanted:
    """What of a mailbox is to be restored; all of it unless a folder or a Message-ID is named."""

    folder: str = ""
    message_id: str = ""

    def of(self, messages: Iterable[Message]) -> list[Message]:
        """Return the messages that are meant: of the folder and those below it, with the Message-ID."""
        return [one for one in messages if self._in_folder(one.folder) and self._is(one)]

    def _in_folder(self, name: str) -> bool:
        return not self.folder or name == self.folder or name.startswith(self.folder + SEPARATOR)

    def _is(self, message: Message) -> bool:
        return not self.message_id or _bare(message.message_id) == _bare(self.message_id)


@dataclass(frozen=True)
class Plan:
    """What goes where. `uids`: of each folder of the archive, ascending; `parent` is put before its name."""

    parent: str
    uids: Mapping[str, Sequence[int]]
    present: int  # messages that the mailbox has already
    size: int  # bytes

    @property
    def messages(self) -> int:
        """Return how many messages are restored."""
        return sum(len(uids) for uids in self.uids.values())

    def target(self, folder: str) -> str:
        """Return where the messages of a folder go."""
        return f"{self.parent}{SEPARATOR}{folder}" if self.parent else folder


def local(moment: datetime) -> str:
    """Return a time as a person in Vietnam reads it."""
    return moment.astimezone(VIETNAM).strftime("%Y-%m-%d %H:%M:%S")


def moment(text: str) -> datetime:
    """Read a date (its last moment) or a time, of Vietnam unless it says otherwise. Raises RestoreError."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            day = datetime.strptime(text, "%Y-%m-%d").date()
            return datetime.combine(day + timedelta(days=1), time(), VIETNAM) - timedelta(microseconds=1)
        if not re.match(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}", text):
            raise ValueError(text)  # 20261120 and 2026-W47 are ISO 8601 as well, and midnight is not meant
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise RestoreError(f"at={text} is no date: YYYY-MM-DD or 'YYYY-MM-DD HH:MM' is one") from error
    return read if read.tzinfo else read.replace(tzinfo=VIETNAM)


def choose(found: Sequence[BackupArchive], at: str, host: str, target: str) -> BackupArchive:
    """Return the newest archive, or the newest that is not later than `at` (or is named so).

    Raises RestoreError where there is none.
    """
    if not found:
        raise RestoreError(f"there is no backup of {host} on {target}")
    if not at:
        return found[-1]
    for one in found:
        if one.name == at:
            return one
    if at.startswith(f"{host}-"):
        raise RestoreError(f"there is no backup {at} on {target}; the newest are {_names(found[-LISTED:])}")
    until = moment(at)
    before = [one for one in found if one.time <= until]
    if not before:
        raise RestoreError(
            f"there is no backup of {host} on {target} from {at} or before; "
            f"the oldest are {_names(found[:LISTED])}"
        )
    return before[-1]


def into_folder(archive: BackupArchive) -> str:
    """Return the folder for what is restored beside. No separator, and the same name at every run."""
    return f"{RESTORED} {archive.time.astimezone(VIETNAM):%Y-%m-%d %H.%M}"


def plan(archived: Collection[Message], present: Collection[Message], parent: str = "") -> Plan:
    """Return what is missing.

    Into place (no `parent`) a message that was moved to another folder since is not restored. One that is
    only in the Trash (or below it: some programs throw folders away so), or was restored beside, is. Beside,
    all is.
    """
    had = {(one.folder, one.guid) for one in archived}
    at_place = {(one.folder, one.guid) for one in present}
    moved = {guid for folder, guid in at_place - had if not _is_trash(folder)}
    uids: dict[str, list[int]] = {}
    there = size = 0
    for (folder, guid), one in {(one.folder, one.guid): one for one in archived}.items():
        place = f"{parent}{SEPARATOR}{folder}" if parent else folder
        if (place, guid) in at_place or (not parent and guid in moved):
            there += 1
            continue
        uids.setdefault(folder, []).append(one.uid)
        size += one.size
    return Plan(parent, {folder: sorted(uids[folder]) for folder in sorted(uids)}, there, size)


def _is_trash(folder: str) -> bool:
    """Say whether what lies there does not count as there."""
    return folder == TRASH or folder.startswith((f"{TRASH}{SEPARATOR}", f"{RESTORED} "))


def check_quota(plan: Plan, used: int, limit: int) -> None:
    """Raise RestoreError where the mailbox would be full: it would refuse new mail. Bytes; 0 is no limit."""
    if limit and used + plan.size > limit:
        lacking = -(-(used + plan.size - limit) // 2**20)
        raise RestoreError(
            f"the mailbox has no room for {plan.messages} messages: {lacking} MiB are lacking. Give it a "
            "larger quota first (mail_quota_mib, then mailboxes.yml), or restore less"
        )


def uid_sets(uids: Sequence[int]) -> list[str]:
    """Return ascending UIDs as IMAP writes them, 1:3,7, in pieces that fit into an argument of a program."""
    runs: list[list[int]] = []
    for uid in uids:
        if runs and runs[-1][1] + 1 == uid:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    said = [str(first) if first == last else f"{first}:{last}" for first, last in runs]
    return [",".join(said[first : first + RUNS]) for first in range(0, len(said), RUNS)]


def merged_log(archived: bytes, present: bytes) -> bytes:
    """Return the audit log of the lost host, and behind it what the new one has written since.

    A line that the backup has half of comes last, without a newline, where the next writer sets it aside.
    """
    *known, torn = archived.split(b"\n")
    *later, last = present.split(b"\n")
    had = {*known, torn}
    lines = [*known, *(line for line in [*later, last] if line not in had)]
    return b"".join(line + b"\n" for line in lines if line.strip()) + torn


def _names(found: Sequence[BackupArchive]) -> str:
    return ", ".join(f"{one.name} ({local(one.time)})" for one in found)


def _bare(message_id: str) -> str:
    return message_id.strip().removeprefix("<").removesuffix(">")
