# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files of variables, which Ansible reads itself: where a key stands, and what keeps a file from being read.

Ansible hands over values without their places, so the file is read once more. A variable may also come from
elsewhere; then its problem keeps row 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import yaml

from .problems import Problem
from .tables import read_bytes
from .yamltree import Node, read_yaml

FOLDER = "group_vars/all"


def locate(site: Path, problems: Iterable[Problem]) -> list[Problem]:
    """Give each problem of a YAML file that has a key path and no row the line of that key."""
    trees: dict[str, Node | None] = {}

    def line(problem: Problem) -> int:
        if problem.file not in trees:
            trees[problem.file] = _tree(site, problem.file)
        return _line(trees[problem.file], problem.column)

    return [
        replace(problem, row=line(problem))
        if problem.row == 0 and problem.column and problem.file.endswith(".yml")
        else problem
        for problem in problems
    ]


def unreadable(site: Path) -> list[Problem]:
    """Return what keeps Ansible from reading a file of variables: itself it names neither file nor line."""
    problems: list[Problem] = []
    for path in sorted((site / FOLDER).glob("*.yml")):
        file = f"{FOLDER}/{path.name}"
        data, found = read_bytes(path, file)
        problems += found if data is None else unreadable_yaml(data, file)
    return problems


def unreadable_yaml(data: bytes, file: str) -> list[Problem]:
    """Return what keeps Ansible from reading a file of variables or hosts, in YAML and not sealed."""
    if data.startswith(b"$ANSIBLE_VAULT;"):
        return []
    return _read(data, file)[1] or _unmade(data, file)


class _Values(yaml.SafeLoader):
    """Makes values as Ansible does; one with a tag of its own (``!vault``) is nothing here."""


_Values.add_multi_constructor("!", lambda *_: None)


def _unmade(data: bytes, file: str) -> list[Problem]:
    """Return the first thing that is right as text and no value: an unknown tag, a day that there is not."""
    try:
        yaml.load(data.decode("utf-8-sig"), Loader=_Values)  # noqa: S506  it makes nothing but plain values
    except yaml.MarkedYAMLError as error:
        row = error.problem_mark.line + 1 if error.problem_mark else 1
        return [Problem(file, row, "", "yaml_syntax", "", str(error.problem))]
    except Exception as error:  # of any kind: "!!bool x" is a KeyError, "!!timestamp x" an AttributeError
        return [Problem(file, 0, "", "yaml_syntax", "", str(error) or type(error).__name__)]
    return []


def _tree(site: Path, file: str) -> Node | None:
    data, _ = read_bytes(site / file, file)
    return _read(data or b"", file)[0]


def _read(data: bytes, file: str) -> tuple[Node | None, list[Problem]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        return None, [Problem(file, row, "", "not_utf8", f"0x{data[error.start]:02X}")]
    root, problems = read_yaml(text, file, aliases=True)
    if root is not None and root.pairs is None and root.text != "":  # an empty file sets nothing
        shape = "một bảng khóa: giá trị (mapping)"
        problems = [Problem(file, root.line, "", "yaml_shape", root.text or "[...]", shape)]
    return root, problems


def _line(node: Node | None, path: str) -> int:
    """Return the line of the key at ``a.b.c``, of the nearest key above if it is not there, or 0."""
    line, rest = 0, f"{path}."
    while node is not None and node.pairs is not None:
        # A misspelt key may have dots itself, so the words of the path are not split.
        step = next(((key, value) for key, value in node.pairs if rest.startswith(f"{key.text}.")), None)
        if step is None:
            break
        line, node = step[0].line, step[1]
        rest = rest.removeprefix(f"{step[0].text}.")
    return line
