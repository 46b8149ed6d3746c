# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A personnel list into roster files: everything is worked out here, and nothing is written.

A row is imported as a whole or refused as a whole. Nobody of the roster is ever removed, and a cell that is
empty in the list leaves the roster's alone.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..names import clean, same_key
from ..people import COLUMNS, DATES, Person, read_people
from ..problems import Problem, errors
from ..roster import PEOPLE, Roster
from ..site import Site
from ..tables import read_bytes, read_table
from ..units import FILE as UNITS_FILE
from ..units import parse_date
from .matches import Matches, folded
from .rows import Entry, Repair, read_list
from .sheets import Book
from .unitnames import UnitNames
from .values import check, fill, swapped_days

# What a roster may still have when its people are only being imported: heads and clerks without a row.
NOT_YET = ("contact_unknown", "contact_left")


@dataclass(frozen=True)
class Outcome:
    """What an import comes to. ``files`` has text before and after of each file that changes, by its path."""

    files: Mapping[str, tuple[str, str]]
    repairs: tuple[Repair, ...] = ()
    problems: tuple[Problem, ...] = ()
    counts: Mapping[str, int] | None = None  # by the words of the report; None if the run stops


def import_site(site: Site, book: Book, unit: str = "") -> Outcome:
    """Work out the roster files of a site after an import, unless the roster must be mended first."""
    stops = [
        problem
        for problem in errors(site.problems)
        if (problem.file == UNITS_FILE and problem.code not in NOT_YET)
        or problem.file.startswith(f"{PEOPLE}/")
    ]
    if stops:
        return Outcome({}, problems=tuple(stops))
    holders = {row.holder for row in site.register}
    return import_list(site.folder, site.roster, holders, book, unit)


def import_list(folder: Path, roster: Roster, holders: Iterable[str], book: Book, unit: str = "") -> Outcome:
    """Work out the roster files after a list has been imported.

    ``holders`` are those of the register: an id that was ever given is not given again. ``unit`` is the path
    of the one unit that the list is of; without it the list says so itself.
    """
    names = UnitNames(roster.units)
    if unit and names.agency(unit) is None:
        return Outcome({}, problems=(Problem("unit", 0, "", "unit_unknown", unit, names.known()),))
    entries, problems = read_list(book, names, unit)
    if not entries:
        return Outcome({}, problems=tuple(problems))
    for entry in entries:
        if entry.sound:
            fill(entry, names, unit)
    check((entry for entry in entries if entry.sound), roster)
    matches = Matches(roster)
    matches.find(entries)
    problems += [
        Problem(place, 0, "birth_date", "dates_swapped", day) for place, day in swapped_days(entries).items()
    ]
    _give_ids([entry for entry in entries if entry.sound], matches, [*roster.people, *holders])
    files, counts, found = _merge(folder, entries, matches)
    if found:
        return Outcome({}, problems=tuple(problems + found))
    problems += _not_in_list(entries, matches)
    problems += [problem for entry in entries for problem in entry.problems]
    repairs = [repair for entry in entries if entry.sound for repair in entry.repairs]
    counts["refused"] = sum(not entry.sound for entry in entries)
    return Outcome(files, tuple(sorted(repairs)), tuple(sorted(set(problems))), counts)


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


def _merge(
    folder: Path, entries: list[Entry], matches: Matches
) -> tuple[dict[str, tuple[str, str]], dict[str, int], list[Problem]]:
    """Return the files that change, the counts, and what is wrong with the result (nothing should be)."""
    by_unit: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.sound:
            by_unit[entry.unit].append(entry)
    files, problems = {}, []
    counts = dict.fromkeys(("added", "changed", "unchanged"), 0)
    for unit, rows in by_unit.items():
        file = f"{PEOPLE}/{unit}.csv"
        data, _ = read_bytes(folder / file, file)
        records = [dict(record.cells) for record in read_table(data, file, COLUMNS).records] if data else []
        known = {record["person_id"].lower(): record for record in records}
        done = []
        for entry in rows:
            record = known.get(entry.values["person_id"].lower())
            if record is None:
                records.append(dict(entry.values))
                done.append("added")
            else:
                done.append("changed" if _update(record, entry.values) else "unchanged")
        for word in done:
            counts[word] += 1
        if {"added", "changed"} & set(done):
            after = _dump(records)
            files[file] = (data or b"").decode("utf-8-sig", "replace"), after
            table = read_table(after.encode(), file, COLUMNS)
            read_people(table, unit, matches.roster.units)
            problems += errors(table.problems)
    return files, counts, problems


def _update(record: dict[str, str], values: Mapping[str, str]) -> bool:
    """Put the values of the list into a row of the roster; say whether anything changed."""
    new = {
        column: value for column, value in values.items() if not _same(column, record.get(column, ""), value)
    }
    if "full_name" in new and "given" not in values:
        new |= dict.fromkeys(("surname", "middle", "given"), "")  # they were those of the other name
    record.update(new)
    return bool(new)


def _same(column: str, old: str, new: str) -> bool:
    if column in DATES:
        return parse_date(old) == parse_date(new)
    if column == "full_name":
        # A list without marks says nothing against the roster's name, nor does another place of the tone.
        return same_key(clean(old)[0]) == same_key(new) or (new.isascii() and folded(old) == folded(new))
    return clean(old)[0] == new


def _dump(records: Iterable[Mapping[str, str]]) -> str:
    """Return the text of a people file in its canonical form; the rows keep their order."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS.names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue()


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
