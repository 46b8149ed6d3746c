# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The drill: a sample of the newest archive is restored to a scratch folder and compared with what there is.

A message's file never changes once it is written (sdbox: `u.<number>`). So of any message that was there when
the archive was begun, and is still there, the archive must have the same bytes.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from . import facts, snapshot
from .borgmatic import Repository

MESSAGE = re.compile(r"(?:^|/)u\.\d+$")
SNAPSHOT = "var/lib/congvu/backup/point"
# Beside the sample: what a restore begins with.
ALWAYS = (SNAPSHOT, "etc/congvu")


@dataclass(frozen=True)
class Sample:
    """Messages that are there now and are older than some time, and how many there are of that kind."""

    paths: tuple[str, ...]  # without the leading slash, as in the archive
    messages: int


def sample(root: Path, before: float, size: int, chance: random.Random) -> Sample:
    """Choose messages below `root` at random that have not changed since `before` (Unix time)."""
    chosen: list[str] = []
    seen = 0
    for path in _messages(root):
        try:
            if path.stat().st_ctime >= before:
                continue
        except FileNotFoundError:  # just deleted
            continue
        seen += 1
        # Each has the same chance, however many there are, and only the chosen ones are in memory.
        if len(chosen) < size:
            chosen.append(str(path).lstrip("/"))
        elif (place := chance.randrange(seen)) < size:
            chosen[place] = str(path).lstrip("/")
    return Sample(tuple(sorted(chosen)), seen)


def count(listed: Iterable[str], below: str) -> int:
    """Count the messages below a path among paths of an archive. One with a newline in it is no message's."""
    return sum(path.startswith(f"{below}/") and MESSAGE.search(path) is not None for path in listed)


def compare(scratch: Path, root: Path, paths: Iterable[str]) -> list[str]:
    """Say which of these files were restored otherwise than they are now; what is gone now is left out."""
    wrong = []
    for name in paths:
        try:
            now = snapshot.digest(root / name)
        except FileNotFoundError:
            continue
        restored = scratch / name
        if not restored.is_file():
            wrong.append(f"/{name} is not in the archive")
        elif snapshot.digest(restored) != now:
            wrong.append(f"/{name} was restored with another content")
    return wrong


def check_snapshot(folder: Path) -> list[str]:
    """Say what is wrong with a restored snapshot: it holds what its own `point.json` says."""
    try:
        said: Mapping[str, Any] = json.loads((folder / "point.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return [f"point.json: {error}"]
    wrong = []
    if "queue" in said:
        stations = [folder / "queue" / name for name in dict.fromkeys(snapshot.STATIONS)]
        found = sum(1 for station in stations if station.is_dir() for _ in station.iterdir())
        if found != said["queue"]:
            wrong.append(f"the queue has {found} messages, not {said['queue']}")
    if "entries" in said:
        ldif = folder / "directory.ldif"
        if not ldif.is_file() or snapshot.digest(ldif) != said["directory_sha256"]:
            wrong.append("directory.ldif is not the one that was written")
        elif (found := snapshot.entries(ldif)) != said["entries"]:
            wrong.append(f"directory.ldif has {found} entries, not {said['entries']}")
    return wrong


def rto(size: int, number: int, restored_size: int, restored: int, seconds: float) -> float:
    """Estimate the seconds to restore all, from a sample: by bytes or by files, whichever is more."""
    shares = [whole / part for whole, part in ((size, restored_size), (number, restored)) if part]
    return max(shares, default=0) * seconds


def run_drill(
    repository: Repository, scratch: Path, mail_root: Path, contents: Sequence[str], size: int, now: datetime
) -> dict[str, Any]:
    """Restore a sample, compare it, and return what is reported. The scratch folder is empty afterwards."""
    found = facts.archives(repository.archives())
    if not found:
        return failed(now, "there is no archive")
    newest = found[-1]
    name = newest.name
    store = "store" in contents
    chosen = Sample((), 0)
    if store:
        # What came while the snapshot was taken may be missing; so the sample is older than that.
        chosen = sample(
            mail_root,
            (newest.time - facts.SLACK).timestamp(),
            size,
            random.Random(),  # noqa: S311 - no secret
        )
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(mode=0o700, parents=True)
    try:
        begun = time.monotonic()
        # Of a file that the archive does not have borg only warns: `compare` finds it.
        repository.borg("extract", f"::{name}", *ALWAYS, *chosen.paths, cwd=scratch)
        seconds = time.monotonic() - begun
        restored = [path for path in scratch.rglob("*") if path.is_file()]
        wrong = check_snapshot(scratch / SNAPSHOT) + compare(scratch, Path("/"), chosen.paths)
        in_archive = 0
        if store:
            below = str(mail_root).lstrip("/")
            in_archive = count(repository.lines("list", "--short", f"::{name}", below), below)
            if in_archive < chosen.messages:
                wrong.append(f"the archive has {in_archive} messages, at least {chosen.messages} were there")
        whole = json.loads(repository.borg("info", "--json", f"::{name}"))["archives"][0]["stats"]
        bytes_restored = sum(path.stat().st_size for path in restored)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    figures = {
        "messages_compared": len(chosen.paths),
        "messages_there": chosen.messages,
        "messages_in_archive": in_archive,
        "files_restored": len(restored),
        "bytes_restored": bytes_restored,
        "seconds": round(seconds, 1),
        "rpo_seconds": round(facts.rpo(found, now)),
        "rto_seconds": round(
            rto(whole["original_size"], whole["nfiles"], bytes_restored, len(restored), seconds)
        ),
    }
    return _report(now, name, wrong, figures)


def failed(now: datetime, reason: str) -> dict[str, Any]:
    """Return the report of a drill that could not be held."""
    return _report(now, "", [reason], {})


def as_text(label: str, report: Mapping[str, Any]) -> str:
    """Return a report in one line."""
    if not report["right"]:
        name = report["archive"] or "no archive"
        return f"{label}: the drill of {name} was wrong: {'; '.join(report['wrong'])}"
    return (
        f"{label}: {report['archive']}: {report['messages_compared']} of {report['messages_there']} messages "
        f"and {report['files_restored']} files restored in {report['seconds']} s and right; "
        f"RPO {report['rpo_seconds'] / 60:.0f} min (longest gap between backups), "
        f"RTO {report['rto_seconds'] / 60:.1f} min (estimate for all data, without making the host)"
    )


def _report(now: datetime, name: str, wrong: Sequence[str], figures: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "time": now.isoformat(timespec="seconds"),
        "archive": name,
        "right": not wrong,
        "wrong": list(wrong),
        **figures,
    }


def _messages(root: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(root):
        yield from (Path(folder, name) for name in names if MESSAGE.search(name))
