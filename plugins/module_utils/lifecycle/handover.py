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

from ..accounts.vocabulary import Attr, EventWord
from .model import Event, event

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
NOBODY = "-"
RESET = " password"


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
        return f"{self.old or NOBODY} {self.new}{RESET if self.resets else ''}"


def plan(held: Mapping[str, Sequence[str]], new: str, reference: str, today: date) -> Handover:
    """Return the handover of a unit's entry to the person `new`, or raise RefusedError."""
    owner = next(iter(held[Attr.OWNER]), "")
    for known in filter(None, map(event, held[Attr.EVENT])):
        if known.word != EventWord.HANDOVER or known.reference != reference:
            continue
        old, _, to = known.text.removesuffix(RESET).partition(" ")
        if (to, owner) != (new, new):
            raise RefusedError(f"{reference} stands for a handover to {to}, not to {new}: give the new one's")
        resets = known.text.endswith(RESET)
        return Handover("" if old == NOBODY else old, new, known.day, reference, True, resets)
    if owner == new:
        raise RefusedError(
            f"{new} has the mailbox already. Change the unit's head in roster/units.yml and commit it first"
        )
    return Handover(owner, new, today, reference, False, bool(held[Attr.USER_PASSWORD]))
