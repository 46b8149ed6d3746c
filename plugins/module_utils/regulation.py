# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The decision as data: the schema of the variable ``regulation``.

A province copies an inventory and edits this data; no code changes. An unknown key or an impossible value is
a problem with the path of the key, because a misspelt key would silently mean the default.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .addresses import is_local_part
from .problems import Problem
from .schema import Reader
from .terms import LifecycleTerms, PasswordTerms, parse_lifecycle, parse_password

FILE = "group_vars/all/regulation.yml"

# name.unit@domain (GL-7.1d), name@domain (DN-4.2c, UB-4), or name@unit.domain (BD-4.1a)
STYLES = ("dot_unit", "flat", "subdomain")
MIDDLE_INITIALS = ("all", "first")  # how DN-4.2c's "first letter of the middle part" is read
SCOPES = ("unit", "domain")  # where two people may not have the same form (GL-7.2d; DN-4.2d)
FORMS = ("base", "expanded", "birth_year", "birth_date", "serial", "suffix")
LAST_FORMS = ("serial", "suffix")  # only these never run out
OFFICER_ACTS = ("create", "change", "cancel")
# Columns of a people file that a decision may ask for (DN-5.2, QT-9, UB-6.1b).
DOCUMENT_COLUMNS = ("decision_no", "decision_date", "request_no", "requested_on", "birth_date", "title")
CONTACTS = ("head", "it_officer", "clerk")
KINDS = ("agency", "department", "locality", "role")
# RFC 5321 4.5.1 and RFC 2142: these two exist in every domain whatever a decision says.
WORD = re.compile("[a-z0-9]+(?:[._-][a-z0-9]+)*")
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
    reader = Reader(file)
    path = "regulation"
    optional = ("required_columns", "unit_officers_may", "password", "lifecycle")
    top = reader.mapping(raw, path, ("decision", "naming", "unit_contacts", *optional), optional=optional)
    contacts = reader.mapping(top.get("unit_contacts", {}), f"{path}.unit_contacts", KINDS, optional=KINDS)
    naming = _naming(reader, top["naming"]) if "naming" in top else None
    decision = reader.text(top, "decision", path)
    required = {kind: reader.words(contacts, kind, f"{path}.unit_contacts", CONTACTS) for kind in KINDS}
    columns = reader.words(top, "required_columns", path, DOCUMENT_COLUMNS)
    acts = reader.words(top, "unit_officers_may", path, OFFICER_ACTS)
    password = parse_password(reader, top.get("password", {}))
    lifecycle = parse_lifecycle(reader, top.get("lifecycle", {}))
    if naming is None or reader.problems:
        return None, reader.problems
    if "unit_officers_may" not in top:
        acts = OFFICER_ACTS
    return Regulation(decision, naming, required, columns, acts, password, lifecycle), []


NAMING_KEYS = ("style", "collision", "reserved")
NAMING_CHOICES = (
    "reserved_before_unit", "locality_prefix", "office", "middle_initials", "move_alias_months",
)  # fmt: skip


def _naming(reader: Reader, raw: object) -> Naming:
    path = "regulation.naming"
    table = reader.mapping(raw, path, (*NAMING_KEYS, *NAMING_CHOICES), optional=NAMING_CHOICES)
    keys = ("scope", "forms", "rename_holder")
    collision = reader.mapping(
        table.get("collision", {}), f"{path}.collision", keys, optional=("rename_holder",)
    )
    naming = Naming(
        style=reader.text(table, "style", path, STYLES),
        scope=reader.text(collision, "scope", f"{path}.collision", SCOPES),
        forms=reader.words(collision, "forms", f"{path}.collision", FORMS),
        reserved=ALWAYS_RESERVED | set(reader.words(table, "reserved", path)),
        reserved_before_unit=frozenset(reader.words(table, "reserved_before_unit", path)),
        locality_prefix=reader.text(table, "locality_prefix", path),
        office=reader.text(table, "office", path),
        middle_initials=reader.text(table, "middle_initials", path, MIDDLE_INITIALS) or "all",
        rename_holder=reader.flag(collision, "rename_holder", f"{path}.collision"),
        move_alias_months=reader.months(table, "move_alias_months", path),
    )
    _check_words(reader, naming, path)
    if "forms" in collision:
        _check_forms(reader, naming, f"{path}.collision")
    if "style" in table:
        _check_style(reader, naming, path)
    return naming


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


def _check_words(reader: Reader, naming: Naming, path: str) -> None:
    """Refuse what can be in no address, and would silently be no rule at all."""
    for key, words in (
        ("reserved", naming.reserved),
        ("reserved_before_unit", naming.reserved_before_unit),
        ("locality_prefix", {naming.locality_prefix} - {""}),
    ):
        for word in sorted(words):
            if not WORD.fullmatch(word):
                reader.say("value_bad", f"{path}.{key}", word, "a-z, 0-9, . - _")


def _check_style(reader: Reader, naming: Naming, path: str) -> None:
    """Refuse keys that mean nothing in the style, or that it cannot do without."""
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
    if naming.style == "subdomain" and not is_local_part(naming.office):
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
