# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which patterns cannot be: each refusal shows the people or units of an office that prove it.

The examples are ordinary names and codes. Two people whose names happen to meet are no fault of a pattern:
that is what its forms are for. A pattern is at fault where its forms do not tell such people apart, or where
a unit and a person get one address by the way that both are shortened.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from itertools import islice, pairwise, product, takewhile
from typing import Any, NamedTuple

from ..naming.addresses import LONGEST_LOCAL_PART, is_local_part
from ..naming.names import Name
from ..naming.patterns import (
    PLACES,
    Flaw,
    Form,
    PatternError,
    PersonPattern,
    form,
    person_pattern,
    unit_pattern,
)
from ..naming.writing import write
from ..parsing.schema import Reader
from .naming import Naming, is_newcomer, naming_of, person_text, possible_forms, unit_texts

# Keys that the patterns are made of, besides style and person.
PATTERN_KEYS = ("units", "domains", "collision", "middle_initials", "locality_prefix", "office")
NOTHING = "không ghi khóa này (nothing: drop the key; {})"


class _Person(NamedTuple):
    full_name: str
    name: Name
    birth_date: date


class _Unit(NamedTuple):
    kind: str
    place: Mapping[str, str]

    @property
    def title(self) -> str:
        return f"{self.place['unit']} ({self.kind})"


def _person(full_name: str, birth_date: date = date(1985, 2, 3)) -> _Person:
    *rest, given = full_name.split()
    return _Person(full_name, Name(given, tuple(rest)), birth_date)


def _unit(kind: str, path: str, agency: str) -> _Unit:
    code = path.removesuffix(f".{agency}")
    return _Unit(kind, {"unit": path, "agency": agency, "code": code})


# People who share initials, given name, surname, middle name, all but a tone, or the whole name.
PEOPLE = (
    _person("Nguyễn Văn Minh"),
    _person("Nguyễn Văn Minh", date(1985, 9, 17)),
    _person("Nguyễn Văn Minh", date(1979, 5, 6)),
    _person("Nguyễn Vĩnh Minh"),
    _person("Ngô Văn Minh"),
    _person("Trương Hoàng Tiến Minh"),
    _person("Trần Huỳnh Tấn Minh"),
    _person("Lê Nam"),
    _person("Lý Nam"),
    _person("Nguyễn Thị Hà"),
    _person("Nguyễn Thị Hạ"),
    _person("Nguyễn Văn Mạnh"),
)
ONE_WORD = _Person("Brưm", Name("Brưm"), date(1985, 2, 3))
LONG = _person("Công Tằng Tôn Nữ Phương Thảo")
# Their initials, or their whole names, are those of a unit below.
NAMESAKES = (_person("Sơn Ngọc Vinh"), _person("Cao Ngọc Thanh Trúc"), _person("Lê Lợi"))
UNITS = (
    _unit("agency", "snv", "snv"),
    _unit("agency", "stttt", "stttt"),
    _unit("agency", "sothongtintruyenthong", "sothongtintruyenthong"),
    _unit("locality", "leloi", "leloi"),
    _unit("department", "cntt.stttt", "stttt"),
    _unit("department", "cntt.snv", "snv"),
    _unit("role", "ubdt", ""),
)
OFFICE, LONG_OFFICE = UNITS[0], UNITS[2]
PEOPLE_KINDS = ("agency", "locality")  # these have a people file


def check_naming(reader: Reader, values: Mapping[str, Any], path: str, sound: Callable[..., bool]) -> None:
    """Refuse keys that contradict each other, and patterns that cannot be.

    ``sound`` says whether nothing was found yet at some keys.
    """
    if not sound("naming.style", "naming.person", "naming.joins"):
        return
    if values["style"] and values["person"]:
        reader.say("value_bad", f"{path}.style", values["style"], NOTHING.format("person"))
    elif not values["style"] and not values["person"]:
        wish = "style: dot_unit, flat, subdomain; person: <given><initials>.<unit>@<domain>"
        reader.say("key_missing", f"{path}.style", "style", wish)
    elif _check_shorthands(reader, values, path, sound) and sound(*map("naming.{}".format, PATTERN_KEYS)):
        _check_patterns(reader, values, path)


