# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The sites that become one, and what of a reorganisation is still to be done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from ..parsing.problems import Problem, errors
from ..register.rows import FILE as REGISTER_FILE
from ..register.rows import Row, load_register
from ..roster import journal
from ..roster.people import Person
from ..roster.roster import Roster, load_roster
from ..roster.units import FILE as UNITS_FILE
from ..roster.units import Unit, load_units
from ..site.site import Site
from .courses import Courses
from .mapping import Reorganisation, Step


@dataclass(frozen=True)
class Part:
    """One of the sites that are put together.

    ``name`` is its folder as the mapping writes it, "" for the site that stays; ``steps`` are for its units,
    ``line`` is where the mapping speaks of it.
    """

    name: str
    line: int
    steps: tuple[Step, ...]
    folder: Path
    roster: Roster
    rows: tuple[Row, ...]

    @cached_property
    def units_data(self) -> bytes:
        """The content of its ``units.yml``."""
        return (self.folder / UNITS_FILE).read_bytes()

    @cached_property
    def units(self) -> list[Unit]:
        """Its units in the order of the file, dissolved ones too."""
        return load_units(self.units_data)[0]

    @cached_property
    def people(self) -> list[Person]:
        """All rows of its people files, further posts too."""
        rows = [*self.roster.people.values(), *self.roster.second_posts]
        return sorted(rows, key=lambda person: (person.file, person.row))

    def file(self, file: str) -> str:
        """Name one of its files."""
        return f"{self.name}/{file}" if self.name else file

    def named(self, person: Person) -> Person:
        """Return one of its people with the full name of the file."""
        return person._replace(file=self.file(person.file)) if self.name else person

    def has(self, path: str, name: str = "", mailbox: str = "") -> bool:
        """Say whether it has the active unit, with this name and mailbox if they are given."""
        unit = self.roster.units.get(path)
        if unit is None or not unit.active:
            return False
        return unit.name == (" ".join(name.split()) or unit.name) and mailbox in ("", unit.mailbox)


def read_parts(site: Site, mapping: Reorganisation) -> tuple[list[Part], list[Problem]]:
    """Read the sites that join; what is wrong in their files is told with their name."""
    parts = [Part("", 0, mapping.steps, site.folder, site.roster, site.register)]
    problems: list[Problem] = []
    for step in mapping.domains:
        if step.site:
            folder = site.folder / step.site
            roster, found = load_roster(folder)
            rows, faults = load_register(folder, ())
            found += faults
            if journal.pending(folder):
                found.append(Problem(journal.FILE, 0, "", "restructure_unfinished"))
            problems += [replace(problem, file=f"{step.site}/{problem.file}") for problem in errors(found)]
            parts.append(Part(step.site, step.line, step.steps, folder, roster, tuple(rows)))
    return parts, problems


def pending(mapping: Reorganisation, parts: list[Part]) -> tuple[Reorganisation, list[Part]]:
    """Return what of the mapping was not carried out before, and the sites that are needed for it.

    A path alone says little: a commune may have that of its district. Only if nothing at all is missing has
    a unit that still stands under an old path begun since.
    """
    here, courses = parts[0], Courses([(0, step) for step in mapping.steps])
    lasting = {courses.of(0, step.unit).path for step in mapping.steps if not step.end}
    lasting |= {begin.path for begin in mapping.begins}

    def is_final(step: Step) -> bool:
        if step.end:
            return not here.roster.dissolved.keys().isdisjoint((step.unit, courses.resting(0, step.unit, ())))
        return here.has(courses.of(0, step.unit).path, step.name, step.mailbox)

    steps = [step for step in mapping.steps if not is_final(step)] or swaps(mapping)
    begins = [begin for begin in mapping.begins if not here.has(begin.path, begin.name)]
    waiting = [step for step in mapping.steps if here.has(step.unit) and step.unit not in lasting]
    if steps or begins or waiting:
        steps = [step for step in mapping.steps if here.has(step.unit) or not is_final(step)]
        ending = {step.unit for step in steps}
        begins = [begin for begin in mapping.begins if begin in begins or begin.path in ending]
    others = [part for part in parts[1:] if not _is_part_of(part, here)]
    joining = {part.name for part in others}
    held = {row.domain for row in here.rows if row.kind == "primary"}
    domains = [step for step in mapping.domains if step.site in joining or any(map(step.covers, held))]
    left = replace(mapping, steps=tuple(steps), begins=tuple(begins), domains=tuple(domains))
    return left, [replace(here, steps=left.steps), *others]


def swaps(mapping: Reorganisation) -> list[Step]:
    """Return the steps that only give units one another's paths: nothing shows whether it was done before.

    Another name or mailbox would show it, and so would anything else in the mapping.
    """
    courses = Courses([(0, step) for step in mapping.steps])
    moving = [step for step in mapping.steps if courses.of(0, step.unit).path != step.unit]
    taken = {courses.of(0, step.unit).path for step in moving}
    telling = any(step.end or step.name or step.mailbox for step in mapping.steps) or mapping.begins
    return [] if telling or any(step.unit not in taken for step in moving) else moving


def _is_part_of(part: Part, whole: Part) -> bool:
    """Say whether a site was merged into the other one before."""
    issued = {row.address for row in whole.rows}
    people = part.roster.people.keys() <= whole.roster.people.keys()
    return people and all(row.address in issued for row in part.rows)


def repeated(parts: list[Part]) -> Iterator[Problem]:
    """Yield the people and addresses that two sites have: whose they are, nobody can guess."""
    people: dict[str, str] = {}
    issued: dict[str, str] = {}
    for part in parts:
        for person in part.roster.people.values():
            place = f"{part.file(person.file)}:{person.row}"
            other = people.setdefault(person.person_id.lower(), place)
            if other is not place:
                yield part.named(person).problem("person_id", "person_id_duplicate", person.person_id, other)
        file = part.file(REGISTER_FILE)
        for row in part.rows:
            other = issued.setdefault(row.address, file)
            if other is not file:
                yield Problem(file, 0, "address", "restructure_issued_twice", row.address, other)
