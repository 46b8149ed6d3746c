"""Who gets which address: the sequences of the naming rules, and the properties that hold for any roster."""

from __future__ import annotations

import random
import unicodedata
from datetime import date

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.naming.addresses import is_local_part
from ansible_collections.congvu.mail.plugins.module_utils.naming.names import read_name
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import errors
from ansible_collections.congvu.mail.plugins.module_utils.register.resolve import resolve
from ansible_collections.congvu.mail.plugins.module_utils.register.rows import (
    Row,
    dump_register,
    write_register,
)
from ansible_collections.congvu.mail.plugins.module_utils.roster.people import Person
from ansible_collections.congvu.mail.plugins.module_utils.roster.roster import Roster
from ansible_collections.congvu.mail.plugins.module_utils.roster.units import Unit
from ansible_collections.congvu.mail.plugins.module_utils.site.site import resolve_site, stale
from hypothesis import given
from hypothesis import strategies as st

from tests.support.samples import DAY, flat, gialai, issue, load, parsed, person, unit, write_site

TIEN, TAN = "Trương Hoàng Tiến Minh", "Trần Huỳnh Tấn Minh"


def test_s1_a_newcomer_moves_alone_and_the_holder_keeps(tmp_path):
    first, _ = issue(write_site(tmp_path, {"stttt": [person(1, TIEN)]}))
    assert first["1"] == "minhtht.stttt"
    later, resolution = issue(write_site(tmp_path, {"stttt": [person(1, TIEN), person(2, TAN)]}))
    assert (later["1"], later["2"]) == ("minhtht.stttt", "tanminhth.stttt")
    assert [row.holder for row in resolution.added] == ["2"]


def test_s2_again_and_in_reverse_nothing_changes(tmp_path):
    batch = [person(1, TIEN), person(2, TAN)]
    issue(write_site(tmp_path, {"stttt": batch}))
    before = (tmp_path / "register.csv").read_bytes()
    _, resolution = issue(write_site(tmp_path, {"stttt": batch[::-1]}))
    assert resolution.added == []
    assert (tmp_path / "register.csv").read_bytes() == before


def test_s5_a_leavers_address_is_never_issued_again(tmp_path):
    issue(write_site(tmp_path, {"stttt": [person(1, "Lê Nam", "1980-01-01")]}))
    left = person(1, "Lê Nam", "1980-01-01", status="left", decision_no="1", decision_date="2026-01-01")
    later, _ = issue(write_site(tmp_path, {"stttt": [left, person(2, "Lê Nam", "1990-01-01")]}))
    assert later["2"] == "lenam.stttt"


def test_a_tombstone_blocks_its_address(tmp_path):
    write_site(tmp_path, {"stttt": [person(1, "Lê Nam")]})
    gone = Row("naml.stttt@gialai.gov.vn", "9", "tombstone", "stttt")
    write_register(tmp_path, dump_register([gone]))
    given, resolution = issue(tmp_path)
    assert given["1"] == "lenam.stttt"
    assert gone in resolution.rows


def test_who_left_before_anything_was_issued_gets_nothing(tmp_path):
    left = person(1, "Lê Nam", status="left", decision_no="1", decision_date="2026-01-01")
    given, _ = issue(write_site(tmp_path, {"stttt": [left]}))
    assert given == {"stttt": "stttt"}


def test_s6_one_person_in_both_unicode_forms(tmp_path):
    for form in ("NFC", "NFD"):
        name = unicodedata.normalize(form, "Nguyễn Thị Thúy Hường")
        given, resolution = issue(write_site(tmp_path, {"sxd": [person(1, name)]}))
        assert given["1"] == "huongntt.sxd"
    assert resolution.added == []


