"""Every worked case of the two golden tables."""

from __future__ import annotations

import csv

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.naming.names import fold
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import errors

from tests.support.samples import DATA, flat, issue, load, person, subdomain, unit, write_site

PEOPLE = {row["id"]: row for row in csv.DictReader((DATA / "golden-people.csv").open(encoding="utf-8"))}
UNITS = {row["id"]: row for row in csv.DictReader((DATA / "golden-units.csv").open(encoding="utf-8"))}
PARTS = {
    "P29": {"given": "Blý", "surname": "Êban", "middle": "Y"},
    "P37": {"given": "Brưm"},
    "P61": {"given": "Jean-Pierre", "surname": "Dupont"},
}
# Who stands in the same batch.
TIED = {
    "P03": [person(2, PEOPLE["P04"]["full_name"])],
    "P04": [person(2, PEOPLE["P03"]["full_name"])],
    "P41": [person(2, PEOPLE["P42"]["full_name"])],
    "P42": [person(2, PEOPLE["P41"]["full_name"])],
    "P44": [person(2, "Lý Nam")],
    "P46": [person(2, "Nguyễn Văn Minh", "1991-02-03")],
}
REFUSED = {"P30": "name_order", "P57": "name_legacy", "P60": "name_bad_character"}
SPECIAL = {"P43", "P48", "P51", "P52", "P53", "P55"}  # sequences and refusals, below


@pytest.mark.parametrize("key", sorted(PEOPLE.keys() - REFUSED.keys() - SPECIAL))
def test_person(key, tmp_path):
    row = PEOPLE[key]
    code, regulation = row["unit"] or "stttt", None if row["profile"] == "gialai" else flat()
    batch = [person(1, row["full_name"], "1979-05-06", **PARTS.get(key, {})), *TIED.get(key, [])]
    given, _ = issue(write_site(tmp_path, {code: batch}), regulation)
    assert given["1"] == row["expected"]


@pytest.mark.parametrize("key", sorted(REFUSED))
def test_refused(key, tmp_path):
    assert PEOPLE[key]["expected"].startswith("ERROR")
    folder = write_site(tmp_path, {"snv": [person(1, PEOPLE[key]["full_name"])]})
    (problem,) = errors(load(folder).problems)
    assert (problem.code, problem.row, problem.column) == (REFUSED[key], 2, "full_name")


def test_tcvn3_is_suggested_and_not_applied(tmp_path):
    folder = write_site(tmp_path, {"snv": [person(1, PEOPLE["P57"]["full_name"])]})
    assert "Nguyễn Văn Đức" in errors(load(folder).problems)[0].fix("vi")


def test_p43_takes_the_form_that_was_contested_and_never_issued(tmp_path):
    pair = [person(1, PEOPLE["P41"]["full_name"]), person(2, PEOPLE["P42"]["full_name"])]
    issue(write_site(tmp_path, {"snnmt": pair}))
    given, _ = issue(write_site(tmp_path, {"snnmt": [*pair, person(3, PEOPLE["P43"]["full_name"])]}))
    assert given["3"] == PEOPLE["P43"]["expected"]


def test_p48_tone_placement_makes_no_other_name(tmp_path):
    first, second = PEOPLE["P48"]["full_name"].split(" / ")
    batch = [person(1, first, "1980-01-01"), person(2, second, "1985-01-01")]
    given, _ = issue(write_site(tmp_path, {"snv": batch}))
    assert (given["1"], given["2"]) == ("thuynt1980.snv", "thuynt1985.snv")


@pytest.mark.parametrize(
    ("key", "code"),
    [("P51", "address_reserved"), ("P52", "address_reserved"), ("P53", "address_of_unit")],
)
def test_flat_refusals(key, code, tmp_path):
    folder = write_site(
        tmp_path, {"stttt": [person(1, PEOPLE[key]["full_name"])]}, [unit("stttt"), unit("hoind")]
    )
    given, resolution = issue(folder, flat(), save=False)
    assert "1" not in given
    assert [problem.code for problem in errors(resolution.problems)] == [code]
    assert resolution.problems[0].value == PEOPLE[key]["expected"].split()[-1]


