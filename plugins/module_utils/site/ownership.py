# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who may change what in Git: a unit's IT officer the people of the unit, the centre everything (GL-13.2a).

The centre is the unit that runs the system (``mail_postmaster``): its head and its IT officer, and the IT
officers of the units above it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from ..naming.names import fold
from ..parsing.problems import Problem
from ..parsing.tables import Record, Table, read_table
from ..parsing.yamltree import read_yaml
from ..policy.settings import FILE as SETTINGS_FILE
from ..register.rows import FILE as REGISTER_FILE
from ..register.rows import Row, parse_register
from ..roster.people import COLUMNS, PersonStatus, is_readable
from ..roster.roster import PEOPLE, Roster
from ..roster.units import FILE as UNITS_FILE
from ..roster.units import PEOPLE_KINDS, Unit, load_units, parse_date

# What decides who somebody is: as it was before the change, or anybody could make themselves the centre.
AUTHORITY = (UNITS_FILE, REGISTER_FILE, SETTINGS_FILE)
NOBODY = ("", PersonStatus.LEFT)  # the states of somebody without an account


@dataclass(frozen=True)
class Units:
    """Where people were by the register before a change, and are by the roster after it."""

    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True)
class Author:
    """Who sent a change: central or not, and the units whose people files are theirs."""

    address: str
    central: bool
    units: tuple[str, ...]


def central_officers(units: Mapping[str, Unit], postmaster: str) -> list[str]:
    """Return the holders who may change everything; the unit itself where it names nobody."""
    unit = units.get(postmaster)
    found = [unit.contacts.get(key, "") for key in ("it_officer", "head")] if unit else []
    while unit and unit.parent in units:
        unit = units[unit.parent]
        found.append(unit.contacts.get("it_officer", ""))
    return sorted({person_id for person_id in found if person_id} or {postmaster})


def nobody_approves(units: Mapping[str, Unit], postmaster: str) -> list[Problem]:
    """Warn of a centre of one person: nobody approves a change of their own."""
    unit = units.get(postmaster)
    officers = central_officers(units, postmaster)
    if unit is None or len(officers) > 1:
        return []
    return [Problem(UNITS_FILE, unit.line, "it_officer", "centre_alone", unit.path, officers[0])]


def unit_officers(units: Mapping[str, Unit]) -> dict[str, str]:
    """Return the IT officer of each unit that has a people file."""
    return {
        path: unit.contacts["it_officer"]
        for path, unit in sorted(units.items())
        if unit.active and unit.kind in PEOPLE_KINDS and "it_officer" in unit.contacts
    }


def codeowners(roster: Roster, register: Iterable[Row], postmaster: str, site: str) -> str:
    """Return the text of ``CODEOWNERS`` for a site in the folder ``site`` of its repository.

    The centre owns a unit's file too: nobody approves a change of their own.
    """
    addresses = {row.holder: row.address for row in register if row.kind == "primary"}
    officers = central_officers(roster.units, postmaster)
    centre = sorted(addresses[holder] for holder in officers if holder in addresses)
    lines = [
        heading(site),
        "# The last line that fits a file decides. Any one of its owners may approve a change of it.",
        "",
        f"# The centre (mail_postmaster: {postmaster}) owns everything ...",
        " ".join(["*", *centre]),
        "",
        "# ... and the IT officer of a unit its people as well (GL-13.2a).",
    ]
    for path, officer in unit_officers(roster.units).items():
        if officer in addresses:
            owners = [addresses[officer], *(owner for owner in centre if owner != addresses[officer])]
            file = str(PurePosixPath("/", site, PEOPLE, f"{path}.csv")).replace(" ", "\\ ")
            lines.append(" ".join([file, *owners]))
    return "\n".join(lines) + "\n"


def may_replace(text: str, site: str) -> bool:
    """Say whether a file is the one of this site, or nothing: somebody else's is not written over."""
    return not text.strip() or text.startswith(heading(site))


def heading(site: str) -> str:
    """Return the first line of the file, which says whose it is."""
    return f"# Written by playbooks/owners.yml from units.yml and register.csv of {site or '.'}: do not edit."


def author_of(address: str, files: Mapping[str, bytes]) -> Author:
    """Say what an address may do, by the files of ``AUTHORITY`` before the change."""
    listed, _ = load_units(files.get(UNITS_FILE, b""))
    units = {unit.path: unit for unit in listed if unit.active}
    register, _ = parse_register(files.get(REGISTER_FILE, b""), ())
    wanted = address.strip().lower()
    holder = next((row.holder for row in register if row.address == wanted and row.kind != "tombstone"), None)
    if holder is None:
        return Author(address, False, ())
    central = holder in central_officers(units, _postmaster(files.get(SETTINGS_FILE, b"")))
    own = tuple(path for path, officer in unit_officers(units).items() if officer == holder)
    return Author(address, central, own)


