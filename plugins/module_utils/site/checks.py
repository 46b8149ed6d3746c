# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What no single file shows: units, people, register, settings and regulation held against each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from ..naming.names import fold
from ..parsing.problems import Problem
from ..policy.naming import ALWAYS_RESERVED
from ..policy.regulation import FILE as REGULATION_FILE
from ..policy.regulation import Regulation
from ..policy.settings import FILE as SETTINGS_FILE
from ..policy.settings import Settings
from ..register.resolve import resolve
from ..register.rows import FILE as REGISTER_FILE
from ..register.rows import Row, Word
from ..register.scheme import Scheme
from ..roster.people import COLUMNS, Person, PersonStatus
from ..roster.roster import Roster
from ..roster.units import FILE as UNITS_FILE
from ..roster.units import PEOPLE_KINDS, Unit

ANY_DAY = date(2000, 1, 1)  # whether a register is behind does not depend on the day
# Keys of a unit that nothing is done with yet: who is named there cannot read the unit's mailbox.
WITHOUT_EFFECT = ("clerk", "delegates")
LISTED = 5  # units that a warning names


def check_files(
    roster: Roster, register: Collection[Row], regulation: Regulation, settings: Settings | None
) -> list[Problem]:
    """Return what the files of a site say against each other; without settings, as far as that goes."""
    problems = [*advice(roster, regulation.unit_contacts), *_required(roster, register, regulation)]
    problems += _other_case(roster, register)
    if settings:
        scheme = Scheme(regulation.naming, settings.domain, roster.units)
        active = [unit for unit in roster.units.values() if unit.active]
        problems += [*_reserved(active, register, scheme), *_unserved(active, scheme, settings)]
        problems += _without_unit(scheme)
        problems += _support(roster, register, regulation, settings)
    return problems


def alike(people: Iterable[Person]) -> list[Problem]:
    """Warn of two ids with the same folded name and birth date: the marks may be lost in one of them."""
    problems = []
    likely: dict[object, list[Person]] = defaultdict(list)  # few share a day of birth and two letters
    for person in people:
        if person.birth_date and person.status != PersonStatus.LEFT:
            name = person.full_name
            likely[person.birth_date, fold(name[0]), fold(name[-1])].append(person)
    for group in likely.values():
        first: dict[str, Person] = {}
        for person in group if len(group) > 1 else ():
            other = first.setdefault("".join(map(fold, person.full_name.split())), person)
            if other is not person:
                place = f"{other.person_id} ({other.file}:{other.row})"
                problems.append(person.problem("person_id", "person_duplicate", person.person_id, place))
    return problems


def advice(roster: Roster, contacts: Mapping[str, tuple[str, ...]]) -> list[Problem]:
    """Warn of active units without a people file or a contact that the regulation asks of their kind."""
    problems = []
    for unit in roster.units.values():
        if not unit.active:
            continue
        for key in contacts.get(unit.kind, ()):
            if key not in unit.contacts:
                problems.append(Problem(UNITS_FILE, unit.line, key, "contact_missing", key, unit.path))
        if unit.kind in PEOPLE_KINDS and unit.path not in roster.files:
            problems.append(Problem(UNITS_FILE, unit.line, "code", "people_missing", unit.path))
    return problems


def _required(roster: Roster, register: Iterable[Row], regulation: Regulation) -> list[Problem]:
    """Find empty cells that the decision asks to be filled (DN-5.2, QT-9, UB-6.1b).

    Not in the rows of those who came with an older system or another site: their papers are older too.
    """
    if not regulation.required_columns:
        return []
    legacy = {row.holder for row in register if row.why.word in (Word.LEGACY, Word.MERGED)}
    problems = []
    for person in roster.people.values():
        if not person.present or person.person_id in legacy:
            continue
        for column in regulation.required_columns:
            if column not in person.columns:
                known = ", ".join(COLUMNS.synonyms.get(column, ()))
                problems.append(Problem(person.file, 1, column, "column_missing", column, known))
            elif not getattr(person, column):
                word = person.columns[column]
                problems.append(person.problem(column, "required_missing", word, regulation.decision))
    return problems


def _other_case(roster: Roster, register: Iterable[Row]) -> list[Problem]:
    """Find ids that the register has in other capitals: for the directory it is one id, here it were two."""
    holders = {row.holder for row in register}
    lower = {holder.lower(): holder for holder in holders}
    return [
        person.problem("person_id", "person_id_case", key, lower[key.lower()])
        for key, person in roster.people.items()
        if key not in holders and key.lower() in lower
    ]


