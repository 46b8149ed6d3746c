# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The state of an account, computed from its entry, and what still works in it (docs/lifecycle.md)."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import date

from ..accounts.vocabulary import RECLAIMED_LOCKS, Status
from .model import Account


@dataclass(frozen=True)
class State:
    """A row of the table of states."""

    name: str
    comes: str
    login: str
    receives: str
    sends: str
    answer: str
    ends: str


STATES = (
    State(
        "pending",
        "created, reset, or the password is overdue (`pwdReset`)",
        "change of the password only",
        "yes",
        "no",
        "-",
        "the owner's change; an unchanged first password ends by itself",
    ),
    State("active", "the owner has changed the password", "yes", "yes", "yes", "-", "any of the below"),
    State(
        "locked",
        "`locked` in the roster, idle (UB-9.3a), or contained after an incident",
        "no",
        "yes",
        "no",
        "-",
        "the roster; `act=unlock`; use that was recorded late",
    ),
    State(
        "closing",
        "a dissolved unit that still answers (`cvUntil`)",
        "no",
        "yes",
        "no",
        "250, then an automatic reply that names the successor",
        "the day `cvUntil`: left",
    ),
    State(
        "left",
        "`left` in the roster, or reclaimed (UB-9.3b, GL-13.3-a)",
        "no",
        "no",
        "no",
        "550 with the mailbox that is asked now",
        "the archive; back in the roster; `act=unlock` where it was reclaimed",
    ),
    State(
        "archived",
        "left, and the store has an encrypted copy (`cvArchive`)",
        "no",
        "no",
        "no",
        "550 with the mailbox that is asked now",
        "the end of the term (`cvKeepUntil`): purge",
    ),
    State(
        "gone",
        "the store has deleted the mail (`cvPurged`)",
        "no",
        "no",
        "no",
        "550 with the mailbox that is asked now",
        "back in the roster, or `act=unlock` where it was reclaimed: an empty mailbox; the address goes to "
        "nobody else",
    ),
)
HEADER = ("state", "how it comes", "login", "receives", "sends", "answer to mail", "what ends it")


def state(account: Account, today: date) -> str:
    """Return the state of an account on a day."""
    closing = account.status == Status.CLOSING
    over = closing and account.until is not None and today > account.until
    left = account.status == Status.LEFT or over or account.lock in RECLAIMED_LOCKS
    if left and account.purged:
        return "gone"
    if left:
        return "archived" if account.archive else "left"
    if closing:
        return "closing"
    if account.status == Status.LOCKED or account.lock:
        return "locked"
    return "pending" if account.must_change else "active"


def table() -> str:
    """Return the table of states in Markdown, as the documentation has it."""
    rows = [HEADER, tuple("---" for _ in HEADER), *map(astuple, STATES)]
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)