def check_forms(reader: Reader, values: Mapping[str, Any], path: str) -> None:
    """Refuse forms that run out or that contradict another key."""
    collision = values["collision"]
    texts = collision["forms"]
    if not possible_forms(texts):
        wish = "base … serial, hoặc (or) base, suffix"
        reader.say("value_bad", f"{path}.collision.forms", ", ".join(texts), wish)
    elif is_newcomer(collision, tuple(map(form, texts[1:]))) and collision["rename_holder"]:
        # DN-4.2d: it is the newcomer who gets the further letters.
        wish = "false (forms: suffix; ties: newcomer)"
        reader.say("value_bad", f"{path}.collision.rename_holder", "true", wish)
    if "expanded" in texts and values["middle_initials"] == "first":
        # GL-7.2d writes out one middle name and keeps the initials of all others.
        reader.say("value_bad", f"{path}.middle_initials", "first", "all (forms: expanded)")


def _check_shorthands(
    reader: Reader, values: Mapping[str, Any], path: str, sound: Callable[..., bool]
) -> bool:
    """Refuse keys that mean nothing in a style, or that it cannot do without; say whether there were none."""
    style, before = values["style"], len(reader.problems)
    short = f"style: {style}" if style else "person"

    def drop(key: str) -> None:
        reader.say("value_bad", f"{path}.{key}", values[key], NOTHING.format(short))

    if values["locality_prefix"] and style not in ("dot_unit", "flat"):
        drop("locality_prefix")
    legal = is_local_part(values["office"], values["joins"])
    if style == "subdomain" and sound("naming.office") and not legal:
        reader.say("value_bad", f"{path}.office", values["office"], "vp (style: subdomain)")
    if style != "subdomain" and values["office"]:
        drop("office")
    if not style and values["middle_initials"] != "all":
        drop("middle_initials")
    return len(reader.problems) == before


def _check_patterns(reader: Reader, values: Mapping[str, Any], path: str) -> None:
    naming = naming_of(values)
    _check_scope(reader, values, path, naming)
    keys = {kind: f"units.{kind}" if values["units"][kind] else "style" for kind in naming.units}
    keys["person"] = "person" if values["person"] else "style"
    # One example is enough: others mostly follow from the same fault.
    flaws = list(_joins(values, keys)) or list(islice(_flaws(naming, keys), 1))
    for key, text, flaw in flaws:
        reader.say(flaw.code, f"{path}.{key}", text, flaw.detail, parts=flaw.parts)


def _check_scope(reader: Reader, values: Mapping[str, Any], path: str, naming: Naming) -> None:
    """Refuse a scope or a term that the person's pattern leaves no room for."""
    scope = values["collision"]["scope"]
    short = f"style: {values['style']}" if values["style"] else f"person: {naming.person.text}"
    in_local_part = any(piece.part in PLACES for piece in (*naming.person.front, *naming.person.behind))
    if scope == "unit" and not in_local_part:
        # Without the unit in the local part two units would make the same address (DN-4.2d: the pool is the
        # province; in a subdomain of its own the unit is the domain).
        reader.say("value_bad", f"{path}.collision.scope", scope, f"domain ({short})")
    if scope == "domain" and in_local_part:
        # The unit is in every address, so nobody collides beyond it (GL-7.2d).
        reader.say("value_bad", f"{path}.collision.scope", scope, f"unit ({short})")
    may_move = naming.person.has_unit or naming.kind_domains or naming.unit_domains
    if not may_move and naming.move_alias_months is not None:
        # DN-5.3: a mover keeps the address, so no old one is left over.
        reader.say("value_bad", f"{path}.move_alias_months", naming.move_alias_months, NOTHING.format(short))


Found = tuple[str, str, Flaw]  # the key, the pattern, what is wrong with it


def _joins(values: Mapping[str, Any], keys: Mapping[str, str]) -> Iterator[Found]:
    """Find joins that the decision does not have (GL-7.2b)."""
    patterns: list[tuple[str, str, Callable[..., object]]] = [
        (keys["person"], person_text(values), person_pattern),
        *((keys[kind], text, unit_pattern) for kind, text in unit_texts(values).items()),
        *(("collision.forms", text, form) for text in values["collision"]["forms"]),
    ]
    for key, text, read in patterns:
        try:
            read(text, values["joins"])
        except PatternError as error:
            yield key, text, error.flaw


