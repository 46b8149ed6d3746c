"""Days and times as the directory writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from ansible_collections.congvu.mail.plugins.module_utils import clock
from hypothesis import given
from hypothesis import strategies as st

MOMENT = datetime(2026, 11, 22, 10, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "20261122101530Z",
        "20261122101530.000001Z",
        "20261122101530,5Z",
        "20261122171530+07",
        "20261122171530+0700",
        "20261122064530-0330",
    ],
)
def test_every_form_of_a_time_is_read_as_one_moment(value):
    assert clock.read_generalized_time(value) == MOMENT


@pytest.mark.parametrize(("value", "minute"), [("202611221015Z", 15), ("2026112210Z", 0)])
def test_minutes_and_seconds_may_be_missing(value, minute):
    assert clock.read_generalized_time(value) == MOMENT.replace(minute=minute, second=0)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "20261122101530",
        "20261322101530Z",
        "2026-11-22T10:15:30Z",
        "20261122101530Z x",
        "yes",
        "20161231235960Z",
        "00010101000000+1400",
        "99991231235959Z",
        "99991231235959-1200",
    ],
)
def test_what_is_no_time_is_refused(value):
    with pytest.raises(ValueError):
        clock.read_generalized_time(value)


@given(st.datetimes(datetime(1000, 1, 1), datetime(9000, 1, 1)), st.integers(-12, 14))
def test_what_is_written_is_read_again(moment, offset):
    moment = moment.replace(microsecond=0, tzinfo=UTC) + timedelta(hours=offset)
    assert clock.read_generalized_time(clock.generalized_time(moment)) == moment


def test_a_day_is_that_of_vietnam():
    assert clock.read_day("20261122165959Z") == date(2026, 11, 22)
    assert clock.read_day("20261122170000Z") == date(2026, 11, 23)
    assert clock.read_day("2026-11-22") == date(2026, 11, 22)


@given(st.dates(), st.integers(0, 5000), st.integers(-5000, 5000))
def test_every_day_has_one_that_is_later(day, months, days):
    """Mail that is kept to the last day there is, or a clock that was wrong by millennia."""
    assert clock.months_later(day, months) >= day
    assert (clock.days_later(day, days) >= day) == (days >= 0 or day == date.min)
