# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The intent log: steps on their way into the audit log, so that a run that is killed in between loses none.

The audit log holds what happened and nothing else, so a step is noted elsewhere before it is written into
the directory (`begin`), and the note goes when the log has it (`complete`). The next run compares what is
still `pending` with the directory, and tells the log what is true of it (`recover`). Everybody who writes
accounts holds the lock of `files.SEALED`, so there is one note, and one run at a time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from .. import clock
from ..host import audit, files
from ..host.audit import AuditLine
from .entries import Attributes
from .vocabulary import Attr, Verb

FILE = Path("/var/lib/congvu/steps-to-log.json")
# Where the daily pass of an earlier version noted its own: read once more, and removed.
FORMER = Path("/var/lib/congvu/lifecycle.pending")


class Reader(Protocol):
    """What is used of the directory."""

    def entry(self, dn: str, names: Sequence[str]) -> Attributes | None:
        """Read one entry."""


@dataclass(frozen=True)
class Intent:
    """A line for the log. `event` is the line of `cvEvent` that the same write adds; empty: there is none."""

    dn: str
    line: AuditLine
    event: str = ""


def begin(intents: Iterable[Intent], file: Path = FILE) -> list[Intent]:
    """Note what is about to be written; return it with its time. The caller holds the lock."""
    now = clock.now().isoformat()
    timed = [replace(one, line=replace(one.line, time=now)) for one in intents]
    if timed:
        text = json.dumps([(one.dn, vars(one.line), one.event) for one in timed], ensure_ascii=False)
        files.write(file, text.encode(), 0o600)
    return timed


def pending(file: Path = FILE, former: Path = FORMER) -> list[Intent]:
    """Return what a run that was killed has not completed."""
    rows = [(dn, line, event) for dn, line, event in _rows(file)]
    rows += [(dn, line, event) for dn, event, line in _rows(former)]
    return [Intent(dn, AuditLine(**line), event) for dn, line, event in rows]


def complete(done: Iterable[Intent], file: Path = FILE, log: Path = audit.LOG) -> None:
    """Tell the log what was written; nothing is pending any more."""
    audit.record_all((one.line for one in done), log)
    file.unlink(missing_ok=True)


def recover(directory: Reader, file: Path = FILE, log: Path = audit.LOG, former: Path = FORMER) -> int:
    """Tell the log what a run did that was killed. To be called before anything is begun.

    Returns how many lines of the log could not be read.
    """
    waiting = pending(file, former)
    if not waiting:
        file.unlink(missing_ok=True)
        return 0
    reading = audit.read(log)
    logged = set(reading)
    complete((one for one in waiting if one.line not in logged and _happened(directory, one)), file, log)
    former.unlink(missing_ok=True)
    return reading.unread


def _rows(file: Path) -> list[Any]:
    return files.read_note(file, list, [])


def _happened(directory: Reader, intent: Intent) -> bool:
    """Say whether the directory holds what was to be written."""
    entry = directory.entry(intent.dn, (Attr.STATUS, Attr.EVENT))
    if entry is None:
        return False
    if intent.event:
        return intent.event in entry.get(Attr.EVENT, [])
    # That an account is created was noted only where there was none; else the word is its state.
    return intent.line.what == Verb.CREATED or entry.get(Attr.STATUS) == [intent.line.what]
