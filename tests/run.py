"""Runs stages of the test suite, live; ends with the time of each stage and the slowest tests of all.

The programs of a stage run side by side, one for each core, and after them all that has hosts of its own: the
molecule scenarios, which wait for mail most of the time, and the newest ansible-core. Tests leave their times
as JUnit XML in `.cache/results/<stage>/`, also those that molecule starts: pytest by PYTEST_ADDOPTS,
tests.faults by CONGVU_RESULTS.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv/bin"
RESULTS = ROOT / ".cache/results"
MOLECULE = ["molecule", "test", "--no-command-borders", "--scenario-name"]
TYPED = (
    "lab",
    "plugins",
    "playbooks/verifying",
    "playbooks/vars_plugins",
    "playbooks/callback_plugins",
    "benchmarks",
    "publish",
    "tests/run.py",
    "tests/steady.py",
    "tests/fuzz.py",
    "tests/upgrade.py",
    "tests/matrix.py",
    "tests/sanity",
    "tests/e2e",
    "tests/restore",
    "tests/faults",
    "tests/upgrading",
)
# Programs that leave a file of what their tests took. Any other is one check.
STARTS_TESTS = ("pytest", "molecule")
PYTEST = ["pytest", "--numprocesses=auto"]  # on all cores
STAGES: dict[str, list[list[str]]] = {
    "lint": [  # the longest first
        ["ansible-lint", "--offline", "-c", ".config/ansible-lint.yml"],
        ["mypy", *TYPED],
        ["yamllint", "--strict", "."],
        ["antsibull-changelog", "lint"],
        ["codespell", "--dictionary=-", "--dictionary=.config/refused-words.txt"],
        ["ruff", "check"],
        ["ruff", "format", "--check"],
    ],
    "unit": [[*PYTEST, "tests/unit", "tests/templates"]],
    "playbooks": [[*PYTEST, "tests/playbooks"]],
    "sanity": [["python", "tests/sanity"]],
    "tarball": [[*PYTEST, "tests/publish"]],
    "default": [[*MOLECULE, "default"]],
    "split": [[*MOLECULE, "split"]],
    "restore": [[*MOLECULE, "restore"]],
    "faults": [[*MOLECULE, "faults"]],
    "matrix": [["python", "-m", "tests.matrix", "--short"]],
}
# The last one begins when the first of the others is over.
SCENARIOS = ("default", "split", "restore", "faults", "matrix")
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
SLOWEST = 10
# How the tools begin the line that says what failed, and how many lines after it belong to it.
TELLING = {"FAILED ": 0, "ERROR ": 0, "fatal: ": 12, "failed: ": 12}


class Timed(NamedTuple):
    """What one test took; a program that is a check by itself, as linters are, counts as one."""

    seconds: float
    name: str


class Result(NamedTuple):
    """How a stage went; `told` is what its output says of failures."""

    stage: str
    passed: bool
    seconds: float
    told: list[str]
    tests: list[Timed]


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


def tests_of(folder: Path) -> list[Timed]:
    """Return the tests that ran, from all JUnit files of a folder; what was skipped did not run."""
    return [
        Timed(
            float(case.get("time", 0)), f"{case.get('classname', '').replace('.', '/')}::{case.get('name')}"
        )
        for file in sorted(folder.glob("*.xml"))
        for case in ElementTree.parse(file).iter("testcase")
        if case.find("skipped") is None
    ]


def program(command: Sequence[str], results: Path, prefix: str) -> Result:
    """Run one program of a stage; every line is shown at once."""
    begin = time.monotonic()
    said: list[str] = []
    print(f"{prefix}--- {' '.join(command)}", flush=True)
    with subprocess.Popen(
        [str(BIN / command[0]), *command[1:]],
        cwd=ROOT,
        env={
            **ENVIRONMENT,
            "PYTEST_ADDOPTS": f"--junitxml={shlex.quote(str(results / 'pytest.xml'))}",
            "CONGVU_RESULTS": str(results),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as started:
        for line in started.stdout or ():
            print(f"{prefix}{line}", end="", flush=True)
            said.append(line)
    name = " ".join(command)
    passed = started.returncode == 0
    # A linter says nothing else than what is wrong.
    told = [] if passed else [*(list(telling(said)) or said), f"{name} ended with {started.returncode}"]
    seconds = time.monotonic() - begin
    return Result(name, passed, seconds, told, [] if command[0] in STARTS_TESTS else [Timed(seconds, name)])


def run(stage: str, prefix: str = "") -> Result:
    """Run all programs of a stage; one that fails does not keep the others from running."""
    begin = time.monotonic()
    results = RESULTS / stage
    shutil.rmtree(results, ignore_errors=True)
    results.mkdir(parents=True)
    commands = STAGES[stage]

    def one(command: Sequence[str]) -> Result:
        return program(command, results, prefix if len(commands) == 1 else f"{command[0]:>12} | ")

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        ended = list(pool.map(one, commands))
    told = [line for result in ended for line in result.told]
    tests = [*tests_of(results), *(test for result in ended for test in result.tests)]
    if not tests:
        told.append("no test ran")
    passed = bool(tests) and all(result.passed for result in ended)
    return Result(stage, passed, time.monotonic() - begin, told, tests)


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
            print("\n".join(line.rstrip("\n") for line in result.told[-LINES_TOLD:]))
    print(summary(results, time.monotonic() - begin))
    return 0 if all(result.passed for result in results) else 1


def summary(results: Sequence[Result], seconds: float) -> str:
    """Return the slowest tests of all stages, and what each stage took."""
    timed = sorted(((test, result.stage) for result in results for test in result.tests), reverse=True)
    lines = [
        "",
        "slowest tests",
        *(f"{test.seconds:8.1f}  {stage:<10}{test.name}" for test, stage in timed[:SLOWEST]),
    ]
    lines += ["", f"{'stage':<10} {'result':<8} {'tests':>6} {'seconds':>8}"]
    for stage, passed, took, _, tests in results:
        lines.append(f"{stage:<10} {'passed' if passed else 'FAILED':<8} {len(tests):6} {took:8.1f}")
    failed = sum(not result.passed for result in results)
    lines += [f"{'together':<26} {seconds:8.1f}", f"{len(results) - failed} passed, {failed} failed"]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(STAGES)))
