# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The one place where the day comes from, and counting in calendar months."""

from __future__ import annotations

import os
from calendar import monthrange
from datetime import date, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))  # Asia/Ho_Chi_Minh has had no other offset since 1975
SET_DAY = "CONGVU_TODAY"  # a test's day, YYYY-MM-DD


def today() -> date:
    """Return the day in Vietnam, wherever the machine stands."""
    given = os.environ.get(SET_DAY)
    return date.fromisoformat(given) if given else datetime.now(VIETNAM).date()


def now() -> datetime:
    """Return the time in Vietnam, on the day of `today`."""
    moment = datetime.now(VIETNAM).replace(microsecond=0)
    return datetime.combine(today(), moment.timetz())


def months_later(day: date, months: int) -> date:
    """Return the same day some calendar months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
