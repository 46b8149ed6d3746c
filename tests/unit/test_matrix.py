"""The versions of ansible-core that are tried are those that the collection says it is for."""

from __future__ import annotations

import tomllib
from pathlib import Path

import yaml
from ansible.release import __version__
from packaging.specifiers import SpecifierSet

from tests.matrix import VERSIONS, prepare

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
RUNTIME = yaml.safe_load((ROOT / "meta/runtime.yml").read_text())


def test_all_that_is_promised_is_tried_and_nothing_else():
    promised = SpecifierSet(RUNTIME["requires_ansible"])
    minors = [f"2.{minor}" for minor in range(10, 40)]
    assert tuple(minor for minor in minors if promised.contains(f"{minor}.3")) == VERSIONS
    [needed] = PROJECT["dependencies"]
    assert SpecifierSet(needed.removeprefix("ansible-core")) == promised


def test_the_pinned_one_is_among_them():
    assert __version__.rpartition(".")[0] in VERSIONS


def test_another_version_comes_with_our_libraries_and_without_linters():
    script = prepare("2.21")
    assert "ansible-core~=2.21.0" in script and "Unidecode==" in script
    assert "ansible-core==" not in script and "mypy" not in script
