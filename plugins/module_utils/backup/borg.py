# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The edge to borgmatic and borg: one call each, with what they say when they fail."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

BORGMATIC = "/usr/bin/borgmatic"
SHOWN = 5  # lines of what a failed program said


class BorgError(Exception):
    """The repository is away or damaged, or refused; the text is what borg said."""


class Repository:
    """One repository of a borgmatic configuration."""

    def __init__(self, config: Path, label: str) -> None:
        """Name it; nothing is asked yet."""
        self.config, self.label = config, label

    def create(self) -> dict[str, Any]:
        """Make an archive and return its figures."""
        made: dict[str, Any] = self._json("create")[0]
        return made

    def archives(self) -> dict[str, Any]:
        """Return all archives, as `borg list --json` has them."""
        listed: dict[str, Any] = self._json("repo-list")[0]
        return listed

    def do(self, *words: str) -> str:
        """Run an action of borgmatic, and return what it printed."""
        verb, *options = words
        return self._run([verb, "--repository", self.label, *options])

    def borg(self, *words: str) -> str:
        """Run a command of borg, where `::` stands for the repository."""
        return self._run(["borg", "--repository", self.label, "--", *words])

    def _json(self, action: str) -> list[Any]:
        said: list[Any] = json.loads(self._run([action, "--repository", self.label, "--json"]))
        return said

    def _run(self, words: Sequence[str]) -> str:
        command = [BORGMATIC, "--config", str(self.config), "--no-color", "--syslog-verbosity", "-2", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            said = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
            raise BorgError("\n".join(said[:SHOWN]) or f"borgmatic ended with {done.returncode}")
        return done.stdout
