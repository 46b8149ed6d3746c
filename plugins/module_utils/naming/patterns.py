# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How an address is written, as a pattern: ``<given><initials>.<unit>@<domain>``.

A pattern is parts in angle brackets, letters and digits as they are, and joins (``.``, ``-``, ``_``). A join
beside a part that is empty for somebody (no middle name) is left out, so that no address begins with one or
has two in a row (RFC 5321 4.1.2). Patterns are of three kinds: a person's address, a unit's address, and a
form that is tried where two people have the same name, which is the personal part alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from .addresses import JOINS

PERSON_PARTS = (
    "given",
    "surname",
    "middles",
    "full",
    "initials",
    "given-initials",
    "surname-initials",
    "middle-initials",
    "surname-initial",
    "middle-initial",
    "last-middle",
    "rest-initials",
)
BIRTH_PARTS = ("birth-year", "birth-date")
ENDLESS_PARTS = ("serial", "letters")
BASE = "base"
FORM_PARTS = (BASE, *PERSON_PARTS, *BIRTH_PARTS, *ENDLESS_PARTS)
UNIT_PARTS = ("unit", "agency", "code")
PLACES = ("unit", "agency")  # what of a unit a person's address may have
DOMAIN = "domain"
# Forms that have a name of their own in `naming.collision.forms`.
FORMS: Mapping[str, str] = {
    "base": "<base>",
    "expanded": "<last-middle><given><rest-initials>",
    "birth_year": "<base><birth-year>",
    "birth_date": "<base><birth-date>",
    "serial": "<base><serial>",
    "suffix": "<base><letters>",
}
# What each part is: Vietnamese, English, what it is for Nguyễn Văn Minh of cntt.stttt.
MEANINGS: Mapping[str, tuple[str, str, str]] = {
    "given": ("tên", "the given name", "minh"),
    "surname": ("họ", "the surname, whole where the record declares it", "nguyen"),
    "middles": ("mọi chữ lót", "all middle names", "van"),
    "full": ("họ, chữ lót và tên", "surname, middle names and given name", "nguyenvanminh"),
    "initials": ("chữ đầu của họ và của mọi chữ lót", "initials of surname and middle names", "nv"),
    "given-initials": ("chữ đầu của tên", "the initial of the given name", "m"),
    "surname-initials": ("chữ đầu của mỗi từ trong họ", "initials of each word of the surname", "n"),
    "middle-initials": ("chữ đầu của mọi chữ lót", "initials of all middle names", "v"),
    "surname-initial": ("một chữ đầu của họ", "the first letter of the surname alone", "n"),
    "middle-initial": ("một chữ đầu của chữ lót", "the first letter of the middle names alone", "v"),
    "last-middle": (
        "chữ lót liền kề với tên; nếu không có thì là họ",
        "the middle name next to the given name, or else the surname",
        "van",
    ),
    "rest-initials": ("chữ đầu của các từ đứng trước chữ lót đó", "initials of the words before that", "n"),
    "base": ("dạng chung của tên", "the general form, in a collision form", "minhnv"),
    "birth-year": ("năm sinh", "the year of birth, in a collision form", "1985"),
    "birth-date": ("ngày tháng năm sinh", "the day of birth, in a collision form", "03021985"),
    "serial": ("số thứ tự từ 2", "2, 3, ... in the last collision form", "2"),
    "letters": ("a, b, c ...", "a, b, ... z, aa, ... in the last collision form", "a"),
    "unit": (
        "đơn vị: của người là cơ quan, địa phương có tệp người; của hộp thư đơn vị là chính nó",
        "the unit: of a person the agency or locality of the people file, of a unit mailbox itself",
        "stttt; cntt.stttt",
    ),
    "agency": (
        "cơ quan, địa phương của đơn vị",
        "the agency or locality that it belongs to",
        "stttt",
    ),
    "code": ("tên của đơn vị trong cơ quan", "the unit within its agency", "cntt"),
    "domain": (
        "tên miền: mail_domain, hay theo domains",
        "the domain: mail_domain, or what domains says",
        "gialai.gov.vn",
    ),
}
_TOKEN = re.compile(r"<([^<>]*)>|([a-z0-9]+)|([._-]+)|(.)", re.DOTALL)


class Flaw(NamedTuple):
    """Why a pattern cannot be: a code of ``messages``, and what its sentences name."""

    code: str
    detail: str = ""
    parts: tuple[str, ...] = ()


class PatternError(ValueError):
    """Raised with the flaw of a pattern."""

    def __init__(self, code: str, detail: str = "", parts: tuple[str, ...] = ()) -> None:
        """Take the flaw."""
        super().__init__(code)
        self.flaw = Flaw(code, detail, parts)


class Piece(NamedTuple):
    """The join in front, and a part (its name) or letters as they are (``letters``)."""

    join: str
    part: str = ""
    letters: str = ""


