"""What the directory should hold."""

from __future__ import annotations

from datetime import date

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.accounts.desired import desired_accounts
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import errors
from ansible_collections.congvu.mail.plugins.module_utils.policy.terms import LifecycleTerms
from ansible_collections.congvu.mail.plugins.module_utils.register.rows import (
    Row,
    dump_register,
    write_register,
)
from ansible_collections.congvu.mail.plugins.module_utils.site.site import site_accounts

from tests.support.samples import DAY, gialai, issue, load, person, places, unit, write_site


def accounts_of(folder, today=DAY, **variables):
    accounts, problems = site_accounts(load(folder, **{"mail_postmaster": "snv", **variables}), today)
    assert problems == []
    return {account["id"]: account for account in accounts}


def test_person_and_unit(tmp_path):
    units = [unit("snv"), unit("tc", "department", parent="snv", aliases=["taichinh.snv"])]
    row = person("CB-1", "Ksor H'Lan", title="Chuyên viên", department="tc")
    issue(write_site(tmp_path, {"snv": [row]}, units))
    accounts = accounts_of(tmp_path, mail_quota_mib={"person": 100, "unit": 200})
    assert accounts["CB-1"] == {
        "kind": "person",
        "id": "CB-1",
        "address": "hlank.snv@gialai.gov.vn",
        "addresses": ["hlank.snv@gialai.gov.vn"],
        "name": "Ksor H'Lan",
        "surname": "Ksor",
        "given": "H'Lan",
        "title": "Chuyên viên",
        "unit": "tc.snv",
        "quota_mib": 100,
        "status": "active",
        "contact": "snv@gialai.gov.vn",
        "tokens": accounts["CB-1"]["tokens"],
    }
    assert accounts["tc.snv"] == {
        "kind": "unit",
        "id": "tc.snv",
        "address": "tc.snv@gialai.gov.vn",
        "addresses": ["taichinh.snv@gialai.gov.vn", "tc.snv@gialai.gov.vn"],
        "name": "Đơn vị tc",
        "surname": "",
        "given": "",
        "title": "",
        "unit": "tc.snv",
        "quota_mib": 200,
        "status": "active",
        "contact": "snv@gialai.gov.vn",
        "tokens": accounts["tc.snv"]["tokens"],
    }


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        ({"status": "leave", "status_until": "2026-06-30", "status_reason": "học"}, "active"),
        ({"status": "locked", "status_reason": "lộ mật khẩu"}, "locked"),
        ({"status": "left", "decision_no": "1", "decision_date": "2026-01-01"}, "left"),
    ],
)
def test_status(cells, status, tmp_path):
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")]}))
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam", **cells)]}))
    account = accounts_of(tmp_path)["1"]
    assert (account["status"], account["address"]) == (status, "naml.snv@gialai.gov.vn")


def test_who_left_keeps_the_addresses_of_the_last_day(tmp_path):
    moved = person(1, "Lê Nam", decision_no="2/QĐ", decision_date="2025-01-01")
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")], "stc": []}))
    issue(write_site(tmp_path, {"snv": [], "stc": [moved]}))
    left = person(1, "Lê Nam", status="left", decision_no="3/QĐ", decision_date="2026-01-01")
    issue(write_site(tmp_path, {"snv": [], "stc": [left]}))
    account = accounts_of(tmp_path)["1"]
    assert account["address"] == "naml.stc@gialai.gov.vn"
    assert account["addresses"] == ["naml.snv@gialai.gov.vn", "naml.stc@gialai.gov.vn"]


def test_a_retired_alias_is_no_address_of_its_holder(tmp_path):
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")]}))
    past = Row("nam@gialai.gov.vn", "1", "tombstone", "snv", "2020-01-01", "2021-01-01", "alias, expired")
    write_register(tmp_path, dump_register([*load(tmp_path).register, past]))
    assert accounts_of(tmp_path)["1"]["addresses"] == ["naml.snv@gialai.gov.vn"]


def test_a_leaver_whose_rows_are_in_use_makes_the_register_stale(tmp_path):
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")]}))
    left = person(1, "Lê Nam", status="left", decision_no="3/QĐ", decision_date="2026-01-01")
    _, problems = site_accounts(load(write_site(tmp_path, {"snv": [left]}), mail_postmaster="snv"), DAY)
    assert places(problems) == {("register_stale", "roster/people/snv.csv", 2, "person_id")}


def test_a_dissolved_unit_whose_rows_are_in_use_makes_the_register_stale(tmp_path):
    issue(write_site(tmp_path, {}, [unit("snv"), unit("old")]))
    write_site(tmp_path, {}, [unit("snv"), unit("old", status="dissolved", successor="snv")])
    _, problems = site_accounts(load(tmp_path, mail_postmaster="snv"), DAY)
    assert ("register_stale", "roster/units.yml", 5, "code") in places(problems)


