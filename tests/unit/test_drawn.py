"""Hypothesis draws the same examples in every run: alone, among others, in any order, on several workers."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.support.samples import ROOT

FOLDER = "tests/unit/module_utils"
ONE, OTHER = f"{FOLDER}/naming/test_names.py", f"{FOLDER}/roster/test_units.py"
MORE = f"{FOLDER}/reorganisation/test_restructure.py"  # imports much else of the project, and is not run


def drawn(folder, *arguments):
    """Run tests with the plugin; return test, number of examples and their digest, line by line."""
    file = folder / f"{len(list(folder.iterdir()))}.txt"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.support.drawn", "-m", "hypothesis", *arguments],
        cwd=ROOT, env=environment | {"PYTHONPATH": ".", "DRAWN": str(file)}, check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return sorted(file.read_text().splitlines())


def test_the_examples_do_not_depend_on_what_runs_with_them(tmp_path):
    alone = drawn(tmp_path, ONE)
    assert len(alone) == 4
    beside = drawn(tmp_path, MORE, OTHER, ONE, "--deselect", MORE, "-n2", "--dist=load")
    assert [line for line in beside if line.startswith(ONE)] == alone
    assert len(beside) == 5
