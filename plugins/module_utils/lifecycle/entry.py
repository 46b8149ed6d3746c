# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reading an account out of the values of its directory entry. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from ..clock import VIETNAM
from .model import Account, event, in_order

# What a search has to ask for; the operational attributes are named because `*` leaves them out.
ATTRIBUTES = (
    "uid",
    "cn",
    "mail",
    "title",
    "cvStatus",
    "cvUnit",
    "cvContact",
    "cvUntil",
    "cvKeepUntil",
    "cvLeaveUntil",
    "cvChangeBy",
    "cvLastUse",
    "cvLock",
    "cvEvent",
    "cvArchive",
    "cvPurged",
    "userPassword",
    "pwdReset",
    "pwdChangedTime",
    "pwdLastSuccess",
    "createTimestamp",
)


def account(dn: str, kind: str, values: Mapping[str, Sequence[str]]) -> Account:
    """Return the account of an entry. Raises ValueError, with the entry's name, where a day is none."""

    def first(name: str) -> str:
        return next(iter(values.get(name, ())), "")

    try:
        created = _day(first("createTimestamp"))
        if created is None:
            raise ValueError("createTimestamp")
        return Account(
            dn=dn,
            kind=kind,
            uid=first("uid"),
            name=first("cn"),
            address=first("mail"),
            created=created,
            contact=first("cvContact"),
            unit=first("cvUnit"),
            title=first("title"),
            status=first("cvStatus").lower(),
            lock=first("cvLock").lower(),
            last_success=_day(first("pwdLastSuccess")),
            last_use=_day(first("cvLastUse")),
            must_change=first("pwdReset") == "TRUE",
            password_changed=_day(first("pwdChangedTime")),
            scheme=_scheme(first("userPassword")),
            change_by=_day(first("cvChangeBy")),
            leave_until=_day(first("cvLeaveUntil")),
            keep_until=_day(first("cvKeepUntil")),
            until=_day(first("cvUntil")),
            archived=_day(first("cvArchive").split(" ", 1)[0]),
            purged=_day(first("cvPurged")),
            events=in_order(found for line in values.get("cvEvent", ()) if (found := event(line))),
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
