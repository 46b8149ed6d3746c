# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The backups of this host as borg keeps them on a target: listed and extracted, never written."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from ..backup import targets
from ..backup.targets import FOLDER, LOCK_WAIT, SETTINGS, SSH, BackupArchive, BorgError, Target
from ..host import files
from .selection import RestoreError

BORG = "/usr/bin/borg"
LOCK = ("--lock-wait", f"{LOCK_WAIT.total_seconds():.0f}")
T = TypeVar("T")
# borg(1), "modern" exit codes. Other warnings, for example of a full disk, are failures here.
NOT_THERE = 101  # a path that the archive does not have
MEANING = {
    **dict.fromkeys((13, 15), "there is no repository"),
    52: "the passphrase does not open the repository",
    72: "it is closed while the backup host checks it: wait, or stop congvu-backup-keep there",
    73: "another borg is at work on the repository: wait for it to end",
    **dict.fromkeys((80, 81, 87), "the target cannot be reached, or does not let this host in"),
    **dict.fromkeys((90, 91, 95, 97), "the repository is damaged: check it there, or take another target"),
}


def read_host(settings: Path = SETTINGS) -> str:
    """Return the name under which this host is backed up. Raises RestoreError where it is not."""
    return _read(settings, lambda client: str(client["host"]))


def read_targets(settings: Path = SETTINGS) -> tuple[Target, ...]:
    """Return the targets of this host. Raises RestoreError where it has none."""
    return _read(settings, targets.targets)


def choose_target(found: Sequence[Target], name: str) -> Target:
    """Return the target of that name, or the first. Raises RestoreError."""
    for one in found:
        if name in ("", one.label):
            return one
    raise RestoreError(f"there is no target {name}: {', '.join(one.label for one in found)}")


def _read(settings: Path, part: Callable[[Mapping[str, Any]], T]) -> T:
    value, problems = files.read_settings(settings, lambda read: part(read["client"]))
    if value is None:
        raise RestoreError(f"this host does not know where its backups are: {'; '.join(problems)}")
    return value


class Repository:
    """The repository of a host on a target."""

    def __init__(self, host: str, where: Target) -> None:
        """Look at nothing yet."""
        self.host, self.target = host, where

    def archives(self) -> list[BackupArchive]:
        """Return the archives of the host, oldest first."""
        listed = json.loads(self._borg("list", "--json", self.target.repository))
        return targets.named((one["name"] for one in listed["archives"]), self.host)

    def groups(self, archive: BackupArchive, path: str) -> set[str]:
        """Return the names of the groups that what is at a path belongs to."""
        where = f"{self.target.repository}::{archive.name}"
        return set(self._borg("list", "--format", "{group}{NL}", where, path).split())

    def extract(
        self,
        archive: BackupArchive,
        destination: Path,
        paths: Iterable[str] = (),
        *,
        exclude: Iterable[str] = (),
        strip: int = 0,
    ) -> bool:
        """Write what an archive has at some paths, or all, into a folder; `strip` leading parts of names go.

        Owners are set by name. Return whether the archive had something at each path.
        """
        command = ["extract", "--noflags", f"--strip-components={strip}"]
        command += [word for path in exclude for word in ("--exclude", path)]
        where = f"{self.target.repository}::{archive.name}"
        return self._run([*command, where, *paths], destination).returncode != NOT_THERE

    def _borg(self, *words: str) -> str:
        return self._run(words, Path("/")).stdout

    def _run(self, words: Sequence[str], cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run borg. Raises BorgError with what was wrong and where."""
        environment = {
            "HOME": "/root",
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "BORG_RSH": SSH,
            "BORG_PASSCOMMAND": f"cat {FOLDER}/passphrase",
            "BORG_BASE_DIR": "/var/lib/borg",
            "BORG_EXIT_CODES": "modern",
            "BORG_RELOCATED_REPO_ACCESS_IS_OK": "yes",  # another name of the same host
        }
        done = subprocess.run(  # noqa: S603 - a fixed program
            [BORG, *LOCK, *words], env=environment, cwd=cwd, capture_output=True, text=True, check=False
        )
        if done.returncode not in (0, NOT_THERE):
            said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
            meant = MEANING.get(done.returncode, "borg failed")
            raise BorgError(f"{self.target.repository}: {meant} ({said[0]})")
        return done