@pytest.mark.parametrize(
    ("births", "expected"),
    [
        (("1979-05-06", "1991-05-06"), ("minhnv1979", "minhnv1991")),
        (("1979-05-06", "1979-06-05"), ("minhnv06051979", "minhnv05061979")),
        (("1979-05-06", "1979-05-06"), ("minhnv2", "minhnv3")),
    ],
)
def test_s7_the_same_full_name_goes_on_to_the_birth_date(births, expected, tmp_path):
    batch = [person(number, "Nguyễn Văn Minh", born) for number, born in enumerate(births, 1)]
    given, resolution = issue(write_site(tmp_path, {"snv": batch}))
    assert (given["1"], given["2"]) == tuple(f"{local}.snv" for local in expected)
    assert [problem.code for problem in resolution.problems] == ["serial_used"] * 2 * ("3.snv" in given["2"])


def test_a_lone_newcomer_gets_the_serial_2(tmp_path):
    batch = [person(1, "Nguyễn Văn Minh", "1979-05-06"), person(2, "Nguyễn Văn Minh", "1979-05-06")]
    issue(write_site(tmp_path, {"snv": batch[:1]}))
    taken = [f"minhnv{part}.snv@gialai.gov.vn" for part in ("1979", "06051979")]
    rows = [*load(tmp_path).register, *(Row(address, "9", "tombstone", "snv") for address in taken)]
    write_register(tmp_path, dump_register(rows))
    given, _ = issue(write_site(tmp_path, {"snv": batch}))
    assert given["2"] == "minhnv2.snv"


def test_a_missing_birth_date_names_everybody_in_the_tie(tmp_path):
    batch = [person(1, "Nguyễn Văn Minh", "1979-05-06"), person(2, "Nguyễn Văn Minh")]
    folder = write_site(tmp_path, {"snv": batch})
    given, resolution = issue(folder, save=False)
    (problem,) = errors(resolution.problems)
    assert (problem.code, problem.row, problem.column) == ("birth_date_needed", 3, "birth_date")
    assert "roster/people/snv.csv:2" in problem.message("vi")
    assert "2" not in given


def test_the_same_name_in_two_units_is_no_tie(tmp_path):
    given, _ = issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")], "stc": [person(2, "Lê Nam")]}))
    assert (given["1"], given["2"]) == ("naml.snv", "naml.stc")


def test_a_namesake_in_another_unit_does_not_matter(tmp_path):
    batch = {
        "snv": [person(1, "Nguyễn Văn Minh"), person(2, "Nguyễn Vĩnh Minh")],
        "stc": [person(3, "Nguyễn Văn Minh")],
    }
    given, _ = issue(write_site(tmp_path, batch))
    assert [given[key] for key in "123"] == ["vanminhn.snv", "vinhminhn.snv", "minhnv.stc"]


def test_a_namesake_who_left_does_not_matter(tmp_path):
    left = {"status": "left", "decision_no": "1", "decision_date": "2026-01-01"}
    batch = [
        person(1, "Nguyễn Văn Minh"),
        person(2, "Nguyễn Vĩnh Minh"),
        person(3, "Nguyễn Văn Minh", **left),
    ]
    given, _ = issue(write_site(tmp_path, {"snv": batch}))
    assert given["1"] == "vanminhn.snv"


def test_three_in_a_tie_move_together_and_only_who_still_ties_moves_on(tmp_path):
    batch = [
        person(1, "Nguyễn Văn Minh", "1970-01-01"),
        person(2, "Ngô Vân Minh", "1980-01-01"),
        person(3, "Nông Vĩnh Minh", "1990-01-01"),
    ]
    given, _ = issue(write_site(tmp_path, {"snv": batch}))
    assert [given[str(number)] for number in (1, 2, 3)] == [
        "minhnv1970.snv",
        "minhnv1980.snv",
        "vinhminhn.snv",
    ]


def test_s8_suffixes_in_the_order_of_arrival_and_id(tmp_path):
    batch = [person(3, "Nguyễn Văn Minh"), person(1, "Nguyễn Vĩnh Minh"), person(2, "Ngô Vân Minh")]
    issue(write_site(tmp_path, {"stttt": batch[:1]}), flat())
    given, _ = issue(write_site(tmp_path, {"stttt": batch}), flat())
    assert [given[key] for key in "312"] == ["minhnv", "minhnva", "minhnvb"]


