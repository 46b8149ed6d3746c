# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reading an account out of the values of its directory entry. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..accounts.entries import Unreadable, readable
from ..accounts.vocabulary import Attr, Kind
from ..clock import VIETNAM, read_day
from .model import Account

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


def account(
    dn: str, kind: str, values: Mapping[str, Sequence[str]]
) -> tuple[Account | None, list[Unreadable]]:
    """Return the account of an entry, or what of it cannot be read."""
    entry, problems = readable(dn, values, ATTRIBUTES)
    if entry is None:
        return None, problems
    archive = entry.archive
    found = Account(
        dn=dn,
        kind=Kind(kind),
        uid=entry.text(Attr.UID),
        name=entry.text(Attr.CN),
        address=entry.text(Attr.MAIL),
        created=read_day(entry.text(Attr.CREATE_TIMESTAMP)),
        contact=entry.text(Attr.CONTACT),
        unit=entry.text(Attr.UNIT),
        title=entry.text(Attr.TITLE),
        status=entry.status,
        lock=entry.lock,
        last_success=entry.day(Attr.PWD_LAST_SUCCESS),
        last_use=entry.day(Attr.LAST_USE),
        must_change=entry.must_change,
        password_changed=entry.day(Attr.PWD_CHANGED_TIME),
        scheme=_scheme(entry.text(Attr.USER_PASSWORD)),
        change_by=entry.day(Attr.CHANGE_BY),
        leave_until=entry.day(Attr.LEAVE_UNTIL),
        keep_until=entry.day(Attr.KEEP_UNTIL),
        until=entry.day(Attr.UNTIL),
        archived=archive.time.astimezone(VIETNAM).date() if archive else None,
        purged=entry.day(Attr.PURGED),
        events=entry.events,
    )
    return found, []


def _scheme(password: str) -> str:
    """Return the scheme of a hash. Clear text, which slapd hashes anyway, is no scheme but is a password."""
    found = re.match(r"\{([^}]+)\}", password)
    return found.group(1).upper() if found else "CLEAR" if password else ""
