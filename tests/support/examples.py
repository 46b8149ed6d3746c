"""Examples that stand in comments and documents, as the YAML that a user would make of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from .samples import ROOT

KEY = re.compile(r"# (\w+):(?: |$)")
BELOW = re.compile(r"#   ")
BLOCK = re.compile(r"^```ya?ml\n(.*?)^```", re.DOTALL | re.MULTILINE)


def commented(text: str, known: set[str]) -> list[str]:
    """The examples in comments, without their "# "; a name that is known begins one."""
    found: list[str] = []
    inside = False
    for line in text.splitlines(keepends=True):
        key = KEY.match(line)
        begins = key is not None and key[1] in known
        inside = begins or (inside and BELOW.match(line) is not None)
        if begins:
            found.append(line[2:])
        elif inside:
            found[-1] += line[2:]
    return found


def filled(text: str) -> str:
    """What stands for a key is one, and each another."""
    letters = iter("qpzry9x8gf2tvdw0")
    text = re.sub(r"age1\.\.\.", lambda _: f"age1{next(letters) * 58}", text)
    return text.replace("AAAA...", "AAAA" + "C3NzaC1lZDI1NTE5AAAAI" + "A" * 43)


def documents() -> Iterator[tuple[Path, str]]:
    """Every block of YAML of every document that is shipped."""
    folders = ("docs/**/*.md", "roles/*/README.md", "README*.md")
    for path in sorted(path for pattern in folders for path in ROOT.glob(pattern)):
        for text in BLOCK.findall(path.read_text()):
            yield path.relative_to(ROOT), text
