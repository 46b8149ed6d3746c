"""What the files of a site say against each other: one rule at a time, then everything at once."""

from __future__ import annotations

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import as_text, errors
from ansible_collections.congvu.mail.plugins.module_utils.site.checks import (
    check_files,
    without_effect,
    without_mailbox,
)
from ansible_collections.congvu.mail.plugins.module_utils.site.site import resolve_site, validate_site

from tests.support.samples import (
    DAY,
    HEADER,
    flat,
    gialai,
    issue,
    load,
    person,
    places,
    subdomain,
    unit,
    write_site,
)

FILE, UNITS, MAIL = "roster/people/snv.csv", "roster/units.yml", "group_vars/all/mail.yml"
SERVED = {"mail_domains": ["gialai.gov.vn", "snv.gialai.gov.vn"]}
REGISTER = "address,holder,kind,unit,since,until,reason\n"


def asked(*columns, style=flat):
    return style() | {"required_columns": list(columns)}


def checked(folder, regulation=None, **variables):
    """Errors of the check alone; the samples name no heads."""
    site = load(folder, regulation, **{"mail_postmaster": "snv", **variables})
    assert site.settings is not None
    assert site.regulation is not None
    return errors(check_files(site.roster, site.register, site.regulation, site.settings))


# Notices come from an address that somebody reads.


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("snv@gialai.gov.vn", set()),
        ("postmaster@gialai.gov.vn", set()),
        ("hotro@gialai.gov.vn", {("support_unheld", MAIL, 0, "mail_support.address")}),
    ],
)
def test_the_support_address_is_somebodys(address, found, tmp_path):
    issue(write_site(tmp_path, {"snv": []}))
    support = {"address": address, "phone": "0269 3824 404"}
    assert places(checked(tmp_path, mail_support=support)) == found


@pytest.mark.parametrize(
    ("local_part", "issued"), [("hotro", True), ("ht", True), ("thuyc.snv", True), ("khac", False)]
)
def test_the_support_address_may_be_one_that_register_is_about_to_issue(local_part, issued, tmp_path):
    """A site that has adopted addresses of an older system, and has run no register.yml yet."""
    listed = [unit("snv"), unit("hotro", aliases=["ht"])]
    write_site(tmp_path, {"snv": [person(1, "Cao Thuý"), person(2, "Lê Nam")], "hotro": []}, listed)
    (tmp_path / "register.csv").write_text(f"{REGISTER}nam@gialai.gov.vn,2,primary,snv,2026-01-01,,legacy\n")
    support = {"address": f"{local_part}@gialai.gov.vn", "phone": "0269 3824 404"}
    found = [problem.code for problem in checked(tmp_path, mail_support=support)]
    assert found == ([] if issued else ["support_unheld"])


def test_the_support_address_is_not_one_that_ends(tmp_path):
    """What was the holder's is nobody's once the unit is dissolved."""
    write_site(tmp_path, {"snv": []}, [unit("snv"), unit("hotro", status="dissolved", successor="snv")])
    (tmp_path / "register.csv").write_text(
        f"{REGISTER}hotro@gialai.gov.vn,hotro,tombstone,hotro,2026-01-01,2026-01-02,dissolved\n"
    )
    support = {"address": "hotro@gialai.gov.vn", "phone": "0269 3824 404"}
    assert [problem.code for problem in checked(tmp_path, mail_support=support)] == ["support_unheld"]


def test_what_units_say_and_nothing_is_done_with_yet_is_told_once_for_each_key(tmp_path):
    many = [unit(f"a{number}", head="1", clerk="1", it_officer="1") for number in range(7)]
    many += [
        unit("b", delegates=[{"person": "1"}]),
        unit("c", status="dissolved", successor="b", clerk="1"),
    ]
    site = load(write_site(tmp_path, {"a0": [person(1, "Lê Nam")]}, many))
    clerk, delegates = without_effect(site.roster)
    assert places([clerk, delegates]) == {
        ("no_effect_yet", UNITS, 6, "clerk"),
        ("no_effect_yet", UNITS, site.roster.units["b"].lines["delegates"], "delegates"),
    }
    assert clerk.severity == "warning"
    assert clerk.message("en").startswith(
        '"clerk" has no effect yet: those named in a0, a1, a2, a3, a4, ... '
    )
    assert delegates.detail == "b"


