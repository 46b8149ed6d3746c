"""The upgrade, step by step: hosts by the older code, mail that flows, this code, and hosts by it alone."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random

from lab import access, hosts
from lab.lab import Lab as Container
from lab.shell import ROOT, say
from tests.faults import reading
from tests.faults.accounts import Window, settle
from tests.faults.host import until
from tests.faults.ledger import Ledger
from tests.faults.runs import results, stages
from tests.faults.traffic import Traffic, recipients
from tests.support.lab import STATE, Account, Lab
from tests.support.waiting import wait_for
from tests.upgrading import filling, kept, readers, site, trees
from tests.upgrading.site import Ended, Playbooks, UpgradeError
from tests.upgrading.timers import Timers
from tests.upgrading.trees import Tree

RUNS = ("site", "mailboxes")
# Roles that put programs on hosts.
PROGRAMS = ("lifecycle", "backup")
WARM = 10  # messages that were taken before the upgrade begins


class Upgrade:
    """One upgrade of one lab; `found` has a line for each thing that was wrong."""

    def __init__(self, container: Container, old: Playbooks, cache: Path, seed: str) -> None:
        self.container, self.old, self.cache, self.random = container, old, cache, Random(seed)
        self.new = Playbooks(ROOT, old.site)
        self.logs = cache / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        self.found: list[str] = []
        self.begun = time.monotonic()

    def run(self, kills: int, rate: float) -> list[str]:
        """Do all of it, and return the findings."""
        self.samples()
        self.provision()
        self.fill()
        self.start(rate)
        try:
            self.upgrade(kills)
        finally:
            self.stop()
        self.judge()
        self.work()
        self.renew()
        return self.found

    def samples(self) -> None:
        """See that the decisions' inventories, as the older code has them, are right and issue no address."""
        self._title("inventories of the older code")
        for sample in sorted(self.old.tree.glob("inventories/*/register.csv")):
            playbooks = Playbooks(ROOT, sample.parent)
            for name, *options in (("validate",), ("register", "--check")):
                ended = playbooks.run(name, *options, log=self.logs / f"{name} {sample.parent.name}.log")
                if ended.code:
                    self.found.append(f"{sample.parent.name}: {name}.yml: {ended.said[-600:]}")

    def provision(self) -> None:
        """Have the older code make the hosts what it makes of them."""
        self._title("hosts by the older code")
        self._provision(self.old, "older")
        self.lab = Lab.read(STATE)
        self.was = site.primaries(self.old.site)

    def fill(self) -> None:
        """Let the older code work, and note what there is then."""
        self._title("letters, a rename, a leaver, an archive, a backup, killed runs, by the older code")
        filling.fill(self.old, self.lab, self.logs)
        self.before, self.files = kept.take(self.lab), self._trees()
        say(str(self.before))

    def start(self, rate: float) -> None:
        """Let mail flow, people read, and timers fire."""
        self._title("mail flows, timers fire")
        self.people = people(self.lab, self.was, site.primaries(self.old.site))
        ledger = self.cache / "ledger.jsonl"
        ledger.unlink(missing_ok=True)
        self.ledger, self.started = Ledger(ledger), time.time()
        self.timers, self.readers = Timers(self.lab), readers.Readers(self.lab, self.people)
        self.traffic = Traffic(self.lab, self.ledger, self.people, recipients(), self.random, rate)
        self.timers.hurry()
        self.traffic.start()
        self.readers.start()
        wait_for("mail is taken", lambda: sum(bool(one.accepted) for one in self.ledger.messages) > WARM)

    def upgrade(self, kills: int) -> None:
        """Run this code's playbooks over the hosts, as UPGRADING.md says."""
        self._title("this code")
        self.must("validate")
        for number in range(kills):
            # Every other one where programs of the hosts are replaced.
            swaps = number % 2 == 1
            there = [one for one in stages() if one.name != "handlers"]  # few runs reach those
            stage = self.random.choice([one for one in there if (one.role in PROGRAMS) == swaps])
            tasks = stage.tasks[self.random.randrange(len(stage.tasks)) :]
            hit = self.new.killed("site", stage.role, tasks, self.logs / f"killed-{number + 1}.log")
            say(f"killed at {hit}" if hit else f"not killed: {stage.role}/{stage.name} was not reached")
        for name in RUNS:
            self.must(name)
        for name in RUNS:
            again = self.must(name, label=f"{name} again")
            if again.changed:
                self.found.append(f"the second {name}.yml: {results(again.said)}")

    def stop(self) -> None:
        """Write no more mail, end the readers, and let timers fire by their own times."""
        self.traffic.pause()
        self.readers.stop()
        self.timers.calm()

    def judge(self) -> None:
        """Look at mail, readers, timers, and at what was there before."""
        self._title("what became of it")
        self.found += self._mail()
        self.traffic.close()
        say(f"readers: {dict(self.readers.told)}; longest time without mail {self.readers.longest:.1f} s")
        self.found += [f"reader: {line}" for line in self.readers.wrong]
        self.found += readers.unreadable(self.lab, self.ledger, self.people)
        ended = self.timers.ended()
        say("timers: " + ", ".join(f"{unit} {how} {count}" for (unit, how), count in sorted(ended.items())))
        self.found += [f"timers: {line}" for line in self.timers.mixed()]
        well = {unit for unit, how in ended if how == "done"}
        self.found += [f"timers: {unit} never ended well" for unit, _ in ended if unit not in well]
        self.found += kept.findings(self.before, self.lab)
        self.upgraded = self._trees()

    def work(self) -> None:
        """See that the upgraded site does its work."""
        self._title("the upgraded site at work")
        for name in ("report", "lifecycle", "verify", *self._backup()):
            self.must(name)

    def renew(self) -> None:
        """Make the hosts anew, by this code alone, and compare."""
        self._title("hosts by this code alone")
        hosts.down(self.container)
        self._provision(self.new, "new")
        for name in self._backup():
            self.must(name, label=f"new {name}")
        for host, fresh in self._trees().items():
            before, after = self.files[host], self.upgraded[host]
            say(f"{host}: {len(after)} files, of which the upgrade")
            changed = trees.differences(before, after, {**trees.OWN, **trees.STATE})
            for what, paths in changed._asdict().items():
                say(f"  {what} {len(paths)}: {' '.join(paths)}")
            self.found += [f"{host}: {line}" for line in trees.findings(before, after, fresh)]

    def must(self, name: str, by: Playbooks | None = None, label: str = "") -> Ended:
        """Run a playbook that has to end well."""
        log = self.logs / f"{label or name}.log"
        ended = (by or self.new).run(name, log=log)
        say(f"{label or name}: {ended.seconds:.0f} s, ended with {ended.code}, changed={ended.changed}")
        if ended.code:
            raise UpgradeError(f"{name}.yml failed ({log}): {results(ended.said) or ended.said[-1500:]}")
        return ended

    def _provision(self, code: Playbooks, label: str) -> None:
        access.operator(self.container.state)
        access.archivist(self.container.state)
        hosts.up(self.container)
        for name in RUNS:
            self.must(name, by=code, label=f"{label} {name}")
        access.write(self.container)

    def _backup(self) -> list[str]:
        return ["backup"] if self.lab.hosts.get("backup") else []

    def _trees(self) -> dict[str, Tree]:
        return {
            host: trees.parse(self.lab.run(host, "python3", "-c", trees.LIST)) for host in self.lab.every_host
        }

    def _mail(self) -> Iterator[str]:
        """Yield what became of mail and should not have; a double is wrong as well: nothing had failed."""
        until("all clients were answered", lambda: not self.traffic.unsettled, within=300)
        until("the queues are empty", lambda: not (self._flush() or self._flush()), within=300)
        end = time.time()
        messages = self.ledger.messages
        window = Window("upgrade", end=len(messages), begun=self.started, struck=end, recovered=end)
        copies, bounced = reading.copies(self.lab, self.ledger)
        queued = reading.queued(self.lab, self.ledger)
        (total,) = settle(messages, [window], copies, queued, bounced, end)
        say(
            f"{total.messages} messages, {total.accepted} taken, {len(copies)} delivered, "
            f"{len(queued)} queued, {len(bounced)} bounced, {total.doubled} twice; "
            f"longest pause {total.pause:.1f} s, slowest mail {total.longest:.1f} s"
        )
        yield from (f"mail: {what}: {numbers}" for what, numbers in total.wrong.items() if numbers)
        yield from (f"mail: twice: {reason}" for reason in total.explained)
        if queued:
            yield f"mail: still in a queue: {sorted(queued)}"

    def _flush(self) -> int:
        return reading.flush(self.lab)

    def _title(self, text: str) -> None:
        say(f"\n=== {text} ({time.monotonic() - self.begun:.0f} s)")


def people(lab: Lab, was: Mapping[str, str], now: Mapping[str, str]) -> list[Account]:
    """Return the persons with the addresses that they have now, and the passwords that they had all along."""
    holders = {address: holder for holder, address in was.items()}
    return [
        replace(account, address=now[holders[account.address]])
        for account in lab.accounts
        if ",ou=people," in account.dn and holders[account.address] in now
    ]
