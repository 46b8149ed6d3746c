# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The mailboxes of an older system, read from what it exports: Zimbra, MDaemon, or a plain table.

Exports hold password hashes, MDaemon's older ones passwords. Only the name of a hash's scheme is shown to
anybody (the hash itself is for `oldhashes` alone), no value of a row that may be cut in the wrong place, and
no unreadable address.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ..naming.addresses import is_address
from ..naming.names import clean
from ..parsing.problems import Problem
from ..parsing.tables import Columns
from ..roster.units import parse_date
from .grid import GridRow
from .spreadsheets import decoded, parse_book, read_source

SCHEMES = {
    "{SSHA512}": "SSHA512", "{SHA512}": "SHA512", "{SSHA}": "SSHA", "{SHA}": "SHA", "{SSHA256}": "SSHA256",
    "{SMD5}": "SMD5", "{MD5}": "MD5", "{ARGON2}": "ARGON2", "$argon2": "ARGON2", "{PBKDF2": "PBKDF2",
    "{BLF-CRYPT}": "BLF-CRYPT", "$2a$": "BLF-CRYPT", "$2b$": "BLF-CRYPT", "$2y$": "BLF-CRYPT",
    "$y$": "YESCRYPT", "$6$": "SHA512-CRYPT", "$5$": "SHA256-CRYPT", "$1$": "MD5-CRYPT",
}  # fmt: skip
BLOCKED = "VALUE-BLOCKED"  # what Zimbra prints instead of a hash, without -l
ACTIVE = ("", "active", "enabled", "lockout", "1", "true", "yes", "hoạt động", "đang hoạt động")
SYSTEM = re.compile(r"(?:mdaemon|(?:spam|ham|virus-quarantine|galsync)[._-].*)@.*")
ATTRIBUTE = re.compile(r"([A-Za-z][A-Za-z0-9]*): (.*)")
ATTRIBUTES = (
    "cn", "displayName", "givenName", "sn", "userPassword", "zimbraAccountStatus", "zimbraIsSystemAccount",
    "zimbraIsSystemResource", "zimbraMailAlias",
)  # fmt: skip
END = "~"  # behind every attribute

TABLE = Columns(
    names=("address", "name", "aliases", "status", "hash", "person_id", "birth_date", "unit"),
    required=("address",),
    synonyms={
        "address": ("email", "mail", "địa chỉ", "địa chỉ thư", "hộp thư"),
        "name": ("full name", "display name", "displayname", "họ và tên", "họ tên", "tên"),
        "aliases": ("alias", "bí danh"),
        "status": ("trạng thái", "tình trạng"),
        "hash": ("password", "password hash", "mật khẩu"),
        "person_id": ("mã cán bộ", "mã cbccvc", "mã"),
        "birth_date": ("ngày sinh",),
        "unit": ("đơn vị", "cơ quan"),
    },
)
# As its export writes them; it has many more. Its aliases are not in it.
MDAEMON = Columns(
    names=("email", "mailbox", "domain", "name", "status", "hash"),
    required=("mailbox", "domain"),
    synonyms={"name": ("fullname",), "status": ("disabled",), "hash": ("password",)},
)


@dataclass(frozen=True)
class Mailbox:
    """One mailbox of the older system, with its place in the export. Addresses are in small letters."""

    file: str
    row: int
    address: str
    name: str = ""
    aliases: tuple[str, ...] = ()
    status: str = ""  # as the older system says it; empty if it is in use
    scheme: str = ""  # of its password hash
    person_id: str = ""
    birth_date: date | None = None
    unit: str = ""
    system: bool = False  # a mailbox that the older system has for itself
    secret: str = field(default="", repr=False, compare=False)  # the hash

    def problem(self, code: str, value: str = "", detail: str = "", column: str = "") -> Problem:
        """Return a problem at this mailbox."""
        return Problem(self.file, self.row, column, code, value, detail)


Export = tuple[list[Mailbox], list[Problem]]


def read_export(path: Path, kind: str) -> Export:
    """Return the mailboxes of an export and what is wrong with it."""
    data, problems = read_source(path)
    if data is None:
        return [], problems
    boxes, problems = KINDS[kind](data, path.name)
    if not boxes and not problems:
        problems.append(Problem(path.name, 0, "", "adopt_empty", "", kind))
    return boxes, problems


def scheme_of(value: str) -> str:
    """Return the name of a hash's scheme, ``?`` for one that is not known, and nothing for no hash."""
    if not value or value == BLOCKED:
        return ""
    upper = value.upper()
    return next(
        (name for start, name in SCHEMES.items() if upper.startswith(start.upper())),
        "CRYPT" if upper.startswith("{CRYPT}") else "?",
    )


def parse_zimbra(data: bytes, file: str) -> Export:
    """Read what ``zmprov -l gaa -v`` prints: ``# name <address>``, then attributes sorted by name.

    Values stand as they are, and some have many lines (a user's signature, filters). So an attribute counts
    only in its place in that order: a line that looks like one inside such a text comes too late. As it may
    be a real one, in a file that was put together otherwise, it is told where it stands.
    """
    try:
        lines = decoded(data).splitlines()
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        return [], [Problem(file, row, "", "source_encoding", f"0x{data[error.start]:02X}")]
    boxes: list[Mailbox] = []
    problems: list[Problem] = []
    found: dict[str, list[str]] = {}
    start, last, before = 0, "", ""
    for row, line in enumerate([*lines, "", "# name "], 1):
        if line.startswith("# name ") and not before.strip():
            if start:
                _zimbra_account(file, start, found, boxes, problems)
            start, found, last = row, {"name": [line.removeprefix("# name ")]}, ""
        elif line.startswith("# name ") and "@" in line:
            problems.append(Problem(file, row, "# name", "adopt_order"))
            last = END  # whose the lines below are is not known
        elif (attribute := ATTRIBUTE.match(line)) and start:
            if attribute[1] >= last:
                last = attribute[1]
                found.setdefault(last, []).append(attribute[2])
            elif attribute[1] in ATTRIBUTES:
                problems.append(Problem(file, row, attribute[1], "adopt_order"))
        before = line
    return boxes, problems


