# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The register brought up to date with the roster: joiners, movers, leavers, and units that begin and end.

An address once issued neither changes because somebody else joins nor is ever issued to another. The result
depends on the set of people and on the register, not on the order of any file: ties are symmetric (NAMING
rule 13), and where something has to be allocated in turn, it goes by ``person_id``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from ..clock import months_later
from ..naming.addresses import JOINS, is_local_part
from ..parsing.collector import collector_paused
from ..parsing.problems import Problem
from ..policy.naming import ALWAYS_RESERVED, Naming
from ..roster.people import Person
from ..roster.roster import Roster
from ..roster.units import FILE as UNITS_FILE
from ..roster.units import Unit
from .allocation import Allocation, by_id
from .ledger import Ledger
from .rows import Reason, Row, Word
from .scheme import Scheme


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

    def run(self) -> Resolution:
        self._retire()
        units = [unit for _, unit in sorted(self.roster.units.items()) if unit.active]
        for unit in units:
            self._unit(unit)
        for unit in units:
            self._unit_aliases(unit)
        waiting = self._waiting()
        ledger = self.ledger
        allocation = Allocation(self.roster, self.scheme, ledger, self.unit_addresses, self.problems)
        self._assign_all(allocation.allocate(waiting))
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
                self.ledger.retire(row, _iso(person.decision_date), Reason(Word.LEFT, person.decision_no))
            elif row.holder in ended:
                day = self.act.day or self.today
                self.ledger.retire(row, day.isoformat(), Reason(Word.DISSOLVED, self.act.decision_no))
            elif row.kind == "alias" and row.until and row.until < expiry:
                self.ledger.retire(row, row.until, Reason(Word.EXPIRED))

    # Units come before people: their addresses are names that no person may take (NAMING rule 9).

    def _unit(self, unit: Unit) -> None:
        wanted = self.scheme.unit_address(unit)
        if unit.path in self.roster.dissolved:
            self._end_predecessor(unit, wanted)
        held = self.ledger.primaries.get(unit.path)
        if held and self._leaves(held, wanted.partition("@")[2]):
            self.ledger.set_aside(
                held, self._until(self._act_day()), Reason(Word.MERGED, self.act.decision_no)
            )
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

    def _end_predecessor(self, unit: Unit, wanted: str) -> None:
        """Retire the addresses of a dissolved unit whose path an active one has now (NAMING U14).

        The active one must have an address of its own: a dissolved unit's is never issued again.
        """
        predecessor = self.roster.dissolved[unit.path]
        gone = [
            self.scheme.unit_address(predecessor),
            *(self.scheme.unit_alias(predecessor, a) for a in predecessor.aliases),
        ]
        mine = {wanted, *(self.scheme.unit_alias(unit, alias) for alias in unit.aliases)}
        for address in gone:
            row = self.ledger.rows.get(address)
            if address in mine:
                self._say_unit(unit, "mailbox", "address_taken", address, f"{predecessor.name} ({unit.path})")
            elif row and row.holder == unit.path and row.kind != "tombstone":
                self.ledger.retire(
                    row, self._act_day().isoformat(), Reason(Word.DISSOLVED, self.act.decision_no)
                )

    def _unit_row(self, unit: Unit, address: str, kind: str, key: str) -> None:
        row, local_part = self.ledger.rows.get(address), address.partition("@")[0]
        if not self.scheme.is_legal(address):
            if key != "code" and not self.scheme.is_local_part(local_part):
                # What no decision could allow is units.yml's own problem.
                if is_local_part(local_part, JOINS):
                    self._say_unit(unit, key, "address_bad", local_part)
            else:
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
        """Return those who need an address by rule, by person_id; the others have theirs."""
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
        for person in sorted(explicit, key=by_id):
            self._explicit(person)
        waiting.sort(key=by_id)
        former = self._former(waiting)
        return [person for person in waiting if not former or not self._take_back(person, former)]

    def _moves(self, person: Person, held: Row) -> bool:
        """Say whether the primary address is no longer the right one (C5: where it carries the unit)."""
        if self._leaves(held, self.scheme.ending(person).domain):
            return True
        return self.scheme.moves(held.unit, person)

    def _leaves(self, held: Row, domain: str) -> bool:
        """Say whether an address is to be issued anew because its domain ends."""
        leaving = self.act.leaving
        return bool(leaving) and held.domain in leaving and held.domain != domain

    def _explicit(self, person: Person) -> None:
        if not self.scheme.is_local_part(person.address):
            self._say(person, "address", "address_bad", person.address)
            return
        wanted, held = self.scheme.explicit(person), self.ledger.primaries.get(person.person_id)
        holder = self.ledger.holder(wanted)
        if held and held.address == wanted:
            if self._moves(person, held):
                self._irregular(person, wanted)
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
            if not self.scheme.ending(person).fits(wanted):
                self._irregular(person, wanted)
            self._assign(person, wanted)

    def _irregular(self, person: Person, wanted: str) -> None:
        self._say(person, "address", "address_irregular", wanted, self.scheme.ending(person).address("*"))

    def _former(self, waiting: Iterable[Person]) -> Mapping[str, list[Row]]:
        """Return the addresses that those who wait once had as their own, the last first."""
        wanted = {person.person_id for person in waiting}
        former: dict[str, list[Row]] = defaultdict(list)
        for row in self.ledger.rows.values() if wanted else ():
            if row.holder in wanted and row.kind != "primary" and not row.why.was_alias:
                former[row.holder].append(row)
        for rows in former.values():
            rows.sort(key=lambda row: (row.since, row.address), reverse=True)
        return former

    def _take_back(self, person: Person, former: Mapping[str, list[Row]]) -> bool:
        """Give a returning leaver, or a mover who comes back, the address that was theirs here."""
        domain = self.scheme.ending(person).domain
        for row in former.get(person.person_id, ()):
            was_primary = row.kind == "tombstone" or row.why.word == Word.MOVED
            if was_primary and row.domain == domain and not self.scheme.moves(row.unit, person):
                self._assign(person, row.address)
                return True
        return False

    def _assign_all(self, given: Mapping[str, Person]) -> None:
        """Enter what was allocated: newcomers in one go, whoever had an address before one by one."""
        rows, primaries, today = self.ledger.rows, self.ledger.primaries, self._act_day()
        known = [a for a, person in given.items() if a in rows or person.person_id in primaries]
        for address in known:
            self._assign(given[address], address)
        new = given if not known else {a: given[a] for a in given.keys() - set(known)}
        ids = [person.person_id for person in new.values()]
        days = [(person.decision_date or today).isoformat() for person in new.values()]
        self.ledger.issue_all(new.keys(), ids, [person.unit for person in new.values()], days)

    def _assign(self, person: Person, address: str) -> None:
        """Make the address the person's primary one; the one that they had stays an alias."""
        held, reason = self.ledger.primaries.get(person.person_id), ""
        day = person.decision_date or self._act_day()
        if held:
            day, word = self._day_of_change(person, held), self._why(person, held)
            until = "" if word == Word.RENAMED else self._until(day)
            # A holder who makes room for a newcomer (rename_holder) has no decision of their own for it.
            asked = word != Word.RENAMED or person.address
            number = self.act.decision_no or (person.decision_no if asked else "")
            self.ledger.set_aside(held, until, Reason(word, number))
        elif address in self.ledger.rows:
            reason = Reason(Word.RETURNED, person.decision_no).text()
        self.ledger.issue(address, person.person_id, "primary", person.unit, day.isoformat(), reason)

    def _why(self, person: Person, held: Row) -> Word:
        if self._leaves(held, self.scheme.ending(person).domain):
            return Word.MERGED
        return Word.MOVED if self._moves(person, held) else Word.RENAMED

    def _day_of_change(self, person: Person, held: Row) -> date:
        """Return the day of the decision, if it is a newer one than that of the present address."""
        day = person.decision_date
        return self.act.day or (day if day and self._is_newer(person, held) else self.today)

    def _is_newer(self, person: Person, held: Row) -> bool:
        """Say whether the decision in the person's row is another one than that of the present address.

        An older system's address has only the day on which it was taken over.
        """
        day = person.decision_date.isoformat() if person.decision_date else "9999"
        return day > held.since if held.why.word == Word.LEGACY else day != held.since

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


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
