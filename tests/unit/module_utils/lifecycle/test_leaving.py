"""What the roster, the store or a hand changed becomes an event; and how an account ends (C10, DN-5.4)."""

from __future__ import annotations

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.rules import daily
from ansible_collections.congvu.mail.plugins.module_utils.policy.terms import LifecycleTerms

from tests.support.lives import GL, PASSWORD, SILENT, UB, account, day, seen, steps, words

LEFT = ["2025-03-01 left - by the roster"]
RECLAIMED = ["2025-03-01 reclaimed - idle", "2025-03-01 notified:reclaimed"]
RANKS = LifecycleTerms(keep_months=6, keep_titles={"giám đốc": 12})


def test_a_unit_that_answers_is_left_after_its_last_day():
    unit = account(kind="unit", status="closing", until="2025-06-30")
    assert words(unit, "2025-06-30", SILENT) == []
    step = steps(unit, "2025-07-01", SILENT)[0]
    assert (step.word, step.attributes) == ("left", {"cvStatus": ("left",)})
    assert words(account(kind="unit", status="closing"), "2030-01-01", SILENT) == []


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"status": "left"}, ["left"]),
        ({"status": "left", "events": LEFT}, []),
        ({"status": "locked"}, ["roster-locked"]),
        ({"status": "active", "events": LEFT}, ["returned"]),
        ({"status": "active", "events": ["2025-03-01 roster-locked - by the roster"]}, ["returned"]),
        ({"status": "left", "events": [*LEFT, "2025-03-05 returned - by the roster"]}, ["left"]),
        ({"status": "left", "events": ["2025-03-01 roster-locked"]}, ["left"]),
        ({"lock": "idle"}, ["idle-locked", "notified:locked"]),
        ({"lock": "reclaimed"}, ["reclaimed", "notified:reclaimed"]),
        ({"lock": "", "events": RECLAIMED}, ["unlocked"]),
        ({"lock": "contained"}, []),
        ({"leave_until": "2025-09-01"}, ["exempt"]),
        (
            {
                "leave_until": "2025-09-01",
                "events": ["2025-03-01 exempt - until=2025-09-01 leave in the roster"],
            },
            [],
        ),
        ({"archived": "2025-03-01", "status": "left", "events": LEFT}, ["archived"]),
        (
            {"archived": "2025-03-01", "status": "left", "events": [*LEFT, "2025-03-01 archived - archived"]},
            [],
        ),
        ({"purged": "2025-03-03", "status": "left", "events": LEFT}, ["purged"]),
    ],
)
def test_what_has_no_event_gets_one(facts, expected):
    facts = {"scheme": "" if "purged" in facts else "ARGON2", **facts}
    found = steps(account(**facts), "2025-03-10", SILENT)
    assert [step.word for step in found] == expected
    assert all(not step.attributes for step in found)


def test_what_mailboxes_yml_has_logged_is_not_logged_again():
    """Else the report counts who left twice."""
    assert [step.logged for step in steps(account(status="left"), "2025-03-10", SILENT)] == [False]
    assert [step.logged for step in steps(account(status="locked"), "2025-03-10", SILENT)] == [False]
    assert [step.logged for step in steps(account(events=LEFT), "2025-03-10", SILENT)] == [True]
    unit = account(kind="unit", status="closing", until="2025-03-09")
    assert [step.logged for step in steps(unit, "2025-03-10", SILENT)] == [True]


def test_who_returns_is_not_idle_since_before():
    lines = ["2025-01-20 left - by the roster"]
    subject = account(last_use="2025-01-15", events=lines)
    assert words(subject, "2025-09-01") == ["returned"]
    back = account(last_use="2025-01-15", events=[*lines, "2025-09-01 returned - by the roster"])
    assert words(back, "2025-12-01") == []
    assert "idle-locked" in words(back, "2025-12-02")


GONE_SOON = {"status": "left", "archived": "2025-03-02", "keep_until": "2025-09-01"}
ARCHIVED = [*LEFT, "2025-03-02 archived - archived"]


