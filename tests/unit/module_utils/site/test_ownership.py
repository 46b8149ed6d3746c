"""Who may change what in Git (GL-13.2a)."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.register.rows import Row
from ansible_collections.congvu.mail.plugins.module_utils.site.ownership import (
    AUTHORITY,
    Author,
    Units,
    author_of,
    central_officers,
    check_change,
    check_register,
    codeowners,
    heading,
    may_replace,
    nobody_approves,
)

from tests.support.samples import issue, load, person, places, rows, unit, write_site

SITE = "inventories/gialai/"
CHANGE = ("change", "cancel")  # Gia Lai's unit_officers_may
PEOPLE = {
    "stttt": [
        person("GL-1", "Cao Thị Phương Thuý"),
        person("GL-2", "Trương Hoàng Tiến Minh"),
        person("GL-3", "Trần Huỳnh Tấn Minh"),
    ],
    "snv": [
        person("GL-4", "Lê Quốc Bảo"),
        person("GL-5", "Lý Nam"),
        person("GL-6", "Lê Ba", status="locked"),
    ],
    "syt": [person("GL-7", "Lê Bảy")],
}
LISTED = [
    unit("stttt", head="GL-1", it_officer="GL-3"),
    unit("cntt", "department", parent="stttt", head="GL-2"),
    unit("snv", head="GL-5", it_officer="GL-4"),
    unit("syt"),
]
OFFICER, OTHER = "baolq.snv@gialai.gov.vn", "namly.snv@gialai.gov.vn"
CENTRE = ["tanminhth.stttt@gialai.gov.vn", "tienminhth.stttt@gialai.gov.vn"]
MAIL = b"# who runs it\nmail_domain: gialai.gov.vn\nmail_postmaster: cntt.stttt   # GL-13.2\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site with its register."""
    folder = write_site(
        tmp_path_factory.mktemp("site"),
        {name: [{"status_reason": "", **row} for row in people] for name, people in PEOPLE.items()}
        | {"snv": rows([*PEOPLE["snv"][:2], PEOPLE["snv"][2] | {"status_reason": "điều tra"}])},
        LISTED,
    )
    issue(folder)
    return load(folder, mail_postmaster="cntt.stttt")


@pytest.fixture(scope="module")
def authority(site):
    """What says who somebody is."""
    (site.folder / "group_vars/all").mkdir(parents=True)
    (site.folder / "group_vars/all/mail.yml").write_bytes(MAIL)
    return {name: (site.folder / name).read_bytes() for name in AUTHORITY}


def test_the_centre_is_who_runs_the_system_and_the_it_officers_above(site):
    assert central_officers(site.roster.units, "cntt.stttt") == ["GL-2", "GL-3"]
    assert central_officers(site.roster.units, "stttt") == ["GL-1", "GL-3"]
    assert central_officers(site.roster.units, "syt") == ["syt"]


def test_codeowners(site):
    text = codeowners(site.roster, site.register, "cntt.stttt", "inventories/gialai")
    assert text.startswith(heading("inventories/gialai") + "\n")
    assert [line for line in text.splitlines() if line and not line.startswith("#")] == [
        f"* {' '.join(CENTRE)}",
        f"/inventories/gialai/roster/people/snv.csv {OFFICER} {' '.join(CENTRE)}",
        f"/inventories/gialai/roster/people/stttt.csv {' '.join(CENTRE)}",
    ]
    assert text == codeowners(site.roster, reversed(site.register), "cntt.stttt", "inventories/gialai")


def test_codeowners_of_a_site_at_the_top_and_in_a_folder_with_a_space(site):
    assert f"\n/roster/people/snv.csv {OFFICER} " in codeowners(site.roster, site.register, "cntt.stttt", "")
    assert "\n/thư\\ điện/roster/people/snv.csv " in codeowners(
        site.roster, site.register, "stttt", "thư điện"
    )


def test_who_has_no_address_yet_is_no_owner(site):
    register = [row for row in site.register if row.holder != "GL-4"]
    assert "/snv.csv" not in codeowners(site.roster, register, "cntt.stttt", "")