# Columns that the decision asks for (DN-5.2, QT-9, UB-6.1b).


def test_an_empty_cell_that_the_decision_asks_for(tmp_path):
    batch = [person(1, "Lê Nam", decision_no="1/QĐ"), person(2, "Lý Nam", decision_no="2/QĐ", request_no="3")]
    found = checked(write_site(tmp_path, {"snv": batch}), asked("decision_no", "request_no"))
    assert places(found) == {("required_missing", FILE, 2, "request_no")}
    assert found[0].detail == "03/2011/QĐ-UBND"


def test_the_header_word_of_the_user_is_the_place(tmp_path):
    data = "Mã cán bộ;Họ và tên;Số quyết định\n1;Lê Nam;\n"
    found = checked(write_site(tmp_path, {"snv": data}), asked("decision_no"))
    assert places(found) == {("required_missing", FILE, 2, "Số quyết định")}


def test_a_date_is_asked_for_like_any_other_column(tmp_path):
    batch = [person(1, "Lê Nam", requested_on="17/09/2012"), person(2, "Lý Nam")]
    found = checked(write_site(tmp_path, {"snv": batch}), asked("requested_on"))
    assert places(found) == {("required_missing", FILE, 3, "requested_on")}


def test_a_column_that_is_not_there_is_said_once(tmp_path):
    data = "person_id,full_name\n1,Lê Nam\n2,Lý Nam\n"
    found = checked(write_site(tmp_path, {"snv": data}), asked("decision_no"))
    assert places(found) == {("column_missing", FILE, 1, "decision_no")}


def test_leavers_second_posts_and_an_older_system_need_no_papers(tmp_path):
    batch = {
        "snv": [
            person(1, "Lê Nam", status="left", decision_no="1", decision_date="2026-01-01"),
            person(2, "Lý Nam", request_no="9"),
            person(3, "Lã Nam"),
            person(4, "Lò Nam"),
        ],
        "stc": [person(2, "Lý Nam", status="second_post")],
    }
    folder = write_site(tmp_path, batch)
    (folder / "register.csv").write_text(
        f"{REGISTER}la.nam_1@gialai.gov.vn,3,primary,snv,2012-01-01,,legacy\n"
        "lo.nam@gialai.gov.vn,4,alias,snv,2012-01-01,,merged 45/NQ\n"
    )
    assert checked(folder, asked("request_no")) == []


def test_an_id_in_other_capitals_is_the_same_person(tmp_path):
    folder = write_site(tmp_path, {"snv": [person("gl-1", "Lê Nam")]})
    (folder / "register.csv").write_text(f"{REGISTER}naml.snv@gialai.gov.vn,GL-1,primary,snv,2012-01-01,,\n")
    (problem,) = checked(folder)
    assert (problem.code, problem.value, problem.detail) == ("person_id_case", "gl-1", "GL-1")


# Reserved words (NAMING rule 9, REQUIREMENTS C14).


@pytest.mark.parametrize(
    ("keys", "key", "line"),
    [
        ({"code": "info"}, "code", 5),
        ({"code": "tt", "mailbox": "info"}, "mailbox", 8),
        ({"code": "tt", "aliases": ["info"]}, "aliases", 9),
    ],
)
def test_a_reserved_word_is_no_address_of_an_office(keys, key, line, tmp_path):
    units = [unit("snv"), unit(keys.pop("code"), **keys)]
    found = checked(write_site(tmp_path, {"snv": []}, units))
    assert places(found) == {("unit_reserved", UNITS, line, key)}
    assert (found[0].value, found[0].detail) == ("info", units[1]["name"])


def test_a_role_may_have_it(tmp_path):
    units = [unit("snv"), unit("admin", "role"), unit("qt", "role", parent="snv", mailbox="support")]
    assert checked(write_site(tmp_path, {"snv": []}, units)) == []


def test_what_was_issued_is_not_taken_back(tmp_path):
    folder = write_site(tmp_path, {"snv": []}, [unit("snv"), unit("info")])
    (folder / "register.csv").write_text(
        f"{REGISTER}info@gialai.gov.vn,info,primary,info,2012-01-01,,legacy\n"
    )
    assert checked(folder) == []


