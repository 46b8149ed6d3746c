# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The daily pass: what is due for each account today, and whether that much may be. Pure.

For each account the rules are asked in order, each sees what those before it did, until none has anything to
say. So a second pass on the same day finds nothing, and a day without a pass is made up by the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ..accounts.plan import change_limit
from ..accounts.vocabulary import EventWord, Kind, Lock, Status
from ..policy.terms import LifecycleTerms, PasswordTerms
from . import ageing, idle, leaving
from .model import Account, ListedAccount, Pass, Step, applied
from .notice import notify

# An account is newly disabled by these, where the step writes more than a record. That a closing one leaves
# is no news, as in `plan.Change.disables`: its day was set when it began to close.
DISABLING = (
    EventWord.IDLE_LOCKED,
    EventWord.RECLAIMED,
    EventWord.PURGE,
    EventWord.OVERDUE,
    EventWord.FIRST_EXPIRED,
)
JUDGED_IDLE = (
    EventWord.NOTIFIED_LOCK,
    EventWord.IDLE_LOCKED,
    EventWord.PROPOSED,
    EventWord.NOTIFIED_RECLAIM,
    EventWord.RECLAIMED,
)
# The longest holidays (Tết) have nine days in a row, but phones and clerks go on asking for mail.
SILENT_DAYS = 7
REPORT_MONTHS = 6  # what is reported where no rule says what idle is (REQUIREMENTS C9)


@dataclass(frozen=True)
class _Terms:
    lifecycle: LifecycleTerms
    password: PasswordTerms


Rule = Callable[[Account, _Terms, date], Step | None]


def _life(rule: Callable[[Account, LifecycleTerms, date], Step | None]) -> Rule:
    return lambda account, terms, today: rule(account, terms.lifecycle, today)


def _password(rule: Callable[[Account, PasswordTerms, date], Step | None]) -> Rule:
    return lambda account, terms, today: rule(account, terms.password, today)


# What has happened comes before what follows from it; what keeps an account before what disables it.
RULES: tuple[Rule, ...] = (
    _password(ageing.keep_use),
    _life(leaving.close),
    _life(leaving.follow_roster),
    _life(leaving.follow_lock),
    _life(leaving.follow_leave),
    _life(leaving.follow_store),
    _password(ageing.follow_reset),
    _life(leaving.cancel_purge),
    _life(idle.unlock_used),
    _life(idle.cancel_proposal),
    _life(idle.reclaim),
    _life(idle.notify_lock),
    _life(idle.lock),
    _life(idle.propose),
    _life(idle.notify_end),
    _life(leaving.purge),
    _life(leaving.record_purged),
    _password(ageing.overdue),
    _password(ageing.warn),
    _password(ageing.ask_for_change),
    _password(ageing.expire_first),
    lambda account, terms, today: notify(account, today),
)


def daily(
    accounts: Iterable[Account],
    lifecycle: LifecycleTerms,
    password: PasswordTerms,
    today: date,
    limit: int | None = None,
) -> Pass:
    """Return what is due today for all accounts of the directory, in the order of their names.

    `limit` is the explicit number of accounts that may be disabled; without it, 2 % and at least 5. A pass
    that would disable more, or judge idleness where nobody at all was seen, is refused as a whole: the next
    one makes it up.
    """
    terms = _Terms(lifecycle, password)
    before = sorted(accounts, key=lambda account: account.dn)
    steps: list[Step] = []
    after: list[Account] = []
    for account in before:
        own, end = _steps(account, terms, today)
        steps += own
        after.append(end)
    disabled = len({step.account.dn for step in steps if step.word in DISABLING and step.attributes})
    limit = change_limit(len(before)) if limit is None else limit
    refused = _silence(before, steps, today)
    if not refused and disabled > limit:
        refused = (
            f"{disabled} of {len(before)} accounts would be disabled today, and {limit} may be. "
            f"If that is right, run it again with the number: -e mailbox_change_limit={disabled}"
        )
    listed = _lists(before if refused else after, terms, today)
    return Pass(today, () if refused else tuple(steps), listed["proposed"], listed, disabled, limit, refused)


def lists(
    accounts: Iterable[Account], lifecycle: LifecycleTerms, password: PasswordTerms, today: date
) -> Mapping[str, tuple[ListedAccount, ...]]:
    """Return what the report lists, as it stands before today's pass."""
    ordered = sorted(accounts, key=lambda account: account.dn)
    return _lists(ordered, _Terms(lifecycle, password), today)


def _steps(account: Account, terms: _Terms, today: date) -> tuple[list[Step], Account]:
    """Return the steps for one account, and the account after them."""
    steps: list[Step] = []
    done: set[str] = set()  # nothing happens twice a day, even where a clock was set back behind the events
    while step := next((found for found in _due(account, terms, today) if found.word not in done), None):
        steps.append(step)
        done.add(step.word)
        account = applied(account, step)
    return steps, account


