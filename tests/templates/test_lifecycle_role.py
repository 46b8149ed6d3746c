"""The role that installs the daily pass: what it brings to the host, rendered without one."""

from __future__ import annotations

import ast
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "plugins/module_utils"
VARS = yaml.safe_load((ROOT / "roles/lifecycle/vars/main.yml").read_text())


def imported(start: str) -> set[str]:
    """Every module of ours that a program needs, found by reading the imports."""
    found, todo = set(), [start]
    while todo:
        name = todo.pop()
        if name in found:
            continue
        found.add(name)
        todo += direct(name)
    return found


def direct(name: str) -> set[str]:
    package = Path(name).parent
    modules = set()
    for node in ast.walk(ast.parse((LIBRARY / name).read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            above = package
            for _ in range(node.level - 1):
                above = above.parent
            base = above / (node.module or "").replace(".", "/")
            candidates = [base.with_suffix(".py")] if node.module else []
            candidates += [base / f"{alias.name}.py" for alias in node.names] + [base / "__init__.py"]
            modules |= {str(path) for path in candidates if (LIBRARY / path).exists()}
    return modules


def test_it_installs_exactly_what_the_pass_imports() -> None:
    assert set(VARS["__lifecycle_pass"]) == imported("lifecycle/program.py")


def test_it_installs_exactly_what_the_store_imports() -> None:
    assert set(VARS["__lifecycle_store"]) == imported("lifecycle/store_program.py")
