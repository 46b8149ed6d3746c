"""People files and the roster as a whole: every fault at its place, and all of them in one pass."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import errors
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.samples import HEADER, load, person, places, unit, write_site

FILE = "roster/people/snv.csv"


def found(folder, **variables):
    """Errors only: the samples name no heads."""
    return places(errors(load(folder, **{"mail_postmaster": "snv", **variables}).problems))


def test_a_good_roster_has_no_error(tmp_path):
    batch = [
        person("CB-1", "Lê Nam", "31/12/1979", title="Trưởng phòng", department="tc"),
        person("CB-2", "Lý Nam", status="leave", status_until="2026-06-30", status_reason="thai sản"),
        person("CB-3", "Lã Nam", status="left", decision_no="12/QĐ", decision_date="01/02/2026"),
        person("CB-4", "Lò Nam", status="locked", status_reason="đình chỉ"),
    ]
    units = [unit("snv", head="CB-1"), unit("tc", "department", parent="snv"), unit("stc")]
    folder = write_site(
        tmp_path, {"snv": batch, "stc": [person("CB-1", "Lê Nam", status="second_post")]}, units
    )
    site = load(folder)
    assert errors(site.problems) == []
    first = site.roster.people["CB-1"]
    assert (first.unit, first.department, first.title) == ("snv", "tc.snv", "Trưởng phòng")
    assert first.birth_date.isoformat() == "1979-12-31"
    assert [post.unit for post in site.roster.second_posts] == ["stc"]


def test_every_column_of_a_row_is_read(tmp_path):
    cells = {
        "status": "leave", "status_until": "2026-06-30", "status_reason": "thai sản", "address": "Nam.SNV",
        "decision_no": "12/Q\u0110-SNV  ", "decision_date": "01/02/2026", "request_no": "3/TTr  SNV",
        "requested_on": "2026-1-5",
    }  # fmt: skip
    site = load(write_site(tmp_path, {"snv": [person("CB-1", "Lê Nam", **cells)]}))
    one = site.roster.people["CB-1"]
    assert (one.status, one.status_until, one.address) == ("leave", date(2026, 6, 30), "nam.snv")
    assert (one.decision_no, one.decision_date) == ("12/QĐ-SNV", date(2026, 2, 1))
    assert (one.request_no, one.requested_on) == ("3/TTr SNV", date(2026, 1, 5))


def test_a_dissolved_unit_is_known_beside_the_active_one_of_its_path(tmp_path):
    units = [unit("snv", status="dissolved", successor="snv"), unit("snv"), unit("stc")]
    roster = load(write_site(tmp_path, {"snv": [person(1, "Lê Nam")]}, units)).roster
    assert roster.units["snv"].active
    assert {path: one.active for path, one in roster.dissolved.items()} == {"snv": False}


def test_vietnamese_headers_from_a_spreadsheet(tmp_path):
    data = "\ufeffMã cán bộ;Họ và tên;Ngày sinh;Chức vụ\r\n1;Lê Nam;31/12/1979;Chuyên viên\r\n"
    site = load(write_site(tmp_path, {"snv": data}))
    assert errors(site.problems) == []
    assert site.roster.people["1"].title == "Chuyên viên"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (person("", "Lê Nam"), ("cell_missing", 2, "person_id")),
        (person("a b", "Lê Nam"), ("person_id_bad", 2, "person_id")),
        (person("snv", "Lê Nam"), ("person_id_unit", 2, "person_id")),
        (person("1", ""), ("cell_missing", 2, "full_name")),
        (person("1", "Lê Nam 2"), ("name_bad_character", 2, "full_name")),
        (person("1", "Nguyễn VănĐức"), ("name_lost_space", 2, "full_name")),
        (person("1", "H'Či Êban"), ("name_order", 2, "full_name")),
        (person("1", "Y Blý Êban", surname="Êban"), ("name_parts", 2, "given")),
        (person("1", "Lê Nam", "31/02/1980"), ("date_bad", 2, "birth_date")),
        (person("1", "Lê Nam", requested_on="hôm qua"), ("date_bad", 2, "requested_on")),
        (person("1", "Lê Nam", department="xyz"), ("unit_unknown", 2, "department")),
        (person("1", "Lê Nam", status="nghỉ"), ("value_unknown", 2, "status")),
        (person("1", "Lê Nam", status="locked"), ("status_needs", 2, "status_reason")),
        (person("1", "Lê Nam", status="second_post"), ("second_post_alone", 2, "person_id")),
        (person("1", "Lê Nam", address="nam@x"), ("address_bad", 2, "address")),
        (person("1", "Lê Nam", title="a\x07b"), ("control_character", 2, "title")),
    ],
)
def test_a_faulty_row(row, problem, tmp_path):
    code, number, column = problem
    assert found(write_site(tmp_path, {"snv": [row]})) == {(code, FILE, number, column)}


def test_a_status_asks_for_each_of_its_columns(tmp_path):
    folder = write_site(tmp_path, {"snv": [person(1, "Lê Nam", status="left")]})
    assert found(folder) == {("status_needs", FILE, 2, column) for column in ("decision_no", "decision_date")}


@pytest.mark.parametrize("again", ["CB-1", "cb-1"])
def test_an_id_stands_once_in_all_files(again, tmp_path):
    # A faulty name does not hide the repeated id.
    batch = {"snv": [person("CB-1", "Lê Nam 2")], "stc": [person(again, "Lý Nam")]}
    assert found(write_site(tmp_path, batch)) == {
        ("name_bad_character", FILE, 2, "full_name"),
        ("person_id_duplicate", "roster/people/stc.csv", 2, "person_id"),
    }


def test_a_file_of_an_unknown_unit(tmp_path):
    folder = write_site(tmp_path, {"xyz": [person(1, "Lê Nam")]}, [unit("snv")])
    assert found(folder) == {("unit_unknown", "roster/people/xyz.csv", 0, "")}


def test_a_department_has_no_file_of_its_own(tmp_path):
    units = [unit("snv"), unit("tc", "department", parent="snv")]
    folder = write_site(tmp_path, {"tc.snv": [person(1, "Lê Nam")]}, units)
    assert found(folder) == {("unit_unknown", "roster/people/tc.snv.csv", 0, "")}


def test_a_dissolved_unit_keeps_only_those_who_left(tmp_path):
    left = person(2, "Lý Nam", status="left", decision_no="1", decision_date="2026-01-01")
    units = [unit("snv"), unit("old", status="dissolved", successor="snv")]
    folder = write_site(tmp_path, {"old": [person(1, "Lê Nam"), left]}, units)
    assert found(folder) == {("unit_dissolved", "roster/people/old.csv", 2, "")}


def test_decomposed_headers_and_unit_names_are_the_same_text(tmp_path):
    text = "Mã cán bộ,Họ và tên,Ngày sinh\n1,Lê Nam,02/01/1980\n"
    units = [unit("snv", name=unicodedata.normalize("NFD", "Sở Nội vụ"))]
    site = load(write_site(tmp_path, {"snv": unicodedata.normalize("NFD", text)}, units))
    assert errors(site.problems) == []
    assert site.roster.people["1"].birth_date == date(1980, 1, 2)
    assert site.roster.units["snv"].name == "Sở Nội vụ"


def test_a_delegation_that_ended_may_be_of_somebody_who_left(tmp_path):
    gone = person(1, "Lê Nam", status="left", decision_no="1", decision_date="2026-01-01")
    term = {"person": "1", "from": "2010-01-01", "until": "2012-12-31"}
    units = [unit("snv", delegates=[term]), unit("stc", delegates=[{"person": "1"}])]
    site = load(write_site(tmp_path, {"snv": [gone], "stc": []}, units))
    (problem,) = [problem for problem in site.problems if problem.code == "contact_left"]
    assert problem.row == 13


def test_contacts_must_be_people_who_are_there(tmp_path):
    batch = [
        person(1, "Lê Nam", status="left", decision_no="1", decision_date="2026-01-01"),
        person(3, "Lê Nam 3"),
    ]
    units = [unit("snv", head="1", it_officer="2", clerk="3", delegates=[{"person": "4"}])]
    # Number 3 is there, only its row cannot be read: one problem is enough.
    assert found(write_site(tmp_path, {"snv": batch}, units)) == {
        ("name_bad_character", FILE, 3, "full_name"),
        ("contact_left", "roster/units.yml", 5, "head"),
        ("contact_unknown", "roster/units.yml", 6, "it_officer"),
        ("contact_unknown", "roster/units.yml", 9, "person"),
    }


def test_a_file_without_its_columns_makes_nobody_unknown(tmp_path):
    folder = write_site(tmp_path, {"snv": "Họ tên\nLê Nam\n"}, [unit("snv", head="1")])
    assert found(folder) == {("column_missing", FILE, 1, "person_id")}


def test_without_units_no_file_is_called_unknown(tmp_path):
    folder = write_site(tmp_path, {"snv": [person(1, "Lê Nam", department="tc")]}, "units: [")
    assert found(folder) == {("yaml_syntax", "roster/units.yml", 1, "")}


def test_warnings(tmp_path):
    batch = [person(1, "Cao Thị Thuý", "1980-01-01"), person(2, "Cao Thị Thúy", "1980-01-01")]
    folder = write_site(tmp_path, {"snv": batch}, [unit("snv"), unit("stc", head="1", it_officer="1")])
    (folder / "roster/people/list.xlsx").write_bytes(b"PK")
    site = load(folder)
    assert site.sound
    assert places(site.problems) == {
        ("person_duplicate", FILE, 3, "person_id"),
        ("contact_missing", "roster/units.yml", 2, "head"),
        ("contact_missing", "roster/units.yml", 2, "it_officer"),
        ("people_missing", "roster/units.yml", 5, "code"),
        ("file_unexpected", "roster/people", 0, ""),
    }


@pytest.mark.parametrize(
    ("first", "second", "born", "alike"),
    [
        ("Nguyễn Văn Dũng", "NGUYEN VAN DUNG", "1980-01-01", True),
        ("Rơ Mah Blem", "Rơmah Blem", "1980-01-01", True),
        ("Rơ Mah Blem", "Rơ Mah H'Blem", "1980-01-01", False),
        ("Nguyễn Văn Dũng", "NGUYEN VAN DUNG", "1980-01-02", False),
    ],
)
def test_the_same_person_twice_by_folded_name_and_birth_date(first, second, born, alike, tmp_path):
    batch = [person(1, first, "1980-01-01"), person(2, second, born)]
    codes = {problem.code for problem in load(write_site(tmp_path, {"snv": batch})).problems}
    assert ("person_duplicate" in codes) is alike


def test_no_roster_at_all(tmp_path):
    assert found(tmp_path) >= {
        ("file_missing", "roster/units.yml", 0, ""),
        ("file_missing", "roster/people", 0, ""),
    }


def test_all_problems_of_all_files_at_once(tmp_path):
    people = {
        "snv": HEADER.replace("person_id,", "") + "\nLê Nam\n",
        "stc": f'{HEADER}\n1,Lê Nam\n1,Lý Nam\n2,"Lê Ba\n3,Lê\x00Tư\n4,Lê Năm{"," * 20}x\n'
        "5,Lê Sáu,,,,31/02/1980\n",
        "syt": f"{HEADER}\n6,Lê Bảy 7,,,,,,,gone\n".encode() + b"7,L\xea T\xe1m\n",
        "xyz": f"{HEADER}\n8,Lê Chín,,,,,,nowhere\n",
    }
    units = [unit("snv"), unit("stc"), unit("syt")]
    stc, syt = "roster/people/stc.csv", "roster/people/syt.csv"
    assert found(write_site(tmp_path, people, units)) == {
        ("column_missing", FILE, 1, "person_id"),
        ("person_id_duplicate", stc, 3, "person_id"),
        ("open_quote", stc, 4, "full_name"),
        ("control_character", stc, 5, "full_name"),
        ("row_long", stc, 6, "18"),
        ("date_bad", stc, 7, "birth_date"),
        ("name_bad_character", syt, 2, "full_name"),
        ("value_unknown", syt, 2, "status"),
        ("not_utf8", syt, 3, "full_name"),
        ("unit_unknown", "roster/people/xyz.csv", 0, ""),
    }


CELL = st.one_of(st.text(max_size=8), st.sampled_from(["1", "Lê Nam", "left", "31/02/1980", '"', "\x00"]))
ROWS = st.lists(st.lists(CELL, max_size=9).map(",".join)).map(
    lambda lines: "\n".join([HEADER, *lines]).encode()
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.one_of(st.binary(), ROWS), units=st.one_of(st.none(), st.binary()))
def test_any_bytes_give_a_roster_or_located_problems(people, units, tmp_path):
    site = load(write_site(tmp_path, {"snv": people}, units))
    assert all(problem.file for problem in site.problems)
    assert site.roster.people or site.problems or people.count(b"\n") == 0
