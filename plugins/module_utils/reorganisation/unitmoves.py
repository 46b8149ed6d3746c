# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Units under a reorganisation: every clash of their paths, and the new ``units.yml``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from ..parsing.problems import Problem
from ..roster.edits import UnitsText
from ..roster.units import FILE, Unit, UnitStatus, load_units
from .courses import Courses
from .joining import Part
from .mapping import Reorganisation, Step


class UnitMoves:
    """The units of all sites that are put together, before and after.

    ``check`` comes first, then ``write``; ``problems`` has what either of them finds.
    """

    def __init__(self, mapping: Reorganisation, parts: list[Part]) -> None:
        """Take what is still to be done, and the sites, the one that stays first."""
        self.mapping, self.parts = mapping, parts
        self.courses = Courses([(number, step) for number, part in enumerate(parts) for step in part.steps])
        self.problems: list[Problem] = []
        self.taken: dict[tuple[int, str], str] = {}  # site and unit: the path that another unit has
        self.claims: dict[str, str] = {}  # each path afterwards: where its unit stands now
        self.units: dict[str, Unit] = {}  # as in a roster
        self.dissolved: dict[str, Unit] = {}
        self.text = UnitsText(parts[0].units_data, FILE)
        self.content = parts[0].units_data  # of the file afterwards

    def say(self, step: Step, key: str, code: str, value: str, detail: str = "") -> None:
        """Note a problem at a key of the mapping."""
        line = step.lines.get(key, step.line)
        self.problems.append(Problem(self.mapping.file, line, key, code, value, detail))

    def check(self) -> None:
        """Find units that there are not, paths that two units claim, and targets that there will not be."""
        for (number, path), step in self.courses.steps.items():
            if not self.parts[number].has(path):
                known = [unit.path for unit in self.parts[number].units if unit.active]
                self.say(step, "unit", "unit_unknown", path, ", ".join(sorted(known)[:20]))
        self._claim()
        for step in self.courses.steps.values():
            targets = {"merge_into": step.merge_into, "successor": step.successor, "parent": step.parent}
            for key, target in [*targets.items(), *step.into.items()]:
                if target and target not in self.claims:
                    self.say(step, key, "restructure_target", target, ", ".join(sorted(self.claims)[:20]))

    def _claim(self) -> None:
        """Give each path to one unit: first to who has it now, last to who begins."""
        claims = []
        for number, part in enumerate(self.parts):
            for unit in part.units:
                course = self.courses.of(number, unit.path)
                if unit.active and not course.ends:
                    rank = number, course.verb != "kept"
                    claims.append((rank, course.path, self._cause(number, unit.path), number, unit))
        for _, path, step, number, unit in sorted(claims, key=lambda claim: claim[0]):
            place = f"{self.parts[number].file(FILE)}:{unit.line}"
            if not self._take(path, place, step, self.named(number, unit.path)):
                self.taken[number, unit.path] = path
        for begin in self.mapping.begins:
            place = f"{self.mapping.file}:{begin.line}"
            self._take(begin.path, place, Step(begin.path, begin.line), begin.path)

    def _take(self, path: str, place: str, step: Step, name: str) -> bool:
        other = self.claims.setdefault(path, place)
        if other != place:
            self.say(step, "unit", "restructure_taken", name, f"{path} ({other})")
        return other == place

    def named(self, number: int, path: str) -> str:
        """Name a unit with the site that it comes from."""
        name = self.parts[number].name
        return f"{path} ({name})" if name else path

    def step(self, number: int, path: str) -> Step:
        """Return the step of a unit itself; an empty one if it has none."""
        return self.courses.steps.get((number, path)) or Step(path, 0)

    def _cause(self, number: int, path: str) -> Step:
        """Return the step that decides over a unit: its own, or that of a unit above it, or of its domain."""
        while path:
            if (number, path) in self.courses.steps:
                return self.courses.steps[number, path]
            path = path.partition(".")[2]
        return Step("", self.parts[number].line)

    def write(self) -> None:
        """Edit the entries of units, and read the result as everybody will."""
        listed = [(0, unit) for unit in self.parts[0].units]
        for number, part in enumerate(self.parts[1:], 1):
            # A dissolved unit whose path an active one has would be taken for one that began anew.
            units = [
                unit
                for unit in part.units
                if not self.is_over(number, unit) or self.resting(number, unit.path) not in self.claims
            ]
            self._append(part.units_data, part.file(FILE), "units", {unit.line for unit in units})
            listed += [(number, unit) for unit in units]
        lines = {begin.line for begin in self.mapping.begins}
        self._append(self.mapping.data, self.mapping.file, "begin", lines)
        if self.problems:
            return
        codes = Counter(path.partition(".")[0] for path in self.claims)
        codes.update(unit.code for number, unit in listed if self.is_over(number, unit))
        changed = {at: self._values(at, number, unit, codes) for at, (number, unit) in enumerate(listed)}
        self.content = self.text.edited(changed)
        units, found = load_units(self.content)
        self.problems += map(self.at_home, found)
        self.units = {unit.path: unit for unit in sorted(units, key=lambda unit: unit.active)}
        self.dissolved = {unit.path: unit for unit in units if not unit.active}

    def _append(self, data: bytes, file: str, key: str, lines: set[int]) -> None:
        if not self.text.append(data, file, key, lines):
            self.problems.append(Problem(FILE, 0, "units", "yaml_shape", "units", "- code: ..."))

    def _values(self, at: int, number: int, unit: Unit, codes: Mapping[str, int]) -> dict[str, str]:
        """Return the keys of an entry that change, its references to other units among them."""
        values: dict[str, str] = {}
        course = self.courses.of(number, unit.path)
        path = self.resting(number, unit.path) if self.is_over(number, unit) else course.path
        step = self.courses.steps.get((number, unit.path))
        if unit.active and course.ends:
            values = {"status": UnitStatus.DISSOLVED.value, "successor": course.path}
        elif unit.active and step:
            values = {"code": step.code, "name": step.name, "mailbox": step.mailbox}
        elif unit.successor and unit.successor not in self.parts[number].roster.dissolved:
            values = {"successor": self.courses.of(number, unit.successor).path}
        parent, written = path.partition(".")[2], self.text.written(at, "parent")
        # A code alone names a parent as long as it is the only one.
        if parent != unit.parent or number or codes[written] > 1:
            values["parent"] = parent
        return {key: value for key, value in values.items() if value and value != self.text.written(at, key)}

    def is_over(self, number: int, unit: Unit) -> bool:
        """Say whether a unit is dissolved afterwards."""
        return not unit.active or self.courses.of(number, unit.path).ends

    def resting(self, number: int, path: str) -> str:
        """Return the path that a dissolved unit has afterwards."""
        return self.courses.resting(number, path, self.parts[number].roster.dissolved)

    def at_home(self, problem: Problem) -> Problem:
        """Return a problem of the units.yml to come with the place where its line stands now."""
        if problem.file != FILE or not 0 < problem.row <= len(self.text.origins):
            return problem
        file, row = self.text.origins[problem.row - 1]
        return replace(problem, file=file, row=row)
