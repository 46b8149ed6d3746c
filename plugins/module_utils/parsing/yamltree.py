# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""YAML of users, read as text with the line of every value.

Every scalar stays the text that was written: ``code: no`` is the unit "no" and ``head: 0012`` keeps its
zeros, where YAML's own types would give False and 10. Aliases are refused, so that a small file cannot unfold
into a huge one.
"""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from .problems import Problem

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where it is there: ten times faster
DEEPEST = 20  # levels of nesting; a roster has four


@dataclass(slots=True)  # twenty thousand of them in a province: frozen would be four times slower
class Node:
    """A value and the line (from 1) where it stands: text, a list of nodes, or a list of pairs of nodes."""

    line: int
    text: str | None = None
    items: tuple[Node, ...] | None = None
    pairs: tuple[tuple[Node, Node], ...] | None = None


class _Refused(Exception):
    """YAML that is right and that a roster has no use for."""

    def __init__(self, why: str, line: int) -> None:
        super().__init__(why)
        self.why, self.line = why, line


@dataclass
class _Open:
    """A collection whose end was not reached yet."""

    line: int
    mapping: bool
    children: list[Node]


def read_yaml(text: str, file: str, aliases: bool = False) -> tuple[Node | None, list[Problem]]:
    """Return the tree of the first document (None if there is none), or what is wrong with the text.

    With ``aliases``, one is an empty value instead of a fault.
    """
    try:
        return _build(text, aliases), []
    except _Refused as refused:
        return None, [Problem(file, refused.line, "", "yaml_syntax", "", refused.why)]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # What is missing at the end is reported behind the last line: show the last one.
        row = min(mark.line + 1, text.rstrip().count("\n") + 1) if mark else 1
        return None, [Problem(file, row, "", "yaml_syntax", "", str(error.problem or error.context))]
    except yaml.reader.ReaderError as error:
        at = text.find(chr(error.character)) if isinstance(error.character, int) else -1
        return None, [
            Problem(file, text.count("\n", 0, max(at, 0)) + 1, "", "yaml_syntax", "", str(error.reason))
        ]


def _build(text: str, aliases: bool) -> Node | None:
    opened: list[_Open] = []
    root: Node | None = None
    for event in yaml.parse(text, Loader=LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) and not aliases:
            raise _Refused("alias (*)", line)
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            opened.append(_Open(line, isinstance(event, yaml.MappingStartEvent), []))
            if len(opened) > DEEPEST:
                raise _Refused("too deep", line)
            continue
        if isinstance(event, (yaml.ScalarEvent, yaml.AliasEvent)):
            node = Node(line, _scalar(event) if isinstance(event, yaml.ScalarEvent) else "")
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            node = _closed(opened.pop())
        else:
            continue
        if opened:
            opened[-1].children.append(node)
        elif root is not None:
            raise _Refused("second document", node.line)
        else:
            root = node
    return root


def _scalar(event: yaml.ScalarEvent) -> str:
    """Return the text as written; a plain ``~`` or ``null`` is nothing."""
    plain = event.implicit[0]
    return "" if plain and event.value in ("~", "null", "Null", "NULL") else str(event.value)


def _closed(done: _Open) -> Node:
    if not done.mapping:
        return Node(done.line, items=tuple(done.children))
    pairs = zip(done.children[::2], done.children[1::2], strict=True)
    return Node(done.line, pairs=tuple(pairs))


def keys_of(node: Node, allowed: tuple[str, ...], file: str, problems: list[Problem]) -> dict[str, Node]:
    """Return the values of a mapping by key; an unknown or repeated key is a problem at its line."""
    if node.pairs is None:
        problems.append(
            Problem(
                file,
                node.line,
                "",
                "yaml_shape",
                node.text or "[...]",
                f"khóa: giá trị ({', '.join(allowed)})",
            )
        )
        return {}
    found: dict[str, Node] = {}
    for key, value in node.pairs:
        name = key.text or ""
        if name not in allowed:
            problems.append(Problem(file, key.line, name, "key_unknown", name, ", ".join(allowed)))
        elif name in found:
            problems.append(Problem(file, key.line, name, "key_duplicate", name))
        else:
            found[name] = value
    return found


def text_of(node: Node | None, key: str, file: str, problems: list[Problem]) -> str:
    """Return the stripped text of a scalar; anything else is a problem."""
    if node is None:
        return ""
    if node.text is None:
        problems.append(Problem(file, node.line, key, "yaml_shape", "[...]", "một chuỗi (text)"))
        return ""
    return node.text.strip()


def items_of(node: Node | None, key: str, file: str, problems: list[Problem]) -> tuple[Node, ...]:
    """Return the items of a list; nothing at all is an empty list."""
    if node is None or node.text == "":
        return ()
    if node.items is None:
        problems.append(
            Problem(file, node.line, key, "yaml_shape", node.text or "{...}", "một danh sách (list)")
        )
        return ()
    return node.items
