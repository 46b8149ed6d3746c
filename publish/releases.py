"""Releases: each is a commit that a tracked file names; made by one command, built again at any time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import yaml

from . import PublishError
from .repository import git, has_commit, is_shallow
from .tarball import build, digest

FILE = "changelogs/releases.yml"
HEADER = (
    "---\n# Written by `make release`: the commit that each release is, and the SHA-256 of its tarball.\n"
)
VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
# Where the version stands, and its line there.
PLACES = {"galaxy.yml": "version: {}", "pyproject.toml": 'version = "{}"'}
# What needs no test host; `make test` has the rest.
STAGES = ("lint", "unit", "playbooks", "tarball")


@dataclass(frozen=True)
class Release:
    """``commit`` is its full hash, ``sha256`` that of the tarball in hexadecimal digits."""

    version: str
    commit: str
    sha256: str


def read_releases(root: Path) -> list[Release]:
    """Return all releases that the repository records, the oldest first."""
    return [Release(**row) for row in yaml.safe_load((root / FILE).read_text())["releases"]]


def dump_releases(releases: list[Release]) -> str:
    """Return the text of the file that records them."""
    return HEADER + yaml.safe_dump({"releases": [asdict(release) for release in releases]}, sort_keys=False)


def rebuild(root: Path, version: str, folder: Path) -> Path:
    """Build the tarball of a release again; ``PublishError`` unless it is the same to the byte."""
    releases = {release.version: release for release in read_releases(root)}
    if version not in releases:
        raise PublishError(
            f"{version} was never released; {FILE} has {', '.join(releases) or 'no release yet'}"
        )
    release = releases[version]
    if not has_commit(root, release.commit):
        raise PublishError(f"{version} is commit {release.commit}, which is not here: {_missing(root)}")
    tarball = build(root, release.commit, folder)
    if digest(tarball) != release.sha256:
        raise PublishError(
            f"{tarball} is not to the byte what was released (SHA-256 {release.sha256}): another "
            "ansible-core, distlib or zlib packs otherwise; the release's own pyproject.toml pins two of them"
        )
    return tarball


def _missing(root: Path) -> str:
    if is_shallow(root):
        return "the history of this clone was cut off (shallow); `git fetch --unshallow` brings the rest"
    return "it was rebased or squashed away, or never pushed"


def release(root: Path, version: str, folder: Path) -> Path:
    """Make a release: version, changelog, commit, tests, tarball, record; return the tarball's path.

    All of it happens in a work tree of its own. The branch moves at the end, in one step, or not at all.
    """
    check(root, version)
    start = git(root, "rev-parse", "HEAD")
    with work_tree(root, start) as tree:
        set_version(tree, version)
        _run(tree, "antsibull-changelog", "release", "--version", version, "--date", date.today().isoformat())
        (tree / "changelogs/.plugin-cache.yaml").unlink(missing_ok=True)
        git(tree, "add", "changelogs", "CHANGELOG.md")
        git(tree, "commit", "-q", "-a", "-m", f"chore(release): {version}")
        commit = git(tree, "rev-parse", "HEAD")
        _run(tree, "python", "tests/run.py", *STAGES)
        if git(tree, "status", "--porcelain", "--untracked-files=no"):
            raise PublishError("the tests changed tracked files of the release")
        tarball = build(root, commit, folder)
        made = Release(version, commit, digest(tarball))
        (tree / FILE).write_text(dump_releases([*read_releases(tree), made]))
        git(tree, "commit", "-q", "-a", "-m", f"chore(release): {version} is commit {commit[:12]}")
        git(root, "merge", "-q", "--ff-only", git(tree, "rev-parse", "HEAD"))
    return tarball


def check(root: Path, version: str) -> None:
    """Raise ``PublishError`` with everything that keeps ``version`` from being released."""
    problems = []
    last = max((release.version for release in read_releases(root)), key=_order, default="")
    if not VERSION.fullmatch(version):
        problems.append(f"VERSION={version or '...'} must be three numbers, as 0.1.0 (semver.org)")
    elif last and _order(version) <= _order(last):
        problems.append(f"{version} does not come after {last}, the last release")
    if git(root, "status", "--porcelain"):
        problems.append("there are changes that are not committed")
    if not any((root / "changelogs/fragments").glob("*.y*ml")):
        problems.append("changelogs/fragments has nothing to tell of this release")
    if problems:
        raise PublishError("\n".join(problems))


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))


def set_version(root: Path, version: str) -> None:
    """Write the version into every file that has it."""
    for name, line in PLACES.items():
        file = root / name
        text, count = re.subn(
            "(?m)^" + re.escape(line).replace(r"\{\}", "[0-9.]+") + "$",
            line.format(version),
            file.read_text(),
        )
        if count != 1:
            raise PublishError(f"{name} must have one line `{line.format('X.Y.Z')}`")
        file.write_text(text)


@contextmanager
def work_tree(root: Path, commit: str) -> Iterator[Path]:
    """Give a work tree of ``commit`` that has what the tools need, and take it away afterwards."""
    with tempfile.TemporaryDirectory(prefix="congvu-release-") as name:
        tree = Path(name, "tree")
        git(root, "worktree", "add", "-q", "--detach", str(tree), commit)
        try:
            (tree / ".venv").symlink_to(root / ".venv")
            link = tree / ".ansible/collections/ansible_collections/congvu/mail"
            link.parent.mkdir(parents=True)
            link.symlink_to("../../../..")
            yield tree
        finally:
            git(root, "worktree", "remove", "--force", str(tree))


def _run(tree: Path, program: str, *arguments: str) -> None:
    tools = Path(sys.executable).parent
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"  # antsibull-changelog calls ansible-doc
    done = subprocess.run(  # noqa: S603
        [tools / program, *arguments], cwd=tree, env=os.environ | {"PATH": path}, check=False
    )
    if done.returncode:
        raise PublishError(f"{' '.join([program, *arguments])} failed, see above; nothing was released")
