"""Accounts for the tests of the pure core, and a directory that takes its steps."""

from __future__ import annotations

from datetime import date

from ansible_collections.congvu.mail.plugins.module_utils.accounts.events import Event, event, in_order
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.model import Account
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.rules import daily
from ansible_collections.congvu.mail.plugins.module_utils.policy.terms import LifecycleTerms, PasswordTerms

UB = LifecycleTerms(lock_after_months=3, delete_after_months=6, create_working_days=2)
GL = LifecycleTerms(propose_after_months=6, notice_days=15)
MERGED = LifecycleTerms(lock_after_months=3, propose_after_months=6, notice_days=15)
SILENT = LifecycleTerms()
PASSWORD = PasswordTerms()
BD = PasswordTerms(max_age_days=180, warn_after_days=90)
SOMEBODY = "somebody"


def day(text: str) -> date:
    return date.fromisoformat(text)


def days(facts: dict) -> dict:
    """Facts with the days as days: whatever looks like one."""
    return {
        name: day(value) if isinstance(value, str) and value[4:5] == "-" and len(value) == 10 else value
        for name, value in facts.items()
    }


def events(*lines: str) -> tuple[Event, ...]:
    return in_order(map(event, lines))


def account(uid: str = "CB01", **facts) -> Account:
    lines = facts.pop("events", ())
    kind = facts.pop("kind", "person")
    given = {
        "dn": f"uid={uid},ou={kind},dc=test",
        "kind": kind,
        "uid": uid,
        "name": "Trần Đình Nguyên",
        "address": f"{uid.lower()}@gialai.gov.vn",
        "contact": "stttt@gialai.gov.vn",
        "created": "2025-01-02",
        "scheme": "ARGON2",
        **facts,
    }
    return Account(**days(given), events=events(*lines))


def seen(today: date) -> Account:
    """Somebody who uses the mail, so that the login store is known to work."""
    return account(SOMEBODY, last_use=today, created=today)


def steps(subject: Account, today: str, lifecycle=UB, password=PASSWORD) -> list:
    """The steps of a pass for one account."""
    now = day(today)
    return list(daily([subject, seen(now)], lifecycle, password, now).steps)


def words(subject: Account, today: str, lifecycle=UB, password=PASSWORD) -> list[str]:
    """What a pass does to one account, in order."""
    return [step.word for step in steps(subject, today, lifecycle, password)]
