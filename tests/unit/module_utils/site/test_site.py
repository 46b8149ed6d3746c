"""A site as a whole, and the two that the project ships."""

from __future__ import annotations

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.site.site import (
    load_site,
    resolve_site,
    site_accounts,
    stale,
    validate_site,
)

from tests.support.samples import (
    DAY,
    GROUPS,
    ROOT,
    VARIABLES,
    gialai,
    issue,
    load,
    person,
    places,
    shipped_variables,
    write_site,
)


def shipped(name):
    return load_site(ROOT / "inventories" / name, shipped_variables(name), GROUPS)


@pytest.mark.parametrize("name", ["gialai", "lab"])
def test_the_shipped_inventories_lack_nothing_but_keys(name):
    site = shipped(name)
    resolution = resolve_site(site, DAY)
    remarks = validate_site(site, resolution)
    wanted = {"mail_archive_keys", "mail_operators"}
    assert {(problem.code, problem.column) for problem in remarks} == {
        ("variable_later", name) for name in wanted
    }
    assert not stale(site, resolution)


@pytest.mark.parametrize("name", ["gialai", "lab"])
def test_the_examples_of_the_decision(name):
    accounts, problems = site_accounts(shipped(name), DAY)
    assert problems == []
    by_name = {account["name"]: account["address"].partition("@")[0] for account in accounts}
    assert by_name["Cao Thị Phương Thuý"] == "thuyctp.stttt"
    assert by_name["Trương Hoàng Tiến Minh"] == "tienminhth.stttt"
    assert by_name["Trần Huỳnh Tấn Minh"] == "tanminhth.stttt"
    assert by_name["Trần Đình Nguyên"] == "nguyentd.dakpo"
    assert by_name["Ủy ban nhân dân huyện Đăk Đoa"] == "ubnddakdoa"
    assert {"stttt", "cntt.stttt", "vhtt.dakdoa", "ubnddakpo"} < set(by_name.values())
    officers = [
        account for account in accounts if account["kind"] == "person" and "stttt" in account["address"]
    ]
    assert len(officers) == 6


def test_what_the_inventory_lacks(tmp_path):
    variables = {"regulation": gialai(), "mail_hostname": "mail.gialai.gov.vn"}
    site = load_site(write_site(tmp_path, {"stttt": []}), variables, {"mx": ["mx1"], "store": []})
    problems = validate_site(site, resolve_site(site, DAY))
    missing = {"group_missing", "variable_missing", "variable_later"}
    found = {problem.value for problem in problems if problem.code in missing}
    assert found == {"directory", "store", *VARIABLES} - {"mail_hostname"}


def test_faults_of_regulation_settings_and_roster_come_together(tmp_path):
    write_site(tmp_path, {"stttt": [person(1, "Lê Nam 2")]})
    site = load(tmp_path, {"decision": "x"}, mail_quota_mib=None)
    found = {problem.file for problem in validate_site(site, resolve_site(site, DAY))}
    assert found == {"group_vars/all/mail.yml", "group_vars/all/regulation.yml", "roster/people/stttt.csv"}


def test_without_a_regulation(tmp_path):
    folder = write_site(tmp_path, {"stttt": []})
    site = load_site(folder, {})
    assert ("variable_missing", "group_vars/all/regulation.yml", 0, "regulation") in places(site.problems)
    assert not site.sound


def test_broken_units_make_nothing_else_unknown(tmp_path):
    site = load(write_site(tmp_path, {"stttt": [person(1, "Lê Nam")]}, "units: ["))
    problems = validate_site(site, resolve_site(site, DAY))
    assert places(problems) == {("yaml_syntax", "roster/units.yml", 1, "")}


def test_a_mover_without_the_new_address_keeps_the_directory_as_it_is(tmp_path):
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")], "stttt": []}))
    moved = {"snv": [], "stttt": [person(1, "Lê Nam", decision_no="3/QĐ", decision_date="2026-01-01")]}
    write_site(tmp_path, moved)
    problems = site_accounts(load(tmp_path), DAY)[1]
    assert {(problem.code, problem.value) for problem in problems} == {
        ("register_behind", "naml.stttt@gialai.gov.vn"),
        ("register_behind", "naml.snv@gialai.gov.vn"),
    }
    issue(tmp_path)
    assert site_accounts(load(tmp_path), DAY)[1] == []


@pytest.mark.parametrize("name", ["bdt (1)", "nowhere"])
def test_registered_people_in_a_file_of_no_unit_are_a_problem_of_the_file(tmp_path, name):
    issue(write_site(tmp_path, {"bdt": [person(1, "Lê Nam"), person(2, "Lê Bắc")]}))
    people = tmp_path / "roster/people"
    (people / "bdt.csv").rename(people / f"{name}.csv")
    site = load(tmp_path)
    found = places(validate_site(site, resolve_site(site, DAY)))
    assert ("unit_unknown", f"roster/people/{name}.csv", 0, "") in found
    assert site_accounts(site, DAY)[0] == []
