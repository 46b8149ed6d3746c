# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Types of what a site says, and the one way in which a value is held against its type.

A field is data: what it is, where the decision asks for it, its default, an example. ``parse`` walks a value
and its field, reports every fault with its path, and returns plain values (text, numbers, lists, mappings)
with the defaults filled in. What it returns parses to itself, so that it can be handed on and read again.
"""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

from ..naming.patterns import PatternError
from ..parsing.problems import Problem

ONCE = "mỗi giá trị một lần (each once)"
TEXT = "một chuỗi (text)"


class Say(Protocol):
    """Takes a fault: its code, the path of the key, the value, and what would be right."""

    def __call__(
        self, code: str, path: str, value: object = "", detail: str = "", /, parts: tuple[str, ...] = ()
    ) -> None:
        """Note it."""


def nearest(name: object, known: Iterable[str]) -> str:
    """Return the known name that a misspelt one is most like, or nothing."""
    return next(iter(difflib.get_close_matches(str(name), list(known), 1, 0.7)), "")


def doubtful(problems: Iterable[Problem]) -> set[str]:
    """Return the paths of all that was found wrong, and of what misspelt names were meant to be."""
    paths = set()
    for problem in problems:
        paths.add(problem.column)
        if problem.code in ("variable_misspelt", "key_misspelt"):
            above, dot, _ = problem.column.rpartition(".")
            paths.add(above + dot + problem.parts[0])
    return paths


@dataclass(frozen=True, kw_only=True)
class Field:
    """One variable or key.

    ``vi`` and ``en`` say in a line what it is. ``source`` is the article (REQUIREMENTS), RFC or manual page;
    nothing where the figure is the project's choice. ``default`` None means "not set" and may be written so
    (``key:`` with nothing behind it); ``default_from`` says where such a value comes from then. ``readers``
    are the roles and playbooks that use it. ``later`` marks what may be empty until there are hosts.
    """

    kind: ClassVar[str] = ""
    vi: str = ""
    en: str = ""
    source: str = ""
    example: object = None
    required: bool = False
    default: object = None
    default_from: str = ""
    readers: tuple[str, ...] = ()
    later: bool = False

    def parse(self, value: object, path: str, say: Say) -> object:
        """Return the plain value; a fault is reported and gives the default."""
        raise NotImplementedError

    def absent(self, path: str, say: Say) -> object:
        """Return what holds where the site says nothing."""
        return self.default

    @property
    def wish(self) -> str:
        """What would be right, in a few words of both languages."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Text(Field):
    """One line of text: one of ``choices``, or what ``pattern`` matches as a whole; ``form`` shows one."""

    kind: ClassVar[str] = "text"
    pattern: str = ""
    form: str = ""
    choices: tuple[str, ...] = ()
    empty: bool = False

    def parse(self, value: object, path: str, say: Say) -> object:
        """Return the text."""
        if self.choices and value not in self.choices:
            say("value_unknown", path, value, ", ".join(self.choices))
        elif not isinstance(value, str):
            say("yaml_shape", path, value, self.wish)
        elif not self._right(value):
            say("value_bad", path, value, self.wish)
        else:
            return str(value)
        return self.default

    def _right(self, value: str) -> bool:
        if not value.strip():
            return self.empty and not value
        if not value.isprintable():  # a line break would begin a line of its own in somebody's configuration
            return False
        return not self.pattern or bool(re.fullmatch(self.pattern, value))

    @property
    def wish(self) -> str:
        """The choices, the form, or just text."""
        return ", ".join(self.choices) or self.form or TEXT


@dataclass(frozen=True, kw_only=True)
class Network(Text):
    """An address of the internet protocol or a network of them, as ``10.66.0.0/16``."""

    kind: ClassVar[str] = "network"
    form: str = "10.66.0.0/16"

    def _right(self, value: str) -> bool:
        try:
            ipaddress.ip_network(value)
        except ValueError:
            return False
        return True


@dataclass(frozen=True, kw_only=True)
class Pattern(Text):
    """A pattern of an address (docs/decision.md), which ``read`` takes or refuses; or one that has a name."""

    kind: ClassVar[str] = "pattern"
    read: Callable[[str], object]
    named: tuple[str, ...] = ()

    def parse(self, value: object, path: str, say: Say) -> object:
        """Return the pattern as text."""
        if value in self.named or not isinstance(value, str) or not self._right(value):
            return super().parse(value, path, say)
        if self.named and "<" not in value:
            say("value_unknown", path, value, self.wish)
            return self.default
        try:
            self.read(value)
        except PatternError as error:
            say(error.flaw.code, path, value, error.flaw.detail, parts=error.flaw.parts)
            return self.default
        return value

    @property
    def wish(self) -> str:
        """The names, and a pattern."""
        return ", ".join((*self.named, self.form))


@dataclass(frozen=True, kw_only=True)
class Number(Field):
    """A number from ``least`` to ``most``, of ``unit`` (Vietnamese, English); whole unless ``parts``."""

    kind: ClassVar[str] = "number"
    least: int = 1
    most: int = 2**31 - 1
    unit: str = ""
    parts: bool = False

    def parse(self, value: object, path: str, say: Say) -> object:
        """Return the number."""
        if isinstance(value, int) and not isinstance(value, bool) and self.least <= value <= self.most:
            return int(value)
        if self.parts and isinstance(value, float) and self.least <= value <= self.most:
            return float(value)
        say("value_bad", path, value, self.wish)
        return self.default

    @property
    def wish(self) -> str:
        """The bounds and the unit."""
        return f"{self.least} … {self.most}" + (f" ({self.unit})" if self.unit else "")


