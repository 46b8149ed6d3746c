"""XLSX and CSV into plain cells: what a cell shows, merged ranges, limits, and files that are no lists."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from ansible_collections.congvu.mail.plugins.module_utils.importing import (
    grid as sheets,
)
from ansible_collections.congvu.mail.plugins.module_utils.importing import (
    spreadsheets,
    workbooks,
)
from ansible_collections.congvu.mail.plugins.module_utils.importing.spreadsheets import (
    delimiter_of,
    parse_book,
    read_book,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.support.lists import book, saved


def cells(read, sheet=0):
    """Row and column of each cell, with its text."""
    return {
        (line.row, column): cell.text
        for line in read[0].sheets[sheet].lines
        for column, cell in line.cells.items()
    }


def codes(read):
    return [problem.code for problem in read[1]]


def simple():
    workbook = openpyxl.Workbook()
    workbook.active.append(["Họ và tên", "Ngày sinh"])
    workbook.active.append(["Lê Nam", datetime(1975, 3, 8)])
    return workbook


def changed(data, part, old, new):
    """The archive with a text of one of its parts replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", 8) as target:
        for name in source.namelist():
            content = source.read(name)
            assert name != part or old in content
            target.writestr(name, content.replace(old, new) if name == part else content)
    return out.getvalue()


SHEET1 = "xl/worksheets/sheet1.xml"


def test_what_a_cell_shows():
    days = [datetime(1975, 3, 8, 7, 30), date(1975, 3, 8)]
    row = ["text ", 12, 12.5, 12.0, True, None, "  ", *days, "#N/A", "=1+1", 7]
    found = book(("s", [row]), formats=[("L1", "0000")])
    (line,) = found[0].sheets[0].lines
    assert {column: (cell.text, cell.kind) for column, cell in line.cells.items()} == {
        0: ("text", "text"), 1: ("12", "number"), 2: ("12.5", "number"), 3: ("12", "number"),
        4: ("True", "text"), 7: ("1975-03-08", "date"), 8: ("1975-03-08", "date"), 9: ("#N/A", "error"),
        10: ("", "error"), 11: ("0007", "number"),
    }  # fmt: skip


def test_a_formula_shows_the_result_that_was_stored():
    workbook = openpyxl.Workbook()
    workbook.active.append(["=A2"])
    data = changed(saved(workbook), SHEET1, b"<v />", b"<v>12</v>")
    assert cells(parse_book(data, "x")) == {(1, 0): "12"}


def test_a_formula_whose_result_is_empty():
    workbook = openpyxl.Workbook()
    workbook.active.append(["=A2", "x"])
    data = changed(saved(workbook), SHEET1, b'<c r="A1"', b'<c r="A1" t="str"')
    assert cells(parse_book(data, "x")) == {(1, 1): "x"}


def test_numbers_are_days_from_either_epoch():
    for epoch, number in ((None, 27461), (workbooks.openpyxl.utils.datetime.MAC_EPOCH, 27461 - 1462)):
        workbook = openpyxl.Workbook()
        if epoch:
            workbook.epoch = epoch
        workbook.active.append([number])
        (line,) = parse_book(saved(workbook), "x")[0].sheets[0].lines
        assert line.cells[0].day == date(1975, 3, 8)
    assert sheets.serial_day(1975) is None
    assert sheets.serial_day(27461.5) is None


def test_merged_ranges_show_their_text_in_each_cell():
    rows = [["a", None, "b"], [None, None, "c"], [None, None, None], ["d"]]
    found = book(("s", rows), merge=["A1:B3", "C2:C3"])
    assert cells(found) == {
        (1, 0): "a", (1, 1): "a", (1, 2): "b", (2, 0): "a", (2, 1): "a", (2, 2): "c", (4, 0): "d",
    }  # fmt: skip
    line = found[0].sheets[0].lines[1]
    assert [line.cells[column].filled for column in range(3)] == ["above", "above", ""]
    assert found[0].sheets[0].lines[0].cells[1].filled == "left"


