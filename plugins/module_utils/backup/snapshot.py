# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The consistent snapshot: what cannot be read from the disk while it changes is put aside before borg reads.

The queue comes first, then the directory, then (by borg) the mail: a message that is delivered meanwhile is
in the queue's copy and in the mailbox, never in neither. Nothing is stopped for it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import stat
import subprocess
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

QUEUE = Path("/var/spool/postfix")
SLAPD = "/etc/ldap/slapd.conf"
# The way of a message through the queue. It may go back while it is tried again, so the way is gone twice.
STATIONS = ("maildrop", "incoming", "active", "deferred", "incoming", "active", "deferred", "hold")
# What failed already for a message in the queue: who sent it is told once the rest is done.
REPORTS = ("bounce", "defer", "trace")
PACKAGES = ("postfix", "dovecot-core", "slapd", "rspamd", "valkey-server", "borgbackup", "borgmatic")


class SnapshotError(Exception):
    """A part could not be put aside, and no backup is made of the others alone."""


def take_snapshot(
    folder: Path, host: str, contents: Sequence[str], *, suffix: str, valkey: str
) -> dict[str, Any]:
    """Put the snapshot into `folder`, in place of the last one, and return what `point.json` says of it.

    `valkey` is its socket, or empty. Raises PointError or OSError.
    """
    draft = folder.with_name(folder.name + ".new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    said: dict[str, Any] = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "host": host,
        "parts": list(contents),
    }
    if "mx" in contents:
        said["queue"] = copy_queue(QUEUE, draft / "queue")
    if "directory" in contents:
        ldif = draft / "directory.ldif"
        _run(["/usr/sbin/slapcat", "-f", SLAPD, "-b", suffix, "-l", str(ldif)])
        ldif.chmod(0o600)
        said["entries"], said["directory_sha256"] = entries(ldif), digest(ldif)
    if valkey:
        # A replica's way to ask: a whole state of one moment, and Valkey goes on.
        _run(["/usr/bin/valkey-cli", "-s", valkey, "--rdb", str(draft / "valkey.rdb")])
    said["packages"] = _versions()
    (draft / "point.json").write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)
    return said


def copy_queue(queue: Path, folder: Path) -> int:
    """Copy every message that was taken over into `folder/<queue>/<id>`; return how many there are.

    A message that moves on while it is looked at is found at its next station, or was delivered.
    """
    found: set[str] = set()
    folder.mkdir(mode=0o700)
    for station in STATIONS:
        for path in _files(queue / station):
            if path.name not in found and _copied(path, folder / station, complete=station != "maildrop"):
                found.add(path.name)
    for report in REPORTS:
        for path in _files(queue / report):
            _copied(path, folder / report, complete=False)
    return len(found)


def entries(ldif: Path) -> int:
    """Count the entries of an LDIF file."""
    with ldif.open("rb") as lines:
        return sum(line.startswith(b"dn:") for line in lines)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(folder: Path) -> Iterable[Path]:
    """Return the files of a queue, which may be spread over folders by the first letter of their names."""
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []


def _copied(path: Path, folder: Path, *, complete: bool) -> bool:
    """Copy a file with its time (when a message is tried next); say whether there was one.

    With `complete` only what has the owner's execute bit, which Postfix sets before it answers 250.
    """
    try:
        if complete and not path.stat().st_mode & stat.S_IXUSR:
            return False
        folder.mkdir(mode=0o700, exist_ok=True)
        shutil.copy2(path, folder / path.name)
    except FileNotFoundError:
        (folder / path.name).unlink(missing_ok=True)
        return False
    return True


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed programs
    if done.returncode:
        raise SnapshotError(f"{command[0]}: {(done.stderr or done.stdout).strip()}")


def _versions() -> dict[str, str]:
    asked = ["/usr/bin/dpkg-query", "--show", "--showformat=${db:Status-Status} ${Package} ${Version}\n"]
    done = subprocess.run([*asked, *PACKAGES], capture_output=True, text=True, check=False)  # noqa: S603
    words = [line.split() for line in done.stdout.splitlines()]
    return {name: version for state, name, version in words if state == "installed"}
