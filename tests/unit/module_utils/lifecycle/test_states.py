"""The state of an account, and that the documentation says the same as the code and the inventories."""

from __future__ import annotations

import re

import pytest
import yaml
from ansible_collections.congvu.mail.plugins.module_utils.accounts.vocabulary import AccountState
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle import (
    acts,
    notice,
    notices,
    rules,
    states,
)
from ansible_collections.congvu.mail.plugins.module_utils.policy.regulation import parse_regulation

from tests.support.lives import account, day
from tests.support.samples import ROOT

DOCUMENT = (ROOT / "docs/lifecycle.md").read_text()
TODAY = day("2026-03-02")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, "active"),
        ({"must_change": True}, "pending"),
        ({"status": "locked"}, "locked"),
        ({"lock": "idle"}, "locked"),
        ({"lock": "contained", "must_change": True}, "locked"),
        ({"status": "closing", "until": "2026-03-02"}, "closing"),
        ({"status": "closing", "until": "2026-03-01"}, "left"),
        ({"status": "closing"}, "closing"),
        ({"status": "closing", "lock": "contained"}, "closing"),
        ({"status": "left"}, "left"),
        ({"lock": "reclaimed"}, "left"),
        ({"lock": "purge"}, "left"),
        ({"status": "left", "lock": "contained"}, "left"),
        ({"status": "left", "archived": "2026-01-01"}, "archived"),
        ({"lock": "reclaimed", "archived": "2026-01-01"}, "archived"),
        ({"archived": "2026-01-01"}, "active"),
        (
            {
                "status": "left",
                "archived": "2026-01-01",
                "events": ["2026-01-05 returned", "2026-02-01 left"],
            },
            "left",
        ),
        # Who came and went on the day of the archive may have mail that is in none.
        ({"status": "left", "archived": "2026-01-05", "events": ["2026-01-05 returned"]}, "left"),
        ({"status": "left", "purged": "2026-01-01", "archived": "2026-01-01"}, "gone"),
        ({"lock": "purge", "purged": "2026-01-01", "archived": "2026-01-01"}, "gone"),
        ({"purged": "2026-01-01"}, "active"),  # back, and the store has not forgotten it yet
    ],
)
def test_the_state_of_an_account(facts, expected):
    assert states.state(account(**facts), TODAY) == expected


def test_the_documentation_has_a_row_for_each_state():
    table = re.search(r"<!-- states -->\n(.*)<!-- /states -->", DOCUMENT, re.DOTALL)[1]
    found = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    assert [row[0] for row in found] == list(AccountState)
    assert [row[0] for row in found if row[2] == "yes"] == [AccountState.ACTIVE]
    assert {len(row) for row in found} == {7}


def rows(heading: str) -> dict[str, list[str]]:
    """The table below a heading: cells of each row by the first."""
    part = DOCUMENT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")]
    return {cells[0].strip("`"): cells[1:] for cells in lines[2:]}


def test_the_documentation_has_every_act_notice_and_list():
    assert set(rows("Acts")) == set(acts.ACTS)
    people = {"address": ("person", "owner"), "contact": ("unit",)}
    documented = rows("Notices")
    assert set(documented) == set(notices.TEXTS)
    for kind, places in notice.TO.items():
        to = documented[kind][0].split(" and ")
        assert all(said in people[place] for said, place in zip(to, places, strict=True)), kind
    lists = DOCUMENT.split("## Lists of the report")[1].split("##")[0]
    assert set(re.findall(r"`([a-z-]+)`", lists)) == set(rules.LISTS)


@pytest.mark.parametrize(
    ("letters", "name"),
    [
        ("UB", "cema"),
        ("GL", "gialai"),
        ("GL", "lab"),
        ("BD", "binhdinh_snv"),
        ("DN", "dongnai"),
        ("QT", "quangtri"),
    ],
)
def test_the_documentation_has_the_terms_of_the_inventories(letters, name):
    raw = yaml.safe_load((ROOT / "inventories" / name / "group_vars/all/regulation.yml").read_text())
    regulation, problems = parse_regulation(raw["regulation"])
    assert problems == []
    terms = regulation.lifecycle
    column = (
        DOCUMENT.split("\n## Terms\n")[1].split("| what | ")[1].split("\n")[0].split(" | ").index(letters)
    )
    checked = 0
    for cells in rows("Terms").values():
        key = cells[-1].strip("`")
        if key in (
            "lock_after_months",
            "delete_after_months",
            "propose_after_months",
            "notice_days",
            "create_working_days",
        ):
            said = re.match(r"\d+", cells[column])
            assert getattr(terms, key) == (int(said[0]) if said else None), key
            checked += 1
    assert checked == 5
    assert (terms.keep_months, set(terms.keep_titles.values()), terms.reply_months) == (6, {12}, 6)
