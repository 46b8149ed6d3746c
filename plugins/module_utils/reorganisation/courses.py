# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where the units and people of a reorganisation go, by the steps of its mapping alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ..roster.people import Person, PersonStatus
from .mapping import Step


@dataclass(frozen=True)
class Course:
    """``kept``, ``renamed``, ``merged`` or ``dissolved``; the unit's path afterwards, or its successor's."""

    verb: str
    path: str

    @property
    def ends(self) -> bool:
        """True if the unit is no more."""
        return self.verb in ("merged", "dissolved")


class Courses:
    """The steps of all sites that are put together, 0 being the one that stays.

    What is not listed goes with its parent: below another name, into the unit that its parent merges into, or
    it is dissolved as well.
    """

    def __init__(self, steps: Iterable[tuple[int, Step]]) -> None:
        """Take the steps, each with the number of its site."""
        self.steps = {(site, step.unit): step for site, step in steps}
        self.used: set[tuple[int, str, str]] = set()  # site, unit and key of each ``into`` that was needed
        self._found: dict[tuple[int, str], Course] = {}

    def of(self, site: int, path: str) -> Course:
        """Return what becomes of an active unit."""
        found = self._found.get((site, path))
        if found is None:
            found = self._found[site, path] = self._course(site, path)
        return found

    def _course(self, site: int, path: str) -> Course:
        step = self.steps.get((site, path))
        if step and step.end:
            return Course("merged" if step.merge_into else "dissolved", step.end)
        code, _, parent = path.partition(".")
        if step and step.parent:
            above = Course("kept", step.parent)
        else:
            above = self.of(site, parent) if parent else Course("kept", "")
        if above.verb == "dissolved" and step is None:
            return Course("dissolved", self.named(site, path, path) or above.path)
        code = step.code if step and step.code else code
        new = f"{code}.{above.path}" if above.path else code
        return Course("kept" if new == path else "renamed", new)

    def resting(self, site: int, path: str, dissolved: Collection[str]) -> str:
        """Return the path that a dissolved unit has afterwards: its parent may have another name.

        ``dissolved`` are the paths of units that ended before, and so keep what stands below them.
        """
        code, _, parent = path.partition(".")
        if not parent:
            return path
        above = self.of(site, parent)
        if above.ends or parent in dissolved:
            return f"{code}.{self.resting(site, parent, dissolved)}"
        return f"{code}.{above.path}"

    def named(self, site: int, path: str, key: str) -> str:
        """Return where a person or a department is sent by name, in the step of the unit or one above it."""
        while path:
            step = self.steps.get((site, path))
            if step and key in step.into:
                self.used.add((site, path, key))
                return step.into[key]
            path = path.partition(".")[2]
        return ""

    def place(self, site: int, person: Person) -> str:
        """Return the unit that a person is in afterwards; "" if their unit is dissolved and names them not.

        The rows of leavers and of further posts go to the successor.
        """
        home = person.department or person.unit
        course = self.of(site, home)
        sent = self.named(site, home, person.person_id)
        if sent or course.verb != "dissolved":
            return sent or course.path
        followed = self.named(site, home, home) or person.status in (
            PersonStatus.LEFT,
            PersonStatus.SECOND_POST,
        )
        return course.path if followed else ""

    def unneeded(self) -> list[tuple[Step, str]]:
        """Return the keys of ``into`` that nobody was found for."""
        return [
            (step, key)
            for (site, path), step in self.steps.items()
            for key in step.into
            if (site, path, key) not in self.used
        ]
