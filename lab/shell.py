"""Running programs, and saying what happens."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class LabError(Exception):
    """Something an operator has to know; printed without a traceback."""


def say(text: str) -> None:
    """Print at once, in order with what programs started from here print."""
    print(text, flush=True)


def run(
    argv: Sequence[str],
    *,
    check: bool = True,
    stdin: str | None = None,
    timeout: float = 120,
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a program and keep what it prints; with `check`, a failure raises what it said."""
    try:
        done = subprocess.run(  # noqa: S603 (no shell, and no argument comes from outside)
            list(argv),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
            env=env,
            cwd="/",
            check=False,
        )
    except FileNotFoundError as err:
        raise LabError(f"{argv[0]} is not installed: run lab/bootstrap.sh") from err
    except subprocess.TimeoutExpired as err:
        raise LabError(f"no answer within {timeout:.0f} s: {' '.join(argv)}") from err
    if check and done.returncode:
        said = (done.stderr.strip() or done.stdout.strip())[-3000:]
        raise LabError(f"failed ({done.returncode}): {' '.join(argv)}\n{said}")
    return done


def stream(argv: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> None:
    """Run a program whose output goes straight to the terminal; a failure raises."""
    sys.stdout.flush()
    code = subprocess.call(list(argv), env=env, cwd=cwd)  # noqa: S603 (as above)
    if code:
        raise LabError(f"failed ({code}): {' '.join(argv)}")


def wait_for(what: str, ready: Callable[[], bool], timeout: float, pause: float = 0.3) -> None:
    """Ask until `ready`, at most `timeout` seconds."""
    end = time.monotonic() + timeout
    while not ready():
        if time.monotonic() > end:
            raise LabError(f"{what}: not within {timeout:.0f} s")
        time.sleep(pause)
