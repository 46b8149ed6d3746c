"""The versions of ansible-core that are tried are those that the collection says it is for."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from ansible.release import __version__
from packaging.specifiers import SpecifierSet

from tests.matrix import CURRENT, PLUGINS, SAID, VERSIONS, prepare

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


def test_what_is_tried_in_short_is_there():
    assert all((ROOT / folder).is_dir() for folder in PLUGINS.split())


@pytest.mark.parametrize(
    ("call", "accepted"),
    [
        ("warning('old')", True),
        ("deprecated('old', version='2.99')", False),
        ("warning('Value for result key \"finished\" of type list was converted to bool.')", False),
        ("deprecated(\"File '/tmp/pytest-of-root/a.yml' could not be decoded\", version='2.99')", True),
    ],
)
def test_what_is_deprecated_is_a_fault_but_not_of_a_file_that_a_test_broke(tmp_path, call, accepted):
    log = tmp_path / "ansible.log"
    checks = CURRENT.replace(SAID, str(log))
    assert subprocess.run(["sh", "-c", checks], check=False).returncode != 0, "nothing was run"
    program = f"from ansible.utils.display import Display; Display().{call}"
    subprocess.run(
        [sys.executable, "-c", program], check=True, env=os.environ | {"ANSIBLE_LOG_PATH": str(log)}
    )
    assert (subprocess.run(["sh", "-c", checks], check=False).returncode == 0) is accepted, log.read_text()