def test_mail_of_a_leaver_is_given_up_after_the_term():
    leaver = account(events=ARCHIVED, **GONE_SOON)
    assert words(leaver, "2025-09-01") == []
    step = steps(leaver, "2025-09-02")[0]
    assert (step.word, step.attributes) == ("purge", {"cvLock": ("purge",)})


@pytest.mark.parametrize(
    "facts",
    [
        {"archived": None},
        {"keep_until": None},
        {"lock": "contained"},  # evidence
        {"lock": "purge", "events": [*ARCHIVED, "2025-09-02 purge"]},
        {"purged": "2025-09-03", "scheme": "", "events": [*ARCHIVED, "2025-09-03 purged"]},
        # The archive is of the first time; the second time has none yet.
        {"events": [*ARCHIVED, "2025-04-01 returned - by the roster", "2025-05-01 left - by the roster"]},
    ],
)
def test_what_is_not_given_up(facts):
    leaver = account(**{**GONE_SOON, "events": ARCHIVED, **facts})
    assert "purge" not in words(leaver, "2026-09-01")


def test_a_leaver_without_archive_is_reported():
    today = day("2025-09-02")
    leaver = account(events=LEFT, **{**GONE_SOON, "archived": None})
    found = daily([leaver, seen(today)], UB, PASSWORD, today)
    assert [line.day for line in found.lists["unarchived"]] == [day("2025-09-01")]


@pytest.mark.parametrize(
    ("title", "last"), [("Chuyên viên", "2025-09-01"), ("Giám  đốc", "2026-03-01"), ("", "2025-09-01")]
)
def test_mail_of_a_reclaimed_mailbox_is_kept_by_rank(title, last):
    lines = [*RECLAIMED, "2025-03-02 archived - archived"]
    subject = account(title=title, lock="reclaimed", archived="2025-03-02", events=lines)
    assert words(subject, last, RANKS) == []
    assert words(subject, str(day(last).fromordinal(day(last).toordinal() + 1)), RANKS) == ["purge"]


def test_a_purge_is_called_off_for_who_is_back():
    lines = [*ARCHIVED, "2025-09-02 purge"]
    back = account(status="active", lock="purge", archived="2025-03-02", events=lines)
    found = steps(back, "2025-09-03", SILENT)
    assert [step.word for step in found] == ["returned", "unlocked"]
    assert found[-1].attributes == {"cvLock": ()}


def test_who_is_back_after_the_deletion_gets_an_empty_mailbox():
    lines = [*ARCHIVED, "2025-09-02 purge", "2025-09-02 purged"]
    back = account(lock="purge", archived="2025-03-02", purged="2025-09-02", scheme="", events=lines)
    found = steps(back, "2025-12-01", SILENT)
    assert [step.word for step in found] == ["returned", "unlocked"]
    assert found[-1].attributes == {"cvLock": ()}


def test_a_purge_of_what_was_reclaimed_stays():
    lines = [*RECLAIMED, "2025-03-02 archived - archived", "2025-09-02 purge"]
    subject = account(lock="purge", archived="2025-03-02", events=lines)
    assert words(subject, "2025-09-03") == []


def test_a_tombstone_has_no_password():
    lines = [*ARCHIVED, "2025-09-02 purge"]
    subject = account(lock="purge", purged="2025-09-02", events=lines, **GONE_SOON)
    step = steps(subject, "2025-09-05")[0]
    assert (step.word, step.attributes) == ("purged", {"userPassword": ()})
    assert step.event.day == day("2025-09-02")
    half = account(lock="purge", purged="2025-09-02", events=[*lines, "2025-09-02 purged"], **GONE_SOON)
    assert steps(half, "2025-09-05")[0].attributes == {"userPassword": ()}
    assert steps(half, "2025-09-05")[0].event is None


def test_where_the_decision_has_no_idle_rule_leavers_end_as_well():
    leaver = account(events=ARCHIVED, **GONE_SOON)
    assert words(leaver, "2025-09-02", GL) == words(leaver, "2025-09-02", SILENT) == ["purge"]
