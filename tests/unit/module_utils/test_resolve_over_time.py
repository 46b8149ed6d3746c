"""The register over years: movers, leavers, corrected names, units and domains that end."""

from __future__ import annotations

from datetime import date

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.clock import months_later
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import errors
from ansible_collections.congvu.mail.plugins.module_utils.register.resolve import Act, resolve
from ansible_collections.congvu.mail.plugins.module_utils.register.rows import (
    Row,
    dump_register,
    write_register,
)
from ansible_collections.congvu.mail.plugins.module_utils.roster.roster import Roster
from hypothesis import given
from hypothesis import strategies as st

from tests.support.samples import (
    DAY,
    flat,
    gialai,
    issue,
    left,
    load,
    parsed,
    person,
    subdomain,
    unit,
    write_site,
)  # fmt: skip
from tests.unit.module_utils.register.test_resolve import NAMES, roster_of

TIEN, TAN = "Trương Hoàng Tiến Minh", "Trần Huỳnh Tấn Minh"
OLD = "binhdinh.gov.vn"
BOTH = {"mail_domains": ["gialai.gov.vn", OLD]}


def rows_of(resolution, holder):
    """What the register says of one holder, without the @domain that all share."""
    return {
        row.address.removesuffix("@gialai.gov.vn"): (row.kind, row.until, row.reason)
        for row in resolution.rows
        if row.holder == holder
    }


def with_months(months):
    raw = gialai()
    raw["naming"]["move_alias_months"] = months
    return raw


def without_end():
    raw = gialai()
    del raw["naming"]["move_alias_months"]
    return raw


def literal():
    raw = gialai()
    raw["naming"]["collision"]["rename_holder"] = True
    return raw


# Movers (S4, C5)


def test_s4_a_mover_gets_a_new_address_and_keeps_the_old_one(tmp_path):
    thuy = person(1, "Cao Thị Phương Thuý", decision_date="2011-03-14")
    issue(write_site(tmp_path, {"stttt": [thuy], "iagrai": []}))
    moved = thuy | {"decision_no": "12/QĐ-SNV", "decision_date": "2025-03-01"}
    write_site(tmp_path, {"stttt": [], "iagrai": [moved]})
    _, resolution = issue(tmp_path, with_months(12))
    assert rows_of(resolution, "1") == {
        "thuyctp.iagrai": ("primary", "", ""),
        "thuyctp.stttt": ("alias", "2026-03-01", "moved 12/QĐ-SNV"),
    }
    assert [row.address for row in resolution.added] == ["thuyctp.iagrai@gialai.gov.vn"]
    assert [after.kind for _, after in resolution.changed] == ["alias"]
    assert next(row.since for row in resolution.added) == "2025-03-01"


def test_a_mover_without_a_newer_decision_moves_today_and_only_once(tmp_path):
    nam = person(1, "Lê Nam", decision_date="2020-01-01")
    issue(write_site(tmp_path, {"snv": [nam], "stc": []}))
    write_site(tmp_path, {"snv": [], "stc": [nam]})
    _, first = issue(tmp_path, with_months(1))
    assert rows_of(first, "1")["naml.snv"] == ("alias", "2026-02-02", "moved")
    _, again = issue(tmp_path, with_months(1), today=date(2027, 1, 1))
    assert (again.added, again.changed) == ([], [])


def test_a_movers_decision_counts_even_if_it_is_older_than_the_register(tmp_path):
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")], "stc": []}))
    moved = person(1, "Lê Nam", decision_no="12/QĐ", decision_date="2025-07-01")
    _, resolution = issue(write_site(tmp_path, {"snv": [], "stc": [moved]}), with_months(12))
    assert rows_of(resolution, "1")["naml.snv"] == ("alias", "2026-07-01", "moved 12/QĐ")
    assert [row.since for row in resolution.added] == ["2025-07-01"]


def test_of_an_older_systems_address_only_a_later_decision_is_a_new_one(tmp_path):
    hired = person(1, "Lê Nam", decision_no="1/QĐ", decision_date="2011-03-14")
    row = Row("nam@gialai.gov.vn", "1", "primary", "snv", "2025-01-01", "", "legacy")
    write_register(write_site(tmp_path, {"snv": [], "stc": [hired]}), dump_register([row]))
    _, resolution = issue(tmp_path, with_months(12))
    assert rows_of(resolution, "1")["nam"] == ("alias", "2027-01-02", "moved 1/QĐ")


