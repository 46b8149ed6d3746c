"""The operator's side: a site in Git, and the playbooks of the older code and of this one over it."""

from __future__ import annotations

import csv
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.support.ansible import ENVIRONMENT, RECAP

TASK = re.compile(r"^TASK \[(?:congvu\.mail\.(?P<role>\w+) : )?(?P<name>.+?)\] \**$")
# The first that the older code has: with a host of backups, or without.
INVENTORIES = ("molecule/restore/inventory", "inventories/lab")
WITHIN = 1200


class UpgradeError(Exception):
    """Something that keeps the upgrade from being judged."""


@dataclass(frozen=True)
class Ended:
    """How a playbook ended: its exit code (negative: killed), tasks that changed something, seconds."""

    code: int
    changed: int
    seconds: float
    said: str


@dataclass(frozen=True)
class Playbooks:
    """The playbooks of one work tree, over the site."""

    tree: Path
    site: Path

    def start(self, name: str, *options: str) -> subprocess.Popen[str]:
        """Start a playbook as a process group of its own; its words come line by line."""
        return subprocess.Popen(
            [
                str(self.tree / ".venv/bin/ansible-playbook"),
                "-i",
                self.site,
                f"playbooks/{name}.yml",
                *options,
            ],
            cwd=self.tree,
            # Every task is said as it comes, also one that has nothing to do.
            env={**ENVIRONMENT, "PYTHONUNBUFFERED": "1", "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, name: str, *options: str, log: Path) -> Ended:
        """Run a playbook to its end; what it says is kept in a file."""
        begun = time.monotonic()
        process = self.start(name, *options)
        try:
            said, _ = process.communicate(timeout=WITHIN)
        except subprocess.TimeoutExpired:
            kill(process)
            raise UpgradeError(f"{name}.yml did not end within {WITHIN} s") from None
        log.write_text(said, encoding="utf-8")
        changed = sum(int(count) for _, count, _, _ in RECAP.findall(said))
        return Ended(process.returncode, changed, time.monotonic() - begun, said)

    def killed(self, name: str, role: str, tasks: Sequence[str], log: Path) -> str:
        """Kill a playbook as soon as it begins one of these tasks; return which, "" if none came."""
        process = self.start(name)
        assert process.stdout
        said, hit = [], ""
        for line in process.stdout:
            said.append(line)
            found = TASK.match(line)
            if found and found["role"] == role and found["name"] in tasks:
                kill(process)
                hit = f"{role}: {found['name']}"
                break
        process.stdout.close()
        process.wait(60)
        log.write_text("".join(said), encoding="utf-8")
        return hit


def kill(process: subprocess.Popen[str]) -> None:
    """Kill a playbook at once, with its workers, which are process groups of their own."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    for group in (process.pid, *map(int, children.read_text().split())):
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


def make(tree: Path, site: Path) -> None:
    """Copy the sample of the older code: what its operator has in Git."""
    shutil.rmtree(site, ignore_errors=True)
    source = next(tree / name for name in INVENTORIES if (tree / name).exists())
    shutil.copytree(source, site)  # links become what they lead to
    _git(site, "init", "-q")
    commit(site, "the site")


def commit(site: Path, message: str) -> None:
    """Commit what changed, as an operator does before anything acts on it."""
    _git(site, "add", "-A")
    _git(
        site, "-c", "user.name=operator", "-c", "user.email=operator@gialai.gov.vn", "commit", "-qm", message
    )


def _git(site: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=site, check=True)


def edit(site: Path, unit: str, change: Callable[[list[dict[str, str]]], None]) -> None:
    """Change the rows of a people file."""
    path = site / f"roster/people/{unit}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = list(rows[0])
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def primaries(site: Path) -> Mapping[str, str]:
    """Return the address of each holder in the register."""
    with (site / "register.csv").open(encoding="utf-8", newline="") as file:
        return {row["holder"]: row["address"] for row in csv.DictReader(file) if row["kind"] == "primary"}
