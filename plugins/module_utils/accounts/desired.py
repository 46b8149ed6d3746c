# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the directory should hold: one account for each mailbox, from roster and register alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NotRequired, TypedDict

from ..clock import months_later
from ..parsing.problems import Problem
from ..passwords import rules
from ..policy.settings import Settings
from ..policy.terms import LifecycleTerms
from ..register.rows import FILE as REGISTER_FILE
from ..register.rows import Reason, Row, Word
from ..roster.people import Person, PersonStatus
from ..roster.roster import Roster
from ..roster.units import FILE as UNITS_FILE
from ..roster.units import PEOPLE_KINDS, Unit, parse_date
from .vocabulary import Kind, Status

# A leave changes nothing about the mailbox.
STATUS: Mapping[str, Status] = {
    PersonStatus.ACTIVE: Status.ACTIVE,
    PersonStatus.LEAVE: Status.ACTIVE,
    PersonStatus.LOCKED: Status.LOCKED,
    PersonStatus.LEFT: Status.LEFT,
}
EXPIRED_ALIAS = Reason(Word.EXPIRED, was_alias=True)
# RFC 5321 4.5.1, RFC 2142: both exist in every domain that receives mail.
DUTY_LOCAL_PARTS = ("postmaster", "abuse")


class Account(TypedDict):
    """One mailbox, as it is sent to the module ``mailboxes``."""

    kind: Kind
    id: str  # person_id, or the path of the unit
    address: str  # the primary one, which is the login name as well
    addresses: list[str]  # all of them, sorted, the primary included
    name: str
    surname: str
    given: str
    title: str
    unit: str
    quota_mib: int
    status: Status
    contact: str  # address of the unit that is asked in the place of this account
    tokens: str  # parts that a password must not contain, as `passwords.rules` writes them
    leave_until: NotRequired[str]  # days, ISO 8601
    until: NotRequired[str]  # closing until then
    keep_until: NotRequired[str]  # the mail of who left is kept until then
    owner: NotRequired[str]  # of a unit: its head
    late: NotRequired[bool]  # it should have been there before
    hash: NotRequired[str]  # password of an older system, as slapd reads it, and the day to change it by
    change_by: NotRequired[str]
    hash_kind: NotRequired[str]  # or the kind of a password that cannot be used
    reference: NotRequired[str]  # number of the decision or request, for the record
    store_id: NotRequired[str]  # what the mailbox's place hangs on, where it is not the id


@dataclass(frozen=True)
class _HolderAddresses:
    """The addresses of one holder."""

    primary: str
    all: tuple[str, ...]
    in_use: bool
    ended: str = ""  # the day on which a holder no longer in use ended, ISO 8601


@dataclass(frozen=True)
class _Contacts:
    """Which unit is asked in the place of another, or of its people."""

    units: Mapping[str, Unit]
    addresses: Mapping[str, str]  # of the units that are there, by path
    postmaster: str

    def of_people(self, path: str) -> str:
        """Return the address of the nearest agency or locality, from a unit upwards."""
        passed = set()
        while path not in passed and (unit := self.units.get(path)):
            if path in self.addresses and unit.kind in PEOPLE_KINDS:
                return self.addresses[path]
            passed.add(path)
            path = unit.parent if unit.active else unit.successor
        return self.addresses.get(self.postmaster, "")

    def of_unit(self, unit: Unit) -> str:
        """Return the address that is asked in the place of a unit: of a dissolved one, its successor's.

        An agency or locality has its parent, or the unit that runs the system.
        """
        if unit.active:
            return self.of_people(unit.parent if unit.kind in PEOPLE_KINDS else unit.path)
        passed = set()  # successors may be dissolved too, and run in a circle
        path = unit.successor
        while path in self.units and path not in self.addresses and path not in passed:
            passed.add(path)
            path = self.units[path].successor
        return self.addresses.get(path) or self.addresses.get(self.postmaster, "")


@dataclass(frozen=True)
class _Terms:
    """What all accounts are made with."""

    settings: Settings
    lifecycle: LifecycleTerms
    today: date
    contacts: _Contacts
    # By the unit's path: which address is asked in the place of its people, and what it is called.
    of_people: Mapping[str, str]
    names: Mapping[str, str]


def desired_accounts(
    roster: Roster,
    register: Iterable[Row],
    settings: Settings,
    lifecycle: LifecycleTerms,
    today: date,
) -> tuple[list[Account], list[Problem]]:
    """Return an account for every unit and person, sorted by kind and id, and what is wrong.

    The day decides alone whether a dissolved unit still answers (``closing``) or has ``left``. Where roster
    and register disagree about who is there, the register is stale, and that is a problem. Who has left keeps
    the account, with the status ``left``, as long as the register knows an address. A further post gives no
    second mailbox (DN-4.2b).
    """
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in register:
        rows[row.holder].append(row)
    held = {holder: _addresses_of(own) for holder, own in rows.items()}
    there = {path: own.primary for path in roster.units if (own := held.get(path)) and own.in_use}
    contacts = _Contacts(roster.units, there, settings.postmaster)
    of_people = {path: contacts.of_people(path) for path in roster.units}
    names = {path: unit.name for path, unit in roster.units.items()}
    terms = _Terms(settings, lifecycle, today, contacts, of_people, names)
    problems: list[Problem] = []
    accounts: list[Account] = []
    for unit in roster.units.values():
        own = held.get(unit.path)
        if own and own.in_use == unit.active:
            accounts.append(_unit_account(unit, own, terms))
        elif own or unit.active:
            problems.append(Problem(UNITS_FILE, unit.line, "code", "register_stale", unit.path))
    for person in roster.people.values():
        own = held.get(person.person_id)
        if own and own.in_use == person.present:
            accounts.append(_person_account(person, own, terms))
        elif own or person.present:
            problems.append(person.problem("person_id", "register_stale", person.person_id))
    _part_predecessors(accounts, roster, rows, terms)
    problems += _duties(accounts, roster, settings)
    return sorted(accounts, key=lambda account: (account["kind"], account["id"])), problems


