"""Acts of an operator: each asks for a reference, and is refused where it makes no sense."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.acts import act
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.model import applied
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.states import state

from tests.support.lives import GL, UB, account, day, steps, words

TODAY = day("2025-08-01")
PROPOSED = ["2025-07-16 proposed - idle since 2025-01-15"]
LETTER = "12/CV-STTTT"


def test_approve_records_its_number():
    step = act(account(events=PROPOSED), "approve", TODAY, " 15/TB-STTTT ")
    assert step.event.line() == "2025-08-01 approved 15/TB-STTTT proposed on 2025-07-16"
    assert step.attributes == {}
    after = applied(account(last_use="2025-01-15", events=PROPOSED), step)
    assert words(after, "2025-08-01", GL) == ["notified:reclaim"]


def test_exempt_holds_to_the_end():
    step = act(account(), "exempt", TODAY, "9/QĐ", until=day("2025-12-31"), reason=" đi  học ")
    assert step.event.line() == "2025-08-01 exempt 9/QĐ until=2025-12-31 đi học"
    assert words(applied(account(), step), "2026-03-31", UB) == []


@pytest.mark.parametrize("reference", [LETTER, "<20250801.1@gialai.gov.vn>"])
@pytest.mark.parametrize("lock", ["idle", "reclaimed", "purge"])
def test_unlock_on_a_letter_or_a_mail_of_the_unit(reference, lock):
    word = {"idle": "idle-locked"}.get(lock, lock)
    subject = account(lock=lock, events=[f"2025-07-01 {word}"])
    step = act(subject, "unlock", TODAY, reference)
    assert (step.attributes, step.event.reference) == ({"cvLock": ()}, reference)
    after = applied(subject, step)
    (answer,) = steps(after, "2025-08-03", UB)  # due until it was sent
    assert (answer.word, answer.notice.facts["reference"]) == ("notified:unlocked", reference)
    assert answer.notice.recipients == ("cb01@gialai.gov.vn", "stttt@gialai.gov.vn")
    after = applied(after, answer)
    assert words(after, "2025-11-01", UB) == []  # it counts as a use
    assert "idle-locked" in words(after, "2025-11-02", UB)


def test_unlock_after_the_deletion_begins_an_empty_mailbox():
    lines = ["2025-01-01 reclaimed", "2025-07-02 purge", "2025-07-02 purged"]
    subject = account(lock="purge", purged="2025-07-02", scheme="", events=lines)
    after = applied(subject, act(subject, "unlock", TODAY, LETTER))
    assert state(after, TODAY) == "active"
    reset = replace(after, scheme="SSHA512", must_change=True, password_changed=TODAY)
    assert words(reset, "2025-08-02", UB) == [
        "notified:unlocked"
    ]  # also before the store has forgotten the deletion


@pytest.mark.parametrize(
    ("name", "facts", "said"),
    [
        ("approve", {}, "not proposed"),
        ("approve", {"events": [*PROPOSED, "2025-07-20 cancelled"]}, "not proposed"),
        ("approve", {"events": [*PROPOSED, "2025-07-20 approved 15/TB"]}, "approved on 2025-07-20 by 15/TB"),
        ("unlock", {}, "is not locked"),
        ("unlock", {"status": "locked"}, "locked by the roster"),
        ("unlock", {"lock": "contained"}, "contain.yml"),
        ("unlock", {"lock": "purge", "status": "left"}, "only the roster"),
        ("unlock", {"lock": "purge", "status": "left", "purged": "2025-07-01"}, "only the roster"),
        ("unlock", {"status": "left", "purged": "2025-07-01"}, "only the roster"),
        ("exempt", {"kind": "unit"}, "unit's mailbox"),
        ("exempt", {"status": "left"}, "has left"),
        ("exempt", {"lock": "reclaimed"}, "act=unlock"),
        ("exempt", {"events": [f"2025-07-01 exempt {LETTER} until=2025-12-31 ốm"]}, "already exempt"),
    ],
)
def test_refused_with_a_sentence(name, facts, said):
    given = {"until": day("2025-12-31"), "reason": "ốm"} if name == "exempt" else {}
    refusal = act(account(**facts), name, TODAY, LETTER, **given)
    assert isinstance(refusal, str)
    assert said in refusal


@pytest.mark.parametrize("reference", ["", "  ", "anh Nam", "a@b", "<a@b", "<@>", "<a b@c>"])
@pytest.mark.parametrize("name", ["approve", "exempt", "unlock"])
def test_refused_without_a_number(name, reference):
    subject = account(lock="idle" if name == "unlock" else "", events=PROPOSED)
    given = {"until": day("2025-12-31"), "reason": "ốm"} if name == "exempt" else {}
    assert "reference" in act(subject, name, TODAY, reference, **given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"reason": "ốm"}, "until"),
        ({"until": day("2025-07-31"), "reason": "ốm"}, "until"),
        ({"until": day("2025-08-01"), "reason": " "}, "reason"),
    ],
)
def test_an_exemption_has_an_end_and_a_reason(given, said):
    assert said in act(account(), "exempt", TODAY, LETTER, **given)


def test_there_is_no_other_act():
    with pytest.raises(ValueError, match="approve, exempt, unlock"):
        act(account(), "delete", TODAY, LETTER)
