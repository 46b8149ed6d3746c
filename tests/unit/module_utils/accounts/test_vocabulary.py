"""The words of directory and audit log stand in one place, and are those of the schema."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.accounts import vocabulary
from ansible_collections.congvu.mail.plugins.module_utils.accounts.vocabulary import Attr

ROOT = Path(__file__).resolve().parents[4]
SCHEMA = (ROOT / "roles/directory/files/congvu.schema").read_text()
SOURCES = [
    path
    for path in (ROOT / "plugins").rglob("*.py")
    if path != ROOT / "plugins/module_utils/accounts/vocabulary.py"
]


def test_the_attributes_are_those_of_the_schema():
    assert {name for name in Attr if name.startswith("cv")} == set(
        re.findall(r"^attributetype .* NAME '(\w+)'", SCHEMA, flags=re.MULTILINE)
    )


def test_the_class_is_that_of_the_schema():
    assert f"NAME '{vocabulary.ACCOUNT_CLASS}'" in SCHEMA


@pytest.mark.parametrize("values", [vocabulary.Status, vocabulary.Lock])
def test_the_schema_describes_every_value(values):
    attribute = f"cv{values.__name__}"
    [described] = re.findall(rf"NAME '{attribute}'\s+DESC '([^']*)'", SCHEMA)
    assert set(values) <= set(re.findall(r"\w+", described))


def test_no_other_module_spells_an_attribute():
    spelt = re.compile(r"""["'(](cv[A-Z]\w+|pwd[A-Z]\w+|userPassword)["'=]""")
    found = [f"{path.name}: {word}" for path in SOURCES for word in spelt.findall(path.read_text())]
    assert [line for line in found if "mailexports" not in line] == []  # the export of another system
