# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the roster, the store or a hand has changed, as events; and how an account ends.

Archive before delete, and a term of its own for that: REQUIREMENTS C10, DN-5.4, UB-6.2b.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ..accounts.events import Event, exemption, is_back
from ..accounts.vocabulary import RECLAIMED_LOCKS, Attr, EventWord, Kind, Lock, Status
from ..clock import months_later
from ..policy.terms import LifecycleTerms
from .model import Account, Step, recorded

# What an event says of the lock that it wrote.
LOCKED_BY = {
    EventWord.IDLE_LOCKED: Lock.IDLE,
    EventWord.RECLAIMED: Lock.RECLAIMED,
    EventWord.PURGE: Lock.PURGE,
}
ROSTER = {EventWord.ROSTER_LOCKED: Status.LOCKED, EventWord.LEFT: Status.LEFT}


def close(account: Account, terms: LifecycleTerms, today: date) -> Step | None:
    """End the automatic reply of a dissolved unit: from the day after, mail is refused."""
    if account.status != Status.CLOSING or account.until is None or today <= account.until:
        return None
    text = f"answered until {account.until}"
    return recorded(account, EventWord.LEFT, today, text, {Attr.STATUS: (Status.LEFT,)})


def follow_roster(account: Account, terms: LifecycleTerms, today: date) -> Step | None:
    """Record that the roster locked, let go or took back: idleness begins anew with who is back."""
    words: dict[str, EventWord] = {
        **{status: word for word, status in ROSTER.items()},
        Status.ACTIVE: EventWord.RETURNED,
    }
    word = words.get(account.status)
    step = _unrecorded(account, word, (*ROSTER, EventWord.RETURNED), "by the roster", today)
    # mailboxes.yml logs whom it disables; `executor.as_logged` looks whether it has.
    return replace(step, logged=step.word == EventWord.RETURNED) if step else None


def follow_lock(account: Account, terms: LifecycleTerms, today: date) -> Step | None:
    """Record a lock, or the end of one, that has no event: a modify by hand, or a directory from a backup."""
    words: dict[str, EventWord] = {**{lock: word for word, lock in LOCKED_BY.items()}, "": EventWord.UNLOCKED}
    word = words.get(account.lock)
    return _unrecorded(account, word, (*LOCKED_BY, EventWord.UNLOCKED), "found in the directory", today)


def _unrecorded(
    account: Account, word: EventWord | None, words: tuple[EventWord, ...], text: str, today: date
) -> Step | None:
    """Record the word for what an account is, unless it is there since the day of the last other one.

    The last of `words` ends the others, and without one of them it goes without saying. Events of one day
    have an order of their own, which may not be that in which a hand did things: the day decides.
    """
    if word is None:
        return None
    own, other = account.last(word), account.last(*(known for known in words if known != word))
    if other is None and word == words[-1]:
        return None
    return None if own and not (other and other.day > own.day) else recorded(account, word, today, text)


def follow_leave(account: Account, terms: LifecycleTerms, today: date) -> Step | None:
    """Keep the leave of the roster as an exemption (UB-9.3a): the roster forgets it at the return."""
    covered = [event.until for event in account.events if event.word == EventWord.EXEMPT]
    if account.kind != Kind.PERSON or account.leave_until is None or account.leave_until in covered:
        return None
    return recorded(account, EventWord.EXEMPT, today, exemption(account.leave_until, "leave in the roster"))


def follow_store(account: Account, terms: LifecycleTerms, today: date) -> Step | None:
    """Record the archive that the store has made."""
    archived, last = account.archived, account.last(EventWord.ARCHIVED)
    if archived is None or (last and last.day >= archived):
        return None
    text = f"archived on {archived}"
    return recorded(account, EventWord.ARCHIVED, archived, text)


def end_of_term(account: Account, terms: LifecycleTerms) -> date | None:
    """Return the last day on which the mail of an account that is closed for good is kept."""
    if account.status == Status.LEFT:
        return account.keep_until
    reclaimed = account.last(EventWord.RECLAIMED)
    if account.lock not in RECLAIMED_LOCKS or reclaimed is None:
        return None
    mail = terms.idle_rules.mail
    return (
        mail.first_day(reclaimed.day)
        if mail
        else months_later(reclaimed.day, terms.months_kept(account.title))
    )


def purge(account: Account, terms: LifecycleTerms, today: date) -> Step | None:
    """Let the store delete the mail after the term, once there is an archive. Contained mail is evidence."""
    term = end_of_term(account, terms)
    if term is None or today <= term or not account.archive or account.purged:
        return None
    if account.lock in (Lock.CONTAINED, Lock.PURGE):
        return None
    text = f"kept until {term}, archived on {account.archive}"
    return recorded(account, EventWord.PURGE, today, text, {Attr.LOCK: (Lock.PURGE,)})


def cancel_purge(account: Account, terms: LifecycleTerms, today: date) -> Step | None:
    """Open the mailbox of a leaver who is back in the roster; it is empty where the mail is deleted."""
    if not is_back(account.status, account.lock, account.events):
        return None
    text = f"back in the roster {'after' if account.purged else 'before'} the mail was deleted"
    return recorded(account, EventWord.UNLOCKED, today, text, {Attr.LOCK: ()})


def record_purged(account: Account, terms: LifecycleTerms, today: date) -> Step | None:
    """Record that the store has deleted the mail, and take the password away: what is left is a tombstone.

    Who is back has another mailbox, and the password is theirs.
    """
    if account.purged is None:
        return None
    disabled = account.status == Status.LEFT or account.lock in RECLAIMED_LOCKS
    known = account.last(EventWord.PURGED)
    event = None if known and known.day >= account.purged else Event(account.purged, EventWord.PURGED, "", "")
    attributes: dict[str, tuple[str, ...]] = {Attr.USER_PASSWORD: ()} if account.scheme and disabled else {}
    if event is None and not attributes:
        return None
    return Step(account, EventWord.PURGED, f"deleted on {account.purged}", attributes, event)
