"""The variables of mail.yml: what accounts depend on, and what belongs together."""

from __future__ import annotations

import json

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import as_text
from ansible_collections.congvu.mail.plugins.module_utils.policy.schema import VARIABLES as SCHEMA
from ansible_collections.congvu.mail.plugins.module_utils.policy.settings import parse_variables, settings_of

from tests.support.samples import AGE_KEY, VARIABLES


def parsed(**changed):
    values, problems = parse_variables({**VARIABLES, **changed})
    return values, {(problem.column, problem.code) for problem in problems}


def test_good_settings():
    values, problems = parse_variables(VARIABLES)
    assert problems == []
    settings = settings_of(values, [])
    assert (settings.domain, settings.domains) == ("gialai.gov.vn", ("gialai.gov.vn",))
    assert (settings.quota_person_mib, settings.quota_unit_mib) == (2048, 5120)
    assert settings.support == "postmaster@gialai.gov.vn"


def test_everything_that_is_missing_at_once():
    values, problems = parse_variables({})
    assert settings_of(values, problems) is None
    required = {name: field for name, field in SCHEMA.items() if field.required}
    assert {problem.value: problem.code for problem in problems} == {
        name: "variable_later" if field.later else "variable_missing" for name, field in required.items()
    }
    assert all(f"{problem.value}: " in problem.fix("vi") for problem in problems)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("mail_domain", "gialai", "value_bad"),
        ("mail_domain", "Gialai.gov.vn", "value_bad"),
        ("mail_domain", "-a.vn", "value_bad"),
        ("mail_domain", "binhdinh.gov.vn", "domain_not_served"),
        ("mail_organization", "Ủy ban\nX", "value_bad"),
        ("mail_language", "fr", "value_unknown"),
        ("mail_directory_clients", ["10.66.0.1/16"], "value_bad"),
        ("mail_backup_schedule", "every day", "value_bad"),
        ("mail_backup_schedule", "*:61 x", "value_bad"),
        ("mail_backup_quota", "5M", "value_bad"),
        ("mail_backup_retention", {"daily": -1}, "value_bad"),
        ("mail_operators", [{"name": "A", "age": "age1x"}], "value_bad"),
    ],
)
def test_an_impossible_value_names_its_variable(name, value, code):
    _, found = parsed(**{name: value})
    assert code in {told for column, told in found if column.startswith(name)}


@pytest.mark.parametrize(
    "schedule",
    ["*-*-* *:05:00", "daily", "Mon..Fri 02:00", "Mon,Wed *-*-* 01,13:30", "*:0/15", "*-*~01 3:00"],
)
def test_calendar_events_of_systemd(schedule):
    assert parsed(mail_backup_schedule=schedule)[1] == set()


def test_every_fault_of_the_support_address_at_once():
    given = {"address": "Hỗ trợ <stttt@gialai.gov.vn>", "phone": 2693824404, "fax": "1"}
    values, problems = parse_variables({**VARIABLES, "mail_support": given})
    assert settings_of(values, problems) is None
    assert {(problem.column, problem.code) for problem in problems} == {
        ("mail_support.address", "value_bad"),
        ("mail_support.phone", "yaml_shape"),
        ("mail_support.fax", "key_unknown"),
    }


def test_a_misspelt_name_is_told_with_the_nearest_and_is_not_missing_as_well():
    wrong = {"mail_mesage_size_mib": 30, "mail_colour": "red", "mail_organisation": "Sở A → Sở B"}
    variables = {**VARIABLES, **wrong}
    del variables["mail_message_size_mib"], variables["mail_organization"]
    problems = {problem.column: problem for problem in parse_variables(variables)[1]}
    assert problems.keys() == wrong.keys()
    assert problems["mail_mesage_size_mib"].fix("en") == (
        "did you mean mail_message_size_mib? Write mail_message_size_mib: 30"
    )
    assert problems["mail_organisation"].fix("en") == (
        "did you mean mail_organization? Write mail_organization: Sở A → Sở B"
    )
    assert problems["mail_colour"].code == "variable_unknown"


@pytest.mark.parametrize(("name", "other"), [("_key", ""), ("", "_key")])
def test_a_certificate_needs_its_key(name, other):
    assert parsed(**{f"mail_certificate{name}": "/x.pem"})[1] == {
        (f"mail_certificate{other}", "variable_missing")
    }
    assert parsed(mail_certificate="/x.pem", mail_certificate_key="/x.key")[1] == set()


def test_alerts_go_to_the_support_address_if_nobody_is_named():
    assert parsed()[0]["mail_alerts"] == ["postmaster@gialai.gov.vn"]
    assert parsed(mail_alerts=["a@b.vn"])[0]["mail_alerts"] == ["a@b.vn"]


def test_a_fault_of_a_backup_leaves_the_accounts_as_they_are():
    values, problems = parse_variables({**VARIABLES, "mail_backup_targets": [{"label": "offsite"}]})
    assert [problem.column for problem in problems] == [
        f"mail_backup_targets.1.{key}" for key in ("repositories", "host", "host_key")
    ]
    assert settings_of(values, problems) is not None


def test_two_operators_of_one_key_each():
    given = [{"name": name, "age": AGE_KEY} for name in ("A", "B")]
    assert parsed(mail_operators=given)[1] == set()


@pytest.mark.parametrize(
    "given", [{"mail_archive_keys": ["{}"]}, {"mail_operators": [{"name": "a", "age": "{}"}]}]
)
def test_a_private_key_given_for_a_public_one_is_not_shown(given):
    key = "AGE-SECRET-KEY-1" + "QXYZ" * 14 + "QQ"
    changed = json.loads(json.dumps(given).replace("{}", key))
    _, problems = parse_variables({**VARIABLES, **changed})
    assert problems and "XYZ" not in as_text(problems)
