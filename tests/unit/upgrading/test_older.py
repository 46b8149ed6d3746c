"""Which commit an upgrade begins at, and what is said where it is not there."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from publish import PublishError
from tests.upgrading import older


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=-", "-c", "user.email=-")
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository of three commits; the second is release 0.1.0, as the third has on record."""
    folder = tmp_path / "clone"
    (folder / "changelogs").mkdir(parents=True)
    record = folder / "changelogs/releases.yml"
    git(folder, "init", "-q")
    record.write_text("releases: []\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "first")
    git(folder, "commit", "-qm", "0.1.0", "--allow-empty")
    commit = git(folder, "rev-parse", "HEAD")
    record.write_text(f"releases:\n- {{version: 0.1.0, commit: {commit}, sha256: ''}}\n")
    git(folder, "commit", "-qam", "on record")
    return folder


@pytest.mark.parametrize("name", ["", "0.1.0", "HEAD~1"])
def test_a_release_or_a_commit_is_found(clone: Path, name: str) -> None:
    assert older.commit_of(clone, name) == git(clone, "rev-parse", "HEAD~1")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("0.2.0", "0.2.0 was never released; there are: 0.1.0"),
        ("abcdef1", "abcdef1 is not here: no such commit in this clone"),
    ],
)
def test_what_is_not_there_is_told_in_a_line(clone: Path, name: str, said: str) -> None:
    with pytest.raises(PublishError) as error:
        older.commit_of(clone, name)
    assert str(error.value) == said


def test_a_history_that_was_cut_off_is_told(clone: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{clone}", "shallow")
    with pytest.raises(PublishError, match=r"^0\.1\.0 is not here: .*shallow.*`git fetch --unshallow`"):
        older.commit_of(tmp_path / "shallow", "0.1.0")


def test_where_nothing_was_released_a_commit_has_to_be_named(clone: Path) -> None:
    git(clone, "checkout", "-q", "HEAD~2")
    with pytest.raises(PublishError, match="nothing was released yet"):
        older.commit_of(clone, "")


def test_another_pinned_version_asks_for_an_environment_of_its_own() -> None:
    groups = {"run": ["a.b==1", {"include-group": "more"}, "free>=2"], "more": ["c==3"], "dev": ["d==4"]}
    wanted = list(older.pins({"dependency-groups": groups}, "run"))
    assert wanted == [("a.b", "1"), ("c", "3")]
    assert older.differing(wanted, {"a-b": "1", "c": "3"}) == []
    assert older.differing(wanted, {"a-b": "1", "c": "4"}) == ["c"]
    assert older.differing(wanted, {"c": "3"}) == ["a.b"]
