"""Strikes the lab with faults while mail flows, and counts what became of every message.

`make drill` runs every fault at least five times and writes docs/faults.md; `--reduced` runs a few of them
once. The seed is printed: with `--seed` the same faults are drawn again, in the same order.
"""

from __future__ import annotations

import argparse
import csv
import secrets
import signal
import sys
import time
from pathlib import Path
from random import Random

from lab.shell import ROOT, say
from tests.e2e.support.lab import INVENTORY
from tests.faults import catalogue, reading, table
from tests.faults.accounts import Sum
from tests.faults.drill import Round
from tests.faults.host import Host
from tests.faults.ledger import Ledger
from tests.faults.traffic import Recipient, Traffic


def main() -> int:
    """Read the command line and run the rounds."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--reduced", action="store_true", help="a few faults, once, in some minutes")
    parser.add_argument("--rounds", type=int, default=5, help="how often each fault strikes (5)")
    parser.add_argument("--only", nargs="+", default=(), metavar="WORD", help="faults with these words")
    parser.add_argument("--seed", default=secrets.token_hex(4), help="draws the same again")
    parser.add_argument("--rate", type=float, default=4.0, help="messages a second (4)")
    parser.add_argument("--record", action="store_true", help="add the figures to the table in docs/")
    options = parser.parse_args()
    # Asked to end, it ends as after an error: the fault of the moment is taken away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    random = Random(options.seed)
    faults = catalogue.reduced() if options.reduced else catalogue.full()
    if options.only:
        faults = [one for one in faults if any(word in one.name for word in options.only)]
    say(f"seed {options.seed}: {len(faults)} faults, {options.rate:g} messages a second")
    sums: list[Sum] = []
    dirty: list[str] = []
    for number in range(1 if options.reduced else options.rounds):
        say(f"round {number + 1}")
        order = random.sample(faults, len(faults))
        found, unclean = one_round(order, random, options.rate, ROOT / f".cache/drill/{options.seed}.jsonl")
        sums += found
        dirty += unclean
        if options.record:
            table.record(found, options.seed, reading.now())
    say("\n" + table.terminal(sums))
    for line in dirty:
        say(line)
    wrong = [total for total in sums if not total.clean]
    for total in wrong:
        say(f"{total.window.fault}: {dict(total.wrong)} {total.window.trouble}")
    lost = sum(len(total.wrong["lost"]) for total in sums)
    say(f"seed {options.seed}: {sum(total.messages for total in sums)} messages, {lost} lost")
    return 1 if wrong or dirty else 0


def one_round(faults: list, random: Random, rate: float, file: Path) -> tuple[list[Sum], list[str]]:  # type: ignore[type-arg]
    """Run one round of faults on the lab of CONGVU_LAB."""
    host = Host.open()
    ledger = Ledger(file)
    people = [account for account in host.lab.accounts if ",ou=people," in account.dn]
    traffic = Traffic(host.lab, ledger, people, recipients(), random, rate)
    begun = time.monotonic()
    one = Round(host, ledger, traffic, random)
    try:
        sums = one.run(faults, warm=(1.0, 4.0))
    finally:
        traffic.close()
    unclean = one.host_is_clean()
    reading.remove(host.lab, ledger)
    say(f"  {time.monotonic() - begun:.0f} s, the ledger is {file.relative_to(ROOT)}")
    return sums, unclean


def recipients() -> list[Recipient]:
    """Return every address that the register gives to somebody, with the mailbox behind it."""
    with (INVENTORY / "register.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    primary = {row["holder"]: row["address"] for row in rows if row["kind"] == "primary"}
    return [Recipient(row["address"], primary[row["holder"]]) for row in rows if row["holder"] in primary]


if __name__ == "__main__":
    sys.exit(main())