def test_a_mover_whose_record_names_the_old_address_is_warned(tmp_path):
    named = person(1, "Lê Nam", address="nam.snv")
    issue(write_site(tmp_path, {"snv": [named], "stc": []}))
    given, resolution = issue(write_site(tmp_path, {"snv": [], "stc": [named]}))
    assert given["1"] == "nam.snv"
    assert [problem.code for problem in resolution.problems] == ["address_irregular"]


def test_without_a_term_the_old_address_has_no_end(tmp_path):
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")], "stc": []}))
    _, resolution = issue(write_site(tmp_path, {"snv": [], "stc": [person(1, "Lê Nam")]}), without_end())
    assert rows_of(resolution, "1")["naml.snv"] == ("alias", "", "moved")


def test_a_mover_who_comes_back_takes_the_first_address_back(tmp_path):
    there, here = ({"snv": [], "stc": [person(1, "Lê Nam")]}, {"snv": [person(1, "Lê Nam")], "stc": []})
    for batch in (here, there, here):
        given, resolution = issue(write_site(tmp_path, batch), without_end())
    assert given["1"] == "naml.snv"
    assert rows_of(resolution, "1") == {"naml.snv": ("primary", "", ""), "naml.stc": ("alias", "", "moved")}


def test_who_comes_back_takes_the_own_form_and_not_a_shorter_one_that_is_free_now(tmp_path):
    tan = person(2, TAN)
    issue(write_site(tmp_path, {"snv": [person(1, TIEN), tan], "stc": []}))
    issue(write_site(tmp_path, {"snv": [person(1, TIEN)], "stc": [tan]}))
    given, _ = issue(write_site(tmp_path, {"snv": [person(1, TIEN), tan], "stc": []}))
    assert given["2"] == "tanminhth.snv"


def test_in_a_flat_style_a_mover_keeps_the_address(tmp_path):
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")], "stc": []}), flat())
    _, resolution = issue(write_site(tmp_path, {"snv": [], "stc": [person(1, "Lê Nam")]}), flat())
    assert (resolution.added, resolution.changed) == ([], [])


def test_a_mover_meets_the_holder_of_the_same_form(tmp_path):
    batch = {"stttt": [person(1, "Nguyễn Văn Minh")], "skhcn": [person(2, "Nguyễn Vĩnh Minh")]}
    issue(write_site(tmp_path, batch))
    both = [person(1, "Nguyễn Văn Minh"), person(2, "Nguyễn Vĩnh Minh")]
    given, resolution = issue(write_site(tmp_path, {"stttt": [], "skhcn": both}))
    assert (given["1"], given["2"]) == ("vanminhn.skhcn", "minhnv.skhcn")
    assert rows_of(resolution, "1")["minhnv.stttt"][0] == "alias"


def test_a_mover_may_name_the_new_address(tmp_path):
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")], "stc": []}))
    named = person(1, "Lê Nam", address="nam.stc")
    given, _ = issue(write_site(tmp_path, {"snv": [], "stc": [named]}))
    assert given["1"] == "nam.stc"


# Leavers


def test_a_leavers_addresses_become_tombstones(tmp_path):
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")], "stc": []}))
    issue(write_site(tmp_path, {"snv": [], "stc": [person(1, "Lê Nam")]}))
    gone = write_site(tmp_path, {"snv": [], "stc": [person(1, "Lê Nam", **left("7/QĐ", "2025-12-01"))]})
    _, resolution = issue(gone)
    assert rows_of(resolution, "1") == {
        "naml.stc": ("tombstone", "2025-12-01", "left 7/QĐ"),
        "naml.snv": ("tombstone", "2025-12-01", "alias, left 7/QĐ"),
    }
    _, again = issue(gone, today=date(2030, 1, 1))
    assert (again.added, again.changed) == ([], [])


@pytest.mark.parametrize("regulation", [gialai(), flat(), subdomain()])
def test_a_returning_leaver_takes_the_own_tombstone_back_and_nobody_else_does(regulation, tmp_path):
    domains = {"mail_domains": ["gialai.gov.vn", "snv.gialai.gov.vn"]}

    def then(*people):
        return issue(write_site(tmp_path, {"snv": list(people)}), regulation, **domains)[0]

    nam = person(1, "Lê Nam", "1980-01-01")
    first = then(nam)["1"]
    other = then(nam | left(), person(2, "Lý Nam", "1990-01-01"))["2"]
    assert other != first
    back = then(nam, person(2, "Lý Nam", "1990-01-01"), person(3, "Lã Nam", "1991-01-01"))
    assert (back["1"], back["2"]) == (first, other)
    assert back["3"] not in (first, other)


