# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""XLSX read into plain cells. Nothing here raises for any bytes.

What a hostile file can cost is bounded before it is unpacked: sizes are taken from the archive's directory
(``zipfile`` reads no more of a part than that), rows, columns and merged cells are counted, and expat itself
refuses entity bombs (2.4.1 and later). A workbook is read as a stream, which knows no merged cells; those are
read on the side.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, cast
from xml.etree.ElementTree import iterparse

from ..parsing.problems import Problem
from .grid import MOST_COLUMNS, MOST_ROWS, Book, Cell, GridRow, ReadBook, Sheet, failed, serial_day

try:
    import openpyxl
    from openpyxl.utils.cell import column_index_from_string, range_boundaries
except ImportError:  # a host has no use for it; CSV needs none
    openpyxl = None  # type: ignore[assignment]

# MiB. 50,000 people with twelve columns are about 5 in the archive and 45 unpacked.
LARGEST_UNPACKED = 256
LARGEST_STRINGS = 64
LARGEST_PART = 32  # of parts that are read as a whole: styles, relations
MOST_MERGED = 1_000_000
MOST_ELEMENTS = 2_000_000  # rows of a sheet, or what it has between two of them
SHEET = re.compile(r"xl/worksheets/[^/]*\.xml")
WORKBOOK = re.compile(r"xl/workbook\d*\.xml")
STRINGS = "xl/sharedStrings.xml"
_ZEROS = re.compile("0+")  # a number format that shows leading zeros


class TooLargeError(Exception):
    """A file beyond the limits; the text says which."""


def parse_workbook(data: bytes, name: str) -> ReadBook:
    """Read the visible sheets of an XLSX file."""
    if openpyxl is None:
        return failed(name, "openpyxl_missing")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what openpyxl does not know, nothing is read here
            if kind := _other_kind(archive):
                return failed(name, "source_kind", kind)
            _check_sizes(archive)
            return _workbook(data, archive, name)
    except TooLargeError as error:
        return failed(name, "source_large", str(error))
    except Exception as error:
        # A broken archive can fail in any layer, from zlib through expat to openpyxl, with any exception.
        return failed(name, "source_broken", next(iter(str(error).splitlines()), type(error).__name__))


def _other_kind(archive: zipfile.ZipFile) -> str:
    names = archive.namelist()
    if "xl/workbook.bin" in names:
        return "XLSB"
    if "word/document.xml" in names:
        return "DOCX"
    return "ODS" if "mimetype" in names and "content.xml" in names else ""


def _check_sizes(archive: zipfile.ZipFile) -> None:
    total = 0
    for part in archive.infolist():
        total += part.file_size
        limit = LARGEST_STRINGS if part.filename == STRINGS else LARGEST_PART
        if not SHEET.fullmatch(part.filename) and part.file_size > limit << 20:
            raise TooLargeError(f"{limit} MiB ({part.filename})")
    if total > LARGEST_UNPACKED << 20:
        raise TooLargeError(f"{LARGEST_UNPACKED} MiB")


def _declared(archive: zipfile.ZipFile) -> int:
    """Return how many sheets the workbook says it has: openpyxl leaves out in silence what it cannot find."""
    part = next((part for part in archive.namelist() if WORKBOOK.fullmatch(part)), "xl/workbook.xml")
    with archive.open(part) as source:
        return sum(element.tag.endswith("}sheet") for _, element in iterparse(source))  # noqa: S314  see the top


def _workbook(data: bytes, archive: zipfile.ZipFile, name: str) -> ReadBook:
    book, problems, declared = Book(name), [], _declared(archive)
    workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        if len(workbook.sheetnames) < declared:
            raise ValueError(f"{declared - len(workbook.sheetnames)} sheets are missing")
        for sheet in workbook.worksheets:
            place = f"{name}[{sheet.title}]"
            if sheet.sheet_state != "visible":
                problems.append(Problem(place, 0, "", "sheet_hidden", sheet.title))
                continue
            part = cast(Any, sheet)._worksheet_path  # openpyxl has no public name for it
            with archive.open(part) as source:
                side = _Side.read(source)
            sheet.reset_dimensions()  # what the file says of its size need not be so
            rows = sheet.iter_rows(max_row=side.rows, max_col=side.columns) if side.rows else ()
            book.sheets.append(Sheet(sheet.title, place, tuple(_lines(rows, side, workbook.epoch))))
    finally:
        workbook.close()
    return book, problems


