# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Mail of a backup put back into a mailbox in use, by Dovecot itself.

The mailbox of the archive is extracted to a scratch folder beside the mailboxes, and Dovecot imports from
there what is missing. No file of the mailbox itself is touched.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..backup.targets import BackupArchive
from ..host import doveadm, files
from ..host.doveadm import DOVEADM, OWNER, DoveadmError
from .repository import Repository
from .selection import Message, Plan, RestoreError, Wanted, uid_sets

# Mail in the clear, on its way: below the mail root, with no weaker rights.
WORK = ".restore"
FIELDS = "mailbox uid guid hdr.message-id size.virtual"
NO_USER = 67  # EX_NOUSER


class Mailbox:
    """The mailbox of an account that receives mail."""

    def __init__(self, address: str) -> None:
        """Ask Dovecot whose it is. Raises RestoreError where nobody has the address."""
        # For a pattern doveadm would list whom it means.
        several = set(address) & set("*?")
        said = None if several else _run([DOVEADM, "-f", "json", "user", address], code=NO_USER)
        if said is None:
            raise RestoreError(
                f"no account that receives mail has the address {address}; the mail of who left is in "
                "an archive (docs/archive.md)"
            )
        found = {field["field"]: field["value"] for field in json.loads(said)}
        self.address, self.home = found.get("user", address), Path(found["home"])

    def messages(self) -> list[Message]:
        """Return every copy of every message."""
        return _messages(self._doveadm("-f", "json", "fetch", "-u", self.address, FIELDS, "ALL"))

    def quota(self) -> tuple[int, int]:
        """Return how many bytes are used, and the limit or 0."""
        for line in json.loads(self._doveadm("-f", "json", "quota", "get", "-u", self.address)):
            if line["type"] == "STORAGE":
                limit = line["limit"]
                return int(line["value"]) * 1024, 0 if limit == "-" else int(limit) * 1024
        return 0, 0

    def import_messages(self, source: Path, plan: Plan) -> None:
        """Import what is planned; new folders are subscribed to."""
        for folder, uids in plan.uids.items():
            for piece in uid_sets(uids):
                query = ("mailbox", folder, "uid", piece)
                self._doveadm("import", "-u", self.address, "-s", f"sdbox:{source}", plan.parent, *query)

    def missing_filters(self, source: Path) -> list[str]:
        """Return the Sieve scripts of a mailbox of an archive that this one does not have."""
        there = {path.name for path in (self.home / "sieve").glob("*.sieve")}
        return sorted(path.name for path in (source / "sieve").glob("*.sieve") if path.name not in there)

    def import_filters(self, source: Path, names: Sequence[str]) -> None:
        """Add Sieve scripts; which one is active stays as it is."""
        for name in names:
            script = (source / "sieve" / name).read_bytes()
            self._doveadm("sieve", "put", "-u", self.address, name.removesuffix(".sieve"), stdin=script)

    def _doveadm(self, *words: str, stdin: bytes = b"") -> str:
        return _run([DOVEADM, *words], stdin=stdin) or ""


@contextmanager
def scratch_folder(mail_root: Path) -> Iterator[Path]:
    """Give an empty folder, removed in every case. Raises BlockingIOError while another restore has it."""
    work = mail_root / WORK
    work.mkdir(mode=0o700, exist_ok=True)
    shutil.chown(work, OWNER, OWNER)
    with files.locked(work):
        empty(work)
        try:
            yield work
        finally:
            empty(work)


def empty(folder: Path) -> None:
    """Remove what is in a folder."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def extract(repository: Repository, archive: BackupArchive, home: Path, work: Path) -> Path | None:
    """Extract the mailbox of an archive and let Dovecot set its indexes right; None where there is none."""
    path = str(home).lstrip("/")
    place = work / "mailbox"
    place.mkdir(mode=0o700)
    shutil.chown(place, OWNER, OWNER)
    repository.extract(archive, place, [path], strip=len(Path(path).parts))
    if not (place / "mail").is_dir():
        shutil.rmtree(place)
        return None
    resync(place)
    return place


def resync(home: Path) -> None:
    """Let Dovecot compare its indexes with the message files, which may be of another moment."""
    on_disk(home, "force-resync", "--no-userdb-lookup", "*")


def wanted_messages(home: Path, wanted: Wanted) -> list[Message]:
    """Return the messages that are wanted of a mailbox that is no account's."""
    return wanted.of(_messages(on_disk(home, "-f", "json", "fetch", "--no-userdb-lookup", FIELDS, "ALL")))


def on_disk(home: Path, *words: str) -> str:
    """Run doveadm on a folder of a mailbox."""
    try:
        return doveadm.on_disk(home, *words)
    except DoveadmError as error:
        raise RestoreError(str(error)) from error


def _messages(fetched: str) -> list[Message]:
    return [
        Message(
            one["mailbox"],
            int(one["uid"]),
            one["guid"],
            one["hdr.message-id"] or "",
            int(one["size.virtual"]),
        )
        for one in json.loads(fetched)
    ]


def _run(command: Sequence[str], *, stdin: bytes = b"", code: int = 0) -> str | None:
    """Run a program and return what it prints; None where it ends with a code that was expected."""
    done = subprocess.run(list(command), input=stdin, capture_output=True, check=False)  # noqa: S603 - fixed
    if done.returncode and done.returncode == code:
        return None
    if done.returncode:
        raise RestoreError(f"{' '.join(command[:4])}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout.decode()
