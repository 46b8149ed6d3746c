"""Personnel lists for the tests, built as offices send them, and a small site to import them into."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
from ansible_collections.congvu.mail.plugins.module_utils.importing.merge import import_list
from ansible_collections.congvu.mail.plugins.module_utils.importing.spreadsheets import parse_book
from ansible_collections.congvu.mail.plugins.module_utils.roster.roster import load_roster

from tests.support.samples import unit, write_site

UNITS = [
    unit("snv") | {"name": "Sở Nội vụ"},
    unit("tccb", "department", parent="snv") | {"name": "Phòng Tổ chức cán bộ"},
    unit("vp", "department", parent="snv") | {"name": "Văn phòng"},
    unit("sngv") | {"name": "Sở Ngoại vụ"},
    unit("iagrai", "locality") | {"name": "Ủy ban nhân dân xã Ia Grai"},
    unit("vhxh", "department", parent="iagrai") | {"name": "Phòng Văn hóa - Xã hội"},
]


def site(folder, people=None, units=UNITS) -> Path:
    return write_site(folder, people or {}, units)


def book(*sheets, merge=(), formats=(), name="list.xlsx"):
    """A workbook: each sheet a title and its rows; merged ranges and formats are of the last sheet."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, rows in sheets:
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    for place in merge:
        sheet.merge_cells(place)
    for place, number_format in formats:
        sheet[place].number_format = number_format
    return parse_book(saved(workbook), name)


def saved(workbook) -> bytes:
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def imported(folder, book, unit="", holders=(), write=True):
    """Import into the site, as the playbook does, and return the outcome."""
    roster, _ = load_roster(folder)
    outcome = import_list(folder, roster, holders, book, unit)
    if write:
        for file, (_, after) in outcome.files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(after)
    return outcome


def rows(folder, unit):
    """The rows of a people file, by id: name, birth date, title, department."""
    roster, problems = load_roster(folder)
    assert not [problem for problem in problems if problem.severity == "error"], problems
    people = [*roster.people.values(), *roster.second_posts]
    return {
        person.person_id: (
            person.full_name,
            person.birth_date.isoformat() if person.birth_date else "",
            person.title,
            person.department,
        )
        for person in people
        if person.unit == unit
    }


def found(outcome):
    """Code, row and value of each problem."""
    return {(problem.code, problem.row, problem.value) for problem in outcome.problems}


def codes(outcome):
    return sorted(problem.code for problem in outcome.problems)
