# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The retention job of the first backup host: thins repositories out, checks them, frees room. It alone can.

What is final (to free room) is done with the repository closed to its client, after every byte was read and
the list of archives was found as we know it. Whatever does not agree stops all of it, and somebody is told.
"""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..host import files
from . import facts, history
from .borgmatic import Repository
from .history import UNFINISHED, History
from .targets import BackupArchive, BorgError

STATE = Path("/var/lib/congvu/backup/keeper")
CONFIGS = Path("/etc/congvu/backup/clients")
METRICS = Path("/var/lib/prometheus/node-exporter/congvu_keeper.prom")
CLOSED, OPEN = 0o000, 0o700
# For so long a daily check holds the repository's lock; a client waits longer (`lock_wait`).
CHECK_SECONDS = 1200


@dataclass(frozen=True)
class Settings:
    """What the role `backup` wrote for the retention job."""

    clients: tuple[str, ...]
    targets: dict[str, str]  # label: folder of the repositories if they are on this host's disk, else empty
    user: str
    late_hours: float
    compact_days: int

    @classmethod
    def read(cls, path: Path) -> tuple[Settings | None, list[str]]:
        """Read the file, or say what is wrong with it."""
        return files.read_settings(path, lambda read: cls._parse(read["keeper"]))

    @classmethod
    def _parse(cls, said: Mapping[str, Any]) -> Settings:
        return cls(
            tuple(said["clients"]), said["targets"], said["user"], said["late_hours"], said["compact_days"]
        )


@dataclass
class KeptRepository:
    """One repository in this run, and what came of it."""

    client: str
    label: str
    folder: Path | None  # of the repository, if it is on this host's disk
    archives: list[BackupArchive] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    checked: str = ""

    @property
    def name(self) -> str:
        """Return how it is called in what is printed and written."""
        return f"{self.client}@{self.label}"

    @property
    def repository(self) -> Repository:
        """Return the edge to borg."""
        return Repository(CONFIGS / f"{self.client}.yaml", self.label)

    @property
    def state(self) -> Path:
        """Return where its history is written."""
        return STATE / f"{files.safe_name(self.name)}.json"


def run(settings: Settings, *, only: str = "", accept: bool = False, compact: bool = False) -> int:
    """Look after all repositories, or one (`client@label`). 1: something is to be looked at by somebody.

    With `accept` what is there is believed as it is, `compact` frees room today.
    """
    STATE.mkdir(mode=0o700, exist_ok=True)
    kept = repositories(settings)
    chosen = [one for one in kept if only in ("", one.name)]
    if not chosen:
        raise ValueError(f"there is no repository {only}: {', '.join(one.name for one in kept)}")
    for one in chosen:
        try:
            with owned(one, settings.user):
                _keep(one, settings, accept=accept, compact=compact)
        except (BorgError, OSError, ValueError, KeyError) as error:
            one.alarms.append(str(error))
        for sentence in (*one.alarms, *one.remarks):
            print(f"{one.name}: {sentence}", file=sys.stderr, flush=True)
        if not one.alarms:
            print(
                f"{one.name}: {len(one.archives)} archives, all read and room freed {one.checked or 'never'}"
            )
    if not only:
        files.write(METRICS, metrics(chosen).encode(), 0o644)
    return 1 if any(one.alarms or one.remarks for one in chosen) else 0


def unlock(settings: Settings) -> None:
    """Open what a killed run left closed, and give back what it wrote."""
    for one in repositories(settings):
        with owned(one, settings.user):
            pass


def repositories(settings: Settings) -> list[KeptRepository]:
    """Return all repositories that are kept from here."""
    return [
        KeptRepository(client, label, Path(root, client) if root else None)
        for client in settings.clients
        for label, root in settings.targets.items()
    ]


def begin(one: KeptRepository, settings: Settings, *, accept: bool = False) -> History:
    """Look at a repository, and return what we knew of it. Archives, alarms and remarks are in `one` then."""
    try:
        before = load(one)
    except ValueError:
        if not accept:
            raise
        before = History()
    one.checked = before.checked
    one.archives = facts.archives(one.repository.archives())
    key = fingerprint(one)
    if accept:
        before = history.accepted(before, one.archives, key)
        save(one, before)
    now = datetime.now(UTC)
    findings = history.examine(before, one.archives, key, one.client, now, settings.late_hours)
    one.alarms, one.remarks = list(findings.alarms), list(findings.remarks)
    if one.alarms and before.segment >= 0:
        one.alarms.append(f"all was well up to segment {before.segment}")
    return before


def delete_unfinished(one: KeptRepository, known: History) -> History:
    """Delete what a killed run of `remove` left beside the archive that it began to write anew.

    `one` has no alarm. Return what we know then; what was deleted is planned in it.
    """
    names = {archive.name for archive in one.archives}
    halves = [
        archive
        for archive in one.archives
        if archive.name.endswith(UNFINISHED) and archive.name.removesuffix(UNFINISHED) in names
    ]
    if not halves:
        return known
    known = replace(known, planned=tuple(sorted({*known.planned, *(archive.id for archive in halves)})))
    save(one, known)
    for archive in halves:
        one.repository.borg("delete", f"::{archive.name}")
    one.archives = [archive for archive in one.archives if archive not in halves]
    return known


def metrics(kept: Sequence[KeptRepository]) -> str:
    """Return the figures as a Prometheus text file."""
    names = {
        "archives": ("congvu_repository_archives", "Archives in the repository."),
        "newest": ("congvu_repository_newest_seconds", "When the newest archive was begun (Unix time)."),
        "alarms": ("congvu_repository_alarms", "What keeps the repository from being thinned out."),
        "checked": ("congvu_repository_checked_seconds", "When every byte was last read (Unix time)."),
    }
    lines = []
    for key, (name, said) in names.items():
        lines += [f"# HELP {name} {said}", f"# TYPE {name} gauge"]
        for one in kept:
            value = {
                "archives": float(len(one.archives)),
                "newest": one.archives[-1].time.timestamp() if one.archives else None,
                "alarms": float(len(one.alarms)),
                "checked": datetime.fromisoformat(one.checked).timestamp() if one.checked else None,
            }[key]
            if value is not None:
                lines.append(f'{name}{{host="{one.client}",target="{one.label}"}} {value:.15g}')
    return "\n".join(lines) + "\n"


def free_room(one: KeptRepository, known: History, late_hours: float) -> None:
    """Read every byte, and free the room of what is pruned: what is marked as deleted is gone after that.

    Nothing is freed where `one` has an alarm afterwards.
    """
    now = datetime.now(UTC)
    with _closed(one):
        one.repository.do("check", "--force", "--only", "repository", "--only", "data")
        found = facts.archives(one.repository.archives())
        findings = history.examine(known, found, fingerprint(one), one.client, now, late_hours)
        if findings.alarms:
            one.alarms += findings.alarms
            return
        one.repository.do("compact")
    known = history.with_checked(known, now)
    one.checked = known.checked
    save(one, replace(known, segment=_segment(one)))


@contextmanager
def owned(one: KeptRepository, user: str) -> Iterator[None]:
    """Give back what root writes into a repository on this disk: its client has to read it."""
    try:
        yield
    finally:
        if one.folder and one.folder.is_dir():
            owner = pwd.getpwnam(user)
            for path in (one.folder, *one.folder.rglob("*")):
                if path.lstat().st_uid != owner.pw_uid:
                    os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)
            one.folder.chmod(OPEN)


def fingerprint(one: KeptRepository) -> str:
    """Return the digest of the repository's key, which only its passphrase opens."""
    return hashlib.sha256(one.repository.borg("key", "export", "::").encode()).hexdigest()


