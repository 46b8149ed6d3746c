"""Files of rows: what spreadsheets write, and what they break."""

from __future__ import annotations

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.parsing.tables import (
    Columns,
    read_bytes,
    read_table,
)
from ansible_collections.congvu.mail.plugins.module_utils.roster.people import COLUMNS
from hypothesis import example, given
from hypothesis import strategies as st

ABC = Columns(names=("a", "b", "c"), required=("a",), synonyms={"b": ("cột b",)})


def read(text, columns=ABC):
    return read_table(text if isinstance(text, bytes) else text.encode(), "f.csv", columns)


def cells(table):
    return [(record.row, dict(record.cells)) for record in table.records]


def found(table):
    return [(problem.code, problem.row, problem.column) for problem in table.problems]


@pytest.mark.parametrize(
    "data",
    [
        "a,b,c\n1,x,y\n\n2,z,\n",
        "\ufeffa,b,c\r\n1,x,y\r\n,,\r\n2,z,\r\n",
        "a;b;c\n1;x;y\n\n2;z;",
        "a,b,c\r1,x,y\r\r2,z,\r",
        'a,"b",c\n"1",x,y\n\n2,"z",""\n',
        "A, Cột  B ,c\n1,x,y\n\n2,z\n",
    ],
)
def test_what_spreadsheets_write_is_the_same_table(data):
    table = read(data)
    assert table.problems == []
    assert [(row, tuple(found.values())[:2]) for row, found in cells(table)] == [
        (2, ("1", "x")),
        (4, ("2", "z")),
    ]


def test_a_cell_may_have_lines_quotes_and_delimiters():
    table = read('a,b,c\n1,"x, ""y""\nand z",w\n2,,\n')
    assert table.problems == []
    assert cells(table)[0][1]["b"] == 'x, "y"\nand z'
    assert cells(table)[1] == (3, {"a": "2", "b": "", "c": ""})


@pytest.mark.parametrize(
    ("data", "problems", "rows"),
    [
        ("", [("file_empty", 1, "")], []),
        ("\n1,2,3\n", [("column_missing", 1, "a")], []),
        ('a,"b\n1,2\n', [("open_quote", 1, "")], []),
        ("b,c\nx,y\n", [("column_missing", 1, "a")], [2]),
        ("a,b,b\n1,2,3\n", [("column_duplicate", 1, "b")], [2]),
        ("a,d\n1,2\n", [("column_unknown", 1, "d")], [2]),
        ("a,b\n1,2,3\n4,5\n", [("row_long", 2, "3")], [3]),
        ("a,b\n1,2,\n4,5\n", [("row_long", 2, "3")], [3]),
        ('a,b\n1,"x\n2,y\n3,z\n', [("open_quote", 2, "b")], [3, 4]),
        # The second quote closes the first by chance: still no cell that holds a row of its own.
        ('a,b\n1,"x\n2,y\n3,"z\n4,w\n', [("open_quote", 2, "b"), ("open_quote", 4, "b")], [3, 5]),
        ('a,b\n1,"x\n2,y\n3,"\n4,w\n', [("open_quote", 2, "b"), ("open_quote", 4, "b")], [3, 5]),
        ('a,b\n1,"x" y\n2,z\n', [("bad_quote", 2, "b")], [3]),
        ("a,b\n1,x\x00y\n2,z\n", [("control_character", 2, "b")], [3]),
        ("a,b\n1,x\x1by\n2,z\n", [("control_character", 2, "b")], [3]),
        (b"a,b\n1,x\xe9\n2,y\xe9\n3,z\n", [("not_utf8", 2, "b")], [4]),
        (b"a,b\xe9\n1,x\n", [("not_utf8", 1, "")], []),
        ("a,b\n1,x\n".encode("utf-16"), [("not_utf8", 1, "")], []),
        (f"a,b\n1,{'x' * 200_000}\n2,y\n", [("cell_long", 2, "b")], [3]),
    ],
)
def test_a_fault_is_located_and_costs_its_own_row_only(data, problems, rows):
    table = read(data)
    assert found(table) == problems
    assert [record.row for record in table.records] == rows


def test_an_open_quote_does_not_eat_a_long_file():
    data = 'a,b\n1,"x\n' + "".join(f"{row},y\n" for row in range(1000))
    table = read(data)
    assert found(table) == [("open_quote", 2, "b")]
    assert len(table.records) == 1000


def test_a_cell_does_not_span_a_page():
    # Rows without their last cells have fewer delimiters than the header: only the length of the cell tells.
    table = read('a,b,c\n1,"x\n' + "2,y\n" * 30 + '3,"\n')
    assert found(table)[0] == ("open_quote", 2, "b")
    assert len(table.records) == 30


def test_many_open_quotes_take_no_quadratic_time():
    table = read("a,b\n" + '1,"x\n' * 20_000)
    assert len(table.problems) == 20_000


@pytest.mark.parametrize("word", ["Mã cán bộ", "MÃ CÁN BỘ", "person_id", "Person ID"])
def test_header_words(word):
    assert COLUMNS.find(word) == "person_id"


def test_every_header_word_means_one_column():
    words = [word for synonyms in COLUMNS.synonyms.values() for word in synonyms]
    assert len(words) == len(set(words))
    assert words == [word.lower() for word in words]


def test_a_folder_or_a_missing_file_is_a_problem(tmp_path):
    assert read_bytes(tmp_path / "none.csv", "none.csv")[1][0].code == "file_missing"
    assert read_bytes(tmp_path, "x")[1][0].code == "file_unreadable"


SOUP = st.lists(st.sampled_from(["a", "b", ",", ";", '"', "\n", "\r", "\x00", "é", "\ufeff", " "])).map(
    "".join
)


@given(st.one_of(st.binary(), SOUP.map(str.encode), SOUP.map(lambda text: b"a,b\n" + text.encode())))
@example(b'a,b\n"\r"')
def test_any_bytes_give_rows_or_located_problems(data):
    table = read(data)
    assert all(problem.file == "f.csv" and problem.row >= 1 for problem in table.problems)
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
    assert all(1 < record.row <= lines for record in table.records)
