# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The header of a personnel list: which column of a sheet is what, over one row or two."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..naming.encodings import suggest
from ..naming.names import clean, fold
from ..roster.people import COLUMNS
from .grid import GridRow

# What lists have beside the columns of a people file, in small letters. "family" is all of a name but the
# given name; "day", "month" and "year" are the three columns of a birth date.
WORDS = {
    "number": ("stt", "tt", "số tt", "số thứ tự"),
    "family": ("họ và tên đệm", "họ và đệm", "họ lót", "họ và tên lót", "họ và chữ lót", "họ và chữ đệm"),
    "birth_date": ("sinh", "năm sinh", "sinh năm", "ntns"),
    "department": (
        "phòng, bộ phận", "phòng, ban, bộ phận", "phòng, đơn vị", "phòng chuyên môn",
        "phòng, ban chuyên môn", "phòng, ban, đơn vị", "tên phòng",
    ),
    "unit": (
        "đơn vị", "tên đơn vị", "cơ quan", "tên cơ quan", "cơ quan, đơn vị", "tên cơ quan, đơn vị",
        "đơn vị công tác", "cơ quan công tác", "nơi công tác", "cơ quan, đơn vị công tác",
    ),
}  # fmt: skip
# Headers are written out at length: what they begin with decides, in this order.
BEGINNINGS = {
    "ho ten": "full_name", "ten can bo": "full_name",
    "ngay thang nam sinh": "birth_date", "ngay sinh": "birth_date",
    "chuc vu": "title", "chuc danh": "title",
}  # fmt: skip
BELOW_BIRTH = {
    "nam": "birth_date", "nữ": "birth_date", "ngày": "day", "tháng": "month", "năm": "year",
}  # fmt: skip
_DAYS = ("ngày", "tháng", "năm")
BELOW_NAME = {"họ": "family", "tên": "given", "đệm": "middle"}
# A list's address is a home's, or a private mailbox: official addresses come from the register alone.
NOT_READ = "address"
NAME_PARTS = ("full_name", "family", "surname", "middle", "given")
_REMARK = re.compile(r"\(.*?\)|[*:.]")
_NUMBERED = re.compile(r"\s*(?:\d{1,2}(?:\.\d{1,2})*|[ivxlc]+)\s*[.)/:–-]\s*(?=\D)")
_BETWEEN = re.compile(r"[\s,;/&_.–—-]+")
_WHO = "can bo|cong chuc|vien chuc|nhan vien|nhan su|nguoi lao dong|cb|cc|vc|cbcc|cbvc|ccvc|cbccvc|nv|nld"
_ID = re.compile(rf"(?:ma(?: so)?|so hieu)(?: (?:{_WHO}))*")
# What a header is about that is not read and must not be lost: a birth date, or an id.
_NO_BIRTH = re.compile(r"(?:^noi|\bhoc|\bkhai|\bve) sinh\b|\bsinh (?:hoat|vien|hoc)\b")
_CODE = re.compile(r"(?:ma|so hieu)\b")
# Numbers of other books: nobody's id here.
_OTHER_CODE = re.compile(
    r".*\b(?:thue|mst|bhxh|bhyt|bao hiem|cccd|cmnd|cmt|can cuoc|chung minh|dinh danh ca nhan|tai khoan"
    r"|ngach|chuc danh|cdnn|don vi|co quan|phong)\b"
)
_NUMBERS = re.compile(r"\(?(?:\d{1,2}|[A-ZĐ])\)?(?:\s*=.*)?")  # (1) (2) (3)=(1)+(2) under a header


@dataclass(frozen=True)
class Header:
    """Where each column stands, under its canonical name, and the word that the list has for it."""

    places: Mapping[str, tuple[int, ...]]
    words: Mapping[str, str]
    height: int
    unread: tuple[str, ...] = ()
    # those of them that must not be lost, and what they may be renamed to
    unclear: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[int, ...]:
        """The columns that a name is in."""
        return tuple(sorted(place for name in NAME_PARTS for place in self.places.get(name, ())))


def column_of(word: str) -> str | None:
    """Return the canonical name of a header word in any spelling, an old encoding included."""
    bare = _bare(word)
    if name := _BY_WORD.get(bare.replace(" ", "")):
        return name
    if _ID.fullmatch(bare):
        return "person_id"
    return next((name for start, name in BEGINNINGS.items() if bare.startswith(start)), None)


