"""Runs the test suite again and again, with or without load beside it, and keeps a row of each stage.

The rows are docs/gate.jsonl, the table of them is in docs/gate.md. A run that is broken off leaves none.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible_collections.congvu.mail.plugins.module_utils.host.lines import Reading, append

ROOT = Path(__file__).resolve().parent.parent
DATA, PAGE = ROOT / "docs/gate.jsonl", ROOT / "docs/gate.md"
BEGIN, END = "<!-- table: make steady -->", "<!-- end of the table -->"
# How tests/run.py ends: a line for each stage, with the seconds last.
STAGE = re.compile(r"^(?P<stage>[a-z]+) +(?P<result>passed|FAILED)\b.* (?P<seconds>[0-9]+\.[0-9])$")
TOGETHER = re.compile(r"^together +(?P<seconds>[0-9]+\.[0-9])$")
FAILED = re.compile(r"\bFAILED (\S+::\S+)")
NO_LOAD = "none"

Row = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the rounds; 1 if a stage failed in one of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.steady", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--load", default="", metavar="OPTIONS", help="of stress-ng: '--cpu 4 --io 2'")
    parser.add_argument("stages", nargs="*", help="of tests/run.py; all of them by default")
    given = parser.parse_args(arguments)
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()
    steady = True
    for _ in range(given.rounds):
        began = datetime.now(UTC).isoformat(timespec="minutes")
        with loaded(given.load):
            lines = list(run(given.stages))
        run_of = {"began": began, "commit": commit, "load": given.load or NO_LOAD}
        found = [{**run_of, **stage} for stage in stages(lines)]
        record(found)
        steady = steady and bool(found) and all(row["result"] == "passed" for row in found)
    return 0 if steady else 1


@contextmanager
def loaded(options: str) -> Iterator[None]:
    """Keep the machine busy with stress-ng, at the same priority as the suite."""
    if not options:
        yield
        return
    with subprocess.Popen(["stress-ng", "--quiet", *options.split()]) as stress:
        try:
            yield
        finally:
            stress.terminate()


def run(names: Iterable[str]) -> Iterator[str]:
    """Run the suite; yield its lines, and show each at once."""
    command = [sys.executable, "tests/run.py", *names]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as suite:
        for line in suite.stdout or ():
            print(line, end="", flush=True)
            yield line.rstrip("\n")


def stages(lines: Iterable[str]) -> Iterator[Row]:
    """Yield stage, result and seconds, as the suite's last words say them; the last one is all together."""
    results, failed = [], set()
    for line in lines:
        failed |= set(FAILED.findall(line))
        if stage := STAGE.match(line):
            results.append(stage["result"])
            yield {"stage": stage["stage"], "result": stage["result"], "seconds": float(stage["seconds"])}
        elif together := TOGETHER.match(line):
            result = "passed" if set(results) == {"passed"} else "FAILED"
            row = {"stage": "together", "result": result, "seconds": float(together["seconds"])}
            yield {**row, "failed": sorted(failed)} if failed else row


def record(rows: Iterable[Row], data: Path = DATA, page: Path = PAGE) -> None:
    """Add rows to the data, and make the table anew."""
    append(data, map(_text, rows), json.loads, lambda aside, _: _text({"torn": aside.name}))
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    table = "\n".join(markdown(Reading(data, json.loads)))
    page.write_text(f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


def markdown(rows: Iterable[Row]) -> list[str]:
    """Return a line for each run: what each stage took, in seconds, and which failed."""
    runs: dict[tuple[str, str, str], dict[str, Row]] = {}
    names: list[str] = []
    for row in rows:
        if "stage" in row:
            runs.setdefault((row["began"], row["commit"], row["load"]), {})[row["stage"]] = row
            if row["stage"] not in names:
                names.append(row["stage"])
    names.sort(key="together".__eq__)  # the last
    lines = [["began (UTC)", "commit", "load", *names], ["---"] * (3 + len(names))]
    lines += [[*run, *(_cell(found.get(name)) for name in names)] for run, found in runs.items()]
    return [f"| {' | '.join(line)} |" for line in lines]


def _cell(row: Row | None) -> str:
    if row is None:
        return ""
    return f"{row['seconds']:.0f}" + ("" if row["result"] == "passed" else " **FAILED**")


def _text(row: Row) -> bytes:
    return json.dumps(row, ensure_ascii=False).encode()


if __name__ == "__main__":
    sys.exit(main())
