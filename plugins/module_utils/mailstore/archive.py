# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Archives of mailboxes on a store host: taken with doveadm, sealed with age, proved, then relied on.

An archive is a tar of a Maildir, of the owner's filters and of `manifest.json`, encrypted to keys whose
private halves no host has. Beside it lies what it holds in figures, `<archive>.json`; that is written last,
so an archive without it is one that a killed run left. docs/archive.md says how one is opened.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

from ..accounts.entries import MAIL_PATH, MailArchive
from ..clock import VIETNAM
from ..host import doveadm, files
from ..host.doveadm import OWNER, DoveadmError
from .decisions import Folder, Folders, complete, covers, file_name

AGE = "/usr/bin/age"
# Mail in the clear that is on its way, in or out. Below the mail root: no longer path, no weaker rights.
WORK = ".congvu"
CHANGE = ".change"
# A folder of this name holds the messages of the folder it is in: so any name may be a folder's, even `cur`.
MESSAGES = "=messages"
FILTERS = ("sieve", ".dovecot.sieve")
ENDING = ".tar.age"
ATTEMPTS = 5


class ArchiveError(Exception):
    """A mailbox cannot be read, or an archive is not what it should be; nothing was deleted."""


@dataclass(frozen=True)
class Record:
    """What an archive holds."""

    address: str
    time: datetime
    folders: Folders
    digest: str  # SHA-256 of the file
    file: str  # from the archive's folder

    @property
    def messages(self) -> int:
        """Return how many messages there are in all folders."""
        return sum(folder.messages for folder in self.folders.values())

    @property
    def archive(self) -> MailArchive:
        """Return what the directory keeps of it."""
        return MailArchive(self.time, self.messages, self.digest, self.file)

    def as_dict(self) -> dict[str, Any]:
        """Return it as it is written, and as playbooks see it."""
        return manifest(self.address, self.time, self.folders) | {"sha256": self.digest, "file": self.file}


def manifest(address: str, time: datetime, folders: Folders) -> dict[str, Any]:
    """Return what is written into an archive about itself."""
    return {
        "address": address,
        "time": time.astimezone(VIETNAM).isoformat(timespec="seconds"),
        "messages": sum(folder.messages for folder in folders.values()),
        "size": sum(folder.size for folder in folders.values()),
        "folders": {name: asdict(folder) for name, folder in sorted(folders.items())},
    }


def read_record(path: Path) -> tuple[Record | None, list[str]]:
    """Read what lies beside an archive, if it is there, or say what is wrong with it."""
    return files.read_json(path, _record)


def _record(read: Mapping[str, Any]) -> Record:
    folders = {name: Folder(**folder) for name, folder in read["folders"].items()}
    time = datetime.fromisoformat(read["time"])
    return Record(read["address"], time, folders, read["sha256"], read["file"])


