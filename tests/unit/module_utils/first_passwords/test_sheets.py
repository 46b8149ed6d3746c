"""Who gets a sheet, with which password, and in which order."""

from __future__ import annotations

import json
from datetime import date

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.first_passwords import sheets
from ansible_collections.congvu.mail.plugins.module_utils.first_passwords.sealing import Issued
from ansible_collections.congvu.mail.plugins.module_utils.first_passwords.sheets import (
    Waiting,
    handout,
    vietnamese_order,
)
from ansible_collections.congvu.mail.plugins.module_utils.passwords import generation

UNITS = {
    "stttt": "Sở Thông tin và Truyền thông",
    "cntt.stttt": "Phòng Công nghệ thông tin",
    "dakpo": "Đak Pơ",
}
FIRST, SECOND = "hT7k-9mxb-Rq4v-n3fJ", "mN3b-Qk8v-7tFg-x2Hr"
TODAY = date(2026, 11, 22)


def stored(password):
    return generation.proof(generation.hashed(password))


def account(name="Cao Thị Phương Thuý", given="Thuý", unit="stttt", password=FIRST, **other):
    address = other.pop("address", f"{given or 'unit'}.{unit}@gialai.gov.vn")
    facts = {"dn": f"uid={name}", "title": "", "addresses": [address], "proof": stored(password)}
    return Waiting(**{**facts, "name": name, "given": given, "unit": unit, "address": address, **other})


def issued(one, password=FIRST, day="20261120", **other):
    return Issued(
        **{
            "address": one.address,
            "dn": one.dn,
            "password": password,
            "issued": f"{day}T010203.000001Z",
            **other,
        }
    )


def printed(accounts, lines, **other):
    done = handout(accounts, lines, UNITS, 30, other.pop("today", TODAY), **other)
    return {bundle.unit: [sheet.password for sheet in bundle.sheets] for bundle in done.bundles}, done


def test_a_sheet_says_what_the_directory_holds_and_until_when():
    thuy = account()
    [bundle] = printed([thuy], [issued(thuy)])[1].bundles
    assert (bundle.file, bundle.name) == ("stttt.html", ["Sở Thông tin và Truyền thông"])
    [sheet] = bundle.sheets
    assert (sheet.account, sheet.password) == (thuy, FIRST)
    assert (sheet.issued, sheet.until) == (date(2026, 11, 20), date(2026, 12, 20))


def test_of_several_passwords_the_one_that_is_good_is_printed():
    thuy = account(password=SECOND)
    lines = [issued(thuy, SECOND, "20261121"), issued(thuy, FIRST, "20261120")]
    assert printed([thuy], lines)[0] == {"stttt": [SECOND]}
    assert printed([thuy], lines[::-1])[0] == {"stttt": [SECOND]}


def test_a_reset_that_was_killed_before_it_was_set_is_not_printed():
    """Its file is newer than the password that still opens the account."""
    thuy = account(password=FIRST)
    assert printed([thuy], [issued(thuy, FIRST, "20261120"), issued(thuy, SECOND, "20261121")])[0] == {
        "stttt": [FIRST]
    }


def test_a_password_that_no_file_has_is_named_and_not_printed():
    thuy = account(password=SECOND)
    found, done = printed([thuy], [issued(thuy, FIRST)])
    assert found == {}
    assert done.unknown == [thuy.address]


def test_the_term_ends_with_its_last_day():
    thuy = account()
    assert printed([thuy], [issued(thuy)], today=date(2026, 12, 20))[0] == {"stttt": [FIRST]}
    found, done = printed([thuy], [issued(thuy)], today=date(2026, 12, 21))
    assert found == {}
    assert done.expired == [thuy.address]


def test_the_day_is_that_of_vietnam():
    thuy = account()
    [bundle] = printed([thuy], [issued(thuy, issued="20261120T180000.000000Z")])[1].bundles
    assert bundle.sheets[0].issued == date(2026, 11, 21)


def test_who_got_another_name_or_address_since_is_still_found():
    before = account(address="old@gialai.gov.vn")
    other_dn = account(
        dn="uid=new", address="new@gialai.gov.vn", addresses=["new@gialai.gov.vn", "old@gialai.gov.vn"]
    )
    other_address = account(address="new@gialai.gov.vn")
    for after in (other_dn, other_address):
        assert printed([after], [issued(before)])[0] == {"stttt": [FIRST]}


def test_nobody_gets_a_password_that_is_another_s():
    """An address may have had another holder."""
    thuy, other = account(), account(dn="uid=other", password=SECOND)
    assert printed([other], [issued(thuy)])[1].unknown == [other.address]


