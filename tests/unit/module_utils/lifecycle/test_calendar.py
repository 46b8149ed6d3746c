"""Working days (UB-6.1b), the calendar of the project, and requests that wait too long."""

from __future__ import annotations

from datetime import date

import pytest
import yaml
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.calendar import (
    FILE,
    Calendar,
    overdue,
    overdue_problems,
    parse_calendar,
    unknown_years,
    working_days_later,
)
from ansible_collections.congvu.mail.plugins.module_utils.naming.names import parse
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import as_text
from ansible_collections.congvu.mail.plugins.module_utils.roster.people import Person

from tests.support.lives import day
from tests.support.samples import ROOT

RAW = yaml.safe_load((ROOT / FILE).read_text())["calendar"]
CALENDAR = parse_calendar(RAW)[0]


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-03-09", "2026-03-11"),  # Monday: the day of receipt does not count
        ("2026-03-12", "2026-03-16"),  # Thursday: over a weekend
        ("2026-03-14", "2026-03-17"),  # received on a Saturday
        ("2026-02-13", "2026-02-24"),  # over Tết
        ("2026-04-24", "2026-04-29"),  # Giỗ Tổ is made up for on Monday
        ("2026-04-29", "2026-05-05"),
        ("2026-08-20", "2026-08-22"),  # 22/8 is a Saturday that is worked
        ("2026-08-28", "2026-09-04"),
        ("2025-04-25", "2025-04-28"),  # 26/4 is worked
        ("2025-12-31", "2026-01-06"),
        ("2026-11-23", "2026-11-26"),
    ],
)
def test_two_working_days(received, due):
    assert working_days_later(day(received), 2, CALENDAR) == day(due)


def test_the_calendar_of_the_project_has_no_problems_and_says_what_is_not_announced():
    calendar, problems = parse_calendar(RAW)
    assert problems == []
    assert calendar.announced == {2025, 2026}
    assert {found.year for found in calendar.holidays} == {2025, 2026, 2027}
    # Each swapped Saturday gives one free weekday, so the year keeps its length.
    assert all(found.weekday() < 5 for found in calendar.holidays)


@pytest.mark.parametrize("year", sorted(RAW))
def test_every_year_has_the_days_that_the_law_fixes(year):
    # Bộ luật Lao động 2019, article 112; one on a weekend is made up for on the next working day (111).
    for month, number in ((1, 1), (4, 30), (5, 1), (9, 2)):
        fixed = date(year, month, number)
        assert not CALENDAR.works(fixed)
    assert (
        sum(found.month in (1, 2) and found.day != 1 for found in CALENDAR.holidays if found.year == year)
        >= 4
    )


def test_text_reads_like_days():
    as_text = {
        str(year): {**days, "holidays": [str(one) for one in days["holidays"]]} for year, days in RAW.items()
    }
    assert parse_calendar(as_text) == parse_calendar(RAW)


GOOD = {"announced": True, "holidays": [date(2026, 1, 1)], "working": [date(2026, 1, 10)]}


@pytest.mark.parametrize(
    ("raw", "code", "column"),
    [
        (None, "yaml_shape", "calendar"),
        ({"next": GOOD}, "value_bad", "calendar.next"),
        ({True: GOOD}, "value_bad", "calendar.True"),
        ({2026: []}, "yaml_shape", "calendar.2026"),
        ({2026: {**GOOD, "holiday": []}}, "key_unknown", "calendar.2026.holiday"),
        ({2026: {"announced": True, "holidays": []}}, "key_missing", "calendar.2026.working"),
        ({2026: {**GOOD, "announced": "yes"}}, "yaml_shape", "calendar.2026.announced"),
        ({2026: {**GOOD, "holidays": "2026-01-01"}}, "yaml_shape", "calendar.2026.holidays"),
        ({2026: {**GOOD, "holidays": ["2026-02-30"]}}, "value_bad", "calendar.2026.holidays"),
        ({2026: {**GOOD, "holidays": [date(2025, 1, 1)]}}, "value_bad", "calendar.2026.holidays"),
        ({2026: {**GOOD, "holidays": [date(2026, 1, 1)] * 2}}, "value_bad", "calendar.2026.holidays"),
        ({2026: {**GOOD, "working": [date(2026, 1, 1)]}}, "value_bad", "calendar.2026.working"),
        ({2026: {**GOOD, "working": [date(2026, 1, 12)]}}, "value_bad", "calendar.2026.working"),
        ({2026: {**GOOD, "holidays": [None]}}, "value_bad", "calendar.2026.holidays"),
    ],
)
def test_problems_are_located(raw, code, column):
    problems = parse_calendar(raw)[1]
    assert {(found.file, found.code, found.column) for found in problems} >= {(FILE, code, column)}
    assert all(found.text for found in problems)


def person(person_id: str, requested_on: str, status: str = "active") -> Person:
    name = parse("Trần Đình Nguyên")
    given = day(requested_on) if requested_on else None
    headers = {"requested_on": "Ngày đề nghị"}
    return Person(
        person_id,
        "Trần Đình Nguyên",
        name,
        "vp",
        "people/vp.csv",
        2,
        status=status,
        requested_on=given,
        columns=headers,
    )


PEOPLE = [
    person("LATE", "2026-03-09"),
    person("LATER", "2026-03-06"),
    person("TODAY", "2026-03-10"),
    person("THERE", "2026-03-02"),
    person("GONE", "2026-03-02", status="left"),
    person("NEVER", ""),
]


def test_who_waits_longer_than_the_decision_allows():
    late, years = overdue(PEOPLE, {"THERE"}, 2, CALENDAR, day("2026-03-12"))
    assert [(found.person.person_id, str(found.due)) for found in late] == [
        ("LATER", "2026-03-10"),
        ("LATE", "2026-03-11"),
    ]
    assert years == []


def test_on_the_last_day_nobody_is_late():
    assert overdue([PEOPLE[0]], set(), 2, CALENDAR, day("2026-03-11"))[0] == []


def test_without_a_rule_nobody_is_late():
    assert overdue(PEOPLE, set(), None, CALENDAR, day("2026-12-01")) == ([], [])


def test_a_late_request_and_an_open_year_are_warnings_at_their_place():
    late, years = overdue([person("LATE", "2027-03-09")], set(), 2, CALENDAR, day("2027-03-12"))
    found = overdue_problems(late, years)
    assert [(one.file, one.row, one.column, one.text.severity) for one in found] == [
        ("people/vp.csv", 2, "Ngày đề nghị", "warning"),
        (FILE, 0, "calendar.2027", "warning"),
    ]
    assert "2027-03-11" in as_text(found, "vi")


def test_a_year_without_schedule_is_named_and_counted_with_its_weekends():
    assert unknown_years(day("2026-12-31"), day("2027-01-04"), CALENDAR) == [2027]
    assert working_days_later(day("2031-01-31"), 2, Calendar()) == day("2031-02-04")
