# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is known of archives and runs, and what follows from it: lateness, RPO, figures for a report. Pure.

Times are aware and in UTC, sizes bytes, durations seconds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ..clock import VIETNAM
from .targets import BackupArchive

# Of one mail system no backup is older than that, nor is one made later than now; clocks may differ by this.
SLACK = timedelta(minutes=10)
LINE = "{:<26} {:<9} {:<16} {:>8} {:>8} {:>7}  {}"
HEAD = LINE.format("host", "target", "newest backup", "MiB", "new MiB", "seconds", "drill")


@dataclass
class TargetState:
    """What a host knows of its backups on one target; times are ISO 8601 or empty."""

    success: str = ""
    archive: str = ""
    seconds: float = 0
    size: int = 0
    added: int = 0
    files: int = 0
    failed: str = ""
    error: str = ""
    drill: dict[str, Any] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)  # newest backups that vanished, until somebody accepts it


def archives(listed: Mapping[str, Any]) -> list[BackupArchive]:
    """Read what `borg list --json` printed, oldest first. Borg writes local times without an offset."""
    found = [
        BackupArchive(one["name"], datetime.fromisoformat(one["time"]).astimezone(UTC), one["id"])
        for one in listed["archives"]
    ]
    return sorted(found, key=lambda one: (one.time, one.name))


def targets(read: Mapping[str, Any]) -> dict[str, TargetState]:
    """Read the state file; what a later version wrote in addition is left out.

    Raises ValueError for what is no such file.
    """
    known = set(TargetState.__dataclass_fields__)
    try:
        found = {
            label: TargetState(**{name: value for name, value in said.items() if name in known})
            for label, said in read.get("targets", {}).items()
        }
        for label, one in found.items():
            row("", label, one, datetime.now(UTC))
            vanished(found, [label])
            overdue_drills(found, [label], datetime.now(UTC), datetime.now(UTC), 0)
            overdue(found, [label], datetime.now(UTC), datetime.now(UTC), 0)
        metrics("", found)
        json.dumps(as_json(found))
    except (TypeError, AttributeError, KeyError, OverflowError) as error:
        raise ValueError(f"no state of backups: {error!r}") from error
    return found


def as_json(known: Mapping[str, TargetState]) -> dict[str, Any]:
    """Return what is written into the state file."""
    return {"targets": {label: asdict(one) for label, one in sorted(known.items())}}


def succeeded(before: TargetState, stats: Mapping[str, Any], seconds: float, now: datetime) -> TargetState:
    """Return what is known after an archive was made; `stats` is of `borg create --json`.

    `seconds` is for all of it, the consistent snapshot included.
    """
    archive = stats["archive"]
    return TargetState(
        success=now.astimezone(UTC).isoformat(timespec="seconds"),
        archive=archive["name"],
        seconds=round(seconds, 1),
        size=archive["stats"]["original_size"],
        added=archive["stats"]["deduplicated_size"],
        files=archive["stats"]["nfiles"],
        drill=before.drill,
        gone=before.gone,
    )


def row(host: str, label: str, one: TargetState, now: datetime) -> str:
    """Return a line of the table that `backup.yml` prints below `HEAD`; times are Vietnamese."""
    drill = "none"
    if one.drill:
        days = (now - datetime.fromisoformat(one.drill["time"])).days
        drill = f"{days} d" if one.drill["right"] else "WRONG"
    made = ""
    if one.success:
        made = datetime.fromisoformat(one.success).astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")
    size, added = (f"{count / 2**20:.1f}" for count in (one.size, one.added))
    return LINE.format(host, label, made or "none", size, added, f"{one.seconds:.1f}", drill)