class Store:
    """The mailboxes of this host and their archives."""

    def __init__(self, mail_root: Path, archives: Path, keys: Sequence[str]) -> None:
        """Look at nothing yet."""
        self.mail_root, self.archives, self.keys = mail_root, archives, keys
        self._work = mail_root / WORK

    def sweep(self) -> None:
        """Remove what a killed run left. Only under the lock of the archives' folder."""
        shutil.rmtree(self._work, ignore_errors=True)
        for left in self.archives.rglob(".*.part"):
            left.unlink()

    def folders(self, mail_path: str) -> Folders:
        """Return the folders of a mailbox; there are none where it was never used.

        Raises ArchiveError where that cannot be told: a mail root that is not mounted looks just as empty.
        """
        home = self._home(mail_path)
        if not (self.mail_root / mail_path.split("/", 1)[0]).is_dir():
            raise ArchiveError(f"{self.mail_root} has no mail of any account: is it mounted?")
        if not home.is_dir():
            return {}
        asked = ("mailbox", "status", "--no-userdb-lookup", "messages vsize uidvalidity uidnext", "*")
        said = self._doveadm(home, "-f", "json", *asked)
        try:
            return {
                status["mailbox"]: Folder(
                    *(int(status[name]) for name in ("messages", "vsize", "uidvalidity", "uidnext"))
                )
                for status in json.loads(said)
            }
        except (ValueError, KeyError, TypeError) as error:
            raise ArchiveError(f"{mail_path}: doveadm says what cannot be read: {error!r}") from error

    def archive(self, address: str, mail_path: str, now: datetime, label: str = "") -> Record:
        """Archive a mailbox and return the record; one that is there and lacks nothing is taken as it is."""
        with self._exported(mail_path) as (export, folders):
            for known in self._records(mail_path, label):
                if label or covers(known.folders, folders):
                    return self.proven(known.archive)
            file = self._free(mail_path, now, label)
            path = self.archives / file
            _make_folders(self.archives, path.parent)
            told = manifest(address, now, folders)
            digest = self._seal(path, export, self._home(mail_path), told)
        taken = Record(address, now, folders, digest, file)
        files.write(
            _record_path(path), (json.dumps(taken.as_dict(), ensure_ascii=False) + "\n").encode(), 0o600
        )
        return taken

    def proven(self, archive: MailArchive) -> Record:
        """Return the record of an archive, once its file was found to be what the directory says of it."""
        path = self.archives / archive.file
        known, problems = read_record(_record_path(path))
        if known is None:
            raise ArchiveError("; ".join(problems) or f"{archive.file}: there is no record of it")
        try:
            digest = _digest(path)
        except OSError as error:
            raise ArchiveError(f"{archive.file}: {error.strerror}") from error
        if (digest, known.digest, known.messages) != (archive.digest, archive.digest, archive.messages):
            raise ArchiveError(f"{archive.file} is not the archive that the directory has on record")
        return known

    def delete(self, mail_path: str) -> None:
        """Delete the mail of a mailbox. It is moved away in one step first, so that no half of it stays."""
        # The other is the empty one behind the door to the change of password (role dovecot).
        places = (self._home(mail_path), self.mail_root / CHANGE / mail_path)
        homes = [home for home in places if home.exists()]
        with self._workplace() as work:
            for number, home in enumerate(homes):
                home.rename(work / str(number))

    def _home(self, mail_path: str) -> Path:
        """Return the folder of a mailbox; no link leads out of the mail root."""
        home = self.mail_root / mail_path
        if not MAIL_PATH.fullmatch(mail_path) or home.resolve() != self.mail_root.resolve() / mail_path:
            raise ArchiveError(f"{mail_path} is no path of a mailbox")
        return home

    @contextmanager
    def _workplace(self) -> Iterator[Path]:
        """Give a folder that is removed in every case."""
        self._work.mkdir(mode=0o700)
        try:
            shutil.chown(self._work, OWNER, OWNER)
            yield self._work
        finally:
            shutil.rmtree(self._work)

    @contextmanager
    def _exported(self, mail_path: str) -> Iterator[tuple[Path, Folders]]:
        """Copy a mailbox to a Maildir, and give it with the figures of the mailbox, which it agrees with.

        A mailbox in use may change meanwhile; then what is missing is copied once more.
        """
        home = self._home(mail_path)
        with self._workplace() as work:
            export = work / "mail"
            folders = self.folders(mail_path)
            for _ in range(ATTEMPTS if folders else 0):
                self._backup(home, export)
                after = self.folders(mail_path)
                if after == folders and complete(_counted(export), folders):
                    break
                folders = after
            else:
                if folders:
                    raise ArchiveError(f"{mail_path} changes faster than it is copied, or cannot be read")
            yield export, folders

    def _backup(self, home: Path, export: Path) -> None:
        """Let doveadm copy a mailbox into a Maildir whose folders are named as their owner named them."""
        settings = {
            "mailbox_list_layout": "fs",
            "mailbox_list_utf8": "yes",
            "mailbox_directory_name": MESSAGES,
            "mail_inbox_path": f"{export}/INBOX/{MESSAGES}",
        }
        options = [word for name, value in settings.items() for word in ("-p", f"{name}={value}")]
        self._doveadm(home, "backup", "--no-userdb-lookup", *options, f"maildir:{export}")

    def _doveadm(self, home: Path, *words: str) -> str:
        try:
            return doveadm.on_disk(home, *words)
        except DoveadmError as error:
            raise ArchiveError(str(error)) from error

    def _seal(self, path: Path, export: Path, home: Path, told: Mapping[str, Any]) -> str:
        """Write the encrypted tar, and return its digest as it stands on disk."""
        part = path.with_name(f".{path.name}.part")
        recipients = [word for key in self.keys for word in ("--recipient", key)]
        try:
            with part.open("xb") as sealed:
                part.chmod(0o600)
                age = subprocess.Popen(  # noqa: S603 - a fixed program, and keys that it checks itself
                    [AGE, *recipients], stdin=subprocess.PIPE, stdout=sealed, stderr=subprocess.PIPE
                )
                try:
                    _write_tar(age, export, home, told)
                finally:
                    _, said = age.communicate()
                if age.returncode:
                    raise ArchiveError(f"age refused to seal: {said.decode(errors='replace').strip()}")
                os.fsync(sealed.fileno())
            digest = _digest(part)
            part.replace(path)
        except OSError as error:
            raise ArchiveError(f"{path}: {error}") from error
        finally:
            part.unlink(missing_ok=True)
        return digest

    def _records(self, mail_path: str, label: str) -> Iterator[Record]:
        """Yield what is recorded of a mailbox's archives, those with the same label or those without one."""
        own = file_name(mail_path, datetime.min, label) if label else f"{mail_path}@????-??-??*{ENDING}"
        for path in sorted(self.archives.glob(own)):
            known, problems = read_record(_record_path(path))
            if problems:
                raise ArchiveError("; ".join(problems))
            if known:
                yield known

    def _free(self, mail_path: str, now: datetime, label: str) -> str:
        """Return a name that no finished archive has."""
        turn = 1
        while True:
            name = file_name(mail_path, now.astimezone(VIETNAM).date(), label, turn)
            if not _record_path(self.archives / name).exists():
                return name
            turn += 1


