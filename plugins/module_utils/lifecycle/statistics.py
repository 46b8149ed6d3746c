# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The figures of the report that the directory host knows, as data. Pure.

The audit log gives what happened between two days; everything else is how it stands today.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from ..accounts.entries import Unreadable
from ..accounts.vocabulary import AuditWord, Kind, Status
from ..host import audit
from ..policy.terms import LifecycleTerms, PasswordTerms
from .ageing import ARGON2
from .model import Account
from .rules import lists
from .states import state
from .summary import listed_data


def statistics(
    accounts: Collection[Account],
    unreadable: Collection[Unreadable],
    lifecycle: LifecycleTerms,
    password: PasswordTerms,
    today: date,
    log: Iterable[audit.AuditLine],
    first: date | None,
    last: date | None,
) -> dict[str, Any]:
    """Return states, old hashes, lists, the last pass, and the steps between two days, both included.

    Accounts that cannot be read are listed by themselves and counted nowhere else.
    """
    states: dict[str, Counter[str]] = {kind: Counter() for kind in Kind}
    for account in accounts:
        states[account.kind][state(account, today)] += 1
    within: list[audit.AuditLine] = []
    latest = None
    for line in log:
        if line.what == AuditWord.PASS:
            latest = line
        elif _within(line, first, last):
            within.append(line)
    found = lists(accounts, lifecycle, password, today)
    return {
        "day": str(today),
        "from": str(first or ""),
        "to": str(last or ""),
        "accounts": len(accounts),
        "unreadable": [error.as_data() for error in unreadable],
        # Also who cannot be read has a mailbox, and waits for none.
        "persons": sorted(
            [
                *(account.uid for account in accounts if account.kind == Kind.PERSON),
                *(error.uid for error in unreadable if error.uid),
            ]
        ),
        "states": {kind: dict(sorted(counts.items())) for kind, counts in states.items()},
        "old_hashes": sum(map(_has_old_hash, accounts)),
        "lists": {name: [listed_data(line) for line in lines] for name, lines in found.items()},
        "last_pass": {"time": latest.time, "who": latest.who, "text": latest.text} if latest else None,
        "events": dict(sorted(Counter(line.what for line in within).items())),
        "log": [asdict(line) for line in within],
    }


def _has_old_hash(account: Account) -> bool:
    """Say whether the password is one that another system hashed; a first password is random, and ends."""
    return (
        account.scheme not in ("", ARGON2)
        and not account.has_first_password
        and account.status != Status.LEFT
    )


def _within(line: audit.AuditLine, first: date | None, last: date | None) -> bool:
    day = line.time[: len("YYYY-MM-DD")]
    return (not first or day >= str(first)) and (not last or day <= str(last))
