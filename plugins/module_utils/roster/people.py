# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""``roster/people/<unit>.csv``: one row a person, read into facts or into problems.

A file is read column by column: of 50,000 people few have a department, a title or a day that nobody else
has, so that each rule looks at a value once, and at the rows only where a value breaks it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import cache
from itertools import compress, repeat
from sys import intern
from types import MappingProxyType
from typing import NamedTuple

from ..naming.addresses import JOINS, is_local_part
from ..naming.names import Name, clean, read_names
from ..parsing.problems import Problem
from ..parsing.tables import Columns, Table
from .units import PEOPLE_KINDS, Unit, parse_date


class PersonStatus(StrEnum):
    """What a row of a people file says of a person; an empty cell is `active`."""

    ACTIVE = "active"
    LEAVE = "leave"
    LEFT = "left"
    LOCKED = "locked"
    SECOND_POST = "second_post"


# What each status must say; REQUIREMENTS UB-9.3a (leave with a reason), UB-6.2b and QT-9 (a decision to
# leave).
STATUS_NEEDS: Mapping[str, tuple[str, ...]] = {
    PersonStatus.LEAVE: ("status_until", "status_reason"),
    PersonStatus.LEFT: ("decision_no", "decision_date"),
    PersonStatus.LOCKED: ("status_reason",),
}
DATES = ("birth_date", "status_until", "decision_date", "requested_on")
PERSON_ID = re.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")

COLUMNS = Columns(
    names=(
        "person_id", "full_name", "surname", "middle", "given", "birth_date", "title", "department", "status",
        "status_until", "status_reason", "address",
        "decision_no", "decision_date", "request_no", "requested_on", "note",
    ),
    required=("person_id", "full_name"),
    synonyms={
        "person_id": ("mã cán bộ", "mã cbccvc", "mã số cán bộ", "mã nhân viên", "mã"),
        "full_name": ("họ và tên", "họ tên", "họ và tên đầy đủ"),
        "surname": ("họ",),
        "middle": ("tên đệm", "tên lót", "chữ lót", "đệm", "lót"),
        "given": ("tên", "tên gọi"),
        "birth_date": ("ngày sinh", "ngày tháng năm sinh", "ngày, tháng, năm sinh", "sinh ngày"),
        "title": ("chức vụ", "chức danh"),
        "department": ("phòng", "phòng ban", "bộ phận", "phòng/ban", "đơn vị trực thuộc"),
        "status": ("tình trạng", "trạng thái"),
        "status_until": ("đến ngày", "tình trạng đến ngày"),
        "status_reason": ("lý do", "lí do"),
        "address": ("địa chỉ", "địa chỉ thư", "hộp thư", "email"),
        "decision_no": ("số quyết định", "quyết định số"),
        "decision_date": ("ngày quyết định",),
        "request_no": ("số văn bản đề nghị", "số công văn", "số đề nghị"),
        "requested_on": ("ngày đề nghị",),
        "note": ("ghi chú",),
    },
)  # fmt: skip


class Person(NamedTuple):
    """One row of a people file.

    ``unit`` is the file's unit, which the address carries; ``department`` a path or ``""``.
    """

    person_id: str
    full_name: str
    name: Name
    unit: str
    file: str
    row: int
    birth_date: date | None = None
    title: str = ""
    department: str = ""
    status: str = PersonStatus.ACTIVE
    status_until: date | None = None
    address: str = ""
    decision_no: str = ""
    decision_date: date | None = None
    request_no: str = ""
    requested_on: date | None = None
    columns: Mapping[str, str] = MappingProxyType({})  # header words of its file

    @property
    def present(self) -> bool:
        """False for somebody who has left."""
        return self.status != PersonStatus.LEFT

    def problem(self, column: str, code: str, value: str = "", detail: str = "") -> Problem:
        """Return a problem at this row."""
        return Problem(self.file, self.row, self.columns.get(column, column), code, value, detail)


class Ids(NamedTuple):
    """The ids of a file with their statuses, whether or not the rest of their rows could be read."""

    file: str
    column: str = ""  # the header word of the id
    rows: Sequence[int] = ()
    ids: Sequence[str] = ()
    statuses: Sequence[str] = ()


