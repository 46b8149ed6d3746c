"""Personnel lists into roster files: what is read, fixed, refused and matched."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.importing.headers import WORDS, column_of
from ansible_collections.congvu.mail.plugins.module_utils.importing.merge import import_site
from ansible_collections.congvu.mail.plugins.module_utils.importing.report import RENDERERS
from ansible_collections.congvu.mail.plugins.module_utils.importing.spreadsheets import parse_book
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import errors
from ansible_collections.congvu.mail.plugins.module_utils.roster import journal
from ansible_collections.congvu.mail.plugins.module_utils.roster.people import COLUMNS
from hypothesis import given
from hypothesis import strategies as st

from tests.support.lists import UNITS, book, codes, found, imported, rows, site
from tests.support.samples import HEADER, load, person, unit

HEAD = ["STT", "Họ và tên", "Ngày sinh", "Chức vụ"]
BORN = "08/03/1975"


def one(name, born=BORN, title="Chuyên viên"):
    """A sheet of one person."""
    return ("snv", [HEAD, [1, name, born, title]])


def names(folder, unit="snv"):
    return [values[0] for values in rows(folder, unit).values()]


# A workbook as an office sends it, with everything at once.

DIRTY = [
    ["ỦY BAN NHÂN DÂN TỈNH GIA LAI", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
    ["SỞ NỘI VỤ", None, None, "Độc lập - Tự do - Hạnh phúc"],
    ["Số: 12/DS-SNV"],
    [],
    ["DANH SÁCH CÁN BỘ, CÔNG CHỨC"],
    ["(Kèm theo Công văn số 12/SNV-TCCB ngày 01 tháng 3 năm 2025)"],
    ["STT", "Họ và tên", "Ngày, tháng,\nnăm sinh", None, "Chức vụ, chức danh", "Số CCCD", "Ghi chú"],
    [None, None, "Nam", "Nữ"],
    ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"],
    ["I", "BAN GIÁM ĐỐC"],
    [1, "NGUYỄN VĂN ĐỨC", datetime(1970, 3, 25), None, "Giám  đốc", "064070001234", "Tỉnh ủy viên"],
    [2, "Lê\u00a0Thị  Hoa ", None, "25/12/1975", "Phó Giám đốc"],
    ["II", "PHÒNG TỔ CHỨC CÁN BỘ"],
    [1, "Tra\u0302\u0300n Va\u0306n Nam", 27431, None, "Trưởng phòng"],
    [2, "Ðỗ Văn\u200b Bình", "8-3-1980", None, "Chuyên viên"],
    [3, "Rơ Mah H’ Blem", None, 1985, "Chuyên viên"],
    [4, "NguyÔn V¨n §øc", "01/01/1990", None, "Chuyên viên"],
    [5, "Phạm Văn Tý", "1/2/85", None, "Chuyên viên"],
    [6, "Y Blý Êban", "30/04/1975", None, "Chuyên viên"],
    [7, "Hồ Văn Sáu", "31/02/1980", None, "Chuyên viên"],
    [8, "Lý Thị Bảy", "15/05/1980", "16/05/1980", "Chuyên viên"],
    [],
    ["Cộng: 8 người"],
    ["III", "Phòng Thanh tra"],
    [1, "Ngô Văn Ba", "02/02/1980", None, "Chuyên viên"],
    ["Tổng cộng: 11 người"],
    [None, None, None, "Gia Lai, ngày 01 tháng 3 năm 2025"],
    ["NGƯỜI LẬP BIỂU", None, None, "GIÁM ĐỐC"],
    [None, "(Ký, ghi rõ họ tên)"],
    [None, "Nguyễn Thị Ký", None, "Nguyễn Văn Đức"],
    [9, "Lạc Văn Dòng", "03/03/1990"],
]
MERGED = ("A5:G5", "A7:A8", "B7:B8", "C7:D7", "E7:E8", "F7:F8", "G7:G8", "B10:G10")


def dirty():
    return book(("DS 2025", DIRTY), merge=MERGED, name="ds snv.xlsx")


def test_a_dirty_workbook(tmp_path):
    outcome = imported(site(tmp_path), dirty())
    assert rows(tmp_path, "snv") == {
        "snv-0001": ("Nguyễn Văn Đức", "1970-03-25", "Giám đốc", ""),
        "snv-0002": ("Lê Thị Hoa", "1975-12-25", "Phó Giám đốc", ""),
        "snv-0003": ("Trần Văn Nam", "1975-02-06", "Trưởng phòng", "tccb.snv"),
        "snv-0004": ("Đỗ Văn Bình", "1980-03-08", "Chuyên viên", "tccb.snv"),
        "snv-0005": ("Rơ Mah H'Blem", "", "Chuyên viên", "tccb.snv"),
    }
    assert {(repair.row, repair.column, repair.new, repair.why) for repair in outcome.repairs} == {
        (11, "Họ và tên", "Nguyễn Văn Đức", ("capitals",)),
        (11, "Chức vụ, chức danh", "Giám đốc", ("spaces",)),
        (12, "Họ và tên", "Lê Thị Hoa", ("spaces",)),
        (14, "Họ và tên", "Trần Văn Nam", ("decomposed",)),
        (14, "Ngày, tháng, năm sinh", "1975-02-06", ("serial",)),
        (15, "Họ và tên", "Đỗ Văn Bình", ("invisible", "lookalike")),
        (15, "Ngày, tháng, năm sinh", "1980-03-08", ("date",)),
        (16, "Họ và tên", "Rơ Mah H'Blem", ("apostrophe",)),
    }
    assert {(problem.code, problem.row) for problem in outcome.problems} == {
        ("list_columns_unread", 7),
        ("year_only", 16),
        ("name_legacy", 17),
        ("date_short_year", 18),
        ("name_order", 19),
        ("date_bad", 20),
        ("date_twice", 21),
        ("list_section_unknown", 24),
        ("list_row_homeless", 25),
        ("row_after_end", 31),
    }
    assert outcome.counts == {"added": 5, "changed": 0, "unchanged": 0, "refused": 6}
    (legacy,) = [problem for problem in outcome.problems if problem.code == "name_legacy"]
    assert (legacy.file, legacy.column, legacy.detail) == (
        "ds snv.xlsx[DS 2025]",
        "Họ và tên",
        "Nguyễn Văn Đức",
    )
    assert "Tỉnh ủy viên" in (tmp_path / "roster/people/snv.csv").read_text()
    assert "064070001234" not in (tmp_path / "roster/people/snv.csv").read_text()


def test_the_same_list_again_changes_nothing(tmp_path):
    imported(site(tmp_path), dirty())
    before = (tmp_path / "roster/people/snv.csv").read_bytes()
    again = imported(tmp_path, dirty())
    assert again.files == {}
    assert again.counts == {"added": 0, "changed": 0, "unchanged": 5, "refused": 6}
    assert "not_in_list" not in codes(again)
    assert (tmp_path / "roster/people/snv.csv").read_bytes() == before


def test_reports(tmp_path):
    outcome = imported(site(tmp_path), dirty(), write=False)
    text, data, markdown = (RENDERERS[kind](outcome, "vi") for kind in ("text", "json", "markdown"))
    assert (
        'ds snv.xlsx[DS 2025]:11:Họ và tên: đã sửa: "NGUYỄN VĂN ĐỨC" → "Nguyễn Văn Đức" (viết hoa hoặc'
        in text
    )
    assert (
        'ds snv.xlsx[DS 2025]:18:Ngày, tháng, năm sinh: lỗi: năm chỉ có hai chữ số: "1/2/85". Cách sửa: '
        in text
    )
    assert text.endswith("5 thêm mới, 0 cập nhật, 0 không đổi, 6 không nhập\n")
    report = json.loads(data)
    assert report["counts"]["refused"] == 6
    assert {
        "file": "ds snv.xlsx[DS 2025]", "row": 11, "column": "Họ và tên", "old": "NGUYỄN VĂN ĐỨC",
        "new": "Nguyễn Văn Đức", "why": "viết hoa hoặc viết thường cả từ",
    } in report["repairs"]  # fmt: skip
    assert report["files"] == ["roster/people/snv.csv"]
    assert "| 11 | Họ và tên | NGUYỄN VĂN ĐỨC | Nguyễn Văn Đức | viết hoa" in markdown
    assert "5 added" in RENDERERS["text"](outcome, "en")


def test_reports_of_what_changes(tmp_path):
    old = person("A-1", "Y Blý Êban", "1975-03-08", title="Cũ", surname="Êban", middle="Y", given="Blý")
    site(tmp_path, {"snv": [old, person("A-2", "Lê Hai", "1980-01-01")]})
    sheet = [
        ["Mã", "Họ và tên", "Ngày sinh", "Chức vụ"],
        ["a-1", "Lê Văn Nam", BORN, "Mới | cả"],
        ["A-2", "Lê Hai", "01/01/1980", ""],
        ["", "LÊ BA", BORN, ""],
    ]
    outcome = imported(tmp_path, book(("snv", sheet)), write=False)
    file = "roster/people/snv.csv"
    assert [(new.column, new.old, new.new) for new in outcome.changes] == [
        ("full_name", "Y Blý Êban", "Lê Văn Nam"), ("title", "Cũ", "Mới | cả"), ("surname", "Êban", ""),
        ("middle", "Y", ""), ("given", "Blý", ""),
    ]  # fmt: skip
    text, data, markdown = (RENDERERS[kind](outcome, "vi") for kind in ("text", "json", "markdown"))
    assert f'{file}:A-1:title: đã cập nhật: "Cũ" → "Mới | cả"\n' in text
    assert f"{file}:snv-0001: thêm mới: Lê Ba\n" in text
    report = json.loads(data)
    assert {
        "file": file, "person_id": "A-1", "column": "title", "old": "Cũ", "new": "Mới | cả",
    } in report["changes"]  # fmt: skip
    assert report["added"] == [{"unit": "snv", "person_id": "snv-0001", "full_name": "Lê Ba"}]
    assert f"| {file} | A-1 | title | Cũ | Mới &#124; cả |" in markdown
    assert "| snv-0001 | Lê Ba | snv |" in markdown


def test_a_report_in_markdown_fits_into_a_comment(tmp_path):
    sheet = [
        HEAD,
        *(
            [at, f"NGUYỄN VĂN {'ABCDEGHK'[at % 8]}N", f"{at % 28 + 1}/3/{1950 + at // 28}"]
            for at in range(900)
        ),
    ]
    outcome = imported(site(tmp_path), book(("snv", sheet)), write=False)
    markdown = RENDERERS["markdown"](outcome, "vi")
    assert len(outcome.added) > 800
    assert len(markdown) < 65_536
    assert "dòng nữa" in markdown


def test_somebody_who_leaves_and_is_still_named(tmp_path):
    units = [
        unit("snv", head="A-1", delegates=[{"person": "A-1"}]) | {"name": "Sở Nội vụ"},
        unit("sngv", it_officer="A-1"),
    ]
    site(tmp_path, {"snv": [person("A-1", "Lê Nam", "1975-03-08"), person("A-2", "Lê Hai")]}, units)
    sheet = [["Mã", "Họ tên", "Tình trạng", "Số quyết định", "Ngày quyết định"]]
    sheet += [
        [who, name, "left", "1/QĐ", "01/02/2025"] for who, name in (("a-1", "Lê Nam"), ("A-2", "Lê Hai"))
    ]
    outcome = imported(tmp_path, book(("snv", sheet)))
    (problem,) = outcome.problems
    assert (problem.code, problem.row, problem.column) == ("left_named", 2, "Tình trạng")
    assert "snv head (roster/units.yml:" in problem.detail
    assert "snv delegates (roster/units.yml:" in problem.detail
    assert "sngv it_officer" in problem.detail
    assert outcome.counts["changed"] == 2


# Where the unit is named.


@pytest.mark.parametrize(
    "sheets",
    [
        [("snv", [HEAD, [1, "Lê Nam", BORN, ""]])],
        [("SỞ  NỘI VỤ", [HEAD, [1, "Lê Nam", BORN, ""]])],
        [("Sheet1", [["SỞ NỘI VỤ"], HEAD, [1, "Lê Nam", BORN, ""]])],
        [("Sheet1", [["DANH SÁCH CBCC SỞ NỘI VỤ NĂM 2025"], HEAD, [1, "Lê Nam", BORN, ""]])],
        [("Sheet1", [["Đơn vị: Sở Nội vụ"], HEAD, [1, "Lê Nam", BORN, ""]])],
        [("Sheet1", [HEAD, ["I. SỞ NỘI VỤ"], [1, "Lê Nam", BORN, ""]])],
        [("Sheet1", [HEAD, ["Đơn vị: Sở Nội vụ"], HEAD, [1, "Lê Nam", BORN, ""]])],
        [("Sheet1", [HEAD, ["Đơn vị:", "Sở Nội vụ"], HEAD, [1, "Lê Nam", BORN, ""]])],
        [("Sheet1", [[*HEAD, "Đơn vị công tác"], [1, "Lê Nam", BORN, "", "Sở Nội vụ"]])],
        [("Sheet1", [["Tên", "Ghi chú"]]), ("snv", [HEAD, [1, "Lê Nam", BORN, ""]])],
    ],
)
def test_the_unit_of_a_list(sheets, tmp_path):
    outcome = imported(site(tmp_path), book(*sheets))
    assert names(tmp_path) == ["Lê Nam"], outcome.problems


@pytest.mark.parametrize(
    "title",
    [
        [["Danh sách cán bộ"]],
        [["SỞ NỘI VỤ"], ["CHI CỤC VĂN THƯ LƯU TRỮ"]],  # another office, below it
        [["DANH SÁCH VIÊN CHỨC CHI CỤC THUỘC SỞ NỘI VỤ"]],
        [["DANH SÁCH CÁN BỘ SỞ NỘI VỤ - CHI CỤC VĂN THƯ"]],
        [["SỞ NỘI VỤ", "SỞ NGOẠI VỤ"]],
    ],
)
def test_a_unit_is_not_guessed(title, tmp_path):
    outcome = imported(site(tmp_path), book(("Sheet1", [*title, HEAD, [1, "Lê Nam", BORN, ""]])))
    assert codes(outcome) == ["list_row_homeless", "list_unit_missing"]
    assert outcome.files == {}
    (problem,) = [problem for problem in outcome.problems if problem.code == "list_unit_missing"]
    assert "iagrai, sngv, snv" in problem.fix("vi")
    assert "-e unit=" in problem.fix("vi")
    imported(tmp_path, book(("Sheet1", [*title, HEAD, [1, "Lê Nam", BORN, ""]])), unit="snv")
    assert names(tmp_path) == ["Lê Nam"]


def test_sections_of_units_and_departments(tmp_path):
    sheet = [
        HEAD,
        ["I. SỞ NỘI VỤ"],
        [1, "Lê Một", BORN, ""],
        [None, "1. Văn phòng"],
        [2, "Lê Hai", BORN, ""],
        ["II. SỞ Y TẾ"],
        [None, "1. Văn phòng"],  # not that of the Sở Nội vụ
        [3, "Lê Ba", BORN, ""],
        ["III. UBND XÃ IA GRAI"],
        [None, "Phòng Văn hoá và Xã hội"],
        [4, "Lê Bốn", BORN, ""],
    ]
    outcome = imported(site(tmp_path), book(("Toàn tỉnh", sheet), merge=("A2:D2", "A6:D6", "A9:D9")))
    assert {name: (born, department) for name, born, _, department in rows(tmp_path, "snv").values()} == {
        "Lê Một": ("1975-03-08", ""),
        "Lê Hai": ("1975-03-08", "vp.snv"),
    }
    assert [values[::3] for values in rows(tmp_path, "iagrai").values()] == [("Lê Bốn", "vhxh.iagrai")]
    assert {(problem.code, problem.row) for problem in outcome.problems} == {
        ("list_section_unknown", 6),
        ("list_section_unknown", 7),
        ("list_row_homeless", 8),
    }


def test_a_long_list_with_merged_units_and_departments(tmp_path):
    sheet = [
        ["STT", "Cơ quan", "Phòng", "Họ và tên", "Ngày sinh"],
        [1, "Sở Nội vụ", "Tổ chức cán bộ", "Lê Một", BORN],
        [2, None, None, "Lê Hai", BORN],
        [3, None, "VP", "Lê Ba", BORN],
        [4, "UBND xã Ia Grai", "Phòng Kinh tế", "Lê Bốn", BORN],
        [5, None, None, "Lê Năm", BORN],
    ]
    outcome = imported(site(tmp_path), book(("Sheet1", sheet), merge=("B2:B4", "C2:C3")))
    assert [values[::3] for values in rows(tmp_path, "snv").values()] == [
        ("Lê Một", "tccb.snv"), ("Lê Hai", "tccb.snv"), ("Lê Ba", "vp.snv"),
    ]  # fmt: skip
    assert found(outcome) == {("unit_unknown", 5, "Phòng Kinh tế"), ("cell_missing", 6, "Cơ quan")}
    (problem,) = [problem for problem in outcome.problems if problem.row == 5]
    assert problem.column == "Phòng"
    assert "vhxh" in problem.fix()


def test_another_unit_than_the_one_given(tmp_path):
    sheet = [[*HEAD, "Đơn vị"], [1, "Lê Một", BORN, "", "Sở Ngoại vụ"], [2, "Lê Hai", BORN, "", "Văn phòng"]]
    outcome = imported(site(tmp_path), book(("Sheet1", sheet)), unit="snv")
    assert found(outcome) == {("list_unit_other", 2, "Sở Ngoại vụ")}
    assert [values[::3] for values in rows(tmp_path, "snv").values()] == [("Lê Hai", "vp.snv")]


def test_a_department_by_its_path(tmp_path):
    sheet = [[*HEAD, "Đơn vị"], [1, "Lê Một", BORN, "", "vp.snv"], [2, "Lê Hai", BORN, "", "xx.snv"]]
    outcome = imported(site(tmp_path), book(("Sheet1", sheet)))
    assert found(outcome) == {("unit_unknown", 3, "xx.snv")}
    assert [values[::3] for values in rows(tmp_path, "snv").values()] == [("Lê Một", "vp.snv")]


def test_a_section_of_another_unit_than_the_one_given(tmp_path):
    sheet = [HEAD, ["I. SỞ NỘI VỤ"], [1, "Lê Một", BORN], ["II. SỞ NGOẠI VỤ"], [2, "Lê Hai", BORN]]
    outcome = imported(site(tmp_path), book(("Sheet1", sheet)), unit="snv")
    assert {(problem.code, problem.row) for problem in outcome.problems} == {
        ("list_section_unknown", 4), ("list_row_homeless", 5),
    }  # fmt: skip
    assert list(outcome.files) == ["roster/people/snv.csv"]


def test_units_whose_names_fold_alike(tmp_path):
    units = [
        unit("huongvan1", "locality") | {"name": "Ủy ban nhân dân phường Hương Văn"},
        unit("huongvan2", "locality") | {"name": "Ủy ban nhân dân phường Hương Vân"},
        unit("to1", "department", parent="huongvan1") | {"name": "Tổ Một"},
        unit("hc", "department", parent="huongvan1") | {"name": "Phòng Hành chính"},
        unit("to1", "department", parent="hc.huongvan1") | {"name": "Tổ Một"},
    ]
    site(tmp_path, units=units)
    sheet = [[*HEAD, "Đơn vị", "Phòng"]]
    sheet.append([1, "Lê Một", BORN, "", "UBND PHƯỜNG HƯƠNG VÂN"])
    sheet.append([2, "Lê Hai", BORN, "", "UBND phuong Huong Van"])
    sheet.append([3, "Lê Ba", BORN, "", "huongvan1", "Tổ Một"])
    outcome = imported(tmp_path, book(("Sheet1", sheet)))
    assert found(outcome) == {("unit_unknown", 3, "UBND phuong Huong Van"), ("unit_unknown", 4, "Tổ Một")}
    assert list(outcome.files) == ["roster/people/huongvan2.csv"]


def test_a_unit_that_there_is_not(tmp_path):
    outcome = imported(site(tmp_path), book(one("Lê Nam")), unit="syt")
    assert codes(outcome) == ["unit_unknown"]
    assert outcome.counts is None


# Headers.


@pytest.mark.parametrize(
    ("head", "row"),
    [
        (["TT", "HỌ TÊN", "NĂM SINH (ngày/tháng/năm)", "CHỨC DANH"], [1, "Lê Nam", BORN, "Kế toán"]),
        (["Mã", "Họ và tên cán bộ", "Sinh ngày", "Chức vụ hiện nay"], ["", "Lê Nam", BORN, "Kế toán"]),
        (["Họ và tên đệm", "Tên", "Ngày tháng năm sinh", "Chức vụ"], ["Lê", "Nam", BORN, "Kế toán"]),
        (["Họ", "Tên", "Ngày sinh", "Chức vụ/chức danh"], ["Lê", "Nam", BORN, "Kế toán"]),
        (["Ho\u0323 va\u0300 te\u0302n", "Nam", "Nữ", "Chức vụ"], ["Lê Nam", BORN, "", "Kế toán"]),
        (["Hä vµ tªn", "Ngµy sinh", "Chøc vô"], ["Lê Nam", BORN, "Kế toán"]),
        (["Hoï vaø teân", "Ngaøy sinh", "Chöùc vuï"], ["Lê Nam", BORN, "Kế toán"]),
        (["TT", "1. Ho va ten", "2. Ngay sinh", "3/ Chuc vu"], [1, "Lê Nam", BORN, "Kế toán"]),
        (["Họ - Tên", "Ngày/tháng/năm sinh", "Chức vụ"], ["Lê Nam", BORN, "Kế toán"]),
        (["Họ và", "tên", "Ngày - tháng - năm sinh", "Chức vụ"], ["Lê", "Nam", BORN, "Kế toán"]),
        (["Họ và chữ đệm", "Tên", "NTNS", "Chức vụ"], ["Lê", "Nam", BORN, "Kế toán"]),
        (["Tên cán bộ", "Ngày,  tháng năm sinh", "Chức vụ"], ["Lê Nam", BORN, "Kế toán"]),
        (["Họ tên", "Ngày", "Tháng", "Năm", "Chức vụ"], ["Lê Nam", 8, 3, 1975, "Kế toán"]),
        (["Họ tên", "Ngày sinh", "Nơi sinh", "Mã số thuế", "Mã ngạch", "Chức vụ"],
         ["Lê Nam", BORN, "Pleiku", "80", "01", "Kế toán"]),
        (["full_name", "birth_date", "title"], ["Lê Nam", "1975-03-08", "Kế toán"]),
        (["Họ tên", "Giới tính", "Ngày sinh", "Địa chỉ", "Chức vụ"], ["Lê Nam", "Nam", BORN, "x", "Kế toán"]),
    ],
)  # fmt: skip
def test_headers(head, row, tmp_path):
    outcome = imported(site(tmp_path), book(("snv", [["DANH SÁCH"], head, row])))
    assert list(rows(tmp_path, "snv").values()) == [("Lê Nam", "1975-03-08", "Kế toán", "")], outcome.problems


@pytest.mark.parametrize(
    "word",
    [
        "Mã công chức", "Mã CB", "Mã CBCC", "Mã số CBCCVC", "Số hiệu CBCC", "Mã nhân sự", "Mã số công chức",
        "Ma can bo", "Mã số CB, CC, VC", "1. Mã cán bộ (nếu có)",
    ],
)  # fmt: skip
def test_headers_of_an_id(word, tmp_path):
    imported(site(tmp_path), book(("snv", [[word, "Họ và tên"], ["CB7", "Lê Nam"]])))
    assert list(rows(tmp_path, "snv")) == ["CB7"]


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("Phòng, đơn vị", "VP"), ("Phòng ban/Bộ phận", "Văn phòng"), ("Phòng, ban chuyên môn", "vp.snv"),
        ("Cơ quan đơn vị", "vp.snv"), ("Tên cơ quan, đơn vị", "Văn phòng"), ("Phong ban", "van phong"),
    ],
)  # fmt: skip
def test_headers_of_a_department(word, value, tmp_path):
    outcome = imported(site(tmp_path), book(("snv", [["Họ và tên", word], ["Lê Nam", value]])))
    assert [values[::3] for values in rows(tmp_path, "snv").values()] == [("Lê Nam", "vp.snv")], outcome


@pytest.mark.parametrize("word", ["Năm sinh", "Sinh năm"])
def test_a_year_of_birth(word, tmp_path):
    outcome = imported(site(tmp_path), book(("snv", [["Họ và tên", word], ["Lê Nam", 1975]])))
    assert found(outcome) == {("year_only", 2, "1975")}
    assert list(rows(tmp_path, "snv").values()) == [("Lê Nam", "", "", "")]


@pytest.mark.parametrize(
    "word",
    [
        "Sinh vào",
        "Ngày và nơi sinh",
        "TUỔI (SINH) - sinh",
        "Mã hồ sơ",
        "Số hiệu thẻ",
        "Ma the",
        "Mã định danh",
    ],
)
def test_a_column_that_must_not_be_lost_stops_the_list(word, tmp_path):
    sheets = [
        ("snv", [["x"], ["STT", "Họ và tên", word], [1, "Lê Nam", "1"]]),
        ("sngv", [HEAD, [1, "Lê Hai", BORN]]),
    ]
    outcome = imported(site(tmp_path), book(*sheets))
    assert (codes(outcome), outcome.files, outcome.counts) == (["list_column_unclear"], {}, None)
    (problem,) = outcome.problems
    assert (problem.file, problem.row, problem.column) == ("list.xlsx[snv]", 2, word)
    assert '"Ngày sinh"' in problem.fix() or '"Mã cán bộ"' in problem.fix()


def test_a_column_below_another_header_must_not_be_lost(tmp_path):
    sheet = [["STT", "Họ và tên", "Thông tin khác"], [None, None, "Quê", "Mã hồ sơ"]]
    sheet.append([1, "Lê Nam", "x", "7"])
    outcome = imported(site(tmp_path), book(("snv", sheet), merge=("C1:D1", "A1:A2", "B1:B2")))
    assert found(outcome) == {
        ("list_column_unclear", 1, "Thông tin khác Mã hồ sơ"),
        ("list_columns_unread", 1, "Thông tin khác Quê"),
    }  # fmt: skip
    assert outcome.files == {}


@pytest.mark.parametrize(
    "word",
    [
        "Mã số thuế", "Mã số BHXH",
        "Số CCCD", "Mã ngạch", "Nơi sinh", "Nơi sinh hoạt Đảng", "Sinh viên trường",
        "Số con là học sinh", "Họ và tên khai sinh",
    ],
)  # fmt: skip
def test_columns_of_other_things_are_not_read(word, tmp_path):
    outcome = imported(site(tmp_path), book(("snv", [["STT", "Họ và tên", word], [1, "Lê Nam", "1"]])))
    assert found(outcome) == {("list_columns_unread", 1, word)}
    assert list(rows(tmp_path, "snv")) == ["snv-0001"]


@pytest.mark.parametrize(
    "head", [["Ngày", "Tháng", "Năm", "Năm"], ["Ngày", "Năm"], ["Ngày", "x", "Tháng", "Năm"]]
)
def test_day_month_and_year_that_are_not_clear(head, tmp_path):
    outcome = imported(
        site(tmp_path), book(("snv", [["TT", "Họ và tên", *head], [1, "Lê Nam", 8, 3, 1975, 1]]))
    )
    assert codes(outcome) == ["list_columns_unread"]
    assert list(rows(tmp_path, "snv").values()) == [("Lê Nam", "", "", "")]


def test_no_header_word_means_two_things():
    words = [(word, name) for name, all_of in {**COLUMNS.synonyms, **WORDS}.items() for word in all_of]
    assert [
        (word, name) for word, name in words if column_of(word) != name and name not in ("birth_date",)
    ] == []


def test_a_list_in_vni_is_refused_row_by_row(tmp_path):
    sheet = [["Hoï vaø teân", "Ngaøy sinh"], ["Nguyeãn Vaên Ñöùc", BORN]]
    outcome = imported(site(tmp_path), book(("snv", sheet)))
    assert [(problem.code, problem.row, problem.detail) for problem in outcome.problems] == [
        ("name_legacy", 2, "Nguyễn Văn Đức")
    ]


def test_a_header_of_two_rows(tmp_path):
    sheet = [
        ["STT", "Họ và tên", None, "Ngày sinh", None, None, "Giới tính", None, "Chức vụ"],
        [None, "Họ", "Tên", "Ngày", "Tháng", "Năm", "Nam", "Nữ"],
        [1, "Nguyễn Văn", "Đức", 8, 3, 1975, "x", None, "Kế toán"],
        [2, "Lê Thị", "Hoa", None, None, 1980, None, "x", "Kế toán"],
    ]
    merge = ("A1:A2", "B1:C1", "D1:F1", "G1:H1", "I1:I2")
    outcome = imported(site(tmp_path), book(("snv", sheet), merge=merge))
    assert list(rows(tmp_path, "snv").values()) == [
        ("Nguyễn Văn Đức", "1975-03-08", "Kế toán", ""),
        ("Lê Thị Hoa", "", "Kế toán", ""),
    ]
    assert {(problem.code, problem.value) for problem in outcome.problems} == {
        ("list_columns_unread", "Giới tính Nam"), ("year_only", "00/00/1980"),
    }  # fmt: skip


def test_columns_that_are_not_read_are_told(tmp_path):
    sheet = [
        ["Họ và tên", "Địa chỉ", "Email", "Ngày sinhh", "CCCD"],
        ["Lê Nam", "12 Lê Lợi", "nam@gmail.com", BORN],
    ]
    outcome = imported(site(tmp_path), book(("snv", sheet)))
    assert found(outcome) == {("list_columns_unread", 1, "Địa chỉ, Email, CCCD")}
    assert "gmail" not in (tmp_path / "roster/people/snv.csv").read_text()


def test_a_name_in_two_columns_below_one_header(tmp_path):
    sheet = [["STT", "Họ và tên", None, "Ngày sinh"], [1, "NGUYỄN VĂN", "ĐỨC", BORN]]
    imported(site(tmp_path), book(("snv", sheet), merge=("B1:C1",)))
    assert names(tmp_path) == ["Nguyễn Văn Đức"]


def test_a_list_of_names_in_two_columns(tmp_path):
    sheet = [["Họ và tên", None], ["Nguyễn Văn", "Đức"], ["Lê", "Nam"]]
    imported(site(tmp_path), book(("snv", sheet), merge=("A1:B1",)))
    assert names(tmp_path) == ["Nguyễn Văn Đức", "Lê Nam"]


def test_marks_below_nam_and_nu_are_no_birth_dates(tmp_path):
    sheet = [
        ["Họ và tên", "Ngày sinh", "Nam", "Nữ"],
        ["lê nam", BORN, "x", None],
        ["Lê Nữ", "09/03/1975", None, "x"],
    ]
    imported(site(tmp_path), book(("snv", sheet)))
    assert [values[:2] for values in rows(tmp_path, "snv").values()] == [
        ("Lê Nam", "1975-03-08"), ("Lê Nữ", "1975-03-09"),
    ]  # fmt: skip


def test_name_parts_are_kept(tmp_path):
    sheet = [["Họ", "Tên đệm", "Tên", "Ngày sinh"], ["ÊBAN", "", "Y BLÝ", BORN]]
    imported(site(tmp_path), book(("snv", sheet)))
    assert "snv-0001,Êban Y Blý,Êban,,Y Blý,1975-03-08" in (tmp_path / "roster/people/snv.csv").read_text()


def test_a_repeated_header_and_a_name_with_all_else_empty(tmp_path):
    sheet = [HEAD, [1, "Lê Một", BORN], HEAD, ["(1)", "(2)", "(3)", "(4)"], [2, "Lê Hai"], [3]]
    imported(site(tmp_path), book(("snv", sheet)))
    assert names(tmp_path) == ["Lê Một", "Lê Hai"]


def test_a_line_alone_in_the_column_of_names(tmp_path):
    sheet = [["Họ và tên", "Ngày sinh"], ["Lê Một", BORN], ["Thanh tra Sở"], ["Lê Hai", BORN]]
    outcome = imported(site(tmp_path), book(("snv", sheet)))
    assert [problem.code for problem in outcome.problems] == ["list_section_unknown", "list_row_homeless"]
    assert names(tmp_path) == ["Lê Một"]
    imported(tmp_path, book(("sngv", [["Họ và tên"], ["Lê Hai"]])))
    assert names(tmp_path, "sngv") == ["Lê Hai"]


def test_a_numbering_by_formulas(tmp_path):
    imported(site(tmp_path), book(("snv", [HEAD, ["=ROW()-1", "Lê Nam", BORN]])))
    assert names(tmp_path) == ["Lê Nam"]


def test_a_list_without_a_header(tmp_path):
    outcome = imported(site(tmp_path), book(("snv", [[1, "Lê Nam", BORN]])))
    assert codes(outcome) == ["list_empty"]
    assert outcome.counts is None


# Values.


@pytest.mark.parametrize(
    ("born", "stored"),
    [
        (datetime(1975, 3, 8), "1975-03-08"),
        ("8/3/1975", "1975-03-08"),
        ("08.03.1975", "1975-03-08"),
        ("ngày 8 tháng 3 năm 1975", "1975-03-08"),
        ("1975-03-08 00:00:00", "1975-03-08"),
        ("08/03/1975 00:00:00", "1975-03-08"),
        ("8-3-1975 0:00", "1975-03-08"),
        ("27461", "1975-03-08"),
        (27461, "1975-03-08"),
        ("1975", ""),
        ("03/1975", ""),
        ("00/00/1975", ""),
        ("../../1975", ""),
    ],
)
def test_birth_dates(born, stored, tmp_path):
    outcome = imported(site(tmp_path), book(one("Lê Nam", born)))
    assert [values[1] for values in rows(tmp_path, "snv").values()] == [stored]
    assert codes(outcome) == ([] if stored else ["year_only"])


@pytest.mark.parametrize(
    ("born", "code"),
    [
        ("8/3/75", "date_short_year"), ("31/02/1980", "date_bad"), ("03/25/1980", "date_bad"),
        ("12", "date_bad"), ("không rõ", "date_bad"), (12.5, "date_bad"),
        ("#N/A", "cell_error"), ("=1+1", "cell_error"),
    ],
)  # fmt: skip
def test_birth_dates_that_are_refused(born, code, tmp_path):
    outcome = imported(site(tmp_path), book(one("Lê Nam", born)))
    assert [(problem.code, problem.row, problem.column) for problem in outcome.problems] == [
        (code, 2, "Ngày sinh")
    ]
    assert outcome.files == {}


def test_days_and_months_that_may_be_swapped(tmp_path):
    sheet = [
        HEAD,
        [1, "Lê Ba", datetime(1975, 3, 8)],
        [2, "Lê Tư", datetime(1980, 12, 1)],
        [3, "Lê Năm", "25/12/1980"],
    ]
    assert codes(imported(site(tmp_path), book(("snv", sheet)), write=False)) == ["dates_swapped"]
    assert codes(imported(tmp_path, book(("snv", sheet[:3])), write=False)) == []
    sheet[1][2] = datetime(1975, 3, 28)
    assert codes(imported(tmp_path, book(("snv", sheet)))) == []


def test_a_title_in_an_old_encoding_is_refused(tmp_path):
    outcome = imported(site(tmp_path), book(one("Lê Nam", title="Gi¸m ®èc")))
    assert [(problem.code, problem.column, problem.detail) for problem in outcome.problems] == [
        ("text_legacy", "Chức vụ", "Giám đốc")
    ]


def test_all_faults_of_a_row_are_told_at_once(tmp_path):
    sheet = [
        ["Họ và tên", "Ngày sinh", "Chức vụ", "Phòng", "Tình trạng", "Mã cán bộ"],
        ["NGUYỄN VĂN (B)", "31/02/1980", "Gi¸m ®èc", "Phòng Lạ", "nghỉ", "C B"],
        ["#N/A", "1/2/85"],
    ]
    outcome = imported(site(tmp_path), book(("snv", sheet)))
    assert {(problem.row, problem.code, problem.value) for problem in outcome.problems} == {
        (2, "name_bad_character", "NGUYỄN VĂN (B)"), (2, "date_bad", "31/02/1980"),
        (2, "text_legacy", "Gi¸m ®èc"),
        (2, "unit_unknown", "Phòng Lạ"), (2, "value_unknown", "nghỉ"), (2, "person_id_bad", "C B"),
        (3, "cell_error", "#N/A"), (3, "date_short_year", "1/2/85"),
    }  # fmt: skip


def test_the_faults_of_a_row_without_a_unit(tmp_path):
    sheet = [HEAD, ["I. SỞ LẠ"], [1, "Lê Nam 2", "31/02/1980", "", "x"]]
    outcome = imported(site(tmp_path), book(("DS", sheet)))
    assert {problem.code for problem in outcome.problems if problem.row == 3} == {
        "list_row_homeless", "name_bad_character", "date_bad",
    }  # fmt: skip


def test_status_in_words_and_a_leave_without_its_end(tmp_path):
    head = ["Họ và tên", "Tình trạng", "Lý do"]
    sheet = [head, ["Lê Một", "Đang công tác"], ["Lê Hai", "leave", "thai sản"], ["Lê Ba", "nghỉ"]]
    outcome = imported(site(tmp_path), book(("snv", sheet)))
    assert {(problem.code, problem.row) for problem in outcome.problems} == {
        ("status_needs", 3),
        ("value_unknown", 4),
    }
    assert [repair.why for repair in outcome.repairs] == [("status",)]
    assert names(tmp_path) == ["Lê Một"]


# Who is who.


def roster(folder, *people):
    return site(folder, {"snv": people})


def test_a_match_updates_only_what_the_list_has(tmp_path):
    old = person("A-1", "Nguyễn Thị Thuý", "08/03/1975", title="Chuyên viên", note="giữ", decision_no="1/QĐ")
    roster(tmp_path, person("A-0", "Lê Nam"), old)
    outcome = imported(tmp_path, book(one("NGUYỄN THỊ THÚY", "8/3/1975", "Phó phòng")))
    text = (tmp_path / "roster/people/snv.csv").read_text()
    assert text.splitlines()[0] == HEADER
    assert text.splitlines()[1].startswith("A-0,Lê Nam,")
    # The same name with its tone elsewhere, and the same day written otherwise, are no changes.
    assert text.splitlines()[2] == "A-1,Nguyễn Thị Thuý,,,,08/03/1975,Phó phòng,,,,,,1/QĐ,,,,giữ"
    assert outcome.counts == {"added": 0, "changed": 1, "unchanged": 0, "refused": 0}
    assert found(outcome) == {("not_in_list", 2, "A-0")}


def test_an_empty_cell_changes_nothing(tmp_path):
    roster(tmp_path, person("A-1", "Lê Nam", "1975-03-08", title="Kế toán"))
    assert imported(tmp_path, book(one("Lê Nam", title=None))).files == {}


def test_a_name_without_marks_is_the_same_person_and_changes_no_name(tmp_path):
    roster(tmp_path, person("A-1", "Nguyễn Văn Đức", "1975-03-08", title="Chuyên viên"))
    assert imported(tmp_path, book(one("Nguyen Van Duc"))).files == {}


def test_a_file_keeps_the_form_that_it_has(tmp_path):
    before = (
        "\ufeffHọ và tên;Mã cán bộ;Ngày sinh;Ghi chú\r\nLê Nam ;A-1;1/2/1980;x\r\nLê Tư;A-2;3/4/1981;\r\n"
    )
    site(tmp_path, {"snv": before})
    sheet = [["Mã", *HEAD], ["A-2", 1, "Lê Văn Tư", "03/04/1981", "Kế toán"], ["", 2, "Lê Hai", BORN, ""]]
    imported(tmp_path, book(("snv", sheet)))
    assert (tmp_path / "roster/people/snv.csv").read_bytes().decode() == (
        "\ufeffHọ và tên;Mã cán bộ;Ngày sinh;Ghi chú;title\r\nLê Nam ;A-1;1/2/1980;x\r\n"
        "Lê Văn Tư;A-2;3/4/1981;;Kế toán\r\nLê Hai;snv-0001;1975-03-08;;\r\n"
    )


@pytest.mark.parametrize(
    ("people", "born", "code"),
    [
        ([("Lê Nam", "")], BORN, "match_unclear"),
        ([("Lê Nam", "1975-03-08")], "", "match_unclear"),
        ([("Lê Nam", "1975-03-09")], BORN, "match_unclear"),  # a typing error, or another person
        ([("Lê Nam", "1975-03-08"), ("Lê Nam", "1975-03-08")], BORN, "match_unclear"),
        ([("Lê Nam", ""), ("Lê Nam", "")], "", "match_unclear"),
        ([("Lê Nam", "1975-03-08", "left")], BORN, "match_left"),
    ],
)
def test_what_is_unclear_is_not_imported(people, born, code, tmp_path):
    left = {"status": "left", "decision_no": "1/QĐ", "decision_date": "2025-01-01"}
    roster(
        tmp_path,
        *(person(f"A-{at}", *facts[:2], **(left if facts[2:] else {})) for at, facts in enumerate(people)),
    )
    outcome = imported(tmp_path, book(one("Lê Nam", born)))
    assert codes(outcome) == [code]
    assert "A-0" in str(outcome.problems[0]) or code == "match_left"
    assert outcome.files == {}


def test_a_name_whose_parts_the_roster_has_needs_none_in_the_list(tmp_path):
    roster(tmp_path, person("A-1", "Y Blý Êban", "1975-03-08", surname="Êban", middle="Y", given="Blý"))
    sheet = [
        HEAD,
        [1, "Y BLÝ ÊBAN", BORN, "Mới"],
        [2, "Y BLÝ ÊBAN", "09/03/1985", ""],
        [3, "Y BLÝ SIU", BORN],
    ]
    outcome = imported(tmp_path, book(("snv", sheet)))
    assert [(problem.code, problem.row) for problem in outcome.problems] == [("name_order", 4)]
    text = (tmp_path / "roster/people/snv.csv").read_text()
    assert "A-1,Y Blý Êban,Êban,Y,Blý,1975-03-08,Mới," in text
    assert "snv-0001,Y Blý Êban,Êban,Y,Blý,1985-03-09," in text


@pytest.mark.parametrize("born", [BORN, ""])
def test_one_exact_match(born, tmp_path):
    roster(tmp_path, person("A-1", "Lê Nam", "1975-03-08" if born else "", title="Chuyên viên"))
    outcome = imported(tmp_path, book(one("Lê Nam", born)))
    assert (outcome.files, codes(outcome)) == ({}, [])


def test_namesakes_are_told_apart_by_their_birth_dates(tmp_path):
    roster(tmp_path, person("A-1", "Lê Nam", "1975-03-08", title="Cũ"))
    sheet = [HEAD, [1, "Lê Nam", "08/03/1975", "Cũ"], [2, "Lê Nam", "09/03/1985", "Mới"]]
    imported(tmp_path, book(("snv", sheet)))
    assert {key: values[2] for key, values in rows(tmp_path, "snv").items()} == {
        "A-1": "Cũ",
        "snv-0001": "Mới",
    }


def test_somebody_of_another_unit_is_not_imported(tmp_path):
    site(tmp_path, {"snv": [], "sngv": [person("B-1", "Lê Nam", "1975-03-08")]})
    outcome = imported(tmp_path, book(("snv", [HEAD, [1, "Lê Nam", BORN], [2, "Lê Hai", ""]])))
    assert found(outcome) == {("match_elsewhere", 2, "Lê Nam")}
    assert outcome.problems[0].detail == "roster/people/sngv.csv:2"


def test_a_further_post_is_matched_where_it_is(tmp_path):
    post = person("B-1", "Lê Nam", "1975-03-08", status="second_post")
    site(tmp_path, {"snv": [post], "sngv": [person("B-1", "Lê Nam", "1975-03-08")]})
    sheets = [("snv", [HEAD, [1, "Lê Nam", BORN, "Trưởng ban"]]), ("sngv", [HEAD, [1, "Lê Nam", BORN, ""]])]
    outcome = imported(tmp_path, book(*sheets))
    assert codes(outcome) == []
    assert rows(tmp_path, "snv")["B-1"][2] == "Trưởng ban"
    assert list(outcome.files) == ["roster/people/snv.csv"]


@pytest.mark.parametrize(
    ("first", "second", "refused"),
    [
        (("Lê Nam", BORN), ("LÊ NAM", BORN), {2, 3}),
        (("Lê Nam", ""), ("Lê Nam", ""), {2, 3}),
        (("Lê Nam", BORN), ("Lê Nam", ""), {3}),
        (("Lê Nam", BORN), ("Lê Nam", "09/03/1975"), set()),
    ],
)
def test_nobody_is_twice_in_a_list(first, second, refused, tmp_path):
    outcome = imported(site(tmp_path), book(("snv", [HEAD, [1, *first], [2, *second]])))
    assert {problem.row for problem in outcome.problems if problem.code == "row_twice"} == refused
    again = imported(tmp_path, book(("snv", [HEAD, [1, *first], [2, *second]])))
    assert again.files == {}


def test_the_same_person_by_id_and_by_name(tmp_path):
    roster(tmp_path, person("A-1", "Lê Nam", "1975-03-08"))
    sheet = [
        ["Mã", "Họ và tên", "Ngày sinh", "Chức vụ"],
        ["A-1", "Lê Nam", BORN, "a"],
        ["", "Lê Nam", BORN, "b"],
    ]
    outcome = imported(tmp_path, book(("snv", sheet)))
    assert (codes(outcome), outcome.files) == (["row_twice", "row_twice"], {})


def test_who_is_refused_is_not_said_to_be_missing(tmp_path):
    roster(tmp_path, person("A-1", "Lê Nam", "1975-03-08"))
    outcome = imported(tmp_path, book(("snv", [HEAD, [1, "Lê Nam", "?"], [2, "Lê Hai", BORN]])))
    assert codes(outcome) == ["date_bad"]


def test_the_same_person_in_two_sheets(tmp_path):
    outcome = imported(site(tmp_path), book(one("Lê Nam"), ("sngv", [HEAD, [1, "Lê Nam", BORN]])))
    assert codes(outcome) == ["row_twice", "row_twice"]
    assert outcome.problems[0].detail == "list.xlsx[snv]:2"


# Ids.


def test_ids_go_on_from_those_ever_given(tmp_path):
    roster(tmp_path, person("snv-0007", "Lê Bảy"))
    sheet = [HEAD, [1, "Lê Một", BORN], [2, "Lê Hai", BORN]]
    imported(tmp_path, book(("snv", sheet)), holders=["snv-0011", "sngv-0099", "snv"])
    assert list(rows(tmp_path, "snv")) == ["snv-0007", "snv-0012", "snv-0013"]


def test_ids_of_the_list(tmp_path):
    roster(
        tmp_path,
        person("CB01", "Lê Một", "1975-03-08"),
        person("CB02", "Lê Hai"),
        person("CB03", "Lê Ba", "1980-01-01"),
    )
    site(tmp_path, {"sngv": [person("CB09", "Lê Chín")]})
    sheet = [
        ["Mã cán bộ", "Họ và tên", "Ngày sinh"],
        ["cb01", "Lê Mười", BORN],  # a corrected name: id and birth date agree
        ["CB02", "Lý Ba", BORN],  # another person under this id
        ["CB04", "Lê Ba", "01/01/1980"],  # the same person under another id
        ["CB09", "Lê Chín", BORN],
        ["CB05", "Lê Năm", BORN],
        ["CB05", "Lê Sáu", BORN],
        ["snv", "Lê Bảy", BORN],
        ["C B", "Lê Tám", BORN],
        ["snv-0001", "Lê Xuân", BORN],
        ["", "Lê Mai", BORN],
    ]
    outcome = imported(tmp_path, book(("snv", sheet)))
    assert {(problem.code, problem.row) for problem in errors(outcome.problems)} == {
        ("match_name", 3), ("match_unclear", 4), ("match_elsewhere", 5), ("row_twice", 6), ("row_twice", 7),
        ("person_id_unit", 8), ("person_id_bad", 9),
    }  # fmt: skip
    assert {key: values[0] for key, values in rows(tmp_path, "snv").items()} == {
        "CB01": "Lê Mười", "CB02": "Lê Hai", "CB03": "Lê Ba", "snv-0001": "Lê Xuân", "snv-0002": "Lê Mai",
    }  # fmt: skip


def test_zeros_that_a_number_cell_lost(tmp_path):
    roster(tmp_path, person("0012", "Lê Một", "1975-03-08"))
    sheet = [
        ["Mã", "Họ và tên", "Ngày sinh"],
        [12, "Lê Một", BORN],
        ["0013", "Lê Hai", BORN],
        [14, "Lê Ba", BORN],
        [15, "Lê Tư", BORN],
    ]
    outcome = imported(tmp_path, book(("snv", sheet), formats=[("A5", "0000")]))
    assert [(repair.old, repair.new, repair.why) for repair in outcome.repairs] == [
        ("12", "0012", ("zeros",))
    ]
    assert found(outcome) == {("id_zeros", 4, "14")}
    assert list(rows(tmp_path, "snv")) == ["0012", "0013", "0015"]


# The site around it.


def test_a_roster_with_errors_is_fixed_first(tmp_path):
    roster(tmp_path, person("A 1", "Lê Nam"))
    outcome = import_site(load(tmp_path), book(one("Lê Hai")))
    assert (codes(outcome), outcome.files, outcome.counts) == (["person_id_bad"], {}, None)


def test_an_unfinished_reorganisation_is_finished_first(tmp_path):
    roster(tmp_path, person("A-1", "Lê Nam"))
    (tmp_path / journal.FILE).write_text("{}")
    outcome = import_site(load(tmp_path), book(one("Lê Hai")))
    assert (codes(outcome), outcome.files, outcome.counts) == (["restructure_unfinished"], {}, None)
    assert outcome.problems[0].file == journal.FILE


def test_a_new_site_has_heads_before_it_has_people(tmp_path):
    site(tmp_path, units=[unit("snv", head="snv-0001"), *UNITS[1:]])
    (tmp_path / "roster/people").rmdir()
    outcome = import_site(load(tmp_path), book(one("Lê Nam")))
    assert list(outcome.files) == ["roster/people/snv.csv"]


def test_a_dissolved_unit_gets_nobody(tmp_path):
    site(tmp_path, units=[unit("snv", status="dissolved", successor="sngv"), unit("sngv")])
    assert codes(imported(tmp_path, book(one("Lê Nam")))) == ["unit_dissolved"]


@given(
    st.lists(
        st.lists(
            st.text(max_size=12) | st.sampled_from(["Họ và tên", "Lê Nam", "I. SỞ NỘI VỤ", "1"]), max_size=5
        ),
        max_size=6,
    )
)
def test_any_cells_give_a_roster_that_can_be_read(tmp_path_factory, lines):
    folder = site(tmp_path_factory.mktemp("any"))
    text = "\n".join("\t".join(cell.replace("\t", "").replace('"', "") for cell in line) for line in lines)
    data = f"Họ và tên\tChức vụ\tNgày sinh\nLê Ba\tKế toán\t\n{text}\n".encode("utf-8", "replace")
    outcome = imported(folder, parse_book(data, "any.csv"), unit="snv")
    assert not errors(load(folder).problems)
    for render in RENDERERS.values():
        assert render(outcome, "vi").isprintable() is False  # it has lines, and nothing raised
    assert imported(folder, parse_book(data, "any.csv"), unit="snv").files == {}
