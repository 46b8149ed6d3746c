"""The accountant: what was promised against what lies in mailboxes and queues. No host, no clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from tests.faults.ledger import Message

# What must never happen, each with the sentence that explains it.
WRONG = {
    "lost": "answered 250, and neither in its mailbox nor in a queue",
    "misdelivered": "in a mailbox where it does not belong",
    "unscanned": "delivered without the mark of the scanner",
    "malware": "the EICAR test file was taken or delivered",
    "damaged": "delivered with another body than it was sent with",
    "unexplained": "delivered more than once, with no fault between delivery and reply",
    "refused": "an ordinary message was told never",
    "bounced": "taken, then sent back",
    "waiting": "never answered, though all is well again",
}


class Copy(NamedTuple):
    """One message as it lies in a mailbox; `mailbox` is "outside" for what left us. `saved` in seconds."""

    number: int
    mailbox: str
    folder: str
    saved: float
    scanned: bool
    digest: str


@dataclass
class Window:
    """The time of one fault, and the messages that were written in it: numbers from `first` up to `end`.

    All times in seconds since the epoch. `recovered` is when mail was taken by every door again.
    """

    fault: str
    detail: str = ""
    first: int = 0
    end: int = 0
    begun: float = 0.0
    struck: float = 0.0
    undone: float = 0.0
    recovered: float = 0.0
    trouble: list[str] = field(default_factory=list)

    def touches(self, begin: float, end: float) -> bool:
        """Say whether a time meets that from the fault to the end of its effects (a second of slack)."""
        return begin <= self.recovered + 1 and self.struck - 1 <= end


@dataclass
class Sum:
    """What became of the messages of one window."""

    window: Window
    messages: int = 0
    accepted: int = 0
    doubled: int = 0
    explained: list[str] = field(default_factory=list)
    wrong: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    pause: float = 0.0  # longest time in which no message of a client was answered 250, in seconds
    longest: float = 0.0  # longest time from the first attempt to the mailbox, in seconds

    @property
    def clean(self) -> bool:
        return not any(self.wrong.values()) and not self.window.trouble


def settle(
    messages: Sequence[Message],
    windows: Sequence[Window],
    copies: Iterable[Copy],
    queued: Collection[int],
    bounced: Collection[int],
    read: float,
) -> list[Sum]:
    """Return one sum for each window; a message belongs to the window in which it was written.

    `read` is when the mailboxes were read: who saved a message later than that had another clock.
    """
    found: dict[int, list[Copy]] = defaultdict(list)
    for copy in copies:
        found[copy.number].append(copy)
    sums = []
    for window in windows:
        ours = [message for message in messages if window.first <= message.number < window.end]
        total = Sum(window, messages=len(ours), pause=longest_pause(window, messages))
        for message in ours:
            _judge(total, message, found[message.number], message.number in queued, windows, read)
            if message.number in bounced:
                total.wrong["bounced"].append(message.number)
        sums.append(total)
    return sums


def _judge(
    total: Sum,
    message: Message,
    copies: Sequence[Copy],
    queued: bool,
    windows: Sequence[Window],
    read: float,
) -> None:
    def wrong(what: str) -> None:
        total.wrong[what].append(message.number)

    home = [copy for copy in copies if copy.mailbox == message.mailbox]
    if len(home) < len(copies):
        wrong("misdelivered")
    if any(not copy.scanned for copy in copies):
        wrong("unscanned")
    if message.malware:
        if message.accepted or copies or queued:
            wrong("malware")
        elif not message.settled:
            wrong("waiting")
        return
    if any(copy.digest != message.digest for copy in copies):
        wrong("damaged")
    if message.refused and not message.accepted:
        wrong("refused")
    elif not message.settled:
        wrong("waiting")
    if message.accepted:
        total.accepted += 1
        if not home and not queued:
            wrong("lost")
    if home:
        earliest = min(copy.saved for copy in home)
        if earliest <= read:
            total.longest = max(total.longest, earliest - message.attempts[0].begun)
    if len(home) + queued > 1:
        total.doubled += 1
        reason = explanation(message, home, windows, read)
        if reason:
            total.explained.append(f"{message.number}: {reason}")
        else:
            wrong("unexplained")


def explanation(message: Message, copies: Sequence[Copy], windows: Sequence[Window], read: float) -> str:
    """Return why a message may be there twice; nothing if no fault fell on its way to the first delivery.

    On that way it is handed over up to three times, and each time the reply may get lost.
    """
    if any(attempt.unanswered for attempt in message.attempts):
        return "the client heard no answer to the message and sent it again"
    begun = message.attempts[0].begun
    for copy in sorted(copies, key=lambda copy: copy.saved)[:-1] or copies:
        # Saved before it was sent, or after it was read: that was another clock.
        saved = copy.saved if begun - 1 <= copy.saved <= read else message.attempts[-1].ended
        for window in windows:
            if window.touches(begun, saved):
                return f"{window.fault} fell between a delivery and its reply"
    return ""


def longest_pause(window: Window, messages: Iterable[Message]) -> float:
    """Return the longest time within a window in which no client was answered 250."""
    answers = sorted(
        attempt.ended
        for message in messages
        if message.way != "world"
        for attempt in message.attempts
        if attempt.accepted and window.begun <= attempt.ended <= window.recovered
    )
    marks = [window.begun, *answers, window.recovered]
    return max((after - before for before, after in pairwise(marks)), default=0.0)
