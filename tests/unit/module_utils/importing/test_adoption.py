"""Addresses of an older system into the register; no password hash goes anywhere."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.importing.adoption import adopt
from ansible_collections.congvu.mail.plugins.module_utils.importing.mailexports import (
    KINDS,
    Mailbox,
    parse_mdaemon,
    parse_table,
    parse_zimbra,
    scheme_of,
)
from ansible_collections.congvu.mail.plugins.module_utils.importing.report import RENDERERS
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import errors
from ansible_collections.congvu.mail.plugins.module_utils.register.rows import parse_register, write_register
from ansible_collections.congvu.mail.plugins.module_utils.site.site import resolve_site
from hypothesis import given
from hypothesis import strategies as st

from tests.support.lists import UNITS, site
from tests.support.samples import DAY, flat, gialai, issue, load, person

HASH = "kT7SECRETq0Zz9"
DOMAINS = {"mail_domains": ["gialai.gov.vn", "binhdinh.gov.vn", "iagrai.gialai.gov.vn"]}
PEOPLE = {
    "snv": [
        person("A-1", "Nguyễn Thị Thuý", "1975-03-08"),
        person("A-2", "Lê Quốc Bảo", "1980-01-02", department="tccb"),
        person("A-3", "Lê Nam", "1981-01-01"),
        person("A-4", "Lê Nam", "1982-02-02"),
        person("A-5", "Phạm Văn Hai"),
    ],
    "iagrai": [person("B-1", "Trần Đình Nguyên"), person("B-2", "Phạm Văn Hai")],
}
ZIMBRA = f"""# name Thuy_NT@gialai.gov.vn
cn: x
displayName: NGUYỄN THỊ THÚY
objectClass: zimbraAccount
userPassword: {{SSHA512}}{HASH}==
zimbraAccountStatus: active
zimbraMailAlias: thuynt@gialai.gov.vn
zimbraMailAlias: thuynt@binhdinh.gov.vn
zimbraMailAlias: thuynt@gmail.com
zimbraMailAlias: postmaster@gialai.gov.vn
zimbraMailDeliveryAddress: Thuy_NT@gialai.gov.vn
zimbraPrefMailSignature: Trân trọng
# name forged@gialai.gov.vn

zimbraMailAlias: giamdoc@gialai.gov.vn
userPassword: forged

# name baolq.snv@gialai.gov.vn
givenName: Quốc Bảo
sn: Lê
userPassword: {{ssha}}{HASH}
zimbraAccountStatus: closed

# name snv@gialai.gov.vn
displayName: Văn thư
userPassword: VALUE-BLOCKED

# name toChucCanBo@gialai.gov.vn
displayName: Phòng Tổ chức cán bộ

# name wiki@gialai.gov.vn
zimbraIsSystemAccount: TRUE

# name nam@gialai.gov.vn
displayName: Lê Nam