def _reserved(units: Iterable[Unit], register: Iterable[Row], scheme: Scheme) -> list[Problem]:
    """Find units that would get a reserved word: that is for roles only, named as such (C14, QT-3).

    What was issued is not taken back. postmaster and abuse are nobody's: ``resolve`` says so.
    """
    words = scheme.naming.reserved - ALWAYS_RESERVED
    found: dict[tuple[str, str], Problem] = {}
    for unit in units:
        wanted = [("mailbox" if unit.mailbox else "code", scheme.unit_address(unit))]
        wanted += [("aliases", scheme.unit_alias(unit, alias)) for alias in unit.aliases]
        for key, address in wanted:
            local_part = address.partition("@")[0]
            if unit.kind != "role" and local_part in words:
                line = unit.lines.get(key, unit.line)
                problem = Problem(UNITS_FILE, line, key, "unit_reserved", local_part, unit.name)
                found[address, unit.path] = problem
    issued = {(row.address, row.holder) for row in register} if found else set()
    return [problem for key, problem in found.items() if key not in issued]


def _unserved(units: Iterable[Unit], scheme: Scheme, settings: Settings) -> list[Problem]:
    """Find domains of units and their people (BD-4.1a) that the settings do not serve."""
    needed: dict[str, str] = {}
    for unit in units:
        needed.setdefault(scheme.unit_address(unit).partition("@")[2], unit.name)
        if unit.kind in PEOPLE_KINDS:
            needed.setdefault(scheme.ending_of(unit.path).domain, unit.name)
    return [
        Problem(SETTINGS_FILE, 0, "mail_domains", "subdomain_not_served", domain, name)
        for domain, name in needed.items()
        if domain not in settings.domains
    ]


def _without_unit(scheme: Scheme) -> list[Problem]:
    """Find domains that the decision gives to a unit that is not there."""
    known = ", ".join(sorted(path for path, unit in scheme.units.items() if unit.active)[:20])
    return [
        Problem(REGULATION_FILE, 0, f"regulation.naming.domains.units.{path}", "unit_unknown", path, known)
        for path in scheme.naming.unit_domains
        if path not in scheme.units
    ]


def _support(
    roster: Roster, register: Iterable[Row], regulation: Regulation, settings: Settings
) -> list[Problem]:
    """Find a support address that nobody reads: notices come from it, so answers go to it.

    What ``register.yml`` is about to issue counts as held, or a site with addresses of an older system alone
    could never run it. A site that has issued nothing yet is told that first.
    """
    rows, support = list(register), settings.support
    duties = {f"{word}@{domain}" for domain in settings.domains for word in ALWAYS_RESERVED}
    if not rows or not support or support in duties or _holds(rows, support):
        return []
    if _holds(resolve(roster, rows, regulation.naming, settings.domain, ANY_DAY).rows, support):
        return []
    return [Problem(SETTINGS_FILE, 0, "mail_support.address", "support_unheld", support)]


def _holds(rows: Iterable[Row], address: str) -> bool:
    return any(row.address == address and row.kind != "tombstone" for row in rows)


def without_effect(roster: Roster) -> list[Problem]:
    """Warn of what units say and nothing is done with yet, once for each key."""
    problems = []
    for key in WITHOUT_EFFECT:
        units = [unit for unit in roster.units.values() if unit.active and key in unit.lines]
        if units:
            first = min(units, key=lambda unit: unit.line)
            named = [unit.path for unit in units[:LISTED]] + ["..."] * (len(units) > LISTED)
            problems.append(
                Problem(UNITS_FILE, first.lines[key], key, "no_effect_yet", key, ", ".join(named))
            )
    return problems


def without_mailbox(roster: Roster, register: Collection[Row]) -> list[Problem]:
    """Warn of units and people at work without an address (BD-4.2a, BD-4.3a, UB-13.1).

    A site that has issued nothing yet gets one warning instead of one for everybody, and the people of an
    unknown unit none: their file's own problem is enough.
    """
    if not roster.units:
        return [Problem(UNITS_FILE, 0, "", "roster_empty")]
    if not register:
        return [Problem(REGISTER_FILE, 0, "", "register_empty")]
    holders = {row.holder for row in register if row.kind == "primary"}
    problems = [
        Problem(UNITS_FILE, unit.line, "code", "mailbox_missing", unit.path, unit.name)
        for unit in roster.units.values()
        if unit.active and unit.path not in holders
    ]
    return problems + [
        person.problem("person_id", "mailbox_missing", person.person_id, person.full_name)
        for person in roster.people.values()
        if person.present and person.unit in roster.units and person.person_id not in holders
    ]
