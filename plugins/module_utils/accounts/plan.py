# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What has to change in the directory for it to hold what roster and register say. Pure and deterministic.

Everything that is shown (counts, the table of units, the diff) comes from the same `Plan` that is applied.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from . import entries
from .entries import Account, Attributes
from .vocabulary import DISABLED, RECLAIMED_LOCKS, Attr, Kind, Status, Verb

Key = tuple[str, str]  # kind and identity

NOT_IN_USE = ([Status.CLOSING], [Status.LEFT])  # a status that cannot be read may be that of one in use
# Plain strings, as `entries` has them for its names: these are asked for once an account.
_PERSON, _UNIT, _UNCHANGED = Kind.PERSON.value, Kind.UNIT.value, Verb.UNCHANGED.value
LIMIT_SHARE = 0.02
LIMIT_LEAST = 5


class PlanError(Exception):
    """The plan cannot be made; `problems` says why, each with the account."""

    def __init__(self, problems: list[str]) -> None:
        """Keep all problems, sorted."""
        super().__init__("\n".join(sorted(problems)))
        self.problems = sorted(problems)


@dataclass(frozen=True)
class ExistingAccount:
    """An account as the directory holds it, with the attributes that follow the roster.

    `observed` are those of `entries.OBSERVED_ATTRIBUTES` that it has. It is not `named` where its uid cannot
    be told.
    """

    dn: str
    attributes: Attributes
    observed: Attributes = field(default_factory=dict)
    named: bool = True


@dataclass(frozen=True)
class Change:
    """One write. `before` is None for a new account; else both hold only the attributes that differ.

    `old_dn` is where the entry still is if it also gets another name.
    """

    dn: str
    address: str
    unit: str
    before: Attributes | None
    after: Attributes
    account: Account | None = field(default=None, compare=False, repr=False)
    old_dn: str = ""
    reference: str = ""  # number of the decision or request

    def verb(self) -> Verb:
        """Name the change as it is counted."""
        if self.before is None:
            return Verb.CREATED
        [status] = self.after.get(Attr.STATUS, [""])
        return Verb(status) if status in DISABLED else Verb.CHANGED

    def disables(self) -> bool:
        """Say whether it takes something away from an account in use.

        That a closing account leaves is no news: its day was set when it began to close.
        """
        before = (self.before or {}).get(Attr.STATUS)
        return self.verb() in DISABLED and before is not None and before not in NOT_IN_USE

    def is_usable(self) -> bool:
        """Say whether it makes an account that somebody logs in to."""
        return self.account is not None and self.account["status"] not in (Status.CLOSING, Status.LEFT)

    def imports_password(self) -> bool:
        """Say whether the new account has the password of an older system."""
        return self.is_usable() and bool(self.account and self.account.get("hash"))


@dataclass(frozen=True)
class Plan:
    """All changes in the order to apply them, and those accounts of the directory that no roster has."""

    changes: list[Change]
    gone: list[ExistingAccount]
    total: int  # accounts in the directory
    units: dict[str, dict[str, int]]  # by unit: how many of each verb, unchanged and gone
    handovers: list[str] = field(default_factory=list)  # units with another head than took them over
    reclaimed: list[str] = field(default_factory=list)  # wanted, but reclaimed by the daily pass
    # Attributes that could not be read, by address. What follows the roster is written anew; the rest stays.
    unreadable: dict[str, list[str]] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """Return how many accounts are counted under each verb."""
        return {verb: sum(unit.get(verb, 0) for unit in self.units.values()) for verb in Verb}

    def disabled_count(self) -> int:
        """Return how many accounts in use would no longer be."""
        return sum(change.disables() for change in self.changes)

    def sessions_to_end(self) -> list[str]:
        """Return the login names of the accounts that nobody may be logged in to from now on."""
        names = set()
        for change in self.changes:
            if change.before is not None and change.verb() in DISABLED:
                # What is not ASCII is no address that anybody logged in with.
                names |= {change.address, *filter(str.isascii, change.before.get(Attr.MAIL, []))}
        return sorted(names)

    def overdue(self) -> list[str]:
        """Return the identities of new accounts that should have been there before."""
        return sorted(
            change.account["id"] for change in self.changes if change.account and "late" in change.account
        )

    def imported(self) -> int:
        """Return how many new accounts keep the password of the older system."""
        return sum(change.imports_password() for change in self.changes)

    def rejected_hashes(self) -> dict[str, list[str]]:
        """Return by kind the new accounts whose password of the older system logs nobody in here."""
        found: dict[str, list[str]] = defaultdict(list)
        for change in self.changes:
            if change.account and change.is_usable() and change.account.get("hash_kind"):
                found[change.account["hash_kind"]].append(change.address)
        return {kind: sorted(found[kind]) for kind in sorted(found)}

    def table(self) -> str:
        """Return the counts of the units in which something happens, and of all, as text in columns."""
        quiet = [unit for unit, counts in self.units.items() if not counts.keys() - {Verb.UNCHANGED}]
        shown = {unit: counts for unit, counts in self.units.items() if unit not in set(quiet)}
        rows: list[tuple[str, ...]] = [("unit", *Verb)]
        rows += [(unit, *(str(counts.get(verb, "")) for verb in Verb)) for unit, counts in shown.items()]
        if quiet:
            same = str(sum(self.units[unit][Verb.UNCHANGED] for unit in quiet))
            blank = {Verb.UNCHANGED.value: same}
            rows.append((f"{len(quiet)} units as they were", *(blank.get(verb, "") for verb in Verb)))
        rows.append(("all", *map(str, self.counts().values())))
        first = max(len(row[0]) for row in rows)
        return "\n".join(row[0].ljust(first) + "".join(cell.rjust(11) for cell in row[1:]) for row in rows)

    def diff(self) -> str:
        """Return the plan as text, one block for each account."""
        lines: list[str] = []
        for change in self.changes:
            was = f"{change.old_dn} -> " if change.old_dn else ""
            lines.append(f"{'+' if change.before is None else '~'} {change.address}  ({was}{change.dn})")
            for name in sorted(change.after):
                before = (change.before or {}).get(name, [])
                lines += [f"    - {name}: {_shown(one)}" for one in before if one not in change.after[name]]
                lines += [f"    + {name}: {value}" for value in change.after[name] if value not in before]
        lines += [f"? {address(held)}  ({held.dn})  in no roster; left as it is" for held in self.gone]
        return "".join(line + "\n" for line in lines)


