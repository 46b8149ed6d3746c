"""What holds for every pass: the guards, and that a second pass finds nothing, whatever the accounts are."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.accounts.events import Event, in_order
from ansible_collections.congvu.mail.plugins.module_utils.accounts.plan import change_limit
from ansible_collections.congvu.mail.plugins.module_utils.accounts.vocabulary import EventWord
from ansible_collections.congvu.mail.plugins.module_utils.clock import months_later
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.model import Account, applied
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.rules import DISABLING, daily
from hypothesis import given
from hypothesis import strategies as st

from tests.support.lives import BD, GL, MERGED, PASSWORD, SILENT, UB, account, day, seen

TODAY = day("2026-03-02")
TERMS = st.sampled_from([(UB, PASSWORD), (GL, PASSWORD), (MERGED, BD), (SILENT, BD), (SILENT, PASSWORD)])


def idle(count: int, **facts) -> list[Account]:
    return [account(f"CB{number:04}", **facts) for number in range(count)]


@pytest.mark.parametrize(("count", "awake", "limit"), [(5, 1, 5), (6, 1, 5), (9, 491, 10), (11, 489, 10)])
def test_no_more_are_shut_than_the_share(count, awake, limit):
    others = [account(f"NV{number}", created=TODAY, last_use=TODAY) for number in range(awake)]
    found = daily([*idle(count), *others], UB, PASSWORD, TODAY)
    assert (found.disabled, found.limit) == (count, limit)
    assert limit == change_limit(count + awake)
    if count <= limit:
        assert found.refused == ""
        assert sum(step.word == "idle-locked" for step in found.steps) == count
    else:
        assert f"{count} of {count + awake}" in found.refused
        assert f"mailbox_change_limit={count}" in found.refused
        assert found.steps == ()


def test_an_explicit_number_lets_it_through():
    assert daily([*idle(9), seen(TODAY)], UB, PASSWORD, TODAY, limit=8).refused
    assert not daily([*idle(9), seen(TODAY)], UB, PASSWORD, TODAY, limit=9).refused
    assert daily([*idle(1), seen(TODAY)], UB, PASSWORD, TODAY, limit=0).refused


@pytest.mark.parametrize(
    ("facts", "terms"),
    [
        (
            {
                "status": "left",
                "archived": "2025-03-02",
                "keep_until": "2026-03-01",
                "events": ["2025-03-01 left", "2025-03-02 archived"],
            },
            (SILENT, PASSWORD),
        ),
        ({"events": ["2026-02-01 warned"]}, (SILENT, BD)),
        ({"must_change": True}, (SILENT, PASSWORD)),
        (
            {
                "lock": "idle",
                "events": [
                    "2025-04-03 idle-locked",
                    "2025-04-03 notified:locked",
                ],
            },
            (UB, PASSWORD),
        ),
    ],
)
def test_every_way_to_be_shut_is_counted(facts, terms):
    found = daily([*idle(6, **facts), seen(TODAY)], *terms, TODAY)
    assert (found.disabled, found.steps) == (6, ())
    assert found.refused


def test_units_that_end_together_were_counted_when_they_began_to_close():
    units = idle(9, kind="unit", status="closing", until="2026-03-01")
    found = daily([*units, seen(TODAY)], SILENT, PASSWORD, TODAY)
    assert (found.disabled, found.refused) == (0, "")
    assert {step.attributes["cvStatus"] for step in found.steps} == {("left",)}


def test_records_and_notices_are_no_shutting():
    found = daily([*idle(9, status="left"), seen(TODAY)], UB, PASSWORD, TODAY)
    assert (found.disabled, found.refused) == (0, "")
    assert {step.word for step in found.steps} == {"left"}
    assert daily([*idle(9), seen(TODAY)], GL, PASSWORD, TODAY).disabled == 0


@pytest.mark.parametrize(
    ("last", "refused"),
    [(None, True), ("2026-02-22", True), ("2026-02-23", False), ("2026-03-03", False), ("2026-03-04", True)],
)
@pytest.mark.parametrize("terms", [UB, GL, MERGED])
def test_where_nobody_was_seen_nobody_is_idle(last, refused, terms):
    others = [account("NV01", last_use=last, created="2026-02-20")]
    found = daily([*idle(1), *others], terms, PASSWORD, TODAY, limit=99)
    assert ("no account was used" in found.refused) == refused
    assert bool(found.steps) != refused


def test_a_new_site_where_nobody_has_logged_in_yet_is_not_refused():
    found = daily(idle(9, created="2026-02-01", must_change=True), UB, PASSWORD, TODAY)
    assert (found.refused, found.steps) == ("", ())


def test_a_refused_pass_reports_what_there_is():
    proposed = [account("NV01", events=["2026-02-01 proposed"])]
    found = daily([*proposed, *idle(9, last_use="2025-06-01"), seen(TODAY)], MERGED, PASSWORD, TODAY)
    assert found.refused
    assert [line.account.uid for line in found.proposals] == ["NV01"]
    assert found.lists["locked"] == ()


def test_a_clock_that_was_set_back_ends_the_pass():
    ahead = ["2027-01-01 idle-locked", "2027-01-01 cancelled"]
    found = daily([account(lock="idle", events=ahead), seen(TODAY)], MERGED, PASSWORD, TODAY)
    words = [step.word for step in found.steps]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    "facts",
    [
        {"status": "left", "lock": "idle", "keep_until": "2026-03-01", "archived": "2026-03-02"},
        {"lock": "idle", "events": ["2026-03-02 reclaimed"]},
        {"lock": "reclaimed", "events": ["2026-03-02 unlocked 9/CV"]},
        {"status": "left", "events": ["2026-03-02 returned", "2026-03-01 left"]},
        {"status": "locked", "events": ["2026-03-02 left"]},
    ],
)
def test_what_a_hand_did_on_one_day_is_recorded_once(facts):
    terms = (UB, PASSWORD)
    words, after = passed(account(created=TODAY, **facts), terms)
    assert words
    assert passed(after, terms)[0] == []


def optional(strategy):
    return st.one_of(st.none(), strategy)


NEAR = st.integers(-420, 60).map(lambda number: TODAY + timedelta(days=number))
EVENTS = st.lists(
    st.builds(
        Event,
        st.integers(-420, 0).map(lambda number: TODAY + timedelta(days=number)),
        st.sampled_from(EventWord),
        st.sampled_from(["", "15/TB"]),
        st.sampled_from(["", "until=2026-04-01 ốm", "until=2025-12-01 ốm", "until=2025-13-01 ốm"]),
    ),
    max_size=6,
).map(in_order)
ACCOUNTS = st.builds(
    Account,
    dn=st.just("uid=CB01"),
    kind=st.sampled_from(["person", "person", "unit"]),
    uid=st.just("CB01"),
    name=st.just("Trần Đình Nguyên"),
    address=st.just("cb01@gialai.gov.vn"),
    contact=st.sampled_from(["", "stttt@gialai.gov.vn"]),
    created=st.integers(-420, 0).map(lambda number: TODAY + timedelta(days=number)),
    status=st.sampled_from(["active", "active", "active", "locked", "closing", "left"]),
    lock=st.sampled_from(["", "", "idle", "contained", "reclaimed", "purge"]),
    last_success=optional(NEAR),
    last_use=optional(NEAR),
    must_change=st.booleans(),
    password_changed=optional(NEAR),
    scheme=st.sampled_from(["ARGON2", "SSHA512", ""]),
    change_by=optional(NEAR),
    leave_until=optional(NEAR),
    keep_until=optional(NEAR),
    until=optional(NEAR),
    archived=optional(NEAR),
    purged=optional(NEAR),
    events=EVENTS,
)


def passed(subject: Account, terms, today: date = TODAY) -> tuple[list[str], Account]:
    steps = daily([subject, seen(today)], *terms, today, limit=9).steps
    for step in steps:
        subject = applied(subject, step)
    return [step.word for step in steps], subject


@given(ACCOUNTS, TERMS)
def test_a_second_pass_on_the_same_day_finds_nothing(subject, terms):
    _, after = passed(subject, terms)
    assert passed(after, terms)[0] == []


@given(ACCOUNTS, TERMS, st.integers(0, 20))
def test_a_pass_that_was_cut_off_comes_to_the_same_end(subject, terms, cut):
    steps = daily([subject, seen(TODAY)], *terms, TODAY, limit=9).steps
    half = subject
    for step in steps[:cut]:
        half = applied(half, step)
    rest, end = passed(half, terms)
    assert [step.word for step in steps[:cut]] + rest == [step.word for step in steps]
    assert end == passed(subject, terms)[1]


@given(st.lists(ACCOUNTS, max_size=6), TERMS, st.randoms())
def test_the_order_of_the_accounts_means_nothing(subjects, terms, chance):
    named = [replace(subject, dn=f"uid={number}") for number, subject in enumerate(subjects)]
    shuffled = random.Random(chance.random()).sample(named, len(named))
    assert daily(named, *terms, TODAY) == daily(shuffled, *terms, TODAY)


@given(ACCOUNTS, TERMS)
def test_nobody_is_shut_without_a_reason_in_the_facts(subject, terms):
    """The reasons once more, in other words than the rules have them."""
    lifecycle, password = terms
    words, _ = passed(subject, terms)
    uses = [found for found in (subject.last_use, subject.last_success) if found]
    quiet = max([subject.created, *uses])

    def idle_for(months):
        return months is not None and months_later(quiet, months) < TODAY

    free = (
        subject.kind == "person"
        and subject.status == "active"
        and not (subject.leave_until or quiet) >= TODAY
    )
    if "idle-locked" in words and not subject.lock:
        assert free
        assert idle_for(lifecycle.lock_after_months)
    if "reclaimed" in words and subject.lock != "reclaimed":
        assert free
        assert subject.lock == "idle" or lifecycle.propose_after_months
        assert idle_for(lifecycle.delete_after_months or lifecycle.propose_after_months)
        if lifecycle.propose_after_months:
            told = [event.day for event in subject.events if event.word == "notified:reclaim"]
            assert min(told) + timedelta(days=15) <= TODAY
            assert any(event.word == "approved" for event in subject.events)
    if "purge" in words and subject.lock != "purge":
        assert subject.archived
        assert subject.lock != "contained"
        assert subject.status in ("left", "closing") or subject.lock == "reclaimed"
    if "first-expired" in words:
        assert subject.must_change
        given_on = subject.password_changed or subject.created
        assert given_on + timedelta(days=password.first_valid_days) < TODAY
    if "overdue" in words:
        assert password.max_age_days or subject.change_by
    assert set(words) <= set(EventWord)


@given(ACCOUNTS, TERMS, st.lists(st.integers(1, 45), min_size=1, max_size=8))
def test_whenever_passes_run_nobody_is_reclaimed_before_the_day(subject, terms, gaps):
    """From an account of today, never used again: passes on any days, approved as soon as it is proposed."""
    lifecycle, _ = terms
    today = TODAY
    told = locked = None
    clean = {"lock": "", "events": (), "status": "active", "kind": "person", "archived": None, "purged": None}
    subject = replace(subject, created=TODAY, **clean)
    quiet = max([TODAY, *(found for found in (subject.last_use, subject.last_success) if found)])
    for gap in gaps * 3:
        today += timedelta(days=gap)
        words, subject = passed(subject, terms, today)
        if "proposed" in words:
            approved = Event(today, "approved", "15/TB")
            subject = replace(subject, events=in_order([*subject.events, approved]))
        told = today if "notified:reclaim" in words else told
        locked = today if "idle-locked" in words else locked
        if "reclaimed" in words:
            assert today > months_later(quiet, 6)
            if lifecycle.notice_days:
                assert today >= told + timedelta(days=15)
            else:
                assert today >= months_later(locked - timedelta(days=1), 3)
            return


def test_what_shuts_is_known_as_a_word():
    assert set(DISABLING) <= set(EventWord)
