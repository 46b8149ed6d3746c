# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The edge to borgmatic and borg: one call each, with what they say when they fail."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .targets import BorgError

BORGMATIC = "/usr/bin/borgmatic"
LOCALE = {"LC_ALL": "C.UTF-8"}  # file names are UTF-8
# What borgmatic says of any failure, and what borg says of itself when it did not expect one.
AROUND = (
    *("An error occurred", "Error running actions", "returned non-zero exit status", "Treating exit code"),
    *("Platform: ", "Linux: ", "Borg: ", "PID: ", "sys.argv: ", "SSH_ORIGINAL_COMMAND: ", "Traceback ("),
)
SHOWN = 5  # lines of what a failed program said
ADVICE = "subcommand is supported natively by borgmatic"  # said each time that borg is asked directly
# What borg says of an empty folder, and of none.
NO_REPOSITORY = ("is not a valid repository", "does not exist")
# What borg says of a file that it left out, unless the file was just deleted (ENOENT).
UNREAD = re.compile(r": \w+: \[Errno (?!2\])\d+\] ")


class NoRepositoryError(BorgError):
    """The target answers, and there is no repository."""


class Repository:
    """One repository of a borgmatic configuration."""

    def __init__(self, config: Path, label: str, *, dry_run: bool = False) -> None:
        """Name it; nothing is asked yet."""
        self.config, self.label = config, label
        self.options = ["--dry-run"] if dry_run else []

    def dry(self) -> Repository:
        """Return the same repository, to which nothing is written."""
        return Repository(self.config, self.label, dry_run=True)

    def create(self) -> dict[str, Any]:
        """Make an archive and return its figures. Raises BorgError also where a file could not be read."""
        made: dict[str, Any] = self._json("create")[0]
        return made

    def archives(self) -> dict[str, Any]:
        """Return all archives, as `borg list --json` has them."""
        listed: dict[str, Any] = self._json("repo-list")[0]
        return listed

    def all_archives(self) -> dict[str, Any]:
        """Return the same with checkpoints: archives that a backup which was cut short left."""
        listed: dict[str, Any] = json.loads(self.borg("list", "--json", "--consider-checkpoints", "::"))
        return listed

    def make(self) -> None:
        """Make the repository, unless there is one."""
        self.do("repo-create", "--encryption", "repokey-blake2")

    def do(self, *words: str) -> str:
        """Run an action of borgmatic, and return what it printed."""
        verb, *options = words
        return self._run([verb, "--repository", self.label, *options])

    def borg(self, *words: str, cwd: Path | None = None) -> str:
        """Run a command of borg, where `::` stands for the repository."""
        return self._run(["borg", "--repository", self.label, "--", *words], cwd)

    def lines(self, *words: str) -> Iterator[str]:
        """Run a command of borg, and yield what it prints by lines: of a large archive they are gigabytes.

        Raises BorgError behind the last one.
        """
        # What it warns of goes to a file: nobody would empty a second pipe meanwhile.
        with (
            tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors,
            subprocess.Popen(  # noqa: S603 - a fixed program
                self._command(["borg", "--repository", self.label, "--", *words]),
                env=os.environ | LOCALE,
                stdout=subprocess.PIPE,
                stderr=errors,
                encoding="utf-8",
                errors="replace",
            ) as running,
        ):
            for line in running.stdout or ():
                yield line.rstrip("\n")
            code = running.wait()
            errors.seek(0)
            _judge(code, errors.read())

    def _json(self, action: str) -> list[Any]:
        said: list[Any] = json.loads(self._run([action, "--repository", self.label, "--json"]))
        return said

    def _run(self, words: Sequence[str], cwd: Path | None = None) -> str:
        done = subprocess.run(  # noqa: S603 - a fixed program
            self._command(words),
            cwd=cwd,
            env=os.environ | LOCALE,
            capture_output=True,
            text=True,
            check=False,
        )
        _judge(done.returncode, done.stderr, done.stdout)
        return done.stdout

    def _command(self, words: Sequence[str]) -> list[str]:
        return [BORGMATIC, "--config", str(self.config), "--no-color", *self.options, *words]


def reason(said: str) -> str:
    """Return what borg said of a failure, without borgmatic's words around it, and where in borg it was."""
    lines = [line for line in said.partition("\nsummary:")[0].splitlines() if not line.startswith("  ")]
    own = [line.strip() for line in lines if line.strip() and not any(word in line for word in AROUND)]
    return "; ".join(own[-SHOWN:])


def _judge(code: int, errors: str, printed: str = "") -> None:
    """Pass on to the journal what borg warned of. Raises BorgError where it failed, or left a file out."""
    if code:
        said = reason(errors + printed) or f"borgmatic ended with {code}"
        raise (NoRepositoryError if any(words in said for words in NO_REPOSITORY) else BorgError)(said)
    # For example of what changed while it was read.
    sys.stderr.writelines(line for line in errors.splitlines(keepends=True) if ADVICE not in line)
    if unread := [line for line in errors.splitlines() if UNREAD.search(line)]:
        raise BorgError("; ".join(unread[:SHOWN]))