def test_rows_keep_their_numbers_and_hidden_sheets_are_told():
    workbook = openpyxl.Workbook()
    workbook.active["B7"] = "x"
    workbook.create_sheet("ẩn").sheet_state = "hidden"
    found = parse_book(saved(workbook), "x.xlsx")
    assert cells(found) == {(7, 1): "x"}
    assert [(problem.code, problem.file) for problem in found[1]] == [("sheet_hidden", "x.xlsx[ẩn]")]


TEXT = "Họ và tên{0}Ngày, tháng{0}x\nLê Nam{0}08/03/1975{0}\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_of_any_kind(delimiter, encoding):
    text = ("DANH SÁCH, NĂM 2025\n" + TEXT).format(delimiter).replace("Ngày, tháng", '"Ngày, tháng"')
    found = parse_book(text.replace("\n", "\r\n").encode(encoding), "x.csv")
    assert {place: text for place, text in cells(found).items() if place[0] > 1} == {
        (2, 0): "Họ và tên", (2, 1): "Ngày, tháng", (2, 2): "x", (3, 0): "Lê Nam", (3, 1): "08/03/1975",
    }  # fmt: skip
    assert (found[0].sheets[0].lines[-1].width, codes(found)) == (3, [])


def test_a_bom_is_no_text():
    assert cells(parse_book(b"\xef\xbb\xbfa,b", "x.csv")) == {(1, 0): "a", (1, 1): "b"}


def test_delimiters():
    assert delimiter_of("A, b, c\nd;e\nf;g\n") == ";"
    assert delimiter_of("a,b;c\nd,e\n") == ","


@pytest.mark.parametrize(
    ("data", "code", "detail"),
    [
        (b"\xd0\xcf\x11\xe0 Workbook", "source_kind", "XLS"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "source_encrypted", ""),
        (b"<html><table>", "source_kind", "HTML/XML"),
        (b"%PDF-1.7", "source_kind", "PDF"),
        (b"PK\x03\x04 nothing", "source_broken", "File is not a zip file"),
        ("Lê Nam".encode("cp1258"), "source_encoding", ""),
        (b"\xff\xfeL", "source_encoding", ""),
        (b'a,b\n"open,c\n', "bad_quote", ""),
        (b"a," * 300, "source_large", "200000 × 256"),
    ],
)
def test_other_files_are_named(data, code, detail):
    (problem,) = parse_book(data, "x")[1]
    assert (problem.code, problem.detail) == (code, detail)
    assert problem.fix("vi")


@pytest.mark.parametrize("part", ["xl/workbook.bin", "word/document.xml"])
def test_other_archives_are_named(part):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(part, "x")
    assert codes(parse_book(out.getvalue(), "x")) == ["source_kind"]


def test_without_the_library_there_is_csv(monkeypatch):
    monkeypatch.setattr(workbooks, "openpyxl", None)
    assert codes(parse_book(saved(simple()), "x")) == ["openpyxl_missing"]
    assert codes(parse_book(b"a,b", "x")) == []


# What a hostile file can cost.


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    data = changed(saved(simple()), "xl/styles.xml", b"</styleSheet>", b" " * (33 << 20) + b"</styleSheet>")
    assert len(data) < 1 << 20
    monkeypatch.setattr(openpyxl, "load_workbook", None)
    (problem,) = parse_book(data, "x")[1]
    assert (problem.code, problem.detail) == ("source_large", "32 MiB (xl/styles.xml)")


def test_what_is_unpacked_in_all_is_limited(monkeypatch):
    monkeypatch.setattr(workbooks, "LARGEST_UNPACKED", 0)
    assert codes(parse_book(saved(simple()), "x")) == ["source_large"]


def test_a_size_that_is_a_lie_unpacks_no_more(monkeypatch):
    data = bytearray(changed(saved(simple()), SHEET1, b"</worksheet>", b" " * (1 << 20) + b"</worksheet>"))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        size = archive.getinfo(SHEET1).file_size
    data = bytes(data).replace(size.to_bytes(4, "little"), (400).to_bytes(4, "little"))
    assert codes(parse_book(data, "x")) == ["source_broken"]


