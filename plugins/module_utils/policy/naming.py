# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a decision says of addresses: patterns, and the shorthands that stand for some of them.

The five decisions are five sets of patterns; ``style``, ``locality_prefix``, ``office``, ``middle_initials``
and the named forms are short for them. Everything behind this module sees the patterns alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..naming.names import Name
from ..naming.patterns import (
    FORMS,
    Form,
    PersonPattern,
    UnitPattern,
    form,
    person_pattern,
    unit_pattern,
)
from ..naming.writing import writer
from .schema import KINDS

# RFC 5321 4.5.1 and RFC 2142: these two exist in every domain whatever a decision says.
ALWAYS_RESERVED = frozenset({"postmaster", "abuse"})
# GL-7.2c, and DN-4.2c to the letter: the key `middle_initials`.
GENERAL = {"all": "<given><initials>", "first": "<given><surname-initial><middle-initial>"}
PERSON = {
    "dot_unit": "{name}.<unit>@<domain>",  # GL-7.1d
    "flat": "{name}@<domain>",  # DN-4.2c, UB-4b
    "subdomain": "{name}@<unit>.<domain>",  # BD-4.1a
}
UNIT = "<unit>@<domain>"  # GL-7.1b, GL-7.1c, DN-4.2e, UB-4a


@dataclass(frozen=True)
class Naming:
    """How an address is made, and what becomes of it when its holder moves.

    ``forms`` are tried where the general form is taken, the last one never runs out; ``newcomer`` says that
    of several who want one form only those behind the first move on (DN-4.2d, NAMING rule 14), not all of
    them (rule 13). ``rename_holder`` is GL-7.2d taken literally: a newcomer's clash moves the first holder
    too (NAMING rule 7). ``move_alias_months`` is None where the old address stays an alias without end.
    """

    person: PersonPattern
    write: Callable[[Name], str] = field(compare=False)  # the personal part by that pattern
    units: Mapping[str, UnitPattern]  # by kind
    forms: tuple[Form, ...]
    newcomer: bool
    reserved: frozenset[str]
    reserved_before_unit: frozenset[str]
    joins: tuple[str, ...]
    kind_domains: Mapping[str, str]
    unit_domains: Mapping[str, str]
    rename_holder: bool = False
    move_alias_months: int | None = None


def person_text(values: Mapping[str, Any]) -> str:
    """Return the pattern of a person's address that the values of the key ``naming`` give."""
    if values["person"]:
        return str(values["person"])
    return PERSON[values["style"]].format(name=GENERAL[values["middle_initials"]])


def unit_texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the pattern of a unit's address for each kind."""
    texts = dict.fromkeys(KINDS, UNIT)
    if values["style"] == "subdomain":
        texts = dict.fromkeys(KINDS, "<code>@<agency>.<domain>")
        # BD-4.1a: the office's mailbox is that of the agency.
        texts |= dict.fromkeys(("agency", "locality"), f"{values['office']}@<agency>.<domain>")
    elif values["locality_prefix"]:
        # GL-7.2a: ubnddakdoa is the office; people and departments carry the place name alone (GL-7.2b).
        texts["locality"] = f"{values['locality_prefix']}{UNIT}"
    return texts | {kind: text for kind, text in values["units"].items() if text}


def naming_of(values: Mapping[str, Any]) -> Naming:
    """Return the naming that sound values of the key ``naming`` give."""
    collision, domains = values["collision"], values["domains"]
    forms = tuple(map(form, collision["forms"][1:]))
    person = person_pattern(person_text(values))
    return Naming(
        person=person,
        write=writer(person),
        units={kind: unit_pattern(text) for kind, text in unit_texts(values).items()},
        forms=forms,
        newcomer=is_newcomer(collision, forms),
        reserved=ALWAYS_RESERVED | set(values["reserved"] or ()),
        reserved_before_unit=frozenset(values["reserved_before_unit"]),
        joins=tuple(values["joins"]),
        kind_domains={kind: name for kind, name in domains["kinds"].items() if name},
        unit_domains=domains["units"],
        rename_holder=collision["rename_holder"],
        move_alias_months=values["move_alias_months"],
    )


def is_newcomer(collision: Mapping[str, Any], forms: tuple[Form, ...]) -> bool:
    """Say whether the one who comes later is changed alone."""
    ties = collision["ties"]
    return bool(ties == "newcomer" if ties else forms and forms[-1].endless == "letters")


def possible_forms(texts: list[str]) -> bool:
    """Say whether the general form comes first, and one that never runs out last and only there."""
    if len(texts) < 2 or FORMS.get(texts[0], texts[0]) != FORMS["base"]:
        return False
    *between, last = map(form, texts[1:])
    whole = [FORMS.get(text, text) for text in texts]
    return bool(last.endless) and not any(one.endless for one in between) and len({*whole}) == len(whole)