def test_role_words_in_front_of_a_unit_are_for_units(tmp_path):
    # reserved_before_unit keeps them from people only.
    units = [unit("snv"), unit("thanhtra", "department", parent="snv")]
    assert checked(write_site(tmp_path, {"snv": []}, units)) == []


# Subdomains (BD-4.1a).


def test_every_subdomain_must_be_served(tmp_path):
    units = [unit("snv"), unit("tc", "department", parent="snv"), unit("stc"), unit("cu", status="dissolved")]
    units[-1]["successor"] = "snv"
    folder = write_site(tmp_path, {"snv": [], "stc": []}, units)
    found = checked(folder, subdomain(), **SERVED)
    assert places(found) == {("subdomain_not_served", MAIL, 0, "mail_domains")}
    assert [(problem.value, problem.detail) for problem in found] == [("stc.gialai.gov.vn", "Đơn vị stc")]


def test_a_domain_of_a_unit_s_own_must_be_served_and_the_unit_be_there(tmp_path):
    raw = gialai()
    raw["naming"]["domains"] = {"units": {"stc": "stc.gialai.gov.vn", "sgddt": "gialai.gov.vn"}}
    found = checked(write_site(tmp_path, {"snv": [], "stc": []}, [unit("snv"), unit("stc")]), raw, **SERVED)
    assert places(found) == {
        ("subdomain_not_served", MAIL, 0, "mail_domains"),
        ("unit_unknown", "group_vars/all/regulation.yml", 0, "regulation.naming.domains.units.sgddt"),
    }


def test_the_domain_of_people_is_asked_for_too(tmp_path):
    raw = gialai()
    raw["naming"] |= {"person": "<given><initials>@<unit>.<domain>", "move_alias_months": 12}
    raw["naming"]["collision"]["scope"] = "domain"
    for key in ("style", "locality_prefix"):
        del raw["naming"][key]
    found = checked(write_site(tmp_path, {"snv": [], "stc": []}, [unit("snv"), unit("stc")]), raw, **SERVED)
    assert [(problem.code, problem.value) for problem in found] == [
        ("subdomain_not_served", "stc.gialai.gov.vn")
    ]


# Mailboxes: only `validate` says these, for `register` is the fix.


def missing(site):
    return places(without_mailbox(site.roster, site.register))


def test_who_has_no_mailbox(tmp_path):
    gone = person(3, "Lã Nam", status="left", decision_no="1", decision_date="2026-01-01")
    folder = write_site(tmp_path, {"snv": [person(1, "Lê Nam"), gone]})
    issue(folder)
    assert missing(load(folder)) == set()
    write_site(folder, {"snv": [person(1, "Lê Nam"), person(2, "Lý Nam"), gone], "stc": []})
    assert missing(load(folder)) == {
        ("mailbox_missing", FILE, 3, "person_id"),
        ("mailbox_missing", UNITS, 5, "code"),
    }


def test_an_alias_is_no_mailbox(tmp_path):
    folder = write_site(tmp_path, {"snv": [person(1, "Lê Nam")]})
    issue(folder)
    register = folder / "register.csv"
    register.write_text(register.read_text().replace("1,primary", "1,alias"))
    assert missing(load(folder)) == {("mailbox_missing", FILE, 2, "person_id")}


def test_a_file_of_an_unknown_unit_is_one_problem(tmp_path):
    folder = write_site(tmp_path, {"snv": [person(1, "Lê Nam")]})
    issue(folder)
    write_site(folder, {"nowhere": [person(2, "Lý Nam")]}, [unit("snv")])
    assert missing(load(folder)) == set()


def test_before_the_first_register_one_warning_is_enough(tmp_path):
    folder = write_site(tmp_path, {"snv": [person(1, "Lê Nam"), person(2, "Lý Nam")]})
    assert missing(load(folder)) == {("register_empty", "register.csv", 0, "")}


# Everything at once.

