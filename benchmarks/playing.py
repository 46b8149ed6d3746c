"""Runs a playbook as an operator would, and measures the whole of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PROGRAM = Path(sys.executable).with_name("ansible-playbook")


class Played(NamedTuple):
    """A whole run of ansible-playbook on the controller, from the first to the last moment."""

    seconds: float
    busy: float  # processor seconds of all its processes
    megabytes: float  # peak of the largest process
    said: str


def play(
    playbook: str | Path,
    inventory: Path,
    *options: str,
    program: Path = PROGRAM,
    environment: Mapping[str, str] | None = None,
) -> Played:
    """Run a playbook; a failure ends the benchmark with what it said last."""
    command = [str(program), "-i", str(inventory), str(playbook), *options]
    begun = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        said = process.stdout.read().decode() if process.stdout else ""
    except BaseException:
        process.terminate()
        raise
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise SystemExit(f"{' '.join(command)}\n{said[-3000:]}")
    busy = usage.ru_utime + usage.ru_stime
    return Played(time.monotonic() - begun, busy, usage.ru_maxrss / 1024, said)
