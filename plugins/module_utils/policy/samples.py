# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a new site still has of the sample that it was made from: blanks, and values that are the sample's.

A blank is an error wherever it stands. Values are compared where the site names its sample (``mail_sample``),
so the samples themselves are sites like any other.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..parsing.problems import Problem
from .fields import Field, Listed, Record, Table
from .hosts import FILE as HOSTS_FILE
from .regulation import FILE as REGULATION_FILE
from .schema import PARAMETERS, REGULATION, SAMPLES, VARIABLES
from .settings import FILE

BLANK = "FILL-IN"
DOMAIN_BLANK = f"{BLANK}-DOMAIN"
# What is the sample's own, besides its domains: nobody else has the same.
OWN = ("mail_organization", "mail_support.phone", "regulation.decision")
HOST_NAME = "tên máy chủ (name of the host)"


@dataclass(frozen=True)
class Sample:
    """The values of a sample that no other site has: its domains, and what stands at ``OWN``."""

    name: str
    domains: tuple[str, ...]
    values: Mapping[str, str]


def sample_of(name: str, variables: Mapping[str, Any]) -> Sample:
    """Return what is the own of a sample, from its variables as its files have them."""
    listed = {variables["mail_domain"], *variables["mail_domains"]}
    texts = {path: value for path, value in _texts(variables) if path in OWN}
    return Sample(name, tuple(sorted(listed, key=len, reverse=True)), texts)


def check_new_site(
    variables: Mapping[str, object], groups: Mapping[str, Sequence[str]] | None, sample: Sample | None
) -> list[Problem]:
    """Return what nobody has filled in, and what is the sample's still; ``sample`` where the site has one."""
    places = [(_file(path), path, value, _meaning(path)) for path, value in _texts(variables)]
    places += [(HOSTS_FILE, path, host, HOST_NAME) for path, host in _hosts(groups or {})]
    problems = []
    for file, path, value, meaning in places:
        if BLANK in value:
            problems.append(Problem(file, 0, path, "blank_left", value, meaning))
        elif sample and _is_of(sample, path, value):
            problems.append(Problem(file, 0, path, "sample_left", value, parts=(sample.name, meaning)))
    return problems


def without_consequences(problems: Collection[Problem]) -> list[Problem]:
    """Leave out what is also wrong where a blank is: that is the one thing to say of it."""
    blank = {(problem.file, problem.column) for problem in problems if problem.code == "blank_left"}
    return [
        problem
        for problem in problems
        if problem.code == "blank_left" or (problem.file, problem.column) not in blank
    ]


def cited_articles(sample: str, text: str) -> list[Problem]:
    """Warn of comments in ``regulation.yml`` that cite the articles of the sample's decision."""
    lines = [
        (row, found[0])
        for row, line in enumerate(text.splitlines(), 1)
        if (found := re.search(rf"\b{SAMPLES[sample]}-\d[\w.]*\w", line.partition("#")[2]))
    ]
    if not lines:
        return []
    row, article = lines[0]
    listed = ", ".join(str(row) for row, _ in lines)
    return [Problem(REGULATION_FILE, row, "", "sample_articles", article, listed)]


def _texts(node: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text that the site sets, with the path that the schema's problems have."""
    match node:
        case str():
            yield path, node
        case Mapping():
            for key, value in node.items():
                below = f"{path}.{key}" if path else str(key)
                yield from _texts(value, below)
        case list() | tuple():
            for place, item in enumerate(node, 1):
                yield from _texts(item, f"{path}.{place}" if isinstance(item, Mapping) else path)


def _hosts(groups: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    for group, hosts in groups.items():
        if group not in ("all", "ungrouped"):
            yield from ((f"all.children.{group}.hosts.{host}", host) for host in hosts)


def _file(path: str) -> str:
    return REGULATION_FILE if path.partition(".")[0] == "regulation" else FILE


def _is_of(sample: Sample, path: str, value: str) -> bool:
    if sample.values.get(path) == value:
        return True
    return any(re.search(rf"(?<![\w-]){re.escape(domain)}(?![\w-])", value) for domain in sample.domains)


def _meaning(path: str) -> str:
    """Return what belongs at a path, in both languages."""
    field: Field | None = Record(fields={**VARIABLES, **PARAMETERS, "regulation": REGULATION})
    for key in path.split("."):
        match field:
            case Record():
                field = field.fields.get(key)
            case Listed() | Table():
                field = field.item
    while isinstance(field, Listed) and not field.vi:
        field = field.item
    return f"{field.vi} ({field.en})" if field and field.vi else path
