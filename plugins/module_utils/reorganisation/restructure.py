# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A reorganisation worked out before anything changes: every clash, every file and every address.

Units are renamed, merged and dissolved, domains are given up, and two sites become one (REQUIREMENTS 2.1,
2.2). New addresses come from ``resolve`` alone; what a person had stays an alias in its own domain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from ..clock import months_later
from ..host.files import read_or_none
from ..parsing.locate import locate
from ..parsing.problems import Problem, errors
from ..policy.regulation import Regulation
from ..policy.settings import Settings
from ..register.changes import Change, changes, holder_names
from ..register.resolve import Act, resolve
from ..register.rows import FILE as REGISTER_FILE
from ..register.rows import Reason, Row, Word, dump_register, retired
from ..register.scheme import Scheme
from ..roster.roster import contact_faults
from ..roster.units import FILE as UNITS_FILE
from ..site.checks import alike, check_files
from ..site.site import Site
from .joining import Part, pending, read_parts, repeated, swaps
from .mapping import Reorganisation, Step
from .peoplemoves import PeopleMoves
from .unitmoves import UnitMoves


@dataclass(frozen=True)
class UnitChange:
    """What becomes of a unit: ``begun``, ``joined``, ``renamed``, ``changed``, ``merged`` or ``dissolved``.

    ``after`` is its new path or its successor; ``people`` is how many rows of people files it has, or
    will have if it begins. ``name`` and ``mailbox`` are new ones, as far as the mapping gives them.
    """

    verb: str
    before: str
    after: str
    people: int = 0
    name: str = ""
    mailbox: str = ""


@dataclass
class Plan:
    """What would be done. ``files`` has the new content of each file that changes, None to remove it."""

    files: dict[str, bytes | None] = field(default_factory=dict)
    units: list[UnitChange] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    done: bool = False  # the mapping was carried out before
    finished: list[str] = field(default_factory=list)  # files that a killed run had left, written first


def plan_restructure(site: Site, mapping: Reorganisation, today: date) -> Plan:
    """Work out the whole reorganisation; with any error in ``problems`` nothing of it may be written."""
    problems = [*_domain_problems(mapping, site.settings), *errors(site.problems)]
    parts, found = read_parts(site, mapping)
    problems += found
    if problems or site.settings is None or site.regulation is None:
        return Plan(problems=locate(site.folder, problems))
    left, parts = pending(mapping, parts)
    if not (left.steps or left.begins or left.domains):
        return Plan(done=True)
    plan = _Planner(site.settings, site.regulation, left, parts, today).plan()
    # What is wrong already, and stops nothing, is not for this plan to say.
    plan.problems = sorted(set(locate(site.folder, plan.problems)) - set(site.problems))
    return plan


def _domain_problems(mapping: Reorganisation, settings: Settings | None) -> Iterator[Problem]:
    """Yield what mail.yml must say first: the mapping does not change it."""
    for step in mapping.domains if settings else ():
        if settings and step.into != settings.domain:
            line = step.lines["into"]
            yield Problem(mapping.file, line, "into", "restructure_main_domain", step.into, settings.domain)
        if settings and step.domain not in settings.domains:
            yield Problem(settings.file, 0, "mail_domains", "domain_not_served", step.domain)


