"""Runs stages of the test suite, live, and ends with one summary.

The molecule scenarios run side by side, two at a time: they wait for mail most of the time, each on hosts of
its own.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv/bin"
# The five decisions: each inventory must be without errors, and its committed register up to date.
SITES = ("gialai", "binhdinh_snv", "dongnai", "cema", "quangtri")
MOLECULE = ["molecule", "test", "--no-command-borders", "--scenario-name"]
TYPED = (
    "lab",
    "plugins",
    "playbooks/verify",
    "benchmarks",
    "publish",
    "tests/run.py",
    "tests/e2e",
    "tests/restore",
    "tests/faults",
)
STAGES: dict[str, list[list[str]]] = {
    "lint": [
        ["ruff", "check"],
        ["ruff", "format", "--check"],
        ["mypy", *TYPED],
        ["yamllint", "--strict", "."],
        ["ansible-lint", "--offline", "-c", ".config/ansible-lint.yml"],
        ["antsibull-changelog", "lint"],
    ],
    "unit": [["pytest", "tests/unit", "tests/templates"]],
    "playbooks": [
        ["pytest", "tests/playbooks"],
        *(
            ["ansible-playbook", "-i", f"inventories/{site}", f"playbooks/{verb}.yml", *check]
            for site in SITES
            for verb, *check in (["validate"], ["register", "--check"])
        ),
    ],
    "tarball": [["pytest", "tests/publish"]],
    "default": [[*MOLECULE, "default"]],
    "split": [[*MOLECULE, "split"]],
    "restore": [[*MOLECULE, "restore"]],
    "faults": [[*MOLECULE, "faults"]],
}
SCENARIOS = ("default", "split", "restore", "faults")
AT_ONCE = 4
ENVIRONMENT = {
    **os.environ,
    "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
    "PYTHONUNBUFFERED": "1",
    # ansible-compat, under ansible-lint and molecule, else works in the home directory.
    "ANSIBLE_HOME": str(ROOT / ".ansible"),
    # Where molecule finds scenarios; it otherwise asks to move them.
    "MOLECULE_GLOB": "molecule/*/molecule.yml",
}


COLOUR = re.compile(r"\x1b\[[0-9;]*m")
LINES_TOLD = 40
# How the tools begin the line that says what failed, and how many lines after it belong to it.
TELLING = {"FAILED ": 0, "ERROR ": 0, "fatal: ": 12, "failed: ": 12}


class Result(NamedTuple):
    """How a stage went; `told` is what its output says of failures."""

    stage: str
    passed: bool
    seconds: float
    told: list[str]


def telling(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines that say what failed: the summary of pytest, and failed tasks with their reasons."""
    more = 0
    for line in lines:
        plain = COLOUR.sub("", line).rstrip()
        begins = plain.lstrip()
        more = next((after + 1 for word, after in TELLING.items() if begins.startswith(word)), more)
        if begins and more:
            yield plain
        more = max(0, more - 1) if begins else 0


def run(stage: str, prefix: str = "") -> Result:
    """Run all programs of a stage, also after one that fails; every line is shown at once."""
    begin = time.monotonic()
    passed = True
    said: list[str] = []
    for command in STAGES[stage]:
        print(f"{prefix}--- {' '.join(command)}", flush=True)
        with subprocess.Popen(
            [str(BIN / command[0]), *command[1:]],
            cwd=ROOT,
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as program:
            for line in program.stdout or ():
                print(f"{prefix}{line}", end="", flush=True)
                said.append(line)
        passed = passed and program.returncode == 0
    return Result(stage, passed, time.monotonic() - begin, [] if passed else list(telling(said)))


def main(stages: Sequence[str]) -> int:
    """Run the stages of these names; one that fails does not keep the others from running."""
    begin = time.monotonic()
    results = [run(stage) for stage in stages if stage not in SCENARIOS]
    scenarios = [stage for stage in stages if stage in SCENARIOS]
    if len(scenarios) == 1:
        results.append(run(scenarios[0]))
    elif scenarios:
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            results += pool.map(lambda stage: run(stage, f"{stage:>8} | "), scenarios)
    for result in results:
        if not result.passed:
            print(f"\n--- what failed in {result.stage}")
            print("\n".join(result.told[-LINES_TOLD:]) or "see its output above")
    print("\nstage      result    seconds")
    for result in results:
        print(f"{result.stage:<10} {'passed' if result.passed else 'FAILED':<8} {result.seconds:8.1f}")
    failed = sum(not result.passed for result in results)
    print(f"{'together':<19} {time.monotonic() - begin:8.1f}")
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(STAGES)))
