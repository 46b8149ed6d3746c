# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A new first password for who forgot theirs, or whose password others know (UB-13.2, QT-10.4).

It is sealed to the operators' keys before it is set: a reset that is killed in between leaves the old
password good and a file too many, and is simply done again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from ..accounts.directory import Write
from ..accounts.entries import Attributes, Entry, readable
from ..accounts.events import Event
from ..accounts.vocabulary import ACCOUNT_CLASS, RECLAIMED_LOCKS, TRUE, Attr, EventWord, Status
from ..passwords import generation
from . import sealing
from .sealing import Issued

NAMES = (Attr.MAIL, Attr.UNIT, Attr.STATUS, Attr.LOCK, Attr.LAST_USE, Attr.PWD_LAST_SUCCESS)
NEEDED = "-e reference=..., the number of the request, such as 14/PYC-STTTT"


class ResetError(Exception):
    """The password is not reset; the text says what the operator has to do."""


class Writer(Protocol):
    """What is used of the directory."""

    def search(self, base: str, query: str, names: Sequence[str]) -> dict[str, Attributes]:
        """Read entries, by DN."""

    def write(self, change: Write) -> None:
        """Change an entry in one step."""


@dataclass(frozen=True)
class Owner:
    """Whose password it is. `last_use` is a GeneralizedTime, or empty for a mailbox that was never used."""

    dn: str
    address: str
    unit: str
    lock: str
    last_use: str


def checked(reference: str) -> str:
    """Return the number of a request as it is recorded; raise ResetError where there is none."""
    reference = " ".join(reference.split())
    if not re.search(r"\d", reference):
        raise ResetError(f"a reset needs {NEEDED}; {reference or 'nothing'} is none")
    return reference


def look_up(directory: Writer, suffix: str, person: str) -> Owner:
    """Find who is meant, by person_id, by the path of a unit, or by any of their addresses.

    Raises ResetError where that is nobody, or somebody who cannot log in anyhow.
    """
    value = re.sub(r"[\\*()\0]", lambda special: f"\\{ord(special.group()):02x}", person.strip())
    query = (
        f"(&({Attr.OBJECT_CLASS}={ACCOUNT_CLASS})(|({Attr.UID}={value})({Attr.MAIL_LOCAL_ADDRESS}={value})))"
    )
    found = directory.search(suffix, query, NAMES)
    if len(found) != 1:
        known = ", ".join(sorted(Entry(values).text(Attr.MAIL) or dn for dn, values in found.items()))
        raise ResetError(
            f"{person} is several accounts, name one: {known}" if known else f"there is no account {person}"
        )
    [(dn, values)] = found.items()
    entry, problems = readable(dn, values, NAMES)
    if entry is None:
        raise ResetError("; ".join(map(str, problems)))
    refused = _refused(entry)
    if refused:
        raise ResetError(f"{entry.text(Attr.MAIL)} {refused}")
    return Owner(dn, entry.text(Attr.MAIL), entry.text(Attr.UNIT), entry.lock, entry.last_use)


def reset(
    directory: Writer,
    owner: Owner,
    reference: str,
    operators: Sequence[str],
    *,
    folder: Path,
    run: str,
    day: date,
) -> Path:
    """Make a password, seal it, then set it; return the sealed file. `run` is the time in ISO 8601."""
    path, replaced = renew(owner, operators, folder=folder, run=run)
    event = recorded(owner, reference, run, day)
    directory.write(Write(owner.dn, replaced, {Attr.EVENT: [event.line()]}))
    return path


def recorded(owner: Owner, reference: str, run: str, day: date) -> Event:
    """Return the event of a reset, which names the sealed file."""
    return Event(day, EventWord.RESET, reference, sealing.file_name(owner.unit, run))


def renew(owner: Owner, operators: Sequence[str], *, folder: Path, run: str) -> tuple[Path, Attributes]:
    """Make a password and seal it; return the sealed file, and what has to be written to set it.

    slapd ends a lockout with the change, and forgets its own note of the last login: that is kept first.
    """
    password = next(generation.first_passwords())
    path = sealing.seal(folder, owner.unit, run, [Issued(owner.address, owner.dn, password, run)], operators)
    replaced: Attributes = {
        Attr.USER_PASSWORD: [generation.hashed(password)],
        Attr.PWD_RESET: [TRUE],
        Attr.CHANGE_BY: [],  # it was a term for the password that is gone
    }
    if owner.last_use:
        replaced[Attr.LAST_USE] = [owner.last_use]
    return path, replaced


def _refused(entry: Entry) -> str:
    """Say why an account gets no password, or nothing."""
    if entry.status == Status.LEFT or entry.lock in RECLAIMED_LOCKS:
        return "has left or was reclaimed: nobody logs in there any more"
    if entry.status == Status.LOCKED:
        return "is locked by the roster: change its row and run mailboxes.yml first"
    if entry.status == Status.CLOSING:
        return "belongs to a unit that was dissolved: it only answers, and nobody logs in"
    return ""
