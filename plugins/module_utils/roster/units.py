# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""``roster/units.yml``: agencies, departments, localities and role mailboxes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache

from ..naming.addresses import JOINS, is_local_part
from ..naming.names import fold
from ..parsing.problems import Problem
from ..parsing.yamltree import Node, items_of, keys_of, read_yaml, text_of
from ..policy.schema import CONTACTS, KINDS

FILE = "roster/units.yml"
KEYS = (
    "code", "name", "kind", "parent", "aliases", "head", "it_officer", "clerk", "delegates", "mailbox",
    "status", "successor",
)  # fmt: skip
# How a missing key is written.
EXAMPLES = {
    "code": "code: snv",
    "name": "name: Sở Nội vụ",
    "kind": f"kind: {' | '.join(KINDS)}",
    "successor": "successor: skhcn",
    "person": "person: GL-0001",
}
PEOPLE_KINDS = ("agency", "locality")  # these have a people file
CODE = re.compile("[a-z0-9]{1,63}")  # it may be a label of a domain (BD-4.1a): RFC 1035 2.3.4
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_LOCAL_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)


class UnitStatus(StrEnum):
    """What `units.yml` says of a unit; a missing key is `active`."""

    ACTIVE = "active"
    DISSOLVED = "dissolved"


@dataclass(frozen=True)
class Delegate:
    """Who may use the unit mailbox (GL-10.1), from and until, both days included."""

    person: str
    start: date | None
    end: date | None
    line: int

    def overlaps(self, other: Delegate) -> bool:
        """Say whether it is the same person on the same day; an open end is for ever."""
        if self.person != other.person:
            return False
        begun = self.start is None or other.end is None or self.start <= other.end
        return begun and (other.start is None or self.end is None or other.start <= self.end)


@dataclass(frozen=True)
class Unit:
    """One unit. ``path`` names it everywhere, own code first: ``cntt.stttt``."""

    path: str
    code: str
    name: str
    kind: str
    parent: str
    line: int
    aliases: tuple[str, ...] = ()
    mailbox: str = ""
    contacts: Mapping[str, str] = field(default_factory=dict)
    delegates: tuple[Delegate, ...] = ()
    status: str = UnitStatus.ACTIVE
    successor: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)  # where each key stands

    @property
    def active(self) -> bool:
        """False once it is dissolved: it has no people and no new address then."""
        return self.status == UnitStatus.ACTIVE


@cache  # a roster has the same days again and again
def parse_date(text: str) -> date | None:
    """Read YYYY-MM-DD or DD/MM/YYYY; None if there is no such day. Years run from 1900 to 2100."""
    try:
        if len(text) == 10 and text[4] == text[7] == "-":
            day = date.fromisoformat(text)  # what nearly every file has, read four times faster
        elif found := _ISO_DAY.fullmatch(text):
            day = date(*map(int, found.group(1, 2, 3)))
        elif found := _LOCAL_DAY.fullmatch(text):
            day = date(*map(int, found.group(3, 2, 1)))
        else:
            return None
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2100 else None


