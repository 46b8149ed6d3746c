# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The mapping file of a reorganisation: which units and domains become what, by which decision.

One file is reviewed, and ``restructure`` carries it out. A unit is named as it is before, every target as it
is afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from ..parsing.problems import Problem
from ..parsing.yamltree import Node, items_of, keys_of, read_yaml, text_of
from ..policy.settings import DOMAIN
from ..roster.units import CODE, KEYS, parse_date

TOP_KEYS = ("decision_no", "decision_date", "alias_until", "begin", "units", "domains")
# What may happen to a unit; the keys of one line go together, and only one line is possible at a time.
RENAME = ("rename_to", "name", "parent", "mailbox")
MERGE = ("merge_into",)
DISSOLVE = ("successor", "dissolve_into")
UNIT_KEYS = ("unit", *RENAME, *MERGE, *DISSOLVE)
DOMAIN_KEYS = ("domain", "into", "site", "units")


@dataclass(frozen=True)
class Step:
    """What becomes of one unit.

    ``into`` says where whom goes: by person_id, or by the path of a department.
    """

    unit: str
    line: int
    code: str = ""
    name: str = ""
    parent: str = ""
    mailbox: str = ""
    merge_into: str = ""
    successor: str = ""
    into: Mapping[str, str] = field(default_factory=dict, hash=False)
    lines: Mapping[str, int] = field(
        default_factory=dict, hash=False
    )  # where each key stands, those of ``into`` too

    @property
    def end(self) -> str:
        """The unit that stands for it afterwards, if it ends."""
        return self.merge_into or self.successor


@dataclass(frozen=True)
class Begin:
    """A unit that begins: its entry is copied into ``units.yml`` as it stands, and checked there."""

    path: str
    name: str
    line: int


@dataclass(frozen=True)
class DomainStep:
    """A domain whose addresses are issued anew in another, with the site that it comes from, if it is one."""

    domain: str
    into: str
    line: int
    site: str = ""
    steps: tuple[Step, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict, hash=False)

    def covers(self, domain: str) -> bool:
        """Say whether a domain is the one that is given up, or an agency's below it (BD-4.1a)."""
        return f".{domain}".endswith(f".{self.domain}")


@dataclass(frozen=True)
class Reorganisation:
    """One decision, carried out at once. ``data`` is the file itself."""

    decision_no: str
    decision_date: date
    file: str
    data: bytes
    alias_until: date | None = None
    begins: tuple[Begin, ...] = ()
    steps: tuple[Step, ...] = ()
    domains: tuple[DomainStep, ...] = ()


