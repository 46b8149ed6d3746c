"""One round: faults in a drawn order while mail flows, then the accounts, then a look at the host."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence
from itertools import zip_longest
from random import Random

from lab.shell import LabError, say
from tests.faults import reading
from tests.faults.accounts import Sum, Window, settle
from tests.faults.faults import UNITS, Fault
from tests.faults.host import Host, until
from tests.faults.ledger import WAYS, Ledger
from tests.faults.runs import SiteKilled, results
from tests.faults.traffic import Traffic
from tests.support import ansible
from tests.support.lab import INVENTORY

# What slapd notes by itself while people log in; all else of an entry stays as it was.
NOTED_BY_SLAPD = (
    "authTimestamp:",
    "contextCSN:",
    "entryCSN:",
    "modifiersName:",
    "modifyTimestamp:",
    "pwdFailureTime:",
    "pwdLastSuccess:",
)

# How a step against the hosts fails. It is trouble of one fault, and the round goes on.
FAILURES = (AssertionError, LabError, OSError, subprocess.SubprocessError)
# Seconds, for a busy machine too: that a unit comes back is judged here; how fast, the longest pause shows.
BACK_WITHIN, OPEN_WITHIN = 120, 300
# So many faults between two looks into all mailboxes.
BATCH = 12


def batched(faults: Sequence[Fault], size: int) -> list[Sequence[Fault]]:
    """Return the faults in runs of a size; the last may be shorter."""
    return [faults[first : first + size] for first in range(0, len(faults), size)]


class Round:
    """Traffic, faults and their windows, from the first message to the sums."""

    def __init__(self, host: Host, ledger: Ledger, traffic: Traffic, random: Random) -> None:
        self.host, self.ledger, self.traffic, self.random = host, ledger, traffic, random
        self.windows: list[Window] = []
        self.faults: Sequence[Fault] = ()
        self.directory = entries(host)

    def run(
        self,
        faults: Sequence[Fault],
        warm: tuple[float, float],
        each: Callable[[list[Sum]], None] = lambda sums: None,
    ) -> list[Sum]:
        """Let each fault strike at a random moment of its window; return what became of the messages.

        `each` is told now and then, so that a drill that dies leaves most of its figures.
        """
        sums: list[Sum] = []
        self.faults = faults
        for some in batched(faults, BATCH):
            self.traffic.start()
            for fault in some:
                self.strike(fault, warm)
            self.traffic.pause()
            # Each time over all windows: what a later fault did to earlier mail counts as well.
            sums = self.accounts()
            each(sums)
        return sums

    def strike(self, fault: Fault, warm: tuple[float, float]) -> None:
        window = Window(fault.name, first=len(self.ledger.messages), begun=time.time())
        self.windows.append(window)
        time.sleep(self.random.uniform(*warm))  # the random moment
        window.struck = time.time()
        self.ledger.event(fault=fault.name)
        try:
            window.detail = fault.do(self.host, self.random)
            time.sleep(self.random.uniform(*fault.hold))  # as long as it was drawn to last
        except FAILURES as error:
            window.trouble.append(f"could not strike: {error}")
        finally:
            try:
                fault.undo(self.host)
            except FAILURES as error:
                window.trouble.append(str(error))
        window.undone = time.time()
        self.ledger.event(undone=fault.name, detail=window.detail)
        try:
            self._recover(window)
        except FAILURES as error:
            window.trouble.append(str(error))
        window.recovered = time.time()
        window.end = len(self.ledger.messages)
        took = window.recovered - window.undone
        trouble = "".join(f"\n    {line}" for line in window.trouble)
        say(f"  {fault.name}: {window.detail or 'done'}, mail again after {took:.1f} s{trouble}")

    def _recover(self, window: Window) -> None:
        """Wait until all units run by themselves and each door takes mail that was offered afterwards."""

        def open_again() -> bool:
            return all(
                any(
                    attempt.accepted and attempt.begun > window.undone
                    for message in self.ledger.since(max(0, window.first - 100))
                    if message.way == way
                    for attempt in message.attempts
                )
                for way in WAYS
            )

        def dead() -> list[str]:
            states = self.host.run("systemctl", "is-active", *UNITS, check=False).split()
            # A host that does not answer has said nothing good of any.
            return [unit for unit, state in zip_longest(UNITS, states) if state != "active"]

        if not until("all units run", lambda: not dead(), within=BACK_WITHIN):
            still = dead()
            window.trouble.append(f"did not come back within {BACK_WITHIN} s: {', '.join(still)}")
            self.host.run("systemctl", "start", *still)
        if not until("every door is open", open_again, within=OPEN_WITHIN):
            window.trouble.append(f"mail was not taken again within {OPEN_WITHIN} s")

    def accounts(self) -> list[Sum]:
        """Wait until nothing is on its way, and settle."""
        self.on_its_way_is_nothing()
        # What left a queue while the mailboxes were read was not lost.
        before = reading.queued(self.host.lab, self.ledger)
        copies, bounced = reading.copies(self.host.lab, self.ledger)
        queued = reading.queued(self.host.lab, self.ledger)
        queued |= before - {copy.number for copy in copies}
        return settle(self.ledger.messages, self.windows, copies, queued, bounced, time.time())

    def on_its_way_is_nothing(self) -> None:
        """Wait until all clients are answered, then for empty queues; what stays there is queued."""
        until("all clients were answered", lambda: not self.traffic.unsettled, within=300)
        # Twice: a message on its way from one queue to another may be missed once.
        until("the queues are empty", lambda: not (self._queued() or self._queued()), within=300)

    def _queued(self) -> int:
        return reading.flush(self.host.lab)

    def host_is_clean(self) -> list[str]:
        """Return what is not as it was before the faults: the directory, and what site.yml would change."""
        found = []
        try:
            self.host.run("slaptest", "-Q", "-u", "-f", "/etc/ldap/slapd.conf")
        except AssertionError as error:
            found.append(f"slaptest: {error}")
        after = entries(self.host)
        if after != self.directory:
            differs = sorted(after ^ self.directory)
            found.append(f"the directory differs: {differs[:5]}")
        if any(isinstance(fault, SiteKilled) for fault in self.faults):
            ansible.playbook("site", INVENTORY, within=900)  # back to the size that the inventory says
        run = ansible.playbook("site", INVENTORY, within=900)
        if run.code or run.changed:
            found.append(f"site.yml ended with {run.code}: {results(run.said) or run.said[-1000:]}")
        return found


def entries(host: Host) -> set[str]:
    """Return every line of the directory with its entry, without what slapd notes by itself."""
    found = set()
    text = host.run("slapcat", "-o", "ldif-wrap=no", "-f", "/etc/ldap/slapd.conf")
    assert "objectClass: cvMailbox" in text, "the directory has no accounts"
    for entry in text.split("\n\n"):
        name, *lines = entry.splitlines() or [""]
        found |= {f"{name} | {line}" for line in lines if not line.startswith(NOTED_BY_SLAPD)}
    return found
