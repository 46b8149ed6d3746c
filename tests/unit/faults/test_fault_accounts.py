"""The accountant of the drill must see every way in which mail goes wrong; no host is needed for that."""

from __future__ import annotations

import pytest

from tests.faults.accounts import Copy, Sum, Window, settle
from tests.faults.ledger import Attempt, Message

HERE, THERE = "thuyctp.stttt@gialai.gov.vn", "baolq.stttt@gialai.gov.vn"
# The fault strikes at 10 and its effects end at 20.
WINDOW = Window("a fault", first=0, end=10, begun=0.0, struck=10.0, undone=15.0, recovered=20.0)

READ = 100.0


def message(*answers: tuple[float, int], malware: bool = False) -> Message:
    """A message tried at these times with these answers; 0 is none after its last octet."""
    attempts = [Attempt(at, at + 0.5, "message", code, "") for at, code in answers]
    return Message(0, "mx", "a@outside.example", HERE, HERE, malware, "digest", attempts)


def copy(mailbox: str = HERE, saved: float = 1.0, scanned: bool = True, digest: str = "digest") -> Copy:
    return Copy(0, mailbox, "INBOX", saved, scanned, digest)


def judged(one: Message, *copies: Copy, queued: bool = False, bounced: bool = False) -> Sum:
    """What the accountant says of one message."""
    numbers = {0} if queued else set()
    (total,) = settle([one], [WINDOW], copies, numbers, {0} if bounced else set(), READ)
    return total


TAKEN = ((0.0, 250),)


@pytest.mark.parametrize("found", [((copy(),), False), ((), True)], ids=["delivered", "still queued"])
def test_mail_that_is_where_it_should_be_is_no_finding(found: tuple[tuple[Copy, ...], bool]) -> None:
    copies, queued = found
    total = judged(message(*TAKEN), *copies, queued=queued)
    assert (total.clean, total.messages, total.accepted, total.doubled) == (True, 1, 1, 0)


@pytest.mark.parametrize(
    ("what", "one", "copies"),
    [
        ("lost", message(*TAKEN), []),
        ("misdelivered", message(*TAKEN), [copy(), copy(THERE)]),
        ("misdelivered", message((0.0, 451)), [copy(THERE)]),
        ("unscanned", message(*TAKEN), [copy(scanned=False)]),
        ("damaged", message(*TAKEN), [copy(digest="another")]),
        ("unexplained", message(*TAKEN), [copy(saved=1.0), copy(saved=2.0)]),
        ("refused", message((0.0, 550)), []),
        ("waiting", message((0.0, 451), (30.0, 0)), []),
        ("waiting", message((0.0, 451), malware=True), []),
        ("malware", message(*TAKEN, malware=True), []),
        ("malware", message((0.0, 554), malware=True), [copy()]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_went_wrong_is_found(what: str, one: Message, copies: list[Copy]) -> None:
    total = judged(one, *copies)
    assert total.wrong[what] == [0]
    assert not total.clean


def test_a_message_in_the_wrong_mailbox_only_is_lost_as_well() -> None:
    assert {what for what, numbers in judged(message(*TAKEN), copy(THERE)).wrong.items() if numbers} == {
        "lost",
        "misdelivered",
    }


def test_mail_that_was_sent_back_is_found() -> None:
    assert judged(message(*TAKEN), copy(), bounced=True).wrong["bounced"] == [0]


def test_malware_that_was_refused_is_no_finding() -> None:
    assert judged(message((0.0, 451), (2.0, 554), malware=True)).clean


def test_a_double_is_explained_by_an_answer_that_never_came() -> None:
    total = judged(message((0.0, 0), (2.0, 250)), copy(saved=0.3), copy(saved=2.2))
    assert (total.clean, total.doubled, len(total.explained)) == (True, 1, 1)


def test_a_double_is_explained_by_a_fault_at_the_time_of_the_first_delivery() -> None:
    taken = message((11.0, 250))
    assert judged(taken, copy(saved=12.0), copy(saved=40.0)).clean
    # What was delivered and answered before the fault has no such excuse.
    assert not judged(message((1.0, 250)), copy(saved=2.0), copy(saved=12.0)).clean


def test_a_double_is_explained_by_a_fault_on_the_way_to_the_first_delivery() -> None:
    """It was taken while the fault was on, and the reply was lost; the store was away for longer."""
    assert judged(message((11.0, 250)), copy(saved=30.0), copy(saved=40.0)).clean
    assert not judged(message((22.0, 250)), copy(saved=30.0), copy(saved=40.0)).clean


@pytest.mark.parametrize("saved", [-3600.0, READ + 3600], ids=["behind", "ahead"])
def test_a_double_that_was_saved_by_another_clock_is_judged_by_when_it_was_handed_in(saved: float) -> None:
    assert judged(message((11.0, 250)), copy(saved=saved), copy(saved=READ + 3601)).clean
    assert not judged(message((22.0, 250)), copy(saved=saved), copy(saved=READ + 3601)).clean


def test_a_message_that_is_delivered_and_still_queued_is_a_double() -> None:
    assert judged(message(*TAKEN), copy(saved=12.0), queued=True).doubled == 1


def test_the_longest_pause_is_between_two_answers_of_250() -> None:
    taken = message((0.0, 250), (1.0, 250), (13.0, 250), (19.0, 250))
    assert judged(taken, copy()).pause == 12.0


def test_trouble_with_the_host_is_a_finding() -> None:
    window = Window("a fault", end=1, trouble=["slapd did not come back"])
    (total,) = settle([], [window], [], set(), set(), READ)
    assert not total.clean


@pytest.mark.parametrize(("saved", "longest"), [(7.0, 7.0), (READ + 3600, 0.0)])
def test_the_slowest_mail_is_not_told_by_a_clock_that_was_wrong(saved: float, longest: float) -> None:
    assert judged(message(*TAKEN), copy(saved=saved)).longest == longest