def _plain(word: str) -> str:
    text = _NUMBERED.sub("", clean(word)[0].lower(), count=1)
    return " ".join(_REMARK.sub(" ", text).split())


def _bare(word: str) -> str:
    """Return the words of a header without marks and what is between them, an old encoding included."""
    plain = _plain(word)
    if guess := suggest(plain):
        plain = _plain(guess)
    return " ".join(bare for part in _BETWEEN.split(plain) if (bare := fold(part)) not in ("", "va"))


def _meant(word: str) -> str:
    """Return what to call a column that may be birth dates or ids, if its header says that much."""
    bare = _bare(word)
    if "sinh" in _NO_BIRTH.sub("", bare).split():
        return '"Ngày sinh", "Năm sinh"'
    if _CODE.match(bare) and not _OTHER_CODE.match(bare):
        return '"Mã cán bộ", "Số hiệu"'
    return ""


_BY_WORD = {
    _bare(word).replace(" ", ""): name
    for name, words in [
        *((name, (name, *COLUMNS.synonyms.get(name, ()))) for name in COLUMNS.names),
        *WORDS.items(),
    ]
    for word in words
}


def find_header(line: GridRow, below: GridRow | None) -> Header | None:
    """Read a line as a header, with the line below as its second row if it is that; None if it is none."""
    if below is not None and below.row == line.row + 1 and _continues(line, below):
        return _header(line, below)
    return _header(line, None)


def is_numbering(line: GridRow) -> bool:
    """Say whether this is the row of column numbers that forms have below their header."""
    shown = [cell.text for cell in line.cells.values() if not cell.filled]
    return len(shown) > 1 and all(map(_NUMBERS.fullmatch, shown))


def _continues(line: GridRow, below: GridRow) -> bool:
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


def _spans(line: GridRow, column: int) -> bool:
    after = line.cells.get(column + 1)
    return after is not None and after.filled == "left"


def _header(line: GridRow, below: GridRow | None) -> Header | None:
    places: dict[str, list[int]] = {}
    words: dict[str, str] = {}
    gender: list[int] = []  # "Nam" and "Nữ" with nothing above
    alone: dict[int, str] = {}  # what is not read
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
            elif not (upper and upper.filled) or _meant(sub):
                alone[column] = word
        elif name in places and name != "birth_date" and not (upper and upper.filled == "left"):
            # One meaning in two columns: "Chức danh nghề nghiệp" beside "Chức vụ".
            alone[column] = word
        else:
            places.setdefault(name, []).append(column)
            words.setdefault(name, " ".join(top.split()) if name == "birth_date" else word)
    if gender and "birth_date" not in places:
        places["birth_date"] = gender
        words["birth_date"] = "Nam/Nữ"
    if "birth_date" not in places:
        for name, column in _three_columns(alone).items():
            places[name], words[name] = [column], alone.pop(column)
    if not _is_header(places, line):
        return None
    found = {name: tuple(columns) for name, columns in places.items()}
    subs = {column: cell.text for column, cell in below.cells.items()} if below else {}
    unclear = {
        word: meant
        for column, word in alone.items()
        if (meant := _meant(word) or _meant(subs.get(column, "")))
    }
    return Header(found, words, 2 if below else 1, tuple(alone.values()), unclear)


def _three_columns(unread: Mapping[int, str]) -> dict[str, int]:
    """Return where day, month and year stand, if side by side and once each."""
    parts = {
        column: BELOW_BIRTH[plain] for column, word in unread.items() if (plain := _plain(word)) in _DAYS
    }
    first = min(parts, default=0)
    found = {"day": first, "month": first + 1, "year": first + 2}
    return found if {column: name for name, column in found.items()} == parts else {}


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


def _is_header(places: Mapping[str, list[int]], line: GridRow) -> bool:
    """Say whether there is a column of names, and another one unless the header is a single cell."""
    if "full_name" in places or ("given" in places and ("family" in places or "surname" in places)):
        shown = [cell for cell in line.cells.values() if not cell.filled]
        return len(places) > 1 or len(shown) == 1
    return False


def key(text: str) -> str:
    """Return a text for comparing with set phrases: clean, small letters."""
    return unicodedata.normalize("NFC", clean(text)[0].lower())
