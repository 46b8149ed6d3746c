"""What is asked of Git."""

from __future__ import annotations

import os
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

from . import PublishError


def git(root: Path, *arguments: str) -> str:
    """Return what git prints, without the last line's end; ``PublishError`` with git's words if it fails."""
    return git_bytes(root, *arguments).decode().rstrip("\n")


def git_bytes(root: Path, *arguments: str) -> bytes:
    """Return what git prints, as it is."""
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)  # noqa: S603, S607
    if done.returncode:
        raise PublishError(f"git {arguments[0]}: {done.stderr.decode().strip()}")
    return done.stdout


def has_commit(root: Path, commit: str) -> bool:
    """Say whether the repository has this commit."""
    try:
        git(root, "cat-file", "-e", f"{commit}^{{commit}}")
    except PublishError:
        return False
    return True


def is_shallow(root: Path) -> bool:
    """Say whether the history was cut off when the repository was cloned."""
    return git(root, "rev-parse", "--is-shallow-repository") == "true"


def commit_time(root: Path, commit: str) -> int:
    """Return when a commit was made, in seconds; ``SOURCE_DATE_EPOCH`` comes before it.

    https://reproducible-builds.org/specs/source-date-epoch/
    """
    return int(os.environ.get("SOURCE_DATE_EPOCH") or git(root, "show", "-s", "--format=%ct", commit))


def extract(root: Path, commit: str, folder: Path) -> None:
    """Write the files of a commit into ``folder``: what Git has of it, and nothing that lies beside it."""
    with tarfile.open(fileobj=BytesIO(git_bytes(root, "archive", "--format=tar", commit))) as archive:
        archive.extractall(folder, filter="tar")


def working_commit(root: Path) -> str:
    """Return a commit of the tracked files as they lie there: HEAD, or one of no branch where they differ."""
    return git(root, "-c", "user.name=-", "-c", "user.email=-", "stash", "create") or git(
        root, "rev-parse", "HEAD"
    )
