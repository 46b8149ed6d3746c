# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A unit mailbox passes to a new head (DN-10.4, UB-12.3, BD-4.2c): what has to be written. Pure.

Owner, password and event are written in one step, so each happens once for a reference, and a run that was
killed is finished by the same command.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ..accounts.entries import readable
from ..accounts.events import Event, Transfer
from ..accounts.vocabulary import Attr, EventWord

READ = (
    Attr.CN,
    Attr.MAIL,
    Attr.MAIL_PATH,
    Attr.OWNER,
    Attr.EVENT,
    Attr.USER_PASSWORD,
    Attr.LAST_USE,
    Attr.PWD_LAST_SUCCESS,
)


class RefusedError(Exception):
    """There is nothing to hand over, or not to this person; nothing was changed."""


@dataclass(frozen=True)
class Handover:
    """From whom (empty: nobody is on record) to whom, on which day, and whether it is done already."""

    old: str
    new: str
    day: date
    reference: str
    done: bool
    resets: bool  # the mailbox has, or had, a password, which the former head knows (C6)

    @property
    def event(self) -> str:
        """Return the line of `cvEvent`."""
        return Event(self.day, EventWord.HANDOVER, self.reference, self.text).line()

    @property
    def text(self) -> str:
        """Return from whom to whom, and whether the password was replaced."""
        return Transfer(self.old, self.new, self.resets).text()


def plan(dn: str, held: Mapping[str, Sequence[str]], new: str, reference: str, today: date) -> Handover:
    """Return the handover of a unit's entry to the person `new`, or raise RefusedError."""
    entry, problems = readable(dn, held, READ)
    if entry is None:
        raise RefusedError("; ".join(map(str, problems)))
    owner = entry.text(Attr.OWNER)
    for known in entry.events:
        transfer = known.transfer
        if transfer is None or known.reference != reference:
            continue
        if (transfer.new, owner) != (new, new):
            raise RefusedError(
                f"{reference} stands for a handover to {transfer.new}, not to {new}: give the new one's"
            )
        return Handover(transfer.old, new, known.day, reference, True, transfer.resets)
    if owner == new:
        raise RefusedError(
            f"{new} has the mailbox already. Change the unit's head in roster/units.yml and commit it first"
        )
    return Handover(owner, new, today, reference, False, bool(entry.text(Attr.USER_PASSWORD)))
