"""Idle mailboxes: UB-9.3 locks and deletes, GL-13.3-a proposes, tells, reclaims, the others only report."""

from __future__ import annotations

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.rules import daily

from tests.support.lives import GL, MERGED, PASSWORD, SILENT, UB, account, day, seen, steps, words

LOCK = ["idle-locked", "notified:locked"]


@pytest.mark.parametrize(
    ("last", "first"),
    [
        ("2025-01-15", "2025-04-16"),  # "quá 03 tháng": the three months themselves are not over
        ("2025-11-30", "2026-03-01"),  # there is no 30 February
        ("2024-11-29", "2025-03-01"),
        ("2025-11-28", "2026-03-01"),
    ],
)
def test_a_lock_falls_on_the_day_after_three_calendar_months(last, first):
    subject = account(last_use=last, created="2024-01-01")
    eve = day(first).toordinal() - 1
    assert words(subject, str(day(first).fromordinal(eve))) == []
    assert words(subject, first) == LOCK


def test_an_account_that_was_never_used_counts_from_its_creation():
    assert words(account(created="2025-02-01", must_change=False), "2025-05-01") == []
    assert words(account(created="2025-02-01"), "2025-05-02") == LOCK


def test_a_pending_account_counts_as_well():
    pending = account(created="2025-02-01", must_change=True, scheme="")
    assert words(pending, "2025-05-02") == LOCK


@pytest.mark.parametrize(
    "use",
    [
        {"last_use": "2025-05-01"},
        {"last_success": "2025-05-01", "last_use": "2025-05-01"},
        {"last_use": "2025-01-03", "last_success": "2025-05-01"},
        {"password_changed": "2025-05-01"},  # slapd forgets the login when the password changes
        {"events": ["2025-05-01 unlocked 12/CV-STTTT was idle"]},
        {"events": ["2025-05-01 reset 77 forgotten"]},
        {"events": ["2025-03-01 left - by the roster", "2025-05-01 returned - by the roster"]},
        {"leave_until": "2025-05-01", "events": ["2025-03-01 exempt - until=2025-05-01 leave in the roster"]},
        {"events": ["2025-03-01 exempt 9/QĐ until=2025-05-01 đi học"]},
    ],
)
def test_what_counts_as_use_or_as_a_reason(use):
    subject = account(created="2025-01-02", **use)
    assert not set(words(subject, "2025-08-01")) & {"idle-locked"}
    assert "idle-locked" in words(subject, "2025-08-02")


def test_a_reset_password_is_not_its_owners_choice():
    subject = account(must_change=True, password_changed="2025-05-01")
    assert "idle-locked" in words(subject, "2025-05-10")


def test_an_overdue_password_was_its_owners_choice():
    lines = ["2025-05-10 overdue - changed on 2025-05-01"]
    subject = account(must_change=True, password_changed="2025-05-01", events=lines)
    assert words(subject, "2025-08-01") == []


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": "unit"},
        {"status": "locked", "events": ["2025-02-01 roster-locked - by the roster"]},
        {"status": "left", "events": ["2025-02-01 left - by the roster"]},
        {"lock": "contained"},
    ],
)
def test_what_is_not_judged(facts):
    assert words(account(**facts), "2025-12-01") == []
    assert words(account(**facts), "2025-12-01", GL) == []


def test_deleted_after_six_months_and_three_of_lock():
    locked = account(
        last_use="2025-01-15", lock="idle", events=["2025-04-16 idle-locked", "2025-04-16 notified:locked"]
    )
    assert words(locked, "2025-07-15") == []
    step = steps(locked, "2025-07-16")[0]
    assert (step.word, step.attributes) == ("reclaimed", {"cvLock": ("reclaimed",)})