def _zimbra_account(
    file: str, row: int, found: Mapping[str, list[str]], boxes: list[Mailbox], problems: list[Problem]
) -> None:
    def first(name: str) -> str:
        return found.get(name, [""])[0].strip()

    address = first("name").lower()
    aliases = [alias.strip().lower() for alias in found.get("zimbraMailAlias", ())]
    if not is_address(address):
        problems.append(Problem(file, row, "# name", "adopt_address"))
        return
    given = f"{first('sn')} {first('givenName')}".strip()
    status = first("zimbraAccountStatus").lower()
    boxes.append(
        Mailbox(
            file,
            row,
            address,
            clean(first("displayName") or first("cn") or given)[0],
            _addresses(aliases, file, row, "zimbraMailAlias", problems),
            "" if status in ACTIVE else status,
            scheme_of(first("userPassword")),
            system="TRUE" in (first("zimbraIsSystemAccount"), first("zimbraIsSystemResource"))
            or bool(SYSTEM.fullmatch(address)),
            secret=first("userPassword"),
        )
    )


def parse_mdaemon(data: bytes, file: str) -> Export:
    """Read MDaemon's comma-separated export of its accounts."""
    return _table(data, file, MDAEMON, _mdaemon_account)


def parse_table(data: bytes, file: str) -> Export:
    """Read a plain table, CSV or XLSX: address, and what else is known."""
    return _table(data, file, TABLE, _table_account)


Cells = Mapping[str, str]
Reader = Callable[[Cells, str, int, list[Problem]], Mailbox | None]


def _table(
    data: bytes,
    file: str,
    columns: Columns,
    account: Reader,
) -> Export:
    book, problems = parse_book(data, file)
    boxes = []
    for sheet in book.sheets:
        if not sheet.lines:
            continue
        head, *lines = sheet.lines
        order = {place: columns.find(cell.text) for place, cell in head.cells.items()}
        missing = [name for name in columns.required if name not in order.values()]
        problems += [
            Problem(sheet.place, head.row, name, "column_missing", name, ", ".join(columns.names))
            for name in missing
        ]
        for line in lines if not missing else ():
            cells = _cells(line, order)
            if line.width != head.width or any(map(_looks_secret, cells.items())):
                problems.append(Problem(sheet.place, line.row, "", "adopt_row", "", str(head.width)))
            elif box := account(cells, sheet.place, line.row, problems):
                boxes.append(box)
    return boxes, problems


def _cells(line: GridRow, order: Mapping[int, str | None]) -> Cells:
    return {
        name: line.cells[place].text if place in line.cells else ""
        for place, name in order.items()
        if name is not None
    }


def _looks_secret(cell: tuple[str, str]) -> bool:
    """Say whether a hash, or the end of one that has commas, stands in a column that is not for it."""
    name, text = cell
    return name != "hash" and ("$" in text or scheme_of(text) not in ("", "?"))


def _mdaemon_account(cells: Cells, file: str, row: int, problems: list[Problem]) -> Mailbox | None:
    address = (cells.get("email") or f"{cells['mailbox']}@{cells['domain']}").lower()
    if not is_address(address):
        problems.append(Problem(file, row, "Email", "adopt_address"))
        return None
    state = {"": "", "0": "", "n": "", "1": "disabled", "y": "disabled", "2": "frozen"}
    return Mailbox(
        file,
        row,
        address,
        clean(cells.get("name", ""))[0],
        (),
        state.get(cells.get("status", "").lower(), "disabled"),
        scheme_of(cells.get("hash", "")),
        system=bool(SYSTEM.fullmatch(address)),
        secret=cells.get("hash", ""),
    )


def _table_account(cells: Cells, file: str, row: int, problems: list[Problem]) -> Mailbox | None:
    address, born = cells["address"].lower(), cells.get("birth_date", "")
    if not is_address(address):
        problems.append(Problem(file, row, "address", "adopt_address"))
        return None
    if born and parse_date(born) is None:
        problems.append(Problem(file, row, "birth_date", "date_bad", born))
        return None
    status = cells.get("status", "").lower()
    aliases = re.split(r"[\s,;|]+", cells.get("aliases", "").lower())
    return Mailbox(
        file,
        row,
        address,
        clean(cells.get("name", ""))[0],
        _addresses(aliases, file, row, "aliases", problems),
        "" if status in ACTIVE else status,
        scheme_of(cells.get("hash", "")),
        cells.get("person_id", ""),
        parse_date(born),
        cells.get("unit", ""),
        system=bool(SYSTEM.fullmatch(address)),
        secret=cells.get("hash", ""),
    )


def _addresses(
    listed: list[str], file: str, row: int, column: str, problems: list[Problem]
) -> tuple[str, ...]:
    found = [alias for alias in listed if alias]
    if any(not is_address(alias) for alias in found):
        problems.append(Problem(file, row, column, "adopt_address"))
    return tuple(dict.fromkeys(alias for alias in found if is_address(alias)))


KINDS = {"zimbra": parse_zimbra, "mdaemon": parse_mdaemon, "csv": parse_table}
