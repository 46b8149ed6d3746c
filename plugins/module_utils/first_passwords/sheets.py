# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which first passwords are handed out on paper, to whom, by unit and in which order. Pure.

A sheet never shows a password that is no good: the account has to change it still, the newest of its sealed
passwords is the one that the directory holds, and its term is not over.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta

from ..accounts.entries import Attributes, readable
from ..accounts.vocabulary import ACCOUNT_CLASS, TRUE, Attr, Status
from ..clock import VIETNAM
from ..passwords import generation
from .sealing import Issued

# Who may log in as soon as the password is changed: a locked account is not handed out.
QUERY = (
    f"(&({Attr.OBJECT_CLASS}={ACCOUNT_CLASS})({Attr.PWD_RESET}={TRUE})({Attr.STATUS}={Status.ACTIVE})"
    f"(!({Attr.LOCK}=*)))"
)
NAMES = (
    Attr.CN,
    Attr.GIVEN_NAME,
    Attr.TITLE,
    Attr.MAIL,
    Attr.MAIL_LOCAL_ADDRESS,
    Attr.UNIT,
    Attr.CHANGE_BY,
    Attr.USER_PASSWORD,
)
ISSUED = "%Y%m%dT%H%M%S.%f%z"  # how `Issued.issued` is written
ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONE_ORDER = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")  # ngang, huyền, hỏi, ngã, sắc, nặng
TONES = frozenset(TONE_ORDER[1:])  # `names` has them as well, and needs what the host has not


@dataclass(frozen=True)
class Waiting:
    """An account whose password its owner has not changed yet; `proof` as `passwords.proof` makes it."""

    dn: str
    name: str
    given: str  # empty for a unit
    title: str
    address: str
    addresses: list[str]
    unit: str
    proof: str


@dataclass(frozen=True)
class Sheet:
    """What one sheet of paper says. `until` is the last day on which the password works."""

    account: Waiting
    password: str
    issued: date
    until: date

    @property
    def spelled(self) -> list[list[tuple[str, str]]]:
        """Return the password sign by sign, in its groups; a capital and a digit are said to be one."""
        groups = self.password.split(generation.SIGN)
        return [[(sign, _what(sign)) for sign in group] for group in groups]


@dataclass(frozen=True)
class Bundle:
    """The sheets of one unit. `name` has the names of the units above it as well, its own first."""

    unit: str
    name: list[str]
    sheets: list[Sheet]

    @property
    def file(self) -> str:
        """Return the name of the unit's file."""
        return re.sub(r"[^A-Za-z0-9_.-]", "_", self.unit) + ".html"


@dataclass(frozen=True)
class Handout:
    """What is printed, and the addresses for which nothing can be: the term is over, or no file opens."""

    bundles: list[Bundle]
    expired: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def waiting(found: Mapping[str, Attributes]) -> tuple[list[dict[str, object]], list[str]]:
    """Return who still has a first password of those that `QUERY` found, to be sent to the controller.

    The second list says of which entries a value cannot be read: for them nothing is printed.

    The others chose one that is overdue, here or in an older system: that has a term (`cvChangeBy`), which
    ends with the first password of a reset or a handover, and may be hashed as ours are. No hash leaves the
    host, and of a password that its owner chose nothing at all.
    """
    accounts: list[Waiting] = []
    unreadable: list[str] = []
    for dn, values in found.items():
        if values.get(Attr.CHANGE_BY):
            continue
        entry, problems = readable(dn, values, NAMES)
        if entry is None:
            unreadable += map(str, problems)
            continue
        accounts.append(
            Waiting(
                dn=dn,
                name=entry.text(Attr.CN),
                given=entry.text(Attr.GIVEN_NAME),
                title=entry.text(Attr.TITLE),
                address=entry.text(Attr.MAIL),
                addresses=list(values.get(Attr.MAIL_LOCAL_ADDRESS, [])),
                unit=entry.text(Attr.UNIT),
                proof=generation.proof(entry.text(Attr.USER_PASSWORD)),
            )
        )
    return [asdict(account) for account in accounts if account.proof], sorted(unreadable)