class _Planner:
    """One reorganisation of one site; each part of the work needs what the ones before it found."""

    def __init__(
        self,
        settings: Settings,
        regulation: Regulation,
        mapping: Reorganisation,
        parts: list[Part],
        today: date,
    ) -> None:
        self.settings, self.regulation, self.mapping, self.parts = settings, regulation, mapping, parts
        self.today = today
        self.units = UnitMoves(mapping, parts)
        self.people = PeopleMoves(parts, self.units)
        self.problems: list[Problem] = []

    def plan(self) -> Plan:
        """List every problem at once, as far as the units are clear; with an error there is no plan."""
        plan = Plan()
        self._before()
        self.units.check()
        for step in swaps(self.mapping):
            path = self.units.courses.of(0, step.unit).path
            line = step.lines["unit"]
            self.problems.append(
                Problem(self.mapping.file, line, "unit", "restructure_swap", step.unit, path)
            )
        if not errors(self.units.problems):
            self.units.write()
        if not errors(self.units.problems):
            self.people.check()
            self._after()
        plan.problems = [*self.problems, *self.units.problems, *self.people.problems]
        if errors(plan.problems):
            plan.problems += self._if_merged() if self.units.taken else []
            return plan
        before = [row for part in self.parts for row in part.rows]
        register = dump_register(self.done.rows).encode()
        files = {UNITS_FILE: self.units.content, **self.people.files(), REGISTER_FILE: register}
        folder = self.parts[0].folder
        plan.files = {name: new for name, new in files.items() if read_or_none(folder / name) != new}
        plan.units = list(self._unit_changes())
        plan.changes = changes(before, self.done.rows)
        plan.names = holder_names(self.parts[0].roster) | holder_names(self.roster)
        # A path may have passed on to another unit: what is retired was the former one's.
        ended = {change.address for change in plan.changes if change.verb == "retired"}
        for part in self.parts:
            units = part.roster.units
            held = {row.address: row.holder for row in part.rows if row.address in ended}
            plan.names |= {address: units[path].name for address, path in held.items() if path in units}
        return plan

    def _if_merged(self) -> list[Problem]:
        """Return what else would be wrong if units of joining sites merged into those of the same path."""
        taken = self.units.taken
        if len(errors(self.units.problems)) != len(taken) or not all(number for number, _ in taken):
            return []
        parts = []
        for number, part in enumerate(self.parts):
            merging = [
                Step(path, part.line, merge_into=into)
                for (site, path), into in taken.items()
                if site == number
            ]
            kept = [step for step in part.steps if (number, step.unit) not in taken]
            parts.append(replace(part, steps=(*kept, *merging)))
        return _Planner(self.settings, self.regulation, self.mapping, parts, self.today).plan().problems

    def _before(self) -> None:
        """Find what is not in order by itself: every change of the plan is to follow from the mapping."""
        self.problems += repeated(self.parts)
        for name in {row.domain for part in self.parts for row in part.rows} - {*self.settings.domains}:
            problem = Problem(self.settings.file, 0, "mail_domains", "domain_not_served", name)
            self.problems.append(problem)
        here, naming = self.parts[0], self.regulation.naming
        former = [step.domain for step in self.mapping.domains if not step.site]
        domain = former[0] if former else self.settings.domain
        now = resolve(here.roster, here.rows, naming, domain, self.today)
        self.problems += errors(now.problems)
        if now.added or now.changed:
            count = str(len(now.added) + len(now.changed))
            self.problems.append(Problem(REGISTER_FILE, 0, "", "restructure_stale", count))

    def _after(self) -> None:
        """Give the units' rows their new holders, and issue what follows from the new roster."""
        mapping, naming = self.mapping, self.regulation.naming
        until = mapping.alias_until
        if until is None and naming.move_alias_months:
            until = months_later(mapping.decision_date, naming.move_alias_months)
        domains = {row.domain for part in self.parts for row in part.rows}
        leaving = frozenset(name for name in domains for step in mapping.domains if step.covers(name))
        act = Act(mapping.decision_no, mapping.decision_date, until, leaving)
        self.roster = self.people.roster()
        register = list(self._rows(act))
        self.done = resolve(self.roster, register, naming, self.settings.domain, self.today, act)
        found = [
            *self.done.problems,
            *alike(self.roster.people.values()),
            *contact_faults([*self.units.units.values(), *self.units.dissolved.values()], self.roster),
            *check_files(self.roster, self.done.rows, self.regulation, self.settings),
        ]
        self.problems += map(self.units.at_home, found)
        self._clashes()
        self._left_behind()
        self._postmaster()

    def _rows(self, act: Act) -> Iterator[Row]:
        """Yield the rows as they are held after the units changed, before anything is issued."""
        naming, domain = self.regulation.naming, self.settings.domain
        after = Scheme(naming, domain, self.units.units)
        until = act.alias_until.isoformat() if act.alias_until else ""
        for number, part in enumerate(self.parts):
            now = Scheme(naming, domain, part.roster.units)
            for row in part.rows:
                unit = part.roster.units.get(row.holder)
                if unit is None:
                    yield row
                    continue
                course = self.units.courses.of(number, unit.path)
                buried = row.kind == "tombstone" and unit.path in part.roster.dissolved
                over = buried or self.units.is_over(number, unit)
                path = self.units.resting(number, unit.path) if over else course.path
                held = replace(row, holder=path, unit=path)
                renamed = not over and row.kind == "primary"
                if over and row.kind != "tombstone":
                    day = self.mapping.decision_date.isoformat()
                    yield retired(held, day, Reason(course.verb, act.decision_no))
                elif renamed and after.unit_address(self.units.units[path]) != now.unit_address(unit):
                    reason = Reason(Word.RENAMED, act.decision_no).text()
                    yield replace(held, kind="alias", until=until, reason=reason)
                else:
                    yield held

    def _clashes(self) -> None:
        """Show whose general form another one has, and what the rules make of it (NAMING S3, S9)."""
        scheme = Scheme(self.regulation.naming, self.settings.domain, self.units.units)
        people = self.roster.people
        issued = [*self.done.added, *(after for _, after in self.done.changed)]
        new = [row for row in issued if row.kind == "primary" and row.holder in people]
        holders = {row.address: row.holder for row in self.done.rows}
        rivals: dict[str, list[str]] = defaultdict(list)
        for row in new:
            rivals[scheme.base(people[row.holder])].append(row.holder)
        for row in new:
            person = people[row.holder]
            base = scheme.base(person)
            if row.address != base and not person.address:
                held = [holders[base]] if base in holders else rivals[base]
                others = ", ".join(self._who(other) for other in held if other != row.holder)
                kind = "reserved" if not others else "taken" if base in holders else "contested"
                parts = (others, self._who(row.holder), row.address)
                problem = person.problem("full_name", f"restructure_form_{kind}", base)
                self.problems.append(replace(problem, parts=parts))

    def _who(self, holder: str) -> str:
        person = self.roster.people.get(holder)
        return f"{person.full_name} ({holder})" if person else holder

    def _left_behind(self) -> None:
        """Show who names their address themselves, and so keeps it under a unit that is no more theirs."""
        units = {row.holder: row.unit for row in self.done.rows if row.kind == "primary"}
        has_unit = self.regulation.naming.person.has_unit
        for _, row, after in self.people.rows:
            if has_unit and after.address and after.unit != row.unit == units.get(row.person_id):
                self.problems.append(after.problem("address", "restructure_address_named", after.address))

    def _postmaster(self) -> None:
        """See that the unit that mail.yml names is there: only its owner changes that file."""
        path = self.settings.postmaster
        if path not in self.units.claims:
            new = self.units.courses.of(0, path).path
            problem = Problem(self.settings.file, 0, "mail_postmaster", "restructure_postmaster", path, new)
            self.problems.append(problem)

    def _unit_changes(self) -> Iterator[UnitChange]:
        for begin in self.mapping.begins:
            yield UnitChange("begun", "", begin.path, self.people.after[begin.path])
        for number, part in enumerate(self.parts):
            for unit in part.units:
                course, step = self.units.courses.of(number, unit.path), self.units.step(number, unit.path)
                verb = "joined" if number and course.verb == "kept" else course.verb
                if verb == "kept" and (step.name or step.mailbox):
                    verb = "changed"
                if unit.active and verb != "kept":
                    people, before = (
                        self.people.before[number, unit.path],
                        self.units.named(number, unit.path),
                    )
                    yield UnitChange(verb, before, course.path, people, step.name, step.mailbox)
