"""Tries the accountant on the real stack: what is spoilt on purpose has to be found."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from lab.shell import say
from tests.faults.drill import Round
from tests.faults.host import Host
from tests.faults.ledger import MARK, Message

SCAN = "/etc/rspamd/lua.local.d/congvu_scan.lua"


@dataclass
class Nothing:
    """No fault at all."""

    name: str
    hold: tuple[float, float] = (6.0, 6.0)

    def do(self, host: Host, random: Random) -> str:
        return ""

    def undo(self, host: Host) -> None:
        pass


@dataclass
class ScanOff:
    """Rspamd runs without the rule that asks the virus scanner."""

    name: str = "the scan is switched off"
    hold: tuple[float, float] = (8.0, 8.0)

    def do(self, host: Host, random: Random) -> str:
        host.shell(f"mv {SCAN} /root/ && systemctl restart rspamd")
        return ""

    def undo(self, host: Host) -> None:
        host.shell(f"mv /root/{SCAN.rpartition('/')[2]} {SCAN} && systemctl restart rspamd")


def accountant_sees(one: Round) -> list[str]:
    """Spoil three things in a short round; return what was not found, nothing if all was."""
    one.traffic.start()
    for fault in (Nothing("one message is removed"), Nothing("one is moved elsewhere"), ScanOff()):
        one.strike(fault, (0.5, 1.0))
    one.traffic.pause()
    one.on_its_way_is_nothing()
    lost, strayed = (_delivered(one, window) for window in (0, 1))
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


def _delivered(one: Round, window: int) -> Message:
    """Return a message of a window that was taken for a mailbox of ours."""
    here = one.windows[window]
    ours = one.ledger.messages[here.first : here.end]
    return next(message for message in ours if message.accepted and message.way in ("mx", "submission"))


def _search(one: Round, message: Message) -> tuple[str, ...]:
    return "mailbox", "*", "header", "message-id", f"{one.ledger.run}.{message.number}@{MARK}"


def _doveadm(host: Host, *words: str) -> None:
    host.run("doveadm", *words)