def test_after_z_comes_aa(tmp_path):
    batch = [person(f"{number:03}", "Lê Nam") for number in range(29)]
    given, _ = issue(write_site(tmp_path, {"stttt": batch}), flat())
    assert [given[f"{number:03}"] for number in (0, 1, 26, 27, 28)] == [
        "naml",
        "namla",
        "namlz",
        "namlaa",
        "namlab",
    ]


# Names that nobody gets by rule (NAMING rule 9)


def test_a_reserved_word_is_one_only_as_a_whole(tmp_path):
    given, _ = issue(write_site(tmp_path, {"stttt": [person(1, "Lê Mai")]}))
    assert given["1"] == "mail.stttt"


def test_role_words_are_kept_free_in_front_of_the_unit(tmp_path):
    # "Vân Thư" as a given name without surname folds to vanthu, the role word of văn thư.
    bearer = person(1, "Vân Thư", "1980-01-01", given="Vân Thư")
    given, _ = issue(write_site(tmp_path, {"snv": [bearer]}))
    assert given["1"] == "vanthu1980.snv"


@pytest.mark.parametrize("regulation", [flat(), gialai()])
def test_a_role_word_alone_is_no_persons_either(regulation, tmp_path):
    folder = write_site(tmp_path, {"snv": [person(1, "Trương Hoài Uyên Văn", "1980-01-01")]})
    given, resolution = issue(folder, regulation, save=False)
    if regulation["naming"]["style"] == "flat":
        assert [(problem.code, problem.value) for problem in resolution.problems] == [
            ("address_reserved", "vanthu")
        ]
    else:
        assert given["1"] == "uyenvanth.snv"


def test_a_name_that_units_yml_refuses_is_not_told_twice(tmp_path):
    folder = write_site(tmp_path, {}, [unit("snv", aliases=["Văn phòng"])])
    site = load(folder)
    assert [problem.code for problem in errors(site.problems)] == ["address_bad"]
    assert resolve_site(site, DAY).problems == []


def test_an_alias_never_takes_the_address_of_another_unit(tmp_path):
    units = [unit("snv", aliases=["stttt"]), unit("stttt")]
    given, resolution = issue(write_site(tmp_path, {}, units), save=False)
    assert given == {"snv": "snv", "stttt": "stttt"}
    (problem,) = resolution.problems
    assert (problem.code, problem.column, problem.detail) == ("address_taken", "aliases", "stttt")


def test_a_departments_address_is_not_given_to_a_person(tmp_path):
    units = [unit("snv"), unit("naml", "department", parent="snv")]
    given, _ = issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")]}, units))
    assert (given["naml.snv"], given["1"]) == ("naml.snv", "lenam.snv")


# Addresses that a record names itself (NAMING rule 15)


def test_an_explicit_address_comes_before_any_round(tmp_path):
    batch = [person(1, "Lê Nam"), person(2, "Lò Văn Bình", address="NamL.snv")]
    given, resolution = issue(write_site(tmp_path, {"snv": batch}))
    assert (given["1"], given["2"]) == ("lenam.snv", "naml.snv")
    assert resolution.problems == []


def test_an_irregular_explicit_address_is_a_warning(tmp_path):
    given, resolution = issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam", address="giamdoc")]}))
    assert given["1"] == "giamdoc"
    (problem,) = resolution.problems
    assert (problem.code, problem.severity, problem.column) == ("address_irregular", "warning", "address")


