# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The rows of a personnel list that are people, each with its unit; titles, sections, signatures are not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..naming.names import clean
from ..parsing.problems import Problem, errors
from .grid import Cell, GridRow, ReadBook, Sheet
from .headers import NAME_PARTS, Header, find_header, is_numbering, key
from .unitnames import NUMBERING, UnitNames

TOTAL = re.compile(r"(?:tổng (?:cộng|số)|cộng\b|danh sách (?:này )?(?:có|gồm)|ấn định)")
END = re.compile(
    r"người lập|lập (?:biểu|bảng)|nơi nhận|thủ trưởng|xác nhận|(?:tm|kt|tl|tuq)\.|\(?ký\b"
    r"|[^,]*,?\s*ngày\s.{0,6}tháng\s.{0,6}năm"
)
# Lines of a title block that never name the unit.
NO_UNIT = re.compile(r"danh sách|cộng h|độc lập|số\s*[:\d]|\(|biểu|mẫu|phụ lục|kèm theo|tính đến|-+$|_+$")
LEADERS = re.compile(
    r"(?:ban |tập thể |thường trực )?(?:lãnh đạo|giám đốc|chủ tịch)"
    r"(?: (?:sở|ubnd|huyện|xã|phường|cơ quan|đơn vị))*"
    r"|ban lãnh đạo.*|thường trực (?:ubnd|hđnd).*"
)
_UNIT_WORDS = (
    "sở ", "phòng ", "ban ", "ubnd ", "ủy ban ", "uỷ ban ", "văn phòng", "trung tâm ", "chi cục ", "đảng ủy ",
    "khối ", "bộ phận ", "tổ ",
)  # fmt: skip
_NAME_WORD = re.compile(r"\bt(?:ê|e|ª|eâ)n\b|name")  # "tªn" is TCVN3, "teân" VNI
_LABEL = re.compile(r"^(?:tên )?(?:đơn vị|cơ quan|phòng|bộ phận)\s*:\s*", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,6}\.?")
_NUMERAL = re.compile(r"(?:[IVXLC]+|[A-ZĐ]|\d{1,3}(?:\.\d{1,2})*)\.?")


@dataclass(frozen=True, order=True)
class Repair:
    """One value that does not enter as it stands; ``why`` are words of the report."""

    file: str
    row: int
    column: str
    old: str
    new: str
    why: tuple[str, ...]


@dataclass
class Entry:
    """One person of a list: first the cells, then the values of a people file, at last the id."""

    place: str
    row: int
    cells: Mapping[str, tuple[Cell, ...]]
    words: Mapping[str, str]
    unit: str = ""
    department: str = ""  # path, by the section it stands in
    values: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """True while nothing keeps it from being imported."""
        return not errors(self.problems)

    def say(self, code: str, column: str, value: str = "", detail: str = "") -> None:
        """Note a problem at this row."""
        self.problems.append(
            Problem(self.place, self.row, self.words.get(column, column), code, value, detail)
        )

    def repaired(self, column: str, old: str, new: str, why: tuple[str, ...]) -> None:
        """Note a repair, unless there is none."""
        if why:
            self.repairs.append(Repair(self.place, self.row, self.words.get(column, column), old, new, why))


def read_list(read: ReadBook, names: UnitNames, unit: str = "") -> tuple[list[Entry], list[Problem]]:
    """Return the people of all sheets, and what is wrong with a sheet or section as a whole.

    ``unit`` is the path of the one unit that the list is of, if the user said so.
    """
    book, problems = read[0], list(read[1])
    entries: list[Entry] = []
    for sheet in book.sheets:
        reader = _Reader(sheet, names, unit)
        reader.read()
        entries += reader.entries
        problems += reader.problems
    if not entries and not errors(problems):
        problems = [problem for problem in problems if problem.code != "sheet_skipped"]
        problems.append(Problem(book.name, 0, "", "list_empty"))
    return entries, problems


