# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Steps on their way into the audit log: what a run did that was killed before it could say so.

The log holds what happened and nothing else, so a step is noted elsewhere before it is written into the
directory. The next run compares the note with the directory, and tells the log what is true of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from .. import audit, clock, files
from ..audit import Line
from .entries import Attributes
from .vocabulary import Attr, Verb

STEPS = Path("/var/lib/congvu/steps-to-log.json")


class Reader(Protocol):
    """What is used of the directory."""

    def entry(self, dn: str, names: Sequence[str]) -> Attributes | None:
        """Read one entry."""


@dataclass(frozen=True)
class Step:
    """A line for the log. `event` is the line of `cvEvent` that the same write adds; empty: there is none."""

    dn: str
    line: Line
    event: str = ""


def announce(steps: Iterable[Step], file: Path = STEPS) -> list[Step]:
    """Note steps that are about to be written; return them with their time. The caller holds the lock."""
    now = clock.now().isoformat()
    timed = [replace(step, line=replace(step.line, time=now)) for step in steps]
    text = json.dumps([(step.dn, vars(step.line), step.event) for step in timed], ensure_ascii=False)
    files.write(file, text.encode(), 0o600)
    return timed


def record(steps: Iterable[Step], file: Path = STEPS, log: Path = audit.LOG) -> None:
    """Tell the log what was written; nothing is left to be told."""
    audit.record_all((step.line for step in steps), log)
    file.unlink(missing_ok=True)


def recover(directory: Reader, file: Path = STEPS, log: Path = audit.LOG) -> int:
    """Tell the log what a run did that was killed. To be called before anything is announced.

    Returns how many lines of the log could not be read.
    """
    content = files.read_or_none(file)
    if content is None:
        return 0
    reading = audit.read(log)
    logged = set(reading)
    steps = (Step(dn, Line(**line), event) for dn, line, event in json.loads(content))
    missing = [step for step in steps if step.line not in logged and _happened(directory, step)]
    record(missing, file, log)
    return reading.unread


def _happened(directory: Reader, step: Step) -> bool:
    """Say whether the directory holds what the step wrote."""
    entry = directory.entry(step.dn, (Attr.STATUS, Attr.EVENT))
    if entry is None:
        return False
    if step.event:
        return step.event in entry.get(Attr.EVENT, [])
    # An account was announced as new only where there was none; else the word is its state.
    return step.line.what == Verb.CREATED or entry.get(Attr.STATUS) == [step.line.what]
