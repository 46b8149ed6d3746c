"""The cases of tests/cases/lifecycle.yml: one account, one day, and what the daily pass does."""

from __future__ import annotations

from functools import cache

import pytest
import yaml
from ansible_collections.congvu.mail.plugins.module_utils.policy.regulation import (
    Regulation,
    parse_regulation,
)

from tests.support.lives import account, steps
from tests.support.repository import ROOT

CASES = yaml.safe_load((ROOT / "tests/cases/lifecycle.yml").read_text())


@cache
def regulation(site: str) -> Regulation:
    file = ROOT / "inventories" / site / "group_vars/all/regulation.yml"
    parsed, problems = parse_regulation(yaml.safe_load(file.read_text())["regulation"])
    assert parsed is not None, problems
    return parsed


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['site']}: {case['case']}")
def test_the_daily_pass(case):
    rules = regulation(case["site"])
    facts = {
        name: str(value) if hasattr(value, "isoformat") else value for name, value in case["account"].items()
    }
    found = steps(account(**facts), str(case["day"]), rules.lifecycle, rules.password)
    written = [
        {step.word: {name: "".join(values) for name, values in step.attributes.items()}} for step in found
    ]
    assert written == case["expect"]


def test_each_decision_has_cases():
    assert {case["site"] for case in CASES} == {"gialai", "binhdinh_snv", "dongnai", "cema", "quangtri"}