def load_mapping(data: bytes, file: str) -> tuple[Reorganisation | None, list[Problem]]:
    """Return the reorganisation, or None, and every problem of the file."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        return None, [Problem(file, row, "", "restructure_not_utf8", f"0x{data[error.start]:02X}")]
    root, problems = read_yaml(text, file)
    if root is None:
        return None, problems or [
            Problem(file, 1, "decision_no", "key_missing", "decision_no", "decision_no: ...")
        ]
    reader = _Reader(file, problems)
    found = reader.reorganisation(root, data)
    return (None if problems else found), problems


class _Reader:
    """Reads the parts of one file; what is wrong goes to ``problems``."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file, self.problems = file, problems

    def say(self, line: int, column: str, code: str, value: str = "", detail: str = "") -> None:
        self.problems.append(Problem(self.file, line, column, code, value, detail))

    def text(self, nodes: Mapping[str, Node], key: str) -> str:
        return text_of(nodes.get(key), key, self.file, self.problems)

    def needed(self, nodes: Mapping[str, Node], key: str, line: int, example: str) -> str:
        text = self.text(nodes, key)
        if not text and (key not in nodes or nodes[key].text is not None):
            self.say(line, key, "key_missing", key, f"{key}: {example}")
        return text

    def reorganisation(self, root: Node, data: bytes) -> Reorganisation | None:
        nodes = keys_of(root, TOP_KEYS, self.file, self.problems)
        if root.pairs is None:
            return None
        number = self.needed(nodes, "decision_no", root.line, "45/NQ-HĐND")
        self.needed(nodes, "decision_date", root.line, "2025-03-01")
        day, until = self.day(nodes, "decision_date"), self.day(nodes, "alias_until")
        if day and until and until < day:
            self.say(nodes["alias_until"].line, "alias_until", "dates_reversed", str(until), str(day))
        begun = tuple(map(self.begin, self.items(nodes, "begin")))
        steps, domains = self.steps(nodes), [self.domain(item) for item in self.items(nodes, "domains")]
        if not (begun or steps or domains or self.problems):
            self.say(root.line, "units", "key_missing", "units", "units, begin, domains")
        return Reorganisation(number, day or date.min, self.file, data, until, begun, steps, tuple(domains))

    def items(self, nodes: Mapping[str, Node], key: str) -> tuple[Node, ...]:
        return items_of(nodes.get(key), key, self.file, self.problems)

    def day(self, nodes: Mapping[str, Node], key: str) -> date | None:
        text = self.text(nodes, key)
        day = parse_date(text) if text else None
        if text and day is None:
            self.say(nodes[key].line, key, "date_bad", text)
        return day

    def begin(self, item: Node) -> Begin:
        nodes = keys_of(item, KEYS, self.file, self.problems)
        code = self.needed(nodes, "code", item.line, "dakdoaxa") if item.pairs is not None else ""
        parent = self.text(nodes, "parent")
        return Begin(f"{code}.{parent}" if parent else code, self.text(nodes, "name"), item.line)

    def steps(self, nodes: Mapping[str, Node]) -> tuple[Step, ...]:
        found: dict[str, Step] = {}
        for item in self.items(nodes, "units"):
            step = self.step(item)
            if step.unit and step.unit in found:
                place = f"{self.file}:{found[step.unit].line}"
                self.say(step.line, "unit", "restructure_twice", step.unit, place)
            found[step.unit] = step
        return tuple(found.values())

    def step(self, item: Node) -> Step:
        nodes = keys_of(item, UNIT_KEYS, self.file, self.problems)
        if item.pairs is None:
            return Step("", item.line)
        unit = self.needed(nodes, "unit", item.line, "cntt.stttt")
        given = [group[0] for group in (RENAME, MERGE, DISSOLVE) if any(key in nodes for key in group)]
        if len(given) != 1:
            self.say(item.line, "unit", "restructure_verb", unit, ", ".join(given))
        code = self.text(nodes, "rename_to")
        if code and not CODE.fullmatch(code):
            self.say(nodes["rename_to"].line, "rename_to", "value_bad", code, "a-z, 0-9")
        if "merge_into" in nodes:
            self.needed(nodes, "merge_into", item.line, "skhcn")
        if "dissolve_into" in nodes:
            self.needed(nodes, "successor", item.line, "dakdoaxa")
        lines = {key: node.line for key, node in nodes.items()}
        into = self.table(nodes.get("dissolve_into"), lines)
        name, parent, mailbox, merge, successor = (
            self.text(nodes, key) for key in (*RENAME[1:], *MERGE, "successor")
        )
        return Step(unit, item.line, code, name, parent, mailbox, merge, successor, into, lines)

    def table(self, node: Node | None, lines: dict[str, int]) -> dict[str, str]:
        """Return who goes where; any key is possible, so only the form is checked here."""
        if node is None or node.text == "":
            return {}
        keys = tuple(dict.fromkeys(key.text or "" for key, _ in node.pairs or ()))
        found = {}
        for key, value in keys_of(node, keys, self.file, self.problems).items():
            found[key] = self.needed({key: value}, key, value.line, "dakdoaxa")
            lines[key] = value.line
        return found

    def domain(self, item: Node) -> DomainStep:
        nodes = keys_of(item, DOMAIN_KEYS, self.file, self.problems)
        if item.pairs is None:
            return DomainStep("", "", item.line)
        old, new = (self.needed(nodes, key, item.line, "gialai.gov.vn") for key in ("domain", "into"))
        for key, name in (("domain", old), ("into", new)):
            if name and not DOMAIN.fullmatch(name):
                self.say(nodes[key].line, key, "value_bad", name, "gialai.gov.vn")
        if old and old == new:
            self.say(nodes["into"].line, "into", "value_bad", new, "một tên miền khác (another domain)")
        site, steps = self.text(nodes, "site"), self.steps(nodes)
        if steps and not site:
            # The units of this site itself stand under the key units of the file.
            self.say(item.line, "site", "key_missing", "site", "site: ../binhphuoc")
        return DomainStep(old, new, item.line, site, steps, {key: node.line for key, node in nodes.items()})
