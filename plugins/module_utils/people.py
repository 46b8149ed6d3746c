# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""``roster/people/<unit>.csv``: one row a person, read into facts or into problems."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from .names import Name, clean, read_name
from .problems import Problem, errors
from .tables import Columns, Record, Table
from .units import PEOPLE_KINDS, Unit, is_local_part, parse_date

STATUSES = ("active", "leave", "left", "locked", "second_post")
# What each status must say; REQUIREMENTS UB-9.3a (leave with a reason), UB-6.2b and QT-9 (a decision to
# leave).
STATUS_NEEDS = {
    "leave": ("status_until", "status_reason"),
    "left": ("decision_no", "decision_date"),
    "locked": ("status_reason",),
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


@dataclass(frozen=True)
class Person:
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
    status: str = "active"
    address: str = ""
    decision_date: date | None = None
    columns: Mapping[str, str] = field(
        default_factory=dict, compare=False, hash=False
    )  # header words of its file

    @property
    def present(self) -> bool:
        """False for somebody who has left."""
        return self.status != "left"

    def problem(self, column: str, code: str, value: str = "", detail: str = "") -> Problem:
        """Return a problem at this row."""
        return Problem(self.file, self.row, self.columns.get(column, column), code, value, detail)


@dataclass(frozen=True)
class Mark:
    """Where an id stands, whether or not the rest of its row could be read."""

    person_id: str
    status: str
    file: str
    row: int
    column: str  # the header word of the id


def read_people(table: Table, stem: str, units: Mapping[str, Unit]) -> tuple[list[Person], list[Mark]]:
    """Return the people of a file named ``<stem>.csv`` and every id in it; problems go to the table."""
    unit = units.get(stem)
    if units and (unit is None or unit.kind not in PEOPLE_KINDS):
        known = sorted(path for path, unit in units.items() if unit.kind in PEOPLE_KINDS and unit.active)
        table.say("unit_unknown", 0, "", stem, ", ".join(known[:20]))
    if not is_readable(table):
        return [], []
    people = [person for record in table.records if (person := _person(record, table, stem, units))]
    if unit is not None and not unit.active:
        for person in people:
            if person.present:
                table.say("unit_dissolved", person.row, "", stem, unit.successor)
    marks = [
        Mark(record.cells["person_id"], _status(record), table.file, record.row, table.headers["person_id"])
        for record in table.records
        if record.cells.get("person_id")
    ]
    return people, marks


def is_readable(table: Table) -> bool:
    """Say whether the required columns are there: a row says nothing without them."""
    return all(name in table.headers for name in COLUMNS.required)


def _status(record: Record) -> str:
    return record.cells.get("status", "") or "active"


Say = Callable[[str, str, str, str], None]  # column, code, value, detail


def _person(record: Record, table: Table, stem: str, units: Mapping[str, Unit]) -> Person | None:
    """Return the person of a row, or None where the row cannot be used; each fault goes to the table."""
    cells, before = record.cells, len(table.problems)

    def say(column: str, code: str, value: str, detail: str = "") -> None:
        table.say(code, record.row, column, value, detail)

    _check_identity(cells, table.headers, say)
    dates = {column: parse_date(cells[column]) for column in DATES if cells.get(column)}
    for column, day in dates.items():
        if day is None:
            say(column, "date_bad", cells[column])
    department = _department(cells.get("department", ""), stem, units, say)
    address = cells.get("address", "").lower()
    if address and not is_local_part(address):
        say("address", "address_bad", address)
    full_name, name = _name(cells, table.headers, say)
    if name is None or errors(table.problems[before:]):
        table.lost.add(cells["person_id"])
        return None
    return Person(
        person_id=cells["person_id"],
        full_name=full_name,
        name=name,
        unit=stem,
        file=table.file,
        row=record.row,
        birth_date=dates.get("birth_date"),
        title=clean(cells.get("title", ""))[0],
        department=department,
        status=_status(record),
        address=address,
        decision_date=dates.get("decision_date"),
        columns=table.headers,
    )


def _check_identity(cells: Mapping[str, str], headers: Mapping[str, str], say: Say) -> None:
    """Check the id and the status with what the status must say."""
    person_id, status = cells["person_id"], cells.get("status", "") or "active"
    if not person_id:
        say("person_id", "cell_missing", headers["person_id"], "")
    elif not PERSON_ID.fullmatch(person_id):
        say("person_id", "person_id_bad", person_id, "")
    if status not in STATUSES:
        say("status", "value_unknown", status, ", ".join(STATUSES))
    for column in STATUS_NEEDS.get(status, ()):
        if not cells.get(column):
            say(column, "status_needs", headers.get(column, column), status)


def _department(code: str, stem: str, units: Mapping[str, Unit], say: Say) -> str:
    """Return the path of a department that the row names by its code under the file's unit."""
    path = f"{code}.{stem}" if code else ""
    # Under a unit that is unknown itself nothing can be known: the file's own problem says so.
    if code and stem in units and not (path in units and units[path].active):
        known = sorted(unit.code for unit in units.values() if unit.parent == stem and unit.active)
        say("department", "unit_unknown", code, ", ".join(known[:20]))
    return path


def _name(cells: Mapping[str, str], headers: Mapping[str, str], say: Say) -> tuple[str, Name | None]:
    if not cells["full_name"]:
        say("full_name", "cell_missing", headers["full_name"], "")
        return "", None
    full_name, name, faults = read_name(
        *(cells.get(column, "") for column in ("full_name", "surname", "middle", "given"))
    )
    for fault in faults:
        say("given" if fault.code == "name_parts" else "full_name", fault.code, fault.value, fault.detail)
    return full_name, name
