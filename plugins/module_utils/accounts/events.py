# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The record of an account in the directory: lines of `cvEvent`, read into fields and written. Pure.

What a text means (until when an exemption holds, which lock an operator ended, who handed over to whom) is
read here, once, and written here; nobody else looks into a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from unicodedata import normalize
from urllib.parse import quote, unquote

from .vocabulary import EventWord, Lock, Status

NO_REFERENCE = "-"
NOBODY = "-"  # of a handover: nobody had the mailbox on record
RANK: dict[str, int] = {word: number for number, word in enumerate(EventWord)}
_UNTIL = re.compile(r"until=(\d{4}-\d{2}-\d{2})(?: |$)")
_ENDED = "was "
_RESET = " password"


@dataclass(frozen=True)
class Transfer:
    """A handover: from whom (empty: nobody is on record) to whom, and whether the password was replaced."""

    old: str
    new: str
    resets: bool

    def text(self) -> str:
        """Return it as the text of its event."""
        return f"{self.old or NOBODY} {self.new}{_RESET if self.resets else ''}"


@dataclass(frozen=True)
class Event:
    """One line of the attribute `cvEvent`: `YYYY-MM-DD word reference text`; `-` is no reference.

    The last three are read out of the text, each of its own word: the last day of an exemption, the lock that
    an operator's act ended, and a handover.
    """

    day: date
    word: str
    reference: str = ""
    text: str = ""
    until: date | None = field(init=False, compare=False, repr=False, default=None)
    ended_lock: str = field(init=False, compare=False, repr=False, default="")
    transfer: Transfer | None = field(init=False, compare=False, repr=False, default=None)

    def __post_init__(self) -> None:
        """Read the text."""
        if self.word == EventWord.EXEMPT:
            object.__setattr__(self, "until", _until(self.text))
        elif self.word == EventWord.UNLOCKED and self.text.startswith(_ENDED):
            object.__setattr__(self, "ended_lock", self.text.removeprefix(_ENDED).partition(",")[0])
        elif self.word == EventWord.HANDOVER:
            object.__setattr__(self, "transfer", _transfer(self.text))

    def line(self) -> str:
        """Return the line. Blanks and control characters of the text become one blank."""
        reference = re.sub(r"[\s%]|^-$", lambda found: _escape(found.group()), _clean(self.reference))
        return f"{self.day} {self.word} {reference or NO_REFERENCE} {_clean(self.text)}".rstrip()

    @property
    def order(self) -> tuple[date, int, str, str, str]:
        """Where the event stands among those of its account."""
        return self.day, RANK.get(self.word, len(RANK)), self.word, self.reference, self.text


def exemption(until: date, reason: str) -> str:
    """Return the text of an exemption."""
    return f"until={until} {reason}"


def unlock(lock: str, *, purged: bool) -> str:
    """Return the text of an unlock by an operator's act; `purged`: the mail is deleted."""
    return f"{_ENDED}{lock}{', the mail is deleted' if purged else ''}"


def event(line: str) -> Event:
    """Read a line of `cvEvent`.

    Raises ValueError where it is none, or where it lacks what its word is about: an exemption its last day, a
    handover the person it goes to. To take such a line for none would lock who is exempt.
    """
    parts = (*line.split(" ", 3), "", "", "")
    reference = "" if parts[2] == NO_REFERENCE else unquote(parts[2])
    found = Event(date.fromisoformat(parts[0]), parts[1], reference, parts[3])
    lacks_day = found.word == EventWord.EXEMPT and found.until is None
    lacks_person = found.transfer is not None and not found.transfer.new
    if not found.word or lacks_day or lacks_person:
        raise ValueError(f"no event: {line}")
    return found


def in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """Return events as an account has them: the earliest first."""
    return tuple(sorted(events, key=lambda event: event.order))


def is_back(status: str, lock: str, events: Iterable[Event]) -> bool:
    """Say whether a leaver whose mail was reclaimed is in the roster again: none of it is deleted any more.

    An idle mailbox is in the roster all the time, so its reclaim holds until an unlock.
    """
    ends = [
        event.word for event in in_order(events) if event.word in (EventWord.RECLAIMED, EventWord.UNLOCKED)
    ]
    return lock == Lock.PURGE and status != Status.LEFT and ends[-1:] != [EventWord.RECLAIMED]


def _until(text: str) -> date | None:
    found = _UNTIL.match(text)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def _transfer(text: str) -> Transfer:
    old, _, new = text.removesuffix(_RESET).partition(" ")
    return Transfer("" if old == NOBODY else old, new, text.endswith(_RESET))


def _clean(text: str) -> str:
    """Return text as one line that UTF-8 can hold, in NFC."""
    shown = "".join(letter if letter.isprintable() else " " for letter in normalize("NFC", text))
    return " ".join(shown.split())


def _escape(letter: str) -> str:
    return "%2D" if letter == NO_REFERENCE else quote(letter, safe="")
