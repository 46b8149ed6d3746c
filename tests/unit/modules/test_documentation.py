"""What `ansible-doc` says of the modules is what they take; tests/sanity does not ask the actions."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
PLUGINS = "ansible_collections.congvu.mail.plugins"
MODULES = sorted(path.stem for path in (ROOT / "plugins/modules").glob("*.py"))
ACTIONS = sorted(path.stem for path in (ROOT / "plugins/action").glob("*.py"))
GROUPS = yaml.safe_load((ROOT / "meta/runtime.yml").read_text())["action_groups"]


@pytest.fixture(scope="module")
def documented():
    """Return the documentation of all modules, with their fragments in it."""
    program = Path(sys.executable).with_name("ansible-doc")
    names = [f"congvu.mail.{name}" for name in MODULES]
    said = subprocess.run([program, "--json", *names], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not said.stderr
    return {name.removeprefix("congvu.mail."): found for name, found in json.loads(said.stdout).items()}


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_takes_what_is_documented(documented, name):
    options = import_module(f"{PLUGINS}.action.{name}").ActionModule.options
    kept = ("type", "elements", "required", "default", "choices")
    told = {
        option: {key: of[key] for key in kept if of.get(key)}
        for option, of in documented[name]["doc"].get("options", {}).items()
    }
    assert told == {option: {key: of[key] for key in kept if of.get(key)} for option, of in options.items()}


@pytest.mark.parametrize("name", MODULES)
def test_every_module_says_from_when_on_and_what_it_returns(documented, name):
    doc = documented[name]["doc"]
    assert doc["version_added"] == "0.1.0"
    assert set(doc["attributes"]) == {"check_mode", "diff_mode"}
    assert doc["attributes"]["check_mode"]["description"].startswith("In check mode it says")
    assert documented[name]["examples"].strip()


@pytest.mark.parametrize("name", MODULES)
def test_no_result_has_a_name_that_ansible_gives_a_type_of_its_own(documented, name):
    """ansible-core 2.21 makes a truth value of `finished` and a number of `rc`, whatever they were."""
    ours = set(documented[name]["return"] or {})
    assert not ours & {"deprecations", "exception", "failed", "finished", "rc", "skipped", "warnings"}


def test_every_action_is_documented():
    assert set(ACTIONS) <= set(MODULES)


def test_the_group_is_what_takes_the_suffix(documented):
    taking = [name for name in MODULES if "suffix" in documented[name]["doc"].get("options", {})]
    assert {"directory": taking} == GROUPS


def test_who_does_it_is_by_everywhere(documented):
    for name in MODULES:
        assert not {"who", "operator"} & set(documented[name]["doc"].get("options", {})), name
