"""Reorganisations: what becomes of units, people and addresses, and what stops one beforehand."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import replace

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import errors
from ansible_collections.congvu.mail.plugins.module_utils.register.changes import forgotten
from ansible_collections.congvu.mail.plugins.module_utils.register.rows import (
    Row,
    dump_register,
    load_register,
    write_register,
)
from ansible_collections.congvu.mail.plugins.module_utils.reorganisation.mapping import load_mapping
from ansible_collections.congvu.mail.plugins.module_utils.reorganisation.report import RENDERERS
from ansible_collections.congvu.mail.plugins.module_utils.reorganisation.restructure import plan_restructure
from ansible_collections.congvu.mail.plugins.module_utils.roster import journal
from ansible_collections.congvu.mail.plugins.module_utils.site.site import resolve_site, stale
from hypothesis import given
from hypothesis import strategies as st

from tests.support.samples import DAY, ROOT, flat, gialai, issue, load, person, subdomain, unit, write_site

MAPPING = "sap-xep.yml"
ACT = "decision_no: 45/NQ-HĐND\ndecision_date: 2025-03-01\n"
UNITS = """\
# Tỉnh
units:
  - code: stttt  # Sở cũ
    name: Sở Thông tin và Truyền thông
    kind: agency
    head: "1"
  - code: cntt
    name: Phòng CNTT
    kind: department
    parent: stttt
    aliases: [congnghethongtin.stttt]

  # Còn lại
  - {code: skhcn, name: "Sở KH&CN", kind: agency}
  - {code: ttra, name: Thanh tra, kind: department, parent: skhcn}
  - code: dakdoa
    name: UBND huyện Đăk Đoa
    kind: locality
  - {code: vhtt, name: Phòng VHTT, kind: department, parent: dakdoa}
