"""The older code: which commit it is, and its files in a folder of their own, ready to run."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from publish import PublishError
from publish.releases import VERSION, read_releases
from publish.repository import extract, git, has_commit, is_shallow

PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;]+)$")
COLLECTION = ".ansible/collections/ansible_collections/congvu/mail"


def commit_of(root: Path, name: str) -> str:
    """Return the commit of a release (``0.1.0``; empty: the last one) or of a name that Git knows.

    ``PublishError`` says in one line why it is not here.
    """
    releases = {one.version: one.commit for one in read_releases(root)}
    if not name and not releases:
        raise PublishError("nothing was released yet: say from which commit, FROM=<commit>")
    name = name or list(releases)[-1]
    if VERSION.fullmatch(name) and name not in releases:
        raise PublishError(f"{name} was never released; there are: {', '.join(releases) or 'none'}")
    wanted = releases.get(name, name)
    if has_commit(root, wanted):
        return git(root, "rev-parse", f"{wanted}^{{commit}}")
    why = (
        "the history of this clone was cut off (shallow): `git fetch --unshallow` brings the rest"
        if is_shallow(root)
        else "no such commit in this clone"
    )
    raise PublishError(f"{name} is not here: {why}")


def lay_out(root: Path, commit: str, folder: Path) -> Path:
    """Write the files of a commit into a folder of ``folder`` with what its playbooks need; return it."""
    tree = folder / commit[:12]
    if not (tree / ".venv").exists():  # the last thing that is made
        shutil.rmtree(tree, ignore_errors=True)
        tree.mkdir(parents=True)
        extract(root, commit, tree)
        link = tree / COLLECTION
        link.parent.mkdir(parents=True)
        link.symlink_to("../../../..")
        _environment(root, tree)
    return tree


def _environment(root: Path, tree: Path) -> None:
    """Give it our Python environment where that has the versions that it pins, or else one of its own."""
    wanted = list(pins(tomllib.loads((tree / "pyproject.toml").read_text(encoding="utf-8")), "run"))
    if not differing(wanted, installed()):
        (tree / ".venv").symlink_to(root / ".venv")
        return
    made = tree / "venv.new"
    python = str(made / "bin/python")
    for command in (
        [sys.executable, "-m", "venv", str(made)],
        [python, "-m", "pip", "install", "--quiet", "pip>=25.1"],
        [python, "-m", "pip", "install", "--quiet", "--group", "run"],
    ):
        subprocess.run(command, cwd=tree, check=True)
    made.rename(tree / ".venv")


def pins(pyproject: Mapping[str, Any], group: str) -> Iterator[tuple[str, str]]:
    """Yield name and version of everything that a dependency group pins (PEP 735)."""
    for one in pyproject["dependency-groups"][group]:
        if isinstance(one, str) and (found := PIN.match(one)):
            yield found[1], found[2]
        elif isinstance(one, Mapping):
            yield from pins(pyproject, one["include-group"])


def differing(wanted: Sequence[tuple[str, str]], found: Mapping[str, str]) -> list[str]:
    """Return the names of packages that are not installed, or in another version."""
    return [name for name, version in wanted if found.get(canonical(name)) != version]


def installed() -> dict[str, str]:
    """Return the version of everything in this Python environment."""
    return {canonical(one.metadata["Name"]): one.version for one in importlib.metadata.distributions()}


def canonical(name: str) -> str:
    """Return the name of a package as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