def load(one: KeptRepository) -> History:
    """Read what we wrote down; nothing the first time. Raises ValueError where it cannot be read."""
    try:
        return files.read_note(one.state, History.read, History())
    except ValueError as error:
        raise ValueError(
            f"{error}: nothing is final until somebody has looked and accepts what is there "
            f"(congvu-backup keep {one.name} --accept)"
        ) from error


def save(one: KeptRepository, known: History) -> None:
    """Write down what we know."""
    files.write(one.state, (json.dumps(known.as_dict(), indent=1) + "\n").encode(), 0o600)


def _keep(one: KeptRepository, settings: Settings, *, accept: bool, compact: bool) -> None:
    before = begin(one, settings, accept=accept)
    if one.alarms:
        return
    before = delete_unfinished(one, before)
    known = history.accepted(before, one.archives, fingerprint(one))
    known = history.with_planned(known, one.repository.dry().do("prune", "--list"))
    save(one, known)
    one.repository.do("prune")  # also where nothing is planned: checkpoints are in none of our lists
    one.archives = facts.archives(one.repository.archives())
    known, vanished = history.pruned(known, one.archives)
    save(one, known)
    one.alarms += [f"archive {name} vanished while others were pruned" for name in vanished]
    if one.alarms:
        return
    if compact or history.due(known, datetime.now(UTC), settings.compact_days):
        free_room(one, known, settings.late_hours)
        return
    # Segments against their checksums, from where borg was when the time of the last run was over.
    one.repository.do("check", "--only", "repository", "--max-duration", str(CHECK_SECONDS))
    save(one, replace(known, segment=_segment(one)))


@contextmanager
def _closed(one: KeptRepository) -> Iterator[None]:
    """Keep the client out. Of a repository elsewhere we cannot: the time between look and deed is short."""
    if one.folder is None:
        yield
        return
    # Under borg's own lock, so that no client is in the middle of something.
    one.repository.borg("with-lock", "::", "chmod", f"{CLOSED:04o}", str(one.folder))
    try:
        yield
    finally:
        one.folder.chmod(OPEN)


def _segment(one: KeptRepository) -> int:
    """Return the highest number of a segment file: up to it all was well (docs/backup.md, Alerts)."""
    if one.folder is None:
        return -1
    return max((int(path.name) for path in one.folder.glob("data/*/*")), default=-1)
