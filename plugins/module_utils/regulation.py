# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The decision as data: the schema of the variable ``regulation``.

A province copies an inventory and edits this data; no code changes. An unknown key or an impossible value is
a problem with the path of the key, because a misspelt key would silently mean the default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .problems import Problem

FILE = "group_vars/all/regulation.yml"

STYLES = ("dot_unit", "flat")  # name.unit@domain (GL-7.1d) or name@domain (DN-4.2c, UB-4)
SCOPES = ("unit", "domain")  # where two people may not have the same form (GL-7.2d; DN-4.2d)
FORMS = ("base", "expanded", "birth_year", "birth_date", "serial", "suffix")
LAST_FORMS = ("serial", "suffix")  # only these never run out
CONTACTS = ("head", "it_officer", "clerk")
KINDS = ("agency", "department", "locality", "role")
# RFC 5321 4.5.1 and RFC 2142: these two exist in every domain whatever a decision says.
ALWAYS_RESERVED = frozenset({"postmaster", "abuse"})


@dataclass(frozen=True)
class Naming:
    """How an address is made."""

    style: str
    scope: str
    forms: tuple[str, ...]
    reserved: frozenset[str]
    reserved_before_unit: frozenset[str]
    locality_prefix: str


@dataclass(frozen=True)
class Regulation:
    """One decision: its number, how it names, and which contacts each kind of unit must have."""

    decision: str
    naming: Naming
    unit_contacts: Mapping[str, tuple[str, ...]]


class _Reader:
    """Takes keys out of nested mappings and gathers a problem for each missing or impossible one."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def say(self, code: str, path: str, value: object = "", detail: str = "") -> None:
        self.problems.append(Problem(self.file, 0, path, code, str(value), detail))

    def mapping(
        self, raw: object, path: str, keys: tuple[str, ...], optional: tuple[str, ...] = ()
    ) -> dict[str, object]:
        """Return the mapping without unknown keys; these and the missing ones are reported."""
        if not isinstance(raw, Mapping):
            self.say("yaml_shape", path, raw, "một bảng khóa: giá trị (mapping): " + ", ".join(keys))
            return {}
        for key in raw:
            if key not in keys:
                self.say("key_unknown", f"{path}.{key}", key, ", ".join(keys))
        for key in keys:
            if key not in raw and key not in optional:
                self.say("key_missing", f"{path}.{key}", key, f"{path}.{key}")
        return {str(key): value for key, value in raw.items() if key in keys}

    def text(self, table: dict[str, object], key: str, path: str, choices: tuple[str, ...] = ()) -> str:
        """Return a string, one of the choices if there are any."""
        value = table.get(key, "")
        if key in table and choices and value not in choices:
            self.say("value_unknown", f"{path}.{key}", value, ", ".join(choices))
        elif key in table and not isinstance(value, str):
            self.say("yaml_shape", f"{path}.{key}", value, "một chuỗi (text)")
        return str(value)

    def words(
        self, table: dict[str, object], key: str, path: str, choices: tuple[str, ...] = ()
    ) -> tuple[str, ...]:
        """Return a list of strings without repetition."""
        raw = table.get(key, [])
        if not isinstance(raw, list) or not all(isinstance(item, str) for item in raw):
            self.say("yaml_shape", f"{path}.{key}", raw, "một danh sách (list)")
            return ()
        items = tuple(str(item) for item in raw)
        for item in items:
            if choices and item not in choices:
                self.say("value_unknown", f"{path}.{key}", item, ", ".join(choices))
        if len(set(items)) < len(items):
            self.say("value_bad", f"{path}.{key}", ", ".join(items), "mỗi giá trị một lần (each once)")
        return items


def parse_regulation(raw: object, file: str = FILE) -> tuple[Regulation | None, list[Problem]]:
    """Return the regulation, or None, and what is wrong with it."""
    reader = _Reader(file)
    top = reader.mapping(raw, "regulation", ("decision", "naming", "unit_contacts"))
    contacts = reader.mapping(top.get("unit_contacts", {}), "regulation.unit_contacts", KINDS, optional=KINDS)
    naming = _naming(reader, top["naming"]) if "naming" in top else None
    decision = reader.text(top, "decision", "regulation")
    required = {kind: reader.words(contacts, kind, "regulation.unit_contacts", CONTACTS) for kind in KINDS}
    if naming is None or reader.problems:
        return None, reader.problems
    return Regulation(decision, naming, required), []


def _naming(reader: _Reader, raw: object) -> Naming:
    path = "regulation.naming"
    keys = ("style", "collision", "reserved", "reserved_before_unit", "locality_prefix")
    table = reader.mapping(raw, path, keys, optional=("reserved_before_unit", "locality_prefix"))
    style = reader.text(table, "style", path, STYLES)
    collision = reader.mapping(table.get("collision", {}), f"{path}.collision", ("scope", "forms"))
    scope = reader.text(collision, "scope", f"{path}.collision", SCOPES)
    forms = reader.words(collision, "forms", f"{path}.collision", FORMS)
    if "forms" in collision and not possible_forms(forms):
        wish = "base … serial, hoặc (or) base, suffix"
        reader.say("value_bad", f"{path}.collision.forms", ", ".join(forms), wish)
    if style == "flat" and scope == "unit":
        # Without the unit in the address two units would make the same one (DN-4.2d: the pool is the
        # province).
        reader.say("value_bad", f"{path}.collision.scope", scope, "domain: style flat")
    reserved = reader.words(table, "reserved", path)
    before = reader.words(table, "reserved_before_unit", path)
    prefix = reader.text(table, "locality_prefix", path)
    return Naming(style, scope, forms, ALWAYS_RESERVED | set(reserved), frozenset(before), prefix)


def possible_forms(forms: tuple[str, ...]) -> bool:
    """Say whether base comes first and a form that never runs out last; a suffix has nothing in between."""
    if len(forms) < 2 or forms[0] != "base" or forms[-1] not in LAST_FORMS:
        return False
    if forms[-1] == "suffix":
        return len(forms) == 2
    return not {"base", "suffix", "serial"} & set(forms[1:-1])