def load_units(data: bytes, file: str = FILE) -> tuple[list[Unit], list[Problem]]:
    """Return the units of a file in its order, except those with a faulty code or kind, and every problem."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        return [], [Problem(file, row, "", "not_utf8", f"0x{data[error.start]:02X}")]
    problems: list[Problem] = []
    root, problems = read_yaml(text, file)
    if root is None:
        if not problems:
            problems = [Problem(file, 1, "units", "key_missing", "units", "units: [...]")]
        return [], problems
    top = keys_of(root, ("units",), file, problems)
    if "units" not in top and root.pairs is not None:
        problems.append(Problem(file, root.line, "units", "key_missing", "units", "units: [...]"))
    drafts = [_Draft(item, file, problems) for item in items_of(top.get("units"), "units", file, problems)]
    _alike(drafts)
    return _assemble([draft for draft in drafts if draft.sound], file, problems), problems


class _Draft:
    """One entry as it was written, before its parent is known."""

    def __init__(self, item: Node, file: str, problems: list[Problem]) -> None:
        self.line, self.file, self.problems = item.line, file, problems
        self.nodes = keys_of(item, KEYS, file, problems)
        self.lines = {key: node.line for key, node in self.nodes.items()}
        self.code, self.name, self.kind = (self.text(key) for key in ("code", "name", "kind"))
        self.parent, self.status = self.text("parent"), self.text("status") or UnitStatus.ACTIVE
        self.sound = item.pairs is not None and self._check()

    def text(self, key: str) -> str:
        return text_of(self.nodes.get(key), key, self.file, self.problems)

    def say(self, code: str, key: str, value: str = "", detail: str = "") -> None:
        self.problems.append(Problem(self.file, self.lines.get(key, self.line), key, code, value, detail))

    def _check(self) -> bool:
        for key in ("code", "name", "kind"):
            if not self.text(key):
                self.say("key_missing", key, key, EXAMPLES[key])
        if self.code and not CODE.fullmatch(self.code):
            self.say("value_bad", "code", self.code, f"a-z, 0-9: {fold(self.code)}".rstrip(": "))
        if self.kind and self.kind not in KINDS:
            self.say("value_unknown", "kind", self.kind, ", ".join(KINDS))
        if self.status not in set(UnitStatus):
            self.say("value_unknown", "status", self.status, "active, dissolved")
        if self.status == UnitStatus.DISSOLVED and not self.text("successor"):
            self.say("key_missing", "status", "successor", EXAMPLES["successor"])
        return bool(CODE.fullmatch(self.code)) and self.kind in KINDS

    def unit(self, path: str, parent: str) -> Unit:
        contacts = {key: self.text(key) for key in CONTACTS}
        return Unit(
            path=path,
            code=self.code,
            name=" ".join(unicodedata.normalize("NFC", self.name).split()),
            kind=self.kind,
            parent=parent,
            line=self.line,
            aliases=tuple(self._local_part(alias, "aliases") for alias in self._texts("aliases")),
            mailbox=self._local_part(self.text("mailbox"), "mailbox"),
            contacts={key: value for key, value in contacts.items() if value},
            delegates=tuple(self._delegates()),
            status=self.status,
            successor=self.text("successor"),
            lines=self.lines,
        )

    def _texts(self, key: str) -> list[str]:
        items = items_of(self.nodes.get(key), key, self.file, self.problems)
        return [text for item in items if (text := text_of(item, key, self.file, self.problems))]

    def _local_part(self, text: str, key: str) -> str:
        if text and not is_local_part(text.lower(), JOINS):
            self.say("address_bad", key, text)
        return text.lower()

    def _delegates(self) -> list[Delegate]:
        found: list[Delegate] = []
        for item in items_of(self.nodes.get("delegates"), "delegates", self.file, self.problems):
            keys = keys_of(item, ("person", "from", "until"), self.file, self.problems)
            person, *dates = (
                text_of(keys.get(key), key, self.file, self.problems) for key in ("person", "from", "until")
            )
            if not person and item.pairs is not None:
                self.problems.append(
                    Problem(self.file, item.line, "person", "key_missing", "person", EXAMPLES["person"])
                )
            start, end = (
                self._date(keys.get(key), text, key)
                for key, text in zip(("from", "until"), dates, strict=True)
            )
            if start and end and end < start:
                line = keys["until"].line
                self.problems.append(
                    Problem(self.file, line, "until", "dates_reversed", str(end), str(start))
                )
            delegate = Delegate(person, start, end, item.line)
            if earlier := next((other for other in found if person and other.overlaps(delegate)), None):
                detail = str(earlier.line)
                self.problems.append(
                    Problem(self.file, item.line, "person", "delegate_twice", person, detail)
                )
            found.append(delegate)
        return found

    def _date(self, node: Node | None, text: str, key: str) -> date | None:
        day = parse_date(text) if text else None
        if node is not None and text and day is None:
            self.problems.append(Problem(self.file, node.line, key, "date_bad", text))
        return day


def _alike(drafts: Iterable[_Draft]) -> None:
    """Report active units of one parent whose codes are the same once folded: SNV and snv, đakdoa and dakdoa.

    Two sound codes that fold alike are the same code, which ``_assemble`` reports.
    """
    first: dict[tuple[str, ...], _Draft] = {}
    for draft in drafts:
        key = tuple(map(fold, (draft.code, *draft.parent.split("."))))
        if draft.status != UnitStatus.ACTIVE or not key[0]:
            continue
        other = first.setdefault(key, draft)
        if other is not draft and not (other.sound and draft.sound):
            place = f'"{other.code}": {other.name} ({other.file}:{other.lines["code"]})'
            draft.say("unit_alike", "code", draft.code, place)


def _assemble(drafts: list[_Draft], file: str, problems: list[Problem]) -> list[Unit]:
    """Give each unit its path. Two active units of one path, unknown parents and circles are problems."""
    paths = _Paths(drafts)
    taken: dict[str, _Draft] = {}
    units = []
    for draft in sorted(drafts, key=lambda draft: draft.status == UnitStatus.DISSOLVED):
        path, parent = paths.of(draft)
        if path is None:
            circle = draft.parent and parent == "circle"
            draft.say(
                "parent_cycle" if circle else "unit_unknown",
                "parent",
                draft.parent,
                _some(paths.known(), circle, draft),
            )
        elif path in taken and draft.status == UnitStatus.ACTIVE:
            other = taken[path]
            draft.say("unit_duplicate", "code", draft.code, f"{other.name} ({file}:{other.line})")
        else:
            taken.setdefault(path, draft)
            units.append(draft.unit(path, parent))
    for unit in units:
        if unit.successor and unit.successor not in taken:
            problems.append(
                Problem(
                    file,
                    unit.lines["successor"],
                    "successor",
                    "unit_unknown",
                    unit.successor,
                    ", ".join(sorted(taken)[:20]),
                )
            )
    return sorted(units, key=lambda unit: unit.line)


def _some(known: list[str], circle: object, draft: _Draft) -> str:
    return f"{draft.code} → {draft.parent} → … → {draft.code}" if circle else ", ".join(known[:20])


class _Paths:
    """Works out paths from parents, which are named by path or, where that is clear, by code alone."""

    def __init__(self, drafts: list[_Draft]) -> None:
        self.by_code: dict[str, list[_Draft]] = {}
        for draft in drafts:
            self.by_code.setdefault(draft.code, []).append(draft)
        self.found: dict[int, tuple[str | None, str]] = {}

    def of(self, draft: _Draft) -> tuple[str | None, str]:
        """Return path and parent's path; no path where the parents are unknown or run in a circle."""
        if not draft.parent:
            return draft.code, ""
        if id(draft) not in self.found:
            self.found[id(draft)] = (None, "circle")  # what a descendant finds that comes back here
            self.found[id(draft)] = self._below(draft)
        return self.found[id(draft)]

    def _below(self, draft: _Draft) -> tuple[str | None, str]:
        candidates = self.by_code.get(draft.parent.partition(".")[0], [])
        answers = [self.of(candidate) for candidate in candidates]
        exact = {path for path, _ in answers if path == draft.parent}
        clear = {path for path, _ in answers if path} if "." not in draft.parent else set()
        if exact or len(clear) == 1:
            parent = (exact or clear).pop() or ""
            return f"{draft.code}.{parent}", parent
        return None, "circle" if any(reason == "circle" for path, reason in answers if path is None) else ""

    def known(self) -> list[str]:
        """Return the paths that could be worked out."""
        return sorted(
            path for drafts in self.by_code.values() for draft in drafts if (path := self.of(draft)[0])
        )
