# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From the cells of a list to the values of a people file: every repair is noted, what is unclear refused."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import chain

from ..naming.encodings import suggest
from ..naming.names import APOSTROPHES, clean, parse, same_key, words
from ..parsing.problems import errors
from ..parsing.tables import Table
from ..roster.people import COLUMNS, DATES, PersonStatus, read_people
from ..roster.roster import Roster
from ..roster.units import parse_date
from .grid import Cell, serial_day
from .headers import key
from .rows import LEADERS, Entry
from .unitnames import UnitNames

AT_WORK = ("đang công tác", "đang làm việc", "đang làm", "còn công tác")
PLAIN = ("title", "status_reason", "decision_no", "request_no", "note")
WITHOUT_ID = "new"  # stands for the id until there is one

_DAY = re.compile(
    r"(?:ngày\s*)?(\d{1,2})\s*(?:[/.-]|tháng)\s*(\d{1,2})\s*(?:[/.-]|năm)\s*(\d{4}|\d{2})", re.ASCII
)
_ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}", re.ASCII)
_TIME = re.compile(r"[ t]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?$", re.ASCII)
# 1975, 03/1975, 00/00/1975, ../../1975: a year, with a month at best.
_BLANK = r"(?:0{1,2}|[._…?x-]*)"
_PART_OF_DATE = re.compile(
    rf"(?:(?:{_BLANK}\s*[/.-]\s*)?(?:{_BLANK}|\d{{1,2}})\s*[/.-]\s*)?(?:19|20)\d\d", re.ASCII
)
_SERIAL = re.compile(r"\d{4,5}(?:\.0+)?", re.ASCII)
_GENDER = ("x", "v", "+", "nam", "nữ")


def normalize(entry: Entry, names: UnitNames, fixed: str) -> None:
    """Set the values of an entry from its cells; the unit as well where a column names it."""
    homed = entry.sound  # else nothing is known of its unit and department
    for column, cells in entry.cells.items():
        if column != "number" and any(cell.kind == "error" for cell in cells):
            entry.say("cell_error", column, next(cell.text for cell in cells if cell.kind == "error"))
    if homed and ("unit" in entry.cells or not entry.unit):
        _unit(entry, names, fixed)
    _name(entry)
    for column in PLAIN:
        if column in entry.cells:
            entry.values[column] = _text(entry, column)
    for column in DATES:
        if column in entry.cells:
            entry.values[column] = _date(entry, column, entry.cells[column])
    if "year" in entry.cells and "birth_date" not in entry.cells:
        _three_columns(entry)
    if "person_id" in entry.cells:
        entry.values["person_id"] = clean(_shown(entry, "person_id"))[0]
    if "status" in entry.cells:
        _status(entry)
    if homed:
        _department(entry, names)
    entry.values = {column: value for column, value in entry.values.items() if value}


def _shown(entry: Entry, column: str) -> str:
    return " ".join(cell.text for cell in entry.cells.get(column, ()))


def _unit(entry: Entry, names: UnitNames, fixed: str) -> None:
    text = _shown(entry, "unit")
    unit = (names.agency(text) or names.above(text)) if text else None
    below = names.department(text, entry.unit) if entry.unit and not unit else None
    if unit and fixed and unit.path != fixed:
        entry.say("list_unit_other", "unit", text, fixed)
    elif unit:
        entry.unit = unit.path
        if inside := names.department(text, unit.path):
            entry.department = inside.path
    elif below:
        entry.department = below.path
    elif text:
        entry.say("unit_unknown", "unit", text, names.known())
    elif not entry.unit:
        entry.say("cell_missing", "unit", entry.words.get("unit", "unit"))