class _Reader:
    """Goes through one sheet from top to bottom, and knows in which unit and section it is."""

    def __init__(self, sheet: Sheet, names: UnitNames, fixed: str) -> None:
        self.sheet, self.names, self.fixed = sheet, names, fixed
        self.header: Header | None = None
        self.unit = fixed
        self.by_section = False  # the unit was named by a section
        self.department = ""
        self.broken = ""  # the section that could not be understood, by its place
        self.without_unit = False  # a person stands where no unit is known at all
        self.ended = False
        self.entries: list[Entry] = []
        self.problems: list[Problem] = []

    def say(self, code: str, row: int = 0, column: str = "", value: str = "", detail: str = "") -> None:
        self.problems.append(Problem(self.sheet.place, row, column, code, value, detail))

    def read(self) -> None:
        lines = self.sheet.lines
        title: list[GridRow] = []
        skip = 0
        for place, line in enumerate(lines):
            if skip:
                skip -= 1
                continue
            below = lines[place + 1] if place + 1 < len(lines) else None
            header = find_header(line, below) if _may_be_header(line) else None
            if header:
                if self.header is None and not self.unit:
                    self.unit = self._unit_of_sheet(title)
                if header.unread and header.unread != (self.header and self.header.unread):
                    self._unread(line.row, header)
                self.header, self.ended, skip = header, False, header.height - 1
            elif self.header is None:
                title.append(line)
            else:
                self._line(line, self.header)
        if self.header is None and lines:
            self.say("sheet_skipped", value=self.sheet.name)
        if self.without_unit:
            self.say("list_unit_missing", value=self.sheet.name, detail=self.names.known())

    def _unread(self, row: int, header: Header) -> None:
        for word, meant in header.unclear.items():
            self.say("list_column_unclear", row, word, word, meant)
        if rest := [word for word in header.unread if word not in header.unclear]:
            self.say("list_columns_unread", row, "", ", ".join(rest))

    def _unit_of_sheet(self, title: list[GridRow]) -> str:
        """Return the unit that the sheet's name or its title names.

        A title of the list says it itself; otherwise the last line of a heading is the office, and those
        above it are what the office belongs to.
        """
        if unit := self.names.agency(self.sheet.name):
            return unit.path
        last: dict[int, str] = {}
        for line in title:
            for column, cell in line.cells.items():
                if cell.filled:
                    continue
                if (unit := self.names.titled(cell.text)) and unit is not self.names.agency(cell.text):
                    return unit.path
                if not NO_UNIT.match(key(cell.text)):
                    last[column] = cell.text
        found = {unit.path for text in last.values() if (unit := self.names.agency(text))}
        return found.pop() if len(found) == 1 else ""

    def _line(self, line: GridRow, header: Header) -> None:
        own = {column: cell for column, cell in line.cells.items() if not cell.filled}
        number = next((own[place].text for place in header.places.get("number", ()) if place in own), "")
        name = " ".join(line.cells[place].text for place in header.names if place in line.cells)
        if is_numbering(line):
            return
        if self._is_end(own, number, name, header):
            return
        if self.ended:
            if name and _NUMBER.fullmatch(number):
                self.say("row_after_end", line.row, header.words.get("number", ""), name)
            return
        if self._is_section(line, own, number, header):
            return
        cells = {
            column: found
            for column, places in header.places.items()
            if (found := tuple(line.cells[place] for place in places if place in line.cells))
        }
        if not cells.keys() - {"number"}:
            return  # nothing but its number: a row left free in a form
        entry = Entry(self.sheet.place, line.row, cells, header.words, self.unit, self.department)
        entry.values["full_name"] = name  # as it stands, for who is refused before it is read
        if self.broken or not (self.unit or "unit" in header.places):
            entry.say("list_row_homeless", "full_name", name, self.broken or self.sheet.place)
            self.without_unit = self.without_unit or not self.broken
        self.entries.append(entry)

    def _is_end(self, own: Mapping[int, Cell], number: str, name: str, header: Header) -> bool:
        """Say whether a line is a sum, or the end of the list: place and date, signatures, copies."""
        texts = [key(cell.text) for cell in own.values()]
        nobody = (
            not name or END.match(key(name)) or ("number" in header.places and not number and len(own) < 3)
        )
        if not _NUMBER.fullmatch(number) and any(map(TOTAL.match, texts)):
            return True
        if nobody and any(map(END.match, texts)):
            self.ended = True
            return True
        return False

    def _is_section(self, line: GridRow, own: Mapping[int, Cell], number: str, header: Header) -> bool:
        """Read a line that is the heading of a unit or a department, and say whether it is one."""
        numbers = header.places.get("number", ())
        texts = {
            column: cell.text
            for column, cell in own.items()
            if not (column in numbers and _NUMERAL.fullmatch(cell.text))
            and not _LABEL.fullmatch(key(cell.text))
        }
        if len(texts) != 1 or any(cell.filled == "above" for cell in line.cells.values()):
            return False
        ((column, text),) = texts.items()
        if self._enter(text):
            return True
        # A person of whom the list has nothing else is at least counted, or the list has names only.
        listed = _NUMBER.fullmatch(number) or header.places.keys() <= set(NAME_PARTS)
        headed = (
            not listed
            or column not in header.names
            or any(cell.filled == "left" for cell in line.cells.values())
            or NUMBERING.match(text)
            or key(text).startswith(_UNIT_WORDS)
        )
        if headed and (column in header.names or column in numbers or column == min(line.cells)):
            self.broken, self.department = f"{self.sheet.place}:{line.row}", ""
            if self.by_section:
                self.unit = ""
            under = self.unit and self.names.known(self.unit)
            self.say("list_section_unknown", line.row, "", text, under or self.names.known())
            return True
        return False

    def _enter(self, text: str) -> bool:
        """Enter the unit or department that the heading names, if it can be told."""
        text = _LABEL.sub("", NUMBERING.sub("", clean(text)[0], count=1), count=1) or text
        if unit := self.names.agency(text):
            if self.fixed and unit.path != self.fixed:
                return False
            self.by_section = not self.fixed
            self.unit, self.department, self.broken = unit.path, "", ""
            return True
        department = self.names.department(text, self.unit) if self.unit else None
        bare = NUMBERING.sub("", text, count=1)
        if department or (self.unit and LEADERS.fullmatch(key(bare))):
            self.department, self.broken = department.path if department else "", ""
            return True
        return False


def _may_be_header(line: GridRow) -> bool:
    """Tell most rows from a header at once: every header has the word name in it."""
    return any(map(_NAME_WORD.search, map(_lower, line.cells.values())))


def _lower(cell: Cell) -> str:
    return cell.text.lower() if cell.text.isascii() else key(cell.text)