def address(held: ExistingAccount) -> str:
    """Return the primary address of an account in the directory; its DN where that cannot be read."""
    unreadable = entries.unreadable(held.attributes, [Attr.MAIL])
    return held.dn if unreadable else held.attributes[Attr.MAIL][0]


def _shown(value: str) -> str:
    """Return a value with what was no UTF-8 as escapes."""
    return value.encode(errors="backslashreplace").decode()


def change_limit(total: int) -> int:
    """Return how many accounts one run may disable, of `total` in the directory: 2 %, and at least 5."""
    return max(LIMIT_LEAST, int(total * LIMIT_SHARE))


def plan(current: Mapping[Key, ExistingAccount], desired: Iterable[Account], suffix: str) -> Plan:
    """Compare the directory with the accounts that are wanted.

    Nothing is ever deleted: an account that no roster has is `gone`, and stays. A unit that was renamed keeps
    its mailbox (`_match_renamed_units`). Raises `PlanError` when two accounts are wanted with one identity or
    one address, when an address is held by an account that does not give it up, or when it cannot be read
    whose an entry is.
    """
    changes: list[Change] = []
    problems: list[str] = []
    units: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    wanted_by: dict[str, Key] = {}
    seen: set[Key] = set()
    unmatched: dict[Key, Account] = {}
    handovers: list[str] = []
    reclaimed: list[str] = []
    unreadable: dict[str, list[str]] = {}

    def note(account: Account, held: ExistingAccount | None) -> None:
        if held is not None and (held.observed or "owner" in account):
            _observe(held.observed, account, handovers, reclaimed)
        change = _change(held, account, suffix)
        if change:
            changes.append(change)
        # What is as it is wanted can be read.
        before = {**((change and change.before) or {}), **(held.observed if held else {})}
        if before and (found := entries.unreadable(before, before)):
            unreadable[account["address"]] = found
        units[account["unit"]][change.verb() if change else _UNCHANGED] += 1

    problems += _without_identity(current)
    for account in desired:
        key = (account["kind"], account["id"])
        if key in seen:
            problems.append(f"{account['kind']} {account['id']} is wanted twice")
            continue
        seen.add(key)
        for wanted in account["addresses"]:
            other = wanted_by.setdefault(wanted, key)
            if other != key:
                problems.append(f"{wanted} is wanted for {' '.join(other)} and for {' '.join(key)}")
        if account["kind"] == _UNIT and not _is_known(current.get(key), account):
            unmatched[key] = account
        else:
            note(account, current.get(key))
    same = _match_renamed_units(current, unmatched, seen)
    renamed = set(same.values())
    for key, account in unmatched.items():
        note(account, current[same[key]] if key in same else None if key in renamed else current.get(key))

    kept = seen | renamed
    gone = sorted((held for key, held in current.items() if key not in kept), key=lambda held: held.dn)
    for held in gone:
        units[_shown("".join(held.attributes[Attr.UNIT]))][Verb.GONE] += 1
    changes, more = _ordered(sorted(changes, key=_by_name), _holders(current.values(), changes))
    if problems + more:
        raise PlanError(problems + more)
    tables = {unit: dict(sorted(units[unit].items())) for unit in sorted(units)}
    return Plan(changes, gone, len(current), tables, sorted(handovers), sorted(reclaimed), unreadable)


