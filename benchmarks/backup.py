"""Backups: the scheduled one beside its floor and a peer, what mail feels of each, and what a restore takes.

Each program saves the mail once while mail arrives at a steady rate (`backup_site`); restores come after that
(`restore`).
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.backup_site import (
    EACH,
    PLACE,
    SAVES,
    Site,
    filled,
    mail_flowing,
    prepared,
    size,
)
from benchmarks.delivery import Delivery
from benchmarks.host import Host
from benchmarks.restore import restored

MESSAGES = 200_000
ROUNDS = 3  # of backups of little new mail
QUIET = 60  # seconds
TOOLS = {"rsync": "floor", "congvu-backup": "", "restic": "peer"}
HEAD = (
    "                       seconds  cpu s   MB/s  messages/s  ratio  letters"
    "   accepted ms 50 %   99 %   in mailbox ms 50 %   99 %"
)


@dataclass
class Case:
    """One program, and what was measured of it."""

    name: str
    seconds: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)  # processor seconds on the mail host
    deliveries: list[Delivery] = field(default_factory=list)


def run(host: Host, sizes: Sequence[int]) -> None:
    """Measure with these numbers of messages and print the tables."""
    for messages in sizes or (MESSAGES,):
        with tempfile.TemporaryDirectory() as name:
            site = prepared(host, Path(name), messages // EACH)
            filled(site, EACH, 1)
            quiet = Case("nothing")
            with mail_flowing(site, []):  # the first look at a sender takes longer
                time.sleep(5)
            with mail_flowing(site, quiet.deliveries):
                time.sleep(QUIET)
            first, later = ({name: Case(name) for name in TOOLS} for _ in range(2))
            saved(site, first)
            print(f"\nThe first backup of {messages:,} messages\n{HEAD}\n{latency(quiet)}")
            table(first, *size(host))
            stored(site)
            for turn in range(ROUNDS):
                filled(site, 1, 2 + turn)
                saved(site, later)
            print(f"\nWith 1 % new mail, the median of {ROUNDS} times\n{HEAD}\n{latency(quiet)}")
            table(later, *size(host))
            looked_after(site)
            restored(site)


def saved(site: Site, cases: dict[str, Case]) -> None:
    """Let each program save the mail once, while mail arrives."""
    for name, case in cases.items():
        unit = f"{name if name == 'congvu-backup' else f'bench-{name}'}.service"
        with mail_flowing(site, case.deliveries):
            case.seconds.append(site.host.measured(f"systemctl restart {unit}").seconds)
        used = site.host.run(f"systemctl show --value -p CPUUsageNSec {unit}")
        case.busy.append(int(used) / 1e9)
        for one in (site.host, site.target):
            one.run("sync")


def table(cases: dict[str, Case], messages: int, megabytes: float) -> None:
    """Print a row for each program."""
    floor = cases["rsync"]
    for name, case in cases.items():
        seconds = median(case.seconds)
        ratio = median(one / least for one, least in zip(case.seconds, floor.seconds, strict=True))
        label = f"{name} ({TOOLS[name]})" if TOOLS[name] else name
        print(
            f"{label:<21}  {seconds:7.1f}  {median(case.busy):5.1f}  {megabytes / seconds:5.0f}"
            f"  {messages / seconds:10,.0f}  {ratio:5.2f}{latency(case)[57:]}",
            flush=True,
        )


def latency(case: Case) -> str:
    """Return the columns that say how long mail took, below a name."""
    columns = f"  {len(case.deliveries):7}"
    for times in zip(*case.deliveries, strict=True):
        middle, worst = median(times), sorted(times)[-1 - len(times) // 100]
        columns += f"  {middle * 1e3:15,.0f}  {worst * 1e3:7,.0f}   "
    return f"{case.name:<57}{columns}".rstrip()


def stored(site: Site) -> None:
    """Print what each program keeps on the backup host."""
    (said,) = json.loads(site.host.run("borgmatic info --archive latest --json"))
    kept = said["archives"][0]["stats"]
    counted = (
        f"{name} {kept[f'{name}_size'] / 1e6:,.0f}" for name in ("original", "compressed", "deduplicated")
    )
    print(f"congvu-backup, MB as borg counts: {', '.join(counted)}")
    places = {"congvu-backup": f"/srv/backup/{site.host.name}"} | {name: f"{PLACE}/{name}" for name in SAVES}
    sizes = {name: int(site.target.run(f"du -sb {places[name]}").split()[0]) / 1e6 for name in TOOLS}
    print("MB on the backup host: " + ", ".join(f"{name} {each:,.0f}" for name, each in sizes.items()))


def looked_after(site: Site) -> None:
    """Print how long the rest takes: snapshot, drill, and the retention job, also with every byte read."""
    work = {
        "the consistent snapshot": (site.host, "congvu-backup point"),
        "the drill": (site.host, "congvu-backup drill"),
        "the retention job": (site.target, "congvu-backup keep"),
        "the retention job, reading every byte": (site.target, "congvu-backup keep --compact"),
    }
    print("\nThe rest, seconds")
    for what, (host, command) in work.items():
        begun = time.monotonic()
        host.run(command)
        print(f"{what:<37}  {time.monotonic() - begun:7.1f}", flush=True)
