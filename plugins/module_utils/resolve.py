# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The register brought up to date with the roster: joiners, movers, leavers, and units that begin and end.

An address once issued neither changes because somebody else joins nor is ever issued to another. The result
depends on the set of people and on the register, not on the order of any file: ties are symmetric (NAMING
rule 13), and where something has to be dealt out, it goes by ``person_id``.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import count, product
from string import ascii_lowercase

from .addresses import is_local_part
from .collector import collector_paused
from .ledger import Ledger
from .names import fold, same_key
from .people import Person
from .problems import Problem
from .register import EXPIRED, LEGACY, MERGED, WAS_ALIAS, Row
from .regulation import ALWAYS_RESERVED, Naming
from .roster import Roster
from .scheme import Scheme
from .units import FILE as UNITS_FILE
from .units import Unit


@dataclass(frozen=True)
class Act:
    """What a run rests on besides the rows of the roster: an operator's act, such as a reorganisation.

    ``leaving`` are domains whose primary addresses are issued anew in the main domain; the old ones stay
    aliases where they are. ``alias_until`` ends old addresses instead of the regulation's term.
    """

    decision_no: str = ""
    day: date | None = None
    alias_until: date | None = None
    leaving: frozenset[str] = frozenset()
    retire_expired: bool = False


@dataclass
class Resolution:
    """The register as it should be, what of it is new or changed (before, after), and what is in the way."""

    rows: list[Row] = field(default_factory=list)
    added: list[Row] = field(default_factory=list)
    changed: list[tuple[Row, Row]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@collector_paused()
def resolve(
    roster: Roster,
    register: Iterable[Row],
    naming: Naming,
    domain: str,
    today: date,
    act: Act | None = None,
) -> Resolution:
    """Return the register that follows from the roster.

    ``domain`` is the main domain, where new addresses are issued; ``today`` dates a row whose person names no
    decision. Without joiners, movers and leavers nothing changes, whatever the day.
    """
    return _Resolver(roster, register, Scheme(naming, domain, roster.units), today, act or Act()).run()


def months_later(day: date, months: int) -> date:
    """Return the same day some calendar months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


class _Resolver:
    """The state of one run."""

    def __init__(
        self, roster: Roster, register: Iterable[Row], scheme: Scheme, today: date, act: Act
    ) -> None:
        self.roster, self.scheme, self.naming, self.today, self.act = (
            roster,
            scheme,
            scheme.naming,
            today,
            act,
        )
        self.ledger = Ledger(register)
        self.problems: list[Problem] = []
        self.unit_addresses: dict[str, str] = {}  # address -> path, also of units that get theirs in this run
        self.settled: set[str] = set()

    def run(self) -> Resolution:
        self._retire()
        for unit in sorted(self.roster.units.values(), key=lambda unit: unit.path):
            if unit.active:
                self._unit(unit)
        for unit in sorted(self.roster.units.values(), key=lambda unit: unit.path):
            if unit.active:
                self._unit_aliases(unit)
        waiting = self._waiting()
        if self.naming.forms[-1] == "suffix":
            self._suffixes(waiting)
        else:
            self._rounds([*waiting, *self._holders_to_rename(waiting)])
        ledger = self.ledger
        return Resolution(
            list(ledger.rows.values()), list(ledger.added.values()), ledger.changed, self.problems
        )

    # What ends: leavers (DN-5.4, UB-6.2b), dissolved units (NAMING S10), aliases past their day.

    def _retire(self) -> None:
        people, units, dissolved = self.roster.people, self.roster.units, self.roster.dissolved
        left = {key: person for key, person in people.items() if not person.present}
        ended = {path for path in dissolved if not units[path].active}
        expiry = self.today.isoformat() if self.act.retire_expired else ""
        for row in list(self.ledger.rows.values()):
            if row.kind == "tombstone":
                continue
            if row.holder in left:
                person = left[row.holder]
                self.ledger.retire(row, _iso(person.decision_date), _reason("left", person.decision_no))
            elif row.holder in ended:
                day = self.act.day or self.today
                self.ledger.retire(row, day.isoformat(), _reason("dissolved", self.act.decision_no))
            elif row.kind == "alias" and row.until and row.until < expiry:
                self.ledger.retire(row, row.until, EXPIRED)

    # Units come before people: their addresses are names that no person may take (NAMING rule 9).

    def _unit(self, unit: Unit) -> None:
        wanted = self.scheme.unit_address(unit)
        if unit.path in self.roster.dissolved:
            self._end_twin(unit, wanted)
        held = self.ledger.primaries.get(unit.path)
        if held and self._leaves(held, wanted.partition("@")[2]):
            self.ledger.set_aside(held, self._until(self._act_day()), _reason(MERGED, self.act.decision_no))
            held = None
        if held is None:
            self._unit_row(unit, wanted, "primary", "mailbox" if unit.mailbox else "code")
        elif held.address != wanted and unit.mailbox:
            self._say_unit(unit, "mailbox", "address_kept", wanted, held.address)
        self.unit_addresses[held.address if held else wanted] = unit.path

    def _unit_aliases(self, unit: Unit) -> None:
        for alias in unit.aliases:
            address = self.scheme.unit_alias(unit, alias)
            self.unit_addresses[address] = unit.path
            row = self.ledger.rows.get(address)
            if row is None or row.holder != unit.path or row.kind == "tombstone":
                self._unit_row(unit, address, "alias", "aliases")

    def _end_twin(self, unit: Unit, wanted: str) -> None:
        """Retire the addresses of a dissolved unit whose path an active one has now (NAMING U14).

        The active one must have an address of its own: a dissolved unit's is never issued again.
        """
        twin = self.roster.dissolved[unit.path]
        gone = [self.scheme.unit_address(twin), *(self.scheme.unit_alias(twin, a) for a in twin.aliases)]
        mine = {wanted, *(self.scheme.unit_alias(unit, alias) for alias in unit.aliases)}
        for address in gone:
            row = self.ledger.rows.get(address)
            if address in mine:
                self._say_unit(unit, "mailbox", "address_taken", address, f"{twin.name} ({unit.path})")
            elif row and row.holder == unit.path and row.kind != "tombstone":
                self.ledger.retire(
                    row, self._act_day().isoformat(), _reason("dissolved", self.act.decision_no)
                )

    def _unit_row(self, unit: Unit, address: str, kind: str, key: str) -> None:
        row, local_part = self.ledger.rows.get(address), address.partition("@")[0]
        if not self.scheme.is_legal(address):
            if key == "code" or is_local_part(local_part):  # else units.yml's own problem says it
                self._say_unit(unit, key, "unit_address_long", address)
        elif local_part in ALWAYS_RESERVED:
            # They belong to the unit mail_postmaster in every domain (RFC 2142).
            self._say_unit(unit, key, "unit_duty", local_part)
        elif row and (row.holder != unit.path or row.kind == "tombstone"):
            self._say_unit(unit, key, "address_taken", address, row.holder)
        else:
            self.ledger.issue(address, unit.path, kind, unit.path, self._act_day().isoformat())

    def _say_unit(self, unit: Unit, key: str, code: str, value: str, detail: str = "") -> None:
        line = unit.lines.get(key, unit.line)
        self.problems.append(Problem(UNITS_FILE, line, key, code, value, detail))

    # People: those who name their address themselves come before any round (NAMING rule 15), and who has
    # been in the unit before takes their own address back.

    def _waiting(self) -> list[Person]:
        """Return those who need an address by rule, by person_id; the others are settled."""
        explicit: list[Person] = []
        waiting: list[Person] = []
        primaries = self.ledger.primaries
        for key, person in self.roster.people.items():
            if not person.present:
                continue
            if person.address:
                explicit.append(person)
            elif (held := primaries.get(key)) is None or self._moves(person, held):
                waiting.append(person)
        for person in sorted(explicit, key=_id):
            self._explicit(person)
        waiting.sort(key=_id)
        former = self._former(waiting)
        return [person for person in waiting if not former or not self._take_back(person, former)]

    def _moves(self, person: Person, held: Row) -> bool:
        """Say whether the primary address is no longer the right one (C5: where it carries the unit)."""
        if self._leaves(held, self.scheme.domain_of(person)):
            return True
        return self.naming.style != "flat" and held.unit != person.unit

    def _leaves(self, held: Row, domain: str) -> bool:
        """Say whether an address is to be issued anew because its domain ends."""
        leaving = self.act.leaving
        return bool(leaving) and held.domain in leaving and held.domain != domain

    def _explicit(self, person: Person) -> None:
        wanted, held = self.scheme.explicit(person), self.ledger.primaries.get(person.person_id)
        holder = self.ledger.holder(wanted)
        if held and held.address == wanted:
            if self._moves(person, held):
                self._say(person, "address", "address_irregular", wanted, self.scheme.ending(person))
            return
        asked = held and bool(person.decision_no) and self._is_newer(person, held)
        if held and not asked and not self._moves(person, held):
            # NAMING rule 19: an address does not change by itself, only where a decision asks for it.
            if holder != person.person_id:
                self._say(person, "address", "address_kept", person.address, held.address)
            return
        if holder is not None and holder != person.person_id:
            self._say(person, "address", "address_taken", wanted, holder)
        elif person.address in self.naming.reserved:
            self._say(person, "address", "address_reserved", person.address)
        elif not self.scheme.is_legal(wanted):
            self._say(person, "address", "address_bad", wanted)
        else:
            if not wanted.endswith(self.scheme.ending(person)):
                self._say(person, "address", "address_irregular", wanted, self.scheme.ending(person))
            self._settle(person, wanted)

    def _former(self, waiting: Iterable[Person]) -> Mapping[str, list[Row]]:
        """Return the addresses that those who wait once had as their own, the last first."""
        wanted = {person.person_id for person in waiting}
        former: dict[str, list[Row]] = defaultdict(list)
        for row in self.ledger.rows.values() if wanted else ():
            if row.holder in wanted and row.kind != "primary" and not row.reason.startswith(WAS_ALIAS):
                former[row.holder].append(row)
        for rows in former.values():
            rows.sort(key=lambda row: (row.since, row.address), reverse=True)
        return former

    def _take_back(self, person: Person, former: Mapping[str, list[Row]]) -> bool:
        """Give a returning leaver, or a mover who comes back, the address that was theirs here."""
        flat, domain = self.naming.style == "flat", self.scheme.domain_of(person)
        for row in former.get(person.person_id, ()):
            was_primary = row.kind == "tombstone" or row.reason.startswith("moved")
            if was_primary and row.domain == domain and (flat or row.unit == person.unit):
                self._settle(person, row.address)
                return True
        return False

    # Rounds (NAMING rule 13): everybody unsettled claims form k; one claimant only settles; the rest claim
    # form k + 1.

    def _rounds(self, waiting: list[Person]) -> None:
        namesakes: Mapping[object, int] = {}
        for form in self.naming.forms:
            if form == "serial":
                self._serials(waiting)
                return
            if form == "expanded":
                namesakes = self._namesakes(waiting)
            if form in ("birth_year", "birth_date"):
                waiting = self._with_birth_dates(waiting)
            claims: dict[str, list[Person]] = defaultdict(list)
            for person in waiting:
                if form == "expanded" and namesakes[self._namesake(person)] > 1:
                    # GL-7.2d is for different full names; the same one goes on to the birth date (GL-7.2e).
                    continue
                claim = self.scheme.form(person, form)
                if claim is not None and self._may_issue(claim, person):
                    claims[claim].append(person)
            for claim, people in claims.items():
                if len(people) == 1:
                    self._settle(people[0], claim)
            waiting = [person for person in waiting if person.person_id not in self.settled]

    def _holders_to_rename(self, waiting: Iterable[Person]) -> list[Person]:
        """Return the first holders of contested general forms, where the decision moves them as well.

        GL-7.2d taken literally (NAMING rule 7): both get the longer form, and the first holder keeps the
        general one as an alias.
        """
        if not self.naming.rename_holder:
            return []
        contested = {self.scheme.base(person) for person in waiting}
        found = []
        for address in sorted(contested & self.ledger.rows.keys()):
            row = self.ledger.rows[address]
            person = self.roster.people.get(row.holder)
            regular = row.kind == "primary" and row.reason != LEGACY
            if person and regular and not person.address and self.scheme.base(person) == address:
                found.append(person)
        return found

    def _namesakes(self, waiting: Iterable[Person]) -> Mapping[object, int]:
        """Count the full names of everybody present, as far as they may be those of somebody who waits."""
        given = {fold(person.name.given) for person in waiting}
        found: dict[object, int] = defaultdict(int)
        for person in self.roster.people.values() if given else ():
            if fold(person.name.given) in given and person.present:
                found[self._namesake(person)] += 1
        return found

    def _namesake(self, person: Person) -> object:
        return self.scheme.pool(person), same_key(person.full_name)

    def _with_birth_dates(self, waiting: list[Person]) -> list[Person]:
        """Report whoever needs a birth date and has none, with everybody who has the same general form."""
        short = [person for person in waiting if person.birth_date is None]
        if not short:
            return waiting
        tied: dict[str, list[Person]] = defaultdict(list)
        for person in sorted(self.roster.people.values(), key=_id):
            if person.present:
                tied[self.scheme.base(person)].append(person)
        for person in short:
            base = self.scheme.base(person)
            others = [other for other in tied[base] if other is not person]
            named = ", ".join(f"{other.full_name} ({other.file}:{other.row})" for other in others)
            held = self.ledger.holder(base) or "register.csv"
            self._say(person, "birth_date", "birth_date_needed", person.full_name, named or held)
        return [person for person in waiting if person.birth_date is not None]

    def _serials(self, waiting: list[Person]) -> None:
        """Deal out 2, 3, ... by person_id (NAMING rule 13) and warn: it may be one person twice."""
        tied: dict[str, list[Person]] = defaultdict(list)
        for person in sorted(waiting, key=_id):
            tied[self.scheme.base(person)].append(person)
        for base, people in tied.items():
            for person in people:
                others = [other.person_id for other in people if other is not person]
                holder = self.ledger.holder(base) or ""
                self._say(person, "full_name", "serial_used", person.full_name, ", ".join(others) or holder)
                self._settle_first(person, map(str, count(2)))

    # One pass in the order of person_id (NAMING rule 14): the newcomer alone is changed (DN-4.2d).

    def _suffixes(self, waiting: list[Person]) -> None:
        # What was taken stays taken, so everybody goes on where the last one of the same form stopped: else a
        # thousand of one form would try half a million addresses. Only who once had an address of the form
        # may find it free before that place.
        further: dict[str, Iterator[str]] = defaultdict(_letters)
        known = {row.holder for row in self.ledger.rows.values() if row.kind != "primary"}
        for person in waiting:
            plain = self.scheme.base(person)
            if self._may_issue(plain, person):
                self._settle(person, plain)
            elif path := self._unit_of(plain):
                self._say(person, "full_name", "address_of_unit", plain.partition("@")[0], path)
            elif self.scheme.is_reserved(plain):
                self._say(person, "full_name", "address_reserved", plain.partition("@")[0])
            else:
                self._settle_first(person, _letters() if person.person_id in known else further[plain])

    def _unit_of(self, address: str) -> str:
        """Return the unit that has the address, or had it before it was dissolved; "" if none."""
        row = self.ledger.rows.get(address)
        return self.unit_addresses.get(address) or (row.holder if row and row.holder == row.unit else "")

    def _settle_first(self, person: Person, suffixes: Iterable[str]) -> None:
        """Issue the general form with the first free suffix; one too long for an address is the last."""
        personal, ending = self.scheme.parts(person)
        for suffix in suffixes:
            address = personal + suffix + ending
            if self._may_issue(address, person):
                self._settle(person, address)
                return
            if not self.scheme.is_legal(address):
                self._say(person, "full_name", "address_none", person.full_name)
                return

    # What all of them share.

    def _may_issue(self, address: str, person: Person) -> bool:
        free = address not in self.unit_addresses and self.ledger.is_free(address, person.person_id)
        return free and self.scheme.may_be_given(address)

    def _settle(self, person: Person, address: str) -> None:
        """Make the address the person's primary one; the one that they had stays an alias."""
        held, reason = self.ledger.primaries.get(person.person_id), ""
        day = person.decision_date or self._act_day()
        if held:
            day, word = self._day_of_change(person, held), self._why(person, held)
            until = "" if word == "renamed" else self._until(day)
            # A holder who makes room for a newcomer (rename_holder) has no decision of their own for it.
            asked = word != "renamed" or person.address
            number = self.act.decision_no or (person.decision_no if asked else "")
            self.ledger.set_aside(held, until, _reason(word, number))
        elif address in self.ledger.rows:
            reason = _reason("returned", person.decision_no)
        self.ledger.issue(address, person.person_id, "primary", person.unit, day.isoformat(), reason)
        self.settled.add(person.person_id)

    def _why(self, person: Person, held: Row) -> str:
        if self._leaves(held, self.scheme.domain_of(person)):
            return MERGED
        return "moved" if self._moves(person, held) else "renamed"

    def _day_of_change(self, person: Person, held: Row) -> date:
        """Return the day of the decision, if it is a newer one than that of the present address."""
        day = person.decision_date
        return self.act.day or (day if day and self._is_newer(person, held) else self.today)

    def _is_newer(self, person: Person, held: Row) -> bool:
        """Say whether the decision in the person's row is another one than that of the present address.

        An older system's address has only the day on which it was taken over.
        """
        day = person.decision_date.isoformat() if person.decision_date else "9999"
        return day > held.since if held.reason == LEGACY else day != held.since

    def _act_day(self) -> date:
        return self.act.day or self.today

    def _until(self, day: date) -> str:
        """Return the end of an alias (C5; no decision speaks of it), "" where it has none."""
        if self.act.alias_until:
            return self.act.alias_until.isoformat()
        months = self.naming.move_alias_months
        return months_later(day, months).isoformat() if months else ""

    def _say(self, person: Person, column: str, code: str, value: str, detail: str = "") -> None:
        self.problems.append(person.problem(column, code, value, detail))


def _id(person: Person) -> str:
    return person.person_id


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _reason(word: str, decision_no: str) -> str:
    return f"{word} {decision_no}".strip()


def _letters() -> Iterator[str]:
    """Yield a, b, ... z, aa, ab, ... (NAMING rule 14)."""
    for length in count(1):
        yield from map("".join, product(ascii_lowercase, repeat=length))
