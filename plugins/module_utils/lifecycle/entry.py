# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reading an account out of the values of its directory entry. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from ..accounts.vocabulary import TRUE, Attr, Kind
from ..clock import VIETNAM
from .model import Account, event, in_order

# What a search has to ask for; the operational attributes are named because `*` leaves them out.
ATTRIBUTES = (
    Attr.UID,
    Attr.CN,
    Attr.MAIL,
    Attr.TITLE,
    Attr.STATUS,
    Attr.UNIT,
    Attr.CONTACT,
    Attr.UNTIL,
    Attr.KEEP_UNTIL,
    Attr.LEAVE_UNTIL,
    Attr.CHANGE_BY,
    Attr.LAST_USE,
    Attr.LOCK,
    Attr.EVENT,
    Attr.ARCHIVE,
    Attr.PURGED,
    Attr.USER_PASSWORD,
    Attr.PWD_RESET,
    Attr.PWD_CHANGED_TIME,
    Attr.PWD_LAST_SUCCESS,
    Attr.CREATE_TIMESTAMP,
)


def account(dn: str, kind: str, values: Mapping[str, Sequence[str]]) -> Account:
    """Return the account of an entry. Raises ValueError, with the entry's name, where a day is none."""

    def first(name: str) -> str:
        return next(iter(values.get(name, ())), "")

    try:
        created = _day(first(Attr.CREATE_TIMESTAMP))
        if created is None:
            raise ValueError(Attr.CREATE_TIMESTAMP)
        return Account(
            dn=dn,
            kind=Kind(kind),
            uid=first(Attr.UID),
            name=first(Attr.CN),
            address=first(Attr.MAIL),
            created=created,
            contact=first(Attr.CONTACT),
            unit=first(Attr.UNIT),
            title=first(Attr.TITLE),
            status=first(Attr.STATUS).lower(),
            lock=first(Attr.LOCK).lower(),
            last_success=_day(first(Attr.PWD_LAST_SUCCESS)),
            last_use=_day(first(Attr.LAST_USE)),
            must_change=first(Attr.PWD_RESET) == TRUE,
            password_changed=_day(first(Attr.PWD_CHANGED_TIME)),
            scheme=_scheme(first(Attr.USER_PASSWORD)),
            change_by=_day(first(Attr.CHANGE_BY)),
            leave_until=_day(first(Attr.LEAVE_UNTIL)),
            keep_until=_day(first(Attr.KEEP_UNTIL)),
            until=_day(first(Attr.UNTIL)),
            archived=_day(first(Attr.ARCHIVE).split(" ", 1)[0]),
            purged=_day(first(Attr.PURGED)),
            events=in_order(found for line in values.get(Attr.EVENT, ()) if (found := event(line))),
        )
    except ValueError as error:
        raise ValueError(f"{dn}: {error}") from error


def _day(value: str) -> date | None:
    """Return the day in Vietnam of a GeneralizedTime in UTC, or of `YYYY-MM-DD`, with or without a time."""
    if not value:
        return None
    if value[4:5] != "-":
        return (
            datetime.strptime(value[:14] + "Z", "%Y%m%d%H%M%SZ")
            .replace(tzinfo=UTC)
            .astimezone(VIETNAM)
            .date()
        )
    if len(value) == len("YYYY-MM-DD"):
        return date.fromisoformat(value)
    moment = datetime.fromisoformat(value)
    return (moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)).astimezone(VIETNAM).date()


def _scheme(password: str) -> str:
    """Return the scheme of a hash. Clear text, which slapd hashes anyway, is no scheme but is a password."""
    found = re.match(r"\{([^}]+)\}", password)
    return found.group(1).upper() if found else "CLEAR" if password else ""
