"""Running the playbooks as an operator does, on the site or on a copy of it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .lab import ROOT, STATE

RECAP = re.compile(r"^(\S+)\s+: ok=\d+\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)", re.MULTILINE)
ENVIRONMENT = os.environ | {"CONGVU_LAB": str(STATE), "ANSIBLE_NOCOLOR": "1", "LC_ALL": "C.UTF-8"}
LONGEST = 900  # seconds that a playbook may take, on a machine where a dozen of them run at once


@dataclass(frozen=True)
class Run:
    """How a playbook ended, and every word it said."""

    code: int
    said: str

    @property
    def changed(self) -> int:
        """Return how many tasks changed something, over all hosts."""
        recap = RECAP.findall(self.said)
        assert recap, self.said
        return sum(int(changed) for _, changed, _, _ in recap)


def playbook(
    name: str,
    site: Path,
    *options: str,
    environment: Mapping[str, str] | None = None,
    within: float = LONGEST,
) -> Run:
    """Run `playbooks/<name>.yml` on a site; `environment` is set on top of the usual one."""
    command = ("ansible-playbook", "-i", str(site), f"playbooks/{name}.yml", *options)
    done = _run(*command, environment=environment, within=within)
    return Run(done.returncode, done.stdout + done.stderr)


@contextmanager
def playing(name: str, site: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a playbook beside the test; at the end it is killed at once, with all its processes."""
    command = [str(ROOT / ".venv/bin/ansible-playbook"), "-i", str(site), f"playbooks/{name}.yml", *options]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as running:
        try:
            yield running
        finally:
            os.killpg(running.pid, signal.SIGKILL)


def variables(site: Path, host: str) -> dict[str, Any]:
    """Return what the site's inventory says of a host."""
    done = _run("ansible-inventory", "-i", str(site), "--host", host)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _run(
    program: str, *arguments: str, environment: Mapping[str, str] | None = None, within: float = LONGEST
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ROOT / ".venv/bin" / program), *arguments],
        cwd=ROOT,
        env=ENVIRONMENT | dict(environment or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=within,
        check=False,
    )
