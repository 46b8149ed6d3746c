"""Lines of cvEvent, and reading an entry."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.accounts.events import Event, event
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle import entry
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.model import Step, applied, as_time
from hypothesis import given
from hypothesis import strategies as st

from tests.support.lives import account, day, events

WORD = st.from_regex(r"[a-z]+(:[a-z-]+)?", fullmatch=True)


@given(st.dates(date(1900, 1, 1)), WORD, st.text(), st.text())
def test_a_line_is_one_line_and_reads_the_same_again(on, word, reference, text):
    line = Event(on, word, reference, text).line()
    assert line.isprintable()
    assert len(line.encode("utf-8").splitlines()) == 1
    once = event(line)
    assert (once.day, once.word) == (on, word)
    assert event(once.line()) == once


@given(st.dates(date(1900, 1, 1)), WORD)
def test_what_an_official_writes_is_kept(on, word):
    given_event = Event(on, word, "12/CV-UBND ngày 3/4 100%", "until=2025-01-02 đi học - 50%")
    assert event(given_event.line()) == given_event


@pytest.mark.parametrize("reference", ["", "-", "%2D", "a b", "<x@y>", "%"])
def test_a_reference_is_not_mistaken(reference):
    assert event(Event(day("2025-01-02"), "reset", reference).line()).reference == reference


def test_what_a_decomposed_keyboard_writes_is_composed():
    assert (
        Event(day("2025-01-02"), "reset", "", "Tie\u0302\u0301n\r\n Minh\x00").line().endswith("- Tiến Minh")
    )


@pytest.mark.parametrize(
    "line", ["", "2025-13-01 left -", "left 2025-01-02", "2025-01-02", "2025-01-02  - text"]
)
def test_what_is_no_line(line):
    with pytest.raises(ValueError):
        event(line)


def test_on_one_day_a_life_goes_on_in_its_order():
    lines = ["2025-01-02 cancelled", "2025-01-02 approved 1", "2025-01-02 proposed", "2025-01-01 unlocked 9"]
    ordered = [found.word for found in events(*lines)]
    assert ordered == ["unlocked", "proposed", "approved", "cancelled"]


DIGEST = "ab" * 32
ENTRY = {
    "uid": ["CB01"],
    "cn": ["Trần Đình Nguyên"],
    "mail": ["nguyentd.stttt@gialai.gov.vn"],
    "title": ["Chuyên viên"],
    "cvStatus": ["active"],
    "cvUnit": ["stttt"],
    "cvContact": ["stttt@gialai.gov.vn"],
    "cvLock": ["idle"],
    "cvKeepUntil": ["2025-12-31"],
    "cvChangeBy": ["2025-06-30"],
    "cvEvent": ["2025-02-01 idle-locked", "2025-01-01 created"],
    "cvArchive": [f"20250301173000Z 120 {DIGEST} s01/file.age"],
    "cvLastUse": ["20250101165959Z"],
    "pwdLastSuccess": ["20250101170000.123456Z"],
    "pwdReset": ["TRUE"],
    "userPassword": ["{argon2}$argon2id$v=19\x00"],
    "createTimestamp": ["20241231170000Z"],
}


def test_an_entry_is_read_with_the_days_of_vietnam():
    found, problems = entry.account("uid=CB01", "person", ENTRY)
    assert problems == []
    assert (found.created, found.last_use, found.last_success) == (
        day("2025-01-01"),
        day("2025-01-01"),
        day("2025-01-02"),
    )
    assert (found.archived, found.keep_until, found.change_by) == (
        day("2025-03-02"),
        day("2025-12-31"),
        day("2025-06-30"),
    )
    assert (found.scheme, found.must_change, found.lock, found.status) == ("ARGON2", True, "idle", "active")
    assert [event.word for event in found.events] == ["created", "idle-locked"]
    assert (found.password_changed, found.purged, found.until, found.leave_until) == (None,) * 4


@pytest.mark.parametrize(
    ("archive", "expected"),
    [
        (f"20250301T10:00:00Z 1 {DIGEST} x", None),
        (f"2025-03-01 1 {DIGEST} x", None),
        ("20250301170000Z 1 sha256:0 x", None),
        ("20250301170000Z 1", None),
        (f"20250301165959Z 1 {DIGEST} x", "2025-03-01"),
        (f"20250301170000Z 1 {DIGEST} x", "2025-03-02"),
    ],
)
def test_the_day_of_an_archive(archive, expected):
    values = {**ENTRY, "cvArchive": [archive]}
    found, problems = entry.account("uid=CB01", "person", values)
    if expected is None:
        assert found is None
        assert list(map(str, problems)) == ["nguyentd.stttt@gialai.gov.vn: cannot be read: cvArchive"]
    else:
        assert found.archived == day(expected)


@pytest.mark.parametrize("missing", ["uid", "cn", "mail", "cvStatus", "createTimestamp"])
def test_an_entry_without_what_every_account_has_is_named(missing):
    found, [problem] = entry.account("uid=CB01", "person", {**ENTRY, missing: []})
    assert found is None and str(problem).endswith(f": cannot be read: {missing}")


def test_every_attribute_that_is_read_is_asked_for():
    names = Counter()

    class Asked(dict):
        def get(self, name, default=None):
            names[name] += 1
            return super().get(name, default)

    entry.account("uid=CB01", "person", Asked(ENTRY))
    assert {name for name, times in names.items() if times > 1} == set(entry.ATTRIBUTES), "once to check it"


def test_a_day_is_written_so_that_it_is_read_as_the_same_day():
    written = {**ENTRY, "cvLastUse": [as_time(day("2025-05-06"))]}
    assert entry.account("uid=CB01", "person", written)[0].last_use == day("2025-05-06")


def test_a_step_that_writes_something_unknown_is_a_mistake():
    with pytest.raises(ValueError, match="cvQuota"):
        applied(account(), Step(account(), "x", "y", {"cvQuota": ("1",)}))
