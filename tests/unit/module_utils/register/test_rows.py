"""The register file: read, checked, written."""

from __future__ import annotations

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.register.rows import (
    Reason,
    Row,
    Word,
    dump_register,
    load_register,
    parse_register,
    read_register,
    retired,
    write_register,
)
from hypothesis import given
from hypothesis import strategies as st

HEAD = "address,holder,kind,unit,since,until,reason\n"
DOMAINS = ["gialai.gov.vn", "binhdinh.gov.vn"]


def test_written_and_read_again(tmp_path):
    rows = [
        Row("b.x@gialai.gov.vn", "2", "primary", "x", "2026-01-02"),
        Row("a.x@gialai.gov.vn", "1", "alias", "x", "2026-01-02", "2027-01-02", "chuyển, theo 12/QĐ"),
        Row("a_old-x@binhdinh.gov.vn", "1", "tombstone", "x", "", "", "legacy"),
    ]
    write_register(tmp_path, dump_register(rows))
    read, problems = load_register(tmp_path, DOMAINS)
    assert problems == []
    assert sorted(read, key=repr) == sorted(rows, key=repr)
    assert dump_register(read) == read_register(tmp_path)


def test_order_is_that_of_the_bytes_of_the_address():
    # "-" comes before "." and "." before letters in ASCII, which no locale's order has.
    names = ["ab@x.vn", "a.b@x.vn", "a-b@x.vn", "a@x.vn"]
    lines = dump_register(Row(name, "1", "alias", "x") for name in names).splitlines()[1:]
    assert [line.split(",")[0] for line in lines] == ["a-b@x.vn", "a.b@x.vn", "a@x.vn", "ab@x.vn"]


def test_a_site_without_a_register_has_issued_nothing(tmp_path):
    assert load_register(tmp_path, DOMAINS) == ([], [])
    assert read_register(tmp_path) == ""


def test_bom_and_crlf_are_the_same_register(tmp_path):
    (tmp_path / "register.csv").write_bytes(b"\xef\xbb\xbf" + HEAD.replace("\n", "\r\n").encode())
    assert read_register(tmp_path) == HEAD


def test_a_failed_write_leaves_the_old_register(tmp_path, monkeypatch):
    write_register(tmp_path, HEAD)

    def full(descriptor):
        raise OSError("No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_register(tmp_path, HEAD + "x")
    assert [path.name for path in tmp_path.iterdir()] == ["register.csv"]
    assert read_register(tmp_path) == HEAD


def test_writing_keeps_the_rights(tmp_path):
    write_register(tmp_path, HEAD)
    (tmp_path / "register.csv").chmod(0o640)
    write_register(tmp_path, HEAD + "x")
    assert (tmp_path / "register.csv").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("lines", "problems"),
    [
        ("a@gialai.gov.vn,1,main,x,,,", [("value_unknown", 2, "kind")]),
        ("a@gialai.gov.vn,,primary,,,,", [("cell_missing", 2, "holder"), ("cell_missing", 2, "unit")]),
        ("a@gmail.com,1,primary,x,,,", [("register_domain", 2, "address")]),
        ("a b@gialai.gov.vn,1,primary,x,,,", [("register_address_bad", 2, "address")]),
        (f"{'a' * 250}@gialai.gov.vn,1,primary,x,,,", [("register_address_bad", 2, "address")]),
        (
            "a@gialai.gov.vn,1,primary,x,2026-13-01,soon,",
            [("register_date", 2, "since"), ("register_date", 2, "until")],
        ),
        (  # what a spreadsheet makes of a date: compared as text, it would be long past
            "a@gialai.gov.vn,1,alias,x,2026-1-5,01/01/2030,",
            [("register_date", 2, "since"), ("register_date", 2, "until")],
        ),
        (
            "a@gialai.gov.vn,1,primary,x,,,\nA@gialai.gov.vn,2,primary,x,,,",
            [("register_duplicate", 3, "address")],
        ),
        (
            "a@gialai.gov.vn,1,primary,x,,,\nb@gialai.gov.vn,1,primary,x,,,",
            [("register_two_primaries", 3, "holder")],
        ),
        ("a@gialai.gov.vn,1,primary,x,,,,", [("row_long", 2, "8")]),
    ],
)
def test_faults_are_located(lines, problems):
    _, found = parse_register(f"{HEAD}{lines}\n".encode(), DOMAINS)
    assert [(problem.code, problem.row, problem.column) for problem in found] == problems


def test_one_mailbox_a_holder_in_all_domains():
    data = f"{HEAD}a@gialai.gov.vn,1,primary,x,,,\na@binhdinh.gov.vn,1,primary,x,,,\n"
    _, (problem,) = parse_register(data.encode(), DOMAINS)
    assert (problem.code, problem.value, problem.detail) == ("register_two_primaries", "1", "a@gialai.gov.vn")


def test_a_missing_column_is_one_problem():
    _, found = parse_register(HEAD.replace("holder,", "").encode() + b"a@x.vn,primary,x,,,\n", DOMAINS)
    assert [(problem.code, problem.column) for problem in found] == [("column_missing", "holder")]


@given(st.one_of(st.binary(), st.text().map(lambda text: (HEAD + text).encode("utf-8", "surrogatepass"))))
def test_any_bytes_give_rows_or_located_problems(data):
    _, problems = parse_register(data, DOMAINS)
    assert all(problem.file == "register.csv" and problem.row >= 1 for problem in problems)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason("")),
        ("legacy", Reason(Word.LEGACY)),
        ("expired", Reason(Word.EXPIRED)),
        ("alias, expired", Reason(Word.EXPIRED, was_alias=True)),
        ("moved 45/NQ-HĐND", Reason(Word.MOVED, "45/NQ-HĐND")),
        ("alias, left 12/QĐ ngày 3", Reason(Word.LEFT, "12/QĐ ngày 3", True)),
        ("aliased by hand", Reason("aliased", "by hand")),
    ],
)
def test_a_reason_is_read_into_its_parts_and_written_as_it_was(text, reason):
    row = Row("a@x.vn", "GL-1", "tombstone", "snv", reason=text)
    assert row.why == reason
    assert row.why.text() == text


def test_a_retired_alias_is_told_from_the_address_that_a_leaver_takes_back():
    primary = Row("a@x.vn", "GL-1", "primary", "snv")
    alias = Row("b@x.vn", "GL-1", "alias", "snv", reason="renamed 1/QĐ")
    rows = [retired(row, "2026-11-22", Reason(Word.LEFT, "2/QĐ")) for row in (primary, alias)]
    assert [row.reason for row in rows] == ["left 2/QĐ", "alias, left 2/QĐ"]
    assert [row.why.was_alias for row in rows] == [False, True]
