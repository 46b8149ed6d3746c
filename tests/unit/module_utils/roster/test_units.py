"""units.yml: what is read, and every way that it can be wrong."""

from __future__ import annotations

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.naming.addresses import is_local_part
from ansible_collections.congvu.mail.plugins.module_utils.roster.units import load_units, parse_date
from hypothesis import given
from hypothesis import strategies as st

GOOD = """\
units:
  - {code: stttt, name: Sở TT&TT, kind: agency, head: 0012}
  - code: cntt
    name: Phòng CNTT
    kind: department
    parent: stttt
    aliases: [congnghethongtin.stttt]
  - {code: no, name: Sở Không, kind: agency}
  - {code: to1, name: Tổ 1, kind: department, parent: cntt.stttt}
  - {code: to2, name: Tổ 2, kind: department, parent: cntt}
"""


def load(text):
    return load_units(text if isinstance(text, bytes) else text.encode())


def test_units_and_their_paths():
    units, problems = load(GOOD)
    assert problems == []
    assert [unit.path for unit in units] == ["stttt", "cntt.stttt", "no", "to1.cntt.stttt", "to2.cntt.stttt"]
    assert units[1].parent == "stttt"
    assert units[1].lines["parent"] == 6


def test_yaml_types_do_not_change_what_was_written():
    units, _ = load(GOOD)
    assert units[0].contacts["head"] == "0012"
    assert units[2].code == "no"


@pytest.mark.parametrize(("written", "parent"), [("~", ""), ("null", ""), ("", ""), ("'null'", "null")])
def test_nothing_is_written_in_three_ways(written, parent):
    units, problems = load(f"units:\n- code: a\n  name: A\n  kind: agency\n  parent: {written}\n")
    assert [problem.value for problem in problems] == ([parent] if parent else [])
    assert bool(units) == (parent == "")


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", [("key_missing", 1, "units")]),
        ("units: [a", [("yaml_syntax", 1, "")]),
        ("units:\n\t- code: a", [("yaml_syntax", 2, "")]),
        ("units: &a [*a]", [("yaml_syntax", 1, "")]),
        ("units: []\n---\nunits: []", [("yaml_syntax", 3, "")]),
        ("units: " + "[" * 30 + "]" * 30, [("yaml_syntax", 1, "")]),
        ("units: []\nx: \x00", [("yaml_syntax", 2, "")]),
        (b"units:\n- \xe9", [("not_utf8", 2, "")]),
        ("- a", [("yaml_shape", 1, "")]),
        ("units: {a: b}", [("yaml_shape", 1, "units")]),
        ("unit: []", [("key_missing", 1, "units"), ("key_unknown", 1, "unit")]),
        ("units:\n- just text", [("yaml_shape", 2, "")]),
        ("units:\n- {code: a, kind: agency}", [("key_missing", 2, "name")]),
        ("units:\n- {name: A, kind: agency}", [("key_missing", 2, "code")]),
        ("units:\n- {code: A b, name: A, kind: agency}", [("value_bad", 2, "code")]),
        ("units:\n- {code: a, name: A, kind: so}", [("value_unknown", 2, "kind")]),
        ("units:\n- {code: a, name: A, kind: agency, hed: x}", [("key_unknown", 2, "hed")]),
        ("units:\n- {code: a, name: A, kind: agency, name: B}", [("key_duplicate", 2, "name")]),
        (
            "units:\n- {code: a, name: [A], kind: agency}",
            [("key_missing", 2, "name"), ("yaml_shape", 2, "name")],
        ),
        ("units:\n- {code: a, name: A, kind: agency, aliases: b}", [("yaml_shape", 2, "aliases")]),
        ("units:\n- {code: a, name: A, kind: agency, aliases: [b@c]}", [("address_bad", 2, "aliases")]),
        ("units:\n- {code: a, name: A, kind: agency, mailbox: b..c}", [("address_bad", 2, "mailbox")]),
        ("units:\n- {code: a, name: A, kind: agency, status: gone}", [("value_unknown", 2, "status")]),
        ("units:\n- {code: a, name: A, kind: agency, status: dissolved}", [("key_missing", 2, "status")]),
        ("units:\n- {code: a, name: A, kind: agency, successor: b}", [("unit_unknown", 2, "successor")]),
        ("units:\n- {code: a, name: A, kind: department, parent: b}", [("unit_unknown", 2, "parent")]),
        (
            "units:\n- {code: a, name: A, kind: department, parent: b}\n"
            "- {code: b, name: B, kind: department, parent: a}\n",
            [("parent_cycle", 2, "parent"), ("parent_cycle", 3, "parent")],
        ),
        ("units:\n- {code: a, name: A, kind: department, parent: a}", [("parent_cycle", 2, "parent")]),
        (
            "units:\n- {code: a, name: A, kind: agency}\n- {code: a, name: B, kind: agency}\n",
            [("unit_duplicate", 3, "code")],
        ),
        (
            "units:\n- code: a\n  name: A\n  kind: agency\n  delegates:\n"
            "  - {person: x, from: 31/02/2026}\n  - {person: y, from: 2026-02-01, until: 2026-01-01}\n"
            "  - {from: 2026-01-01}\n",
            [("date_bad", 6, "from"), ("dates_reversed", 7, "until"), ("key_missing", 8, "person")],
        ),
        (
            "units:\n- code: a\n  name: A\n  kind: agency\n  delegates:\n"
            "  - {person: x, from: 2026-01-01, until: 2026-03-31}\n"
            "  - {person: y, from: 2026-01-01}\n"
            "  - {person: x, from: 2026-04-01, until: 2026-06-30}\n"
            "  - {person: x, from: 2026-06-30}\n  - {person: y, until: 2026-01-01}\n"
            "  - {person: y, until: 2025-12-31}\n  - {person: x, until: 2025-12-31}\n",
            [("delegate_twice", row, "person") for row in (9, 10, 11)],
        ),
    ],
)
def test_faults_are_located(text, problems):
    _, found = load(text)
    assert sorted({(problem.code, problem.row, problem.column) for problem in found}) == sorted(problems)


