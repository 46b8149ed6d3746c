# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Mailboxes that nobody uses: locked and deleted (UB-9.3), or proposed, noticed and reclaimed (GL-13.3-a).

Both speak of more than ("quá") a number of months: the first day that counts is the one after the calendar
month is over. A site may have the lock of one decision and the notice of the other (REQUIREMENTS C9).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ..accounts.events import Event
from ..accounts.vocabulary import Attr, EventWord, Kind, Lock, NoticeKind, Status
from ..clock import months_later
from ..policy.terms import LifecycleTerms
from .model import Account, Step, recorded
from .notice import notice

ENDS = (EventWord.CANCELLED, EventWord.RECLAIMED)


def since(account: Account) -> date:
    """Return the day from which an account is idle, which may lie ahead.

    It is the last use or the creation. The owner's own change of the password is a use (slapd forgets the
    login before it), a reset was asked for by somebody who means to use it (UB-13.2), and what was unlocked
    (UB-9.3a) or is back in the roster begins anew. A reason that was given covers the days up to its end.
    """
    days = [account.created, account.used]
    if not account.has_first_password:
        days.append(account.password_changed)
    for event in account.events:
        if event.word in (EventWord.UNLOCKED, EventWord.RETURNED, EventWord.RESET):
            days.append(event.day)
        elif event.word == EventWord.EXEMPT:
            days.append(event.until)
    return max(day for day in days if day)


def is_over(start: date, months: int | None, today: date) -> bool:
    """Say whether more than this number of calendar months have passed; never without a rule."""
    return months is not None and today > months_later(start, months)


def is_judged(account: Account) -> bool:
    """Say whether idleness means anything: a person's mailbox that only its owner keeps shut.

    Units' and roles' mailboxes are read by delegates and answered for by a head: they are reported.
    """
    return account.kind == Kind.PERSON and account.status == Status.ACTIVE and account.lock in ("", Lock.IDLE)


@dataclass(frozen=True)
class Case:
    """How far the reclaim of one account has come: each event is None until it is there."""

    proposed: Event
    approved: Event | None
    notified: Event | None


def case(account: Account) -> Case | None:
    """Return the open proposal to reclaim an account (GL-13.3-a)."""
    proposed, ended = account.last(EventWord.PROPOSED), account.last(*ENDS)
    if proposed is None or (ended and ended.order > proposed.order):
        return None
    approved, notified = account.last(EventWord.APPROVED), account.last(EventWord.NOTIFIED_RECLAIM)
    if approved and approved.order < proposed.order:
        approved = None
    if notified and (approved is None or notified.order < approved.order):
        notified = None
    return Case(proposed, approved, notified)


def unlock_used(account: Account, terms: LifecycleTerms, today: date) -> Step | None:
    """Lift an idle lock where a use is known by now that came before it: it was no idleness.

    A session that outlives the lock lifts nothing: that takes a letter, or the unit's mailbox (UB-9.3a).
    """
    locked = account.last(EventWord.IDLE_LOCKED)
    if account.lock != Lock.IDLE or not locked or not account.used or terms.lock_after_months is None:
        return None
    if account.used >= locked.day or is_over(account.used, terms.lock_after_months, locked.day):
        return None
    text = f"used on {account.used}, recorded late"
    return recorded(account, EventWord.UNLOCKED, today, text, {Attr.LOCK: ()})


def cancel_proposal(account: Account, terms: LifecycleTerms, today: date) -> Step | None:
    """End a proposal that has lost its reason (GL-13.3-a: only what is not in use is reclaimed)."""
    if case(account) is None:
        return None
    start = since(account)
    if not is_judged(account):
        text = f"status {account.status}, lock {account.lock or 'none'}"
    elif not is_over(start, terms.propose_after_months, today):
        text = f"counts from {start}"
    else:
        return None
    return recorded(account, EventWord.CANCELLED, today, text)


def lock(account: Account, terms: LifecycleTerms, today: date) -> Step | None:
    """Lock what nobody used and nobody gave a reason for (UB-9.3a)."""
    start = since(account)
    if not is_judged(account) or account.lock or not is_over(start, terms.lock_after_months, today):
        return None
    text = f"idle since {start}"
    return recorded(account, EventWord.IDLE_LOCKED, today, text, {Attr.LOCK: (Lock.IDLE,)})


def propose(account: Account, terms: LifecycleTerms, today: date) -> Step | None:
    """Propose to reclaim (GL-13.3-a). What was cancelled today has no new reason today."""
    start, cancelled = since(account), account.last(EventWord.CANCELLED)
    if not is_judged(account) or not is_over(start, terms.propose_after_months, today) or case(account):
        return None
    if cancelled and cancelled.day >= today:
        return None
    text = f"idle since {start}"
    return recorded(account, EventWord.PROPOSED, today, text)


def notify(account: Account, terms: LifecycleTerms, today: date) -> Step | None:
    """Tell person and unit what was approved, `notice_days` before (GL-13.3-a)."""
    found = case(account)
    if not found or not found.approved or found.notified or terms.notice_days is None:
        return None
    reclaim_on = today + timedelta(days=terms.notice_days)
    reference = found.approved.reference
    facts = {
        "idle_since": str(since(account)),
        "reference": reference,
        "notice_days": str(terms.notice_days),
        "reclaim_on": str(reclaim_on),
    }
    text = f"reclaim on {reclaim_on}"
    return recorded(
        account,
        EventWord.NOTIFIED_RECLAIM,
        today,
        text,
        reference=reference,
        notice=notice(NoticeKind.RECLAIM, account, found.approved.day, facts),
    )


def reclaim(account: Account, terms: LifecycleTerms, today: date) -> Step | None:
    """Reclaim on the notice's last day or later (GL-13.3-a), or what stayed locked too long (UB-9.3b)."""
    if not is_judged(account):
        return None
    found = case(account)
    if found and found.approved and found.notified and terms.notice_days is not None:
        if today < found.notified.day + timedelta(days=terms.notice_days):
            return None
        reference, text = found.approved.reference, f"notice given on {found.notified.day}"
    elif _is_locked_out(account, terms, today):
        reference, text = "", f"idle since {since(account)}"
    else:
        return None
    return recorded(
        account, EventWord.RECLAIMED, today, text, {Attr.LOCK: (Lock.RECLAIMED,)}, reference=reference
    )


def _is_locked_out(account: Account, terms: LifecycleTerms, today: date) -> bool:
    """Say whether an account is idle so long that it is deleted, and was locked for its part of that.

    After days without a pass the lock comes late; who was locked still has the months in between to ask.
    """
    locked = account.last(EventWord.IDLE_LOCKED)
    if terms.delete_after_months is None or terms.lock_after_months is None:
        return False
    if account.lock != Lock.IDLE or not locked:
        return False
    between = terms.delete_after_months - terms.lock_after_months
    return is_over(since(account), terms.delete_after_months, today) and is_over(
        locked.day - timedelta(days=1), between, today
    )
