# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files of rows as spreadsheets really write them: UTF-8 with or without BOM, ``,`` or ``;``, LF or CRLF.

Nothing here raises for any bytes. A fault costs its own row, never the rows after it: an open quote is closed
at the end of its line, so that one slip in row 3 does not hide what is wrong in row 300.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from pathlib import Path

from .problems import Problem

LONGEST_CELL = 20  # lines that one quoted cell may span; beyond that its quote was never closed
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BROKEN = re.compile("[\udc80-\udcff]")  # what surrogateescape makes of a byte that is not UTF-8
_CONTROL_BYTES = bytes(byte for byte in range(128) if _CONTROL.match(chr(byte)))


@dataclass(frozen=True)
class Record:
    """One row: its number as a spreadsheet counts (the header is 1), its cells by canonical column name."""

    row: int
    cells: Mapping[str, str]


@dataclass
class Table:
    """The rows of one file, and the header word of each column as the user wrote it."""

    file: str
    headers: dict[str, str] = field(default_factory=dict)
    # canonical name by place; None for a column not to be read
    order: list[str | None] = field(default_factory=list)
    # the number of each row that could be read, and its cells as they stand
    rows: list[int] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    faulty: set[int] = field(default_factory=set)  # the rows that have an error
    # cells of rows that could not be read: nobody should miss these people
    lost: set[str] = field(default_factory=set)

    def say(self, code: str, row: int = 0, column: str = "", value: str = "", detail: str = "") -> None:
        """Note a problem at a row and a canonical column."""
        problem = Problem(self.file, row, self.headers.get(column, column), code, value, detail)
        self.problems.append(problem)
        if problem.severity == "error":
            self.faulty.add(row)

    def say_each(self, code: str, column: str, cells: Sequence[str], bad: Set[str], detail: str = "") -> None:
        """Note a problem at every row whose cell of a column is one of the bad values."""
        for row, cell in zip(self.rows, cells, strict=True) if bad else ():
            if cell in bad:
                self.say(code, row, column, cell, detail)

    def column(self, name: str) -> list[str]:
        """Return the cells of a column, stripped, in the order of ``rows``; empty ones if it is not there."""
        if name not in self.headers:
            return [""] * len(self.rows)
        cells = list(map(itemgetter(self.order.index(name)), self.cells))
        return list(map(str.strip, cells)) if any(cells) else cells

    @property
    def records(self) -> list[Record]:
        """The rows one by one, for where that is easier than by column; it is much slower."""
        columns = [self.column(name) for name in self.headers]
        return [
            Record(row, dict(zip(self.headers, cells, strict=True)))
            for row, *cells in zip(self.rows, *columns, strict=True)
        ]


@dataclass(frozen=True)
class Columns:
    """What a file may have: canonical names, those it must have, and synonyms in small letters."""

    names: tuple[str, ...]
    required: tuple[str, ...]
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def find(self, word: str) -> str | None:
        """Return the canonical name of a header word; capitals and spacing do not matter."""
        composed = unicodedata.normalize("NFC", word)
        return self._by_word.get(" ".join(composed.lower().replace("_", " ").split()))

    @cached_property
    def _by_word(self) -> Mapping[str, str]:
        words = {word: name for name in self.names for word in self.synonyms.get(name, ())}
        return words | {name.replace("_", " "): name for name in self.names}


def read_bytes(path: Path, file: str) -> tuple[bytes | None, list[Problem]]:
    """Return the bytes of a file, or the problem that it is not there or cannot be read."""
    try:
        return path.read_bytes(), []
    except FileNotFoundError:
        return None, [Problem(file, 0, "", "file_missing")]
    except (OSError, ValueError) as error:
        return None, [
            Problem(file, 0, "", "file_unreadable", "", getattr(error, "strerror", None) or str(error))
        ]


def read_table(data: bytes, file: str, columns: Columns) -> Table:
    """Read rows and header of a file; problems are in the table."""
    table = Table(file)
    text, fit = _decode(data)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not text.strip("\ufeff\n\r\t ,;\x00"):
        table.say("file_empty", 1, detail=", ".join(columns.required))
        return table
    delimiter = ";" if lines[0].count(";") > lines[0].count(",") else ","
    rows = _rows(lines, delimiter, table)
    broken = None if fit else _first_broken(lines, delimiter)
    row, header = next(rows, (0, []))
    if broken and (broken[0] == 1 or data[:2] in (b"\xff\xfe", b"\xfe\xff")):
        table.say("not_utf8", broken[0], "", broken[2])
        return table
    if row != 1:
        return table  # the header itself has a bad quote: that is reported, and nothing else can be known
    _header(header, table, columns)
    if broken:
        place = table.order[broken[1]] if broken[1] < len(table.order) else None
        table.say("not_utf8", broken[0], place or "", broken[2])
    width = len(table.order)
    for row, cells in rows if width else ():
        if (fit and len(cells) == width and cells[0].strip()) or _is_sound(row, cells, delimiter, table):
            table.rows.append(row)
            table.cells.append(cells)
    return table


