# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who gets which form, where several want the same: all move on (GL-7.2d), or the newcomer does (DN-4.2d)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import count, product
from operator import attrgetter
from string import ascii_lowercase
from typing import NamedTuple

from ..naming.names import fold, same_key
from ..naming.patterns import Form
from ..naming.writing import around
from ..parsing.problems import Problem
from ..roster.people import Person
from ..roster.roster import Roster
from .ledger import Ledger
from .rows import Word
from .scheme import Ending, Scheme

by_id = attrgetter("person_id")


class _Tries(NamedTuple):
    """The last form for somebody: what stands around the part that never runs out, and its values to come."""

    before: str
    behind: str
    endless: Iterator[str]


class Allocation:
    """Allocates addresses to those who wait for one by rule; what is wrong is noted in ``problems``.

    ``unit_addresses`` are names that no person may take, with the path of their unit (NAMING rule 9).
    """

    def __init__(
        self,
        roster: Roster,
        scheme: Scheme,
        ledger: Ledger,
        unit_addresses: Mapping[str, str],
        problems: list[Problem],
    ) -> None:
        """Take what stands so far: who is there, what was issued, how the decision names."""
        self._roster, self._scheme, self._ledger = roster, scheme, ledger
        self._unit_addresses, self._problems = unit_addresses, problems
        self._allocated: dict[str, Person] = {}
        self._assigned: set[str] = set()

    def allocate(self, waiting: list[Person]) -> Mapping[str, Person]:
        """Return who gets which address; of the others it is noted why not. They come by person_id."""
        if self._scheme.naming.newcomer:
            self._one_by_one(waiting)
        else:
            self._rounds([*waiting, *self._holders_to_rename(waiting)])
        return self._allocated

    def _say(self, person: Person, column: str, code: str, value: str, detail: str = "") -> None:
        self._problems.append(person.problem(column, code, value, detail))

    def _allocate(self, person: Person, address: str) -> None:
        self._allocated[address] = person
        self._assigned.add(person.person_id)

    def _free(self, person: Person, personal: str, ending: Ending) -> str | None:
        """Return the address of a personal part, if the person may get it."""
        if len(personal) > ending.room or personal in ending.forbidden:
            return None
        address = ending.front + personal + ending.text
        taken = address in self._ledger.rows and not self._ledger.is_free(address, person.person_id)
        return None if taken or address in self._allocated or address in self._unit_addresses else address

    def _holder(self, address: str) -> str:
        """Return who has or had the address, or got it in this run; "" if nobody."""
        given = self._allocated.get(address)
        return given.person_id if given else self._ledger.holder(address) or ""

    # Rounds (NAMING rule 13): everybody without an address claims form k; a sole claimant gets it; the rest
    # claim form k + 1.

    def _rounds(self, waiting: list[Person]) -> None:
        write = self._scheme.naming.write
        waiting = self._round(waiting, waiting, lambda person: write(person.name))
        for form in self._scheme.naming.forms:
            if form.endless:
                self._serials(waiting, form)
                return
            claiming = waiting = self._with_birth_dates(waiting) if form.needs_birth_date else waiting
            if form.is_of_the_name:
                # GL-7.2d is for different full names; the same one goes on to the birth date (GL-7.2e).
                namesakes = self._namesakes(waiting)
                claiming = [person for person in waiting if namesakes[self._namesake(person)] <= 1]
            waiting = self._round(waiting, claiming, partial(self._scheme.personal, form=form))

    def _round(
        self, waiting: list[Person], claiming: Iterable[Person], personal: Callable[[Person], str | None]
    ) -> list[Person]:
        """Let some of those who wait claim a form; return who still waits."""
        claims: dict[str, Person] = {}
        contested: set[str] = set()
        ending, free = self._scheme.ending, self._free
        for person in claiming:
            part = personal(person)
            claim = free(person, part, ending(person)) if part else None
            if claim is not None and claims.setdefault(claim, person) is not person:
                contested.add(claim)
        for claim, person in claims.items():
            if claim not in contested:
                self._allocate(person, claim)
        return [person for person in waiting if person.person_id not in self._assigned]

    def _holders_to_rename(self, waiting: Iterable[Person]) -> list[Person]:
        """Return the first holders of contested general forms, where the decision moves them as well.

        GL-7.2d taken literally (NAMING rule 7): both get the longer form, and the first holder keeps the
        general one as an alias.
        """
        if not self._scheme.naming.rename_holder:
            return []
        contested = {self._scheme.base(person) for person in waiting}
        found = []
        for address in sorted(contested & self._ledger.rows.keys()):
            row = self._ledger.rows[address]
            person = self._roster.people.get(row.holder)
            regular = row.kind == "primary" and row.why.word != Word.LEGACY
            if person and regular and not person.address and self._scheme.base(person) == address:
                found.append(person)
        return found

    def _namesakes(self, waiting: Iterable[Person]) -> Mapping[object, int]:
        """Count the full names of everybody present, as far as they may be those of somebody who waits."""
        pool = self._scheme.pool
        likely = {(pool(person), fold(person.name.given)) for person in waiting}
        found: dict[object, int] = defaultdict(int)
        for person in self._roster.people.values() if likely else ():
            if (pool(person), fold(person.name.given)) in likely and person.present:
                found[self._namesake(person)] += 1
        return found

    def _namesake(self, person: Person) -> object:
        return self._scheme.pool(person), same_key(person.full_name)

    def _with_birth_dates(self, waiting: list[Person]) -> list[Person]:
        """Report whoever needs a birth date and has none, with everybody who has the same general form."""
        short = [person for person in waiting if person.birth_date is None]
        if not short:
            return waiting
        tied: dict[str, list[Person]] = defaultdict(list)
        for person in sorted(self._roster.people.values(), key=by_id):
            if person.present:
                tied[self._scheme.base(person)].append(person)
        for person in short:
            base = self._scheme.base(person)
            others = [other for other in tied[base] if other is not person]
            named = ", ".join(f"{other.full_name} ({other.file}:{other.row})" for other in others)
            held = self._holder(base) or "register.csv"
            self._say(person, "birth_date", "birth_date_needed", person.full_name, named or held)
        return [person for person in waiting if person.birth_date is not None]

    def _serials(self, waiting: list[Person], form: Form) -> None:
        """Allocate 2, 3, ... by person_id (NAMING rule 13) and warn: it may be one person twice."""
        tied: dict[str, list[Person]] = defaultdict(list)
        for person in sorted(waiting, key=by_id):
            tied[self._scheme.base(person)].append(person)
        for base, people in tied.items():
            for person in people:
                others = [other.person_id for other in people if other is not person]
                holder = self._holder(base)
                self._say(person, "full_name", "serial_used", person.full_name, ", ".join(others) or holder)
                for tries in self._tries([person], form):
                    self._assign_first(person, self._scheme.ending(person), tries)

    # One pass in the order of person_id (NAMING rule 14): the newcomer alone is changed (DN-4.2d).

    def _one_by_one(self, waiting: list[Person]) -> None:
        # What was taken stays taken, so everybody goes on where the last one of the same form stopped: else a
        # thousand of one form would try half a million addresses. Only who once had an address of the form
        # may find it free before that place.
        *between, last = self._scheme.naming.forms
        alike = last.is_of_the_base and not between  # whoever has one general form tries the same addresses
        further: dict[str, _Tries] = {}
        known = {row.holder for row in self._ledger.rows.values() if row.kind != "primary"}
        write = self._scheme.naming.write
        for person in waiting:
            personal, ending = write(person.name), self._scheme.ending(person)
            plain = ending.front + personal + ending.text
            if alike and plain in further and person.person_id not in known:
                self._assign_first(person, ending, further[plain])
            elif self._free(person, personal, ending):
                self._allocate(person, plain)
            elif path := self._unit_of(plain):
                self._say(person, "full_name", "address_of_unit", personal, path)
            elif personal in ending.forbidden:
                self._say(person, "full_name", "address_reserved", personal)
            elif not any(self._settles(person, form, ending) for form in between):
                for tries in self._tries([person], last):
                    place = plain if alike else ending.address(f"{tries.before}@{tries.behind}")
                    mine = tries if person.person_id in known else further.setdefault(place, tries)
                    self._assign_first(person, ending, mine)

    def _settles(self, person: Person, form: Form, ending: Ending) -> bool:
        """Give the person a form, if it is free; say whether nothing else is to be tried."""
        if form.needs_birth_date and not self._with_birth_dates([person]):
            return True
        personal = self._scheme.personal(person, form)
        address = self._free(person, personal, ending) if personal else None
        if address:
            self._allocate(person, address)
        return address is not None

    def _tries(self, waiting: list[Person], form: Form) -> Iterator[_Tries]:
        """Yield what each of them may try of the form that never runs out."""
        write = self._scheme.naming.write
        for person in self._with_birth_dates(waiting) if form.needs_birth_date else waiting:
            before, behind = around(form, person.name, write(person.name), person.birth_date)
            yield _Tries(before, behind, _letters() if form.endless == "letters" else map(str, count(2)))

    def _unit_of(self, address: str) -> str:
        """Return the unit that has the address, or had it before it was dissolved; "" if none."""
        row = self._ledger.rows.get(address)
        return self._unit_addresses.get(address) or (row.holder if row and row.holder == row.unit else "")

    def _assign_first(self, person: Person, ending: Ending, tries: _Tries) -> None:
        """Issue the first free one of the last form; one too long for an address is the last."""
        before, behind, endless = tries
        for more in endless:
            personal = before + more + behind
            if address := self._free(person, personal, ending):
                self._allocate(person, address)
                return
            if len(personal) > ending.room:
                self._say(person, "full_name", "address_none", person.full_name)
                return


def _letters() -> Iterator[str]:
    """Yield a, b, ... z, aa, ab, ... (NAMING rule 14)."""
    for length in count(1):
        yield from map("".join, product(ascii_lowercase, repeat=length))