def _due(account: Account, terms: _Terms, today: date) -> Iterator[Step]:
    """Return what each rule has to say of the account as it is."""
    return (step for rule in RULES if (step := rule(account, terms, today)))


def _silence(accounts: list[Account], steps: list[Step], today: date) -> str:
    """Return why idleness cannot be judged: a login store that is down looks like a province asleep."""
    if not any(step.word in JUDGED_IDLE for step in steps):
        return ""
    # A use that lies ahead is a clock that was wrong, and proves nothing.
    uses = [
        account.used for account in accounts if account.used and account.used <= today + timedelta(days=1)
    ]
    last = max(uses, default=None)
    if last and last >= today - timedelta(days=SILENT_DAYS):
        return ""
    return (
        f"no account was used in the last {SILENT_DAYS} days (last use: {last or 'never'}), so nobody can be "
        "called idle. Look at the login times: lastbind in slapd, and the store agent"
    )


def _lists(accounts: list[Account], terms: _Terms, today: date) -> Mapping[str, tuple[ListedAccount, ...]]:
    """Return what the report lists, by the name of the list."""
    lists: dict[str, list[ListedAccount]] = {name: [] for name in LISTS}
    for account in accounts:
        for name, line in LISTS.items():
            found = line(account, terms, today)
            if found:
                lists[name].append(found)
    return {name: tuple(lines) for name, lines in lists.items()}


def _idle(kind: Kind) -> Callable[[Account, _Terms, date], ListedAccount | None]:
    def line(account: Account, terms: _Terms, today: date) -> ListedAccount | None:
        start = idle.since(account)
        serving = account.kind == kind and account.status == Status.ACTIVE and account.lock in ("", Lock.IDLE)
        if not serving or not idle.is_over(start, REPORT_MONTHS, today):
            return None
        return ListedAccount(account, start, f"last use {account.used or 'never'}")

    return line


def _lock(lock: Lock) -> Callable[[Account, _Terms, date], ListedAccount | None]:
    def line(account: Account, terms: _Terms, today: date) -> ListedAccount | None:
        event = account.last(*(word for word, written in leaving.LOCKED_BY.items() if written == lock))
        if account.lock != lock or account.purged:
            return None
        return ListedAccount(account, event.day if event else None, event.text if event else "")

    return line


def _proposed(account: Account, terms: _Terms, today: date) -> ListedAccount | None:
    found = idle.case(account)
    if not found or found.approved:
        return None
    return ListedAccount(account, found.proposed.day, found.proposed.text)


def _noticed(account: Account, terms: _Terms, today: date) -> ListedAccount | None:
    given = idle.end_noticed(account, terms.lifecycle)
    return ListedAccount(account, given.day, given.text) if given else None


def _lock_noticed(account: Account, terms: _Terms, today: date) -> ListedAccount | None:
    given = idle.lock_noticed(account, terms.lifecycle)
    return ListedAccount(account, given.day, given.text) if given else None


def _overdue(account: Account, terms: _Terms, today: date) -> ListedAccount | None:
    event = account.last(EventWord.OVERDUE)
    if not account.must_change or account.has_first_password or not event or account.status != Status.ACTIVE:
        return None
    return ListedAccount(account, event.day, event.text)


def _first_expired(account: Account, terms: _Terms, today: date) -> ListedAccount | None:
    event = account.last(EventWord.FIRST_EXPIRED)
    if not event or not account.must_change or account.scheme or account.status != Status.ACTIVE:
        return None
    return ListedAccount(account, event.day, event.text)


def _imported(account: Account, terms: _Terms, today: date) -> ListedAccount | None:
    if not ageing.is_imported(account) or account.has_first_password or account.status == Status.LEFT:
        return None
    return ListedAccount(account, account.change_by, f"{{{account.scheme}}}")


def _unarchived(account: Account, terms: _Terms, today: date) -> ListedAccount | None:
    term = leaving.end_of_term(account, terms.lifecycle)
    if term is None or today <= term or account.archive or account.purged:
        return None
    return ListedAccount(account, term, "the term is over, and the store has no archive")


LISTS: Mapping[str, Callable[[Account, _Terms, date], ListedAccount | None]] = {
    "proposed": _proposed,
    "noticed": _noticed,
    "lock-noticed": _lock_noticed,
    "idle": _idle(Kind.PERSON),
    "idle-units": _idle(Kind.UNIT),
    "locked": _lock(Lock.IDLE),
    "contained": _lock(Lock.CONTAINED),
    "reclaimed": _lock(Lock.RECLAIMED),
    "overdue": _overdue,
    "first-expired": _first_expired,
    "imported": _imported,
    "unarchived": _unarchived,
}
