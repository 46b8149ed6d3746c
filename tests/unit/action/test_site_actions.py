"""What the actions on a site's files do and refuse; tests/playbooks has the playbooks around them."""

from __future__ import annotations

import json
from datetime import date

import pytest
from ansible.errors import AnsibleActionFail
from ansible_collections.congvu.mail.plugins.action import (
    register,
    report,
    restructure,
    roster_import,
    validate,
)

from tests.support import acting
from tests.support.samples import person

CALENDAR = {2026: {"announced": True, "holidays": [], "working": []}}


@pytest.fixture(autouse=True)
def day(monkeypatch):
    for action in (report, restructure, roster_import):
        monkeypatch.setattr(action, "today", lambda: date(2026, 11, 22))


@pytest.fixture
def broken(repository):
    units = repository.site / "roster/units.yml"
    units.write_text(units.read_text() + "  - code: x\n")
    return repository


def files(repository):
    return {path: path.read_bytes() for path in repository.site.rglob("*") if path.is_file()}


def run(action, repository, **options):
    variables = acting.variables(repository.site)
    variables["regulation"]["lifecycle"]["create_working_days"] = 3  # UB-6.1b
    return acting.run(action.ActionModule, variables, **options)


def test_a_sound_site_is_valid_and_a_report_is_written(repository, tmp_path):
    file = tmp_path / "reports/report.json"
    result = run(validate, repository, report="json", report_file=str(file))
    assert not result["failed"] and not result["changed"]
    assert json.loads(file.read_text())["errors"] == 0


def test_an_error_fails_and_changes_nothing(broken):
    before = files(broken)
    assert run(validate, broken)["failed"]
    assert run(register, broken)["msg"].startswith("Nothing was changed: 2 errors")
    assert files(broken) == before


def test_the_author_of_a_change_needs_its_base(repository):
    with pytest.raises(AnsibleActionFail, match="missing parameter"):
        run(validate, repository, author="a@gialai.gov.vn")


def test_a_newcomer_gets_a_row_once(repository):
    repository.edit("stttt", person("GL-0900", "Đinh Thị Mai", "1999-01-01", decision_date="2026-01-01"))
    stale = run(register, repository, check=True)
    assert stale["failed"] and "1 lines differ" in stale["msg"]
    before = files(repository)
    assert "GL-0900" not in (repository.site / "register.csv").read_text()
    written = run(register, repository)
    assert written["changed"] and written["added"] == 1
    assert "GL-0900" in written["diff"]["after"] and "GL-0900" not in written["diff"]["before"]
    assert {path.name for path, data in files(repository).items() if before[path] != data} == {"register.csv"}
    assert not run(register, repository)["changed"]


def test_the_figures_get_the_requests_that_wait(repository, tmp_path):
    repository.edit("stttt", GL_0005={"requested_on": "2026-01-02", "request_no": "1/PYC"})
    figures = {"persons": ["GL-0001"], "day": "2026-11-22"}
    file = tmp_path / "figures.json"
    said = {"figures": figures, "calendar": CALENDAR, "report": "json", "report_file": str(file)}
    assert run(report, repository, **said)["late"] == 1
    assert "GL-0005" in file.read_text()
    figures["persons"].append("GL-0005")
    assert run(report, repository, **said)["late"] == 0


def test_figures_need_a_calendar_that_can_be_read(repository):
    result = run(report, repository, figures={"persons": []}, calendar={"year": 1})
    assert result["failed"] and result["msg"].startswith("Nothing was changed: ")


def test_a_list_is_imported_and_not_in_check_mode(repository, tmp_path):
    source = tmp_path / "list.csv"
    source.write_text("Họ và tên,Ngày sinh,Chức vụ\nĐinh Thị Mai,01/01/1999,Chuyên viên\n")
    before = files(repository)
    planned = run(roster_import, repository, source=str(source), unit="stttt", check=True)
    assert planned["changed"] and planned["counts"]["added"] == 1 and files(repository) == before
    run(roster_import, repository, source=str(source), unit="stttt")
    assert "Đinh Thị Mai" in (repository.site / "roster/people/stttt.csv").read_text()


def test_a_list_that_is_not_there_fails(repository, tmp_path):
    result = run(roster_import, repository, source=str(tmp_path / "none.xlsx"), unit="stttt")
    assert result["failed"] and not result["changed"]


def test_a_mapping_that_is_not_there_fails(repository, tmp_path):
    before = files(repository)
    result = run(restructure, repository, mapping=str(tmp_path / "none.yml"))
    assert result["failed"] and result["msg"].endswith("; nothing was changed")
    assert files(repository) == before