def test_a_returning_leaver_takes_back_what_was_the_primary(tmp_path):
    rows = [
        Row("naml.snv@gialai.gov.vn", "1", "primary", "snv", "2020-01-01"),
        Row("zz.snv@gialai.gov.vn", "1", "alias", "snv", "2021-01-01"),
    ]
    write_register(write_site(tmp_path, {"snv": [person(1, "Lê Nam", **left())]}), dump_register(rows))
    issue(tmp_path)
    given, resolution = issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")]}))
    assert given["1"] == "naml.snv"
    assert rows_of(resolution, "1")["zz.snv"][0] == "tombstone"


def test_a_returning_leaver_in_another_unit_gets_an_address_there(tmp_path):
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")], "stc": []}))
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam", **left())], "stc": []}))
    given, resolution = issue(write_site(tmp_path, {"snv": [], "stc": [person(1, "Lê Nam")]}))
    assert given["1"] == "naml.stc"
    assert rows_of(resolution, "1")["naml.snv"][0] == "tombstone"


def test_whose_row_is_merely_gone_keeps_the_address(tmp_path):
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")]}))
    _, resolution = issue(write_site(tmp_path, {"snv": []}))
    assert (resolution.added, resolution.changed) == ([], [])
    assert [problem.code for problem in load(tmp_path).problems if problem.code == "register_holder_gone"]


# The first holder (S1, GL-7.2d taken literally)


def test_s1_rename_holder_moves_the_first_one_too(tmp_path):
    issue(write_site(tmp_path, {"stttt": [person(1, TIEN)]}), literal())
    given, resolution = issue(write_site(tmp_path, {"stttt": [person(1, TIEN), person(2, TAN)]}), literal())
    assert (given["1"], given["2"]) == ("tienminhth.stttt", "tanminhth.stttt")
    assert rows_of(resolution, "1")["minhtht.stttt"] == ("alias", "", "renamed")
    _, again = issue(tmp_path, literal())
    assert (again.added, again.changed) == ([], [])


def test_rename_holder_leaves_longer_and_older_addresses_alone(tmp_path):
    tien = person(1, TIEN)
    row = Row("minhtht.stttt@gialai.gov.vn", "1", "primary", "stttt", "2011-01-01", "", "legacy")
    write_register(write_site(tmp_path, {"stttt": [tien, person(2, TAN)]}), dump_register([row]))
    given, _ = issue(tmp_path, literal())
    assert (given["1"], given["2"]) == ("minhtht.stttt", "tanminhth.stttt")
    given, _ = issue(
        write_site(tmp_path, {"stttt": [tien, person(2, TAN), person(3, TAN, "1990-01-01")]}), literal()
    )
    assert (given["2"], given["3"]) == ("tanminhth.stttt", "minhtht1990.stttt")


# Corrected names (NAMING rule 19)


def test_a_corrected_name_changes_nothing_by_itself(tmp_path):
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")]}))
    _, resolution = issue(write_site(tmp_path, {"snv": [person(1, "Lê Năm Anh", decision_no="5/QĐ")]}))
    assert (resolution.added, resolution.changed) == ([], [])


def test_a_decision_makes_the_named_form_the_primary(tmp_path):
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")]}))
    wish = person(1, "Lê Nam Anh", address="anhln.snv", decision_no="5/QĐ", decision_date="2025-05-05")
    given, resolution = issue(write_site(tmp_path, {"snv": [wish]}))
    assert given["1"] == "anhln.snv"
    assert rows_of(resolution, "1")["naml.snv"] == ("alias", "", "renamed 5/QĐ")


def test_the_decision_that_hired_somebody_asks_for_no_other_address(tmp_path):
    hired = person(1, "Lê Nam", decision_no="1/QĐ", decision_date="2011-03-14")
    issue(write_site(tmp_path, {"snv": [hired]}))
    given, resolution = issue(write_site(tmp_path, {"snv": [hired | {"address": "nam.snv"}]}))
    assert given["1"] == "naml.snv"
    assert [problem.code for problem in resolution.problems] == ["address_kept"]


# Units that end (S10, U14)


def test_in_a_flat_style_a_dissolved_units_address_is_refused_as_a_units(tmp_path):
    old = unit("naml")
    issue(write_site(tmp_path, {}, [unit("snv"), old]), flat())
    units = [unit("snv"), old | {"status": "dissolved", "successor": "snv"}]
    given, resolution = issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")]}, units), flat(), save=False)
    assert "1" not in given
    assert [problem.code for problem in errors(resolution.problems)] == ["address_of_unit"]