def _postmaster(data: bytes) -> str:
    """Read one variable as it is written: the inventory of an earlier commit is not loaded."""
    root, _ = read_yaml(data.decode("utf-8-sig", "replace"), SETTINGS_FILE)
    pairs = root.pairs if root and root.pairs else ()
    return next((value.text or "" for key, value in pairs if key.text == "mail_postmaster"), "")


def check_change(
    before: Mapping[str, bytes],
    after: Mapping[str, bytes],
    author: Author,
    may: Collection[str],
    units: Units,
    site: str = "",
) -> list[Problem]:
    """Return what an author changed and may not.

    ``before`` and ``after`` hold the files that differ, as ``Revision.changed`` gives them; ``site`` is the
    site's folder in the repository, with a slash behind it. ``may`` is the regulation's
    ``unit_officers_may``. The register is left to ``check_register``.
    """
    if author.central or not before:
        return []
    if not author.units:
        return [Problem(UNITS_FILE, 0, "it_officer", "owner_unknown", author.address)]
    own = {f"{site}{PEOPLE}/{unit}.csv": unit for unit in author.units}
    problems = []
    for path in sorted(before):
        file = path.removeprefix(site)
        if path in own and path in after:
            problems += _people(file, own[path], before[path], after[path], may, units)
        elif path in own:
            problems.append(Problem(file, 0, "", "file_missing"))
        elif path != f"{site}{REGISTER_FILE}":
            listed = ", ".join(sorted(name.removeprefix(site) for name in own))
            problems.append(Problem(file, 0, "", "owner_outside", author.address, listed))
    return problems


def _people(
    file: str, unit: str, before: bytes, after: bytes, may: Collection[str], units: Units
) -> list[Problem]:
    """Compare the rows of one people file by person."""
    old, new = read_table(before, file, COLUMNS), read_table(after, file, COLUMNS)
    if after and not is_readable(new):
        return []  # that is a problem of its own, and nothing can be said about the rows
    problems = []
    old_rows, new_rows = _rows(old), _rows(new)
    for person_id, record in new_rows.items():
        if person_id in old.lost:
            continue
        was = old_rows[person_id].cells if person_id in old_rows else {}
        act = _act(was, record.cells)
        column = "status" if act == "cancel" else "person_id"
        if not was and units.before.get(person_id, unit) != unit:
            way = f"{units.before[person_id]} → {unit}"
            problems.append(Problem(file, record.row, column, "owner_moves", person_id, way))
        elif "create" not in may and was and _is_other_person(was, record.cells):
            problems.append(Problem(file, record.row, "full_name", "owner_other_person", person_id))
        elif act and act not in may:
            problems.append(Problem(file, record.row, column, "owner_may_not", person_id, act))
    for person_id in sorted(old_rows.keys() - new_rows.keys() - new.lost):
        now = units.after.get(person_id, unit)
        code, detail = ("owner_removed", "") if now == unit else ("owner_moves", f"{unit} → {now}")
        problems.append(Problem(file, 0, "person_id", code, person_id, detail))
    return problems


def _rows(table: Table) -> dict[str, Record]:
    """Return the main rows by person: a further post gives nobody an account and takes none."""
    return {
        record.cells["person_id"]: record
        for record in table.records
        if record.cells.get("person_id") and _status(record.cells)
    }


def _status(cells: Mapping[str, str]) -> str:
    """Return the status of somebody's main row, and nothing for a further post."""
    status = cells.get("status", "") or PersonStatus.ACTIVE
    return status if status != PersonStatus.SECOND_POST else ""


def _act(was: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Name what a row's change does to the account; a leaver who is back is a new account."""
    filled = {name: cell for name, cell in now.items() if cell}
    if filled == {name: cell for name, cell in was.items() if cell}:
        return ""
    former, status = _status(was) if was else "", _status(now)
    if former in NOBODY:
        return "create" if status != PersonStatus.LEFT else "change"
    return "cancel" if status in (PersonStatus.LEFT, PersonStatus.LOCKED) and status != former else "change"


def _is_other_person(was: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """Say whether both name and birth date are others: that gives a mailbox to somebody else."""

    def born(cells: Mapping[str, str]) -> object:
        text = cells.get("birth_date", "")
        return parse_date(text) or text

    names = [fold(cells.get("full_name", "")) for cells in (was, now)]
    return names[0] != names[1] and born(was) != born(now)


def check_register(committed: Iterable[Row], expected: Iterable[Row]) -> list[Problem]:
    """Return the rows of an officer's register that are not what ``register.yml`` makes of the one before.

    A day of writing may differ: no other column may.
    """
    old, new = (
        {row.address: replace(row, since="", until="") for row in rows} for rows in (expected, committed)
    )
    different = sorted(address for address in old.keys() | new.keys() if old.get(address) != new.get(address))
    return [Problem(REGISTER_FILE, 0, "address", "owner_register", address) for address in different]
