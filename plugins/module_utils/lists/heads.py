# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The header of a personnel list: which column of a sheet is what, over one row or two."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from ..legacy import suggest
from ..names import clean
from ..people import COLUMNS
from .sheets import Line

# What lists have beside the columns of a people file, in small letters. "family" is all of a name but the
# given name; "day", "month" and "year" are the three columns of a birth date.
WORDS = {
    "number": ("stt", "tt", "số tt", "số thứ tự"),
    "person_id": ("số hiệu", "số hiệu cán bộ", "số hiệu cbccvc", "số hiệu công chức", "mã số", "mã nv"),
    "family": ("họ và tên đệm", "họ và đệm", "họ đệm", "họ lót", "họ và tên lót", "họ và chữ lót"),
    "birth_date": ("năm sinh",),
    "department": ("phòng, ban", "phòng, bộ phận", "phòng/bộ phận", "phòng chuyên môn", "tên phòng"),
    "unit": (
        "đơn vị", "tên đơn vị", "cơ quan", "tên cơ quan", "cơ quan, đơn vị", "cơ quan/đơn vị",
        "đơn vị công tác", "cơ quan công tác", "nơi công tác", "cơ quan, đơn vị công tác",
    ),
}  # fmt: skip
# Headers are written out at length: what they begin with decides, in this order.
BEGINNINGS = {
    "họ và tên": "full_name", "họ tên": "full_name", "họ, tên": "full_name", "họ & tên": "full_name",
    "ngày, tháng, năm sinh": "birth_date", "ngày tháng năm sinh": "birth_date", "ngày sinh": "birth_date",
    "chức vụ": "title", "chức danh": "title",
}  # fmt: skip
BELOW_BIRTH = {
    "nam": "birth_date", "nữ": "birth_date", "ngày": "day", "tháng": "month", "năm": "year",
}  # fmt: skip
BELOW_NAME = {"họ": "family", "tên": "given", "đệm": "middle"}
# A list's address is a home's, or a private mailbox: official addresses come from the register alone.
NOT_READ = "address"
NAME_PARTS = ("full_name", "family", "surname", "middle", "given")
_REMARK = re.compile(r"\(.*?\)|[*:.]")
_NUMBERS = re.compile(r"\(?(?:\d{1,2}|[A-ZĐ])\)?(?:\s*=.*)?")  # (1) (2) (3)=(1)+(2) under a header


@dataclass(frozen=True)
class Header:
    """Where each column stands, under its canonical name, and the word that the list has for it."""

    places: Mapping[str, tuple[int, ...]]
    words: Mapping[str, str]
    height: int
    unread: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[int, ...]:
        """The columns that a name is in."""
        return tuple(sorted(place for name in NAME_PARTS for place in self.places.get(name, ())))


def column_of(word: str) -> str | None:
    """Return the canonical name of a header word in any spelling, an old encoding included."""
    plain = _plain(word)
    if guess := suggest(plain):
        plain = _plain(guess)
    for name, words in WORDS.items():
        if plain in words:
            return name
    beginnings = (name for start, name in BEGINNINGS.items() if plain.startswith(start))
    return COLUMNS.find(plain) or next(beginnings, None)


def _plain(word: str) -> str:
    return " ".join(_REMARK.sub(" ", clean(word)[0].lower()).split())


def find_header(line: Line, below: Line | None) -> Header | None:
    """Read a line as a header, with the line below as its second row if it is that; None if it is none."""
    if below is not None and below.row == line.row + 1 and _continues(line, below):
        return _header(line, below)
    return _header(line, None)


def is_numbering(line: Line) -> bool:
    """Say whether this is the row of column numbers that forms have below their header."""
    shown = [cell.text for cell in line.cells.values() if not cell.filled]
    return len(shown) > 1 and all(map(_NUMBERS.fullmatch, shown))


def _continues(line: Line, below: Line) -> bool:
    """Say whether the line below is the second row of a header.

    It says nothing of its own under the name (unless that is in two columns), and what it says stands under a
    header that spans it, or is a header itself.
    """
    own = {column: cell.text for column, cell in below.cells.items() if not cell.filled}
    if not own or is_numbering(below) or any(cell.filled == "left" for cell in below.cells.values()):
        return False
    for column, text in own.items():
        above = line.cells.get(column)
        spanned = above is not None and (above.filled == "left" or _spans(line, column))
        name = column_of(above.text) if above else None
        parts = {**BELOW_NAME, **BELOW_BIRTH}
        known = _plain(text) in parts or column_of(text) is not None
        if name == "full_name" and not known:
            return False  # a person already
        if not (spanned or known):
            return False
    return True


def _spans(line: Line, column: int) -> bool:
    after = line.cells.get(column + 1)
    return after is not None and after.filled == "left"


def _header(line: Line, below: Line | None) -> Header | None:
    places: dict[str, list[int]] = {}
    words: dict[str, str] = {}
    unread = []
    gender: list[int] = []  # "Nam" and "Nữ" with nothing above
    top = ""
    for column in sorted({*line.cells, *(below.cells if below else {})}):
        upper, lower = line.cells.get(column), below.cells.get(column) if below else None
        top = upper.text if upper else (top if lower and not _alone(lower.text) else "")
        sub = lower.text if lower and not lower.filled else ""
        name = _column(top, sub)
        word = " ".join(f"{top} {sub}".split())
        if name in (None, NOT_READ):
            if (not top and _plain(sub) in ("nam", "nữ")) or (not sub and _plain(top) in ("nam", "nữ")):
                gender.append(column)
            elif not (upper and upper.filled):
                unread.append(word)
        elif name in places and name != "birth_date" and not (upper and upper.filled == "left"):
            # One meaning in two columns: "Chức danh nghề nghiệp" beside "Chức vụ".
            unread.append(word)
        else:
            places.setdefault(name, []).append(column)
            words.setdefault(name, " ".join(top.split()) if name == "birth_date" else word)
    if gender and "birth_date" not in places:
        places["birth_date"] = gender
        words["birth_date"] = "Nam/Nữ"
    if not _is_header(places, line):
        return None
    return Header(
        {name: tuple(found) for name, found in places.items()}, words, 2 if below else 1, tuple(unread)
    )


def _alone(word: str) -> bool:
    return column_of(word) is not None


def _column(top: str, sub: str) -> str | None:
    """Return what a column is, by the words above each other in its header."""
    above, under = column_of(top) if top else None, _plain(sub)
    if not sub:
        return above
    if above == "birth_date":
        return BELOW_BIRTH.get(under, "birth_date")
    if above == "full_name":
        return BELOW_NAME.get(under) or column_of(sub) or above
    return column_of(sub) or column_of(f"{top} {sub}") or above


def _is_header(places: Mapping[str, list[int]], line: Line) -> bool:
    """Say whether there is a column of names, and another one unless the header is a single cell."""
    if "full_name" in places or ("given" in places and ("family" in places or "surname" in places)):
        shown = [cell for cell in line.cells.values() if not cell.filled]
        return len(places) > 1 or len(shown) == 1
    return False


def key(text: str) -> str:
    """Return a text for comparing with set phrases: clean, small letters."""
    return unicodedata.normalize("NFC", clean(text)[0].lower())
