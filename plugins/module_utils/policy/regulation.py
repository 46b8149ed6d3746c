# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The decision as data: the schema of the variable ``regulation``.

A province copies an inventory and edits this data; no code changes. An unknown key or an impossible value is
a problem with the path of the key, because a misspelt key would silently mean the default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..naming.addresses import is_local_part
from ..parsing.problems import Problem
from ..parsing.schema import Reader
from .fields import doubtful
from .schema import OFFICER_ACTS, REGULATION
from .terms import (
    LifecycleTerms,
    PasswordTerms,
    check_lifecycle,
    check_password,
    lifecycle_terms,
    password_terms,
)

FILE = "group_vars/all/regulation.yml"
PATH = "regulation"
LAST_FORMS = ("serial", "suffix")  # only these never run out
# RFC 5321 4.5.1 and RFC 2142: these two exist in every domain whatever a decision says.
ALWAYS_RESERVED = frozenset({"postmaster", "abuse"})


@dataclass(frozen=True)
class Naming:
    """How an address is made, and what becomes of it when its holder moves.

    ``move_alias_months`` is None where the old address stays an alias without end; ``rename_holder`` is
    GL-7.2d taken literally: a newcomer's clash moves the first holder too (NAMING rule 7).
    """

    style: str
    scope: str
    forms: tuple[str, ...]
    reserved: frozenset[str]
    reserved_before_unit: frozenset[str]
    locality_prefix: str = ""
    office: str = ""  # the local part of an agency's own mailbox, in style subdomain
    middle_initials: str = "all"
    rename_holder: bool = False
    move_alias_months: int | None = None


@dataclass(frozen=True)
class Regulation:
    """One decision: its number, how it names, what it asks of units, rows and officers, and its terms.

    ``required_columns`` are those that a present person's row must fill; ``unit_officers_may`` is what a
    unit's officer may do in the unit's own people file (GL-13.2a).
    """

    decision: str
    naming: Naming
    unit_contacts: Mapping[str, tuple[str, ...]]
    required_columns: tuple[str, ...] = ()
    unit_officers_may: tuple[str, ...] = OFFICER_ACTS
    password: PasswordTerms = field(default_factory=PasswordTerms)
    lifecycle: LifecycleTerms = field(default_factory=LifecycleTerms)


def parse_regulation(raw: object, file: str = FILE) -> tuple[Regulation | None, list[Problem]]:
    """Return the regulation, or None, and what is wrong with it."""
    values, problems = parse_values(raw, file)
    return (None if problems else regulation_of(values)), problems


def parse_values(raw: object, file: str = FILE) -> tuple[dict[str, Any], list[Problem]]:
    """Return the plain values of the regulation, defaults included, and all that is wrong with it."""
    reader = Reader(file)
    values: Any = REGULATION.parse(raw, PATH, reader.say)
    if not isinstance(values, dict):
        return {}, reader.problems
    wrong = doubtful(reader.problems)

    def sound(*keys: str) -> bool:
        return not any(place.startswith(f"{PATH}.{key}") for key in keys for place in wrong)

    if sound("naming.collision", "naming.middle_initials") and values["naming"]:
        _check_forms(reader, _naming(values["naming"]), f"{PATH}.naming.collision")
    if sound("naming.collision", "naming.style") and values["naming"]:
        _check_style(reader, _naming(values["naming"]), f"{PATH}.naming", sound)
    if sound("password"):
        check_password(reader, password_terms(values["password"]))
    if sound("lifecycle"):
        check_lifecycle(reader, lifecycle_terms(values["lifecycle"]))
    return values, reader.problems


def regulation_of(values: Mapping[str, Any]) -> Regulation:
    """Return the regulation that sound values give."""
    return Regulation(
        values["decision"],
        _naming(values["naming"]),
        {kind: tuple(contacts) for kind, contacts in values["unit_contacts"].items()},
        tuple(values["required_columns"]),
        tuple(values["unit_officers_may"]),
        password_terms(values["password"]),
        lifecycle_terms(values["lifecycle"]),
    )


def _naming(values: Mapping[str, Any]) -> Naming:
    collision = values["collision"]
    return Naming(
        style=values["style"],
        scope=collision["scope"],
        forms=tuple(collision["forms"]),
        reserved=ALWAYS_RESERVED | set(values["reserved"] or ()),
        reserved_before_unit=frozenset(values["reserved_before_unit"]),
        locality_prefix=values["locality_prefix"],
        office=values["office"],
        middle_initials=values["middle_initials"],
        rename_holder=collision["rename_holder"],
        move_alias_months=values["move_alias_months"],
    )


def _check_forms(reader: Reader, naming: Naming, path: str) -> None:
    """Refuse forms that run out or that contradict another key."""
    if not possible_forms(naming.forms):
        wish = "base … serial, hoặc (or) base, suffix"
        reader.say("value_bad", f"{path}.forms", ", ".join(naming.forms), wish)
    if "suffix" in naming.forms and naming.rename_holder:
        # DN-4.2d: it is the newcomer who gets the further letters.
        reader.say("value_bad", f"{path}.rename_holder", "true", "false (forms: suffix)")
    if "expanded" in naming.forms and naming.middle_initials == "first":
        # GL-7.2d writes out one middle name and keeps the initials of all others.
        reader.say("value_bad", "regulation.naming.middle_initials", "first", "all (forms: expanded)")


NOTHING = "không ghi khóa này (nothing: drop the key; style: {})"


def _check_style(reader: Reader, naming: Naming, path: str, sound: Callable[[str], bool]) -> None:
    """Refuse keys that mean nothing in the style, or that it cannot do without.

    ``sound`` says whether nothing was found at a key yet.
    """
    if naming.style in ("flat", "subdomain") and naming.scope == "unit":
        # Without the unit in the local part two units would make the same address (DN-4.2d: the pool is the
        # province; in a subdomain of its own the unit is the domain).
        reader.say("value_bad", f"{path}.collision.scope", naming.scope, f"domain (style: {naming.style})")
    if naming.style == "dot_unit" and naming.scope == "domain":
        # The unit is in every address, so nobody collides beyond it (GL-7.2d).
        reader.say("value_bad", f"{path}.collision.scope", naming.scope, "unit (style: dot_unit)")
    if naming.style == "subdomain" and naming.locality_prefix:
        reader.say(
            "value_bad", f"{path}.locality_prefix", naming.locality_prefix, NOTHING.format("subdomain")
        )
    if naming.style == "flat" and naming.move_alias_months is not None:
        # DN-5.3: a mover keeps the address, so no old one is left over.
        wish = NOTHING.format("flat")
        reader.say("value_bad", f"{path}.move_alias_months", naming.move_alias_months, wish)
    if naming.style == "subdomain" and sound("naming.office") and not is_local_part(naming.office):
        reader.say("value_bad", f"{path}.office", naming.office, "vp (style: subdomain)")
    if naming.style != "subdomain" and naming.office:
        reader.say("value_bad", f"{path}.office", naming.office, NOTHING.format(naming.style))


def possible_forms(forms: tuple[str, ...]) -> bool:
    """Say whether base comes first and a form that never runs out last; a suffix has nothing in between."""
    if len(forms) < 2 or forms[0] != "base" or forms[-1] not in LAST_FORMS:
        return False
    if forms[-1] == "suffix":
        return len(forms) == 2
    return not {"base", "suffix", "serial"} & set(forms[1:-1])
