"""What goes to the directory host, and what keeps everything from going there."""

from __future__ import annotations

import gzip
import json
import shutil
from base64 import b64encode
from datetime import date

import pytest
from ansible_collections.congvu.mail.plugins.action import mailboxes

from tests.support import acting

HASH = "{SSHA}" + b64encode(bytes(24)).decode()
GIVEN = {"suffix": "dc=gialai,dc=gov,dc=vn", "operators": ["age1x"]}


@pytest.fixture(autouse=True)
def day(monkeypatch):
    monkeypatch.setattr(mailboxes, "today", lambda: date(2026, 11, 22))


@pytest.fixture
def host(tmp_path):
    folder = tmp_path / "host"
    folder.mkdir()
    return acting.Host({"changed": True}, folder)


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(f"address,name,password\nthuyctp.stttt@gialai.gov.vn,Cao Thị Phương Thuý,{HASH}\n")
    return path


def run(repository, host, **options):
    variables = acting.variables(repository.site)
    variables["regulation"]["lifecycle"]["create_working_days"] = 3  # UB-6.1b
    return acting.run(mailboxes.ActionModule, variables, host=host, **GIVEN | options)


def sent(host):
    return [json.loads(line) for line in gzip.decompress(host.files["accounts.jsonl.gz"]).splitlines()]


def test_all_accounts_go_there_at_once_with_the_register(repository, host):
    assert run(repository, host, by="lan", change_limit=3)["changed"]
    assert host.modules == ["congvu.mail.mailboxes_apply"]
    [options] = host.sent
    assert options == GIVEN | {
        "by": "lan",
        "change_limit": 3,
        "accounts": f"{host.folder}/accounts.jsonl.gz",
        "register": f"{host.folder}/register.csv",
    }
    primary = {row.holder for row in repository.load().register if row.kind == "primary"}
    assert {account["id"] for account in sent(host) if account["status"] == "active"} == primary
    assert host.files["register.csv"] == (repository.site / "register.csv").read_bytes()
    assert not host.folder.exists()


def test_a_site_with_an_error_sends_nothing_and_shows_it(repository, host, capsys):
    units = repository.site / "roster/units.yml"
    units.write_text(units.read_text() + "  - code: x\n")
    result = run(repository, host)
    assert result["failed"] and result["msg"].startswith("Nothing was changed: ")
    assert "roster/units.yml:" in capsys.readouterr().out
    assert not host.modules


def test_a_register_that_is_behind_sends_nothing(repository, host, capsys):
    register = repository.site / "register.csv"
    lines = register.read_text().splitlines(keepends=True)
    register.write_text("".join(line for line in lines if not line.startswith("baolq.")))
    assert run(repository, host)["failed"]
    assert "register.csv" in capsys.readouterr().out
    assert not host.modules


@pytest.mark.parametrize(
    "options", [{}, {"adopt": "csv"}, {"adopt": "csv", "passwords_change_by": "2020-01-01"}]
)
def test_old_passwords_need_the_kind_of_export_and_a_day_to_come(repository, host, export, options):
    result = run(repository, host, passwords=str(export), **options)
    assert result["failed"] and "passwords_change_by=YYYY-MM-DD" in result["msg"]
    assert not host.modules


def test_an_export_that_cannot_be_read_sends_nothing(repository, host, tmp_path):
    given = {"passwords": str(tmp_path / "none.csv"), "adopt": "csv", "passwords_change_by": "2027-01-31"}
    assert run(repository, host, **given)["failed"]
    assert not host.modules


def test_a_hash_is_in_the_file_and_in_no_option(repository, host, export):
    given = {"passwords": str(export), "adopt": "csv", "passwords_change_by": "2027-01-31"}
    assert "failed" not in run(repository, host, **given)
    assert HASH in json.dumps(sent(host))
    assert "SSHA" not in json.dumps(host.sent)


def test_who_should_have_been_there_before_is_warned_of(repository, host, monkeypatch):
    warned = []
    monkeypatch.setattr("ansible.utils.display.Display.warning", lambda _, text: warned.append(text))
    repository.edit("stttt", GL_0005={"requested_on": "2026-01-02", "request_no": "1/PYC"})
    repository.commit()
    host.answer["late"] = ["GL-0005"]
    run(repository, host, calendar={2026: {"announced": True, "holidays": [], "working": []}})
    assert [account["id"] for account in sent(host) if account.get("late")] == ["GL-0005"]
    [said] = warned
    assert said.startswith("roster/people/stttt.csv:6:requested_on: warning: ")


def test_what_is_not_committed_sends_nothing_unless_that_is_asked_for(repository, host, capsys):
    repository.edit("stttt", GL_0005={"note": "khác"})
    result = run(repository, host)
    assert result["failed"] and result["msg"].startswith("Nothing was changed: ")
    assert "inventories/gialai/roster/people/stttt.csv: error: " in capsys.readouterr().out
    assert not host.modules
    assert "failed" not in run(repository, host, uncommitted=True)
    assert host.modules


def test_outside_of_git_it_warns(repository, host, monkeypatch):
    warned = []
    monkeypatch.setattr("ansible.utils.display.Display.warning", lambda _, text: warned.append(text))
    shutil.rmtree(repository.top / ".git")
    assert "failed" not in run(repository, host)
    [said] = warned
    assert said.startswith("register.csv: warning: this register and roster are not in Git")