@pytest.mark.parametrize(
    ("address", "code"),
    [("stc", "address_taken"), ("webmaster", "address_reserved"), ("postmaster", "address_reserved")],
)
def test_an_explicit_address_must_be_free(address, code, tmp_path):
    folder = write_site(tmp_path, {"snv": [person(1, "Lê Nam", address=address)], "stc": []})
    _, resolution = issue(folder, save=False)
    assert [problem.code for problem in errors(resolution.problems)] == [code]


def test_an_issued_address_does_not_follow_a_later_wish(tmp_path):
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")]}))
    wish = write_site(
        tmp_path, {"snv": [person(1, "Lê Nam", address="nam.snv")]}, [unit("snv", mailbox="so")]
    )
    given, resolution = issue(wish)
    assert (given["1"], given["snv"]) == ("naml.snv", "snv")
    assert {problem.code for problem in resolution.problems} == {"address_kept"}
    assert errors(resolution.problems) == []


# Units


@pytest.mark.parametrize(
    ("keys", "code", "column"),
    [
        ({"mailbox": "stc"}, "address_taken", "mailbox"),
        ({"aliases": ["stc"]}, "address_taken", "aliases"),
        ({"aliases": ["postmaster"]}, "unit_duty", "aliases"),
    ],
)
def test_a_units_address_must_be_free(keys, code, column, tmp_path):
    issue(write_site(tmp_path, {"stc": []}))
    _, resolution = issue(write_site(tmp_path, {"stc": []}, [unit("stc"), unit("xyz", **keys)]), save=False)
    (problem,) = errors(resolution.problems)
    assert (problem.code, problem.column) == (code, column)


@pytest.mark.parametrize("turn", [1, -1])
def test_two_units_that_want_one_address_whatever_their_order(turn, tmp_path):
    units = [unit("aa"), unit("bb", mailbox="aa")][::turn]
    given, resolution = issue(write_site(tmp_path, {}, units), save=False)
    assert given == {"aa": "aa"}
    assert [(problem.column, problem.detail) for problem in resolution.problems] == [("mailbox", "aa")]


def test_a_role_mailbox_may_have_a_reserved_word(tmp_path):
    given, resolution = issue(write_site(tmp_path, {}, [unit("admin", "role")]))
    assert given == {"admin": "admin"}
    assert resolution.problems == []


def test_a_dissolved_unit_gets_nothing_new(tmp_path):
    units = [unit("stc"), unit("old", status="dissolved", successor="stc")]
    given, _ = issue(write_site(tmp_path, {}, units))
    assert given == {"stc": "stc"}


def test_a_path_too_long_for_an_address_asks_for_a_mailbox(tmp_path):
    long = unit("banquanlyduandautuxaydungcaccongtrinhgiaothongdandung")
    dept = unit("kehoachtaichinh", "department", parent=long["code"])
    _, resolution = issue(write_site(tmp_path, {}, [long, dept]), save=False)
    assert [problem.code for problem in errors(resolution.problems)] == ["unit_address_long"]
    assert "mailbox" in errors(resolution.problems)[0].fix("vi")


def test_a_person_without_any_legal_form_is_asked_for_an_address(tmp_path):
    code = "banquanlyduandautuxaydungcaccongtrinhgiaothongdandung"
    name = "Công Tằng Tôn Nữ Hoàng Nguyên Nghiêng"
    _, resolution = issue(write_site(tmp_path, {code: [person(1, name, "1980-01-01")]}), save=False)
    assert [problem.code for problem in errors(resolution.problems)] == ["address_none"]


# The register file


def test_since_is_the_day_of_the_decision_or_of_writing(tmp_path):
    batch = [person(1, "Lê Nam", decision_date="15/03/2011"), person(2, "Lý Văn Ba")]
    _, resolution = issue(write_site(tmp_path, {"snv": batch}))
    assert {row.holder: row.since for row in resolution.rows} == {
        "1": "2011-03-15",
        "2": DAY.isoformat(),
        "snv": DAY.isoformat(),
    }


