# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which address the decision gives to a unit, and which forms it knows for a person.

``resolve`` decides who gets what; here stands only how it is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ..naming.addresses import LONGEST_ADDRESS, LONGEST_LOCAL_PART, is_local_part
from ..naming.patterns import Form
from ..naming.writing import write
from ..policy.naming import Naming
from ..roster.people import Person
from ..roster.units import PEOPLE_KINDS, Unit


class Ending(NamedTuple):
    """What stands around the personal part of everybody in a unit: ``front``, and ``text`` with the domain.

    ``room`` is how long the personal part may be (RFC 5321); it is ``forbidden`` where the address would be
    reserved (NAMING rule 9): role words also with a unit behind, the others as a whole local part.
    """

    front: str
    text: str
    domain: str
    room: int
    forbidden: frozenset[str]

    def address(self, personal: str) -> str:
        """Return the address of a personal part."""
        return self.front + personal + self.text

    def fits(self, address: str) -> bool:
        """Say whether an address has the form of the unit."""
        return address.startswith(self.front) and address.endswith(self.text)


@dataclass(frozen=True)
class Scheme:
    """A decision's naming, applied to one main domain and the units of a roster."""

    naming: Naming
    domain: str
    units: Mapping[str, Unit]
    _endings: dict[str, Ending] = field(default_factory=dict, compare=False)

    def unit_address(self, unit: Unit) -> str:
        """Return the address of a unit's own mailbox (GL-7.1b, GL-7.1c, DN-4.2e, UB-4a, BD-4.1a)."""
        local_part, host = self._written(unit)
        return f"{unit.mailbox or local_part}@{host}"

    def unit_alias(self, unit: Unit, local_part: str) -> str:
        """Return a further address of a unit: the local part in the domain of its own mailbox."""
        return f"{local_part}@{self._written(unit)[1]}"

    def _written(self, unit: Unit) -> tuple[str, str]:
        agency = self._agency(unit)
        place = {
            "unit": unit.path,
            "agency": agency,
            "code": unit.path.removesuffix(f".{agency}"),
            "domain": self.domain_of(unit.path),
        }
        return self.naming.units[unit.kind].write(place)

    def _agency(self, unit: Unit) -> str:
        """Return the agency or locality that a unit belongs to, itself maybe; "" where there is none."""
        if unit.kind in PEOPLE_KINDS:
            return unit.path
        parent = self.units.get(unit.parent)
        return self._agency(parent) if parent else ""

    def domain_of(self, path: str) -> str:
        """Return the domain of a unit: its own, that of a unit above it, that of its kind, the main one."""
        naming = self.naming
        if not naming.unit_domains and not naming.kind_domains:
            return self.domain
        above = list(self._upwards(path))
        own = [naming.unit_domains[unit.path] for unit in above if unit.path in naming.unit_domains]
        own += [naming.kind_domains[unit.kind] for unit in above if unit.kind in naming.kind_domains]
        return own[0] if own else self.domain

    def _upwards(self, path: str) -> Iterator[Unit]:
        while unit := self.units.get(path):
            yield unit
            path = unit.parent

    def ending(self, person: Person) -> Ending:
        """Return what stands around the personal part, as the decision writes it."""
        return self._endings.get(person.unit) or self.ending_of(person.unit)

    def ending_of(self, unit: str) -> Ending:
        """Return it for everybody in a unit."""
        return self._endings.setdefault(unit, self._ending(unit))

    def _ending(self, unit: str) -> Ending:
        place = {"unit": unit, "agency": unit, "domain": self.domain_of(unit)}
        front, behind, domain = self.naming.person.around(place)
        text = f"{behind}@{domain}"
        room = min(LONGEST_LOCAL_PART - len(behind), LONGEST_ADDRESS - len(text)) - len(front)
        whole = {
            word[len(front) : len(word) - len(behind)]
            for word in self.naming.reserved
            if word.startswith(front) and word.endswith(behind)
        }
        return Ending(front, text, domain, room, self.naming.reserved_before_unit | whole)

    def explicit(self, person: Person) -> str:
        """Return the address that a record names itself: the whole local part (NAMING rule 15)."""
        return f"{person.address}@{self.ending(person).domain}"

    def base(self, person: Person) -> str:
        """Return the general form of a personal address (GL-7.2c, DN-4.2c)."""
        return self.ending(person).address(self.naming.write(person.name))

    def personal(self, person: Person, form: Form) -> str | None:
        """Return the personal part that a form of the decision gives; None without a birth date."""
        if form.needs_birth_date and person.birth_date is None:
            return None
        return write(form, person.name, self.naming.write(person.name), person.birth_date)

    def pool(self, person: Person) -> object:
        """Return within what two names collide: the unit (GL-7.2d), or the domain (DN-4.2d)."""
        return self.ending(person)[:2]

    def moves(self, former: str, person: Person) -> bool:
        """Say whether somebody who had an address in a unit needs another one now (C5).

        That is where the address says which unit it is, or where the units have different domains.
        """
        if former == person.unit:
            return False
        return self.naming.person.has_unit or self.domain_of(former) != self.domain_of(person.unit)

    def is_legal(self, address: str) -> bool:
        """Say whether a unit or a record may have the address: its length and letters."""
        return len(address) <= LONGEST_ADDRESS and self.is_local_part(address.partition("@")[0])

    def is_local_part(self, text: str) -> bool:
        """Say whether a local part has the decision's joins alone, and the length of one."""
        return is_local_part(text, self.naming.joins)
