# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Mailboxes that nobody uses: locked and deleted (UB-9.3), or proposed, noticed and reclaimed (GL-13.3-a).

What is done, in which order and when is the decision's (`policy/stages`). Both speak of more than ("quá") so
many months: the first day that counts is the one after the calendar month is over. A site may have the lock
of one decision and the notice of the other (REQUIREMENTS C9).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..accounts.events import Event
from ..accounts.vocabulary import Attr, EventWord, Kind, Lock, NoticeKind, Status
from ..clock import days_later, months_later
from ..policy.stages import IdleRules, Stage
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


def _noticed(account: Account, word: EventWord, months: int | None) -> Event | None:
    """Return the notice that was given of this time without use; one before the last use is none."""
    given = account.last(word)
    return given if given and is_over(since(account), months, given.day) else None


def lock_noticed(account: Account, terms: LifecycleTerms) -> Event | None:
    """Return the notice before a lock that is still to come."""
    waits = terms.idle_rules.lock_notice and is_judged(account) and not account.lock
    return _noticed(account, EventWord.NOTIFIED_LOCK, terms.idle_rules.lock_months) if waits else None


def end_noticed(account: Account, terms: LifecycleTerms) -> Event | None:
    """Return the notice before a reclaim that is still to come (GL-13.3-a)."""
    found = case(account)
    if found or terms.idle_rules.propose or not is_judged(account):
        return found.notified if found else None
    return _noticed(account, EventWord.NOTIFIED_RECLAIM, terms.idle_rules.end_months)


def _locked(account: Account) -> Event | None:
    return account.last(EventWord.IDLE_LOCKED) if account.lock == Lock.IDLE else None


def _is_due(stage: Stage, account: Account, rules: IdleRules, today: date) -> bool:
    """Say whether a stage that counts from the last use, or from the lock, is due."""
    if stage.idle_months is not None:
        return is_over(since(account), stage.idle_months, today)
    locked = _locked(account)
    if not locked or today < stage.first_day(locked.day):
        return False
    return is_over(since(account), rules.lock_months, today)


def unlock_used(account: Account, terms: LifecycleTerms, today: date) -> Step | None:
    """Lift an idle lock where a use is known by now that came before it: it was no idleness.

    A session that outlives the lock lifts nothing: that takes a letter, or the unit's mailbox (UB-9.3a).
    """
    rules, locked = terms.idle_rules, _locked(account)
    if not locked or not account.used or rules.lock is None or account.used >= locked.day:
        return None
    given = account.last(EventWord.NOTIFIED_LOCK) if rules.lock_notice else None
    if is_over(account.used, rules.lock_months, given.day if given else locked.day):
        return None
    text = f"used on {account.used}, recorded late"
    return recorded(account, EventWord.UNLOCKED, today, text, {Attr.LOCK: ()})


def cancel_proposal(account: Account, terms: LifecycleTerms, today: date) -> Step | None:
    """End a proposal that has lost its reason (GL-13.3-a: only what is not in use is reclaimed)."""
    if case(account) is None:
        return None
    start, rules = since(account), terms.idle_rules
    if not is_judged(account):
        text = f"status {account.status}, lock {account.lock or 'none'}"
    elif not is_over(start, rules.end_months if rules.propose else None, today):
        text = f"counts from {start}"
    else:
        return None
    return recorded(account, EventWord.CANCELLED, today, text)


def notify_lock(account: Account, terms: LifecycleTerms, today: date) -> Step | None:
    """Tell person and unit that the mailbox will be locked, where a decision wants that."""
    rules = terms.idle_rules
    if not rules.lock or not rules.lock_notice or not is_judged(account) or account.lock:
        return None
    if not _is_due(rules.lock_notice, account, rules, today) or lock_noticed(account, terms):
        return None
    start, lock_on = since(account), rules.lock.first_day(today)
    facts = {
        "idle_since": str(start),
        "notice_days": str((lock_on - today).days),
        "lock_on": str(lock_on),
    }
    mail = notice(NoticeKind.LOCK, account, start, facts)
    return recorded(account, EventWord.NOTIFIED_LOCK, today, f"lock on {lock_on}", notice=mail)


