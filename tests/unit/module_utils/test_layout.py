"""One package for each question, and imports that go one way (README.md of module_utils has the order)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.samples import ROOT

CORE = ROOT / "plugins/module_utils"
ORDER = re.findall(r"^\| `(\w+)` \|", (CORE / "README.md").read_text(), re.M)


def package(path: Path) -> str:
    return path.relative_to(CORE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """Yield the packages of the core that a file imports from."""
    here = path.relative_to(CORE).parent.parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = [*here[: len(here) - node.level + 1], *(node.module.split(".") if node.module else ())]
            yield from {(base or [name.name])[0] for name in node.names}


def test_each_package_has_its_place_and_its_question():
    folders = {path.name for path in CORE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert {*folders, "clock"} == set(ORDER)
    assert {path.stem for path in CORE.glob("*.py")} == {"clock"}
    for name in folders:
        assert ast.get_docstring(ast.parse((CORE / name / "__init__.py").read_text())), name


def test_no_package_imports_from_one_below_it():
    back = [
        f"{path.relative_to(CORE)} imports from {other}"
        for path in sorted(CORE.rglob("*.py"))
        for other in imported(path)
        if ORDER.index(other) > ORDER.index(package(path))
    ]
    assert back == []


def test_the_index_names_modules_that_exist():
    index = (CORE / "README.md").read_text().partition("## Where a rule is carried out")[2]
    named = re.findall(r"`([a-z_]+/[a-z_]*)`", index)
    assert len(named) > 30
    assert [
        name for name in named if not (CORE / name).is_dir() and not (CORE / f"{name}.py").is_file()
    ] == []
    linked = re.findall(r"\]\(([^)]+)\)", index)
    assert len(linked) > 10
    assert [name for name in linked if not (CORE / name).exists()] == []
