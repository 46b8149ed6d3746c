# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""People under a reorganisation: who goes where, and the people files that follow."""

from __future__ import annotations

from collections import Counter

from ..parsing.problems import Problem
from ..roster.edits import PeopleText
from ..roster.people import Person, PersonStatus
from ..roster.roster import PEOPLE, Roster
from ..roster.units import PEOPLE_KINDS
from .joining import Part
from .unitmoves import UnitMoves


class PeopleMoves:
    """The people of all sites that are put together; ``check`` comes first, then the rest."""

    def __init__(self, parts: list[Part], units: UnitMoves) -> None:
        """Take the sites, and their units as they are afterwards."""
        self.parts, self.units, self.courses = parts, units, units.courses
        self.problems: list[Problem] = []
        self.rows: list[tuple[int, Person, Person]] = []  # site, before, after
        self.before: Counter[tuple[int, str]] = Counter()  # how many are in a unit, by site and unit
        self.after: Counter[str] = Counter()

    def check(self) -> None:
        """Find a place for everybody; who has none is a problem, and so is a place for nobody."""
        seats: dict[str, tuple[str, str] | None] = {}
        for number, part in enumerate(self.parts):
            for row in part.people:
                place = self.courses.place(number, row) if part.has(row.unit) else row.unit
                if place not in seats:
                    seats[place] = self._seat(place)
                person, seat = part.named(row), seats[place]
                if seat is None:
                    code = "restructure_seat" if place else "restructure_unnamed"
                    home = row.department or row.unit
                    self.problems.append(person.problem("person_id", code, row.person_id, place or home))
                    self.rows.append((number, row, person))
                elif number or seat != (row.unit, row.department.partition(".")[0]):
                    stem, code = seat
                    after = person._replace(unit=stem, department=f"{code}.{stem}" if code else "")
                    self.rows.append((number, row, after))
                else:
                    self.rows.append((number, row, row))
        for number, row, after in self.rows:
            self.before.update((number, path) for path in {row.unit, row.department})
            self.after.update({after.unit, after.department})
        for step, key in self.courses.unneeded():
            self.units.say(step, key, "restructure_nobody", key, step.unit)

    def _seat(self, place: str) -> tuple[str, str] | None:
        """Return the unit whose people file has the people of a unit, and the code of their department."""
        code, unit = "", self.units.units.get(place)
        while unit and unit.kind not in PEOPLE_KINDS:
            code, unit = unit.code, self.units.units.get(unit.parent)
        return (unit.path, code) if unit else None

    def roster(self) -> Roster:
        """Return the roster afterwards; each row has the place where it stands now."""
        return Roster(
            units=self.units.units,
            people={
                after.person_id: after
                for _, _, after in self.rows
                if after.status != PersonStatus.SECOND_POST
            },
            dissolved=self.units.dissolved,
            second_posts=tuple(
                after for _, _, after in self.rows if after.status == PersonStatus.SECOND_POST
            ),
            files=frozenset(after.unit for _, _, after in self.rows),
        )

    def files(self) -> dict[str, bytes | None]:
        """Return the new content of each people file that changes; that of a unit that is gone is removed."""
        here = self.parts[0]
        names = {person.unit: person.file for person in here.people}
        opened: dict[tuple[int, str], PeopleText] = {}

        def people_file(number: int, file: str) -> PeopleText:
            if (number, file) not in opened:
                opened[number, file] = PeopleText((self.parts[number].folder / file).read_bytes())
            return opened[number, file]

        for number, row, after in self.rows:
            if after is row:
                continue
            source, code = people_file(number, row.file), after.department.partition(".")[0]
            if number == 0 and after.unit == row.unit:
                source.set(row.row, "department", code)
                continue
            file = names.setdefault(after.unit, f"{PEOPLE}/{after.unit}.csv")
            if (0, file) not in opened and not (here.folder / file).exists():
                opened[0, file] = source.emptied()
            people_file(0, file).add({**source.take(row.row), "department": code})
        files: dict[str, bytes | None] = {
            file: text.content() for (number, file), text in opened.items() if number == 0
        }
        for stem in here.roster.files:
            unit = self.units.units.get(stem)
            file = names.get(stem, f"{PEOPLE}/{stem}.csv")
            if here.has(stem) and not (unit and unit.active):
                files[file] = None  # everybody in it has gone somewhere else
        return files
