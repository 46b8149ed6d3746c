"""Wrong passwords on the page where they are changed: how many, from where, and what outlives what."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.account import limits
from ansible_collections.congvu.mail.plugins.module_utils.account.change import LATEST
from ansible_collections.congvu.mail.plugins.module_utils.account.limits import (
    Attempt,
    Bounds,
    Limits,
    Wait,
    bounds,
    network,
)
from ansible_collections.congvu.mail.plugins.module_utils.account.program import PATIENCE
from ansible_collections.congvu.mail.plugins.module_utils.policy.terms import PasswordTerms

OFFICE, ELSEWHERE, AN, BINH = "203.0.113.5/32", "198.51.100.7/32", "an@gialai.gov.vn", "binh@gialai.gov.vn"
BOUND = Bounds(seconds=600, source=6, account=4, pair=3)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def held(tmp_path: Path, clock: Clock) -> Limits:
    return Limits(tmp_path / "attempts.sqlite", BOUND, clock)


def begun(held: Limits, source: str, account: str, times: int) -> list[bool]:
    return [isinstance(held.begin(source, account), Attempt) for _ in range(times)]


def test_one_source_cannot_use_up_an_account(held: Limits) -> None:
    assert begun(held, OFFICE, AN, 5) == [True, True, True, False, False]
    assert begun(held, ELSEWHERE, AN, 2) == [True, False]
    assert begun(held, OFFICE, BINH, 1) == [True]


def test_a_source_has_an_end_over_all_accounts(held: Limits) -> None:
    tried = [begun(held, OFFICE, f"{number}@gialai.gov.vn", 1)[0] for number in range(8)]
    assert tried == [True] * 6 + [False] * 2
    assert begun(held, ELSEWHERE, "7@gialai.gov.vn", 1) == [True]


def test_the_page_stays_below_the_lockout_of_the_directory() -> None:
    for failures in range(1, 21):
        bound = bounds(PasswordTerms(max_failures=failures, failure_minutes=7))
        assert 1 <= bound.pair <= bound.account
        assert bound.account < failures or failures == 1
        assert bound.seconds == 420 + limits.MARGIN


def test_what_the_directory_still_counts_the_page_has_not_forgotten(tmp_path: Path, clock: Clock) -> None:
    """slapd has noted the failures when they were answered, and counts those of the last second, too."""
    terms = PasswordTerms()
    held = Limits(tmp_path / "attempts.sqlite", bounds(terms), clock)
    assert begun(held, OFFICE, AN, 3) + begun(held, ELSEWHERE, AN, 1) == [True] * 4
    slowest = LATEST + 2 * PATIENCE
    clock.now += slowest + terms.failure_minutes * 60 + 1
    assert begun(held, ELSEWHERE, AN, 1) == [False]
    clock.now += limits.MARGIN
    assert begun(held, ELSEWHERE, AN, 1) == [True]


def test_an_office_of_500_is_not_one_guesser(tmp_path: Path, clock: Clock) -> None:
    """Everybody mistypes before anybody gets it right."""
    held = Limits(tmp_path / "attempts.sqlite", bounds(PasswordTerms()), clock)
    people = [f"{number}@gialai.gov.vn" for number in range(500)]
    assert all(begun(held, OFFICE, one, 1) == [True] for one in people)
    for one in people:
        assert begun(held, OFFICE, one, 1) == [True]
        held.proven(one)


def test_it_is_over_when_the_time_is_over(held: Limits, clock: Clock) -> None:
    begun(held, OFFICE, AN, 3)
    clock.now += 100
    waited = held.begin(OFFICE, AN)
    assert waited == Wait(501)
    clock.now += waited.seconds
    assert begun(held, OFFICE, AN, 1) == [True]


def test_waiting_in_vain_makes_it_no_longer(held: Limits, clock: Clock) -> None:
    begun(held, OFFICE, AN, 50)
    clock.now += 601
    assert begun(held, OFFICE, AN, 3) == [True] * 3


def test_a_clock_that_was_ahead_keeps_nobody_waiting(held: Limits, clock: Clock) -> None:
    begun(held, OFFICE, AN, 3)
    clock.now -= 86_400
    assert begun(held, OFFICE, AN, 1) == [True]


def test_the_right_password_ends_it_and_what_nobody_answered_does_not_count(held: Limits) -> None:
    begun(held, OFFICE, AN, 3)
    held.proven(AN)
    for _ in range(10):
        attempt = held.begin(OFFICE, AN)
        assert isinstance(attempt, Attempt)
        held.withdraw(attempt)


def test_many_at_once_are_no_way_round(held: Limits) -> None:
    with ThreadPoolExecutor(16) as pool:
        tried = list(pool.map(lambda _: isinstance(held.begin(OFFICE, AN), Attempt), range(64)))
    assert sum(tried) == BOUND.pair


def test_it_outlives_a_restart(held: Limits, tmp_path: Path, clock: Clock) -> None:
    begun(held, OFFICE, AN, 3)  # and killed: nothing is closed
    assert begun(Limits(tmp_path / "attempts.sqlite", BOUND, clock), OFFICE, AN, 1) == [False]


def test_a_file_that_cannot_be_read_is_begun_anew(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "attempts.sqlite"
    path.write_bytes(b"no database, but longer than a header of one" * 100)
    assert begun(Limits(path, BOUND, clock), OFFICE, AN, 4) == [True, True, True, False]


def test_it_never_grows_past_its_bound(
    held: Limits, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_ROWS", 20)
    for number in range(200):
        begun(held, f"{number}", f"{number}@gialai.gov.vn", 1)
    rows = limits.sqlite3.connect(tmp_path / "attempts.sqlite").execute("SELECT count(*) FROM attempts")
    assert rows.fetchone() == (20,)


@pytest.mark.parametrize(
    ("address", "one"),
    [
        ("203.0.113.5", "203.0.113.5/32"),
        ("::ffff:203.0.113.5", "203.0.113.5/32"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("localhost", "unknown"),
    ],
)
def test_what_is_one_source(address: str, one: str) -> None:
    assert network(address) == one
