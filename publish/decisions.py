"""The page of the five decisions side by side, rule by rule, from their inventories."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from ansible_collections.congvu.mail.plugins.module_utils.parsing.yamltree import Node, read_yaml
from ansible_collections.congvu.mail.plugins.module_utils.policy.fields import Field, Record
from ansible_collections.congvu.mail.plugins.module_utils.policy.regulation import FILE
from ansible_collections.congvu.mail.plugins.module_utils.policy.schema import REGULATION, SAMPLES
from ansible_collections.congvu.mail.plugins.module_utils.policy.settings import flow

from .tables import WRITTEN, code, table

ARTICLE = re.compile(r"\b(?:GL|BD|DN|UB|QT)-\d+(?:\.\d+[a-zđ]?)?")
LONG = 60  # characters of a value that is not written five times over where it is the same


@dataclass(frozen=True)
class Decision:
    """One inventory's regulation: its values, and the lines of its file with the place of each key."""

    values: Mapping[str, object]
    lines: Sequence[str]
    tree: Node

    def value(self, path: Sequence[str]) -> object:
        """Return what it says of a key, or None."""
        found: object = self.values
        for key in path:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found

    def ground(self, path: Sequence[str]) -> str:
        """Return the articles that the comments at a key name, or that it is a choice."""
        node, line = self.tree, 0
        for key in path:
            place, node = next(pair for pair in node.pairs or () if pair[0].text == key)
            line = place.line
        first = line
        while self.lines[first - 2].lstrip().startswith("#"):
            first -= 1
        text = " ".join(row.partition("#")[2] for row in self.lines[first - 1 : _end(node, line)])
        articles = list(dict.fromkeys(ARTICLE.findall(text)))
        return ", ".join([*articles, *(["a choice"] if re.search(r"\bchoice\b", text) else [])])


def decisions_page(root: Path) -> str:
    """Return the page."""
    decisions = [_read(root / "inventories" / name / FILE) for name in SAMPLES]
    rows = []
    for path, field in _leaves(REGULATION.fields):
        rows.append([f"`{'.'.join(path)}`<br>{field.en}", *_cells(path, field, decisions)])
    parts = [
        WRITTEN,
        "# The five decisions, rule by rule",
        "To choose the nearest to your own decision: each key of [`regulation.yml`](regulation.md) with what "
        "the five say, and the article (GL Gia Lai, BD Bình Định, DN Đồng Nai, UB Ủy ban Dân tộc, "
        "QT Quảng Trị) or that it is the project's choice, because the text gives no figure. What is in "
        "*italics* is not set there, and is the default.",
        "A new site of the nearest: `make site NAME=<yours> FROM=<one of the five>` "
        "([a new site](../new-site.md)).",
        table(["key", *(f"`{name}`" for name in SAMPLES)], rows),
    ]
    return "\n\n".join(parts) + "\n"


def _read(file: Path) -> Decision:
    text = file.read_text(encoding="utf-8")
    tree, _ = read_yaml(text, FILE)
    pairs = tree.pairs if tree and tree.pairs else ()
    return Decision(yaml.safe_load(text)["regulation"], text.splitlines(), pairs[0][1])


def _leaves(
    fields: Mapping[str, Field], above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Field]]:
    for name, field in fields.items():
        if isinstance(field, Record):
            yield from _leaves(field.fields, (*above, name))
        else:
            yield (*above, name), field


def _cells(path: tuple[str, ...], field: Field, decisions: Sequence[Decision]) -> Iterator[str]:
    written: dict[str, str] = {}
    for name, decision in zip(SAMPLES, decisions, strict=True):
        value = decision.value(path)
        if value is None:
            default = "not set" if field.default in (None, "", [], {}) else flow(field.default)
            yield f"*{default}*"
            continue
        shown = flow(value)
        same = written.setdefault(shown, name)
        said = f"as `{same}`" if same != name and len(shown) > LONG else code(shown)
        yield "<br>".join(text for text in (said, decision.ground(path)) if text)


def _end(node: Node, line: int) -> int:
    """Return the last line of a value."""
    nested = [*(node.items or ()), *(part for pair in node.pairs or () for part in pair)]
    return max([line, node.line if node.text is not None else line, *(_end(one, line) for one in nested)])
