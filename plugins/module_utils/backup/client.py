# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A mail host's own backups: made for each target by itself, so that one that is away holds no other up."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..host import files
from . import drill, escrow, facts, snapshot
from .borgmatic import NoRepositoryError, Repository
from .facts import TargetState
from .targets import FOLDER as SECRETS
from .targets import BorgError, Target, targets

STATE = Path("/var/lib/congvu/backup")
DRILL = STATE / "drill"
KEYS = SECRETS / "keys"  # of a repository, from the day that it was made
CONFIG = Path("/etc/borgmatic/config.yaml")
RESTORING = Path("/etc/congvu/restoring.json")
METRICS = Path("/var/lib/prometheus/node-exporter/congvu_backup.prom")


@dataclass(frozen=True)
class Settings:
    """What the role `backup` wrote for a mail host."""

    host: str
    contents: tuple[str, ...]
    targets: tuple[str, ...]  # labels
    suffix: str
    valkey: str
    late_hours: float
    drill_late_days: float
    drill_messages: int
    escrow_keys: tuple[str, ...]
    repositories: tuple[Target, ...]
    mail_root: Path
    longest_days: int  # that a backup is kept at most where we thin it out
    since: datetime  # when these settings were written

    @classmethod
    def read(cls, path: Path) -> tuple[Settings | None, list[str]]:
        """Read the file, or say what is wrong with it."""
        return files.read_settings(
            path, lambda read: cls._parse(read["client"], datetime.fromtimestamp(path.stat().st_mtime, UTC))
        )

    @classmethod
    def _parse(cls, said: Mapping[str, Any], since: datetime) -> Settings:
        return cls(
            **{name: said[name] for name in ("host", "suffix", "valkey", "late_hours", "drill_late_days")},
            **{name: said[name] for name in ("drill_messages", "longest_days")},
            contents=tuple(said["contents"]),
            targets=tuple(target["label"] for target in said["repositories"]),
            escrow_keys=tuple(said["escrow_keys"]),
            repositories=targets(said),
            mail_root=Path(said["mail_root"]),
            since=since,
        )


class StatusFile:
    """What this host knows of its backups, kept in a file, and shown to Prometheus."""

    def __init__(self, host: str, state: Path = STATE, metrics: Path = METRICS) -> None:
        """Read what is known."""
        self.host, self.metrics, self.path = host, metrics, state / "status.json"
        self.unreadable: list[str] = []  # what is to be told of the file itself
        self.targets = self._read()

    def of(self, label: str) -> TargetState:
        """Return what is known of one target."""
        return self.targets.get(label, TargetState())

    def record_backup(self, label: str, what: TargetState) -> None:
        """Write down how a backup went, at once: a run that is killed later has this much."""
        self._record(label, lambda now: replace(what, drill=now.drill))

    def record_drill(self, label: str, report: dict[str, Any]) -> None:
        """Write down how a drill went. A backup may have been made meanwhile."""
        self._record(label, lambda now: replace(now, drill=report))

    def record_vanished(self, label: str, name: str) -> None:
        """Write down that the newest backup vanished. Nobody finds it gone a second time."""
        self._record(label, lambda now: replace(now, archive="", gone=[*now.gone, name]))

    def accept(self, label: str) -> None:
        """Believe what is there."""
        self._record(label, lambda now: replace(now, gone=[]))

    def forget(self, label: str) -> None:
        """Know nothing of a target whose repository is made anew."""
        self._record(label, lambda _: TargetState())

    def _read(self) -> dict[str, TargetState]:
        """Read the file; one that cannot be read keeps no backup back, and is told."""
        content = files.read_or_none(self.path) or b"{}"
        try:
            return facts.targets(json.loads(content))
        except (ValueError, RecursionError) as error:
            self.unreadable.append(
                f"{self.path} cannot be read ({error}): whether a newest backup vanished is not known; the "
                "next backup begins another file, and leaves this one beside it"
            )
            self._broken = content
            return {}

    def _record(self, label: str, change: Callable[[TargetState], TargetState]) -> None:
        self._broken = b""
        self.targets = self._read()
        if self._broken:
            files.set_aside(self.path, self._broken)
        self.targets[label] = change(self.of(label))
        text = json.dumps(facts.as_json(self.targets), ensure_ascii=False, indent=1) + "\n"
        files.write(self.path, text.encode(), 0o600)
        files.write(self.metrics, facts.metrics(self.host, self.targets).encode(), 0o644)


def take_snapshot(settings: Settings) -> None:
    """Take the consistent snapshot; borgmatic calls this before it reads.

    Raises PointError while the host is being restored: a backup of half of it would be taken for the newest.
    """
    if RESTORING.exists():
        raise snapshot.SnapshotError(
            f"{RESTORING}: this host is being restored, it is not backed up meanwhile"
        )
    snapshot.take_snapshot(
        STATE / "point", settings.host, settings.contents, suffix=settings.suffix, valkey=settings.valkey
    )


def run(settings: Settings, only: Sequence[str] = ()) -> int:
    """Back up to each target.

    1: one failed, and its newest backup is too old (a single miss is told only); or what was the newest is
    there no more. Nobody thins that one out; `status` tells of it until somebody accepts it.
    """
    known = StatusFile(settings.host)
    missed, gone = [], []
    for label in only or settings.targets:
        begun = time.monotonic()
        repository, before = Repository(CONFIG, label), known.of(label).archive
        try:
            if before and before not in (one["name"] for one in repository.archives()["archives"]):
                known.record_vanished(label, before)
                gone.append(label)
            made = repository.create()
        except (BorgError, ValueError, KeyError) as error:
            print(f"{label}: {error}", file=sys.stderr, flush=True)
            now = datetime.now(UTC).isoformat(timespec="seconds")
            known.record_backup(label, replace(known.of(label), failed=now, error=str(error)))
            missed.append(label)
        else:
            done = facts.succeeded(known.of(label), made, time.monotonic() - begun, datetime.now(UTC))
            known.record_backup(label, done)
            print(f"{label}: {done.archive}, {done.files} files, {done.added} bytes new, {done.seconds} s")
    alarms = list(dict.fromkeys(known.unreadable)) + facts.vanished(known.targets, gone)
    alarms += facts.overdue(known.targets, missed, settings.since, datetime.now(UTC), settings.late_hours)
    for sentence in alarms:
        print(sentence, file=sys.stderr)
    return 1 if alarms else 0


