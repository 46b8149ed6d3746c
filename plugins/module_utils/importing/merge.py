# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A personnel list into roster files: everything is worked out here, and nothing is written.

A row is imported as a whole or refused as a whole. Nobody of the roster is ever removed, and a cell that is
empty in the list leaves the roster's alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..naming.names import clean, same_key
from ..parsing.problems import Problem, errors
from ..parsing.tables import read_bytes, read_table
from ..roster import journal
from ..roster.edits import PeopleText
from ..roster.people import COLUMNS, DATES, Person, PersonStatus, read_people
from ..roster.roster import PEOPLE, Roster
from ..roster.units import FILE as UNITS_FILE
from ..roster.units import parse_date
from ..site.site import Site
from .grid import ReadBook
from .matches import Matches, folded
from .normalize import check_values, normalize, swapped_days
from .rows import Entry, Repair, read_list
from .unitnames import UnitNames

HEADER = f"{','.join(COLUMNS.names)}\n".encode()  # of a new people file
# What a site may still lack when it is only being imported: rows of heads and clerks, its support address.
NOT_YET = ("contact_unknown", "contact_left", "support_unheld")


@dataclass(frozen=True, order=True)
class Change:
    """One cell of somebody in the roster that the list changes."""

    file: str
    person_id: str
    column: str
    old: str
    new: str


@dataclass(frozen=True, order=True)
class Added:
    """Somebody new in the roster."""

    unit: str
    person_id: str
    full_name: str


@dataclass(frozen=True)
class Outcome:
    """What an import comes to. ``files`` has text before and after of each file that changes, by its path."""

    files: Mapping[str, tuple[str, str]]
    repairs: tuple[Repair, ...] = ()
    problems: tuple[Problem, ...] = ()
    counts: Mapping[str, int] | None = None  # by the words of the report; None if the run stops
    changes: tuple[Change, ...] = ()
    added: tuple[Added, ...] = ()


def import_site(site: Site, read: ReadBook, unit: str = "") -> Outcome:
    """Work out the roster files of a site after an import, unless the roster must be fixed first."""
    stops = [
        problem
        for problem in errors(site.problems)
        if (problem.file == UNITS_FILE and problem.code not in NOT_YET)
        or problem.file.startswith(f"{PEOPLE}/")
        or problem.file == journal.FILE
    ]
    if stops:
        return Outcome({}, problems=tuple(stops))
    holders = {row.holder for row in site.register}
    return import_list(site.folder, site.roster, holders, read, unit)


def import_list(
    folder: Path, roster: Roster, holders: Iterable[str], read: ReadBook, unit: str = ""
) -> Outcome:
    """Work out the roster files after a list has been imported.

    ``holders`` are those of the register: an id that was ever given is not given again. ``unit`` is the path
    of the one unit that the list is of; without it the list says so itself.
    """
    names = UnitNames(roster.units)
    if unit and names.agency(unit) is None:
        return Outcome({}, problems=(Problem("unit", 0, "", "unit_unknown", unit, names.known()),))
    entries, problems = read_list(read, names, unit)
    if not entries or any(problem.code == "list_column_unclear" for problem in problems):
        return Outcome({}, problems=tuple(problems))
    for entry in entries:
        normalize(entry, names, unit)
    check_values(entries, roster)
    matches = Matches(roster)
    matches.find(entries)
    problems += [
        Problem(place, 0, "birth_date", "dates_swapped", day) for place, day in swapped_days(entries).items()
    ]
    _give_ids([entry for entry in entries if entry.sound], matches, [*roster.people, *holders])
    _named_leavers(entries, roster)
    merged = _Merge(folder, matches)
    merged.run(entries)
    if merged.problems:
        return Outcome({}, problems=tuple(problems + merged.problems))
    problems += _not_in_list(entries, matches)
    problems += [problem for entry in entries for problem in entry.problems]
    repairs = [repair for entry in entries if entry.sound for repair in entry.repairs]
    counts = {**merged.counts, "refused": sum(not entry.sound for entry in entries)}
    return Outcome(
        merged.files,
        tuple(sorted(repairs)),
        tuple(sorted(set(problems))),
        counts,
        tuple(merged.changes),
        tuple(merged.added),
    )


