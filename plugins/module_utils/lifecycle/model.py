# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The facts of an account, and what a pass or an act makes of them. No directory, no clock, no mail.

A `Step` is written in one modify operation, attributes and event together, so that neither is ever there
alone; its notice is sent before that. A step that was cut off in between is found again by the next pass, and
`Notice.key` tells that the same notice is meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from types import MappingProxyType

from .. import clock
from ..accounts.events import Event, in_order
from ..accounts.vocabulary import TRUE, Attr, EventWord, Kind, NoticeKind, Status

NOON = time(12, tzinfo=clock.VIETNAM)


@dataclass(frozen=True)
class Account:
    """What the directory holds of an account, days as the calendar of Vietnam has them.

    `created` is the day of the entry. `scheme` is that of the password's hash, without braces, in capitals,
    and empty where there is none. `contact` is the mailbox that is told and asked in the account's place.
    `events` are in order.
    """

    dn: str
    kind: Kind
    uid: str
    name: str
    address: str
    created: date
    contact: str = ""
    unit: str = ""
    title: str = ""
    status: str = Status.ACTIVE
    lock: str = ""
    last_success: date | None = None  # pwdLastSuccess
    last_use: date | None = None  # cvLastUse
    must_change: bool = False  # pwdReset
    password_changed: date | None = None  # pwdChangedTime
    scheme: str = ""
    change_by: date | None = None
    leave_until: date | None = None
    keep_until: date | None = None
    until: date | None = None
    archived: date | None = None
    purged: date | None = None
    events: tuple[Event, ...] = ()

    @property
    def used(self) -> date | None:
        """Return the last day on which the mailbox was seen in use."""
        return max((day for day in (self.last_use, self.last_success) if day), default=None)

    @property
    def archive(self) -> date | None:
        """Return the day of the archive; one from before the account came back is not of its mail."""
        back = self.last(EventWord.RETURNED, EventWord.UNLOCKED)
        return None if self.archived and back and back.day >= self.archived else self.archived

    @property
    def password_day(self) -> date:
        """Return the day from which the password's age counts."""
        return self.password_changed or self.created

    @property
    def has_first_password(self) -> bool:
        """Say whether the owner has not chosen the password: an overdue one has to be changed as well."""
        overdue = self.last(EventWord.OVERDUE, EventWord.RESET)
        asked = overdue and overdue.word == EventWord.OVERDUE and overdue.day >= self.password_day
        return self.must_change and not asked

    def last(self, *words: str) -> Event | None:
        """Return the latest event that has one of the words."""
        for event in reversed(self.events):
            if event.word in words:
                return event
        return None


@dataclass(frozen=True)
class Notice:
    """A mail that is due: its kind (`notices` has the text), to whom, and the facts that the text names.

    `key` is the same for the same notice, whenever and however often it is found due.
    """

    kind: NoticeKind
    recipients: tuple[str, ...]
    facts: Mapping[str, str]
    key: str


@dataclass(frozen=True)
class Step:
    """One write to one entry: attributes to replace (no values: removed), and the event to add.

    A step without event is bookkeeping that no log needs, one without attributes a record. `reason` tells the
    operator why. What is not `logged` is in the audit log already, from who did it.
    """

    account: Account
    word: str
    reason: str
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    event: Event | None = None
    notice: Notice | None = None
    logged: bool = True


def recorded(
    account: Account,
    word: EventWord,
    day: date,
    text: str,
    attributes: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    *,
    reference: str = "",
    notice: Notice | None = None,
) -> Step:
    """Return a step whose event says the same as the step: its word, and `text` as the reason."""
    return Step(account, word, text, attributes, Event(day, word, reference, text), notice)


@dataclass(frozen=True)
class ListedAccount:
    """An account in a list of the report: since which day, and why."""

    account: Account
    day: date | None
    text: str


@dataclass(frozen=True)
class Pass:
    """What one daily pass does. Where it is `refused`, that is a sentence, and there are no steps."""

    day: date
    steps: tuple[Step, ...]
    proposals: tuple[ListedAccount, ...]  # proposed, and waiting for an approval
    lists: Mapping[str, tuple[ListedAccount, ...]]  # for the report
    disabled: int  # accounts that would newly be disabled
    limit: int  # how many may be
    refused: str = ""


def as_time(day: date) -> str:
    """Return the noon of a day in Vietnam as GeneralizedTime: the rules count days, not hours."""
    return clock.generalized_time(datetime.combine(day, NOON))


def applied(account: Account, step: Step) -> Account:
    """Return the account as it is after a step."""
    changes = {name: values[0] if values else "" for name, values in step.attributes.items()}
    after = replace(account, events=in_order([*account.events, step.event])) if step.event else account
    for name, value in changes.items():
        after = _with(after, name, value)
    return after


def _with(account: Account, name: str, value: str) -> Account:
    match name:
        case Attr.LOCK:
            return replace(account, lock=value)
        case Attr.STATUS:
            return replace(account, status=value)
        case Attr.PWD_RESET:
            return replace(account, must_change=value == TRUE)
        case Attr.USER_PASSWORD:
            return replace(account, scheme="")  # a step only ever removes it
        case Attr.LAST_USE:
            return replace(account, last_use=date(int(value[:4]), int(value[4:6]), int(value[6:8])))
    raise ValueError(name)
