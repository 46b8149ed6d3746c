# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whom a notice goes to, and what makes it one and the same notice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ..accounts.events import Event
from ..accounts.vocabulary import NOTIFIED, EventWord, Lock, NoticeKind, Status
from .model import Account, Notice, Step

# The account's own mailbox, and the unit's. What nobody can open is not written to.
TO = {
    NoticeKind.LOCK: ("address", "contact"),
    NoticeKind.RECLAIM: ("address", "contact"),  # GL-13.3-a: "đến tổ chức, cá nhân đó"
    NoticeKind.LOCKED: ("address", "contact"),  # UB-9.3a: the unit is who may ask to unlock
    NoticeKind.UNLOCKED: ("address", "contact"),  # UB-9.3a: whoever asked for it
    NoticeKind.RECLAIMED: ("contact",),
    NoticeKind.FIRST_EXPIRED: ("contact",),
    NoticeKind.PASSWORD_AGE: ("address",),
    NoticeKind.PASSWORD_CHANGE: ("address",),
}
# What has happened, and is told as soon as mail works: a mail that cannot leave holds no lock up.
ANNOUNCED = {
    EventWord.IDLE_LOCKED: NoticeKind.LOCKED,
    EventWord.UNLOCKED: NoticeKind.UNLOCKED,
    EventWord.RECLAIMED: NoticeKind.RECLAIMED,
    EventWord.FIRST_EXPIRED: NoticeKind.FIRST_EXPIRED,
}


def notice(kind: NoticeKind, account: Account, cause: date, facts: Mapping[str, str]) -> Notice:
    """Return a notice; `cause` is the day of what it is about, which no later pass finds changed."""
    named = {"name": account.name, "address": account.address, "unit": account.unit, "title": account.title}
    to = tuple(dict.fromkeys(getattr(account, place) for place in TO[kind] if getattr(account, place)))
    return Notice(kind, to, {**named, **facts}, f"{kind} {cause} {account.kind} {account.uid}")


def notify(account: Account, today: date) -> Step | None:
    """Tell what has happened to an account and still holds."""
    for word, kind in ANNOUNCED.items():
        happened, told = account.last(word), account.last(NOTIFIED + kind)
        if not happened or not _holds(account, happened) or (told and told.day >= happened.day):
            continue
        mail = notice(kind, account, happened.day, _facts(happened))
        if mail.recipients:
            event = Event(today, NOTIFIED + kind, happened.reference, f"{word} on {happened.day}")
            return Step(account, event.word, event.text, {}, event, mail)
    return None


def _facts(happened: Event) -> dict[str, str]:
    return {"day": str(happened.day), "text": happened.text, "reference": happened.reference}


def _holds(account: Account, happened: Event) -> bool:
    """Say whether what an event says is still so. Only an unlock that was asked for has an answer."""
    if happened.word == EventWord.FIRST_EXPIRED:
        return account.must_change and not account.scheme
    if happened.word == EventWord.UNLOCKED:
        asked = happened.reference and happened.ended_lock
        return bool(asked and account.status == Status.ACTIVE and not account.lock)
    return account.lock == (Lock.IDLE if happened.word == EventWord.IDLE_LOCKED else happened.word)
