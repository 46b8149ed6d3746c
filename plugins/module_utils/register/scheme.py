# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which address the decision gives to a unit, and which forms it knows for a person.

``resolve`` decides who gets what; here stands only how it is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ..naming.addresses import LONGEST_ADDRESS, LONGEST_LOCAL_PART, is_local_part
from ..naming.names import base_form, expanded_form
from ..policy.regulation import Naming
from ..roster.people import Person
from ..roster.units import PEOPLE_KINDS, Unit


class Ending(NamedTuple):
    """What follows the personal part of everybody in a unit.

    ``room`` is how long the personal part may be (RFC 5321); it is ``forbidden`` where the address would be
    reserved (NAMING rule 9): role words also with a unit behind, the others as a whole local part.
    """

    text: str
    domain: str
    room: int
    forbidden: frozenset[str]


@dataclass(frozen=True)
class Scheme:
    """A decision's naming, applied to one main domain and the units of a roster."""

    naming: Naming
    domain: str
    units: Mapping[str, Unit]
    _endings: dict[str, Ending] = field(default_factory=dict, compare=False)

    def unit_address(self, unit: Unit) -> str:
        """Return the address of a unit's own mailbox (GL-7.1b, GL-7.1c, DN-4.2e, UB-4a, BD-4.1a).

        People and departments of a locality carry the place name alone (GL-7.2b), its own mailbox the prefix
        as well (GL-7.2a: ubnddakdoa).
        """
        host = self._host(unit)
        if unit.mailbox:
            local_part = unit.mailbox
        elif self.naming.style == "subdomain" and unit.path == host:
            local_part = self.naming.office
        elif self.naming.style == "subdomain":
            local_part = unit.path.removesuffix(f".{host}")
        else:
            prefix = self.naming.locality_prefix if unit.kind == "locality" else ""
            local_part = prefix + unit.path
        return self.unit_alias(unit, local_part)

    def unit_alias(self, unit: Unit, local_part: str) -> str:
        """Return a further address of a unit: the local part in the domain of its own mailbox."""
        host = self._host(unit) if self.naming.style == "subdomain" else ""
        return f"{local_part}@{host}.{self.domain}" if host else f"{local_part}@{self.domain}"

    def _host(self, unit: Unit) -> str:
        """Return the agency or locality that a unit belongs to, itself maybe; "" where there is none."""
        if unit.kind in PEOPLE_KINDS:
            return unit.path
        parent = self.units.get(unit.parent)
        return self._host(parent) if parent else ""

    def ending(self, person: Person) -> Ending:
        """Return what follows the personal part: the unit and the domain, as the style writes them."""
        found = self._endings.get(person.unit)
        if found is None:
            found = self._endings[person.unit] = self._ending(person.unit)
        return found

    def _ending(self, unit: str) -> Ending:
        naming = self.naming
        within = {"dot_unit": f".{unit}@", "flat": "@", "subdomain": f"@{unit}."}
        text = within[naming.style] + self.domain
        behind, _, domain = text.partition("@")
        room = min(LONGEST_LOCAL_PART - len(behind), LONGEST_ADDRESS - len(text))
        whole = {word.removesuffix(behind) for word in naming.reserved if word.endswith(behind)}
        return Ending(text, domain, room, naming.reserved_before_unit | whole)

    def explicit(self, person: Person) -> str:
        """Return the address that a record names itself: the whole local part (NAMING rule 15)."""
        return f"{person.address}@{self.ending(person).domain}"

    def base(self, person: Person) -> str:
        """Return the general form of a personal address (GL-7.2c, DN-4.2c)."""
        return self.base_part(person) + self.ending(person).text

    def base_part(self, person: Person) -> str:
        """Return the personal part of the general form."""
        return base_form(person.name, self.naming.middle_initials)

    def personal(self, person: Person, form: str) -> str | None:
        """Return the personal part that a form of the decision gives; None without a birth date."""
        if form == "expanded":
            return expanded_form(person.name)
        base = self.base_part(person)
        if form == "base":
            return base
        if person.birth_date is None:
            return None
        return base + person.birth_date.strftime("%Y" if form == "birth_year" else "%d%m%Y")

    def pool(self, person: Person) -> str:
        """Return within what two names collide: the unit (GL-7.2d), or the domain (DN-4.2d)."""
        return person.unit if self.naming.scope == "unit" else self.ending(person).domain

    def is_legal(self, address: str) -> bool:
        """Say whether a unit or a record may have the address: its length and letters."""
        return len(address) <= LONGEST_ADDRESS and is_local_part(address.partition("@")[0])
