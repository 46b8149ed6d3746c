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
from typing import Protocol

from .. import clock
from ..host import audit, files
from ..host.audit import AuditLine
from .entries import Attributes
from .vocabulary import Attr, Verb

FILE = Path("/var/lib/congvu/steps-to-log.json")
NOTE_LOST = "What a killed run noted cannot be read and is in"
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


@dataclass(frozen=True)
class Recovery:
    """What could not be read meanwhile: so many lines of the log, and notes that lie in these files now."""

    unread: int = 0
    aside: tuple[Path, ...] = ()

    def words(self) -> list[str]:
        """Return what an operator is told."""
        lines = audit.unread_words(self.unread)
        return [
            *([lines] if lines else []),
            *(f"{NOTE_LOST} {file}: the audit log may lack what a killed run wrote" for file in self.aside),
        ]


def pending(file: Path = FILE, former: Path = FORMER) -> list[Intent]:
    """Return what a run that was killed has not completed. Raises ValueError for a note that is none."""
    return _read(files.read_or_none(file)) + _read(files.read_or_none(former), former=True)


def complete(done: Iterable[Intent], file: Path = FILE, log: Path = audit.LOG) -> None:
    """Tell the log what was written; nothing is pending any more."""
    audit.record_all((one.line for one in done), log)
    file.unlink(missing_ok=True)


def recover(directory: Reader, file: Path = FILE, log: Path = audit.LOG, former: Path = FORMER) -> Recovery:
    """Tell the log what a run did that was killed. To be called before anything is begun.

    A note that cannot be read is set aside, and the log is told that.
    """
    aside = tuple(path for note in (file, former) if (path := _repair(note, former=note == former)))
    if aside:
        texts = (f"a note that cannot be read is in {path.name}" for path in aside)
        audit.record_all([AuditLine("audit", audit.TORN, text=text) for text in texts], log)
    waiting = pending(file, former)
    if not waiting:
        file.unlink(missing_ok=True)
        return Recovery(aside=aside)
    reading = audit.read(log)
    logged = set(reading)
    complete((one for one in waiting if one.line not in logged and _happened(directory, one)), file, log)
    former.unlink(missing_ok=True)
    return Recovery(reading.unread, aside)


def _read(content: bytes | None, *, former: bool = False) -> list[Intent]:
    """Read a note. Raises ValueError where it is none."""
    try:
        rows = json.loads(content or b"[]")
        if former:
            rows = [(dn, line, event) for dn, event, line in rows]
        found = [Intent(dn, AuditLine(**line), event) for dn, line, event in rows]
    except (TypeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    texts = [text for one in found for text in (one.dn, one.event, *vars(one.line).values())]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("no note of steps")
    return found


def _repair(file: Path, *, former: bool) -> Path | None:
    """Set a note aside that cannot be read, and return where it is."""
    content = files.read_or_none(file)
    try:
        _read(content, former=former)
    except ValueError:
        return files.set_aside(file, content or b"")
    return None


def _happened(directory: Reader, intent: Intent) -> bool:
    """Say whether the directory holds what was to be written."""
    entry = directory.entry(intent.dn, (Attr.STATUS, Attr.EVENT))
    if entry is None:
        return False
    if intent.event:
        return intent.event in entry.get(Attr.EVENT, [])
    # That an account is created was noted only where there was none; else the word is its state.
    return intent.line.what == Verb.CREATED or entry.get(Attr.STATUS) == [intent.line.what]