@dataclass
class _Side:
    """What the stream of cells does not tell: size, merged ranges, formulas without a stored result."""

    rows: int = 0
    columns: int = 0
    at: int = 0  # the row that is being read
    merged: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)  # place to the top left
    unsolved: set[tuple[int, int]] = field(default_factory=set)

    @classmethod
    def read(cls, source: Any) -> _Side:  # noqa: ANN401  a file of zipfile
        side, ranges = cls(), []
        rows = between = 0
        for _, element in iterparse(source):  # noqa: S314  entity bombs: see the top
            tag = element.tag.rpartition("}")[2]
            between += 1
            if tag == "row":
                side._row(element)
                element.clear()
                rows, between = rows + 1, 0
            if max(rows, between) > MOST_ELEMENTS:
                raise TooLargeError(f"{MOST_ROWS} × {MOST_COLUMNS}")
            if tag == "mergeCell":
                ranges.append(element.get("ref", ""))
        for ref in ranges:
            side._merge(*range_boundaries(ref))
        return side

    def _row(self, element: Any) -> None:  # noqa: ANN401  an element of the tree
        self.at = row = int(element.get("r", self.at + 1))
        column = 0
        for cell in element:
            place = cell.get("r")
            column = column_index_from_string(place.rstrip("0123456789")) if place else column + 1
            parts = {child.tag.rpartition("}")[2]: child.text for child in cell}
            if not parts:
                continue  # a cell that has only a format; whole sheets have a million of those
            self.rows, self.columns = max(self.rows, row), max(self.columns, column)
            if self.rows > MOST_ROWS or self.columns > MOST_COLUMNS:
                raise TooLargeError(f"{MOST_ROWS} × {MOST_COLUMNS}")
            # An empty text is a result; a program that cannot calculate stores none at all.
            if "f" in parts and not parts.get("v") and cell.get("t") != "str":
                self.unsolved.add((row, column - 1))

    def _merge(self, left: int, top: int, right: int, bottom: int) -> None:
        right, bottom = min(right, self.columns), min(bottom, self.rows)
        if len(self.merged) + max(0, right - left + 1) * max(0, bottom - top + 1) > MOST_MERGED:
            raise TooLargeError(f"{MOST_MERGED}")
        for row in range(top, bottom + 1):
            for column in range(left - 1, right):
                self.merged[row, column] = top, left - 1


def _lines(rows: Iterable[Iterable[Any]], side: _Side, epoch: datetime) -> Iterator[GridRow]:
    """Yield the rows that show something; a merged range shows its text in each of its cells."""
    shown: dict[tuple[int, int], Cell] = {}  # what the merged ranges show
    for row, values in enumerate(rows, 1):
        cells = {}
        for column, value in enumerate(values):
            if (row, column) in side.unsolved:
                cell: Cell | None = Cell("", "error")
            else:
                cell = _cell(value, epoch)
            home = side.merged.get((row, column))
            if home == (row, column) and cell:
                shown[home] = cell
            elif home and home != (row, column) and home in shown:
                cell = replace(shown[home], filled="left" if home[0] == row else "above")
            if cell:
                cells[column] = cell
        if any(not cell.filled for cell in cells.values()):
            yield GridRow(row, cells)


def _cell(cell: Any, epoch: datetime) -> Cell | None:  # noqa: ANN401  openpyxl's cells have no common type
    """Return what a cell shows, or None for nothing."""
    value = cell.value
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if cell.data_type == "e":
        return Cell(str(value), "error")
    if isinstance(value, datetime | date):
        day = value.date() if isinstance(value, datetime) else value
        return Cell(day.isoformat(), "date", day)
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = int(value) if value == int(value) else value
        text = str(number)
        # A mask such as 000000 is how an id keeps its zeros in a number cell.
        if isinstance(number, int) and number >= 0 and _ZEROS.fullmatch(cell.number_format):
            text = text.zfill(len(cell.number_format))
        return Cell(text, "number", serial_day(number, epoch.date()))
    return Cell(str(value).strip())