def lock(account: Account, terms: LifecycleTerms, today: date) -> Step | None:
    """Lock what nobody used and nobody gave a reason for (UB-9.3a); after a notice, on its last day."""
    rules, noticed = terms.idle_rules, ""
    if not rules.lock or not is_judged(account) or account.lock:
        return None
    if rules.lock_notice:
        given = lock_noticed(account, terms)
        if not given or today < rules.lock.first_day(given.day):
            return None
        noticed = f", notice given on {given.day}"
    elif not _is_due(rules.lock, account, rules, today):
        return None
    text = f"idle since {since(account)}{noticed}"
    return recorded(account, EventWord.IDLE_LOCKED, today, text, {Attr.LOCK: (Lock.IDLE,)})


def propose(account: Account, terms: LifecycleTerms, today: date) -> Step | None:
    """Propose to reclaim (GL-13.3-a). What was cancelled today has no new reason today."""
    rules = terms.idle_rules
    if not rules.propose or not is_judged(account) or not _is_due(rules.propose, account, rules, today):
        return None
    cancelled = account.last(EventWord.CANCELLED)
    if case(account) or (cancelled and cancelled.day >= today):
        return None
    text = f"idle since {since(account)}"
    return recorded(account, EventWord.PROPOSED, today, text)


def notify_end(account: Account, terms: LifecycleTerms, today: date) -> Step | None:
    """Tell person and unit what was approved, or what comes by itself, some days before (GL-13.3-a)."""
    rules = terms.idle_rules
    if not rules.end or not rules.end_notice:
        return None
    if rules.propose:
        found = case(account)
        if not found or not found.approved or found.notified:
            return None
        if today < rules.end_notice.first_day(found.approved.day):
            return None
        cause, reference = found.approved.day, found.approved.reference
    else:
        due = is_judged(account) and _is_due(rules.end_notice, account, rules, today)
        if not due or end_noticed(account, terms):
            return None
        cause, reference = since(account), ""
    reclaim_on = rules.end.first_day(today)
    facts = {
        "idle_since": str(since(account)),
        "reference": reference,
        "notice_days": str((reclaim_on - today).days),
        "reclaim_on": str(reclaim_on),
    }
    return recorded(
        account,
        EventWord.NOTIFIED_RECLAIM,
        today,
        f"reclaim on {reclaim_on}",
        reference=reference,
        notice=notice(NoticeKind.RECLAIM, account, cause, facts),
    )


def reclaim(account: Account, terms: LifecycleTerms, today: date) -> Step | None:
    """Reclaim on the notice's last day or later (GL-13.3-a), or what stayed locked too long (UB-9.3b)."""
    rules = terms.idle_rules
    if not rules.end or not is_judged(account):
        return None
    found = case(account)
    approved = found.approved if found else None
    if rules.propose and not approved:
        return None
    if rules.end_notice:
        given = end_noticed(account, terms)
        if not given or today < rules.end.first_day(given.day):
            return None
        text = f"notice given on {given.day}"
    elif approved and rules.propose:
        if today < rules.end.first_day(approved.day):
            return None
        text = f"approved on {approved.day}"
    elif _is_locked_out(account, rules, today):
        text = f"idle since {since(account)}"
    else:
        return None
    reference = approved.reference if approved and rules.propose else ""
    return recorded(
        account, EventWord.RECLAIMED, today, text, {Attr.LOCK: (Lock.RECLAIMED,)}, reference=reference
    )


def _is_locked_out(account: Account, rules: IdleRules, today: date) -> bool:
    """Say whether an account is idle so long that it is deleted, and was locked for its part of that.

    After days without a pass the lock comes late; who was locked still has the months in between to ask.
    """
    locked = _locked(account)
    if not locked or not rules.lock or not rules.end or rules.lock_months is None:
        return False
    due = _is_due(rules.end, account, rules, today)
    if rules.end.idle_months is None:
        return due
    between = rules.end.idle_months - rules.lock_months
    begun = days_later(locked.day, -1 - (rules.lock.after_days or 0))
    return due and is_over(begun, between, today)