def missing_holders(roster: Roster, register: Iterable[Row]) -> list[Problem]:
    """Warn of holders who are no longer in the roster: nothing is ever deleted because of that."""
    known = roster.people.keys() | roster.units.keys()
    lost = {
        row.holder for row in register if row.kind != "tombstone" and row.holder and row.holder not in known
    }
    return [
        Problem(REGISTER_FILE, 0, "holder", "register_holder_gone", holder)
        for holder in sorted(lost)
        if not roster.may_have(holder)
    ]


def _addresses_of(own: Iterable[Row]) -> _HolderAddresses | None:
    """Return the addresses of one holder; who has only tombstones (left, dissolved) is no longer in use.

    The addresses of somebody who left still belong to the account: mail to them is answered with who is
    asked now, not with "no such user". An alias that was retired before is nobody's any more.
    """
    live = [row for row in own if row.kind != "tombstone"]
    primary = next((row for row in live if row.kind == "primary"), None)
    if primary:
        return _HolderAddresses(primary.address, tuple(sorted(row.address for row in live)), True)
    past = [row for row in own if row.why != EXPIRED_ALIAS]
    if live or not past:
        return None
    last = max(past, key=lambda row: (not row.why.was_alias, row.since, row.address))
    return _HolderAddresses(last.address, tuple(sorted(row.address for row in past)), False, last.until)


def _part_predecessors(
    accounts: list[Account], roster: Roster, rows: Mapping[str, list[Row]], terms: _Terms
) -> None:
    """Add the dissolved units whose path an active one has now (NAMING S10).

    The dissolved one goes by its address from then on and keeps its mail, the active one gets a place of its
    own: nobody's mail becomes another's.
    """
    active = {account["id"]: account for account in accounts if account["kind"] == Kind.UNIT}
    for path in roster.dissolved.keys() & active.keys():
        own = _addresses_of([row for row in rows[path] if row.kind == "tombstone"])
        if own and roster.units[path].active:
            active[path]["store_id"] = active[path]["address"]
            ended = _unit_account(roster.dissolved[path], own, terms)
            accounts.append(Account({**ended, "id": own.primary, "store_id": path}))


def _unit_account(unit: Unit, held: _HolderAddresses, terms: _Terms) -> Account:
    account = Account(
        kind=Kind.UNIT,
        id=unit.path,
        address=held.primary,
        addresses=list(held.all),
        name=unit.name,
        surname="",
        given="",
        title="",
        unit=unit.path,
        quota_mib=terms.settings.quota_unit_mib,
        status=Status.ACTIVE if unit.active else Status.LEFT,
        contact=terms.contacts.of_unit(unit),
        tokens=rules.tokens(unit.name, unit.path, *_parts(held.all)),
    )
    if head := unit.contacts.get("head"):
        account["owner"] = head
    ended = parse_date(held.ended)
    if not unit.active and ended:
        until = months_later(ended, terms.lifecycle.reply_months)
        # Both days stand from the beginning, so that the end of the first changes the status alone.
        account["until"] = until.isoformat()
        account["keep_until"] = months_later(until, terms.lifecycle.keep_months).isoformat()
        account["status"] = Status.CLOSING if terms.today <= until else Status.LEFT
    return account


def _person_account(person: Person, held: _HolderAddresses, terms: _Terms) -> Account:
    surname = person.name.rest[: person.name.surname_words or 1]
    unit = person.department or person.unit
    # In a people file of no unit the unit has no name: the file's own problem stops the run.
    unit_name = terms.names.get(unit, "")
    account = Account(
        kind=Kind.PERSON,
        id=person.person_id,
        address=held.primary,
        addresses=list(held.all),
        name=person.full_name,
        surname=" ".join(surname),
        given=person.name.given,
        title=person.title,
        unit=unit,
        quota_mib=terms.settings.quota_person_mib,
        status=STATUS[person.status],
        contact=terms.of_people.get(person.unit, ""),
        tokens=rules.tokens(person.full_name, unit_name, unit, *_parts(held.all)),
    )
    if reference := person.decision_no or person.request_no:
        account["reference"] = reference
    if person.status == PersonStatus.LEAVE and person.status_until:
        account["leave_until"] = person.status_until.isoformat()
    if person.status == PersonStatus.LEFT and person.decision_date:
        months = terms.lifecycle.months_kept(person.title)
        account["keep_until"] = months_later(person.decision_date, months).isoformat()
    return account


def _parts(addresses: Iterable[str]) -> set[str]:
    """Return what stands before and behind the @: of the latter there are few."""
    return {part for address in addresses for part in address.split("@")}


def _duties(accounts: list[Account], roster: Roster, settings: Settings) -> list[Problem]:
    """Give postmaster@ and abuse@ of every served domain to the unit that the inventory names for them."""
    unit = roster.units.get(settings.postmaster)
    if unit is None or not unit.active:
        known = ", ".join(sorted(path for path, other in roster.units.items() if other.active)[:20])
        return [Problem(settings.file, 0, "mail_postmaster", "unit_unknown", settings.postmaster, known)]
    duties = [f"{word}@{domain}" for domain in settings.domains for word in DUTY_LOCAL_PARTS]
    for account in accounts:
        if account["kind"] == Kind.UNIT and account["id"] == unit.path:
            account["addresses"] = sorted({*account["addresses"], *duties})
    return []