def overdue(
    known: Mapping[str, TargetState], labels: Iterable[str], since: datetime, now: datetime, hours: float
) -> list[str]:
    """Say of which targets the newest backup is too old, or missing though it was asked for `since` then."""
    said = []
    for label in labels:
        one = known.get(label, TargetState())
        if not one.success:
            if now - since > timedelta(hours=hours):
                said.append(f"{label}: there is no backup yet")
        elif now - datetime.fromisoformat(one.success) > timedelta(hours=hours):
            said.append(f"{label}: the newest backup is of {one.success}, more than {hours:g} hours old")
    return said


def overdue_drills(
    known: Mapping[str, TargetState], labels: Iterable[str], since: datetime, now: datetime, days: float
) -> list[str]:
    """Say of which targets the last drill is too old, missing though asked for `since` then, or wrong."""
    said = []
    for label in labels:
        drill = known.get(label, TargetState()).drill
        if not drill:
            if now - since > timedelta(days=days):
                said.append(f"{label}: no drill was done yet")
        elif not drill["right"]:
            said.append(f"{label}: the drill of {drill['time']} was wrong: {'; '.join(drill['wrong'])}")
        elif now - datetime.fromisoformat(drill["time"]) > timedelta(days=days):
            said.append(f"{label}: the last drill was on {drill['time']}, more than {days:g} days ago")
    return said


def vanished(known: Mapping[str, TargetState], labels: Iterable[str]) -> list[str]:
    """Say of which targets the newest backup vanished, as long as nobody accepted it."""
    return [
        f"{label}: {name}, the newest backup, vanished: somebody removed it. "
        f"Once it is known who: congvu-backup accept {label}"
        for label in labels
        for name in known.get(label, TargetState()).gone
    ]


def rpo(found: Sequence[BackupArchive], now: datetime, last: int = 50) -> float:
    """Return the longest time between two points among the newest archives, and since the newest: seconds.

    So much mail would have been lost at the worst moment. Without an archive it is unbounded.
    """
    times = [one.time for one in found][-last:]
    if not times:
        return float("inf")
    return max(
        (after - before).total_seconds() for before, after in zip(times, [*times[1:], now], strict=True)
    )


def metrics(host: str, known: Mapping[str, TargetState]) -> str:
    """Return the figures as a Prometheus text file. A figure that is not known is left out."""
    names = {
        "success": ("congvu_backup_last_success_seconds", "When the newest backup was made (Unix time)."),
        "seconds": ("congvu_backup_duration_seconds", "How long the newest backup took."),
        "size": ("congvu_backup_size_bytes", "Size of what the newest backup holds."),
        "added": ("congvu_backup_added_bytes", "What the newest backup added to the repository."),
        "failed": ("congvu_backup_last_failure_seconds", "When a backup failed since (Unix time), else 0."),
        "drill": ("congvu_backup_last_drill_seconds", "When a sample was last restored (Unix time)."),
        "right": ("congvu_backup_drill_right", "1 if the last drill found all as it should be."),
        "rpo": ("congvu_backup_rpo_seconds", "Longest time between two backups, measured by the last drill."),
        "rto": ("congvu_backup_rto_seconds", "Time to restore the host's data, estimated by the last drill."),
    }
    lines = []
    for key, (name, said) in names.items():
        values = [(label, _figure(key, one)) for label, one in sorted(known.items())]
        lines += [f"# HELP {name} {said}", f"# TYPE {name} gauge"]
        lines += [
            f'{name}{{host="{host}",target="{label}"}} {value:.15g}'
            for label, value in values
            if value is not None
        ]
    return "\n".join(lines) + "\n"


def _figure(key: str, one: TargetState) -> float | None:
    if key == "failed":
        return _unix(one.failed) if one.failed else 0
    if key == "drill":
        return _unix(one.drill["time"]) if one.drill else None
    if key == "right":
        return float(one.drill["right"]) if one.drill else None
    if key in ("rpo", "rto"):
        return one.drill.get(f"{key}_seconds")
    if not one.success:
        return None
    return _unix(one.success) if key == "success" else float(getattr(one, key))


def _unix(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
