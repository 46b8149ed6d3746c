"""Names and register: the core beside its floor, and a whole run of a playbook.

The floor is what no naming tool can do without: the same files read with Python's own csv (units with
libyaml), and every full name folded with `unidecode` alone. Each figure comes from a process of its own, so
that its peak of memory is its own and no cache is warm; floor and core take turns. The best of several runs
counts, and the ratio is the median of those of two runs side by side. Seconds are processor time, which other
work on the machine changes least.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from typing import Any, NamedTuple

import yaml
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import errors
from ansible_collections.congvu.mail.plugins.module_utils.policy.regulation import parse_regulation
from ansible_collections.congvu.mail.plugins.module_utils.register.resolve import Resolution, resolve
from ansible_collections.congvu.mail.plugins.module_utils.register.rows import (
    FILE,
    dump_register,
    load_register,
    write_register,
)
from ansible_collections.congvu.mail.plugins.module_utils.roster.roster import load_roster
from unidecode import unidecode

from benchmarks.playing import ROOT, play
from benchmarks.province import write_province

SIZES = (1_000, 10_000, 50_000, 200_000, 1_000_000)
BOTH_STYLES = 50_000  # the size that is measured with the second decision and through the playbook as well
ROUNDS, SUFFIXES = "gialai", "dongnai"
HEAD = "   people  decision  case          floor s    core s  ratio  µs each  peak MB"


class Figure(NamedTuple):
    """Seconds of the processor and the peak of memory of one process."""

    seconds: float
    megabytes: float


def floor(site: Path) -> None:
    """Read the files of a site and fold the names, and nothing else."""
    yaml.load((site / "roster/units.yml").read_bytes(), Loader=yaml.CSafeLoader)
    for file in sorted((site / "roster/people").iterdir()):
        with file.open(encoding="utf-8-sig", newline="") as lines:
            head = lines.readline()
            delimiter = ";" if ";" in head else ","
            place = head.split(delimiter).index("full_name")
            for row in csv.reader(lines, delimiter=delimiter):
                unidecode(row[place])
    if (site / FILE).exists():
        with (site / FILE).open(encoding="utf-8", newline="") as lines:
            for _ in csv.reader(lines):
                pass


def core(site: Path) -> Resolution:
    """Do what register.yml does between the files and the report."""
    variables = _variables(site)
    regulation, _ = parse_regulation(variables["regulation"])
    assert regulation is not None  # noqa: S101  a shipped one
    roster, problems = load_roster(site)
    register, found = load_register(site, variables["mail_domains"])
    resolution = resolve(roster, register, regulation.naming, variables["mail_domain"], date(2026, 1, 2))
    wrong = errors([*problems, *found, *resolution.problems])
    assert not wrong, wrong[:5]  # noqa: S101  the roster is a sound one
    return resolution


def save(site: Path) -> None:
    """Write the register that the core makes."""
    write_register(site, dump_register(core(site).rows))


def _variables(site: Path) -> dict[str, Any]:
    # With libyaml, as Ansible reads them.
    files = [file.read_text() for file in (site / "group_vars/all").glob("*.yml")]
    return {key: value for text in files for key, value in yaml.load(text, Loader=yaml.CSafeLoader).items()}


def measure(work: Callable[[Path], object], site: Path) -> Figure:
    """Do a piece of work once."""
    begun = time.process_time()
    work(site)
    return Figure(time.process_time() - begun, getrusage(RUSAGE_SELF).ru_maxrss / 1024)


def compared(what: str, site: Path, times: int) -> tuple[Figure, Figure, float]:
    """Run the floor and the core in turns; return the best of each, and the median of the ratios.

    Each ratio is of two runs side by side: a machine that others use too is now fast, now slow.
    """
    pairs = [tuple(Figure(*json.loads(only(name, site))) for name in ("floor", what)) for _ in range(times)]
    ratio = median(own.seconds / least.seconds for least, own in pairs)
    return min(least for least, _ in pairs), min(own for _, own in pairs), ratio


def only(what: str, site: Path) -> bytes:
    """Do one thing in a process of its own and return what it printed.

    A process's peak of memory is at first its parent's size: what starts one stays small.
    """
    command = [sys.executable, "-m", "benchmarks.core", what, str(site)]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout


def compare(people: int, decision: str, folder: Path) -> Path:
    """Print the rows of one size under one decision; return the site with its register."""
    site = folder / f"{decision}-{people}"
    write_province(ROOT / "inventories" / decision, site, people)
    times = 9 if people <= BOTH_STYLES else 3
    for case in ("all new", "nothing new"):
        least, own, ratio = compared("core", site, times)
        print(
            f"{people:>9,}  {decision:<8}  {case:<11}  {least.seconds:8.3f}  {own.seconds:8.3f}  "
            f"{ratio:5.1f}  {own.seconds / people * 1e6:7.1f}  {own.megabytes:7.0f}",
            flush=True,
        )
        if case == "all new":
            only("save", site)
    return site


def playbook(site: Path, people: int) -> None:
    """Run register.yml on the site, as a user would, without a register and again with it."""
    (site / FILE).unlink()
    for case in ("all new", "nothing new"):
        played = play("playbooks/register.yml", site)
        print(
            f"{people:>9,}  {case:<11}  {played.seconds:8.1f}  {played.busy:11.1f}  {played.megabytes:7.0f}",
            flush=True,
        )


def run(sizes: Sequence[int]) -> None:
    """Measure these numbers of people and print the tables."""
    print(HEAD)
    with tempfile.TemporaryDirectory() as name:
        sites = {people: compare(people, ROUNDS, Path(name)) for people in sizes or SIZES}
        if BOTH_STYLES in sites:
            compare(BOTH_STYLES, SUFFIXES, Path(name))
            print("\nplaybooks/register.yml")
            print("   people  case         seconds  processor s  peak MB of the largest process")
            playbook(sites[BOTH_STYLES], BOTH_STYLES)


def main() -> None:
    """Do one thing in a process of its own."""
    what, site = sys.argv[1], Path(sys.argv[2])
    if what == "save":
        save(site)
    else:
        print(json.dumps(measure({"floor": floor, "core": core}[what], site)))


if __name__ == "__main__":
    main()