def test_s10_a_district_ends_and_a_commune_of_its_name_begins(tmp_path):
    district = unit("dakdoa", "locality", name="UBND huyện Đăk Đoa")
    issue(write_site(tmp_path, {"dakdoa": []}, [unit("stttt"), district]))
    units = [
        unit("stttt"),
        district | {"status": "dissolved", "successor": "dakdoa"},
        unit("dakdoa", "locality", name="UBND xã Đak Đoa", mailbox="ubndxadakdoa"),
    ]
    write_site(tmp_path, {"dakdoa": [person(1, "Lê Nam")]}, units)
    given, resolution = issue(tmp_path, today=date(2025, 7, 1))
    assert (given["dakdoa"], given["1"]) == ("ubndxadakdoa", "naml.dakdoa")
    assert rows_of(resolution, "dakdoa")["ubnddakdoa"] == ("tombstone", "2025-07-01", "dissolved")
    _, again = issue(tmp_path)
    assert (again.added, again.changed) == ([], [])


def test_a_dissolved_units_address_is_not_taken_over_by_a_namesake(tmp_path):
    district = unit("dakdoa", "locality")
    issue(write_site(tmp_path, {"dakdoa": []}, [unit("stttt"), district]))
    write_site(tmp_path, {}, [district | {"status": "dissolved", "successor": "dakdoa"}, district])
    _, resolution = issue(tmp_path, save=False)
    (problem,) = errors(resolution.problems)
    assert (problem.code, problem.value) == ("address_taken", "ubnddakdoa@gialai.gov.vn")
    assert problem.detail == f"{district['name']} (dakdoa)"


def test_all_addresses_of_a_dissolved_unit_become_tombstones(tmp_path):
    old = unit("old", aliases=["socu"])
    issue(write_site(tmp_path, {}, [unit("snv"), old]))
    ended = old | {"status": "dissolved", "successor": "snv"}
    _, resolution = issue(write_site(tmp_path, {}, [unit("snv"), ended]), act=Act("45/NQ", date(2025, 3, 1)))
    assert rows_of(resolution, "old") == {
        "old": ("tombstone", "2025-03-01", "dissolved 45/NQ"),
        "socu": ("tombstone", "2025-03-01", "alias, dissolved 45/NQ"),
    }
    write_site(tmp_path, {}, [unit("snv"), unit("old")])
    _, resolution = issue(tmp_path, save=False)
    assert [problem.code for problem in errors(resolution.problems)] == ["address_taken"]


# Domains that end (S9)


def test_s9_the_incoming_one_moves_aside_and_keeps_the_old_address_in_its_domain(tmp_path):
    act = Act("45/NQ", date(2025, 7, 1), date(2027, 7, 1), frozenset({OLD}))
    batch = {"snv": [person("DN1", "Nguyễn Văn Minh"), person("BP1", "Nguyễn Vĩnh Minh")]}
    rows = [
        Row("minhnv@gialai.gov.vn", "DN1", "primary", "snv", "2010-01-01"),
        Row(f"minhnv@{OLD}", "BP1", "primary", "snv", "2012-01-01"),
        Row(f"snv@{OLD}", "snv", "primary", "snv", "2012-01-01"),
    ]
    write_register(write_site(tmp_path, batch), dump_register(rows))
    given, resolution = issue(tmp_path, flat(), act=act, **BOTH)
    assert given == {"DN1": "minhnv", "BP1": "minhnva", "snv": "snv"}
    assert rows_of(resolution, "BP1") == {
        "minhnva": ("primary", "", ""),
        f"minhnv@{OLD}": ("alias", "2027-07-01", "merged 45/NQ"),
    }
    assert rows_of(resolution, "snv")[f"snv@{OLD}"] == ("alias", "2027-07-01", "merged 45/NQ")
    _, again = issue(tmp_path, flat(), act=act, **BOTH)
    assert (again.added, again.changed) == ([], [])


# Aliases that end


@pytest.mark.parametrize(
    ("until", "kind"), [("2026-01-01", "tombstone"), ("2026-01-02", "alias"), ("", "alias")]
)
def test_expired_aliases_are_retired_on_request_only(until, kind, tmp_path):
    row = Row("nam@gialai.gov.vn", "1", "alias", "snv", "2020-01-01", until, "moved")
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")]}))
    write_register(tmp_path, dump_register([*load(tmp_path).register, row]))
    _, kept = issue(tmp_path, save=False)
    assert rows_of(kept, "1")["nam"][0] == "alias"
    _, resolution = issue(tmp_path, act=Act(retire_expired=True))
    assert rows_of(resolution, "1")["nam"][0] == kind
    assert (kind == "alias") or rows_of(resolution, "1")["nam"] == ("tombstone", until, "alias, expired")


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-12-15", 12, "2025-12-15"),
        ("2024-02-29", 24, "2026-02-28"),
        ("2025-08-31", 1, "2025-09-30"),
    ],
)
def test_months_are_calendar_months(day, months, later):
    assert months_later(date.fromisoformat(day), months).isoformat() == later


