# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""New addresses for those who have none. What the register holds is never touched.

The result depends on the set of people and on the register, not on the order of any file: ties are symmetric
(NAMING rule 13), and where something has to be dealt out, it goes by ``person_id``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, count, product
from string import ascii_lowercase

from .names import base_form, expanded_form, same_key
from .people import Person
from .problems import Problem
from .register import LONGEST_ADDRESS, Row
from .regulation import Naming
from .roster import Roster
from .units import FILE as UNITS_FILE
from .units import Unit, is_local_part


@dataclass
class Resolution:
    """The register as it should be, the rows of it that are new, and what stands in the way."""

    rows: list[Row] = field(default_factory=list)
    added: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def resolve(roster: Roster, register: Iterable[Row], naming: Naming, domain: str, today: date) -> Resolution:
    """Give every active unit and every present person without an address one.

    ``domain`` is where new addresses are issued; ``today`` dates a row whose person names no decision.
    """
    return _Resolver(roster, register, naming, domain, today).run()


class _Resolver:
    """The state of one run: who holds which local part of the domain."""

    def __init__(
        self, roster: Roster, register: Iterable[Row], naming: Naming, domain: str, today: date
    ) -> None:
        self.roster, self.naming, self.domain, self.today = roster, naming, domain, today
        self.result = Resolution()
        self.holders: dict[str, str] = {}  # local part -> holder; kept for ever (GL-5.5, NAMING rule 8)
        self.primaries: dict[str, str] = {}  # holder -> local part
        for row in register:
            self.result.rows.append(row)
            if row.domain == domain:
                self.holders[row.local_part] = row.holder
                if row.kind == "primary":
                    self.primaries[row.holder] = row.local_part
        self.unit_names: dict[str, str] = {}  # local part -> path, also of units that get theirs in this run

    def run(self) -> Resolution:
        for unit in sorted(self.roster.units.values(), key=lambda unit: unit.path):
            if unit.active:
                self._unit(unit)
        present = [person for person in self._by_id() if person.present]
        for person in present:
            if person.address:
                self._explicit(person)
        waiting = [
            person for person in present if person.person_id not in self.primaries and not person.address
        ]
        if self.naming.forms[-1] == "suffix":
            self._suffixes(waiting)
        else:
            self._rounds(waiting)
        return self.result

    def _by_id(self) -> list[Person]:
        return [person for _, person in sorted(self.roster.people.items())]

    # Units come first: their addresses are names that no person may take (NAMING rule 9).

    def _unit(self, unit: Unit) -> None:
        wanted = unit.local_part(self.naming.locality_prefix)
        held = self.primaries.get(unit.path)
        self.unit_names[held or wanted] = unit.path
        if held is None:
            self._unit_row(unit, wanted, "primary", "mailbox" if unit.mailbox else "code")
        elif held != wanted and unit.mailbox:
            self._say_unit(unit, "mailbox", "address_kept", wanted, held)
        for alias in unit.aliases:
            self.unit_names[alias] = unit.path
            if self.holders.get(alias) != unit.path:
                self._unit_row(unit, alias, "alias", "aliases")

    def _unit_row(self, unit: Unit, local_part: str, kind: str, key: str) -> None:
        if not is_local_part(local_part) or len(f"{local_part}@{self.domain}") > LONGEST_ADDRESS:
            self._say_unit(unit, key, "address_bad", local_part, "; mailbox: ...")
        elif local_part in ("postmaster", "abuse"):
            # They belong to the unit mail_postmaster in every domain (RFC 2142).
            self._say_unit(unit, key, "address_reserved", local_part)
        elif local_part in self.holders:
            self._say_unit(unit, key, "address_taken", local_part, self.holders[local_part])
        else:
            self._issue(local_part, unit.path, kind, unit.path, self.today)

    def _say_unit(self, unit: Unit, key: str, code: str, value: str, detail: str = "") -> None:
        line = unit.lines.get(key, unit.line)
        self.result.problems.append(Problem(UNITS_FILE, line, key, code, value, detail))

    # People who name their address themselves come before any round (NAMING rule 15).

    def _explicit(self, person: Person) -> None:
        wanted, held = person.address, self.primaries.get(person.person_id)
        if held is not None:
            if wanted != held and self.holders.get(wanted) != person.person_id:
                self._say(person, "address", "address_kept", wanted, held)
            return
        taken = self.holders.get(wanted)
        if taken is not None and taken != person.person_id:
            self._say(person, "address", "address_taken", wanted, taken)
        elif wanted in self.naming.reserved:
            self._say(person, "address", "address_reserved", wanted)
        else:
            if not wanted.endswith(self._behind(person)):
                self._say(person, "address", "address_irregular", wanted, self._behind(person))
            self._settle(person, wanted)

    # Rounds (NAMING rule 13): everybody unsettled claims form k; one claimant only settles; the rest claim
    # form k + 1.

    def _rounds(self, waiting: list[Person]) -> None:
        namesakes = self._namesakes()
        for form in self.naming.forms:
            if form == "serial":
                self._serials(waiting)
                return
            if form in ("birth_year", "birth_date"):
                waiting = self._with_birth_dates(waiting)
            claims: dict[str, list[Person]] = defaultdict(list)
            for person in waiting:
                claim = self._claim(person, form, namesakes)
                if claim is not None and self._may_issue(claim):
                    claims[claim].append(person)
            for claim, people in claims.items():
                if len(people) == 1:
                    self._settle(people[0], claim)
            waiting = [person for person in waiting if person.person_id not in self.primaries]

    def _claim(self, person: Person, form: str, namesakes: Mapping[object, int]) -> str | None:
        """Return the local part that a form gives this person; None where the form is not for them."""
        base, behind = base_form(person.name), self._behind(person)
        if form == "base":
            return base + behind
        if form == "expanded":
            # GL-7.2d is for different full names; the same full name goes on to the birth date (GL-7.2e).
            alone = namesakes[self._namesake(person)] < 2
            return expanded_form(person.name) + behind if alone else None
        if person.birth_date is None:
            return None
        return base + person.birth_date.strftime("%Y" if form == "birth_year" else "%d%m%Y") + behind

    def _namesakes(self) -> dict[object, int]:
        found: dict[object, int] = defaultdict(int)
        for person in self.roster.people.values():
            if person.present:
                found[self._namesake(person)] += 1
        return found

    def _namesake(self, person: Person) -> object:
        return self._pool(person), same_key(person.full_name)

    def _with_birth_dates(self, waiting: list[Person]) -> list[Person]:
        """Report whoever needs a birth date and has none, with everybody who has the same base form."""
        short = [person for person in waiting if person.birth_date is None]
        if not short:
            return waiting
        tied: dict[object, list[Person]] = defaultdict(list)
        for person in self._by_id():
            if person.present:
                tied[self._pool(person), base_form(person.name)].append(person)
        for person in short:
            others = [
                other for other in tied[self._pool(person), base_form(person.name)] if other is not person
            ]
            named = ", ".join(f"{other.full_name} ({other.file}:{other.row})" for other in others)
            taken = self.holders.get(base_form(person.name) + self._behind(person), "register.csv")
            self._say(person, "birth_date", "birth_date_needed", person.full_name, named or taken)
        return [person for person in waiting if person.birth_date is not None]

    def _serials(self, waiting: list[Person]) -> None:
        """Deal out 2, 3, ... by person_id (NAMING rule 13) and warn: it may be one person twice."""
        tied: dict[str, list[Person]] = defaultdict(list)
        for person in waiting:
            tied[base_form(person.name) + self._behind(person)].append(person)
        for people in tied.values():
            for person in people:
                others = [other.person_id for other in people if other is not person]
                holder = self.holders.get(base_form(person.name) + self._behind(person), "")
                self._say(person, "full_name", "serial_used", person.full_name, ", ".join(others) or holder)
                self._settle_first(person, map(str, count(2)))

    # One pass in the order of person_id (NAMING rule 14): the newcomer alone is changed (DN-4.2d).

    def _suffixes(self, waiting: list[Person]) -> None:
        for person in waiting:
            plain = base_form(person.name) + self._behind(person)
            if plain in self.unit_names:
                self._say(person, "full_name", "address_of_unit", plain, self.unit_names[plain])
            elif self._is_reserved(plain):
                self._say(person, "full_name", "address_reserved", plain)
            else:
                self._settle_first(person, chain([""], _letters()))

    def _settle_first(self, person: Person, endings: Iterable[str]) -> None:
        """Issue the base form with the first free ending; an ending too long for an address is the last."""
        for ending in endings:
            local_part = base_form(person.name) + ending + self._behind(person)
            if not self._is_legal(local_part):
                self._say(person, "full_name", "address_none", person.full_name)
                return
            if self._may_issue(local_part):
                self._settle(person, local_part)
                return

    # What all of them share.

    def _behind(self, person: Person) -> str:
        """Return what follows the personal part: the unit, except in a flat style (GL-7.1d, DN-4.2c)."""
        return f".{person.unit}" if self.naming.style == "dot_unit" else ""

    def _pool(self, person: Person) -> str:
        """Return within what two names collide (GL-7.2d: the unit; DN-4.2d: all)."""
        return person.unit if self.naming.scope == "unit" else ""

    def _may_issue(self, local_part: str) -> bool:
        free = local_part not in self.holders and local_part not in self.unit_names
        return free and self._is_legal(local_part) and not self._is_reserved(local_part)

    def _is_legal(self, local_part: str) -> bool:
        return is_local_part(local_part) and len(local_part) + 1 + len(self.domain) <= LONGEST_ADDRESS

    def _is_reserved(self, local_part: str) -> bool:
        role, dot, _ = local_part.partition(".")
        return local_part in self.naming.reserved or (bool(dot) and role in self.naming.reserved_before_unit)

    def _settle(self, person: Person, local_part: str) -> None:
        self._issue(local_part, person.person_id, "primary", person.unit, person.decision_date or self.today)

    def _issue(self, local_part: str, holder: str, kind: str, unit: str, since: date) -> None:
        self.holders[local_part] = holder
        if kind == "primary":
            self.primaries[holder] = local_part
        row = Row(f"{local_part}@{self.domain}", holder, kind, unit, since.isoformat())
        self.result.rows.append(row)
        self.result.added.append(row)

    def _say(self, person: Person, column: str, code: str, value: str, detail: str = "") -> None:
        self.result.problems.append(person.problem(column, code, value, detail))


def _letters() -> Iterator[str]:
    """Yield a, b, ... z, aa, ab, ... (NAMING rule 14)."""
    for length in count(1):
        yield from map("".join, product(ascii_lowercase, repeat=length))
