"""The report: figures of the directory host, and what was done between two days."""

from __future__ import annotations

import json
from datetime import date

from ansible_collections.congvu.mail.plugins.module_utils.accounts.entries import Unreadable
from ansible_collections.congvu.mail.plugins.module_utils.host.audit import AuditLine
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.model import Account
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.report import as_data, as_json, as_text
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.statistics import statistics
from ansible_collections.congvu.mail.plugins.module_utils.policy.terms import LifecycleTerms, PasswordTerms

DAY = date(2026, 3, 31)
LOG = [
    AuditLine("lan", "exempt", "a@x.vn", "1/CV", "until=2026-06-30", "2026-01-31T08:00:00+07:00"),
    AuditLine("timer", "pass", text="idle-locked 1", time="2026-02-01T02:15:00+07:00"),
    AuditLine("timer", "idle-locked", "b@x.vn", "", "idle", "2026-02-01T02:15:00+07:00"),
    AuditLine("timer", "idle-locked", "c@x.vn", "", "idle", "2026-03-01T02:15:00+07:00"),
]


def account(name, **more):
    return Account(f"uid={name}", "person", name, "Lê Nam", f"{name}@x.vn", date(2024, 1, 1), **more)


UNREADABLE = [Unreadable("e", "e@x.vn", ("cvLock", "cvEvent"))]


def counted(first=None, last=None):
    accounts = [
        account("a", scheme="ARGON2", last_use=DAY),
        account("b", scheme="SSHA", lock="idle"),
        account("c", scheme="SSHA512", must_change=True),
        account("d", scheme="CRYPT", status="left"),
    ]
    return statistics(accounts, UNREADABLE, LifecycleTerms(), PasswordTerms(), DAY, LOG, first, last)


def test_states_and_old_hashes():
    found = counted()
    assert found["states"] == {"person": {"active": 1, "left": 1, "locked": 1, "pending": 1}, "unit": {}}
    # A first password is random and ends by itself; who has left logs in no more.
    assert found["old_hashes"] == 1
    assert found["persons"] == ["a", "b", "c", "d", "e"], "who cannot be read waits for no mailbox"
    assert [line["account"] for line in found["lists"]["idle"]] == ["b@x.vn", "c@x.vn"]


def test_the_log_between_two_days_both_included():
    found = counted(date(2026, 1, 31), date(2026, 2, 1))
    assert found["events"] == {"exempt": 1, "idle-locked": 1}
    assert [line["account"] for line in found["log"]] == ["a@x.vn", "b@x.vn"]
    assert counted()["events"] == {"exempt": 1, "idle-locked": 2}
    assert found["last_pass"]["time"] == "2026-02-01T02:15:00+07:00"


def test_as_text_and_as_json():
    data = as_data(counted(), [])
    assert json.loads(as_json(data)) == data
    assert "persons" not in data
    text = as_text(data)
    assert "left alone by the daily pass: 1\n  e@x.vn: cvLock, cvEvent\n" in text
    assert "  person: active 1, left 1, locked 1, pending 1" in text
    assert "Old password hashes (not argon2): 1" in text
    assert "  2026-01-31T08:00:00+07:00 lan exempt a@x.vn 1/CV until=2026-06-30" in text