def test_p55_the_newcomer_gets_the_suffix(tmp_path):
    old = person(9, "Nguyễn Văn Minh")
    issue(write_site(tmp_path, {"stttt": [old]}), flat())
    given, _ = issue(write_site(tmp_path, {"stttt": [old, person(1, PEOPLE["P55"]["full_name"])]}), flat())
    assert given == {"stttt": "stttt", "9": "minhnv", "1": PEOPLE["P55"]["expected"]}


def test_p49_the_literal_reading_has_one_letter_of_the_middle_part(tmp_path):
    literal = flat()
    literal["naming"]["middle_initials"] = "first"
    batch = [
        person(1, PEOPLE["P49"]["full_name"]),
        person(2, "Rơ Châm Thị Hồng Hyen", surname="Rơ Châm", middle="Thị Hồng", given="Hyen"),
        person(3, "Lê Nam"),
    ]
    given, _ = issue(write_site(tmp_path, {"stttt": batch}), literal)
    assert [given[key] for key in "123"] == ["thuyct", "hyenrt", "naml"]
    assert given["1"] in PEOPLE["P49"]["note"]


@pytest.mark.parametrize("key", ["U05", "U06", "U07", "U08", "U09", "U10", "U11"])
def test_place_folds_to_its_code(key):
    spellings = UNITS[key]["name"].split(" / ")
    assert {"".join(fold(word) for word in name.split()) for name in spellings} == {UNITS[key]["expected"]}


# The decision allows two forms of most units: one is the code, the other an alias.
UNIT_CASES = {
    "U01": [unit("stttt", aliases=["sothongtintruyenthong"])],
    "U02": [unit("dakdoa", "locality")],
    "U03": [unit("cntt", "department", parent="stttt", aliases=["congnghethongtin.stttt"]), unit("stttt")],
    "U04": [
        unit("vhtt", "department", parent="dakdoa", aliases=["vanhoathongtin.dakdoa"]),
        unit("dakdoa", "locality"),
    ],
    "U12": [unit("sgddt")],
    "U14": [unit("dakdoa", "locality", mailbox="ubndxadakdoa")],
    "U15": [unit("skhcn")],
    "U16": [unit("sdttg")],
    "U17": [unit("bqlkkt")],
    "U18": [unit("bqldadtxdcctgtdd")],
}


# Role mailboxes and offices: what the decisions print themselves.
ADDRESS_CASES = {
    "U19": (flat(), "tinhuyquangtri.vn", [unit("vanthuvanphong", "role")]),
    "U20": (flat(), "tinhuyquangtri.vn", [unit("admin", "role")]),
    "U21": (flat(), "cema.gov.vn", [unit("ubdt")]),
    "U22": (subdomain(), "binhdinh.gov.vn", [unit("snv")]),
}


@pytest.mark.parametrize("key", sorted(ADDRESS_CASES))
def test_printed_address(key, tmp_path):
    regulation, domain, units = ADDRESS_CASES[key]
    served = {"mail_domain": domain, "mail_domains": [domain, f"snv.{domain}"]}
    _, resolution = issue(write_site(tmp_path, {}, units), regulation, **served)
    assert [row.address for row in resolution.rows] == [UNITS[key]["expected"]]


@pytest.mark.parametrize("key", sorted(UNIT_CASES))
def test_unit(key, tmp_path):
    first = UNIT_CASES[key][0]
    _, resolution = issue(write_site(tmp_path, {}, UNIT_CASES[key]))
    path = f"{first['code']}.{first['parent']}" if "parent" in first else first["code"]
    own = {row.local_part for row in resolution.rows if row.holder == path}
    assert own == {word for word in UNITS[key]["expected"].split() if word not in ("or", "explicit", "code")}


def test_u13_two_units_of_one_code(tmp_path):
    folder = write_site(tmp_path, {}, [unit("snv", name="Sở Nội vụ"), unit("snv", name="Sở Ngoại vụ")])
    (problem,) = errors(load(folder).problems)
    assert (problem.code, problem.value, problem.column) == ("unit_duplicate", "snv", "code")
    assert "sngv" in problem.fix("vi")


def test_no_row_of_the_tables_is_left_out():
    units = (
        {"U05", "U06", "U07", "U08", "U09", "U10", "U11", "U13"} | UNIT_CASES.keys() | ADDRESS_CASES.keys()
    )
    assert units == UNITS.keys()
