"""The variables of mail.yml that accounts depend on."""

from __future__ import annotations

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.settings import REQUIRED, parse_settings
from samples import VARIABLES


def test_good_settings():
    settings, problems = parse_settings(VARIABLES)
    assert problems == []
    assert (settings.domain, settings.domains) == ("gialai.gov.vn", ("gialai.gov.vn",))
    assert (settings.quota_person_mib, settings.quota_unit_mib) == (2048, 5120)


def test_everything_that_is_missing_at_once():
    settings, problems = parse_settings({})
    assert settings is None
    assert {problem.value for problem in problems} == set(REQUIRED)
    assert all(REQUIRED[problem.value] in problem.mend("vi") for problem in problems)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("mail_domain", "gialai", "value_bad"),
        ("mail_domain", "Gialai.gov.vn", "value_bad"),
        ("mail_domain", "-a.vn", "value_bad"),
        ("mail_domain", "binhdinh.gov.vn", "domain_not_served"),
        ("mail_domains", "gialai.gov.vn", "value_bad"),
        ("mail_domains", ["gialai.gov.vn", 5], "value_bad"),
        ("mail_postmaster", ["stttt"], "value_bad"),
        ("mail_quota_mib", 2048, "value_bad"),
        ("mail_quota_mib", {"person": 2048}, "value_bad"),
        ("mail_quota_mib", {"person": "2G", "unit": 1}, "value_bad"),
        ("mail_quota_mib", {"person": 0, "unit": 1}, "value_bad"),
        ("mail_quota_mib", {"person": True, "unit": 1}, "value_bad"),
        ("mail_language", "fr", "value_unknown"),
        ("mail_support", "hotro@gialai.gov.vn", "value_bad"),
    ],
)
def test_an_impossible_value_names_its_variable(name, value, code):
    settings, problems = parse_settings({**VARIABLES, name: value})
    assert settings is None
    assert (name, code) in {(problem.column, problem.code) for problem in problems}


def test_where_notices_come_from():
    given = {"address": "stttt@gialai.gov.vn", "phone": "0269 3824 404"}
    settings, problems = parse_settings({**VARIABLES, "mail_support": given})
    assert problems == []
    assert settings.support == "stttt@gialai.gov.vn"


def test_every_fault_of_the_support_address_at_once():
    given = {"address": "Hỗ trợ <stttt@gialai.gov.vn>", "phone": 2693824404, "fax": "1"}
    settings, problems = parse_settings({**VARIABLES, "mail_support": given})
    assert settings is None
    assert {(problem.column, problem.code) for problem in problems} == {
        ("mail_support.address", "value_bad"),
        ("mail_support.phone", "value_bad"),
        ("mail_support.fax", "key_unknown"),
    }