@pytest.mark.parametrize(
    ("codes", "parents"),
    [
        (("snv", "SNV"), ("", "")),
        (("SNV", "snv"), ("", "")),
        (("SNV", "SNV"), ("", "")),
        (("dakdoa", "đakdoa"), ("", "")),
        (("Đăk Đoa", "dak-doa"), ("", "")),
        (("tc", "TC"), ("snv", "SNV")),
    ],
)
def test_two_codes_that_fold_alike_are_both_named(codes, parents):
    entries = [
        f"- {{code: {code}, name: Tên {code}, kind: department, parent: {parent}}}\n"
        for code, parent in zip(codes, parents, strict=True)
    ]
    _, problems = load("units:\n" + "".join(entries))
    (found,) = [problem for problem in problems if problem.code == "unit_alike"]
    assert (found.row, found.column, found.value) == (3, "code", codes[1])
    assert found.detail == f'"{codes[0]}": Tên {codes[0]} (roster/units.yml:2)'


@pytest.mark.parametrize(
    "second",
    [
        "code: TC, parent: stc, kind: department",  # another parent
        "code: TC, parent: snv, kind: department, status: dissolved, successor: tc.snv",
        "code: tc, parent: snv, kind: department",  # the very same code: unit_duplicate says that
    ],
)
def test_other_codes_are_not_called_alike(second):
    _, problems = load(
        "units:\n- {code: snv, name: A, kind: agency}\n- {code: stc, name: B, kind: agency}\n"
        f"- {{code: tc, name: C, kind: department, parent: snv}}\n- {{name: D, {second}}}\n"
    )
    assert problems
    assert "unit_alike" not in {problem.code for problem in problems}


def test_the_fix_of_a_code_shows_it_folded():
    _, (problem,) = load("units: [{code: Đắk-Đoa, name: X, kind: locality}]")
    assert "dakdoa" in problem.fix("vi")


def test_a_dissolved_unit_may_leave_its_code_to_another():
    units, problems = load(
        "units:\n- {code: a, name: A, kind: locality, status: dissolved, successor: a}\n"
        "- {code: a, name: B, kind: locality}\n"
    )
    assert problems == []
    assert [unit.active for unit in units] == [False, True]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("1979-12-31", "1979-12-31"),
        ("31/12/1979", "1979-12-31"),
        ("1/2/1979", "1979-02-01"),
        ("29/02/2024", "2024-02-29"),
        ("31/02/1980", None),
        ("29/02/2023", None),
        ("12/31/1979", None),
        ("31-12-1979", None),
        ("31/12/79", None),
        ("1899-12-31", None),
        ("3/1/2101", None),
        ("٣١/١٢/١٩٧٩", None),
        ("", None),
    ],
)
def test_dates(text, iso):
    day = parse_date(text)
    assert (day and day.isoformat()) == iso


@pytest.mark.parametrize("text", ["a", "a.b", "0a1", "a" * 64])
def test_legal_local_part(text):
    assert is_local_part(text)


@pytest.mark.parametrize("text", ["", ".a", "a.", "a..b", "A", "a b", "a@b", "đ", "a-b", "a\n", "a" * 65])
def test_illegal_local_part(text):
    assert not is_local_part(text)


@given(st.one_of(st.binary(), st.text(alphabet="ab:-[]{}&*!|>\"'\n #%,?~").map(str.encode)))
def test_any_bytes_give_units_or_located_problems(data):
    units, problems = load(data)
    assert units or problems or b"units" in data
    assert all(problem.file == "roster/units.yml" and problem.row >= 1 for problem in problems)