def _pieces(text: str, known: Collection[str], joins: Collection[str]) -> tuple[Piece, ...]:
    """Read one side of a pattern."""
    found: list[Piece] = []
    join = ""
    for part, letters, between, other in _TOKEN.findall(text):
        if between:
            if not found or len(between) > 1:
                raise PatternError("pattern_join_place", between)
            if between not in joins:
                raise PatternError("pattern_join", " ".join(joins), (between,))
            join = between
        elif letters:
            found.append(Piece(join, letters=letters))
            join = ""
        elif other:
            raise PatternError("pattern_text", other)
        elif part not in known:
            raise PatternError("pattern_part", " ".join(f"<{name}>" for name in known), (f"<{part}>",))
        else:
            found.append(Piece(join, part))
            join = ""
    if join:
        raise PatternError("pattern_join_place", join)
    return tuple(found)


def _sides(text: str) -> tuple[str, str]:
    """Return what stands before and behind the @ of an address."""
    local_part, at, domain = text.partition("@")
    if not at or not local_part or "@" in domain or not domain.endswith(f"<{DOMAIN}>"):
        raise PatternError("pattern_domain")
    return local_part, domain


def joined(pieces: Iterable[Piece], value: Callable[[str], str]) -> str:
    """Write the pieces; a join is left out beside what is empty."""
    text = ""
    for join, part, letters in pieces:
        written = value(part) if part else letters
        if written:
            text += (join if text else "") + written
    return text


@dataclass(frozen=True)
class UnitPattern:
    """The address of a unit's own mailbox."""

    text: str
    local_part: tuple[Piece, ...]
    host: tuple[Piece, ...]

    def write(self, place: Mapping[str, str]) -> tuple[str, str]:
        """Return local part and domain; ``place`` has each of UNIT_PARTS and ``domain``."""
        return joined(self.local_part, place.__getitem__), joined(self.host, place.__getitem__)


def unit_pattern(text: str, joins: Collection[str] = JOINS) -> UnitPattern:
    """Read the pattern of a unit's address; raise PatternError."""
    local_part, domain = _sides(text)
    parts = (*UNIT_PARTS, DOMAIN)
    return UnitPattern(text, _pieces(local_part, UNIT_PARTS, joins), _pieces(domain, parts, JOINS[:2]))


@dataclass(frozen=True)
class PersonPattern:
    """A person's address: what the unit gives stands around the personal part, which stands together."""

    text: str
    front: tuple[Piece, ...]
    personal: tuple[Piece, ...]
    behind: tuple[Piece, ...]
    host: tuple[Piece, ...]

    def around(self, place: Mapping[str, str]) -> tuple[str, str, str]:
        """Return what stands before the personal part, behind it, and the domain, for one unit."""
        value = place.__getitem__
        front, behind = joined(self.front, value), joined(self.behind, value)
        return (
            front and front + self.personal[0].join,
            behind and self.behind[0].join + behind,
            joined(self.host, value),
        )

    @property
    def has_unit(self) -> bool:
        """Whether the address says where its holder works, so that a mover gets another (C5)."""
        return any(piece.part in PLACES for piece in (*self.front, *self.behind, *self.host))


def person_pattern(text: str, joins: Collection[str] = JOINS) -> PersonPattern:
    """Read the pattern of a person's address; raise PatternError."""
    local_part, domain = _sides(text)
    pieces = _pieces(local_part, (*PERSON_PARTS, *PLACES), joins)
    host = _pieces(domain, (*PLACES, DOMAIN), JOINS[:2])
    own = [place for place, piece in enumerate(pieces) if piece.part in PERSON_PARTS]
    if not own:
        raise PatternError("pattern_nameless", " ".join(f"<{name}>" for name in PERSON_PARTS))
    front, personal, behind = (
        pieces[: own[0]],
        pieces[own[0] : own[-1] + 1],
        pieces[own[-1] + 1 :],
    )
    if any(piece.part in PLACES for piece in personal):
        raise PatternError("pattern_split")
    return PersonPattern(text, front, personal, behind, host)


@dataclass(frozen=True)
class Form:
    """A form of the personal part that is tried where the general one is taken."""

    text: str
    pieces: tuple[Piece, ...]

    @property
    def endless(self) -> str:
        """The part of it that never runs out: ``serial``, ``letters``, or nothing."""
        return next((piece.part for piece in self.pieces if piece.part in ENDLESS_PARTS), "")

    @property
    def needs_birth_date(self) -> bool:
        """Whether it has a part of the birth date."""
        return any(piece.part in BIRTH_PARTS for piece in self.pieces)

    @property
    def is_of_the_name(self) -> bool:
        """Whether people with the same full name have it in common, whatever else is known of them."""
        return not self.endless and not self.needs_birth_date

    @property
    def is_of_the_base(self) -> bool:
        """Whether people with the same general form have it in common, up to its endless part."""
        return all(not piece.part or piece.part in (BASE, *ENDLESS_PARTS) for piece in self.pieces)


def form(text: str, joins: Collection[str] = JOINS) -> Form:
    """Read a form, by its name or as a pattern; raise PatternError."""
    text = FORMS.get(text, text)
    if "@" in text:
        raise PatternError("pattern_text", "@")
    pieces = _pieces(text, FORM_PARTS, joins)
    if sum(piece.part in ENDLESS_PARTS for piece in pieces) > 1:
        raise PatternError("pattern_endless")
    if not any(piece.part in (BASE, *PERSON_PARTS) for piece in pieces):
        raise PatternError("pattern_nameless", " ".join(f"<{name}>" for name in (BASE, *PERSON_PARTS)))
    return Form(text, pieces)
