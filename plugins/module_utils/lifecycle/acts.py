# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Acts of an operator on one account: approve, exempt, unlock. Each has a reference that is recorded."""

from __future__ import annotations

import re
from datetime import date

from ..accounts import events
from ..accounts.vocabulary import RECLAIMED_LOCKS, Attr, EventWord, Kind, Lock, Status
from .idle import case
from .model import Account, Step, recorded

ACTS = ("approve", "exempt", "unlock")
MESSAGE_ID = re.compile(r"<[^<>@\s]+@[^<>@\s]+>")


def act(
    account: Account, name: str, today: date, reference: str, *, until: date | None = None, reason: str = ""
) -> Step | str:
    """Return the step of an act, or the sentence why it is refused.

    `until` and `reason` are of an exemption. Raises ValueError for an act that there is not.
    """
    if name not in ACTS:
        raise ValueError(f"{name} is no act: {', '.join(ACTS)}")
    reference = " ".join(reference.split())
    if not re.search(r"\d", reference) and not MESSAGE_ID.fullmatch(reference):
        return f"{name} needs -e reference=..., a number such as 123/CV-STTTT; {reference or 'none'} is none."
    if account.status == Status.LEFT and (account.purged or account.lock == Lock.PURGE):
        return f"{account.address} has left, and its mail is given up: only the roster brings it back."
    if name == "approve":
        return _approve(account, today, reference)
    if name == "exempt":
        return _exempt(account, today, reference, until, reason)
    return _unlock(account, today, reference)


def _approve(account: Account, today: date, reference: str) -> Step | str:
    """Approve a proposal to reclaim (GL-13.3-a: the centre proposes, Sở decides)."""
    found = case(account)
    if found is None:
        return f"{account.address} is not proposed for reclaiming; lifecycle.yml lists what is."
    if found.approved:
        return f"{account.address} was approved on {found.approved.day} by {found.approved.reference}."
    text = f"proposed on {found.proposed.day}"
    return recorded(account, EventWord.APPROVED, today, text, reference=reference)


def _exempt(account: Account, today: date, reference: str, until: date | None, reason: str) -> Step | str:
    """Record why a mailbox is not used, and how long that holds (UB-9.3a: "không thông báo lý do")."""
    reason = " ".join(reason.split())
    if until is None or until < today:
        return f"exempt needs -e until=YYYY-MM-DD, today or later; {until or 'none'} was given."
    if not reason:
        return "exempt needs -e reason=..., such as: đi học dài hạn."
    if account.kind != Kind.PERSON:
        return f"{account.address} is a unit's mailbox; no idle rule touches it."
    if account.status == Status.LEFT:
        return f"{account.address} has left; nothing is idle there."
    if account.lock in RECLAIMED_LOCKS:
        return f"{account.address} has been reclaimed; -e act=unlock gives it back."
    known = [event for event in account.events if event.word == EventWord.EXEMPT]
    if any(event.reference == reference and event.until == until for event in known):
        return f"{account.address} is already exempt until {until} by {reference}."
    text = events.exemption(until, reason)
    return recorded(account, EventWord.EXEMPT, today, text, reference=reference)


def _unlock(account: Account, today: date, reference: str) -> Step | str:
    """Unlock on a letter, or a mail from the unit's mailbox (UB-9.3a); idleness counts from today.

    Where the mail of an idle mailbox is deleted, an empty one begins, and a reset gives it a password.
    """
    if account.lock == Lock.CONTAINED:
        return f"{account.address} is contained after an incident; contain.yml ends that."
    if not account.lock and account.status == Status.LOCKED:
        return f"{account.address} is locked by the roster: change its row, then run mailboxes.yml."
    if not account.lock:
        return f"{account.address} is not locked."
    text = events.unlock(account.lock, purged=account.purged is not None)
    return recorded(account, EventWord.UNLOCKED, today, text, {Attr.LOCK: ()}, reference=reference)
