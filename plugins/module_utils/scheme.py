# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which address the decision gives to a unit, and which forms it knows for a person.

``resolve`` decides who gets what; here stands only how it is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .addresses import LONGEST_ADDRESS, is_local_part
from .names import base_form, expanded_form
from .people import Person
from .regulation import Naming
from .units import PEOPLE_KINDS, Unit


@dataclass(frozen=True)
class Scheme:
    """A decision's naming, applied to one main domain and the units of a roster."""

    naming: Naming
    domain: str
    units: Mapping[str, Unit]
    _endings: dict[str, str] = field(default_factory=dict, compare=False)

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

    def ending(self, person: Person) -> str:
        """Return what follows the personal part: the unit and the domain, as the style writes them."""
        found = self._endings.get(person.unit)
        if found is None:
            within = {"dot_unit": f".{person.unit}@", "flat": "@", "subdomain": f"@{person.unit}."}
            found = self._endings[person.unit] = within[self.naming.style] + self.domain
        return found

    def explicit(self, person: Person) -> str:
        """Return the address that a record names itself: the whole local part (NAMING rule 15)."""
        return f"{person.address}@{self.domain_of(person)}"

    def domain_of(self, person: Person) -> str:
        """Return the domain of a person's address."""
        return self.ending(person).partition("@")[2]

    def base(self, person: Person) -> str:
        """Return the general form of a personal address (GL-7.2c, DN-4.2c)."""
        return base_form(person.name, self.naming.middle_initials) + self.ending(person)

    def parts(self, person: Person) -> tuple[str, str]:
        """Return the general form in two parts: what a suffix goes behind, and the ending."""
        return base_form(person.name, self.naming.middle_initials), self.ending(person)

    def form(self, person: Person, form: str) -> str | None:
        """Return the address that a form of the decision gives this person; None without a birth date."""
        if form == "base":
            return self.base(person)
        if form == "expanded":
            return expanded_form(person.name) + self.ending(person)
        if person.birth_date is None:
            return None
        personal, ending = self.parts(person)
        return personal + person.birth_date.strftime("%Y" if form == "birth_year" else "%d%m%Y") + ending

    def pool(self, person: Person) -> str:
        """Return within what two names collide: the unit (GL-7.2d), or the domain (DN-4.2d)."""
        return person.unit if self.naming.scope == "unit" else self.ending(person)

    def is_legal(self, address: str) -> bool:
        """Say whether the address may be given by rule: its length and letters."""
        return len(address) <= LONGEST_ADDRESS and is_local_part(address.partition("@")[0])

    def is_reserved(self, address: str) -> bool:
        """Say whether no person gets the address by rule (NAMING rule 9)."""
        local_part = address.partition("@")[0]
        role = local_part.partition(".")[0]
        return local_part in self.naming.reserved or role in self.naming.reserved_before_unit

    def may_be_given(self, address: str) -> bool:
        """Say whether the address may be given by rule at all, whoever else has it."""
        local_part = address.partition("@")[0]
        if (
            len(address) > LONGEST_ADDRESS
            or not is_local_part(local_part)
            or local_part in self.naming.reserved
        ):
            return False
        return local_part.partition(".")[0] not in self.naming.reserved_before_unit
