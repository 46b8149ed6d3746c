"""The cases of tests/cases/accounts.yml and plan.yml: how accounts are written, and what a run changes."""

from __future__ import annotations

import pytest
import yaml
from ansible_collections.congvu.mail.plugins.module_utils.accounts.entries import created
from ansible_collections.congvu.mail.plugins.module_utils.accounts.plan import Change, plan

from tests.support.desired import SUFFIX, account, directory
from tests.support.samples import ROOT


def cases(name: str) -> list[dict]:
    return yaml.safe_load((ROOT / "tests/cases" / name).read_text())


def said(facts: dict) -> dict:
    facts = dict(facts)
    return account(facts.pop("id"), **facts)


@pytest.mark.parametrize("case", cases("accounts.yml"), ids=lambda case: case["case"])
def test_a_new_entry(case):
    facts = {"id": "GL-0001", "address": "nguyentd"} | case["account"]
    entry = created(said(facts), "{ARGON2}x")
    wanted = {name: value if isinstance(value, list) else [value] for name, value in case["has"].items()}
    assert {name: entry.get(name) for name in wanted} == wanted
    assert not set(case.get("lacks", ())) & entry.keys()


@pytest.mark.parametrize("case", cases("plan.yml"), ids=lambda case: case["case"])
def test_a_run_of_mailboxes(case):
    current = directory(*(said(facts) for facts in case["directory"]))
    planned = plan(current, [said(facts) for facts in case["roster"]], SUFFIX)
    assert [written(change) for change in planned.changes] == case["changes"]
    assert {verb: count for verb, count in planned.counts().items() if count} == case["counts"]


def written(change: Change) -> dict:
    entry = change.dn.removeprefix("uid=").partition(",")[0]
    if change.before is None:
        return {"entry": entry, "new": True}
    pairs = {
        name: ["".join(change.before.get(name, [])), "".join(change.after[name])] for name in change.after
    }
    return {"entry": entry, **pairs}
