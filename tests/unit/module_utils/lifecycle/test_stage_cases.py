"""The cases of tests/cases/stages.yml: what becomes of a mailbox that nobody uses, day by day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
import yaml
from ansible_collections.congvu.mail.plugins.module_utils.accounts.events import Event, in_order
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.model import applied
from ansible_collections.congvu.mail.plugins.module_utils.policy.regulation import parse_regulation

from tests.support.lives import PASSWORD, account, steps
from tests.support.repository import ROOT
from tests.support.samples import gialai, shipped_variables

CASES = yaml.safe_load((ROOT / "tests/cases/stages.yml").read_text())
SHORT = ("lock_after_months", "delete_after_months", "propose_after_months", "notice_days")
DAYS = 480


def parsed(idle, **more):
    raw = gialai()
    raw["lifecycle"] = {"idle": idle, **more}
    return parse_regulation(raw)


def lived(case):
    """What the passes did, by day."""
    regulation, problems = parsed(case["idle"])
    assert problems == []
    first, *later = case["used"]
    subject = account(created=first, last_use=first)
    missed = case.get("missed", [date.max, date.max])
    found = {}
    for day in (first + timedelta(days=count) for count in range(1, DAYS)):
        if day in later:
            subject = replace(subject, last_success=day)
        if day == case.get("archived"):
            subject = replace(subject, archived=day)
        if day == case.get("approved"):
            events = in_order([*subject.events, Event(day, "approved", "15/TB")])
            subject = replace(subject, events=events)
        if missed[0] <= day <= missed[1]:
            continue
        done = steps(subject, str(day), regulation.lifecycle, PASSWORD)
        for step in done:
            subject = applied(subject, step)
        words = [step.word for step in done if step.event]
        if words:
            found[day] = words
    return found


@pytest.mark.parametrize("case", CASES["lives"], ids=lambda case: case["case"])
def test_a_life(case):
    assert lived(case) == case["expect"]


@pytest.mark.parametrize("site", CASES["decisions"])
def test_each_of_the_five_decisions_is_a_list_of_stages(site):
    shipped, _ = parse_regulation(shipped_variables(site)["regulation"])
    stated, problems = parsed(CASES["decisions"][site])
    assert problems == []
    assert stated.lifecycle.stages == shipped.lifecycle.stages


def test_all_five_are_there():
    assert set(CASES["decisions"]) == {"gialai", "binhdinh_snv", "dongnai", "cema", "quangtri"}


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["case"])
def test_stages_that_make_no_sense_are_refused_at_their_place(case):
    regulation, problems = parsed(case["idle"])
    assert regulation is None
    assert [problem.column for problem in problems] == [
        f"regulation.lifecycle.idle.{place}" for place in case["at"]
    ]
    assert case["sentence"] in problems[0].message("vi")
    assert all(problem.fix(language) for problem in problems for language in ("vi", "en"))


@pytest.mark.parametrize("key", SHORT)
def test_stages_or_the_keys_that_are_short_for_them(key):
    regulation, problems = parsed([{"stage": "lock", "idle_months": 3}], **{key: 6})
    assert regulation is None
    assert [problem.column for problem in problems] == [f"regulation.lifecycle.{key}"]


def test_a_notice_without_an_approval_names_none():
    regulation, _ = parsed([{"stage": "notice", "idle_months": 12}, {"stage": "delete", "after_days": 60}])
    (step,) = steps(account(last_use="2025-01-15"), "2026-01-16", regulation.lifecycle)
    assert step.notice.facts["reference"] == ""
    assert step.notice.facts["reclaim_on"] == "2026-03-17"
    again = steps(account(last_use="2025-01-15"), "2026-01-17", regulation.lifecycle)
    assert (
        again[0].notice.key == step.notice.key
    )  # a mail that could not leave yesterday is the same one today