def test_only_a_unit_and_what_is_below_it():
    accounts = [account(unit=unit) for unit in ("stttt", "cntt.stttt", "dakpo")]
    lines = [issued(one) for one in accounts]
    assert set(printed(accounts, lines, unit="stttt")[0]) == {"stttt", "cntt.stttt"}
    assert set(printed(accounts, lines, unit="cntt.stttt")[0]) == {"cntt.stttt"}
    assert printed(accounts, lines, unit="tttt")[0] == {}


def test_only_what_was_issued_since_a_day():
    early, late = account(), account(dn="uid=late", address="late@gialai.gov.vn", password=SECOND)
    lines = [issued(early, FIRST, "20261119"), issued(late, SECOND, "20261120")]
    found, done = printed([early, late], lines, since=date(2026, 11, 20))
    assert found == {"stttt": [SECOND]}
    assert (done.expired, done.unknown) == ([], [])


def test_a_unit_goes_by_its_name_and_those_above():
    assert sheets.names_above("cntt.stttt", UNITS) == [UNITS["cntt.stttt"], UNITS["stttt"]]
    assert sheets.names_above("x.y", UNITS) == ["x.y"]


def test_the_unit_comes_first_then_people_by_given_name_as_the_alphabet_has_them():
    people = ["Lê Thị Ân", "Lê Văn An", "Trần Bình", "Đỗ Dung", "Đỗ Đào", "Lê Ánh", "Bùi Văn An", "Lê Thị An"]
    accounts = [account(name, name.split()[-1], address=f"{n}@x") for n, name in enumerate(people)]
    accounts.append(account("Phòng", "", address="unit@x"))
    [bundle] = printed(accounts, [issued(one) for one in accounts])[1].bundles
    assert [sheet.account.name for sheet in bundle.sheets] == [
        "Phòng", "Bùi Văn An", "Lê Thị An", "Lê Văn An", "Lê Ánh", "Lê Thị Ân", "Trần Bình", "Đỗ Dung",
        "Đỗ Đào",
    ]  # fmt: skip


def test_letters_come_before_tones():
    words = ["ma", "mà", "mả", "mã", "má", "mạ", "man", "mán", "măn", "mận", "mê", "mơ", "mua", "mưa"]
    assert sorted(words[7:] + words[:7], key=vietnamese_order) == words


def test_a_password_is_spelled_for_who_types_it():
    thuy = account()
    [bundle] = printed([thuy], [issued(thuy)])[1].bundles
    spelled = bundle.sheets[0].spelled
    assert spelled[0] == [("h", ""), ("T", "hoa"), ("7", "số"), ("k", "")]
    assert "-".join("".join(sign for sign, _ in group) for group in spelled) == FIRST


def test_a_file_cannot_lie_elsewhere():
    assert sheets.Bundle("../../x y", [], []).file == ".._.._x_y.html"


@pytest.mark.parametrize("hashed", ["{ARGON2}$argon2id$v=19$m=7168", "", None])
def test_only_first_passwords_leave_the_host_and_no_hash_does(hashed):
    entry = {"cn": ["Thuý"], "mail": ["t@x.vn"], "mailLocalAddress": ["t@x.vn"], "cvUnit": ["stttt"]}
    own = {**entry, "userPassword": [hashed]} if hashed is not None else entry
    secret = generation.hashed(FIRST)
    first = {**entry, "userPassword": [secret]}
    damaged = {**first, "cn": ["\udcff"]}
    told, unreadable = sheets.waiting({"uid=own": own, "uid=first": first, "uid=damaged": damaged})
    assert unreadable == ["t@x.vn: cannot be read: cn"]
    assert [one["dn"] for one in told] == ["uid=first"]
    assert secret.removeprefix(generation.SCHEME)[:20] not in json.dumps(told)
    assert generation.proves(told[0]["proof"], FIRST)


def test_nothing_is_told_of_a_password_of_an_older_system():
    """Its owner chose it, though it may be hashed as ours are; overdue, it has to be changed as theirs."""
    entry = {"cn": ["Thuý"], "mail": ["t@x"], "mailLocalAddress": ["t@x"], "cvUnit": ["stttt"]}
    secret = {"userPassword": [generation.hashed("Mua-xuan-2025!")], "cvChangeBy": ["2026-10-01"]}
    assert sheets.waiting({"uid=imported": entry | secret}) == ([], [])
    assert "cvChangeBy" in sheets.NAMES


TIME = "20261120T101530.000001Z"


def test_the_lines_of_a_file_are_read():
    thuy = account()
    line = json.dumps({"address": thuy.address, "dn": thuy.dn, "password": FIRST, "issued": TIME}).encode()
    one = Issued(thuy.address, thuy.dn, FIRST, TIME)
    assert sheets.parse_issued(line + b"\n" + line + b"\n") == ([one, one], [])
    for broken in (
        line.replace(b"address", b"adress"),
        line.replace(TIME.encode(), b"today"),
        b"[]",
        b"\xff",
    ):
        assert sheets.parse_issued(line + b"\n" + broken) == ([one], ["line 2 is no first password"])