def test_days_without_a_pass_do_not_take_the_months_of_the_lock():
    # UB-9.3a lets the unit ask as long as it is locked; the pass was off until December.
    subject = account(last_use="2025-01-15")
    assert words(subject, "2025-12-01") == LOCK
    late = account(
        last_use="2025-01-15", lock="idle", events=["2025-12-01 idle-locked", "2025-12-01 notified:locked"]
    )
    assert words(late, "2026-02-28") == []
    assert words(late, "2026-03-01") == ["reclaimed", "notified:reclaimed"]


def test_the_month_of_the_lock_never_moves_the_day_of_the_reclaim():
    locked = account(
        last_use="2025-11-30", lock="idle", events=["2026-03-01 idle-locked", "2026-03-01 notified:locked"]
    )
    assert words(locked, "2026-05-30") == []
    assert words(locked, "2026-05-31")[0] == "reclaimed"


@pytest.mark.parametrize(
    "reason", [{"leave_until": "2025-09-01"}, {"events": ["2025-05-01 exempt 5/QĐ until=2025-09-01 ốm"]}]
)
def test_a_reason_holds_the_reclaim_of_what_is_locked(reason):
    lines = ["2025-04-16 idle-locked", "2025-04-16 notified:locked", *reason.pop("events", [])]
    subject = account(last_use="2025-01-15", lock="idle", events=lines, **reason)
    assert "reclaimed" not in words(subject, "2026-03-01")
    assert "reclaimed" in words(subject, "2026-03-02")


def test_a_use_that_was_recorded_late_lifts_the_lock():
    lines = ["2025-04-16 idle-locked - idle since 2025-01-15", "2025-04-16 notified:locked"]
    subject = account(last_use="2025-04-10", lock="idle", events=lines)
    step = steps(subject, "2025-04-20")[0]
    assert (step.word, step.attributes) == ("unlocked", {"cvLock": ()})
    assert words(account(last_use="2025-01-15", lock="idle", events=lines), "2025-04-20") == []


@pytest.mark.parametrize("used", ["2025-04-16", "2025-04-19"])
def test_a_use_after_the_lock_lifts_nothing(used):
    """UB-9.3a: the unit asks, by a letter or from its mailbox."""
    lines = ["2025-04-16 idle-locked - idle since 2025-01-15", "2025-04-16 notified:locked"]
    assert words(account(last_use=used, lock="idle", events=lines), "2025-04-20") == []


def test_the_lock_is_told_to_person_and_unit_once():
    told = steps(account(last_use="2025-01-15"), "2025-04-16")[1]
    assert told.notice.kind == "locked"
    assert told.notice.recipients == ("cb01@gialai.gov.vn", "stttt@gialai.gov.vn")
    unsaid = account(last_use="2025-01-15", lock="idle", events=["2025-04-16 idle-locked"])
    again = steps(unsaid, "2025-04-19")
    assert [step.notice.key for step in again] == [told.notice.key]


def test_proposed_approved_told_and_reclaimed():
    lines = []
    subject = account(last_use="2025-01-15")
    assert words(subject, "2025-07-15", GL) == []
    assert words(subject, "2025-07-16", GL) == ["proposed"]
    lines.append("2025-07-16 proposed - idle since 2025-01-15")
    assert words(account(last_use="2025-01-15", events=lines), "2025-12-01", GL) == []
    lines.append("2025-12-02 approved 15/TB-STTTT proposed on 2025-07-16")
    step = steps(account(last_use="2025-01-15", events=lines), "2025-12-03", GL)[0]
    assert (step.word, step.event.reference) == ("notified:reclaim", "15/TB-STTTT")
    assert step.notice.recipients == ("cb01@gialai.gov.vn", "stttt@gialai.gov.vn")
    assert step.notice.facts["reclaim_on"] == "2025-12-18"
    lines.append(step.event.line())
    assert words(account(last_use="2025-01-15", events=lines), "2025-12-17", GL) == []
    last = steps(account(last_use="2025-01-15", events=lines), "2025-12-18", GL)[0]
    assert (last.word, last.event.reference) == ("reclaimed", "15/TB-STTTT")
    assert last.attributes == {"cvLock": ("reclaimed",)}


