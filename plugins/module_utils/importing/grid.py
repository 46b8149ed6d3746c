# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A list as plain cells with their places, whatever kind of file it came in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from ..parsing.problems import Problem

MOST_ROWS = 200_000
MOST_COLUMNS = 256


@dataclass(frozen=True)
class Cell:
    """What a cell shows; dates as ISO text. ``day`` is a date's, or what a number is as Excel counts days.

    ``filled`` says that a merged range shows this here, from a cell to the ``left`` or ``above``.
    """

    text: str
    kind: str = "text"  # text, number, date, error
    day: date | None = None
    filled: str = ""


@dataclass(frozen=True)
class GridRow:
    """The cells of a row that show something, by column from 0; ``row`` counts from 1.

    ``width`` is how many cells a line of CSV has, empty ones included.
    """

    row: int
    cells: Mapping[int, Cell]
    width: int = 0


@dataclass(frozen=True)
class Sheet:
    """``place`` names it in a report: ``list.xlsx[Sở Nội vụ]``, or just the file for CSV."""

    name: str
    place: str
    lines: tuple[GridRow, ...]


@dataclass
class Book:
    """The visible sheets of a file."""

    name: str
    sheets: list[Sheet] = field(default_factory=list)


ReadBook = tuple[Book, list[Problem]]  # and what is wrong with the file as a whole


def failed(name: str, code: str, detail: str = "", row: int = 0, value: str = "") -> ReadBook:
    """Return a book of which nothing could be read, and why."""
    return Book(name), [Problem(name, row, "", code, value, detail)]


def serial_day(number: float, epoch: date = date(1899, 12, 30)) -> date | None:
    """Return the day that a number stands for, as Excel counts; None outside 1910 to 2100."""
    if not 3_654 <= number <= 73_415 or number != int(number):
        return None
    return epoch + timedelta(int(number))
