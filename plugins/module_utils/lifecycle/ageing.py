# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Passwords that grow too old (BD-5), came from another system, or were never chosen by their owner."""

from __future__ import annotations

from datetime import date

from ..accounts.vocabulary import TRUE, Attr, EventWord, NoticeKind, Status
from ..clock import days_later
from ..policy.terms import PasswordTerms
from .model import Account, Step, as_time, recorded
from .notice import notice

ARGON2 = "ARGON2"


def keep_use(account: Account, terms: PasswordTerms, today: date) -> Step | None:
    """Copy the day of the last login out of slapd, which forgets it at each change of the password."""
    if account.last_success is None or (account.last_use and account.last_use >= account.last_success):
        return None
    reason = f"used on {account.last_success}"
    return Step(account, EventWord.USED, reason, {Attr.LAST_USE: (as_time(account.last_success),)})


def is_imported(account: Account) -> bool:
    """Say whether the hash is still the one that another system made."""
    return account.change_by is not None and account.scheme not in ("", ARGON2)


def is_usable(account: Account) -> bool:
    """Say whether the owner can log in with the password as it is."""
    return (
        account.status == Status.ACTIVE
        and not account.lock
        and not account.must_change
        and account.scheme != ""
    )


def follow_reset(account: Account, terms: PasswordTerms, today: date) -> Step | None:
    """Record that an old password is overdue where that was set without an event: it is no first one."""
    reset = account.last(EventWord.RESET)
    if not account.has_first_password or not account.scheme or (reset and reset.day >= account.password_day):
        return None
    brought = is_imported(account) and account.change_by is not None and today > account.change_by
    old = terms.max_age_days is not None and (today - account.password_day).days >= terms.max_age_days
    if not brought and not old:
        return None
    text = "found in the directory"
    return recorded(account, EventWord.OVERDUE, today, text)


def ask_for_change(account: Account, terms: PasswordTerms, today: date) -> Step | None:
    """Ask the owner of an imported password for another, once."""
    if not is_usable(account) or not is_imported(account) or account.last(EventWord.CHANGE_ASKED):
        return None
    if account.change_by is None or today > account.change_by:
        return None
    mail = notice(
        NoticeKind.PASSWORD_CHANGE, account, account.change_by, {"change_by": str(account.change_by)}
    )
    text = f"change by {account.change_by}"
    return recorded(account, EventWord.CHANGE_ASKED, today, text, notice=mail)


def warn(account: Account, terms: PasswordTerms, today: date) -> Step | None:
    """Tell the owner, once for each password, from when on it should be another (BD-5: 03 to 06 months)."""
    if terms.warn_after_days is None or terms.max_age_days is None or not is_usable(account):
        return None
    start, warned = account.password_day, account.last(EventWord.WARNED)
    if (today - start).days < terms.warn_after_days or (warned and warned.day > start):
        return None
    due = days_later(start, terms.max_age_days)
    facts = {"changed": str(start), "due": str(max(due, days_later(today, 1)))}
    text = f"changed on {start}, due on {facts['due']}"
    mail = notice(NoticeKind.PASSWORD_AGE, account, start, facts)
    return recorded(account, EventWord.WARNED, today, text, notice=mail)


def overdue(account: Account, terms: PasswordTerms, today: date) -> Step | None:
    """Ask for a change before anything else (BD-5), at the earliest the day after the warning."""
    if not is_usable(account):
        return None
    if is_imported(account) and account.change_by and today > account.change_by:
        return _must_change(account, f"imported, to be changed by {account.change_by}", today)
    if terms.max_age_days is None or (today - account.password_day).days < terms.max_age_days:
        return None
    warned = account.last(EventWord.WARNED)
    if terms.warn_after_days and not (warned and account.password_day < warned.day < today):
        return None
    return _must_change(account, f"changed on {account.password_day}", today)


def _must_change(account: Account, text: str, today: date) -> Step:
    return recorded(account, EventWord.OVERDUE, today, text, {Attr.PWD_RESET: (TRUE,)})


def expire_first(account: Account, terms: PasswordTerms, today: date) -> Step | None:
    """Take a first password away that its owner has not changed in time: paper gets lost.

    That it was used says nothing: whoever held the paper could do that.
    """
    start = account.password_day
    if not account.has_first_password or not account.scheme or account.purged:
        return None
    if (today - start).days <= terms.first_valid_days:
        return None
    text = f"given on {start}"
    return recorded(account, EventWord.FIRST_EXPIRED, today, text, {Attr.USER_PASSWORD: ()})
