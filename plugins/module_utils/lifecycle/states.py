# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The state of an account, computed from its entry, and what still works in it (docs/lifecycle.md)."""

from __future__ import annotations

from datetime import date

from ..accounts.vocabulary import RECLAIMED_LOCKS, AccountState, Status
from .model import Account


def state(account: Account, today: date) -> AccountState:
    """Return the state of an account on a day."""
    closing = account.status == Status.CLOSING
    over = closing and account.until is not None and today > account.until
    left = account.status == Status.LEFT or over or account.lock in RECLAIMED_LOCKS
    if left and account.purged:
        return AccountState.GONE
    if left:
        return AccountState.ARCHIVED if account.archive else AccountState.LEFT
    if closing:
        return AccountState.CLOSING
    if account.status == Status.LOCKED or account.lock:
        return AccountState.LOCKED
    return AccountState.PENDING if account.must_change else AccountState.ACTIVE
