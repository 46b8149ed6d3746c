# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Lists as offices send them, XLSX or CSV of any common kind, read into plain cells with their places.

Nothing here raises for any bytes.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from ..parsing.problems import Problem
from ..parsing.tables import read_bytes
from .grid import MOST_COLUMNS, MOST_ROWS, Book, Cell, GridRow, ReadBook, Sheet, failed
from .workbooks import parse_workbook

LARGEST_FILE = 64  # MiB
OTHER_KINDS = {"%PDF": "PDF", "<": "HTML/XML", "{\\rtf": "RTF"}


def read_book(path: Path) -> ReadBook:
    """Read a file of any kind; what cannot be read is a problem."""
    data, problems = read_source(path)
    return (Book(path.name), problems) if data is None else parse_book(data, path.name)


def read_source(path: Path) -> tuple[bytes | None, list[Problem]]:
    """Return the bytes of a file that is not too large, or the problem."""
    try:
        if path.is_file() and path.stat().st_size > LARGEST_FILE << 20:
            return None, [Problem(path.name, 0, "", "source_large", "", f"{LARGEST_FILE} MiB")]
    except (OSError, ValueError):
        pass  # reading it says why
    data, problems = read_bytes(path, path.name)
    missing = any(problem.code == "file_missing" for problem in problems)
    return data, [Problem(path.name, 0, "", "source_missing", str(path))] if missing else problems


def parse_book(data: bytes, name: str) -> ReadBook:
    """Read a file's bytes: an archive is XLSX, the containers of older Office are named, the rest is CSV."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        # Office puts an encrypted XLSX into the container that XLS is.
        encrypted = "EncryptedPackage".encode("utf-16-le") in data
        return failed(name, *(("source_encrypted",) if encrypted else ("source_kind", "XLS")))
    return parse_workbook(data, name) if data.startswith(b"PK") else _csv(data, name)


def _csv(data: bytes, name: str) -> ReadBook:
    try:
        text = decoded(data)
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        return failed(name, "source_encoding", row=row, value=f"0x{data[error.start]:02X}")
    start = text[:64].lstrip()
    for mark, kind in OTHER_KINDS.items():
        if start.startswith(mark):
            return failed(name, "source_kind", kind)
    lines: list[GridRow] = []
    source = io.StringIO(text, newline="")
    reader = csv.reader(source, delimiter=delimiter_of(text), strict=True, skipinitialspace=True)
    try:
        for row, cells in enumerate(reader, 1):
            if row > MOST_ROWS or len(cells) > MOST_COLUMNS:
                return failed(name, "source_large", f"{MOST_ROWS} × {MOST_COLUMNS}", row)
            found = {column: Cell(cell.strip()) for column, cell in enumerate(cells) if cell.strip()}
            if found:
                lines.append(GridRow(row, found, len(cells)))
    except csv.Error:
        return failed(name, "bad_quote", row=reader.line_num)
    return Book(name, [Sheet(Path(name).stem, name, tuple(lines))]), []


def decoded(data: bytes) -> str:
    """Read UTF-16 by its BOM (Excel's "Unicode text"), else UTF-8."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    return data.decode("utf-8-sig")


def delimiter_of(text: str) -> str:
    """Return what separates cells: what most of the first lines have, and have most of.

    Titles on top have none, and text has commas, so one line decides nothing.
    """
    lines = text.split("\n", 60)[:60]

    def weight(char: str) -> tuple[int, int]:
        return sum(char in line for line in lines), sum(line.count(char) for line in lines)

    return max("\t;,", key=weight)