def test_an_entity_bomb_is_refused():
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">{entities}]><worksheet'
    data = changed(saved(simple()), SHEET1, b"<worksheet", bomb.encode())
    data = changed(data, SHEET1, b"<sheetData>", b"<sheetData><row><c><v>&a11;</v></c></row>")
    assert codes(parse_book(data, "x")) == ["source_broken"]


@pytest.mark.parametrize("place", ["A200001", "IW1"])
def test_a_cell_far_out_is_refused(place):
    workbook = simple()
    workbook.active[place] = "x"
    (problem,) = parse_book(saved(workbook), "x")[1]
    assert (problem.code, problem.detail) == ("source_large", "200000 × 256")


def test_formats_far_out_cost_nothing():
    far = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    data = changed(saved(simple()), SHEET1, b"</sheetData>", far)
    found = parse_book(data, "x")
    assert (codes(found), len(found[0].sheets[0].lines)) == ([], 2)


def test_a_merged_sheet_is_cut_to_what_there_is():
    merged = b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    data = changed(saved(simple()), SHEET1, b"</sheetData>", merged)
    assert set(cells(parse_book(data, "x"))) == {(1, 0), (1, 1)}


def test_many_merged_cells_are_refused(monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_MERGED", 3)
    assert codes(book(("s", [["a", None, "x"], [None, None, "y"]]), merge=["A1:B2"])) == ["source_large"]


def test_many_elements_are_refused(monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_ELEMENTS", 50)
    data = changed(saved(simple()), SHEET1, b"</sheetData>", b"<a/>" * 60 + b"</sheetData>")
    assert codes(parse_book(data, "x")) == ["source_large"]


def test_a_large_file_is_not_read(monkeypatch, tmp_path):
    (tmp_path / "x.xlsx").write_bytes(b"PK")
    monkeypatch.setattr(spreadsheets, "LARGEST_FILE", 0)
    assert codes(read_book(tmp_path / "x.xlsx")) == ["source_large"]


def test_no_file_and_a_folder(tmp_path):
    assert codes(read_book(tmp_path / "none.xlsx")) == ["source_missing"]
    assert codes(read_book(tmp_path)) == ["file_unreadable"]
    assert codes(read_book(tmp_path / "a\0b")) == ["file_unreadable"]


# Any bytes give cells or a problem.

WHOLE = saved(simple())


@given(st.binary(max_size=200))
def test_any_bytes(data):
    for start in (b"", b"PK\x03\x04", b"\xff\xfe", b"\xd0\xcf\x11\xe0"):
        found = parse_book(start + data, "x")
        assert found[0].sheets or found[1]


@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=8))
def test_a_broken_workbook(place, data):
    for broken in (WHOLE[:place], WHOLE[:place] + data + WHOLE[place + len(data) :]):
        found = parse_book(broken, "x")
        assert found[0].sheets or found[1]


def test_a_sheet_that_is_missing_is_not_passed_over():
    # Found by the test below: openpyxl reads the other sheets and says nothing.
    data = changed(WHOLE, "xl/_rels/workbook.xml.rels", b"worksheets/sheet1.xml", b"worksheets/sheet9.xml")
    (problem,) = parse_book(data, "x")[1]
    assert (problem.code, problem.detail) == ("source_broken", "1 sheets are missing")


PARTS = [SHEET1, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"]
SLIPS = ["", "<", "\x00", "<row/>", '"', "9" * 21, "&a;", "é", "1e999", 'r="A0"', "NaN"]


@given(st.sampled_from(PARTS), st.integers(0, 1500), st.sampled_from(SLIPS))
def test_broken_xml(part, place, text):
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as archive:
        content = archive.read(part)
    place = min(place, len(content))
    broken = changed(WHOLE, part, content, content[:place] + text.encode() + content[place:])
    found = parse_book(broken, "x")
    assert found[0].sheets or found[1]