def _write_tar(age: subprocess.Popen[bytes], export: Path, home: Path, told: Mapping[str, Any]) -> None:
    """Stream mail, filters and manifest into age. Where age ends early, it has said why itself."""
    pipe = cast("IO[bytes]", age.stdin)  # because one was asked for
    text = json.dumps(told, ensure_ascii=False, indent=2).encode()
    note = tarfile.TarInfo("manifest.json")
    note.size = len(text)
    try:
        with tarfile.open(fileobj=pipe, mode="w|", format=tarfile.PAX_FORMAT) as tar:
            tar.addfile(note, io.BytesIO(text))
            if export.is_dir():
                tar.add(export, "mail", filter=_without_indexes)
            for name in FILTERS:
                if os.path.lexists(home / name):
                    tar.add(home / name, name, filter=_without_indexes)
    except BrokenPipeError:
        return


def _without_indexes(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Leave out Dovecot's indexes, which it makes anew, and who owned the files on this host."""
    if member.name.rsplit("/", 1)[-1].startswith("dovecot.") and member.isfile():
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _counted(export: Path) -> dict[str, int]:
    """Count the messages of a Maildir by folder: files, which is what a reader of the archive will find."""
    return {
        str(folder.parent.relative_to(export)): sum(
            1 for part in ("cur", "new") for _ in (folder / part).iterdir()
        )
        for folder in export.rglob(MESSAGES)
    }


def _make_folders(root: Path, folder: Path) -> None:
    """Make the folders of an archive, for root alone."""
    for part in reversed([folder, *folder.parents]):
        if part.is_relative_to(root):
            part.mkdir(mode=0o700, exist_ok=True)


def _record_path(path: Path) -> Path:
    """Return where the record of an archive lies."""
    return path.with_name(path.name.removesuffix(ENDING) + ".json")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
