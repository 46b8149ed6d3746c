"""Raises the versions that pyproject.toml pins, and shows what broke.

In a clone with an environment of its own: first as it is, then with all newer versions together, and where
that breaks something with one after the other. Versions with which `lint` and `unit` pass are written into
pyproject.toml; the output of what failed is kept in .cache/upgrade/.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
FILE = "pyproject.toml"
LOGS = ROOT / ".cache/upgrade"
PIN = re.compile(r'^( +")([A-Za-z0-9._-]+)==([^"]+)(",)$', re.MULTILINE)
CHECKS = ("lint", "unit")


class Raise(NamedTuple):
    """One newer version, and the checks that failed with it; "install" if it could not be installed."""

    name: str
    old: str
    new: str
    failed: tuple[str, ...] = ()


def canonical(name: str) -> str:
    """Return the name of a package as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def newer(text: str, latest: Mapping[str, str], only: Sequence[str] = ()) -> list[Raise]:
    """Return which pins of a pyproject.toml have a newer version in `latest`, by canonical name."""
    wanted = set(map(canonical, only))
    return [
        Raise(pin[2], pin[3], latest[name])
        for pin in PIN.finditer(text)
        if (name := canonical(pin[2])) in latest and (not wanted or name in wanted)
    ]


def raised(text: str, raises: Sequence[Raise]) -> str:
    """Return the pyproject.toml with the newer versions."""
    new = {one.name: one.new for one in raises}
    return PIN.sub(lambda pin: f"{pin[1]}{pin[2]}=={new.get(pin[2], pin[3])}{pin[4]}", text)


def table(raises: Sequence[Raise]) -> str:
    """Return what became of each, in columns."""
    lines = [("package", "from", "to", "result")]
    lines += [
        (one.name, one.old, one.new, f"{', '.join(one.failed)} failed" if one.failed else "raised")
        for one in raises
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


class Clone:
    """A clone of what is committed, with the environment that its pyproject.toml asks for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run(["git", "clone", "-q", ROOT, folder], check=True)
        shutil.copy(ROOT / FILE, folder / FILE)

    def pip(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        pip = self.folder / ".venv/bin/pip"
        return subprocess.run([pip, *arguments], cwd=self.folder, text=True, capture_output=True, check=False)

    def latest(self) -> dict[str, str]:
        """Return the newest versions that this Python can run, of what is installed and is older."""
        said = self.pip("list", "--outdated", "--format=json").stdout
        return {canonical(one["name"]): one["latest_version"] for one in json.loads(said)}

    def failed(self, text: str, log: str) -> tuple[str, ...]:
        """Install what a pyproject.toml asks for; return the checks that fail with it."""
        (self.folder / FILE).write_text(text, encoding="utf-8")
        installed = self.pip("install", "--quiet", "--group", "dev")
        if installed.returncode:
            (LOGS / f"{log}-install.txt").write_text(installed.stderr, encoding="utf-8")
            return ("install",)
        failed = []
        for check in CHECKS:
            ended = subprocess.run(
                ["make", "--no-print-directory", check],
                cwd=self.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
            )  # fmt: skip
            if ended.returncode:
                (LOGS / f"{log}-{check}.txt").write_text(ended.stdout, encoding="utf-8")
                failed.append(check)
        return tuple(failed)


def upgrade(clone: Clone, only: Sequence[str]) -> list[Raise]:
    """Try all newer versions together, then one by one; leave those that break nothing in the clone."""
    text = (clone.folder / FILE).read_text(encoding="utf-8")
    raises = newer(text, clone.latest(), only)
    if not raises or not clone.failed(raised(text, raises), "together"):
        return raises
    print("together they break something; one by one", flush=True)
    tried = []
    for one in raises:
        failed = clone.failed(raised(text, [one]), one.name)
        tried.append(one._replace(failed=failed))
        text = text if failed else raised(text, [one])
        print(table(tried[-1:]).splitlines()[-1], flush=True)
    (clone.folder / FILE).write_text(text, encoding="utf-8")
    return tried


def main(only: Sequence[str]) -> int:
    """Upgrade the packages of these names, all without any; return 1 if something could not be raised."""
    shutil.rmtree(LOGS, ignore_errors=True)
    LOGS.mkdir(parents=True)
    os.environ.pop("ANSIBLE_CONFIG", None)  # of the make that runs this; the clone has its own
    with tempfile.TemporaryDirectory(prefix="congvu-upgrade-") as folder:
        clone = Clone(Path(folder) / "clone")
        subprocess.run(["make", "--no-print-directory", "setup"], cwd=clone.folder, check=True)
        before = clone.failed((clone.folder / FILE).read_text(encoding="utf-8"), "before")
        if before:
            print(f"{', '.join(before)} failed before anything was raised: see {LOGS}")
            return 1
        raises = upgrade(clone, only)
        shutil.copy(clone.folder / FILE, ROOT / FILE)
    print(table(raises) if raises else "nothing newer")
    broken = [one for one in raises if one.failed]
    if broken:
        print(f"what failed said: {LOGS}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