NOTICED = [
    "2025-07-16 proposed - idle since 2025-01-15",
    "2025-07-20 approved 15/TB-STTTT",
    "2025-07-20 notified:reclaim 15/TB-STTTT",
]


@pytest.mark.parametrize(
    "facts",
    [
        {"last_use": "2025-07-21"},
        {"last_use": "2025-01-15", "last_success": "2025-07-21"},
        {"last_use": "2025-01-15", "leave_until": "2025-12-31"},
        {"last_use": "2025-01-15", "events": ["2025-07-25 exempt 3/QĐ until=2025-08-01 nghỉ ốm"]},
        {"last_use": "2025-01-15", "lock": "contained"},
        {"last_use": "2025-01-15", "status": "locked"},
        {"last_use": "2025-01-15", "status": "left"},
        {"last_use": "2025-01-15", "events": ["2025-07-25 reset 7/CV forgotten"]},
    ],
)
@pytest.mark.parametrize("known", [1, 2, 3])
def test_whatever_comes_between_cancels(facts, known):
    lines = [*NOTICED[:known], *facts.get("events", [])]
    found = words(account(**{**facts, "events": lines}), "2025-08-10", GL)
    assert "cancelled" in found
    assert not {"reclaimed", "notified:reclaim", "proposed"} & set(found)


def test_a_cancelled_proposal_does_not_come_back_with_its_old_approval():
    lines = [*NOTICED, "2025-07-22 cancelled - counts from 2025-07-21", "2026-01-22 proposed - idle"]
    assert words(account(last_use="2025-07-21", events=lines), "2026-03-01", GL) == []


def test_what_was_cancelled_today_is_proposed_tomorrow():
    # Contained, so cancelled; then a hand took the lock away on the same day, and no event tells of it.
    lines = [*NOTICED, "2025-07-25 cancelled - status active, lock contained"]
    assert words(account(last_use="2025-01-15", events=lines), "2025-07-25", GL) == []
    assert words(account(last_use="2025-01-15", events=lines), "2025-07-26", GL) == ["proposed"]


def test_no_proposal_and_no_reclaim_without_the_rule():
    assert words(account(), "2025-12-01", SILENT) == []
    # The rule was there when it was proposed, and is no longer.
    assert words(account(last_use="2025-01-15", events=NOTICED), "2025-08-10", SILENT) == ["cancelled"]


def test_a_merged_province_locks_proposes_tells_and_reclaims():
    # REQUIREMENTS C9: lock 3 months, then GL-13.3-a.
    lines = ["2025-04-16 idle-locked", "2025-04-16 notified:locked"]
    assert words(account(last_use="2025-01-15"), "2025-04-16", MERGED) == LOCK
    subject = account(last_use="2025-01-15", lock="idle", events=lines)
    assert words(subject, "2025-07-15", MERGED) == []
    assert words(subject, "2025-07-16", MERGED) == ["proposed"]
    noticed = account(last_use="2025-01-15", lock="idle", events=[*lines, *NOTICED])
    assert words(noticed, "2025-08-03", MERGED) == []
    assert words(noticed, "2025-08-04", MERGED) == ["reclaimed", "notified:reclaimed"]


@pytest.mark.parametrize(("kind", "name"), [("person", "idle"), ("unit", "idle-units")])
def test_where_no_rule_is_the_idle_are_reported(kind, name):
    today = day("2025-07-03")
    found = daily([account(kind=kind), seen(today)], SILENT, PASSWORD, today)
    assert [line.account.uid for line in found.lists[name]] == ["CB01"]
    assert found.steps == ()
    assert daily([account(kind=kind), seen(today)], SILENT, PASSWORD, day("2025-07-02")).lists[name] == ()


def test_units_are_never_shut():
    assert words(account(kind="unit"), "2026-12-01", UB) == []
    assert words(account(kind="unit"), "2026-12-01", GL) == []
