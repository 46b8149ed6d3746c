# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the parts of a pattern are for a name, and the personal part of an address written by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from .names import Name, fold, initials
from .patterns import BASE, ENDLESS_PARTS, Form, PersonPattern, joined


def _surname(name: Name) -> tuple[str, ...]:
    """Return the words of the surname: the declared ones, else the first word."""
    return name.rest[: name.surname_words or 1]


def _middles(name: Name) -> tuple[str, ...]:
    return name.rest[name.surname_words or 1 :]


def _beside(name: Name) -> int:
    """Return how many words before the given name are written out: one, or a whole declared surname."""
    return name.surname_words if name.surname_words == len(name.rest) and name.rest else 1


# The words of a name in the order of GL-7.2c; a surname of several words is known where it is declared.
WRITTEN: Mapping[str, Callable[[Name], str]] = {
    "given": lambda name: fold(name.given),
    "surname": lambda name: fold(" ".join(_surname(name))),
    "middles": lambda name: fold(" ".join(_middles(name))),
    "full": lambda name: fold(" ".join(name.rest)) + fold(name.given),
    "initials": lambda name: initials(name.rest),
    "given-initials": lambda name: initials(name.given.split()),
    "surname-initials": lambda name: initials(_surname(name)),
    "middle-initials": lambda name: initials(_middles(name)),
    "surname-initial": lambda name: initials(name.rest[:1]),
    "middle-initial": lambda name: initials(_middles(name)[:1]),
    "last-middle": lambda name: fold(" ".join(name.rest[-_beside(name) :])),
    "rest-initials": lambda name: initials(name.rest[: -_beside(name)]),
}
BIRTH: Mapping[str, str] = {"birth-year": "%Y", "birth-date": "%d%m%Y"}


def writer(pattern: PersonPattern) -> Callable[[Name], str]:
    """Return what writes the personal part of a name; the usual two parts without a join at once."""
    pieces = pattern.personal
    if len(pieces) == 2 and all(piece.part for piece in pieces) and not pieces[1].join:
        first, second = (WRITTEN[piece.part] for piece in pieces)
        return lambda name: first(name) + second(name)
    return lambda name: joined(pieces, lambda part: WRITTEN[part](name))


def write(form: Form, name: Name, base: str, birth_date: date | None, endless: str = "") -> str:
    """Return the personal part in a form; ``base`` is the general one, ``endless`` what never runs out."""

    def value(part: str) -> str:
        if part in BIRTH:
            return birth_date.strftime(BIRTH[part]) if birth_date else ""
        if part in ENDLESS_PARTS:
            return endless
        return base if part == BASE else WRITTEN[part](name)

    return joined(form.pieces, value)


def around(form: Form, name: Name, base: str, birth_date: date | None) -> tuple[str, str]:
    """Return what stands before and behind the endless part."""
    before, _, behind = write(form, name, base, birth_date, "@").partition("@")
    return before, behind
