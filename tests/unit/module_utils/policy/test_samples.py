"""What is left of a sample in a site that was made from it: blanks, and values that are the sample's."""

from __future__ import annotations

import copy

import pytest
import yaml
from ansible_collections.congvu.mail.plugins.module_utils.policy.policy import read_policy
from ansible_collections.congvu.mail.plugins.module_utils.policy.samples import (
    OWN,
    check_new_site,
    cited_articles,
    sample_of,
    without_consequences,
)
from ansible_collections.congvu.mail.plugins.module_utils.policy.schema import SAMPLES
from ansible_collections.congvu.mail.plugins.module_utils.policy.schema import VARIABLES as FIELDS

from tests.support.samples import GROUPS, ROOT, VARIABLES, shipped_variables

VARIABLE = FIELDS["mail_organization"]


def samples():
    return {name: sample_of(name, shipped_variables(name)) for name in SAMPLES}


def found(variables, groups=None, sample=None):
    return [(one.code, one.file, one.column) for one in check_new_site(variables, groups, sample)]


@pytest.mark.parametrize("name", SAMPLES)
def test_all_that_is_the_own_of_a_sample_is_known(name):
    sample = samples()[name]
    assert set(sample.values) == set(OWN)
    assert sample.domains[-1] == shipped_variables(name)["mail_domain"]


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_left_of_a_sample_is_named(name):
    variables = shipped_variables(name)
    groups = yaml.safe_load((ROOT / "inventories" / name / "hosts.yml").read_text())["all"]["children"]
    groups = {group: list(below["hosts"]) for group, below in groups.items()}
    left = found(variables, groups, samples()[name])
    mail = "group_vars/all/mail.yml"
    wanted = ("mail_domain", "mail_domains", "mail_hostname", "mail_organization")
    assert {("sample_left", mail, path) for path in wanted} <= set(left)
    assert ("sample_left", mail, "mail_support.address") in left
    assert ("sample_left", mail, "mail_support.phone") in left
    assert ("sample_left", "group_vars/all/regulation.yml", "regulation.decision") in left
    assert [place for code, file, place in left if file == "hosts.yml"] == [
        f"all.children.{group}.hosts.{host}" for group, hosts in groups.items() for host in hosts
    ]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_itself_has_nothing_left(name):
    assert found(shipped_variables(name), {}, None) == []


def test_the_rules_of_a_sample_are_meant_to_be_kept():
    variables = {"regulation": copy.deepcopy(shipped_variables("cema")["regulation"])}
    variables["regulation"]["decision"] = "12/QĐ-UBND"
    assert found(variables, {"mx": ["mx1.binhthuan.gov.vn"]}, samples()["cema"]) == []


def test_a_domain_is_found_in_whatever_holds_it_and_nowhere_else():
    sample = samples()["gialai"]
    given = {
        "mail_certificate": "/etc/mail.gialai.gov.vn.pem",
        "mail_alerts": ["a@gialai.gov.vn", "b@tinhgialai.gov.vn"],
        "mail_backup_targets": [{"host": "old-gialai.gov.vn", "repositories": "ssh://u@gialai.gov.vn/x"}],
    }
    assert [place for _, _, place in found(given, None, sample)] == [
        "mail_certificate",
        "mail_alerts",
        "mail_backup_targets.1.repositories",
    ]


def test_a_blank_is_an_error_of_any_site_and_the_only_one_at_its_place():
    variables = VARIABLES | {
        "mail_organization": "FILL-IN",
        "mail_operators": [{"name": "FILL-IN", "age": "age1..."}],
        "postfix_parameters": {"smtp_helo_timeout": "FILL-IN"},
    }
    problems = check_new_site(variables, GROUPS | {"mx": ["mx1.FILL-IN-DOMAIN"]}, None)
    assert [(one.column, one.detail) for one in problems] == [
        ("mail_organization", f"{VARIABLE.vi} ({VARIABLE.en})"),
        ("mail_operators.1.name", "họ tên (name)"),
        ("postfix_parameters.smtp_helo_timeout", "postfix_parameters.smtp_helo_timeout"),
        ("all.children.mx.hosts.mx1.FILL-IN-DOMAIN", "tên máy chủ (name of the host)"),
    ]  # fmt: skip


def test_what_follows_from_a_blank_is_not_told():
    variables = VARIABLES | {"mail_domain": "FILL-IN-DOMAIN"}
    _, problems = read_policy(variables | {"regulation": shipped_variables("gialai")["regulation"]})
    problems += check_new_site(variables, None, None)
    assert len(problems) == 2
    assert [one.code for one in without_consequences(problems)] == ["blank_left"]


def test_comments_that_cite_the_sample_are_one_warning():
    text = "a: 1  # GL-7.2c\nb: 2  # QT-3\n# GL-11: c\nGL-1: 3\n"
    (problem,) = cited_articles("gialai", text)
    assert (problem.row, problem.value, problem.detail) == (1, "GL-7.2c", "1, 3")
    assert cited_articles("dongnai", text) == []