def clean_text(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the text as it should be typed, and why it changed; text of an old encoding is left alone."""
    if suggest(unicodedata.normalize("NFC", text)):
        return text, ()
    cleaned, faults = clean(text)
    why = [fault.code.removeprefix("name_") for fault in faults]
    if unicodedata.normalize("NFC", text) != text:
        why.append("decomposed")
    # Blanks around a text are no part of it; inside, only single common ones are.
    if re.search(r"[^\S ]|  ", text.strip()):
        why.append("spaces")
    return cleaned, tuple(sorted(why))


def clean_name(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a name as it should be typed: besides, plain apostrophes, and no words in capitals."""
    cleaned, why = clean_text(text)
    if suggest(unicodedata.normalize("NFC", text)):
        return text, ()
    joined = " ".join(words(cleaned)) if any(mark in cleaned for mark in APOSTROPHES) else cleaned
    if joined != cleaned:
        why += ("apostrophe",)
    cased = " ".join(map(_cased, joined.split()))
    if cased != joined:
        why += ("capitals",)
    return cased, why


def _cased(word: str) -> str:
    if not (word.isupper() or word.islower()):
        return word
    return "".join(part.capitalize() for part in re.split("(['-])", word))


def _text(entry: Entry, column: str) -> str:
    old = _shown(entry, column)
    new, why = clean_text(old)
    if guess := suggest(unicodedata.normalize("NFC", old)):
        entry.say("text_legacy", column, old, guess)
    if any(unicodedata.category(char) == "Cc" for char in new):
        entry.say("control_character", column, new)
    entry.repaired(column, old, new, why)
    return new


def _name(entry: Entry) -> None:
    """Compose the name of its columns; three columns of parts are kept as such beside it."""
    has = entry.words.keys()  # what the list has, filled in or not
    parts: tuple[str, ...] = ()
    if "family" in has:
        whole: tuple[str, ...] = ("family", "given")
    elif "full_name" in has:
        whole, parts = ("full_name",), ("surname", "middle", "given") if "surname" in has else ()
    else:
        whole = ("surname", "middle", "given")
        parts = whole if "middle" in has else ()
    entry.words = {**entry.words, "full_name": entry.words.get(whole[0], "full_name")}
    old = " ".join(_shown(entry, column) for column in whole if column in entry.cells)
    new, why = clean_name(old)
    if any(unicodedata.category(char) == "Cc" for char in new):
        entry.say("control_character", "full_name", new)
    entry.repaired("full_name", old, new, why)
    entry.values["full_name"] = new
    entry.values |= {part: clean_name(_shown(entry, part))[0] for part in parts}
    given = clean_name(_shown(entry, "given"))[0]
    if given and not parts and not f" {new}".endswith(f" {given}"):
        entry.say("name_parts", "given", new)


def _status(entry: Entry) -> None:
    old = clean(_shown(entry, "status"))[0]
    new = PersonStatus.ACTIVE.value if key(old) in AT_WORK else old
    if new in set(PersonStatus) and new != old:
        entry.repaired("status", old, new, ("status",))
    entry.values["status"] = "" if new == PersonStatus.ACTIVE else new


def _department(entry: Entry, names: UnitNames) -> None:
    text = _shown(entry, "department")
    path = entry.department
    if text and entry.unit:
        unit, agency = names.department(text, entry.unit), names.agency(text)
        if unit:
            path = unit.path
        elif LEADERS.fullmatch(key(text)) or (agency is not None and agency.path == entry.unit):
            entry.repaired("department", text, "", ("leaders",))
            path = ""
        else:
            entry.say("unit_unknown", "department", text, names.known(entry.unit))
    entry.values["department"] = path.removesuffix(f".{entry.unit}") if path else ""


def _date(entry: Entry, column: str, cells: Iterable[Cell]) -> str:
    """Return the date as ISO text; of two columns (Nam, Nữ) one has it, and the other may have a mark."""
    found = [cell for cell in cells if cell.kind != "error" and key(cell.text) not in _GENDER]
    if len(found) > 1:
        entry.say("date_twice", column, found[0].text, found[1].text)
        return ""
    if not found:
        return ""
    day, why, code = read_day(found[0])
    if code == "year_only" and column == "birth_date":
        entry.say("year_only", column, found[0].text)
    elif code:
        entry.say("date_bad" if code == "year_only" else code, column, found[0].text)
    elif why:
        entry.repaired(column, found[0].text, day, why)
    return day


def read_day(cell: Cell) -> tuple[str, tuple[str, ...], str]:
    """Return the ISO date of a cell, why it is another text now, and what is wrong with it."""
    if cell.kind == "date" and cell.day:
        return cell.day.isoformat(), (), ""
    text = key(cell.text)
    bare = _TIME.sub("", text)
    time = ("time",) if bare != text else ()
    if _PART_OF_DATE.fullmatch(text):
        return "", (), "year_only"
    if _SERIAL.fullmatch(text):
        day = cell.day if cell.kind == "number" else serial_day(float(text))
        return (day.isoformat(), ("serial",), "") if day else ("", (), "date_bad")
    if _ISO.fullmatch(bare):
        day = parse_date(bare)
        return (day.isoformat(), time, "") if day else ("", (), "date_bad")
    found = _DAY.fullmatch(bare)
    if found and len(found[3]) == 2:
        return "", (), "date_short_year"
    day = parse_date("/".join(found.groups())) if found else None
    if day is None:
        return "", (), "date_bad"
    return day.isoformat(), (() if parse_date(bare) else ("date",)) + time, ""


def _three_columns(entry: Entry) -> None:
    parts = [_shown(entry, part) for part in ("day", "month", "year")]
    text = "/".join(part or "00" for part in parts)
    entry.words = {**entry.words, "birth_date": entry.words["year"]}
    entry.values["birth_date"] = _date(entry, "birth_date", (Cell(text),))


def check_values(entries: Iterable[Entry], roster: Roster) -> None:
    """Have the reader of people files judge the rows, so that what is imported is what can be read.

    Where the roster has the parts of a name that no rule can read (Y Blý Êban), the list need not.
    """
    known = {
        (person.unit, same_key(person.full_name)): person.name
        for person in roster.people.values()
        if parse(person.full_name)[0] is None
    }
    groups: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        name = known.get((entry.unit, same_key(entry.values.get("full_name", ""))))
        if name and "given" not in entry.values:
            surname, middle = name.rest[: name.surname_words], name.rest[name.surname_words :]
            parts = {"surname": " ".join(surname), "middle": " ".join(middle), "given": name.given}
            entry.values |= {part: text for part, text in parts.items() if text}
        groups[entry.place, entry.unit].append(entry)
    for (place, unit), rows in groups.items():
        words = {column: word for entry in rows for column, word in entry.words.items()}
        headers = {column: words.get(column, column) for column in COLUMNS.names}
        table = Table(place, headers, list(COLUMNS.names))
        for entry in rows:
            values = {"person_id": WITHOUT_ID, **entry.values}
            table.rows.append(entry.row)
            table.cells.append([values.get(column, "") for column in COLUMNS.names])
        read_people(table, unit, roster.units)
        by_row = {entry.row: entry for entry in rows}
        told = {
            (problem.row, problem.column)
            for entry in rows
            for problem in errors(entry.problems)
            if problem.code != "list_row_homeless"  # it says nothing of the cell that it stands at
        }
        for problem in table.problems:
            # One fault a cell: what could not be read before was said, and is no name or date either.
            if problem.row in by_row and (problem.row, problem.column) not in told:
                entry = by_row[problem.row]
                entry.problems.append(replace(problem, value=_as_written(entry, problem.value)))


def _as_written(entry: Entry, value: str) -> str:
    """Return a value as the list has it, if it differs in capitals alone."""
    for cell in chain.from_iterable(entry.cells.values()):
        at = cell.text.lower().find(value.lower())
        if value and at >= 0:
            return cell.text[at : at + len(value)]
    return value


def swapped_days(entries: Iterable[Entry]) -> dict[str, str]:
    """Return the sheets whose real dates may have day and month swapped, with one of the dates.

    A spreadsheet set to American dates takes 12/03/1975 for the third of December, and leaves 25/03/1975 as
    text: then no real date has a day after the 12th, and every text has.
    """
    real: dict[str, list[date]] = defaultdict(list)
    text: dict[str, list[date]] = defaultdict(list)
    for entry in entries:
        for cell in entry.cells.get("birth_date", ()):
            day = parse_date(read_day(cell)[0])
            if day:
                (real if cell.kind == "date" else text)[entry.place].append(day)
    return {
        place: days[0].isoformat()
        for place, days in real.items()
        if len(days) > 1
        and text[place]
        and all(day.day <= 12 for day in days)
        and all(day.day > 12 for day in text[place])
    }