def test_somebody_elses_codeowners_is_not_replaced():
    assert may_replace("", "a") and may_replace("\n", "a") and may_replace(heading("a") + "\n* b@c\n", "a")
    assert not may_replace("* @team\n", "a")
    assert not may_replace(heading("b") + "\n", "a")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (CENTRE[0], Author(CENTRE[0], True, ("stttt",))),
        (CENTRE[1], Author(CENTRE[1], True, ())),
        (OFFICER, Author(OFFICER, False, ("snv",))),
        (OFFICER.upper(), Author(OFFICER.upper(), False, ("snv",))),
        (OTHER, Author(OTHER, False, ())),  # the head of a unit is no IT officer
        ("stranger@example.org", Author("stranger@example.org", False, ())),
        ("", Author("", False, ())),
    ],
)
def test_who_an_author_is(address, expected, authority):
    assert author_of(address, authority) == expected


def test_before_there_is_a_site_nobody_may_anything():
    assert author_of(CENTRE[0], {}) == Author(CENTRE[0], False, ())


def test_a_retired_address_is_nobodys(site, authority):
    register = authority["register.csv"].replace(
        f"{OFFICER},GL-4,primary".encode(), f"{OFFICER},GL-4,tombstone".encode()
    )
    assert author_of(OFFICER, authority | {"register.csv": register}) == Author(OFFICER, False, ())


BEFORE = rows([*PEOPLE["snv"][:2], PEOPLE["snv"][2] | {"status_reason": "điều tra"}])
FILE = SITE + "roster/people/snv.csv"
AUTHOR = Author(OFFICER, False, ("snv",))
HELD = Units({"GL-4": "snv", "GL-5": "snv", "GL-6": "snv", "GL-7": "syt"}, {})


def edited(who=None, extra="", **cells):
    """The file with some cells of a person changed."""
    table = list(csv.DictReader(BEFORE.splitlines()))
    for row in table:
        if row["person_id"] == who:
            row.update(cells)
    return rows(table) + extra


def refused(after, may=CHANGE, author=AUTHOR, units=HELD, before=BEFORE):
    problems = check_change({FILE: before.encode()}, {FILE: after.encode()}, author, may, units, SITE)
    assert all(problem.file == "roster/people/snv.csv" for problem in problems)
    return [(problem.code, problem.row, problem.value, problem.detail) for problem in problems]


LEFT = {"status": "left", "decision_no": "9/QĐ", "decision_date": "2026-02-01"}


@pytest.mark.parametrize(
    "after",
    [
        BEFORE,
        edited("GL-5", title="Phó Giám đốc", birth_date="1980-01-01"),
        edited("GL-5", full_name="Lý Văn Nam"),
        edited("GL-5", **LEFT),
        edited("GL-5", status="locked", status_reason="điều tra"),
        edited("GL-6", status="active"),
        edited(extra="GL-7,Lê Bảy,,,,,,,second_post\n"),
        edited(extra="GL-8,Lê Tám,,,,,,,left,,,,7/QĐ,2020-01-01\n"),  # was never here in this system
        BEFORE.replace(",", ";"),
    ],
)
def test_what_a_units_officer_may_do_in_their_own_file(after):
    assert refused(after) == []


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (edited(extra="GL-8,Lê Tám\n"), ("owner_may_not", 5, "GL-8", "create")),
        (edited(extra="GL-7,Lê Bảy\n"), ("owner_moves", 5, "GL-7", "syt → snv")),
        (rows(list(csv.DictReader(BEFORE.splitlines()))[:2]), ("owner_removed", 0, "GL-6", "")),
        (
            edited("GL-5", full_name="Trần Mới", birth_date="1999-09-09"),
            ("owner_other_person", 3, "GL-5", ""),
        ),
        (
            edited("GL-5", full_name="Trần Mới", birth_date="1999-09-09", **LEFT),
            ("owner_other_person", 3, "GL-5", ""),
        ),
    ],
)
def test_what_they_may_not(after, expected):
    assert refused(after) == [expected]


def test_another_spelling_of_name_and_birth_date_is_the_same_person():
    before = edited("GL-5", birth_date="1980-01-02")
    after = edited("GL-5", full_name="LÝ  Năm", birth_date="03/01/1980")
    assert refused(after, before=before) == []
    after = edited("GL-5", full_name="Lý Văn Nam", birth_date="02/01/1980")
    assert refused(after, before=before) == []


def test_a_unit_that_may_create_may_give_an_id_to_somebody_else():
    after = edited("GL-5", full_name="Trần Mới", birth_date="1999-09-09")
    assert refused(after, (*CHANGE, "create")) == []