# name ai@gialai.gov.vn
displayName: Đỗ Không Có
"""


def adopted(folder, data, kind="csv", regulation=None, write=True):
    data = data.encode() if isinstance(data, str) else data
    outcome = adopt(load(folder, regulation, **DOMAINS), KINDS[kind](data, "export"), DAY)
    if write and outcome.files:
        write_register(folder, outcome.files["register.csv"][1])
    return outcome


def register(folder):
    rows, problems = parse_register((folder / "register.csv").read_bytes(), DOMAINS["mail_domains"])
    assert problems == []
    return {row.address.removesuffix("@gialai.gov.vn"): (row.holder, row.kind, row.unit) for row in rows}


def found(outcome):
    return {(problem.code, problem.row, problem.value) for problem in outcome.problems}


def table(*lines, head="address,name,aliases,status,hash,person_id,birth_date,unit"):
    return "\n".join([head, *(line + "," * (head.count(",") - line.count(",")) for line in lines)]) + "\n"


def test_zimbra(tmp_path):
    outcome = adopted(site(tmp_path, PEOPLE), ZIMBRA, "zimbra")
    assert register(tmp_path) == {
        "thuy_nt": ("A-1", "primary", "snv"),
        "thuynt": ("A-1", "alias", "snv"),
        "thuynt@binhdinh.gov.vn": ("A-1", "alias", "snv"),
        "baolq.snv": ("A-2", "primary", "snv"),
        "snv": ("snv", "primary", "snv"),
        "tochuccanbo": ("tccb.snv", "primary", "tccb.snv"),
    }
    assert ",2026-01-02,,legacy\n" in (tmp_path / "register.csv").read_text()
    assert found(outcome) == {
        ("register_domain", 1, "thuynt@gmail.com"),
        ("adopt_system", 1, "postmaster@gialai.gov.vn"),
        ("adopt_order", 13, ""),
        ("adopt_order", 15, ""),
        ("adopt_order", 16, ""),
        ("adopt_status", 18, "baolq.snv@gialai.gov.vn"),
        ("adopt_system", 31, "wiki@gialai.gov.vn"),
        ("adopt_unclear", 34, "nam@gialai.gov.vn"),
        ("adopt_unmatched", 37, "ai@gialai.gov.vn"),
    }
    assert outcome.counts == {
        "adopted": 4, "aliases": 2, "known": 0, "left out": 1, "refused": 2,
        "hashes": 2, "SSHA512": 1, "SSHA": 1,
    }  # fmt: skip


def test_an_account_out_of_its_place_is_told(tmp_path):
    text = (
        f"# name bao@gialai.gov.vn\ndisplayName: Lê Quốc Bảo\nuserPassword: {{SSHA}}{HASH}\n"
        "# name nguyen@gialai.gov.vn\ncn: Trần Đình Nguyên\nzimbraMailAlias: nguyen2@gialai.gov.vn\n\n"
        "# name thuy@gialai.gov.vn\nzimbraMailAlias: thuy2@gialai.gov.vn\ndisplayName: Nguyễn Thị Thuý\n"
        "cn: Nguyễn Thị Thuý\nobjectClass: x\n# name b c@gialai.gov.vn\n"
    )
    outcome = adopted(site(tmp_path, PEOPLE), text, "zimbra")
    assert [
        (problem.row, problem.column) for problem in outcome.problems if problem.code == "adopt_order"
    ] == [
        (4, "# name"), (5, "cn"), (6, "zimbraMailAlias"),
        (10, "displayName"), (11, "cn"), (13, "# name"),
    ]  # fmt: skip
    assert list(register(tmp_path)) == ["bao"]  # and nobody else's alias


def test_rows_that_could_not_be_read_are_counted(tmp_path):
    issue(site(tmp_path, PEOPLE))
    text = table(
        "a b@gialai.gov.vn,Ai Đó",
        "ai@gialai.gov.vn,Ai Đó,,,,,1981",
        "ai@gialai.gov.vn,Ai, Đó,,,,,,,",
        "bao@gialai.gov.vn,Lê Quốc Bảo",
        "baolq.snv@gialai.gov.vn,Lê Quốc Bảo,x y@",
    )
    outcome = adopted(tmp_path, text)
    assert (outcome.counts["known"], outcome.counts["refused"]) == (1, 4)


def test_again_changes_nothing(tmp_path):
    adopted(site(tmp_path, PEOPLE), ZIMBRA, "zimbra")
    outcome = adopted(tmp_path, ZIMBRA, "zimbra")
    assert outcome.files == {}
    assert (outcome.counts["adopted"], outcome.counts["known"]) == (0, 4)


MDAEMON = (
    '"Email", "MailBox", "Domain", "FullName", "MailDir", "Password", "Disabled", "Comments"\n'
    f'"Thuy.NT@gialai.gov.vn","Thuy.NT","gialai.gov.vn","Nguyen Thi Thuy","D:\\MAIL\\Thuy\\","{HASH}",0,""\n'
    f'"","bao","gialai.gov.vn","Lê Quốc Bảo","D:\\MAIL\\bao\\","{HASH}",1,"a, b"\n'
    f'"MDaemon@gialai.gov.vn","MDaemon","gialai.gov.vn","MDaemon","","{HASH}",0,""\n'
)


def test_mdaemon(tmp_path):
    outcome = adopted(site(tmp_path, PEOPLE), MDAEMON, "mdaemon")
    assert register(tmp_path) == {"thuy.nt": ("A-1", "primary", "snv"), "bao": ("A-2", "primary", "snv")}
    assert found(outcome) == {
        ("adopt_status", 3, "bao@gialai.gov.vn"), ("adopt_system", 4, "mdaemon@gialai.gov.vn"),
    }  # fmt: skip
    assert outcome.counts["hashes"] == 3


@pytest.mark.parametrize(
    ("line", "holder"),
    [
        ("nam1@gialai.gov.vn,,,,,A-3", "A-3"),
        ("nam1@gialai.gov.vn,Lê Nam,,,,,01/01/1981", "A-3"),
        ("nguyen@gialai.gov.vn,Trần Đình Nguyên", "B-1"),
        ("nguyen@gialai.gov.vn,Trần Đình Nguyên - UBND xã Ia Grai", "B-1"),
        ("hai@gialai.gov.vn,Phạm Văn Hai,,,,,,Ủy ban nhân dân xã Ia Grai", "B-2"),
        ("hai.iagrai@gialai.gov.vn,Pham Van Hai", "B-2"),
        ("hai@iagrai.gialai.gov.vn,Phạm Văn Hai", "B-2"),
        ("bao.tccb.snv@gialai.gov.vn,Lê Quốc Bảo", "A-2"),
        ("ubndiagrai@gialai.gov.vn,", "iagrai"),
        ("sonoivu@gialai.gov.vn,Sở Nội vụ", "snv"),
    ],
)
def test_who_holds_a_mailbox(line, holder, tmp_path):
    outcome = adopted(site(tmp_path, PEOPLE), table(line))
    assert [row[0] for row in register(tmp_path).values()] == [holder], outcome.problems


@pytest.mark.parametrize(
    ("line", "code", "detail"),
    [
        ("nam@gialai.gov.vn,Lê Nam", "adopt_unclear", "A-3, A-4"),
        ("hai@gialai.gov.vn,Phạm Văn Hai", "adopt_unclear", "A-5, B-2"),
        ("bao.iagrai@gialai.gov.vn,Lê Quốc Bảo", "adopt_unclear", "?, A-2"),  # moved, or somebody else
        ("thuy@gialai.gov.vn,Nguyễn Thị Thủy", "adopt_unmatched", "Nguyễn Thị Thủy"),  # another name
        ("nguyen@gialai.gov.vn,Trần Đình Nguyên,,,,X-9", "contact_unknown", ""),
        ("nguyen@gmail.com,Trần Đình Nguyên", "register_domain", ", ".join(DOMAINS["mail_domains"])),
        ("a b@gialai.gov.vn,Trần Đình Nguyên", "adopt_address", ""),
        ("nguyen@gialai.gov.vn,Trần Đình Nguyên,x y@,", "adopt_address", ""),
        ("nguyen@gialai.gov.vn,Trần Đình Nguyên,,,,,1981", "date_bad", ""),
    ],
)
def test_nobody_is_guessed(line, code, detail, tmp_path):
    outcome = adopted(site(tmp_path, PEOPLE), table(line))
    assert [(problem.code, problem.detail) for problem in outcome.problems][:1] == [(code, detail)]
    assert outcome.files == {} or "aliases" in {problem.column for problem in outcome.problems}


def test_two_mailboxes_of_one_person_are_both_left(tmp_path):
    text = table(
        "bao@gialai.gov.vn,Lê Quốc Bảo", "bao2@gialai.gov.vn,Lê Quốc Bảo", "bao@gialai.gov.vn,Lê Quốc Bảo"
    )
    outcome = adopted(site(tmp_path, PEOPLE), text)
    assert found(outcome) == {
        ("adopt_second", 2, "bao2@gialai.gov.vn"), ("adopt_second", 3, "bao@gialai.gov.vn"),
        ("adopt_taken", 4, "bao@gialai.gov.vn"),
    }  # fmt: skip
    assert (outcome.files, outcome.counts["refused"]) == ({}, 3)


def test_an_alias_that_is_somebodys_mailbox(tmp_path):
    text = table("bao@gialai.gov.vn,Lê Quốc Bảo,ai@gialai.gov.vn", "ai@gialai.gov.vn,Đỗ Không Ai")
    outcome = adopted(site(tmp_path, PEOPLE), text)
    assert {problem.code for problem in outcome.problems} == {"adopt_taken", "adopt_unmatched"}
    assert list(register(tmp_path)) == ["bao"]


def test_the_register_is_never_changed(tmp_path):
    issue(site(tmp_path, PEOPLE))
    before = (tmp_path / "register.csv").read_text()
    text = table(
        "thuynt.snv@gialai.gov.vn,Nguyễn Thị Thuý,thuy_nt@gialai.gov.vn;baolq.snv@gialai.gov.vn",
        "baolq.snv@gialai.gov.vn,,,,,A-1",
        "nguyen@gialai.gov.vn,Trần Đình Nguyên",
    )
    outcome = adopted(tmp_path, text)
    assert found(outcome) == {
        ("adopt_taken", 2, "baolq.snv@gialai.gov.vn"), ("adopt_taken", 3, "baolq.snv@gialai.gov.vn"),
        ("adopt_second", 4, "nguyentd.iagrai@gialai.gov.vn"),
    }  # fmt: skip
    after = (tmp_path / "register.csv").read_text()
    assert set(after.splitlines()) - set(before.splitlines()) == {
        "thuy_nt@gialai.gov.vn,A-1,alias,snv,2026-01-02,,legacy"
    }
    assert set(before.splitlines()) <= set(after.splitlines())


@pytest.mark.parametrize("regulation", [gialai, flat])
def test_validate_and_register_accept_what_was_adopted(regulation, tmp_path):
    adopted(site(tmp_path, PEOPLE), ZIMBRA, "zimbra", regulation())
    before = load(tmp_path, regulation(), **DOMAINS)
    resolution = resolve_site(before, DAY)
    assert not errors([*before.problems, *resolution.problems])
    assert resolution.changed == []
    new = {row.holder for row in resolution.added if row.kind == "primary"}
    assert new == {"sngv", "vp.snv", "iagrai", "vhxh.iagrai", "A-3", "A-4", "A-5", "B-1", "B-2"}


def test_an_adopted_address_that_is_a_units_is_a_clash_and_nothing_is_written(tmp_path):
    outcome = adopted(site(tmp_path, PEOPLE), table("bao@gialai.gov.vn,,sngv@gialai.gov.vn,,,A-2"))
    assert [(problem.code, problem.value) for problem in outcome.problems] == [
        ("address_taken", "sngv@gialai.gov.vn")
    ]
    assert (outcome.files, outcome.counts) == ({}, None)


def test_a_site_with_errors_is_fixed_first(tmp_path):
    site(tmp_path, {"snv": [person("A 1", "Lê Nam")]}, UNITS)
    outcome = adopted(tmp_path, table("nam@gialai.gov.vn,Lê Nam"))
    assert [problem.code for problem in outcome.problems] == ["person_id_bad"]
    assert outcome.counts is None


# Hashes.


@pytest.mark.parametrize(
    ("value", "scheme"),
    [
        ("", ""), ("VALUE-BLOCKED", ""), ("{SSHA512}x", "SSHA512"), ("{ssha}x", "SSHA"),
        ("$6$x", "SHA512-CRYPT"),
        ("{crypt}$1$x", "CRYPT"), ("$2y$10$x", "BLF-CRYPT"), ("{ARGON2}$argon2id$", "ARGON2"), (HASH, "?"),
    ],
)  # fmt: skip
def test_schemes(value, scheme):
    assert scheme_of(value) == scheme


STRAY = [
    table(f"bao@gialai.gov.vn,Lê, Quốc Bảo,,,{{SSHA}}{HASH}"),
    table(f"bao@gialai.gov.vn,{{SSHA}}{HASH}"),
    table(f"bao@gialai.gov.vn,Lê Quốc Bảo,,,$argon2id$v=19$m=65536,t=3,p=4${HASH}", "b,c"),
    table(f"{HASH}@,Lê Quốc Bảo"),
    table(f"bao@gialai.gov.vn,Lê Quốc Bảo,{HASH}"),
    table(f'bao@gialai.gov.vn,"{HASH}'),
    table(f"bao@gialai.gov.vn,Lê Quốc Bảo,,,{HASH},,,", "ai@gialai.gov.vn,Ai Đó,,khóa,{SSHA}" + HASH),
    f"address;hash\nbao@gialai.gov.vn;{HASH}\x00\n",
    f"address,name,hash,status\nsnv@gialai.gov.vn,Văn thư, Sở,{HASH},\n",
]


@pytest.mark.parametrize("text", STRAY)
def test_no_hash_is_shown_wherever_it_stands(text, tmp_path):
    outcome = adopted(site(tmp_path, PEOPLE), text)
    assert_silent(outcome, tmp_path)


@pytest.mark.parametrize(("text", "kind"), [(ZIMBRA, "zimbra"), (MDAEMON, "mdaemon")])
def test_no_hash_of_an_export_is_shown(text, kind, tmp_path):
    assert_silent(adopted(site(tmp_path, PEOPLE), text, kind), tmp_path)


def assert_silent(outcome, folder):
    assert HASH not in repr(outcome)
    for render in RENDERERS.values():
        for language in ("vi", "en"):
            assert HASH.lower() not in render(outcome, language).lower()
    assert all(HASH not in path.read_text() for path in folder.rglob("*") if path.is_file())


def test_a_mailbox_prints_no_hash():
    assert "{SSHA}x" not in repr(Mailbox("f", 1, "a@x.vn", secret="{SSHA}x"))
    assert [one.name for one in fields(Mailbox) if not one.repr] == ["secret"]


def test_a_report_in_json(tmp_path):
    report = json.loads(RENDERERS["json"](adopted(site(tmp_path, PEOPLE), ZIMBRA, "zimbra"), "vi"))
    assert report["counts"]["SSHA512"] == 1
    assert report["files"] == ["register.csv"]


# Any bytes.


@given(st.binary(max_size=120) | st.text(max_size=120).map(str.encode))
def test_any_bytes(data):
    for parse in (parse_zimbra, parse_mdaemon, parse_table):
        for start in (b"", b"# name a@b.vn\n", b"address,name\na@b.vn,", b'"MailBox","Domain"\n'):
            boxes, problems = parse(start + data, "x")
            assert all(box.address.islower() for box in boxes)
            assert all(problem.message() for problem in problems)