# Each agency a domain of its own (BD-4.1a)

SUBDOMAINS = {"mail_domains": ["gialai.gov.vn", "snv.gialai.gov.vn", "stc.gialai.gov.vn"]}


def test_subdomain_addresses(tmp_path):
    units = [
        unit("snv", aliases=["vanphong"]), unit("tc", "department", parent="snv"),
        unit("vanthu", "role", parent="tc.snv"), unit("stc"), unit("bantin", "role"),
    ]  # fmt: skip
    batch = {"snv": [person(1, "Lê Nam"), person(2, "Lý Nam")], "stc": [person(3, "Lê Nam")]}
    _, resolution = issue(write_site(tmp_path, batch, units), subdomain(), **SUBDOMAINS)
    assert {row.holder: row.address for row in resolution.rows if row.kind == "primary"} == {
        "snv": "vp@snv.gialai.gov.vn",
        "tc.snv": "tc@snv.gialai.gov.vn",
        "vanthu.tc.snv": "vanthu.tc@snv.gialai.gov.vn",
        "stc": "vp@stc.gialai.gov.vn",
        "bantin": "bantin@gialai.gov.vn",
        "1": "naml@snv.gialai.gov.vn",
        "2": "namla@snv.gialai.gov.vn",
        "3": "naml@stc.gialai.gov.vn",
    }
    assert "vanphong@snv.gialai.gov.vn" in {row.address for row in resolution.rows if row.kind == "alias"}


def test_a_mover_between_subdomains_keeps_the_old_address_there(tmp_path):
    issue(write_site(tmp_path, {"snv": [person(1, "Lê Nam")], "stc": []}), subdomain(), **SUBDOMAINS)
    batch = {"snv": [], "stc": [person(1, "Lê Nam")]}
    given, resolution = issue(write_site(tmp_path, batch), subdomain(), **SUBDOMAINS)
    assert given["1"] == "naml"
    assert {row.address: row.kind for row in resolution.rows if row.holder == "1"} == {
        "naml@snv.gialai.gov.vn": "alias",
        "naml@stc.gialai.gov.vn": "primary",
    }


# Whatever happens, and in whatever order

STEPS = st.lists(
    st.tuples(st.integers(0, 7), NAMES, st.sampled_from(["snv", "stc", "left", "absent"])),
    min_size=1, max_size=30,
)  # fmt: skip
DECISIONS = st.sampled_from([gialai(), literal(), flat(), subdomain()]).map(parsed)


def stand(people, regulation, rows):
    """Resolve a roster in which each person is in a unit, has left, or is missing."""
    listed = [(name, born, code) for name, born, code in people.values()]
    whole = roster_of(
        [(name, born, code if code in ("snv", "stc") else "snv") for name, born, code in listed]
    )
    found = {}
    for person_id, one, (_, _, code) in zip(people, whole.people.values(), listed, strict=True):
        if code != "absent":
            status = {"status": "left", "decision_no": "1"} if code == "left" else {}
            found[person_id] = one._replace(person_id=person_id, decision_date=DAY, **status)
    return resolve(Roster(whole.units, found), rows, regulation.naming, "gialai.gov.vn", DAY)


@given(steps=STEPS, regulation=DECISIONS)
def test_an_issued_address_never_changes_hands_and_is_never_lost(steps, regulation):
    people, rows = {}, []
    for number, name, code in steps:
        key = f"P{number}"
        born = f"19{60 + number}-01-0{number + 1}"
        # The name stays what it was: a person is who they are.
        people[key] = (people.get(key, (name,))[0], born, code)
        resolution = stand(people, regulation, rows)
        before = {row.address: row.holder for row in rows}
        after = {row.address: row.holder for row in resolution.rows}
        assert before.items() <= after.items()
        assert len(after) == len(resolution.rows)
        primaries = [row.holder for row in resolution.rows if row.kind == "primary"]
        assert len(primaries) == len(set(primaries))
        present = {key for key, (_, _, code) in people.items() if code in ("snv", "stc")}
        assert present <= set(primaries)
        gone = {key for key, (_, _, code) in people.items() if code == "left"}
        assert {row.kind for row in resolution.rows if row.holder in gone} <= {"tombstone"}
        rows = resolution.rows
        again = stand(people, regulation, rows)
        assert (again.added, again.changed) == ([], [])