def test_stale_depends_on_the_files_alone(tmp_path):
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")]}))
    site = load(tmp_path)
    assert not stale(site, resolve_site(site, date(2099, 1, 1)))
    text = (tmp_path / "register.csv").read_text()
    (tmp_path / "register.csv").write_text(
        "\n".join([*text.splitlines()[:1], *reversed(text.splitlines()[1:])])
    )
    assert stale(load(tmp_path), resolve_site(load(tmp_path), DAY))


def test_rows_of_other_domains_and_of_the_past_stay(tmp_path):
    folder = write_site(tmp_path, {"snv": [person(1, "Lê Nam")]})
    old = [
        Row("naml@binhdinh.gov.vn", "1", "primary", "snv", "2012-01-01", "", "legacy"),
        Row("nam_l@gialai.gov.vn", "7", "alias", "snv", "2012-01-01", "2013-01-01", "legacy"),
    ]
    write_register(folder, dump_register(old))
    site = load(folder, mail_domains=["gialai.gov.vn", "binhdinh.gov.vn"])
    resolution = resolve_site(site, DAY)
    assert set(old) < set(resolution.rows)
    assert {row.address for row in resolution.added} == {"snv@gialai.gov.vn"}


# Properties

GIVEN = ["Minh", "Nam", "Thuý", "Thúy", "Đức"]
MIDDLE = ["", "Văn", "Vĩnh", "Thị Vân", "Hoàng Tiến", "Huỳnh Tấn"]
SURNAME = ["Nguyễn", "Ngô", "Trần", "Trương"]
NAMES = st.tuples(st.sampled_from(SURNAME), st.sampled_from(MIDDLE), st.sampled_from(GIVEN)).map(
    lambda parts: " ".join(filter(None, parts))
)
BIRTHS = st.sampled_from(["1979-01-02", "1979-02-01", "1991-01-02"])
PEOPLE = st.lists(st.tuples(NAMES, BIRTHS, st.sampled_from(["snv", "stc"])), max_size=25)
DECISIONS = st.sampled_from([gialai(), flat()]).map(parsed)


def roster_of(people):
    units = {code: Unit(code, code, code, "agency", "", 1) for code in ("snv", "stc")}
    found = {}
    for number, (full_name, born, code) in enumerate(people):
        text, name, _ = read_name(full_name)
        key = f"P{number:02}"
        found[key] = Person(key, text, name, code, "f.csv", number + 2, birth_date=date.fromisoformat(born))
    return Roster(units, found)


def run(roster, register, regulation):
    return resolve(roster, register, regulation.naming, "gialai.gov.vn", DAY)


@given(people=PEOPLE, regulation=DECISIONS, seed=st.integers())
def test_order_does_not_matter(people, regulation, seed):
    roster = roster_of(people)
    shuffled = list(roster.people.items())
    random.Random(seed).shuffle(shuffled)
    other = Roster(dict(reversed(roster.units.items())), dict(shuffled))
    assert dump_register(run(roster, [], regulation).rows) == dump_register(run(other, [], regulation).rows)


@given(people=PEOPLE, regulation=DECISIONS, cut=st.integers(0, 25))
def test_whatever_was_issued_stays_and_nobody_shares(people, regulation, cut):
    first = run(roster_of(people[:cut]), [], regulation)
    later = run(roster_of(people), first.rows, regulation)
    again = run(roster_of(people), later.rows, regulation)
    assert set(first.rows) <= set(later.rows)
    assert again.added == []
    addresses = [row.address for row in later.rows]
    assert len(addresses) == len(set(addresses)) == len(people) + 2
    assert all(is_local_part(row.local_part) and len(row.address) <= 254 for row in later.rows)


@given(people=PEOPLE, regulation=DECISIONS)
def test_both_unicode_forms_give_one_register(people, regulation):
    composed = run(roster_of(people), [], regulation)
    decomposed = [(unicodedata.normalize("NFD", name), born, code) for name, born, code in people]
    assert run(roster_of(decomposed), [], regulation).rows == composed.rows
