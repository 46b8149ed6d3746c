"""The record of an account: what a line means, and that it is written as it was."""

from __future__ import annotations

from datetime import date

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.accounts.events import (
    Event,
    Transfer,
    event,
    exemption,
    unlock,
)

DAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("line", "until"),
    [
        ("2026-11-22 exempt 1/CV until=2027-01-31 đi học", date(2027, 1, 31)),
        ("2026-11-22 exempt 1/CV until=2027-01-31", date(2027, 1, 31)),
        ("2026-11-22 approved 1/CV until=2027-01-31", None),
    ],
)
def test_until_when_an_exemption_holds(line, until):
    found = event(line)
    assert found.until == until
    assert found.line() == line


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-22 exempt 1/CV until=2027-01-310",
        "2026-11-22 exempt 1/CV until=2027-02-30 x",
        "2026-11-22 exempt 1/CV đi học",
        "2026-11-22 handover 2/QĐ",
        "2026-11-22 handover 2/QĐ GL-1",
    ],
)
def test_what_lacks_what_its_word_is_about_is_no_event(line):
    with pytest.raises(ValueError, match="no event"):
        event(line)


@pytest.mark.parametrize(
    ("line", "lock"),
    [
        ("2026-11-22 unlocked 1/CV was idle", "idle"),
        ("2026-11-22 unlocked 1/CV was reclaimed, the mail is deleted", "reclaimed"),
        ("2026-11-22 unlocked - used on 2026-11-21, recorded late", ""),
        ("2026-11-22 idle-locked - was idle", ""),
    ],
)
def test_which_lock_an_act_ended(line, lock):
    found = event(line)
    assert found.ended_lock == lock
    assert found.line() == line


@pytest.mark.parametrize(
    ("line", "transfer"),
    [
        ("2026-11-22 handover 2/QĐ GL-1 GL-2 password", Transfer("GL-1", "GL-2", True)),
        ("2026-11-22 handover 2/QĐ - GL-2", Transfer("", "GL-2", False)),
        ("2026-11-22 reset 2/QĐ GL-1 GL-2", None),
    ],
)
def test_who_handed_over_to_whom(line, transfer):
    found = event(line)
    assert found.transfer == transfer
    assert found.line() == line
    assert transfer is None or transfer.text() == found.text


def test_what_is_written_is_what_is_read():
    assert event(Event(DAY, "exempt", "1", exemption(DAY, "ốm")).line()).until == DAY
    assert event(Event(DAY, "unlocked", "1", unlock("purge", purged=True)).line()).ended_lock == "purge"