def accept(settings: Settings, labels: Sequence[str]) -> int:
    """Believe what is on these targets, after the newest backup vanished. Raises ValueError for others."""
    if strange := sorted(set(labels) - set(settings.targets)):
        raise ValueError(f"there is no target {', '.join(strange)}: {', '.join(settings.targets)}")
    known = StatusFile(settings.host)
    for label in labels:
        for sentence in facts.vanished(known.targets, [label]):
            print(sentence)
        known.accept(label)
    return 0


def run_drills(settings: Settings, only: Sequence[str] = ()) -> int:
    """Restore a sample from each target and compare it. 1: it was wrong, or could not be done."""
    known = StatusFile(settings.host)
    wrong = False
    for label in only or settings.targets:
        now = datetime.now(UTC)
        try:
            report = drill.run_drill(
                Repository(CONFIG, label),
                DRILL / "scratch",
                settings.mail_root,
                settings.contents,
                settings.drill_messages,
                now,
            )
        except (BorgError, ValueError, KeyError) as error:
            report = drill.failed(now, str(error))
        known.record_drill(label, report)
        wrong = wrong or not report["right"]
        print(drill.as_text(label, report), file=sys.stdout if report["right"] else sys.stderr, flush=True)
    return 1 if wrong else 0


def prepare(settings: Settings, anew: Sequence[str]) -> int:
    """Make the repositories that were never there, and seal what opens all that there are.

    One that was there and is gone is made anew only where `anew` names it. 1: there is one, or one could not
    be made; the others are done.
    """
    known, lost, unmade = StatusFile(settings.host), [], {}
    for label in settings.targets:
        repository = Repository(CONFIG, label)
        try:
            if label in anew or not (KEYS / label).exists():
                repository.make()
                known.forget(label)
            else:
                repository.archives()
        except NoRepositoryError:
            lost.append(label)
        except BorgError as error:
            if label in anew or not (KEYS / label).exists():
                unmade[label] = str(error)
            else:
                # That it is away is for the backups to say.
                print(f"{label}: {error}", file=sys.stderr)
    there = [one for one in settings.repositories if one.label not in unmade]
    if there:
        keys = escrow.fetch_keys(CONFIG, KEYS, [one.label for one in there], anew)
        passphrase = (SECRETS / "passphrase").read_text(encoding="ascii").strip()
        text = escrow.clear(settings.host, passphrase, there, keys)
        if escrow.seal(text, settings.escrow_keys, STATE / "escrow.age"):
            print("sealed")
    for label in lost:
        newest = known.of(label).archive or "before it was noted here"
        print(
            f"{label}: there is no repository any more; the last backup was {newest}. Look whether its disk "
            "is mounted, and who removed it (docs/backup.md, Alerts). To begin anew: congvu-backup prepare "
            f"--anew {label}; on the first backup host congvu-backup keep {settings.host}@{label} --accept",
            file=sys.stderr,
        )
    for label, said in unmade.items():
        print(
            f"{label}: no repository could be made: {said}; its administrator has to let in the key "
            f"{SECRETS}/id_ed25519.pub (docs/backup.md, Off-site); then run site.yml again",
            file=sys.stderr,
        )
    return 1 if lost or unmade else 0


def status(settings: Settings, *, as_json: bool) -> int:
    """Print how old the backups and drills are. 1: one is too old or vanished, or the drill was wrong."""
    state = StatusFile(settings.host)
    known, now = state.targets, datetime.now(UTC)
    problems = [*state.unreadable, *facts.vanished(known, settings.targets)]
    problems += facts.overdue(known, settings.targets, settings.since, now, settings.late_hours)
    problems += facts.overdue_drills(known, settings.targets, settings.since, now, settings.drill_late_days)
    if as_json:
        rows = [
            facts.row(settings.host, label, known.get(label, TargetState()), now)
            for label in settings.targets
        ]
        failed = [
            f"{settings.host}: {label}: {one.error}"
            for label, one in known.items()
            if one.failed and label in settings.targets
        ]
        problems = [f"{settings.host}: {problem}" for problem in problems]
        said = facts.as_json(known) | {"host": settings.host, "failed": failed, "problems": problems}
        print(json.dumps(said | {"head": facts.HEAD, "rows": rows}))
        return 0
    for label in settings.targets:
        one = known.get(label, TargetState())
        drilled = f"drill {one.drill['time']}" if one.drill else "no drill yet"
        print(f"{label}: newest {one.success or 'none'}, {one.size} bytes in {one.files} files; {drilled}")
    print(*expiry_notes(settings), sep="\n")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def expiry_notes(settings: Settings) -> list[str]:
    """Say when what is deleted now is gone from the backups: where we thin them out, and where others do."""
    ours = ", ".join(one.label for one in settings.repositories if one.kept)
    others = ", ".join(one.label for one in settings.repositories if not one.kept)
    said = []
    if ours:
        said.append(
            f"What is deleted from a mailbox now is gone from {ours} after {settings.longest_days} days."
        )
    if others:
        said.append(f"When it is gone from {others} is for the administrator there to say.")
    return said
