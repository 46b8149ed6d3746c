# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The one place where the day comes from: today, months later, and the times of the directory."""

from __future__ import annotations

import os
import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))  # Asia/Ho_Chi_Minh has had no other offset since 1975
# GeneralizedTime (RFC 4517, 3.3.13): minutes, seconds and a fraction may be missing, a zone may not.
_GENERALIZED = re.compile(
    r"(\d{4})(\d{2})(\d{2})(\d{2})(?:(\d{2})(\d{2})?)?(?:[.,]\d+)?(?:Z|([+-])(\d{2})(\d{2})?)", re.ASCII
)
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
    """Return the same day some calendar months later, or the last day of that month.

    After the last day that a date can name there is none: it stands for "never".
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def days_later(day: date, days: int) -> date:
    """Return a day so many days later, or earlier; the last day and the first that there are end it."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def generalized_time(moment: datetime) -> str:
    """Return a time as the directory writes it: GeneralizedTime in UTC, in whole seconds."""
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%SZ")


def read_generalized_time(value: str) -> datetime:
    """Read a GeneralizedTime, in UTC and whole seconds. Raises ValueError where it is none."""
    found = _GENERALIZED.fullmatch(value)
    if not found:
        raise ValueError(f"no time: {value}")
    *fields, sign, hours, minutes = found.groups()
    moment = datetime(*(int(field or 0) for field in fields), tzinfo=UTC)  # type: ignore[misc, arg-type]
    try:
        if sign:
            offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
            moment = moment - offset if sign == "+" else moment + offset
        moment.astimezone(VIETNAM)  # the last hours of the year 9999 have no day in Vietnam
    except OverflowError as error:
        raise ValueError(f"no time: {value}") from error
    return moment


def read_day(value: str) -> date:
    """Read a day of the directory: `YYYY-MM-DD`, or the day in Vietnam of a GeneralizedTime."""
    if value[4:5] == "-":
        return date.fromisoformat(value)
    return read_generalized_time(value).astimezone(VIETNAM).date()