def test_of_who_left_a_retired_alias_is_not_kept(tmp_path):
    person_left = person(1, "Lê Nam", status="left", decision_no="3/QĐ", decision_date="2026-01-01")
    rows = [
        Row("naml.snv@gialai.gov.vn", "1", "tombstone", "snv", "2020-01-01", "2026-01-01", "left 3/QĐ"),
        Row("nam@gialai.gov.vn", "1", "tombstone", "snv", "2020-01-01", "2021-01-01", "alias, expired"),
    ]
    write_register(write_site(tmp_path, {"snv": [person_left]}), dump_register(rows))
    issue(tmp_path)
    assert accounts_of(tmp_path)["1"]["addresses"] == ["naml.snv@gialai.gov.vn"]


def test_a_dissolved_unit_keeps_its_account(tmp_path):
    issue(write_site(tmp_path, {}, [unit("snv"), unit("old")]))
    issue(write_site(tmp_path, {}, [unit("snv"), unit("old", status="dissolved", successor="snv")]))
    account = accounts_of(tmp_path)["old"]
    assert (account["status"], account["address"]) == ("closing", "old@gialai.gov.vn")


def test_a_dissolved_unit_and_its_namesake_have_an_account_each(tmp_path):
    district = unit("dakdoa", "locality", name="UBND huyện Đăk Đoa")
    issue(write_site(tmp_path, {}, [unit("snv"), district]))
    ended = district | {"status": "dissolved", "successor": "dakdoa"}
    commune = unit("dakdoa", "locality", name="UBND xã Đak Đoa", mailbox="ubndxadakdoa")
    issue(write_site(tmp_path, {}, [unit("snv"), ended, commune]))
    accounts = accounts_of(tmp_path)
    old, new = accounts["ubnddakdoa@gialai.gov.vn"], accounts["dakdoa"]
    assert (old["address"], old["status"], old["name"]) == (
        "ubnddakdoa@gialai.gov.vn",
        "closing",
        "UBND huyện Đăk Đoa",
    )
    assert (new["addresses"], new["status"]) == (["ubndxadakdoa@gialai.gov.vn"], "active")
    assert old["store_id"] == "dakdoa" != new["store_id"]


def test_a_second_post_gives_no_second_mailbox(tmp_path):
    batch = {"snv": [person(1, "Lê Nam")], "stc": [person(1, "Lê Nam", status="second_post")]}
    issue(write_site(tmp_path, batch))
    people = [account for account in accounts_of(tmp_path).values() if account["kind"] == "person"]
    assert [account["address"] for account in people] == ["naml.snv@gialai.gov.vn"]


def test_postmaster_and_abuse_of_every_domain(tmp_path):
    issue(write_site(tmp_path, {"snv": [], "stc": []}))
    accounts = accounts_of(tmp_path, mail_domains=["gialai.gov.vn", "binhdinh.gov.vn"])
    assert accounts["snv"]["addresses"] == [
        "abuse@binhdinh.gov.vn",
        "abuse@gialai.gov.vn",
        "postmaster@binhdinh.gov.vn",
        "postmaster@gialai.gov.vn",
        "snv@gialai.gov.vn",
    ]
    assert accounts["stc"]["addresses"] == ["stc@gialai.gov.vn"]


def test_aliases_and_old_domains_belong_to_their_holder(tmp_path):
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")]}))
    domains = ["gialai.gov.vn", "binhdinh.gov.vn"]
    old = [
        Row("nam.cu@gialai.gov.vn", "1", "alias", "snv"),
        Row("a@binhdinh.gov.vn", "1", "alias", "snv"),
    ]
    register = load(tmp_path).register
    write_register(tmp_path, dump_register([*register, *old]))
    account = accounts_of(tmp_path, mail_domains=domains)["1"]
    assert account["address"] == "naml.snv@gialai.gov.vn"
    assert account["addresses"] == ["a@binhdinh.gov.vn", "nam.cu@gialai.gov.vn", "naml.snv@gialai.gov.vn"]


def test_an_unknown_postmaster_is_a_problem(tmp_path):
    issue(write_site(tmp_path, {"snv": []}))
    _, problems = site_accounts(load(tmp_path, mail_postmaster="vp"), DAY)
    assert places(problems) == {("unit_unknown", "group_vars/all/mail.yml", 0, "mail_postmaster")}


def test_a_stale_register_names_who_is_missing(tmp_path):
    issue(write_site(tmp_path, {"snv": []}))
    folder = write_site(tmp_path, {"snv": [person(1, "Lê Nam")], "stc": []})
    site = load(folder, mail_postmaster="snv")
    _, problems = desired_accounts(site.roster, site.register, site.settings, LifecycleTerms(), DAY)
    assert places(problems) == {
        ("register_stale", "roster/people/snv.csv", 2, "person_id"),
        ("register_stale", "roster/units.yml", 5, "code"),
    }


def test_any_error_of_the_site_gives_no_accounts_at_all(tmp_path):
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")]}))
    write_site(tmp_path, {"snv": [person(1, "Lê Nam"), person(2, "Lê Nam 2")]})
    accounts, problems = site_accounts(load(tmp_path, mail_postmaster="snv"), DAY)
    assert accounts == []
    assert errors(problems)