def _flaws(naming: Naming, keys: Mapping[str, str]) -> Iterator[Found]:
    """Yield what is wrong with the patterns, as far as the examples show it."""
    office = _Office(naming)
    person = keys["person"], naming.person.text
    if not naming.write(ONE_WORD.name):
        yield *person, Flaw("pattern_empty", "<given>", (ONE_WORD.full_name,))
    if _touch(naming.person):
        yield *person, Flaw("pattern_touch", "", (office.of_person(PEOPLE[0], OFFICE),))
    longest = office.of_person(LONG, LONG_OFFICE)
    if longest.index("@") > LONGEST_LOCAL_PART:
        yield *person, Flaw("pattern_long", str(LONGEST_LOCAL_PART), (LONG.full_name, longest))
    units: dict[str, _Unit] = {}
    for unit in UNITS:
        key, text, address = keys[unit.kind], naming.units[unit.kind].text, office.of_unit(unit)
        other = units.setdefault(address, unit)
        if address.startswith("@"):
            yield key, text, Flaw("pattern_empty", "<unit>", (unit.title,))
        elif other is not unit:
            yield key, text, Flaw("pattern_same", "<unit>", (unit.title, other.title, address))
    homes = [unit for unit in UNITS if unit.kind in PEOPLE_KINDS]
    for one, home in product((*NAMESAKES, *PEOPLE), homes):
        address = office.of_person(one, home)
        if address in units:
            who = f"{one.full_name} ({home.title})"
            yield *person, Flaw("pattern_same", "<given>", (who, units[address].title, address))
    if naming.forms and naming.forms[-1].endless:
        yield from _idle_forms(naming)


def _touch(pattern: PersonPattern) -> bool:
    """Say whether nothing shows where the name ends and the unit begins."""
    near = list(takewhile(lambda piece: not piece.join, pattern.behind))
    for piece, before in pairwise(reversed((*pattern.front, pattern.personal[0]))):
        if piece.join:
            break
        near.append(before)
    return any(piece.part in PLACES for piece in near)


def _idle_forms(naming: Naming) -> Iterator[Found]:
    """Find forms that leave together whoever the forms before them left together."""
    people = [(one, naming.write(one.name)) for one in PEOPLE]
    groups = [group for group in _grouped(people, lambda _, base: base) if len(group) > 1]
    for tried in naming.forms[:-1]:
        if tried.endless:
            return  # another fault, told by itself
        written = partial(_written, tried)
        split = [_grouped(group, written) for group in groups]
        if groups and all(len(parts) == 1 for parts in split):
            first, *others = groups[0]
            other = next((pair for pair in others if pair[0].full_name != first[0].full_name), others[0])
            shown = [f"{one.full_name} ({one.birth_date:%d/%m/%Y})" for one, _ in (first, other)]
            yield "collision.forms", tried.text, Flaw("pattern_idle", "", (*shown, written(*first)))
        groups = [group for parts in split for group in parts if len(group) > 1]


def _written(tried: Form, one: _Person, base: str) -> str:
    return write(tried, one.name, base, one.birth_date)


def _grouped(
    people: Iterable[tuple[_Person, str]], key: Callable[[_Person, str], str]
) -> list[list[tuple[_Person, str]]]:
    groups: dict[str, list[tuple[_Person, str]]] = defaultdict(list)
    for pair in people:
        groups[key(*pair)].append(pair)
    return list(groups.values())


class _Office:
    """Addresses of the examples."""

    def __init__(self, naming: Naming) -> None:
        self.naming = naming

    def of_person(self, one: _Person, home: _Unit) -> str:
        personal = self.naming.write(one.name)
        front, behind, host = self.naming.person.around(self._place(home))
        return f"{front}{personal}{behind}@{host}"

    def of_unit(self, unit: _Unit) -> str:
        return "@".join(self.naming.units[unit.kind].write(self._place(unit)))

    def _place(self, unit: _Unit) -> dict[str, str]:
        return {**unit.place, "domain": self.naming.kind_domains.get(unit.kind, "gov.vn")}
