"""Passwords that grow too old (BD-5), came from another system, or were never used; and the login's day."""

from __future__ import annotations

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.rules import daily

from tests.support.lives import BD, PASSWORD, SILENT, account, day, seen, steps, words

WARNED = ["2025-04-02 warned - changed on 2025-01-02"]


def test_the_owner_is_warned_once_at_ninety_days():
    young = account(password_changed="2025-01-02")
    assert words(young, "2025-04-01", SILENT, BD) == []
    step = steps(young, "2025-04-02", SILENT, BD)[0]
    assert (step.word, step.notice.kind) == ("warned", "password-age")
    assert step.notice.recipients == ("cb01@gialai.gov.vn",)
    assert step.notice.facts["due"] == "2025-07-01"
    assert words(account(password_changed="2025-01-02", events=WARNED), "2025-06-30", SILENT, BD) == []


def test_a_new_password_is_warned_of_again():
    subject = account(password_changed="2025-05-01", events=WARNED)
    assert words(subject, "2025-07-29", SILENT, BD) == []
    assert words(subject, "2025-07-30", SILENT, BD) == ["warned"]


def test_a_password_is_overdue_at_its_age():
    subject = account(password_changed="2025-01-02", events=WARNED)
    step = steps(subject, "2025-07-01", SILENT, BD)[0]
    assert (step.word, step.attributes) == ("overdue", {"pwdReset": ("TRUE",)})


def test_nobody_is_shut_out_on_the_day_of_the_warning():
    # After the rule is new, or days without a pass: the age is over, and nobody was told.
    subject = account(password_changed="2024-01-02")
    step, *rest = steps(subject, "2025-07-01", SILENT, BD)
    assert (step.word, rest) == ("warned", [])
    assert step.notice.facts["due"] == "2025-07-02"
    told = account(password_changed="2024-01-02", events=["2025-07-01 warned"])
    assert words(told, "2025-07-02", SILENT, BD) == ["overdue"]


def test_without_a_change_the_age_is_that_of_the_account():
    assert words(account(created="2025-01-02", events=WARNED), "2025-07-01", SILENT, BD) == ["overdue"]


@pytest.mark.parametrize(
    "facts",
    [
        {"must_change": True, "events": ["2025-07-01 overdue"]},
        {"scheme": ""},
        {"lock": "idle", "events": ["2025-03-01 idle-locked", "2025-03-01 notified:locked"]},
        {"status": "left", "events": ["2025-03-01 left"]},
    ],
)
def test_whose_password_is_not_looked_at(facts):
    assert words(account(password_changed="2025-01-02", **facts), "2025-12-01", SILENT, BD) == []


def test_without_a_maximum_age_nothing_grows_old():
    assert words(account(password_changed="2020-01-02"), "2025-12-01", SILENT, PASSWORD) == []


def test_an_overdue_password_is_never_taken_for_an_unused_first_one():
    lines = [*WARNED, "2025-07-01 overdue - changed on 2025-01-02"]
    subject = account(must_change=True, password_changed="2025-01-02", events=lines)
    assert words(subject, "2026-12-01", SILENT, BD) == []
    # Cut off between attribute and event, which one modify does not do: it is recorded, not taken away.
    half = account(must_change=True, password_changed="2025-01-02")
    assert words(half, "2026-12-01", SILENT, BD) == ["overdue"]
    assert steps(half, "2026-12-01", SILENT, BD)[0].attributes == {}
    imported = account(must_change=True, **IMPORTED)
    assert words(imported, "2025-07-01", SILENT) == ["overdue"]


IMPORTED = {"scheme": "SSHA512", "change_by": "2025-06-30"}


def test_an_imported_password_is_asked_to_be_changed_and_then_has_to():
    step = steps(account(**IMPORTED), "2025-01-02", SILENT)[0]
    assert (step.word, step.notice.kind) == ("change-asked", "password-change")
    assert step.notice.facts["change_by"] == "2025-06-30"
    asked = account(events=["2025-01-02 change-asked"], **IMPORTED)
    assert words(asked, "2025-06-30", SILENT) == []
    last = steps(asked, "2025-07-01", SILENT)[0]
    assert (last.word, last.attributes) == ("overdue", {"pwdReset": ("TRUE",)})