def _give_ids(entries: list[Entry], matches: Matches, taken: Iterable[str]) -> None:
    """Give everybody the id of the roster, and who is new and has none the next number of the unit.

    ``snv-0001`` says where the person was first recorded, nothing else: it goes along when they move.
    """
    last: dict[str, int] = defaultdict(int)
    for person_id in [*taken, *(entry.values.get("person_id", "") for entry in entries)]:
        if found := re.fullmatch(r"(.+)-(\d{4,9})", person_id.lower(), re.ASCII):
            last[found[1]] = max(last[found[1]], int(found[2]))
    for entry in entries:
        if person := matches.person_of.get((entry.place, entry.row)):
            entry.values["person_id"] = person.person_id
        elif "person_id" not in entry.values:
            last[entry.unit] += 1
            entry.values["person_id"] = f"{entry.unit}-{last[entry.unit]:04}"


class _Merge:
    """The files that change, what changes in them, and what is wrong with the result (nothing should be)."""

    def __init__(self, folder: Path, matches: Matches) -> None:
        self.folder, self.matches = folder, matches
        self.files: dict[str, tuple[str, str]] = {}
        self.counts = dict.fromkeys(("added", "changed", "unchanged"), 0)
        self.changes: list[Change] = []
        self.added: list[Added] = []
        self.problems: list[Problem] = []

    def run(self, entries: Iterable[Entry]) -> None:
        by_unit: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            if entry.sound:
                by_unit[entry.unit].append(entry)
        for unit, rows in by_unit.items():
            self._unit(unit, rows)

    def _unit(self, unit: str, rows: list[Entry]) -> None:
        file = f"{PEOPLE}/{unit}.csv"
        data, _ = read_bytes(self.folder / file, file)
        table = read_table(data or HEADER, file, COLUMNS)
        known = {record.cells["person_id"].lower(): record for record in table.records}
        text = PeopleText(data or HEADER)  # rows that do not change stay as they were written
        told = len(self.changes) + len(self.added)
        for entry in rows:
            record = known.get(entry.values["person_id"].lower())
            if record is None:
                text.add(entry.values)
                self.added.append(Added(unit, entry.values["person_id"], entry.values["full_name"]))
                self.counts["added"] += 1
                continue
            new = _news(record.cells, entry.values)
            for column, value in new.items():
                old = record.cells.get(column, "")
                self.changes.append(Change(file, record.cells["person_id"], column, old, value))
                text.set(record.row, column, value)
            self.counts["changed" if new else "unchanged"] += 1
        if len(self.changes) + len(self.added) > told:
            after = text.content()
            self.files[file] = (data or b"").decode(), after.decode()
            table = read_table(after, file, COLUMNS)
            read_people(table, unit, self.matches.roster.units)
            self.problems += errors(table.problems)


def _news(record: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """Return what the list has otherwise than a row of the roster."""
    new = {
        column: value for column, value in values.items() if not _same(column, record.get(column, ""), value)
    }
    if "full_name" in new and "given" not in values:
        # they were those of the other name
        new |= dict.fromkeys((part for part in ("surname", "middle", "given") if record.get(part)), "")
    return new


def _named_leavers(entries: Iterable[Entry], roster: Roster) -> None:
    """Warn of people who leave and whom a unit still names."""
    named: dict[str, list[str]] = defaultdict(list)
    for unit in roster.units.values():
        for role, person_id in unit.contacts.items():
            named[person_id.lower()].append(
                f"{unit.path} {role} ({UNITS_FILE}:{unit.lines.get(role, unit.line)})"
            )
        for delegate in unit.delegates:
            named[delegate.person.lower()].append(f"{unit.path} delegates ({UNITS_FILE}:{delegate.line})")
    for entry in entries:
        person_id = entry.values.get("person_id", "").lower()
        if entry.sound and entry.values.get("status") == PersonStatus.LEFT and person_id in named:
            entry.say("left_named", "status", entry.values["full_name"], ", ".join(named[person_id]))


def _same(column: str, old: str, new: str) -> bool:
    if column in DATES:
        return parse_date(old) == parse_date(new)
    if column == "full_name":
        # A list without marks says nothing against the roster's name, nor does another place of the tone.
        return same_key(clean(old)[0]) == same_key(new) or (new.isascii() and folded(old) == folded(new))
    return clean(old)[0] == new


def _not_in_list(entries: list[Entry], matches: Matches) -> list[Problem]:
    """Tell of people whose unit's list does not have them. Who may be a refused row is told there."""
    units = {entry.unit for entry in entries if entry.sound}
    found = {person.person_id for person in matches.person_of.values()}
    refused = {folded(entry.values.get("full_name", "")) for entry in entries if not entry.sound}
    missing: list[Person] = [
        person
        for person in matches.roster.people.values()
        if person.unit in units
        and person.present
        and person.person_id not in found
        and folded(person.full_name) not in refused
    ]
    return [
        person.problem("person_id", "not_in_list", person.person_id, person.full_name) for person in missing
    ]
