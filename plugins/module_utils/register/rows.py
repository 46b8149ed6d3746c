# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""``register.csv``: every address ever issued and who holds it. Read, checked, written; never recomputed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from sys import intern

from ..host.files import read_or_none, write
from ..naming.addresses import is_address
from ..parsing.collector import collector_paused
from ..parsing.problems import Problem
from ..parsing.tables import Columns, Table, read_bytes, read_table
from ..roster.units import parse_date

FILE = "register.csv"
FIELDS = ("address", "holder", "kind", "unit", "since", "until", "reason")
KINDS = ("primary", "alias", "tombstone")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
COLUMNS = Columns(names=FIELDS, required=FIELDS)
_WAS_ALIAS = "alias, "


class Word(StrEnum):
    """Why a row is as it is: the first word of its reason."""

    LEGACY = "legacy"  # an older system gave the address: it stays, whatever its form
    RENAMED = "renamed"
    MOVED = "moved"
    MERGED = "merged"  # its domain or site ended in another
    RETURNED = "returned"
    LEFT = "left"
    DISSOLVED = "dissolved"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Reason:
    """A row's reason in its parts: `[alias, ]word[ number]`, the number that of the decision.

    `was_alias` is said of tombstones: a returning leaver takes back the address that was none. The word may
    be another than ours, where somebody wrote the row by hand.
    """

    word: str
    number: str = ""
    was_alias: bool = False

    def text(self) -> str:
        """Return it as the file has it."""
        return (_WAS_ALIAS if self.was_alias else "") + f"{self.word} {self.number}".strip()


@cache  # a register has the same few reasons again and again
def read_reason(text: str) -> Reason:
    """Read the reason of a row."""
    word, _, number = text.removeprefix(_WAS_ALIAS).partition(" ")
    return Reason(word, number, text.startswith(_WAS_ALIAS))


@dataclass(slots=True, unsafe_hash=True)  # frozen=True would make the making of one three times slower
class Row:
    """One address. ``holder`` is a person_id, or the path of a unit, which then is ``unit`` as well.

    Dates are ISO text, or empty: ``since`` the day of the decision or of writing, ``until`` the end of an
    alias or the day that made it a tombstone. ``reason`` is a word and the number of the decision.
    """

    address: str
    holder: str
    kind: str
    unit: str
    since: str = ""
    until: str = ""
    reason: str = ""

    @property
    def why(self) -> Reason:
        """The reason in its parts."""
        return read_reason(self.reason)

    @property
    def domain(self) -> str:
        """The part behind the @."""
        return self.address.partition("@")[2]

    @property
    def local_part(self) -> str:
        """The part before the @."""
        return self.address.partition("@")[0]


def retired(row: Row, until: str, reason: Reason) -> Row:
    """Return the row as a tombstone: nobody else ever gets the address (GL-5.5, NAMING rule 8)."""
    said = replace(reason, was_alias=row.kind == "alias")
    return replace(row, kind="tombstone", until=until, reason=said.text())


def load_register(site: Path, domains: Collection[str]) -> tuple[list[Row], list[Problem]]:
    """Read the register of a site. A site without the file has issued nothing yet."""
    data, problems = read_bytes(site / FILE, FILE)
    if data is None:
        return [], [problem for problem in problems if problem.code != "file_missing"]
    return parse_register(data, domains)


@collector_paused()
def parse_register(data: bytes, domains: Collection[str]) -> tuple[list[Row], list[Problem]]:
    """Return the rows of a register and every problem of the file. ``domains`` are those that are served."""
    table = read_table(data, FILE, COLUMNS)
    if not all(name in table.headers for name in FIELDS):
        return [], table.problems
    addresses = [cell.lower() for cell in table.column("address")]
    holders = table.column("holder")
    # The same units, days and reasons stand in row after row: each is kept once.
    others = [list(map(intern, table.column(name))) for name in FIELDS[2:]]
    _check(table, domains, dict(zip(FIELDS, [addresses, holders, *others], strict=True)))
    rows: dict[str, Row] = {}
    primaries: dict[str, str] = {}
    for number, row in zip(table.rows, map(Row, addresses, holders, *others), strict=True):
        if row.address in rows:
            first = table.rows[addresses.index(row.address)]
            table.say("register_duplicate", number, "address", row.address, str(first))
            continue
        rows[row.address] = row
        if row.kind == "primary":
            other = primaries.setdefault(row.holder, row.address)
            if other != row.address:
                table.say("register_two_primaries", number, "holder", row.holder, other)
    return list(rows.values()), table.problems


def _check(table: Table, domains: Collection[str], columns: Mapping[str, Sequence[str]]) -> None:
    """Check every cell by itself."""
    addresses, kinds = columns["address"], columns["kind"]
    bad = {address for address in addresses if not is_address(address)}
    table.say_each("register_address_bad", "address", addresses, bad, ", ".join(domains))
    if domains:
        strange = {address for address in addresses if address.partition("@")[2] not in domains}
        table.say_each("register_domain", "address", addresses, strange - bad, ", ".join(domains))
    table.say_each("value_unknown", "kind", kinds, set(kinds).difference(KINDS), ", ".join(KINDS))
    for name in ("holder", "unit"):
        for number, cell in zip(table.rows, columns[name], strict=True) if "" in columns[name] else ():
            if not cell:
                table.say("cell_missing", number, name, name)
    for name in ("since", "until"):
        # Dates are compared as text, so only one form will do; a spreadsheet may have written another.
        bad = {cell for cell in set(columns[name]) if cell and not (DAY.fullmatch(cell) and parse_date(cell))}
        table.say_each("register_date", name, columns[name], bad)


def dump_register(rows: Iterable[Row]) -> str:
    """Return the text of the file, sorted by the bytes of the address: two changes of one address meet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(FIELDS)
    for row in sorted(rows, key=lambda row: row.address.encode()):
        writer.writerow([getattr(row, name) for name in FIELDS])
    return out.getvalue()


def read_register(site: Path) -> str:
    """Return the text of the file, if there is one; a BOM and CRLF of an editor make no difference."""
    return (read_or_none(site / FILE) or b"").decode("utf-8-sig", "replace").replace("\r\n", "\n")


def write_register(site: Path, text: str) -> None:
    """Replace the register in one step, with the rights that it has."""
    target = site / FILE
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
    write(target, text.encode(), mode)
