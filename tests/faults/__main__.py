"""Strikes the lab with faults while mail flows, and counts what became of every message.

`make drill` runs every fault at least five times and writes docs/faults.md; `--reduced` runs a few of them
once. The seed is printed: with `--seed` the same faults are drawn again, in the same order.
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

from lab.shell import ROOT, say
from tests.faults import catalogue, prove, reading, runs, table
from tests.faults.accounts import Sum
from tests.faults.drill import FAILURES, Round
from tests.faults.host import Host
from tests.faults.ledger import Ledger
from tests.faults.traffic import Traffic, recipients

# A gate strikes the same each time: when it fails, it is for what was changed. The drill draws anew.
FIXED = "gate"
FOUND_LENGTH = 600


def main() -> int:
    """Read the command line and run the rounds."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--reduced", action="store_true", help="a few faults, once, in some minutes")
    parser.add_argument("--prove", action="store_true", help="spoil mail on purpose: is it found?")
    parser.add_argument("--rounds", type=int, default=5, help="how often each fault strikes (5)")
    parser.add_argument("--only", nargs="+", default=(), metavar="WORD", help="faults with these words")
    parser.add_argument(
        "--stages",
        nargs="+",
        default=(),
        metavar="WORD",
        help="site.yml is killed in stages with these words",
    )
    parser.add_argument("--seed", help="draws the same again")
    parser.add_argument("--rate", type=float, default=4.0, help="messages a second (4)")
    parser.add_argument("--record", action="store_true", help="add the figures to the table in docs/")
    options = parser.parse_args()
    # Asked to end, it ends as after an error: the fault of the moment is taken away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    seed = options.seed or (FIXED if options.reduced or options.prove else secrets.token_hex(4))
    random = Random(seed)
    say(f"seed {seed}: {options.rate:g} messages a second")
    stages = runs.stages(options.stages)
    backed_up = Host.open().has_target
    Random(seed).shuffle(stages)  # apart: how many there are does not change what else is drawn
    sums: list[Sum] = []
    dirty: list[str] = []
    file = ROOT / f".cache/drill/{seed}.jsonl"
    if options.prove:
        with opened(random, options.rate, file, "prove") as one:
            return finish(prove.accountant_sees(one))
    for number in range(1 if options.reduced else options.rounds):
        # Over all rounds together a run of site.yml is killed in every stage.
        part = stages[number :: options.rounds]
        faults = catalogue.reduced(random) if options.reduced else catalogue.full(part, backups=backed_up)
        if options.only:
            faults = [one for one in faults if any(word in one.name for word in options.only)]
        say(f"round {number + 1}: {len(faults)} faults")
        order = random.sample(faults, len(faults))
        before = list(sums)

        def so_far(found: list[Sum], before: Sequence[Sum] = before) -> None:
            sums[:] = [*before, *found]
            if options.record:
                table.record(sums, seed, reading.now())

        try:
            with opened(random, options.rate, file, f"round-{number + 1}") as one:
                one.run(order, (1.0, 4.0), so_far)
                unclean = one.host_is_clean()
                dirty += unclean
                say("\n".join(unclean) or "  the host is as it was")
        except FAILURES as error:
            dirty.append(f"round {number + 1} broke off: {error}")
    say("\n" + table.terminal(sums))
    lost = sum(len(total.wrong["lost"]) for total in sums)
    say(f"seed {seed}: {sum(total.messages for total in sums)} messages, {lost} lost")
    return finish([*table.findings(sums), *dirty])


def finish(findings: Sequence[str]) -> int:
    """End with what was found, one line each, so that the end of a long log tells; return the exit code."""
    for line in findings:
        say(f"FOUND {' '.join(line.split())[:FOUND_LENGTH]}")
    return 1 if findings else 0


@contextmanager
def opened(random: Random, rate: float, file: Path, name: str) -> Iterator[Round]:
    """Yield a round on the lab of CONGVU_LAB; afterwards its messages are taken out of all mailboxes.

    The suite asks by CONGVU_RESULTS for what each fault took.
    """
    host = Host.open()
    ledger = Ledger(file)
    people = [account for account in host.lab.accounts if ",ou=people," in account.dn]
    # Drawn apart: how much mail there is does not change which faults are drawn.
    draws = Random(random.random())
    traffic = Traffic(host.lab, ledger, people, recipients(), draws, rate)
    begun = time.monotonic()
    one = Round(host, ledger, traffic, random)
    try:
        yield one
    finally:
        traffic.close()
        if results := os.environ.get("CONGVU_RESULTS"):
            Path(results, f"{name}.xml").write_bytes(table.junit(one.windows))
    reading.remove(host.lab, ledger)
    say(f"  {time.monotonic() - begun:.0f} s, the ledger is {file.relative_to(ROOT)}")


if __name__ == "__main__":
    sys.exit(main())