@dataclass(frozen=True, kw_only=True)
class Flag(Field):
    """True or false."""

    kind: ClassVar[str] = "flag"

    def parse(self, value: object, path: str, say: Say) -> object:
        """Return the flag."""
        if isinstance(value, bool):
            return value
        say("yaml_shape", path, value, self.wish)
        return self.default

    @property
    def wish(self) -> str:
        """Both."""
        return "true, false"


@dataclass(frozen=True, kw_only=True)
class Either(Field):
    """A value of the first of several types that takes it."""

    kind: ClassVar[str] = "either"
    of: tuple[Field, ...] = ()

    def parse(self, value: object, path: str, say: Say) -> object:
        """Return the value as the first type has it that finds no fault."""
        for field in self.of:
            faults: list[str] = []
            parsed = field.parse(value, path, lambda code, *_: faults.append(code))  # noqa: B023  called at once
            if not faults:
                return parsed
        say("value_bad", path, value, self.wish)
        return self.default

    @property
    def wish(self) -> str:
        """What each type asks."""
        return "; ".join(field.wish for field in self.of)


@dataclass(frozen=True, kw_only=True)
class Listed(Field):
    """A list of ``item``, at least ``least`` of them. Text and numbers may be there once only.

    The path of an item that is a mapping has its place in it, from 1; that of others is the list's.
    """

    kind: ClassVar[str] = "list"
    item: Field = Text()
    least: int = 0

    def parse(self, value: object, path: str, say: Say) -> object:
        """Return the list."""
        if not isinstance(value, list | tuple):
            say("yaml_shape", path, value, f"một danh sách (list): {self.wish}")
            return self.default
        nested = isinstance(self.item, Record)
        items = [
            self.item.parse(item, f"{path}.{place}" if nested else path, say)
            for place, item in enumerate(value, 1)
        ]
        shown = [str(item) for item in value]
        if not nested and len(set(shown)) < len(shown):
            say("value_bad", path, ", ".join(shown), ONCE)
        if len(value) < self.least:
            say("value_bad", path, value, self.wish)
        return items

    @property
    def wish(self) -> str:
        """What its items are."""
        return f"[{self.item.wish}, ...]"


@dataclass(frozen=True, kw_only=True)
class Record(Field):
    """A mapping with known keys. A ``sparse`` one keeps only the keys that are given, at least one."""

    kind: ClassVar[str] = "mapping"
    fields: Mapping[str, Field]
    sparse: bool = False

    def absent(self, path: str, say: Say) -> object:
        """Return the default with the defaults of its keys."""
        return None if self.default is None else self.parse(self.default, path, say)

    def parse(self, value: object, path: str, say: Say) -> object:
        """Return the mapping with the defaults filled in."""
        if not isinstance(value, Mapping):
            say("yaml_shape", path, value, f"một bảng khóa: giá trị (mapping): {self.wish}")
            return self.default
        if self.sparse and not value:
            say("value_bad", path, value, self.wish)
        return parse_keys(self.fields, value, path, say, self.sparse)

    @property
    def wish(self) -> str:
        """Its keys."""
        return ", ".join(self.fields)


@dataclass(frozen=True, kw_only=True)
class Table(Field):
    """A mapping whose keys are the site's own (``key`` shows one), each with an ``item``."""

    kind: ClassVar[str] = "table"
    item: Field
    key: str = ""
    pattern: str = r"[^\x00-\x1f]*\S[^\x00-\x1f]*"

    def parse(self, value: object, path: str, say: Say) -> object:
        """Return the mapping."""
        if not isinstance(value, Mapping):
            say("yaml_shape", path, value, self.wish)
            return self.default
        for key in value:
            if not isinstance(key, str) or not re.fullmatch(self.pattern, key):
                say("value_bad", f"{path}.{key}", key, self.wish)
        return {str(key): self.item.parse(item, f"{path}.{key}", say) for key, item in value.items()}

    @property
    def wish(self) -> str:
        """What a line of it looks like."""
        return f"{self.key}: {self.item.wish}"


def parse_keys(
    fields: Mapping[str, Field], given: Mapping[object, object], path: str, say: Say, sparse: bool = False
) -> dict[str, object]:
    """Return the value of each field; unknown and missing keys are refused."""
    meant = set()
    for key in given:
        if key not in fields:
            like = nearest(key, [name for name in fields if name not in given])
            meant.add(like)
            known = ", ".join(fields)
            if like:
                say("key_misspelt", f"{path}.{key}", key, parts=(like, known))
            else:
                say("key_unknown", f"{path}.{key}", key, known)
    found: dict[str, object] = {}
    for key, field in fields.items():
        if key in given and not (given[key] is None and field.default is None and not field.required):
            found[key] = field.parse(given[key], f"{path}.{key}", say)
        elif not sparse:
            if field.required and key not in meant:
                say("key_missing", f"{path}.{key}", key, f"{key}: {field.wish}")
            found[key] = field.absent(f"{path}.{key}", say)
    return found
