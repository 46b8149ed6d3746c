"""The timers of hosts fire again and again, and how the runs of their services ended."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import partial

from tests.support.lab import Lab
from tests.support.waiting import wait_for

# Seconds between two runs. Those that would shut a repository or read the whole of it are left to their day.
# Two that meet end with "another run is at work on this host", as they should.
EVERY = {
    "congvu-lifecycle": 20,
    "congvu-store": 20,
    "congvu-store-after": 20,
    "congvu-backup": 60,
    "congvu-backup-watch": 30,
}
DROP_IN = "/run/systemd/system/{unit}.timer.d/upgrading.conf"
# systemd.journal-fields(7) and its catalog: a unit was started, a unit failed.
STARTED, FAILED = "39f53479d3a045ac8e11786248231fbf", "be02cf6855d2428ba40df7e9d022f03d"
# What a program says that was replaced under its feet.
MIXED = "ImportError|ModuleNotFoundError|SyntaxError|Traceback|zipimport"


class Timers:
    """Those of all hosts of a lab, quicker than they are."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.since = ""

    def hurry(self) -> None:
        """Let them fire every few seconds, by files that no reboot survives."""
        for host in self.lab.every_host:
            self.since = self.lab.run(host, "date", "+@%s").strip()
            there = self.lab.run(host, "ls", "/etc/systemd/system").split()
            for unit, seconds in EVERY.items():
                if f"{unit}.timer" in there:
                    file = DROP_IN.format(unit=unit)
                    text = f"[Timer]\nOnUnitInactiveSec={seconds}s\nOnActiveSec=1s\nAccuracySec=1s\n"
                    self.lab.run(host, "mkdir", "-p", file.rpartition("/")[0])
                    self.lab.run(host, "tee", file, stdin=text.encode())
            self._reload(host)

    def calm(self) -> None:
        """Let them fire by their own times again, and wait for runs that have begun."""
        for host in self.lab.every_host:
            for unit in EVERY:
                self.lab.run(host, "rm", "-f", DROP_IN.format(unit=unit))
            self._reload(host)
            for unit in EVERY:
                wait_for(f"{unit} on {host} has ended", partial(self._rests, host, unit))

    def _rests(self, host: str, unit: str) -> bool:
        state = self.lab.run(host, "systemctl", "show", "--property=ActiveState", "--value", unit)
        return state.strip() in ("inactive", "failed")

    def _reload(self, host: str) -> None:
        """Let systemd read the timers again, and count from now."""
        units = (f"{unit}.timer" for unit in EVERY)
        self.lab.run(host, "systemctl", "daemon-reload")
        self.lab.run(host, "systemctl", "try-restart", *units, check=False)  # a host has not all of them

    def ended(self) -> Counter[tuple[str, str]]:
        """Return how often each service ended, and how: `done` or `failed`."""
        found: Counter[tuple[str, str]] = Counter()
        for host in self.lab.every_host:
            for item in self._journal(host, f"MESSAGE_ID={STARTED}", f"MESSAGE_ID={FAILED}"):
                unit = str(item.get("UNIT", "")).removesuffix(".service")
                if unit in EVERY:
                    found[unit, str(item.get("JOB_RESULT", ""))] += 1
        return found

    def mixed(self) -> list[str]:
        """Return what programs said that had parts of two releases."""
        return [
            f"{host}: {item.get('_SYSTEMD_UNIT', item.get('SYSLOG_IDENTIFIER'))}: {item['MESSAGE']}"
            for host in self.lab.every_host
            for item in self._journal(host, f"--grep={MIXED}")
            if "congvu" in str(item.get("_SYSTEMD_UNIT", ""))
        ]

    def _journal(self, host: str, *match: str) -> Iterator[dict[str, object]]:
        said = self.lab.run(host, "journalctl", "--output=json", f"--since={self.since}", *match, check=False)
        yield from map(json.loads, said.splitlines())
