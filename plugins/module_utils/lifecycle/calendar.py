# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Working days of the Vietnamese state, and requests that have waited longer than a decision allows.

The calendar is data (playbooks/vars/calendar.yml), a year at a time: which days are free, and which Saturdays
are worked for a day that was swapped.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from ..parsing.problems import Problem
from ..parsing.schema import Reader
from ..roster.people import Person

FILE = "playbooks/vars/calendar.yml"
SATURDAY = 5  # date.weekday()
LISTS = ("holidays", "working")


@dataclass(frozen=True)
class Calendar:
    """The days that differ from their week; `announced` are the years whose schedule is final."""

    holidays: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()
    announced: frozenset[int] = field(default_factory=frozenset)

    def works(self, day: date) -> bool:
        """Say whether offices are open; a year that is not in the calendar has its weekends only."""
        return day in self.working or (day.weekday() < SATURDAY and day not in self.holidays)


@dataclass(frozen=True)
class Overdue:
    """A request for a mailbox that should have been there by `due` (UB-6.1b)."""

    person: Person
    due: date


def parse_calendar(raw: object, file: str = FILE) -> tuple[Calendar, list[Problem]]:
    """Return the calendar of the key `calendar`, and what is wrong with it."""
    reader = Reader(file)
    years = raw if isinstance(raw, Mapping) else {}
    if not isinstance(raw, Mapping):
        reader.say("yaml_shape", "calendar", raw, "năm: ngày nghỉ (year: days)")
    found: dict[str, set[date]] = {name: set() for name in LISTS}
    announced: set[int] = set()
    for year, given in years.items():
        path = f"calendar.{year}"
        if not re.fullmatch(r"20\d\d", str(year)):
            reader.say("value_bad", path, year, "2000 … 2099")
            continue
        table = reader.mapping(given, path, ("announced", *LISTS))
        if reader.flag(table, "announced", path):
            announced.add(int(year))
        for name in LISTS:
            found[name] |= _days(reader, table, name, int(year), path)
    for day in sorted(found["holidays"] & found["working"]):
        wish = "holidays, working: một trong hai (one of both)"
        reader.say("value_bad", f"calendar.{day.year}.working", day, wish)
    for day in sorted(found["working"]):
        if day.weekday() < SATURDAY:
            wish = "thứ bảy, chủ nhật (Saturday, Sunday)"
            reader.say("value_bad", f"calendar.{day.year}.working", day, wish)
    calendar = Calendar(frozenset(found["holidays"]), frozenset(found["working"]), frozenset(announced))
    return calendar, reader.problems


def _days(reader: Reader, table: dict[str, object], name: str, year: int, path: str) -> set[date]:
    """Return the days of one list; each must lie in its year, once."""
    given = table.get(name, [])
    if not isinstance(given, list):
        reader.say("yaml_shape", f"{path}.{name}", given, "danh sách ngày (a list of days)")
        return set()
    days: set[date] = set()
    for item in given:
        day = _day(item)
        if day is None or day.year != year or day in days:
            reader.say("value_bad", f"{path}.{name}", item, f"{year}-MM-DD, một lần (once)")
        else:
            days.add(day)
    return days


def _day(item: object) -> date | None:
    """Return a day that YAML has read, or that Ansible has made text of."""
    try:
        return item if type(item) is date else date.fromisoformat(str(item))
    except ValueError:
        return None


def working_days_later(day: date, count: int, calendar: Calendar) -> date:
    """Return the last of `count` working days after a day (UB-6.1b).

    The day of receipt itself does not count (Bộ luật Dân sự 2015, article 147).
    """
    while count:
        day += timedelta(days=1)
        count -= calendar.works(day)
    return day


def unknown_years(first: date, last: date, calendar: Calendar) -> list[int]:
    """Return the years between two days whose schedule is not final: the deadline may be later."""
    return [year for year in range(first.year, last.year + 1) if year not in calendar.announced]


def overdue(
    people: Iterable[Person],
    with_mailbox: Collection[str],
    count: int | None,
    calendar: Calendar,
    today: date,
) -> tuple[list[Overdue], list[int]]:
    """Return who waits for a mailbox longer than `count` working days, and which years are not final.

    `with_mailbox` are the person_ids that have a mailbox in the directory. People without a day of request,
    and those who are not to have a mailbox, wait for nothing. Without a rule (None) nobody is late.
    """
    late: list[Overdue] = []
    years: set[int] = set()
    for person in people:
        if (
            count is None
            or person.requested_on is None
            or not person.present
            or person.person_id in with_mailbox
        ):
            continue
        due = working_days_later(person.requested_on, count, calendar)
        years |= set(unknown_years(person.requested_on, due, calendar))
        if today > due:
            late.append(Overdue(person, due))
    return sorted(late, key=lambda found: (found.due, found.person.person_id)), sorted(years)


def overdue_problems(late: Iterable[Overdue], years: Iterable[int]) -> list[Problem]:
    """Return a warning for each late request, and one for each year whose schedule is not final."""
    waiting = [
        found.person.problem(
            "requested_on", "request_overdue", str(found.person.requested_on), str(found.due)
        )
        for found in late
    ]
    return waiting + [Problem(FILE, 0, f"calendar.{year}", "calendar_open", str(year)) for year in years]