"""
MERGE = ACT + "units:\n  - {unit: stttt, merge_into: skhcn}\n"


@pytest.fixture
def site(tmp_path):
    """Two agencies that become one, and a district that ends."""
    people = {
        "stttt": [person(1, "Nguyễn Văn Minh", department="cntt", note="a, b"), person(2, "Lê Nam")],
        "skhcn": [person(3, "Nguyễn Vĩnh Minh")],
        "dakdoa": [person(4, "Trần Bảo"), person(5, "Ksor Lan", department="vhtt")],
    }
    folder = write_site(tmp_path / "gialai", people, UNITS)
    issue(folder)
    return folder


def planned(folder, text, regulation=None, **variables):
    mapping, problems = load_mapping(text.encode(), MAPPING)
    assert mapping, problems
    site = load(folder, regulation, **{"mail_postmaster": "skhcn", **variables})
    return plan_restructure(site, mapping, DAY)


def done(folder, text, regulation=None, **variables):
    """Carry the mapping out; return the register by address, after what must hold of every reorganisation."""
    plan = planned(folder, text, regulation, **variables)
    assert not errors(plan.problems), plan.problems
    assert journal.replace_files(folder, plan.files) == []
    after = load(folder, regulation, **{"mail_postmaster": "skhcn", **variables})
    assert after.sound, after.problems
    assert not stale(after, resolve_site(after, DAY))
    assert planned(folder, text, regulation, **variables).done
    return {row.address.removesuffix("@gialai.gov.vn"): row for row in after.register}


def stopped(folder, text, regulation=None, **variables):
    plan = planned(folder, text, regulation, **variables)
    assert plan.files == {}
    return {(problem.code, problem.file, problem.row, problem.value) for problem in errors(plan.problems)}


def test_s3_stttt_merges_into_skhcn(site):
    before = {row.address: row for row in load_register(site, ())[0]}
    plan = planned(site, MERGE)
    clashes = plan.problems  # what skhcn lacks now is not among them
    assert [(clash.code, clash.file, clash.row, clash.value) for clash in clashes] == [
        ("restructure_form_taken", "roster/people/stttt.csv", 2, "minhnv.skhcn@gialai.gov.vn")
    ]
    assert clashes[0].message("vi") == (
        '"minhnv.skhcn@gialai.gov.vn" là của Nguyễn Vĩnh Minh (3), '
        "nên Nguyễn Văn Minh (1) được cấp vanminhn.skhcn@gialai.gov.vn"
    )
    rows = done(site, MERGE)
    assert (rows["vanminhn.skhcn"].holder, rows["vanminhn.skhcn"].kind) == ("1", "primary")
    assert (rows["minhnv.stttt"].holder, rows["minhnv.stttt"].kind) == ("1", "alias")
    assert rows["minhnv.stttt"].until == "2026-03-01"  # the regulation's 12 months
    assert rows["minhnv.stttt"].reason == "moved 45/NQ-HĐND"
    assert rows["minhnv.skhcn"] == before["minhnv.skhcn@gialai.gov.vn"]
    assert (rows["stttt"].kind, rows["stttt"].reason) == ("tombstone", "merged 45/NQ-HĐND")
    # The department goes along, with its mailbox.
    assert (rows["cntt.skhcn"].holder, rows["cntt.skhcn"].kind) == ("cntt.skhcn", "primary")
    assert (rows["cntt.stttt"].holder, rows["cntt.stttt"].kind) == ("cntt.skhcn", "alias")
    assert rows["cntt.stttt"].until == "2026-03-01"
    assert rows["congnghethongtin.stttt"].holder == "cntt.skhcn"
    assert rows.keys() >= {address.partition("@")[0] for address in before}


def test_files_change_only_where_they_must(site):
    target = site / "roster/people/skhcn.csv"
    target.write_bytes("\ufeffHọ và tên;Mã cán bộ\r\n Nguyễn Vĩnh Minh ;3\r\n".encode())
    done(site, MERGE)
    assert (site / "roster/units.yml").read_text() == UNITS.replace(
        '    head: "1"\n', '    head: "1"\n    status: dissolved\n    successor: skhcn\n'
    ).replace("    parent: stttt\n", "    parent: skhcn\n")
    assert target.read_bytes().decode() == (
        "\ufeffHọ và tên;Mã cán bộ;department;note\r\n Nguyễn Vĩnh Minh ;3\r\n"
        "Nguyễn Văn Minh;1;cntt;a, b\r\nLê Nam;2;;\r\n"
    )
    assert not (site / "roster/people/stttt.csv").exists()


def test_alias_until_of_the_mapping(site):
    rows = done(site, MERGE.replace("units:", "alias_until: 2030-12-31\nunits:"))
    assert rows["minhnv.stttt"].until == rows["cntt.stttt"].until == "2030-12-31"


def test_a_renamed_agency_takes_its_departments_and_people_along(site):
    rows = done(site, ACT + "units:\n  - {unit: stttt, rename_to: scds, name: Sở Chuyển đổi số}\n")
    assert (rows["scds"].holder, rows["scds"].kind) == ("scds", "primary")
    assert (rows["stttt"].holder, rows["stttt"].kind) == ("scds", "alias")
    assert rows["stttt"].reason == "renamed 45/NQ-HĐND"
    assert rows["cntt.scds"].kind == rows["minhnv.scds"].kind == "primary"
    assert rows["minhnv.stttt"].kind == "alias"
    assert (site / "roster/people/scds.csv").exists()


def test_an_address_that_does_not_follow_from_the_code_stays(site):
    units = site / "roster/units.yml"
    units.write_text(
        units.read_text().replace("    kind: locality", "    kind: locality\n    mailbox: huyen")
    )
    write_register(site, dump_register([]))
    issue(site)
    rows = done(site, ACT + "units:\n  - {unit: dakdoa, rename_to: dakdoamoi}\n")
    assert (rows["huyen"].holder, rows["huyen"].kind) == ("dakdoamoi", "primary")


def test_an_older_systems_address_stays_where_nothing_happens(site):
    rows = [
        replace(row, address="vp_dakdoa@gialai.gov.vn", reason="legacy") if row.holder == "dakdoa" else row
        for row in load_register(site, ())[0]
    ]
    write_register(site, dump_register(rows))
    kept = done(site, MERGE)["vp_dakdoa"]
    assert (kept.kind, kept.reason) == ("primary", "legacy")


def test_a_department_with_another_code_stays_in_its_row(site):
    before = (site / "roster/people/stttt.csv").read_text()
    done(site, ACT + "units:\n  - {unit: cntt.stttt, rename_to: cds}\n")
    assert (site / "roster/people/stttt.csv").read_text() == before.replace(",cntt,", ",cds,")


def test_a_parent_that_its_code_no_longer_tells_is_named_in_full(site):
    with (site / "roster/units.yml").open("a") as file:
        file.write('  - {code: to1, name: Tổ 1, kind: department, parent: "cntt"}\n')
    issue(site)
    begin = "begin:\n  - {code: cntt, name: Phòng CNTT, kind: department, parent: skhcn}\n"
    rows = done(site, ACT + begin)
    assert rows["to1.cntt.stttt"].kind == rows["cntt.skhcn"].kind == "primary"
    assert "parent: cntt.stttt}" in (site / "roster/units.yml").read_text()


def test_a_department_under_another_agency_takes_its_people_along(site):
    rows = done(site, ACT + "units:\n  - {unit: cntt.stttt, rename_to: cds, parent: skhcn}\n")
    assert rows["cds.skhcn"].holder == "cds.skhcn"
    assert rows["vanminhn.skhcn"].holder == "1"
    assert rows["naml.stttt"].kind == "primary"
    assert ",cds," in (site / "roster/people/skhcn.csv").read_text()


def test_a_clash_of_departments_stops_until_the_mapping_speaks_of_it(site):
    text = (site / "roster/units.yml").read_text()
    (site / "roster/units.yml").write_text(text.replace("code: ttra", "code: cntt"))
    write_register(site, dump_register([]))
    issue(site)
    (found,) = planned(site, MERGE).problems
    assert (found.code, found.row, found.value) == ("restructure_taken", 4, "cntt.stttt")
    assert "cntt.skhcn (roster/units.yml:15)" in found.message("en")
    rows = done(site, MERGE + "  - {unit: cntt.stttt, merge_into: cntt.skhcn}\n")
    assert rows["cntt.stttt"].kind == "tombstone"
    assert "Nguyễn Văn Minh,,,,,,cntt," in (site / "roster/people/skhcn.csv").read_text()


DISTRICT = (
    ACT
    + """\
