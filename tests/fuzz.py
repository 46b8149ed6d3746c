"""Gives the property tests new random examples, for as long as it is let.

The test that has had the fewest examples is next, one test on each core. What was run is added to
docs/fuzz.csv after each turn, so that a search that is stopped goes on from there. A test that fails is shown
at the end with the input that breaks it; Hypothesis keeps that input in .hypothesis/ and tries it first the
next time.
"""

from __future__ import annotations

import argparse
import csv
import os
import subprocess
import sys
import time
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "docs/fuzz.csv"
PYTEST = [str(Path(sys.executable).with_name("pytest")), "-q", "-m", "hypothesis"]


class Searched(NamedTuple):
    """How many random examples a test has had, how many turns found a fault, and the last day (UTC)."""

    test: str
    examples: int = 0
    failed: int = 0
    last: str = ""


def read(file: Path = FILE) -> dict[str, Searched]:
    """Return what was searched so far, by test."""
    if not file.exists():
        return {}
    with file.open(encoding="utf-8", newline="") as lines:
        rows = (
            Searched(row["test"], int(row["examples"]), int(row["failed"]), row["last"])
            for row in csv.DictReader(lines)
        )
        return {row.test: row for row in rows}


def write(searched: Mapping[str, Searched], file: Path = FILE) -> None:
    """Write what was searched, sorted by test, in one step."""
    new = file.with_suffix(".new")
    with new.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(Searched._fields)
        writer.writerows(searched[test] for test in sorted(searched))
    new.replace(file)


def following(tests: Iterable[str], searched: Mapping[str, Searched], running: Collection[str]) -> str:
    """Return the test that has had the fewest examples and is not running; "" if all run."""
    waiting = (test for test in tests if test not in running)
    return min(waiting, key=lambda test: (searched.get(test, Searched(test)).examples, test), default="")


def collected(words: Collection[str]) -> list[str]:
    """Return the property tests whose names have one of the words in them, all without any."""
    said = subprocess.run(
        [*PYTEST, "--collect-only"], cwd=ROOT, text=True, stdout=subprocess.PIPE, check=True
    ).stdout
    tests = [line for line in said.splitlines() if "::" in line]
    return [test for test in tests if not words or any(word in test for word in words)]


def turn(test: str, examples: int) -> tuple[int, str]:
    """Run one test; return the exit code of pytest and what it said."""
    ended = subprocess.run(
        [*PYTEST, test],
        cwd=ROOT,
        env={**os.environ, "CONGVU_EXAMPLES": str(examples)},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return ended.returncode, ended.stdout


def search(tests: list[str], examples: int, seconds: float) -> dict[str, str]:
    """Run turns until the time is over or Ctrl-C; return what the tests that failed said last."""
    until = time.monotonic() + seconds
    searched = read()
    failures: dict[str, str] = {}
    cores = len(os.sched_getaffinity(0))
    with ThreadPoolExecutor(cores) as pool:
        running: dict[Future[tuple[int, str]], str] = {}
        try:
            while True:
                while len(running) < cores and time.monotonic() < until:
                    test = following(tests, searched, running.values())
                    if not test:
                        break
                    running[pool.submit(turn, test, examples)] = test
                if not running:
                    break
                done = next(as_completed(running))
                test = running.pop(done)
                code, said = done.result()
                if code not in (0, 1):  # neither passed nor failed: it was stopped, or did not begin
                    raise KeyboardInterrupt(said)
                before = searched.get(test, Searched(test))
                searched[test] = Searched(
                    test, before.examples + examples, before.failed + code, f"{datetime.now(UTC):%Y-%m-%d}"
                )
                write(searched)
                print(f"{'FAILED' if code else 'passed'} {searched[test].examples:8} {test}", flush=True)
                if code:
                    failures[test] = said
        except KeyboardInterrupt as stopped:
            print(f"stopped; what was running is not counted {stopped}".rstrip(), flush=True)
    return failures


def main() -> int:
    """Read the command line and search."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0, help="begin nothing new after so long (30)")
    parser.add_argument("--examples", type=int, default=2000, help="examples a turn (2000)")
    parser.add_argument("--only", nargs="+", default=(), metavar="WORD", help="tests with these words")
    options = parser.parse_args()
    tests = collected(options.only)
    print(f"{len(tests)} property tests:", *tests, sep="\n  ", flush=True)
    failures = search(tests, options.examples, options.minutes * 60)
    for test, said in failures.items():
        print(f"\n--- {test}\n{said}")
    print(f"{len(failures)} of {len(tests)} tests found something")
    return 1 if failures or not tests else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("stopped before anything was run")
