"""Roster files edited: what was asked for changes, and not one byte more."""

from __future__ import annotations

import pytest
import yaml
from ansible_collections.congvu.mail.plugins.module_utils.roster.edits import PeopleText, UnitsText
from ansible_collections.congvu.mail.plugins.module_utils.roster.units import load_units
from hypothesis import given
from hypothesis import strategies as st

FILE = "roster/units.yml"
UNITS = """\
# đầu tệp
units:
# trước
- code: stttt   # mã
  name: 'Sở "TT"'
  kind: agency
  aliases: [sothongtin,
    so2]   # đuôi
  # giữa

- {code: skhcn, name: Sở KHCN, kind: agency,}  # sở kia
-
  code: cntt
  name: >-
    Phòng
    CNTT
  kind: department
  parent:
  delegates:
  - person: "1"
# cuối
other: {units: [1]}
"""


def test_values_are_replaced_and_keys_added():
    text = UnitsText(UNITS.encode(), FILE)
    new = text.edited(
        {
            0: {"code": "scds", "status": "dissolved", "successor": "skhcn"},
            1: {"name": "Sở: mới", "status": "dissolved"},
            2: {"name": "Phòng CĐS", "parent": "skhcn", "mailbox": "cds"},
        }
    ).decode()
    assert new == (
        UNITS.replace("stttt  ", "scds  ")
        .replace("so2]   # đuôi\n", "so2]   # đuôi\n  status: dissolved\n  successor: skhcn\n")
        .replace("name: Sở KHCN, kind: agency,}", 'name: "Sở: mới", kind: agency, status: dissolved,}')
        .replace(">-\n    Phòng\n    CNTT", "Phòng CĐS")
        .replace("parent:\n", "parent: skhcn\n")
        .replace('"1"\n', '"1"\n  mailbox: cds\n')
    )
    assert [row for _, row in text.origins[:12]] == [1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 9, 10]


def test_nothing_to_change_changes_nothing():
    for data in (UNITS.encode(), "\ufeff".encode() + UNITS.replace("\n", "\r\n").encode()):
        assert UnitsText(data, FILE).edited({}) == data


def test_crlf_and_bom_stay():
    data = "\ufeffunits:\r\n  - code: a\r\n    name: A\r\n".encode()
    new = UnitsText(data, FILE).edited({0: {"kind": "agency"}})
    assert new == data.removesuffix(b"") + b"    kind: agency\r\n"


def test_entries_of_another_file_come_behind_with_their_comments():
    other = (
        "begin:\n      # m\n      - code: b  # x\n        name: |\n          B\n      - code: c\n      # z\n"
    )
    text = UnitsText(b"units:\n  - code: a\n    name: A\n# end\n", FILE)
    assert text.append(other.encode(), "m.yml", "begin", {3, 6})
    new = text.edited({1: {"kind": "agency"}, 2: {"name": "C"}}).decode()
    assert new == (
        "units:\n  - code: a\n    name: A\n  - code: b  # x\n    name: |\n      B\n    kind: agency\n"
        "  - code: c\n    name: C\n# end\n"
    )
    assert text.origins[3:9] == [("m.yml", row) for row in (3, 4, 5, 5, 6, 6)]


def test_entries_move_to_the_right_as_well():
    text = UnitsText(b"units:\n  - code: a\n", FILE)
    assert text.append(b"begin:\n- code: b\n\n  name: |\n    B\n", "m.yml", "begin", {2})
    assert text.edited({}) == b"units:\n  - code: a\n  - code: b\n\n    name: |\n      B\n"


def test_only_the_entries_that_are_asked_for():
    text = UnitsText(b"units:\n- code: a\n", FILE)
    assert text.append(b"units:\n- code: b\n- code: c\n", "m.yml", "units", {3})
    assert text.edited({}) == b"units:\n- code: a\n- code: c\n"


@pytest.mark.parametrize("ours", [b"units: []\n", b"units: [{code: a}]\n", b"units:\n"])
def test_a_list_in_one_line_takes_no_entries(ours):
    assert not UnitsText(ours, FILE).append(b"begin:\n- code: b\n", "m.yml", "begin", {2})
    assert UnitsText(ours, FILE).append(b"units:\n- code: b\n", "m.yml", "begin", set())


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1).map(str.strip))
def test_any_name_is_read_as_it_was_written(name):
    for style in ("- {code: a, kind: agency}", "- code: a\n  kind: agency"):
        data = UnitsText(f"units:\n{style}\n".encode(), FILE).edited({0: {"name": name}} if name else {})
        if "\ufeff" not in name and "\ufffe" not in name and "\uffff" not in name and name:
            assert load_units(data)[0][0].name == " ".join(name.split())
            assert yaml.safe_load(data)


PEOPLE = 'Mã cán bộ,Họ và tên,ghi chú,Phòng\r\n1, Lê Nam ,"a ""b"",\r\nc",x\r\n\r\n2,Lê Tư\r\n3,Lê Sáu,,y\r\n'


def test_a_row_that_is_taken_leaves_the_others_as_they_were():
    file = PeopleText(PEOPLE.encode())
    assert file.take(2) == {
        "person_id": "1", "full_name": " Lê Nam ", "note": 'a "b",\nc', "department": "x",
    }  # fmt: skip
    assert file.content().decode() == "Mã cán bộ,Họ và tên,ghi chú,Phòng\r\n\r\n2,Lê Tư\r\n3,Lê Sáu,,y\r\n"


def test_one_cell():
    file = PeopleText(PEOPLE.encode())
    file.set(5, "department", "z")
    assert file.content().decode() == PEOPLE.replace("Sáu,,y", "Sáu,,z")


def test_a_row_comes_in_the_form_of_its_new_file():
    file = PeopleText("\ufeffHọ tên;Mã\n".encode())
    file.add({"person_id": "1", "full_name": "Lê; Nam", "title": "", "note": "n"})
    file.add({"person_id": "2", "full_name": "Lê Tư"})
    assert file.content().decode() == '\ufeffHọ tên;Mã;note\n"Lê; Nam";1;n\nLê Tư;2;\n'


def test_a_new_file_has_the_form_of_another():
    file = PeopleText(PEOPLE.encode()).emptied()
    file.add({"person_id": "1", "full_name": "Lê Nam"})
    assert file.content().decode() == "Mã cán bộ,Họ và tên,ghi chú,Phòng\r\n1,Lê Nam,,\r\n"
