"""CODEOWNERS, written into the repository that the inventory is in."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import yaml
from ansible_collections.congvu.mail.plugins.action.owners import ActionModule
from repository import Repository


class Templar:
    def template(self, variable):
        return variable

    def copy_with_new_env(self, **_):
        return self


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path / "clone")


def run(repository, check=False, **arguments):
    variables = {"mail_site_dir": str(repository.site)}
    for file in (repository.site / "group_vars/all").iterdir():
        variables |= yaml.safe_load(file.read_text())
    task = SimpleNamespace(args=arguments, check_mode=check, async_val=0, action="congvu.mail.owners")
    connection = SimpleNamespace(_shell=SimpleNamespace(tmpdir="/nowhere"))  # asked of, and not used
    action = ActionModule(
        task=task,
        connection=connection,
        play_context=None,
        loader=None,
        templar=Templar(),
        shared_loader_obj=None,
    )
    return action.run(task_vars=variables)


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
