"""Hooks and pipelines call what developers call, and pins are raised only where nothing breaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests import upgrade
from tests.run import STAGES
from tests.support.samples import ROOT
from tests.upgrade import Raise, newer, raised, table

HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
TARGETS = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text()))
PINS = """\
run = [
  "ansible-core==2.19.1",
]
dev = [
  { include-group = "run" },
  "types-PyYAML==6.0.1",
  "ruff==0.17.6",
]
"""


def test_a_hook_is_a_program_of_the_lint_stage_or_a_target_and_fetches_nothing() -> None:
    assert [repository["repo"] for repository in HOOKS] == ["local"]
    for hook in HOOKS[0]["hooks"]:
        words = hook["entry"].split()
        assert hook["language"] == "system"
        if words[0] == "make":
            assert set(words[1:]) <= TARGETS
        else:
            assert [words[0].removeprefix(".venv/bin/"), *words[1:]] in STAGES["lint"], hook["entry"]


def scripts() -> Iterator[str]:
    """What the pipelines run of ours."""
    github = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    gitlab = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text())
    for job in github["jobs"].values():
        yield from (step["run"] for step in job["steps"] if "run" in step)
    for job in ("quick", "gate"):
        yield from gitlab[job]["script"]


def test_a_pipeline_runs_what_a_developer_runs() -> None:
    said = [script.removeprefix("sudo ") for script in scripts()]
    assert said == ["make lint unit", ".ci/run"] * 2
    assert {"lint", "unit"} <= TARGETS


def test_every_path_of_codeowners_is_there() -> None:
    lines = [line.split() for line in (ROOT / "CODEOWNERS").read_text().splitlines()]
    for path, *owners in (line for line in lines if line and line[0] != "#"):
        assert owners and all(owner.startswith("@congvu/") for owner in owners)
        assert path == "*" or list(ROOT.glob(path.strip("/"))), path


def test_only_pins_with_a_newer_version_are_raised_and_the_rest_stays_as_it_is() -> None:
    latest = {"types-pyyaml": "6.0.2", "ruff": "0.18.0", "attrs": "99"}
    both = newer(PINS, latest)
    assert [one[:3] for one in both] == [("types-PyYAML", "6.0.1", "6.0.2"), ("ruff", "0.17.6", "0.18.0")]
    assert newer(PINS, latest, ["Ruff"]) == both[1:]
    assert raised(PINS, both) == PINS.replace("6.0.1", "6.0.2").replace("0.17.6", "0.18.0")


class Clone:
    """A clone in which ruff 2 breaks lint."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / upgrade.FILE).write_text(PINS)

    def latest(self) -> dict[str, str]:
        return {"ruff": "2", "types-pyyaml": "7"}

    def failed(self, text: str, log: str) -> tuple[str, ...]:
        return ("lint",) if "ruff==2" in text else ()


def test_what_breaks_something_is_told_and_not_kept(tmp_path: Path) -> None:
    raises = upgrade.upgrade(Clone(tmp_path), [])  # type: ignore[arg-type]
    assert raises == [Raise("types-PyYAML", "6.0.1", "7"), Raise("ruff", "0.17.6", "2", ("lint",))]
    assert (tmp_path / upgrade.FILE).read_text() == PINS.replace("6.0.1", "7")
    assert table(raises).splitlines()[1:] == [
        "types-PyYAML  6.0.1   7   raised",
        "ruff          0.17.6  2   lint failed",
    ]


@pytest.mark.parametrize("name", ["codespell", "pre-commit", "pytest-xdist"])
def test_the_project_pins_what_its_commands_need(name: str) -> None:
    assert newer((ROOT / "pyproject.toml").read_text(), {name: "99"})
