"""The files of an earlier commit, and what differs from it."""

from __future__ import annotations

import os
import subprocess

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.site.revisions import (
    author,
    find_repository,
    open_revision,
    uncommitted,
)

from tests.support.samples import places

NAMES = {f"GIT_{who}_{what}": "a@b.vn" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def git(folder, *arguments):
    return subprocess.run(
        ["git", "-C", folder, *arguments], check=True, capture_output=True, text=True, env=os.environ | NAMES
    ).stdout.strip()


@pytest.fixture
def site(tmp_path):
    """A site two folders down, with a commit on main and one on a branch that parted from it."""
    folder = tmp_path / "thư viện/inventories/gialai"
    folder.mkdir(parents=True)
    git(tmp_path / "thư viện", "init", "-q", "-b", "main")
    (folder / "register.csv").write_text("one\n")
    (folder / "Đơn vị.csv").write_text("a\n")
    (tmp_path / "thư viện/README").write_text("top\n")
    commit(folder)
    git(folder, "checkout", "-q", "-b", "work")
    return folder


def commit(folder):
    git(folder, "add", "-A", ":/")
    git(folder, "commit", "-q", "-m", "a")


def opened(folder, ref="main"):
    revision, problems = open_revision(folder, ref)
    assert revision is not None, problems
    return revision


def test_files_as_they_were_and_none_where_there_was_none(site):
    (site / "register.csv").write_text("two\n")
    commit(site)
    revision = opened(site)
    assert revision.site == "inventories/gialai/"
    assert revision.read(["register.csv", "nothing.csv", "Đơn vị.csv"]) == {
        "register.csv": b"one\n", "Đơn vị.csv": b"a\n",
    }  # fmt: skip
    assert revision.read([]) == {}


def test_what_main_did_since_is_not_the_branchs(site):
    git(site, "checkout", "-q", "main")
    (site / "register.csv").write_text("newer\n")
    commit(site)
    git(site, "checkout", "-q", "work")
    (site / "new.csv").write_text("new\n")
    commit(site)
    revision = opened(site)
    assert revision.read(["register.csv"]) == {"register.csv": b"one\n"}
    assert revision.changed() == (
        {"inventories/gialai/new.csv": b""},
        {"inventories/gialai/new.csv": b"new\n"},
    )


def test_all_kinds_of_changes_and_no_untracked_file(site):
    top = site.parents[1]
    (site / "register.csv").write_text("two\n")
    (site / "Đơn vị.csv").rename(site / "tên khác.csv")
    (top / "README").unlink()
    (top / "README").symlink_to("/etc/passwd")
    (site / "link.csv").symlink_to("/etc/passwd")
    commit(site)
    (site / "report.md").write_text("untracked")
    (site / "register.csv").write_text("three, not committed\n")
    before, after = opened(site).changed()
    at = "inventories/gialai/"
    assert before == {
        f"{at}register.csv": b"one\n", f"{at}Đơn vị.csv": b"a\n", f"{at}tên khác.csv": b"",
        f"{at}link.csv": b"", "README": b"top\n",
    }  # fmt: skip
    assert after == {f"{at}register.csv": b"three, not committed\n", f"{at}tên khác.csv": b"a\n"}


def test_a_site_at_the_top_of_its_repository(site):
    assert find_repository(site.parents[1])[0] == (site.parents[1].resolve(), "")


@pytest.mark.parametrize("ref", ["", "nowhere", "--since=x", "--all", "a b", "main^{tree}", "0" * 40, "\x1b"])
def test_what_is_no_commit_is_a_located_problem(ref, site):
    revision, problems = open_revision(site, ref)
    assert revision is None
    assert places(problems) == {("base_unknown", "-e base", 0, "")}
    assert problems[0].message("en").count("\n") == 0


def test_a_branch_of_another_history(site):
    git(site, "checkout", "-q", "--orphan", "other")
    (site / "register.csv").write_text("another\n")
    commit(site)
    assert places(open_revision(site, "main")[1]) == {("base_unknown", "-e base", 0, "")}


def test_no_repository_and_no_git(site, tmp_path, monkeypatch):
    bare = tmp_path / "bare"
    bare.mkdir()
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    assert places(open_revision(bare, "main")[1]) == {("repository_missing", str(bare), 0, "")}
    monkeypatch.setenv("PATH", "")
    assert places(find_repository(site)[1]) == {("repository_missing", str(site), 0, "")}


def test_a_hooks_own_repository_does_not_matter(site, monkeypatch):
    monkeypatch.setenv("GIT_DIR", "/nowhere/.git")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    assert opened(site).read(["register.csv"]) == {"register.csv": b"one\n"}


# What nobody can have reviewed.

REVIEWED = ("register.csv", "roster")


def test_what_differs_from_the_last_commit_in_any_way(site):
    (site / "roster/people").mkdir(parents=True)
    (site / "roster/units.yml").write_text("units: []\n")
    (site / "roster/people/snv.csv").write_text("a\n")
    commit(site)
    assert uncommitted(site, REVIEWED).files == ()
    (site / "Đơn vị.csv").write_text("no file of the register or roster\n")
    (site / "register.csv").write_text("two\n")
    git(site, "add", "register.csv")  # staged is not committed
    (site / "roster/people/Đăk Pơ.csv").write_text("new\n")
    (site / "roster/units.yml").unlink()
    found = uncommitted(site, REVIEWED)
    below = "inventories/gialai/"
    assert found.files == (
        f"{below}register.csv",
        f"{below}roster/people/Đăk Pơ.csv",
        f"{below}roster/units.yml",
    )
    assert found.why == ""


def test_a_site_that_git_does_not_keep_is_outside_as_a_whole(site, tmp_path):
    copy = site.parent / "copy"
    copy.mkdir()
    (copy / "register.csv").write_text("one\n")
    assert uncommitted(copy, REVIEWED).why  # not added
    (site.parent / ".gitignore").write_text("copy\n")
    assert uncommitted(copy, REVIEWED).why  # ignored
    outside = tmp_path / "outside"
    outside.mkdir()
    assert "not a git repository" in uncommitted(outside, REVIEWED).why


def test_what_the_roster_reader_passes_by_does_not_count(site):
    (site / "roster/people").mkdir(parents=True)
    for name in (".snv.csv.swp", "~$snv.csv", "snv.csv~"):
        (site / "roster/people" / name).write_text("a\n")
    assert uncommitted(site, REVIEWED) == uncommitted(site, ["register.csv"])


def test_each_path_is_judged_by_itself(site, tmp_path):
    (site / "register.csv").write_text("two\n")
    (tmp_path / "elsewhere").mkdir()
    (site / "roster").symlink_to(tmp_path / "elsewhere")
    found = uncommitted(site, REVIEWED)
    assert found.files == ("inventories/gialai/register.csv",)
    assert "not a git repository" in found.why


def test_a_checkout_that_git_refuses_is_not_outside_of_git(site, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    for name in ("GLOBAL", "SYSTEM"):
        monkeypatch.setenv(f"GIT_CONFIG_{name}", str(tmp_path / "none"))
    found = uncommitted(site, ["register.csv"])
    (problem,) = found.problems
    assert found.why == ""
    assert problem.code == "git_failed"
    top = site.parent.parent
    assert f'git config --global --add safe.directory "{top}"' in problem.fix("en")
    assert places(find_repository(site)[1]) == {("git_failed", str(site), 0, "")}


def test_a_link_stands_for_what_it_leads_to(site):
    other = site.parent / "other"
    other.mkdir()
    (other / "register.csv").symlink_to("../gialai/register.csv")
    commit(site)
    assert uncommitted(other, REVIEWED).files == ()
    (site / "register.csv").write_text("two\n")
    assert uncommitted(other, REVIEWED).files == ("inventories/gialai/register.csv",)


def test_the_author_is_who_was_configured_and_nobody_is_made_up(site, tmp_path, monkeypatch):
    for name in ("GIT_AUTHOR_EMAIL", "GIT_AUTHOR_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "none"))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", str(tmp_path / "none"))
    assert author(site) == author(tmp_path) == ""
    git(site, "config", "user.name", "Lê Nam")
    assert author(site) == "Lê Nam"
    git(site, "config", "user.email", "namle.stttt@gialai.gov.vn")
    assert author(site) == "namle.stttt@gialai.gov.vn"
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "hoa@b.vn")
    assert author(site) == "hoa@b.vn"