def read_people(table: Table, stem: str, units: Mapping[str, Unit]) -> tuple[list[Person], Ids]:
    """Return the people of a file named ``<stem>.csv`` and every id in it; problems go to the table."""
    unit = units.get(stem)
    if units and (unit is None or unit.kind not in PEOPLE_KINDS):
        known = sorted(path for path, unit in units.items() if unit.kind in PEOPLE_KINDS and unit.active)
        table.say("unit_unknown", 0, "", stem, ", ".join(known[:20]))
    if not is_readable(table):
        return [], Ids(table.file)
    ids, statuses = _ids(table), _statuses(table)
    days = {column: _days(table, column) for column in DATES}
    departments, addresses = _departments(table, stem, units), _addresses(table)
    full_names, names = _names(table)
    title, decision_no, request_no = (
        map(_clean_text, table.column(name)) for name in ("title", "decision_no", "request_no")
    )
    # In the order of the fields of Person.
    rows = map(
        Person,
        ids, full_names, names, repeat(stem), repeat(table.file), table.rows, days["birth_date"], title,
        departments, statuses, days["status_until"], addresses, decision_no, days["decision_date"],
        request_no, days["requested_on"], repeat(table.headers),
    )  # fmt: skip
    usable = [row not in table.faulty for row in table.rows]
    people = list(compress(rows, usable))
    table.lost.update(person_id for person_id, fine in zip(ids, usable, strict=True) if not fine)
    if unit is not None and not unit.active:
        for person in people:
            if person.present:
                table.say("unit_dissolved", person.row, "", stem, unit.successor)
    return people, Ids(table.file, table.headers["person_id"], table.rows, ids, statuses)


def is_readable(table: Table) -> bool:
    """Say whether the required columns are there: a row says nothing without them."""
    return all(name in table.headers for name in COLUMNS.required)


@cache
def _clean_text(cell: str) -> str:
    return clean(cell)[0]


def _ids(table: Table) -> list[str]:
    ids = table.column("person_id")
    for row, person_id in zip(table.rows, ids, strict=True) if "" in ids else ():
        if not person_id:
            table.say("cell_missing", row, "person_id", table.headers["person_id"])
    bad = {person_id for person_id in ids if not PERSON_ID.fullmatch(person_id)} - {""}
    table.say_each("person_id_bad", "person_id", ids, bad)
    return ids


def _statuses(table: Table) -> list[str]:
    """Read the status of each row and check what it must say."""
    statuses = [intern(cell or PersonStatus.ACTIVE.value) for cell in table.column("status")]
    unknown = set(statuses).difference(PersonStatus)
    table.say_each("value_unknown", "status", statuses, unknown, ", ".join(PersonStatus))
    asked = STATUS_NEEDS.keys() & set(statuses)
    cells = {column: table.column(column) for status in asked for column in STATUS_NEEDS[status]}
    for place, status in enumerate(statuses if asked else ()):
        for column in STATUS_NEEDS.get(status, ()):
            if not cells[column][place]:
                word = table.headers.get(column, column)
                table.say("status_needs", table.rows[place], column, word, status)
    return statuses


def _days(table: Table, column: str) -> list[date | None]:
    cells = table.column(column)
    days = {cell: parse_date(cell) for cell in set(cells)}
    bad = {cell for cell, day in days.items() if day is None} - {""}
    table.say_each("date_bad", column, cells, bad)
    return list(map(days.__getitem__, cells))


def _departments(table: Table, stem: str, units: Mapping[str, Unit]) -> list[str]:
    """Return the paths of the departments, which rows name by their codes under the file's unit."""
    codes = table.column("department")
    paths = {code: f"{code}.{stem}" if code else "" for code in set(codes)}
    # Under a unit that is unknown itself nothing can be known: the file's own problem says so.
    bad = {code for code, path in paths.items() if code and not (path in units and units[path].active)}
    if bad and stem in units:
        known = sorted(unit.code for unit in units.values() if unit.parent == stem and unit.active)
        table.say_each("unit_unknown", "department", codes, bad, ", ".join(known[:20]))
    return [paths[code] for code in codes]


def _addresses(table: Table) -> list[str]:
    addresses = [cell.lower() for cell in table.column("address")]
    bad = {address for address in set(addresses) if address and not is_local_part(address, JOINS)}
    table.say_each("address_bad", "address", addresses, bad)
    return addresses


def _names(table: Table) -> tuple[Sequence[str], Sequence[Name | None]]:
    """Return the clean full names, and the names as they are read; None where that cannot be done."""
    if not table.rows:
        return (), ()
    parts = [table.column(column) for column in ("full_name", "surname", "middle", "given")]
    texts, names, faults = zip(*read_names(*parts), strict=True)
    for row, cell, found in zip(table.rows, parts[0], faults, strict=True) if any(faults) else ():
        if not cell:
            table.say("cell_missing", row, "full_name", table.headers["full_name"])
            continue
        for fault in found:
            column = "given" if fault.code == "name_parts" else "full_name"
            table.say(fault.code, row, column, fault.value, fault.detail)
    return texts, names
