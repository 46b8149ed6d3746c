"""Which folder is the site of a play, and what its inventory must not set."""

from __future__ import annotations

import pytest
from ansible_collections.congvu.mail.plugins.plugin_utils import inventory
from ansible_collections.congvu.mail.plugins.plugin_utils.inventory import (
    PIPELINE_USERS,
    language,
    site_folder,
    site_variables,
    who_acts,
)


class Templar:
    def template(self, variable):
        return variable

    def copy_with_new_env(self, **_):
        return self


@pytest.fixture
def site(tmp_path):
    (tmp_path / "site/roster").mkdir(parents=True)
    (tmp_path / "site/hosts.yml").touch()
    return tmp_path / "site"


@pytest.mark.parametrize("source", [".", "hosts.yml"])
def test_the_folder_given_with_i_or_the_folder_of_a_file_in_it(source, site):
    assert site_folder(Templar(), {"ansible_inventory_sources": [str(site / source)]}) == site


def test_the_one_that_has_a_roster(site, tmp_path):
    sources = [str(tmp_path), str(site / "hosts.yml")]
    assert site_folder(Templar(), {"ansible_inventory_sources": sources}) == site


def test_mail_site_dir_wins(site, tmp_path):
    variables = {"ansible_inventory_sources": [str(site)], "mail_site_dir": str(tmp_path)}
    assert site_folder(Templar(), variables) == tmp_path


@pytest.mark.parametrize(
    ("variables", "expected"), [({}, "vi"), ({"mail_language": "en"}, "en"), ({"mail_language": 3}, "vi")]
)
def test_language(variables, expected):
    assert language(variables) == expected


def test_a_variable_of_one_host_is_told_with_the_host():
    class Hosts(dict):
        raw_get = dict.get

    given = {"mail_domain": "gialai.gov.vn", "inventory_dir": "/site"}
    hosts = Hosts(localhost=given, mx1=given | {"mail_domain": "a.vn"}, mx2=given)
    _, problems = site_variables(Templar(), {"hostvars": hosts, "groups": {"all": ["mx1", "mx2"]}})
    assert [problem.message("en") for problem in problems] == [
        'the variable "mail_domain" has another value on the host mx1'
    ]


def test_a_setting_that_a_role_makes_itself_is_told_with_the_variable_that_governs_it():
    given = {"postfix_parameters": {"message_size_limit": 1}, "inventory_dir": "/site"}
    [problem] = site_variables(Templar(), given)[1]
    assert problem.message("en") == '"message_size_limit" is set by the role postfix itself'
    assert problem.fix("en") == "remove it from postfix_parameters; it follows postfix_message_size_mib"


@pytest.mark.parametrize("error", [KeyError, OSError])
def test_a_user_without_a_name_is_a_number(tmp_path, monkeypatch, error):
    def nobody():
        raise error

    monkeypatch.setattr("getpass.getuser", nobody)
    assert who_acts(tmp_path, "hoa@b.vn") == ("hoa@b.vn", [])


def test_a_sample_that_was_deleted_is_held_against_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(inventory, "SAMPLE_SITES", tmp_path)
    assert inventory._check_new_site({"mail_sample": "gialai"}, {}) == []


def test_who_acts_is_a_person_as_far_as_anything_says_who(tmp_path, monkeypatch):
    for name in (*PIPELINE_USERS, "SUDO_USER", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_NAME"):
        monkeypatch.delenv(name, raising=False)
    for name in ("GLOBAL", "SYSTEM"):
        monkeypatch.setenv(f"GIT_CONFIG_{name}", str(tmp_path / "none"))
    monkeypatch.setenv("LOGNAME", "root")
    account, (problem,) = who_acts(tmp_path, "")
    assert (
        account.startswith("root@") and problem.code == "operator_unknown" and problem.severity == "warning"
    )
    monkeypatch.setenv("LOGNAME", "lan")
    account, problems = who_acts(tmp_path, "")
    assert account.startswith("lan@") and not problems
    for name, value in (
        ("SUDO_USER", "minh"), ("GIT_AUTHOR_EMAIL", "minh@b.vn"), ("GITHUB_ACTOR", "thuynt"),
        ("GITLAB_USER_EMAIL", "thuynt@b.vn"),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
        assert who_acts(tmp_path, "") == (value, [])
    assert who_acts(tmp_path, "hoa@b.vn") == ("hoa@b.vn", [])
