# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The roster: who there is. ``roster/units.yml`` and ``roster/people/<unit>.csv`` of one site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..parsing.collector import collector_paused
from ..parsing.problems import Problem
from ..parsing.tables import Table, read_bytes, read_table
from .people import COLUMNS, Ids, Person, PersonStatus, is_readable, read_people
from .units import FILE as UNITS_FILE
from .units import Unit, load_units

PEOPLE = "roster/people"


@dataclass(frozen=True)
class Roster:
    """Units by path (an active one before a dissolved one of the same path), people by id, further posts."""

    units: Mapping[str, Unit]
    people: Mapping[str, Person]
    dissolved: Mapping[str, Unit] = field(default_factory=dict)  # also where an active unit has the path now
    second_posts: tuple[Person, ...] = ()
    files: frozenset[str] = frozenset()  # the units that have a people file
    lost: frozenset[str] = frozenset()  # cells of rows that could not be read
    whole: bool = True  # False where a file could not be read at all: then nobody can be called unknown

    def may_have(self, person_id: str) -> bool:
        """Say whether a row that could not be read may be this person's: its own problem is enough."""
        return not self.whole or person_id in self.lost


@collector_paused()
def load_roster(site: Path) -> tuple[Roster, list[Problem]]:
    """Read all files of a site's roster: what could be read, and every problem at its place."""
    problems: list[Problem] = []
    data, found = read_bytes(site / UNITS_FILE, UNITS_FILE)
    problems += found
    listed, found = load_units(data) if data is not None else ([], [])
    problems += found
    units = {unit.path: unit for unit in sorted(listed, key=lambda unit: unit.active)}
    files = _people_files(site, problems)
    rows: list[Person] = []
    ids: list[Ids] = []
    lost: set[str] = set()
    whole = True
    for path in files:
        table, found_people, found_ids = _people_file(path, units)
        rows += found_people
        ids.append(found_ids)
        problems += table.problems
        lost |= table.lost
        whole = whole and is_readable(table)
    people: dict[str, Person] = {}
    for person in rows:
        if person.status != PersonStatus.SECOND_POST:
            people.setdefault(person.person_id, person)
    roster = Roster(
        units=units,
        people=people,
        dissolved={unit.path: unit for unit in listed if not unit.active},
        second_posts=tuple(person for person in rows if person.status == PersonStatus.SECOND_POST),
        files=frozenset(path.stem for path in files),
        lost=frozenset(lost),
        whole=whole,
    )
    problems += [*_repeated(ids, units), *contact_faults(listed, roster)]
    return roster, problems


def _people_file(path: Path, units: Mapping[str, Unit]) -> tuple[Table, list[Person], Ids]:
    file = f"{PEOPLE}/{path.name}"
    data, problems = read_bytes(path, file)
    if data is None:
        return Table(file, problems=problems), [], Ids(file)
    table = read_table(data, file, COLUMNS)
    return table, *read_people(table, path.stem, units)


def _people_files(site: Path, problems: list[Problem]) -> list[Path]:
    """Return the people files by name; another file beside them is a warning, unless it is hidden."""
    try:
        entries = sorted((site / PEOPLE).iterdir())
    except OSError:
        problems.append(Problem(PEOPLE, 0, "", "file_missing"))
        return []
    files = []
    for entry in entries:
        if entry.suffix.lower() == ".csv" and not entry.name.startswith((".", "~")):
            files.append(entry)
        elif not entry.name.startswith((".", "~")):
            problems.append(Problem(PEOPLE, 0, "", "file_unexpected", entry.name))
    return files


def _repeated(files: Sequence[Ids], units: Mapping[str, Unit]) -> list[Problem]:
    """Find ids that stand twice, ids with further posts only, and ids that are a unit's name."""
    every = [person_id.lower() for file in files for person_id in file.ids]
    posted = any(PersonStatus.SECOND_POST in file.statuses for file in files)
    if not posted and len(set(every)) == len(every) and units.keys().isdisjoint(every):
        return []  # nearly always
    problems = []
    first: dict[str, tuple[str, int]] = {}
    posts: dict[str, Problem] = {}
    for file, column, rows, ids, statuses in files:
        for row, person_id, status in zip(rows, ids, statuses, strict=True):
            # A directory compares uid without case, so "nv01" and "NV01" would be one entry.
            key = person_id.lower()
            if key in units:
                problems.append(Problem(file, row, column, "person_id_unit", person_id))
            if status == PersonStatus.SECOND_POST:
                posts.setdefault(key, Problem(file, row, column, "second_post_alone", person_id))
            elif key not in first:
                first[key] = file, row
            elif key:
                place = "{}:{}".format(*first[key])
                problems.append(Problem(file, row, column, "person_id_duplicate", person_id, place))
    return problems + [problem for key, problem in posts.items() if key and key not in first]


def contact_faults(units: Iterable[Unit], roster: Roster) -> list[Problem]:
    """Find heads, clerks, IT officers and delegates who are not in the roster or have left."""
    problems = []
    for unit in units:
        named = [(key, value, unit.lines[key]) for key, value in unit.contacts.items()]
        named += [
            ("person", delegate.person, delegate.line) for delegate in unit.delegates if delegate.person
        ]
        past = {delegate.line for delegate in unit.delegates if delegate.end}
        for key, person_id, line in named:
            person = roster.people.get(person_id)
            if person is None and not roster.may_have(person_id):
                problems.append(Problem(UNITS_FILE, line, key, "contact_unknown", person_id))
            elif person is not None and not person.present and unit.active and line not in past:
                problems.append(Problem(UNITS_FILE, line, key, "contact_left", person_id))
    return problems
