"""Tries the accountant on the real stack: what is spoilt on purpose has to be found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from lab.shell import say
from tests.faults.drill import Round
from tests.faults.host import Host
from tests.faults.ledger import MARK, Message
from tests.support.waiting import wait_for

SCAN = "/etc/rspamd/lua.local.d/congvu_scan.lua"


# Seconds in which a busy machine takes and delivers a few messages.
SOON = 120


@dataclass
class Nothing:
    """No fault at all, until a message of the time was taken for a mailbox of ours."""

    name: str
    taken: Callable[[], Sequence[Message]]
    hold: tuple[float, float] = (0.0, 0.0)

    def do(self, host: Host, random: Random) -> str:
        wait_for("a message was taken", self.taken, within=SOON)
        return ""

    def undo(self, host: Host) -> None:
        pass


@dataclass
class ScanOff:
    """Rspamd runs without the rule that asks the virus scanner, until it has let something through."""

    name: str
    taken: Callable[[], Sequence[Message]]
    hold: tuple[float, float] = (0.0, 0.0)

    def do(self, host: Host, random: Random) -> str:
        host.shell(f"mv {SCAN} /root/ && systemctl restart rspamd")
        # What is handed in after malware was taken is not scanned either.
        passed = wait_for("malware was taken", lambda: self._passed(malware=True), within=SOON)
        wait_for("mail was taken", lambda: self._passed(malware=False, after=passed[0]), within=SOON)
        return ""

    def _passed(self, malware: bool, after: float = 0.0) -> list[float]:
        """Return when messages were taken that were handed in after a time."""
        taken = [message.accepted for message in self.taken() if message.malware == malware]
        return [attempt.ended for attempt in taken if attempt and attempt.begun > after]

    def undo(self, host: Host) -> None:
        host.shell(f"mv /root/{SCAN.rpartition('/')[2]} {SCAN} && systemctl restart rspamd")


def accountant_sees(one: Round) -> list[str]:
    """Spoil three things in a short round; return what was not found, nothing if all was."""

    def taken() -> list[Message]:
        return _taken(one, -1)

    for fault in (
        Nothing("one message is removed", taken),
        Nothing("one is moved elsewhere", taken),
        ScanOff("the scan is switched off", taken),
    ):
        one.traffic.start()
        one.strike(fault, (0.5, 1.0))
        one.traffic.pause()
        # What was written before the scan is off was scanned.
        one.on_its_way_is_nothing()
    lost, strayed = (_taken(one, window)[0] for window in (0, 1))
    _doveadm(one.host, "expunge", "-u", lost.mailbox, *_search(one, lost))
    elsewhere = next(to.mailbox for to in one.traffic.recipients if to.mailbox != strayed.mailbox)
    _doveadm(one.host, "move", "-u", elsewhere, "INBOX", "user", strayed.mailbox, *_search(one, strayed))
    first, second, third = one.accounts()
    expected = {
        "a removed message": first.wrong["lost"] == [lost.number],
        "a message in another mailbox": second.wrong["misdelivered"] == [strayed.number],
        "mail without a scan": bool(third.wrong["unscanned"]),
        "malware that was taken": bool(third.wrong["malware"]),
        "nothing where nothing was spoilt": not (first.wrong["unscanned"] or second.wrong["unscanned"]),
    }
    for what, found in expected.items():
        say(f"  the accountant sees {what}: {'yes' if found else 'NO'}")
    return [f"the accountant does not see {what}" for what, found in expected.items() if not found]


def _taken(one: Round, window: int) -> list[Message]:
    """Return the messages of a window, or of what there is of it, that were taken for mailboxes of ours."""
    here = one.windows[window]
    ours = one.ledger.messages[here.first : here.end or None]
    return [message for message in ours if message.accepted and message.way in ("mx", "submission")]


def _search(one: Round, message: Message) -> tuple[str, ...]:
    return "mailbox", "*", "header", "message-id", f"{one.ledger.run}.{message.number}@{MARK}"


def _doveadm(host: Host, *words: str) -> None:
    host.run("doveadm", *words)
