# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An earlier state of a site, as Git has it: the files of a commit, and what differs from it now."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..parsing.problems import Problem

REGULAR = ("100644", "100755")
# How git says that there is no repository with files here.
OUTSIDE = ("fatal: not a git repository (or any", "fatal: this operation must be run in a work tree")
OWNED = re.compile("dubious ownership in repository at '(.*)'")
# A hook of Git sets these for its own repository; the site's is found from its folder.
FOREIGN = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")


class _Failed(Exception):
    """What git, or the lack of it, says."""

    @property
    def outside(self) -> bool:
        """Whether there is no repository, or no git; anything else keeps an answer from being known."""
        return isinstance(self.__cause__, FileNotFoundError) or str(self).startswith(OUTSIDE)

    def as_problem(self, folder: Path) -> Problem:
        """Return it as what is wrong with a folder."""
        if self.outside:
            return Problem(str(folder), 0, "", "repository_missing", "", str(self))
        named = OWNED.search(str(self))
        return Problem(str(folder), 0, "", "git_failed", "", str(self), (named[1] if named else str(folder),))


@dataclass(frozen=True)
class Revision:
    """A commit. ``site`` is the site's folder in the repository, with a slash behind it, or empty."""

    top: Path
    site: str
    commit: str

    def read(self, names: Iterable[str]) -> dict[str, bytes]:
        """Return the content of files of the site (named from its folder), as far as the commit has them."""
        return self._objects({name: f"{self.commit}:{self.site}{name}" for name in names})

    def changed(self) -> tuple[dict[str, bytes], dict[str, bytes]]:
        """Return the files that differ, before and now, by their path in the repository.

        All of them are in the first, a new one as empty. In the second are regular files only: a symbolic
        link could show what lies outside of the repository. Files that Git does not track are not looked at.
        """
        fields = _git(self.top, "diff", "--raw", "-z", "--no-abbrev", "--no-renames", self.commit).split(
            b"\0"
        )
        former: dict[str, str] = {}
        after: dict[str, bytes] = {}
        for head, name in zip(fields[:-1:2], fields[1::2], strict=True):
            path = os.fsdecode(name)
            _, mode, former[path], *_ = head.decode().split(" ")
            if mode in REGULAR:
                after[path] = (self.top / path).read_bytes()
        return dict.fromkeys(former, b"") | self._objects(former), after

    def _objects(self, wanted: dict[str, str]) -> dict[str, bytes]:
        """Return the objects of these names; one that there is not is left out."""
        asked = "".join(f"{name}\n" for name in wanted.values())
        answer = _git(self.top, "cat-file", "--batch", given=os.fsencode(asked))
        found, at = {}, 0
        for name in wanted:
            head, _, _ = answer[at:].partition(b"\n")
            at += len(head) + 1
            if head.endswith((b" missing", b" ambiguous")):
                continue
            size = int(head.rsplit(b" ", 1)[1])
            found[name] = answer[at : at + size]
            at += size + 1
        return found


def find_repository(folder: Path) -> tuple[tuple[Path, str] | None, list[Problem]]:
    """Return the top of the repository that a folder is in, and the way down to it, as in ``Revision``."""
    try:
        said = _git(folder, "rev-parse", "--show-toplevel", "--show-prefix")
    except _Failed as failed:
        return None, [failed.as_problem(folder)]
    top, site, *_ = os.fsdecode(said).split("\n")
    return (Path(top), site), []


@dataclass(frozen=True)
class Uncommitted:
    """Files of a site that are not as its last commit has them; ``why`` says what is outside of Git.

    ``problems`` are what keeps git from answering.
    """

    files: tuple[str, ...] = ()
    why: str = ""
    problems: tuple[Problem, ...] = ()


def uncommitted(folder: Path, names: Iterable[str]) -> Uncommitted:
    """Compare files and folders of a site with its last commit.

    Where Git has none of them, ignored or never added, the site is outside of Git as a whole: a copy to try
    something, a lab. A link is followed to what it leads to. What the roster reader passes by is not counted.
    """
    tracked, why, files, problems = False, "", [], []
    for path in (folder / name for name in names):
        at = path.resolve()
        try:
            tracked = bool(_git(at.parent, "ls-files", "-z", "--", at.name)) or tracked
            said = _git(at.parent, "status", "--porcelain", "-z", "--no-renames", "-uall", "--", at.name)
        except _Failed as failed:
            if failed.outside:
                why = str(failed)
            else:
                problems.append(failed.as_problem(at.parent))
            continue
        files += [os.fsdecode(entry[3:]) for entry in said.split(b"\0") if entry]
    if not tracked and not problems:
        return Uncommitted(why=why or "git: not tracked")
    counted = (file for file in files if not _passed_by(file.rpartition("/")[2]))
    return Uncommitted(tuple(sorted(counted)), why, tuple(problems))


def _passed_by(name: str) -> bool:
    """Return whether a file is hidden, or what an editor has made beside another."""
    return name.startswith((".", "~")) or name.endswith("~")


def author(folder: Path) -> str:
    """Return the address, or the name, that Git would sign a commit with, as far as one was configured."""
    for name in ("email", "name"):
        given = os.environ.get(f"GIT_AUTHOR_{name.upper()}", "")
        try:
            given = given or os.fsdecode(_git(folder, "config", "--get", f"user.{name}")).strip()
        except _Failed:
            continue
        if given:
            return given
    return ""


def open_revision(folder: Path, ref: str) -> tuple[Revision | None, list[Problem]]:
    """Find the commit that the work in ``folder`` began from: where it parted from a branch or commit."""
    repository, problems = find_repository(folder)
    if repository is None:
        return None, problems
    try:
        _git(folder, "rev-parse", "--verify", f"{ref}^{{commit}}")
        commit = _git(folder, "merge-base", ref, "HEAD").decode().strip()
    except _Failed as failed:
        return None, [Problem("-e base", 0, "", "base_unknown", ref, str(failed))]
    return Revision(*repository, commit), []


def _git(folder: Path, *arguments: str, given: bytes = b"") -> bytes:
    environment = {name: value for name, value in os.environ.items() if name not in FOREIGN} | {"LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603  the arguments are ours, and no shell reads them
            ["git", "--no-optional-locks", "-C", str(folder), *arguments],  # noqa: S607  git is where PATH says
            input=given, capture_output=True, check=False, env=environment,
        )  # fmt: skip
    except OSError as error:
        raise _Failed(f"git: {error.strerror}") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise _Failed(said[0] if said else "git: no common commit")
    return done.stdout
