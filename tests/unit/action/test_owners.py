"""CODEOWNERS, written into the repository that the inventory is in."""

from __future__ import annotations

from ansible_collections.congvu.mail.plugins.action.owners import ActionModule

from tests.support import acting


def run(repository, check=False, **options):
    return acting.run(ActionModule, acting.variables(repository.site), check=check, **options)


def test_a_second_run_changes_nothing(repository):
    file = repository.top / "CODEOWNERS"
    written = file.read_text()
    file.unlink()
    assert run(repository)["changed"]
    assert file.read_text() == written
    assert not run(repository)["changed"]
    assert not run(repository, check=True).get("failed")


def test_check_fails_on_a_stale_file_and_writes_nothing(repository):
    file = repository.top / "CODEOWNERS"
    file.write_text(file.read_text() + "* @me\n")
    result = run(repository, check=True)
    assert result["failed"] and "stale" in result["msg"]
    assert file.read_text().endswith("* @me\n")


def test_the_file_that_the_forge_reads_is_the_one(repository):
    (repository.top / ".github").mkdir()
    (repository.top / "CODEOWNERS").rename(repository.top / ".github/CODEOWNERS")
    assert run(repository)["path"] == str(repository.top / ".github/CODEOWNERS")
    named = repository.top / "docs.owners"
    assert run(repository, codeowners=str(named))["path"] == str(named)
    assert named.read_text() == (repository.top / ".github/CODEOWNERS").read_text()


def test_somebody_elses_file_is_kept(repository):
    file = repository.top / "CODEOWNERS"
    file.write_text("* @team\n")
    assert run(repository)["failed"]
    assert file.read_text() == "* @team\n"


def test_a_site_with_errors_or_outside_of_git_is_refused(repository, tmp_path, monkeypatch):
    units = repository.site / "roster/units.yml"
    units.write_text(units.read_text() + "  - code: x\n")
    (repository.top / "CODEOWNERS").unlink()
    assert run(repository)["failed"]
    assert not (repository.top / "CODEOWNERS").exists()
    units.write_text(units.read_text().removesuffix("  - code: x\n"))
    assert not run(repository).get("failed")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (repository.top / ".git").rename(tmp_path / "gone")
    assert run(repository)["failed"]