def _decode(data: bytes) -> tuple[str, bool]:
    """Return the text, and whether it is fit as a whole; nearly always, then no cell need be looked at."""
    try:
        text, fit = data.decode(), len(data.translate(None, _CONTROL_BYTES)) == len(data)
    except UnicodeDecodeError:
        text, fit = data.decode("utf-8", "surrogateescape"), False
    if b"\xc2" in data:  # the byte that U+0080 to U+009F begin with
        fit = fit and not _CONTROL.search(text)
    return text.removeprefix("\ufeff"), fit


def _first_broken(lines: list[str], delimiter: str) -> tuple[int, int, str] | None:
    """Return row, column index and byte of the first text that is not UTF-8; it stands for the file."""
    for row, line in enumerate(lines, 1):
        if not line.isascii() and (found := _BROKEN.search(line)):
            before = line[: found.start()]
            return row, before.count(delimiter), f"0x{ord(found[0]) - 0xDC00:02X}"
    return None


def _rows(lines: list[str], delimiter: str, table: Table) -> Iterator[tuple[int, list[str]]]:
    """Yield row number and cells. A line that cannot be split is reported, and reading goes on behind it."""
    with suppress(csv.Error):
        plain = list(csv.reader(lines, delimiter=delimiter, strict=True))
        if len(plain) == len(lines):  # nearly always: every line is a row
            yield from enumerate(plain, 1)
            return
    feed = _Feed(lines)
    row, width = 0, 0
    while feed.at < len(lines):
        try:
            for cells in csv.reader(feed, delimiter=delimiter, strict=True):
                if any(0 < width <= line.count(delimiter) for line in lines[feed.begun + 1 : feed.at]):
                    raise csv.Error("a whole row inside a cell")
                row += 1
                width = width or len(cells) - 1
                yield row, cells
                feed.begun = feed.at
        except csv.Error as error:
            row += 1
            _lost(row, lines[feed.begun], delimiter, str(error), table)
            feed.at = feed.begun = feed.begun + 1


@dataclass
class _Feed:
    """Gives lines to the csv reader, never more than a cell may span: an open quote must not eat the file."""

    lines: list[str]
    begun: int = 0  # the first line of the row that is being read
    at: int = 0  # the next line

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.at >= len(self.lines) or self.at - self.begun >= LONGEST_CELL:
            raise StopIteration
        self.at += 1
        return self.lines[self.at - 1] + "\n"


def _lost(row: int, line: str, delimiter: str, error: str, table: Table) -> None:
    """Report a line that has no cells, at the column where its last quote opens."""
    cells = line.split(delimiter)
    if "limit" in error:
        code, opened = "cell_long", line.find(max(cells, key=len))
    else:
        code = "open_quote" if line.count('"') % 2 else "bad_quote"
        opened = line.rfind(delimiter + '"') + 1 or max(line.find('"'), 0)
    column = line.count(delimiter, 0, opened)
    name = table.order[column] if column < len(table.order) else None
    table.say(code, row, name or "", line[opened:])
    table.lost.update(cell.strip(' "') for cell in cells)


def _header(header: list[str], table: Table, columns: Columns) -> None:
    """Read which column stands where."""
    known = ", ".join(columns.names)
    for word in header:
        name = columns.find(word)
        if name is None and word.strip():
            table.say("column_unknown", 1, word.strip(), word.strip(), known)
        elif name in table.headers:
            table.say("column_duplicate", 1, word.strip(), word.strip())
            name = None
        elif name is not None:
            table.headers[name] = word.strip()
        table.order.append(name)
    for name in columns.required:
        if name not in table.headers:
            table.say("column_missing", 1, name, name, ", ".join(columns.synonyms.get(name, ())) or name)


def _is_sound(row: int, cells: list[str], delimiter: str, table: Table) -> bool:
    """Say whether a row has anything that can be read, and fill up a short one.

    In a row that is longer than the header the cells may stand one off: it is not read.
    """
    if not any(map(str.strip, cells)):
        return False
    if len(cells) > len(table.order):
        extra = delimiter.join(cells[len(table.order) :])
        table.say("row_long", row, str(len(table.order) + 1), extra, delimiter)
        table.lost.update(map(str.strip, cells))
        return False
    cells += [""] * (len(table.order) - len(cells))
    sound = True
    for name, cell in zip(table.order, map(str.strip, cells), strict=True):
        if name is not None and _CONTROL.search(cell):
            table.say("control_character", row, name, cell)
            sound = False
        elif name is not None and _BROKEN.search(cell):
            sound = False  # reported once for the file
    if not sound:
        table.lost.update(map(str.strip, cells))
    return sound