def test_a_row_that_is_merely_gone_is_a_warning(tmp_path):
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")]}))
    site = load(write_site(tmp_path, {"snv": []}), mail_postmaster="snv")
    assert site.sound
    assert ("register_holder_gone", "register.csv", 0, "holder") in places(site.problems)


def test_a_dissolved_unit_answers_until_its_day_and_has_left_then(tmp_path):
    issue(write_site(tmp_path, {}, [unit("snv"), unit("old")]))
    issue(write_site(tmp_path, {}, [unit("snv"), unit("old", status="dissolved", successor="snv")]))
    rule = gialai() | {"lifecycle": {"reply_months": 2, "keep_months": 3}}

    def seen(today):
        accounts, _ = site_accounts(load(tmp_path, rule, mail_postmaster="snv"), today)
        [one] = [account for account in accounts if account["id"] == "old"]
        return one["status"], one["until"], one["keep_until"]

    assert DAY.isoformat() == "2026-01-02"
    assert seen(date(2026, 3, 2)) == ("closing", "2026-03-02", "2026-06-02")
    assert seen(date(2026, 3, 3)) == ("left", "2026-03-02", "2026-06-02")


@pytest.mark.parametrize(("title", "kept"), [("Giám đốc  Sở", "2027-01-31"), ("Chuyên viên", "2026-04-30")])
def test_the_mail_of_who_left_is_kept_by_rank(title, kept, tmp_path):
    rule = gialai() | {"lifecycle": {"keep_months": 3, "keep_titles": {"Giám đốc Sở": 12}}}
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")]}), rule)
    gone = person(1, "Lê Nam", title=title, status="left", decision_no="1", decision_date="2026-01-31")
    issue(write_site(tmp_path, {"snv": [gone]}), rule)
    accounts, _ = site_accounts(load(tmp_path, rule, mail_postmaster="snv"), DAY)
    assert [account["keep_until"] for account in accounts if account["id"] == "1"] == [kept]


def test_a_leave_has_its_last_day(tmp_path):
    away = {"status": "leave", "status_until": "30/06/2026", "status_reason": "học"}
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam", **away), person(2, "Trần Bình")]}))
    accounts = accounts_of(tmp_path)
    assert accounts["1"]["leave_until"] == "2026-06-30"
    assert "leave_until" not in accounts["2"]


def test_who_is_asked_in_the_place_of_an_account(tmp_path):
    units = [
        unit("snv"),
        unit("chicuc", parent="snv"),
        unit("tc", "department", parent="snv"),
        unit("to1", "department", parent="tc.snv"),
        unit("tructuyen", "role"),
        unit("cu", status="active"),
        unit("cu2", status="active"),
    ]
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam", department="tc")]}, units), mail_postmaster="snv")
    units[5] = unit("cu", status="dissolved", successor="cu2")
    units[6] = unit("cu2", status="dissolved", successor="tc.snv")
    issue(write_site(tmp_path, {}, units), mail_postmaster="snv")
    asked = {
        holder: account["contact"].partition("@")[0] for holder, account in accounts_of(tmp_path).items()
    }
    assert asked == {
        "1": "snv",
        "tc.snv": "snv",
        "to1.tc.snv": "snv",
        "chicuc.snv": "snv",
        "snv": "snv",  # nobody above: who runs the system
        "tructuyen": "snv",
        "cu": "tc.snv",  # a successor itself, also a department
        "cu2": "tc.snv",
    }


def test_successors_that_run_in_a_circle_end_with_who_runs_the_system(tmp_path):
    issue(write_site(tmp_path, {}, [unit("snv"), unit("a"), unit("b")]))
    circle = [unit("a", status="dissolved", successor="b"), unit("b", status="dissolved", successor="a")]
    issue(write_site(tmp_path, {}, [unit("snv"), *circle]))
    assert accounts_of(tmp_path)["a"]["contact"] == "snv@gialai.gov.vn"


def test_a_unit_is_its_heads(tmp_path):
    units = [unit("snv", head="1"), unit("stc")]
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")]}, units))
    accounts = accounts_of(tmp_path)
    assert accounts["snv"]["owner"] == "1"
    assert "owner" not in accounts["stc"]


def test_in_the_place_of_people_of_a_dissolved_unit_its_successor_is_asked(tmp_path):
    units = [unit("snv"), unit("stc"), unit("cu")]
    issue(write_site(tmp_path, {"cu": [person(1, "Lê Nam")]}, units))
    gone = person(1, "Lê Nam", status="left", decision_no="1", decision_date="2026-01-01")
    units[2] = unit("cu", status="dissolved", successor="stc")
    issue(write_site(tmp_path, {"cu": [gone]}, units))
    assert accounts_of(tmp_path)["1"]["contact"] == "stc@gialai.gov.vn"