def test_a_mover_out_needs_the_centre():
    units = replace(HELD, after={"GL-6": "syt"})
    after = rows(list(csv.DictReader(BEFORE.splitlines()))[:2])
    assert refused(after, units=units) == [("owner_moves", 0, "GL-6", "snv → syt")]


def test_a_leaver_who_comes_back_is_a_new_account():
    assert refused(BEFORE, before=edited("GL-5", **LEFT)) == [("owner_may_not", 3, "GL-5", "create")]


def test_another_id_is_another_person():
    found = refused(edited("GL-5", person_id="GL-9"))
    assert found == [("owner_may_not", 3, "GL-9", "create"), ("owner_removed", 0, "GL-5", "")]


@pytest.mark.parametrize(
    ("may", "after", "expected"),
    [
        (("create", "change", "cancel"), edited(extra="GL-8,Lê Tám\n"), []),
        (("cancel",), edited("GL-5", title="A"), [("owner_may_not", 3, "GL-5", "change")]),
        (("change",), edited("GL-5", **LEFT), [("owner_may_not", 3, "GL-5", "cancel")]),
        (
            ("change",),
            edited("GL-5", status="locked", status_reason="x"),
            [("owner_may_not", 3, "GL-5", "cancel")],
        ),
        ((), BEFORE, []),
    ],
)
def test_the_regulation_says_what_units_may(may, after, expected):
    assert refused(after, may) == expected


def test_other_files_and_what_is_no_file_any_more():
    names = [
        "playbooks/site.yml", f"{SITE}roster/people/syt.csv", f"{SITE}roster/units.yml",
        f"{SITE}register.csv", "inventories/other/roster/people/snv.csv", "roster/people/snv.csv",
    ]  # fmt: skip
    files = dict.fromkeys(names, b"")
    found = check_change(files, files, AUTHOR, CHANGE, HELD, SITE)
    assert {problem.file for problem in found} == {
        "inventories/other/roster/people/snv.csv", "roster/people/syt.csv", "roster/units.yml",
        "playbooks/site.yml", "roster/people/snv.csv",
    }  # fmt: skip
    assert {problem.code for problem in found} == {"owner_outside"}
    assert all(problem.detail == "roster/people/snv.csv" for problem in found)
    gone = check_change({FILE: BEFORE.encode()}, {}, AUTHOR, CHANGE, HELD, SITE)
    assert places(gone) == {("file_missing", "roster/people/snv.csv", 0, "")}


def test_the_centre_may_everything_and_a_stranger_nothing():
    files = {"playbooks/site.yml": b"", FILE: b""}
    assert check_change(files, files, Author("a", True, ()), (), HELD, SITE) == []
    found = check_change(files, files, Author("a", False, ()), CHANGE, HELD, SITE)
    assert [(problem.code, problem.value) for problem in found] == [("owner_unknown", "a")]
    assert check_change({}, {}, Author("a", False, ()), CHANGE, HELD, SITE) == []


@pytest.mark.parametrize(
    "after", [b"\xff\xfe", b"full_name\nA\n", b'person_id,full_name\nGL-4,"x\n', b"\x00"]
)
def test_a_file_that_cannot_be_read_is_no_traceback(after):
    found = check_change({FILE: BEFORE.encode()}, {FILE: after}, AUTHOR, CHANGE, HELD, SITE)
    assert {problem.code for problem in found} <= {"owner_removed"}


def test_a_register_that_somebody_wrote_by_hand():
    row = Row(OFFICER, "GL-4", "primary", "snv", "2026-01-01")
    assert check_register([row], [replace(row, since="2026-01-02")]) == []
    assert places(check_register([row, replace(row, address="giamdoc@gialai.gov.vn")], [row])) == {
        ("owner_register", "register.csv", 0, "address")
    }
    assert check_register([], [row]) and check_register([replace(row, kind="tombstone")], [row])


def test_a_centre_of_one_person_is_warned_that_nobody_can_approve(site):
    units = site.roster.units
    assert nobody_approves(units, "cntt.stttt") == []
    (alone,) = nobody_approves({"snv": replace(units["snv"], contacts={"head": "GL-5"})}, "snv")
    assert (alone.severity, alone.row, alone.detail) == ("warning", units["snv"].line, "GL-5")
    (nobody,) = nobody_approves(units, "syt")
    assert nobody.message("en") == 'the centre "syt" is one person (syt): nobody can approve what they change'
    assert nobody_approves(units, "nowhere") == []