units:
  - unit: dakdoa
    dissolve_into: {"4": dakdoa, vhtt.dakdoa: skhcn}
    successor: dakdoa
begin:
  - code: dakdoa
    name: UBND xã Đak Đoa
    kind: locality
    mailbox: ubndxadakdoa  # U14
"""
)


def test_s10_a_district_ends_and_a_commune_of_the_same_code_begins(site):
    rows = done(site, DISTRICT)
    assert (rows["ubnddakdoa"].kind, rows["ubnddakdoa"].reason) == ("tombstone", "dissolved 45/NQ-HĐND")
    assert (rows["ubndxadakdoa"].holder, rows["ubndxadakdoa"].kind) == ("dakdoa", "primary")
    assert rows["vhtt.dakdoa"].kind == "tombstone"
    assert (rows["baot.dakdoa"].holder, rows["baot.dakdoa"].kind) == ("4", "primary")
    assert (rows["lank.skhcn"].holder, rows["lank.dakdoa"].kind) == ("5", "alias")
    assert "mailbox: ubndxadakdoa  # U14" in (site / "roster/units.yml").read_text()
    assert load(site).roster.dissolved["vhtt.dakdoa"].successor == "skhcn"


def test_a_retired_address_has_the_name_of_the_unit_that_ended(site):
    plan = planned(site, DISTRICT)
    lines = RENDERERS["text"](plan, "vi").splitlines()
    (retired,) = [line for line in lines if line.startswith("thu hồi: ubnddakdoa@")]
    assert "UBND huyện Đăk Đoa (dakdoa)" in retired
    (created,) = [line for line in lines if line.startswith("cấp mới: ubndxadakdoa@")]
    assert "UBND xã Đak Đoa (dakdoa)" in created
    told = json.loads(RENDERERS["json"](plan, "vi"))["addresses"]["changes"]
    assert [change["name"] for change in told if change["address"].startswith("ubnddakdoa@")] == [
        "UBND huyện Đăk Đoa"
    ]
    renamed = planned(site, ACT + "units:\n  - {unit: cntt.stttt, rename_to: cds, name: Phòng CĐS}\n")
    told = RENDERERS["text"](renamed, "vi").splitlines()
    (alias,) = [line for line in told if line.startswith("bí danh: congnghethongtin.stttt@")]
    assert "Phòng CĐS (cds.stttt)" in alias


def test_the_plan_counts_who_goes_along(site):
    counted = {
        (change.verb, change.before, change.after, change.people) for change in planned(site, DISTRICT).units
    }
    assert counted == {
        ("begun", "", "dakdoa", 1),
        ("dissolved", "dakdoa", "dakdoa", 2),
        ("dissolved", "vhtt.dakdoa", "skhcn", 1),
    }
    (joined, _) = planned(site, MERGE).units
    assert (joined.verb, joined.people) == ("merged", 2)


def test_a_commune_may_not_have_the_districts_address(site):
    text = DISTRICT.replace("    mailbox: ubndxadakdoa  # U14\n", "")
    assert stopped(site, text) == {("address_taken", MAPPING, 8, "ubnddakdoa@gialai.gov.vn")}


def test_whoever_is_not_named_is_listed_and_stops(site):
    text = DISTRICT.replace("vhtt.dakdoa: skhcn", "GL-9: skhcn")
    assert stopped(site, text) == {
        ("restructure_unnamed", "roster/people/dakdoa.csv", 3, "5"),
        ("restructure_nobody", MAPPING, 5, "GL-9"),
    }


def test_all_problems_at_once(site):
    target = site / "roster/people/skhcn.csv"
    target.write_text(target.read_text().replace("Vĩnh", "Văn") + "9,Lê Mới\n")
    steps = "  - {unit: stttt, merge_into: skhcn}\n  - {unit: dakdoa, successor: skhcn}\n"
    assert {code for code, *_ in stopped(site, f"{ACT}units:\n{steps}", mail_postmaster="stttt")} == {
        "restructure_stale",
        "restructure_unnamed",
        "restructure_postmaster",
        "birth_date_needed",
    }


def test_leavers_and_further_posts_follow_the_successor(tmp_path):
    rest = [
        person(2, "Lê Nam", status="left", decision_no="1", decision_date="2024-01-01"),
        person(1, "Trần Bảo", status="second_post"),
    ]
    people = {"cu": rest, "moi": [person(1, "Trần Bảo")]}
    site = write_site(tmp_path, people)
    issue(site)
    done(site, ACT + "units:\n  - {unit: cu, successor: moi}\n", mail_postmaster="moi")
    assert (site / "roster/people/moi.csv").read_text().count("\n") == 4


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("{unit: sxd, merge_into: skhcn}", ("unit_unknown", MAPPING, 4, "sxd")),
        ("{unit: stttt, merge_into: stttt}", ("restructure_target", MAPPING, 4, "stttt")),
        ("{unit: stttt, merge_into: cntt.stttt}", ("restructure_target", MAPPING, 4, "cntt.stttt")),
        ("{unit: stttt, rename_to: skhcn}", ("restructure_taken", MAPPING, 4, "stttt")),
        (
            "{unit: skhcn, rename_to: khcn}",
            ("restructure_postmaster", "group_vars/all/mail.yml", 0, "skhcn"),
        ),
    ],
)
def test_what_stops(steps, expected, site):
    assert stopped(site, f"{ACT}units:\n  - {steps}\n") == {expected}


def test_a_begun_unit_is_checked_where_it_is_written(site):
    text = ACT + "begin:\n  - {code: skhcn, name: A, kind: agency}\n"
    assert stopped(site, text) == {("restructure_taken", MAPPING, 4, "skhcn")}
    text = ACT + "begin:\n  - code: xa\n    name: A\n    kind: xã\n"
    assert stopped(site, text) == {("value_unknown", MAPPING, 6, "xã")}
    text = ACT + 'begin:\n  - code: xa\n    name: A\n    kind: agency\n    head: "77"\n'
    assert stopped(site, text) == {("contact_unknown", MAPPING, 7, "77")}


def test_a_stale_register_stops(site):
    with (site / "roster/people/skhcn.csv").open("a") as file:
        file.write("9,Lê Mới\n")
    assert stopped(site, MERGE) == {("restructure_stale", "register.csv", 0, "1")}


def test_missing_birth_dates_are_told_where_the_row_stands_now(site):
    target = site / "roster/people/skhcn.csv"
    target.write_text(target.read_text().replace("Vĩnh", "Văn"))
    assert stopped(site, MERGE) == {("birth_date_needed", "roster/people/stttt.csv", 2, "Nguyễn Văn Minh")}


def test_an_address_that_a_row_names_stays_and_is_shown(site):
    source = site / "roster/people/stttt.csv"
    source.write_text(source.read_text().replace("2,Lê Nam,,,,,,,,,,", "2,Lê Nam,,,,,,,,,,naml.stttt"))
    shown = [problem for problem in planned(site, MERGE).problems if "named" in problem.code]
    assert [(problem.row, problem.value) for problem in shown] == [(3, "naml.stttt")]
    assert done(site, MERGE)["naml.stttt"].kind == "primary"


def test_flat_addresses_do_not_change_with_the_unit(site):
    write_register(site, dump_register([]))
    issue(site, flat())
    rows = done(site, MERGE, flat())
    assert (rows["minhnv"].kind, rows["minhnva"].kind) == ("primary", "primary")
    assert (rows["stttt"].kind, rows["cntt.skhcn"].kind) == ("tombstone", "primary")


# Two sites become one (NAMING S9).

DOMAINS = {
    "mail_domain": "dongnai.gov.vn",
    "mail_domains": ["dongnai.gov.vn", "binhphuoc.gov.vn"],
    "mail_support": {"address": "postmaster@dongnai.gov.vn", "phone": "0251 3822 501"},
}
JOIN = ACT + "domains:\n  - {domain: binhphuoc.gov.vn, into: dongnai.gov.vn, site: ../binhphuoc}\n"


def two_sites(folder, theirs=None):
    listed = [unit("snv"), unit("cntt", "department", parent="snv")]
    sites = {}
    for name, people in (
        ("dongnai", {"snv": [person("DN-1", "Nguyễn Văn Minh")]}),
        ("binhphuoc", theirs or {"sgd": [person("BP-1", "Nguyễn Vĩnh Minh"), person("BP-2", "Lê Nam")]}),
    ):
        units = listed if name == "dongnai" else [unit(code) for code in people]
        sites[name] = write_site(folder / name, people, units)
        domain = f"{name}.gov.vn"
        site = load(sites[name], flat(), mail_domain=domain, mail_domains=[domain])
        write_register(sites[name], dump_register(resolve_site(site, DAY).rows))
    return sites["dongnai"]


def test_s9_two_provinces(tmp_path):
    site = two_sites(tmp_path)
    rows = done(site, JOIN, flat(), **DOMAINS, mail_postmaster="snv")
    held = {address: (row.holder, row.kind) for address, row in rows.items()}
    assert held["minhnv@dongnai.gov.vn"] == ("DN-1", "primary")
    assert held["minhnva@dongnai.gov.vn"] == ("BP-1", "primary")
    assert held["minhnv@binhphuoc.gov.vn"] == ("BP-1", "alias")
    assert held["naml@dongnai.gov.vn"] == ("BP-2", "primary")
    assert held["sgd@dongnai.gov.vn"] == ("sgd", "primary")
    assert held["sgd@binhphuoc.gov.vn"] == ("sgd", "alias")
    assert (site / "roster/people/sgd.csv").exists()


def test_units_of_one_code_at_both_sites_stop_until_one_merges(tmp_path):
    site = two_sites(tmp_path, {"snv": [person("BP-1", "Nguyễn Vĩnh Minh")]})
    variables = {**DOMAINS, "mail_postmaster": "snv"}
    assert stopped(site, JOIN, flat(), **variables) == {
        ("restructure_taken", MAPPING, 4, "snv (../binhphuoc)")
    }
    # The clash of persons that a merger brings is told with that of the units.
    (told,) = [
        problem
        for problem in planned(site, JOIN, flat(), **variables).problems
        if problem.code != "restructure_taken"
    ]
    assert (told.file, told.row, told.value) == (
        "../binhphuoc/roster/people/snv.csv", 2, "minhnv@dongnai.gov.vn",
    )  # fmt: skip
    assert told.message("vi").endswith("(DN-1), nên Nguyễn Vĩnh Minh (BP-1) được cấp minhnva@dongnai.gov.vn")
    merge = JOIN.replace("binhphuoc}", "binhphuoc, units: [{unit: snv, merge_into: snv}]}")
    rows = done(site, merge, flat(), **variables)
    assert (rows["snv@binhphuoc.gov.vn"].kind, rows["snv@dongnai.gov.vn"].kind) == ("tombstone", "primary")
    assert rows["minhnva@dongnai.gov.vn"].holder == "BP-1"


def test_people_and_addresses_that_both_sites_have_are_listed_with_both_places(tmp_path):
    site = two_sites(tmp_path, {"sgd": [person("DN-1", "Lê Nam")]})
    row = (site / "register.csv").read_text().splitlines()[1]
    with (tmp_path / "binhphuoc/register.csv").open("a") as file:
        file.write(row + "\n")
    plan = planned(site, JOIN, flat(), **DOMAINS, mail_postmaster="snv")
    assert {(found.code, found.file, found.row, found.detail) for found in errors(plan.problems)} == {
        ("person_id_duplicate", "../binhphuoc/roster/people/sgd.csv", 2, "roster/people/snv.csv:2"),
        ("restructure_issued_twice", "../binhphuoc/register.csv", 0, "register.csv"),
    }


def test_faults_of_the_other_site_are_told_with_its_name(tmp_path):
    site = two_sites(tmp_path)
    (tmp_path / "binhphuoc/roster/people/sgd.csv").write_text("person_id,full_name\nBP-1,\n")
    found = stopped(site, JOIN, flat(), **DOMAINS, mail_postmaster="snv")
    assert ("cell_missing", "../binhphuoc/roster/people/sgd.csv", 2, "full_name") in found


def test_a_province_whose_agencies_have_domains_of_their_own(tmp_path):
    site = write_site(tmp_path / "gialai", {"snv": [person(1, "Lê Nam")]})
    issue(site)
    other = write_site(tmp_path / "binhdinh", {"sgd": [person(2, "Lê Tư")]})
    theirs = {"mail_domain": "binhdinh.gov.vn", "mail_domains": ["binhdinh.gov.vn", "sgd.binhdinh.gov.vn"]}
    first = resolve_site(load(other, subdomain(), **theirs), DAY)
    write_register(other, dump_register(first.rows))
    text = ACT + "domains:\n  - {domain: binhdinh.gov.vn, into: gialai.gov.vn, site: ../binhdinh}\n"
    served = {"mail_postmaster": "snv", "mail_domains": ["gialai.gov.vn", "binhdinh.gov.vn"]}
    assert stopped(site, text, **served) == {
        ("domain_not_served", "group_vars/all/mail.yml", 0, "sgd.binhdinh.gov.vn")
    }
    served["mail_domains"].append("sgd.binhdinh.gov.vn")
    rows = done(site, text, **served)
    assert (rows["tul@sgd.binhdinh.gov.vn"].kind, rows["tul.sgd"].kind) == ("alias", "primary")
    assert (rows["vp@sgd.binhdinh.gov.vn"].kind, rows["sgd"].kind) == ("alias", "primary")


def test_what_a_killed_run_left_over_stops(tmp_path):
    site = two_sites(tmp_path)
    for folder in (site, tmp_path / "binhphuoc"):
        (folder / journal.FILE).write_text("{}")
    found = stopped(site, JOIN, flat(), **DOMAINS, mail_postmaster="snv")
    assert found == {
        ("restructure_unfinished", journal.FILE, 0, ""),
        ("restructure_unfinished", f"../binhphuoc/{journal.FILE}", 0, ""),
    }


def test_a_domain_of_the_same_site(site):
    domains = {"mail_domain": "dttg.gov.vn", "mail_domains": ["dttg.gov.vn", "gialai.gov.vn"]}
    text = ACT + "domains:\n  - {domain: gialai.gov.vn, into: dttg.gov.vn}\n"
    rows = done(site, text, **domains)
    assert (rows["naml.stttt"].kind, rows["naml.stttt@dttg.gov.vn"].kind) == ("alias", "primary")
    assert (rows["stttt"].kind, rows["stttt@dttg.gov.vn"].kind) == ("alias", "primary")


def test_mail_yml_must_serve_the_old_domain_and_issue_in_the_new_one(tmp_path):
    site = two_sites(tmp_path)
    found = stopped(site, JOIN, flat(), mail_domain="gialai.gov.vn", mail_domains=["gialai.gov.vn"])
    assert {
        ("restructure_main_domain", MAPPING, 4, "dongnai.gov.vn"),
        ("domain_not_served", "group_vars/all/mail.yml", 0, "binhphuoc.gov.vn"),
    } <= found


@pytest.mark.parametrize("form", RENDERERS)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_form_of_the_plan_has_clashes_units_and_addresses(form, language, site):
    said = RENDERERS[form](planned(site, MERGE), language).replace("&#64;", "@")
    for fact in ("vanminhn.skhcn@gialai.gov.vn", "cntt.skhcn", "minhnv.stttt@gialai.gov.vn", "stttt.csv"):
        assert fact in said


@pytest.mark.parametrize("form", RENDERERS)
def test_a_domain_alone_shows_its_addresses(form, site):
    domains = {"mail_domain": "dttg.gov.vn", "mail_domains": ["dttg.gov.vn", "gialai.gov.vn"]}
    plan = planned(site, ACT + "domains:\n  - {domain: gialai.gov.vn, into: dttg.gov.vn}\n", **domains)
    assert plan.units == []
    said = RENDERERS[form](plan, "vi").replace("&#64;", "@")
    assert "naml.stttt@gialai.gov.vn" in said and "naml.stttt@dttg.gov.vn" in said


@pytest.mark.parametrize("form", RENDERERS)
def test_another_name_or_mailbox_alone_is_in_the_plan(form, site):
    steps = "  - {unit: ttra.skhcn, name: Phòng Thanh tra}\n  - {unit: skhcn, mailbox: khoahoc}\n"
    plan = planned(site, f"{ACT}units:\n{steps}")
    assert [(unit.verb, unit.before, unit.after, unit.people) for unit in plan.units] == [
        ("changed", "skhcn", "skhcn", 1),
        ("changed", "ttra.skhcn", "ttra.skhcn", 0),
    ]
    said = RENDERERS[form](plan, "vi").replace("&#64;", "@")
    for fact in ("ttra.skhcn", "Phòng Thanh tra", "khoahoc@gialai.gov.vn"):
        assert fact in said


def test_a_plan_with_an_error_says_nothing_of_addresses(site):
    plan = planned(site, DISTRICT.replace("vhtt.dakdoa: skhcn", "GL-9: skhcn"))
    assert "không có địa chỉ" not in RENDERERS["text"](plan, "vi").lower()


def test_who_meets_a_rival_or_a_reserved_name_is_told_so(site):
    def told(plan):
        return [problem.message("vi") for problem in plan.problems if "_form_" in problem.code]

    regulation = gialai()
    regulation["naming"]["reserved"] = [*regulation["naming"]["reserved"], "naml.skhcn"]
    (said,) = [line for line in told(planned(site, MERGE, regulation)) if "naml" in line]
    assert said.startswith('"naml.skhcn@gialai.gov.vn" là tên dành riêng, nên Lê Nam (2) được cấp ')


def test_two_newcomers_of_one_form_are_told(site):
    steps = "  - {unit: stttt, merge_into: dakdoa}\n  - {unit: skhcn, merge_into: dakdoa}\n"
    plan = planned(site, f"{ACT}units:\n{steps}", mail_postmaster="dakdoa")
    said = [problem.message("vi") for problem in plan.problems if "_form_" in problem.code]
    assert (
        '"minhnv.dakdoa@gialai.gov.vn" cũng là dạng của Nguyễn Văn Minh (1), nên Nguyễn Vĩnh Minh (3)'
        in said[0]
    )
    assert all("cũng là dạng của" in line for line in said)


SWAP = ACT + "units:\n  - {unit: stttt, rename_to: skhcn%s}\n  - {unit: skhcn, rename_to: stttt}\n"
NAMED = ", name: Sở Thông tin và Truyền thông"


def test_a_swap_of_codes_is_never_taken_for_done(site):
    taken = {("address_taken", "skhcn@gialai.gov.vn"), ("address_taken", "stttt@gialai.gov.vn")}
    for text in (SWAP % "", SWAP % NAMED):
        assert not planned(site, text).done
        found = {(code, value) for code, _, _, value in stopped(site, text)}
        assert {fault for fault in found if fault[0] == "address_taken"} >= taken
    assert ("restructure_swap", MAPPING, 4, "stttt") in stopped(site, SWAP % "")


def test_a_swap_of_codes_that_is_told_by_a_name_is_done_once(tmp_path):
    units = [unit("stttt", mailbox="thongtin"), unit("skhcn", mailbox="khoahoc")]
    people = {"stttt": [person(1, "Lê Nam")], "skhcn": [person(2, "Trần Bảo")]}
    site = write_site(tmp_path, people, units)
    issue(site)
    assert {code for code, *_ in stopped(site, SWAP % "")} == {"restructure_swap"}
    rows = done(site, SWAP % ", name: Đơn vị stttt")
    assert (rows["thongtin"].holder, rows["khoahoc"].holder) == ("skhcn", "stttt")
    assert (rows["naml.skhcn"].kind, rows["baot.stttt"].kind) == ("primary", "primary")


def test_a_swap_beside_something_else_is_done_once(tmp_path):
    units = [unit(code, mailbox=f"{code}cu") for code in ("stttt", "skhcn", "snv")]
    site = write_site(tmp_path, {}, units)
    issue(site)
    assert done(site, SWAP % "" + "  - {unit: snv, rename_to: nv}\n", mail_postmaster="nv")


# What docs/restructure.md shows works.

EXAMPLES = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/restructure.md").read_text(), re.DOTALL)


def test_the_page_on_stttt_into_skhcn(site):
    rows = done(site, EXAMPLES[0])
    assert (rows["vanminhn.skhcn"].holder, rows["minhnv.stttt"].holder) == ("1", "1")
    assert (rows["minhnv.stttt"].until, rows["cds.skhcn"].kind) == ("2027-03-01", "primary")


def test_the_page_on_a_district_into_communes(tmp_path):
    people = [
        person("GL-0031", "Trần Bảo"),
        person("GL-0032", "Lê Nam"),
        person("GL-0033", "Ksor Lan", department="vhtt"),
    ]
    units = [unit("skhcn"), unit("dakdoa", "locality"), unit("vhtt", "department", parent="dakdoa")]
    site = write_site(tmp_path, {"dakdoa": people}, units)
    issue(site)
    begun = [(change.after, change.people) for change in planned(site, EXAMPLES[1]).units[:2]]
    assert begun == [("dakdoa", 2), ("kdang", 1)]
    rows = done(site, EXAMPLES[1])
    assert (rows["ubnddakdoa"].kind, rows["ubndxadakdoa"].kind) == ("tombstone", "primary")
    assert (rows["baot.dakdoa"].kind, rows["lank.dakdoa"].kind) == ("primary", "primary")
    assert (rows["naml.kdang"].kind, rows["naml.dakdoa"].kind) == ("primary", "alias")


def test_the_page_on_binhdinh_into_gialai(tmp_path):
    agencies = {"snv": [person("GL-1", "Nguyễn Vĩnh Minh")], "skhcn": [person("GL-2", "Lê Nam")]}
    site = write_site(tmp_path / "gialai", agencies)
    theirs = {"snv": [person("BD-1", "Nguyễn Văn Minh")], "stttt": [person("BD-2", "Lê Nở")]}
    other = write_site(tmp_path / "binhdinh", theirs)
    domain = {"mail_domain": "binhdinh.gov.vn", "mail_domains": ["binhdinh.gov.vn"]}
    write_register(other, dump_register(resolve_site(load(other, **domain), DAY).rows))
    issue(site)
    rows = done(site, EXAMPLES[2], mail_domains=["gialai.gov.vn", "binhdinh.gov.vn"])
    assert (rows["minhnv.snv"].holder, rows["vanminhn.snv"].holder) == ("GL-1", "BD-1")
    assert (rows["minhnv.snv@binhdinh.gov.vn"].kind, rows["nol.skhcn"].kind) == ("alias", "primary")
    assert rows["snv@binhdinh.gov.vn"].kind == rows["stttt@binhdinh.gov.vn"].kind == "tombstone"


# What holds for every mapping.

CODES = ("a", "b", "c")
NAMES = ("Nguyễn Văn Minh", "Nguyễn Vĩnh Minh", "Lê Nam", "Ngô Vân Minh", "Ksor H'Lan")


@st.composite
def sites(draw):
    """A few agencies with departments and people, and steps for some of them."""
    units = [unit(code) for code in CODES]
    units += [
        unit(code, "department", parent=parent)
        for parent in CODES
        for code in draw(st.sets(st.sampled_from(["x", "y"])))
    ]
    units.append(unit("z", "department", parent="a", status="dissolved", successor="b"))
    people = defaultdict(list)
    for number, name in enumerate(draw(st.lists(st.sampled_from(NAMES), max_size=8))):
        home = draw(st.sampled_from(CODES))
        departments = [str(item["code"]) for item in units[:-1] if item.get("parent") == home]
        department = draw(st.sampled_from(["", *departments]))
        people[home].append(person(f"P{number}", name, f"19{60 + number}-01-01", department=department))
    paths = [
        f"{item['code']}.{item['parent']}" if "parent" in item else str(item["code"]) for item in units[:-1]
    ]
    steps = []
    for path in draw(st.lists(st.sampled_from(paths), unique=True, min_size=1, max_size=3)):
        target = draw(st.sampled_from([*paths, "n"]))
        named = [f"P{number}: {target}" for number in range(8) if draw(st.booleans())]
        verb = draw(
            st.sampled_from(
                [
                    f"rename_to: {draw(st.sampled_from('abcxyn'))}",
                    f"merge_into: {target}",
                    f"successor: {target}, dissolve_into: {{{', '.join(named)}}}",
                    f"parent: {target}",
                ]
            )
        )
        steps.append(f"  - {{unit: {path}, {verb}}}\n")
    begin = draw(st.sampled_from(["", "n", "a"]))
    begin = begin and f"begin:\n  - {{code: {begin}, name: Mới, kind: agency, mailbox: moi}}\n"
    return units, dict(people), ACT + "units:\n" + "".join(steps) + begin


SERVED = ["gialai.gov.vn", *(f"{code}.gialai.gov.vn" for code in "abcxyn")]


@given(sites(), st.sampled_from([gialai(), flat(), subdomain()]))
def test_whatever_the_mapping(tmp_path_factory, drawn, regulation):
    units, people, text = drawn
    folder = write_site(tmp_path_factory.mktemp("site"), people, units)
    first = resolve_site(load(folder, regulation, mail_domains=SERVED), DAY)
    first.rows.append(Row("z.a@gialai.gov.vn", "z.a", "tombstone", "z.a"))
    write_register(folder, dump_register(first.rows))
    ids = load(folder).roster.people.keys()
    plans = {
        code: planned(folder, text, regulation, mail_postmaster=code, mail_domains=SERVED) for code in "abcn"
    }
    sound = [code for code, plan in plans.items() if not errors(plan.problems)]
    assert all(not plan.files for code, plan in plans.items() if code not in sound)
    if not sound:
        return
    after = done(folder, text, regulation, mail_postmaster=sound[0], mail_domains=SERVED).values()
    assert load(folder).roster.people.keys() == ids
    assert forgotten(first.rows, after) == []
    held = {row.address: row for row in after}
    for row in first.rows:
        assert row.address in held
        if row.holder in ids:
            assert held[row.address].holder == row.holder
            assert held[row.address].kind != "tombstone"
    primaries = [row.holder for row in after if row.kind == "primary"]
    assert len(primaries) == len(set(primaries))
    assert ids <= set(primaries)