def parse_issued(clear: bytes) -> tuple[list[Issued], list[str]]:
    """Read the lines of one unsealed file; of one that cannot be read its number is told, and no more."""
    issued: list[Issued] = []
    problems: list[str] = []
    for number, line in enumerate(clear.splitlines(), 1):
        try:
            one = Issued(**json.loads(line))
            datetime.strptime(one.issued, ISSUED)
        except (ValueError, TypeError):
            problems.append(f"line {number} is no first password")
        else:
            issued.append(one)
    return issued, problems


def handout(
    accounts: Iterable[Waiting],
    issued: Iterable[Issued],
    units: Mapping[str, str],
    valid_days: int,
    today: date,
    *,
    unit: str = "",
    since: date | None = None,
) -> Handout:
    """Choose what is printed; `units` has the name of each unit by its path.

    With `unit` only that unit and those below it, with `since` only what was issued on that day or later.
    A unit's own mailbox comes first, people follow in the order of the alphabet, by given name.
    """
    # An account that got another address or name since is found by the one or the other.
    by_key: dict[str, list[Issued]] = defaultdict(list)
    for one in issued:
        by_key[one.dn].append(one)
        by_key[one.address].append(one)
    by_unit: dict[str, list[Sheet]] = defaultdict(list)
    expired, unknown = [], []
    for account in accounts:
        if unit and not f".{account.unit}".endswith(f".{unit}"):
            continue
        good = _good(account, [one for key in (account.dn, *account.addresses) for one in by_key[key]])
        if good is None:
            unknown.append(account.address)
            continue
        day = datetime.strptime(good.issued, ISSUED).astimezone(VIETNAM).date()
        until = day + timedelta(days=valid_days)
        if today > until:
            expired.append(account.address)
        elif since is None or day >= since:
            by_unit[account.unit].append(Sheet(account, good.password, day, until))
    bundles = [
        Bundle(path, names_above(path, units), sorted(by_unit[path], key=_order)) for path in sorted(by_unit)
    ]
    return Handout(bundles, sorted(expired), sorted(unknown))


def names_above(path: str, units: Mapping[str, str]) -> list[str]:
    """Return the names of a unit and of those above it; a unit without a mailbox goes by its path."""
    labels = path.split(".")
    above = [".".join(labels[start:]) for start in range(len(labels))]
    return [units[one] for one in above if one in units] or [path]


def vietnamese_order(text: str) -> tuple[list[int], list[int]]:
    """Return a key that sorts as a Vietnamese dictionary does: letters first, then tones."""
    letters, tones = [], []
    for char in unicodedata.normalize("NFC", text.lower()):
        parts = unicodedata.normalize("NFD", char)
        letter = unicodedata.normalize("NFC", "".join(part for part in parts if part not in TONES))
        letters.append(ALPHABET.find(letter))  # -1 for a blank: a shorter word comes first
        tones.append(TONE_ORDER.index("".join(part for part in parts if part in TONES)))
    return letters, tones


def _good(account: Waiting, candidates: Sequence[Issued]) -> Issued | None:
    """Return the sealed password that the directory holds. None: its owner changed it, or no key opens it."""
    newest = sorted(candidates, key=lambda one: one.issued, reverse=True)
    return next((one for one in newest if generation.proves(account.proof, one.password)), None)


def _order(sheet: Sheet) -> tuple[bool, tuple[list[int], list[int]], tuple[list[int], list[int]]]:
    account = sheet.account
    rest = account.name.removesuffix(account.given)
    return bool(account.given), vietnamese_order(account.given), vietnamese_order(rest)


def _what(sign: str) -> str:
    if sign in generation.UPPER:
        return "hoa"
    return "số" if sign in generation.DIGITS else ""