EVERYTHING = """\
units:
  - code: snv
    name: Sở Nội vụ
    kind: agency
    head: CB-9
    delegates:
      - {person: CB-1, from: 2026-01-01}
      - {person: CB-8, from: 2026-02-01, until: 2026-01-01}
      - {person: CB-1, until: 2026-06-30}
  - {code: SNV, name: Sở Ngoại vụ, kind: agency}
  - {code: info, name: Phòng Tin, kind: agency}
  - {code: a, name: Phòng A, kind: department, parent: b}
  - {code: b, name: Phòng B, kind: department, parent: a}
  - {code: c, name: Phòng C, kind: department, parent: nowhere}
  - {code: stc, name: Sở Tài chính, kind: agency}
  - {code: stc, name: Sở Thể chế, kind: agency}
"""
PEOPLE = f"""\
{HEADER}
CB-1,Nguyễn Thị Thuý,,,,1980-01-01,,,,,,,1/QĐ
CB-2,Nguyễn Thị Thúy,,,,1980-01-01,,,,,,,2/QĐ
CB-3,Lê Nam,,,,,,,,,,,
CB-4,Lý Nam,,,,,,xx,,,,,4/QĐ
CB-1,Lã Nam,,,,,,,,,,,5/QĐ
CB-6,Lò Nam,,,,,,,left
CB-7,Mai Nam,,,,,,,,,,,7/QĐ
"""
ISSUED = f"""\
{REGISTER}\
thuynt1980.snv@gialai.gov.vn,CB-1,primary,snv,2026-01-02,,
thuynt@gialai.gov.vn,CB-1,primary,snv,2026-01-02,,
namm.snv@binhdinh.gov.vn,CB-7,primary,snv,2026-01-02,,
"""


def test_everything_wrong_at_once(tmp_path):
    regulation = asked("decision_no", style=subdomain)
    folder = write_site(tmp_path, {"snv": PEOPLE, "nowhere": f"{HEADER}\n"}, EVERYTHING)
    (folder / "register.csv").write_text(ISSUED)
    site = load(folder, regulation, mail_domain="gialai.vn", mail_postmaster="nobody")
    assert site.settings is None  # the main domain is not served, which is one of the problems
    good = load(folder, regulation, mail_postmaster="nobody")
    found = {
        *validate_site(good, resolve_site(good, DAY)),
        *without_mailbox(good.roster, good.register),
        *(problem for problem in site.problems if problem.code == "domain_not_served"),
    }
    register = "register.csv"
    assert places(errors(found)) == {
        ("person_id_duplicate", FILE, 6, "person_id"),
        ("unit_unknown", FILE, 5, "department"),
        ("unit_unknown", "roster/people/nowhere.csv", 0, ""),
        ("unit_unknown", UNITS, 14, "parent"),
        ("unit_unknown", MAIL, 0, "mail_postmaster"),
        ("parent_cycle", UNITS, 12, "parent"),
        ("parent_cycle", UNITS, 13, "parent"),
        ("contact_unknown", UNITS, 5, "head"),
        ("contact_unknown", UNITS, 8, "person"),
        ("dates_reversed", UNITS, 8, "until"),
        ("delegate_twice", UNITS, 9, "person"),
        ("value_bad", UNITS, 10, "code"),
        ("unit_alike", UNITS, 10, "code"),
        ("unit_duplicate", UNITS, 16, "code"),
        ("subdomain_not_served", MAIL, 0, "mail_domains"),
        ("domain_not_served", MAIL, 0, "mail_domain"),
        ("register_domain", register, 4, "address"),
        ("register_two_primaries", register, 3, "holder"),
        ("status_needs", FILE, 7, "decision_no"),
        ("status_needs", FILE, 7, "decision_date"),
        ("required_missing", FILE, 4, "decision_no"),
    }
    assert places(found) >= {
        ("person_duplicate", FILE, 3, "person_id"),
        ("mailbox_missing", FILE, 4, "person_id"),
    }
    for language in ("vi", "en"):
        assert "{" not in as_text(found, language)


def test_a_reserved_word_among_other_faults(tmp_path):
    folder = write_site(tmp_path, {"snv": PEOPLE}, EVERYTHING)
    found = checked(folder, asked("decision_no", style=gialai))
    assert {problem.code for problem in found} == {"unit_reserved", "required_missing"}