@pytest.mark.parametrize("facts", [{"scheme": "ARGON2"}, {"change_by": None}, {"scheme": ""}])
def test_what_is_no_imported_password(facts):
    assert words(account(**{**IMPORTED, **facts}), "2025-07-01", SILENT) == []


def test_imported_hashes_that_are_left_are_reported():
    today = day("2025-03-01")
    found = daily([account(**IMPORTED), seen(today)], SILENT, PASSWORD, today)
    assert [line.text for line in found.lists["imported"]] == ["{SSHA512}"]
    changed = account(**{**IMPORTED, "scheme": "ARGON2"})
    assert daily([changed, seen(today)], SILENT, PASSWORD, today).lists["imported"] == ()


FIRST = {"must_change": True, "scheme": "SSHA512", "password_changed": "2025-01-02"}


def test_an_unused_first_password_ends_after_its_days():
    assert words(account(**FIRST), "2025-02-01", SILENT) == []
    found = steps(account(**FIRST), "2025-02-02", SILENT)
    assert [step.word for step in found] == ["first-expired", "notified:first-expired"]
    assert found[0].attributes == {"userPassword": ()}
    assert found[1].notice.recipients == ("stttt@gialai.gov.vn",)


@pytest.mark.parametrize("used", ["2025-01-02", "2025-01-20"])
def test_a_first_password_that_was_used_and_not_changed_ends_as_well(used):
    subject = account(**FIRST, last_success=used, last_use=used)
    assert words(subject, "2025-02-01", SILENT) == []
    assert words(subject, "2025-02-02", SILENT) == ["first-expired", "notified:first-expired"]


@pytest.mark.parametrize("facts", [{"must_change": False}, {"scheme": ""}])
def test_what_is_no_first_password(facts):
    assert words(account(**{**FIRST, **facts}), "2025-12-01", SILENT) == []


def test_a_reset_gives_the_full_days_again():
    lines = [
        "2025-02-02 first-expired",
        "2025-02-02 notified:first-expired",
        "2025-05-01 reset 7/CV forgotten",
    ]
    subject = account(**{**FIRST, "password_changed": "2025-05-01"}, events=lines)
    assert words(subject, "2025-05-31", SILENT) == []
    assert words(subject, "2025-06-01", SILENT) == ["first-expired", "notified:first-expired"]
    # Also where old passwords are overdue: what was reset is a first one again.
    assert "first-expired" in words(subject, "2025-12-01", SILENT, BD)


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        ("2025-07-01", ["2025-07-01 overdue", "2025-07-01 reset 7/CV"]),  # on one day
        ("2025-07-02", ["2025-07-01 overdue"]),  # by hand, with no event
    ],
)
def test_what_was_given_after_the_overdue_one_is_a_first_password(given, lines):
    subject = account(must_change=True, password_changed=given, events=lines)
    assert words(subject, "2025-07-31", SILENT, BD) == []
    assert "first-expired" in words(subject, "2025-08-02", SILENT, BD)


def test_expired_first_passwords_are_reported_until_there_is_another():
    today = day("2025-03-01")
    lines = ["2025-02-02 first-expired", "2025-02-02 notified:first-expired"]
    found = daily([account(**{**FIRST, "scheme": ""}, events=lines), seen(today)], SILENT, PASSWORD, today)
    assert [line.day for line in found.lists["first-expired"]] == [day("2025-02-02")]
    another = account(**{**FIRST, "password_changed": "2025-02-28"}, events=[*lines, "2025-02-28 reset 1/CV"])
    assert daily([another, seen(today)], SILENT, PASSWORD, today).lists["first-expired"] == ()


@pytest.mark.parametrize(
    ("success", "use", "written"),
    [
        ("2025-03-01", None, "20250301050000Z"),
        ("2025-03-01", "2025-02-28", "20250301050000Z"),
        ("2025-03-01", "2025-03-01", None),
        ("2025-03-01", "2025-03-02", None),  # an open session is later than the login
        (None, "2025-03-01", None),
    ],
)
def test_the_last_login_is_kept(success, use, written):
    found = steps(account(last_success=success, last_use=use), "2025-03-02", SILENT)
    assert [step.attributes["cvLastUse"] for step in found] == ([(written,)] if written else [])
    assert all(step.event is None for step in found)
