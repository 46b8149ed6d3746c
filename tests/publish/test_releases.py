"""Releases, in a small repository of their own."""

from __future__ import annotations

import subprocess

import pytest

from publish import ROOT, PublishError, releases
from publish.releases import (
    FILE,
    HEADER,
    Release,
    check,
    dump_releases,
    read_releases,
    rebuild,
    release,
    set_version,
)
from publish.repository import git, has_commit, is_shallow
from publish.tarball import build, digest

GALAXY = """---
namespace: congvu
name: mail
version: 0.0.0
readme: README.md
authors: [nobody]
manifest: {omit_default_directives: true, directives: [include *.md]}
"""


@pytest.fixture
def repository(tmp_path, monkeypatch):
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Somebody")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "somebody@example.vn")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")  # the tools of .venv are found without it
    root = tmp_path / "repository"
    (root / "changelogs/fragments").mkdir(parents=True)
    (root / "tests").mkdir()
    for name, text in {
        "galaxy.yml": GALAXY,
        "pyproject.toml": '[project]\nversion = "0.0.0"\n',
        "README.md": "read me",
        FILE: f"{HEADER}releases: []\n",
        "changelogs/config.yaml": (ROOT / "changelogs/config.yaml").read_text(),
        "changelogs/fragments/new.yml": "---\nminor_changes: [Something new.]\n",
        "changelogs/fragments/.gitkeep": "",
        "tests/run.py": "",
        ".gitignore": "/.ansible/\n/.venv\n/changelogs/.plugin-cache.yaml\n",
    }.items():
        (root / name).write_text(text)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "begin")
    return root


def test_a_release_is_a_commit_that_the_next_one_records(repository, tmp_path):
    tarball = release(repository, "0.1.0", tmp_path / "dist")
    (made,) = read_releases(repository)
    assert (made.version, made.commit) == ("0.1.0", git(repository, "rev-parse", "HEAD~1"))
    assert made.sha256 == digest(tarball)
    assert git(repository, "show", f"{made.commit}:galaxy.yml") == GALAXY.replace("0.0.0", "0.1.0").rstrip()
    assert 'version = "0.1.0"' in (repository / "pyproject.toml").read_text()
    assert "Something new" in (repository / "CHANGELOG.md").read_text()
    assert [path.name for path in (repository / "changelogs/fragments").iterdir()] == [".gitkeep"]
    assert git(repository, "status", "--porcelain") == ""
    assert len(git(repository, "worktree", "list").splitlines()) == 1


def test_an_older_release_is_built_again_to_the_byte(repository, tmp_path):
    first = release(repository, "0.1.0", tmp_path / "dist").read_bytes()
    (repository / "changelogs/fragments/more.yml").write_text("---\nbugfixes: [Something fixed.]\n")
    (repository / "README.md").write_text("read me again")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "more")
    second = release(repository, "0.2.0", tmp_path / "dist").read_bytes()
    assert rebuild(repository, "0.1.0", tmp_path / "again").read_bytes() == first != second


def test_a_release_whose_tests_fail_leaves_everything_as_it_was(repository, tmp_path):
    (repository / "tests/run.py").write_text("raise SystemExit(1)\n")
    git(repository, "commit", "-q", "-a", "-m", "a test that fails")
    before = git(repository, "rev-parse", "HEAD")
    with pytest.raises(PublishError, match="nothing was released"):
        release(repository, "0.1.0", tmp_path / "dist")
    assert git(repository, "rev-parse", "HEAD") == before
    assert git(repository, "status", "--porcelain") == ""
    assert len(git(repository, "worktree", "list").splitlines()) == 1
    assert not (tmp_path / "dist").exists()


def test_all_that_is_in_the_way_is_told_at_once(repository):
    (repository / "changelogs/fragments/new.yml").unlink()
    with pytest.raises(PublishError) as told:
        check(repository, "v1")
    assert [line.split(" ")[0] for line in str(told.value).splitlines()] == [
        "VERSION=v1",
        "there",
        "changelogs/fragments",
    ]


@pytest.mark.parametrize("version", ["0.9.0", "0.10.0", "0.9.9"])
def test_a_version_comes_after_the_last_by_number(repository, version):
    (repository / FILE).write_text(dump_releases([Release("0.10.0", "0" * 40, "0" * 64)]))
    git(repository, "commit", "-q", "-a", "-m", "released")
    with pytest.raises(PublishError, match=r"does not come after 0\.10\.0"):
        check(repository, version)
    check(repository, "0.11.0")


def test_a_shallow_history_is_told(repository, tmp_path):
    release(repository, "0.1.0", tmp_path / "dist")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--depth=1", repository.as_uri(), clone], check=True)
    with pytest.raises(PublishError, match="git fetch --unshallow"):
        rebuild(clone, "0.1.0", tmp_path / "again")


def test_a_release_that_was_rebased_away_or_never_made_is_told(repository, tmp_path):
    (repository / FILE).write_text(dump_releases([Release("0.1.0", "0" * 40, "0" * 64)]))
    with pytest.raises(PublishError, match="rebased or squashed"):
        rebuild(repository, "0.1.0", tmp_path)
    with pytest.raises(PublishError, match=r"0\.3\.0 was never released; .* has 0\.1\.0"):
        rebuild(repository, "0.3.0", tmp_path)


def test_other_bytes_than_those_released_are_told(repository, tmp_path):
    head = git(repository, "rev-parse", "HEAD")
    (repository / FILE).write_text(dump_releases([Release("0.0.0", head, "0" * 64)]))
    with pytest.raises(PublishError, match="not to the byte"):
        rebuild(repository, "0.0.0", tmp_path)


def test_the_day_of_a_build_and_the_umask_are_not_in_it(repository, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    first = build(repository, "HEAD", tmp_path / "first").read_bytes()
    (repository / "README.md").chmod(0o600)
    git(repository, "commit", "-q", "--amend", "--no-edit", "--date=2020-01-01T00:00:00")
    assert build(repository, "HEAD", tmp_path / "second").read_bytes() == first


def test_a_version_that_stands_nowhere_is_told(repository):
    (repository / "pyproject.toml").write_text("[project]\n")
    with pytest.raises(PublishError, match=r"pyproject\.toml must have one line"):
        set_version(repository, "0.1.0")


def test_every_recorded_release_is_in_the_history():
    for made in read_releases(ROOT):
        if not has_commit(ROOT, made.commit):
            assert is_shallow(ROOT)
            continue
        git(ROOT, "merge-base", "--is-ancestor", made.commit, "HEAD")
        assert f"version: {made.version}\n" in git(ROOT, "show", f"{made.commit}:galaxy.yml")


def test_the_stages_of_a_release_are_stages_of_the_gate():
    from tests.run import STAGES

    assert set(releases.STAGES) < set(STAGES)