def _without_identity(current: Mapping[Key, ExistingAccount]) -> list[str]:
    """Say of which entries it cannot be read whose they are: they would be made, or given away, again."""
    found = {held.dn: [str(Attr.UID)] for held in current.values() if not held.named}
    for (kind, _), held in current.items():
        if kind == Kind.UNIT and (mail := entries.unreadable(held.attributes, [Attr.MAIL])):
            found[held.dn] = found.get(held.dn, []) + mail
    return [f"{dn}: cannot be read: {', '.join(names)}" for dn, names in found.items()]


def _observe(observed: Attributes, account: Account, handovers: list[str], reclaimed: list[str]) -> None:
    """Note what the roster says and the directory does not follow by itself."""
    if account["status"] != Status.ACTIVE:
        return
    if "owner" in account and observed.get(Attr.OWNER) != [account["owner"]]:
        handovers.append(account["address"])
    if observed.get(Attr.LOCK, [""])[0] in RECLAIMED_LOCKS:
        reclaimed.append(account["address"])


def _by_name(change: Change) -> tuple[bool, str]:
    """Order by name; a name is given up before another entry gets it."""
    return not change.old_dn, change.dn


def _is_known(held: ExistingAccount | None, account: Account) -> bool:
    """Say whether the entry of this name is the unit's: it has, or keeps, the entry's primary address."""
    return held is not None and address(held) in account["addresses"]


def _match_renamed_units(
    current: Mapping[Key, ExistingAccount], unmatched: Mapping[Key, Account], seen: Iterable[Key]
) -> dict[Key, Key]:
    """Return which entry of another name is the mailbox of a unit: the one whose primary address it has now.

    A unit's identity is its path, and a reorganisation changes paths (restructure.yml). It may even give the
    path of a unit that ends to one that begins (NAMING S10): then both are unmatched here.
    """
    free = {key for key in current if key[0] == Kind.UNIT} - (set(seen) - unmatched.keys())
    by_address = {address(current[key]): key for key in sorted(free)}
    found = {}
    for key, account in sorted(unmatched.items()):
        entry = next((by_address[wanted] for wanted in account["addresses"] if wanted in by_address), None)
        if entry is not None and entry != key:
            found[key] = entry
    return found


def _change(held: ExistingAccount | None, account: Account, suffix: str) -> Change | None:
    """Return what has to change for one account, or None."""
    after = entries.managed(account)
    if held is not None and held.attributes == after and account["kind"] == _PERSON:
        return None  # nearly always so: its DN is not needed, and takes as long to make as all the rest
    dn = entries.account_dn(account["kind"], account["id"], suffix)
    reference = account.get("reference", "")
    if held is None:
        shown = {name: values for name, values in after.items() if values}
        return Change(dn, account["address"], account["unit"], None, shown, account, reference=reference)
    renamed = account["kind"] == Kind.UNIT and held.dn.lower() != dn.lower()
    differing = [name for name in after if held.attributes[name] != after[name]]
    if not differing and not renamed:
        return None
    return Change(
        dn if renamed else held.dn,
        account["address"],
        account["unit"],
        {name: held.attributes[name] for name in differing},
        {name: after[name] for name in differing},
        old_dn=held.dn if renamed else "",
        reference=reference,
    )


def _holders(current: Iterable[ExistingAccount], changes: Iterable[Change]) -> dict[str, str]:
    """Return the DN of the entry that has each address, as it will be named."""
    renamed = {change.old_dn: change.dn for change in changes if change.old_dn}
    return {
        mail: renamed.get(held.dn, held.dn)
        for held in current
        for mail in held.attributes[Attr.MAIL_LOCAL_ADDRESS]
    }


def _ordered(changes: list[Change], holders: Mapping[str, str]) -> tuple[list[Change], list[str]]:
    """Put a change that gives an address up before the one that takes it: slapd never holds one twice."""
    by_dn = {change.dn: change for change in changes}
    giving: dict[str, set[str]] = {}
    problems: list[str] = []
    for change in changes:
        for wanted in change.after.get(Attr.MAIL_LOCAL_ADDRESS, []):
            holder = holders.get(wanted, change.dn)
            if holder == change.dn:
                continue
            giver = by_dn.get(holder)
            if giver is None or wanted in giver.after.get(Attr.MAIL_LOCAL_ADDRESS, [wanted]):
                problems.append(f"{wanted} is wanted for {change.dn} and held by {holder}")
            else:
                giving.setdefault(change.dn, set()).add(holder)
    if not giving:
        return changes, problems
    try:
        first = list(TopologicalSorter({dn: sorted(givers) for dn, givers in giving.items()}).static_order())
    except CycleError as error:
        circle = ", ".join(sorted(set(error.args[1])))
        return changes, [*problems, f"addresses go round in a circle, which takes two runs: {circle}"]
    moved = set(first)
    return [by_dn[dn] for dn in first] + [change for change in changes if change.dn not in moved], problems
