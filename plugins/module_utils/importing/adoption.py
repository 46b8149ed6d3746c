# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The addresses of an older system into the register: who is known keeps theirs, however irregular.

Each mailbox needs a holder: a unit or a person of the roster. Nobody is guessed: what fits nobody or several
is a problem, and nothing that the register has is ever changed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

from ..naming.names import same_key
from ..parsing.problems import Problem, errors
from ..policy.naming import ALWAYS_RESERVED
from ..register.rows import FILE, Row, Word, dump_register, read_register
from ..register.scheme import Scheme
from ..roster.people import Person
from ..site.site import Site, resolve_site
from .mailexports import Export, Mailbox
from .matches import folded
from .merge import NOT_YET, Outcome
from .unitnames import UnitNames


def adopt(site: Site, export: Export, today: date) -> Outcome:
    """Work out the register after the mailboxes of an older system have been adopted; nothing is written."""
    boxes, problems = export
    places = {(box.file, box.row) for box in boxes}
    unread = {
        (problem.file, problem.row)
        for problem in errors(problems)
        if problem.row and problem.code != "column_missing"
    }
    stops = [problem for problem in errors(site.problems) if problem.code not in NOT_YET]
    if site.settings is None or site.regulation is None or stops or not boxes:
        return Outcome({}, problems=(*stops, *problems))
    scheme = Scheme(site.regulation.naming, site.settings.domain, site.roster.units)
    adoption = _Adoption(site, scheme, site.settings.domains, today)
    adoption.run(boxes)
    problems += adoption.problems
    after = [*site.register, *adoption.rows.values()]
    before_errors = set(errors(resolve_site(site, today).problems))
    clashes = [
        problem
        for problem in errors(resolve_site(replace(site, register=tuple(after)), today).problems)
        if problem not in before_errors
    ]
    if clashes:
        return Outcome({}, problems=tuple(sorted({*problems, *clashes})))
    counts = adoption.counts
    refused = len(boxes) - counts["adopted"] - counts["known"] - counts["left out"]
    counts["refused"] = refused + len(unread - places)
    schemes = Counter(box.scheme for box in boxes if box.scheme)
    counts |= {"hashes": schemes.total(), **schemes}
    files = {FILE: (read_register(site.folder), dump_register(after))} if adoption.rows else {}
    return Outcome(files, (), tuple(sorted(set(problems))), counts)


class _Adoption:
    """The new rows, as they come, and what became of each mailbox."""

    def __init__(self, site: Site, scheme: Scheme, domains: Collection[str], today: date) -> None:
        self.roster, self.domains, self.today = site.roster, domains, today
        self.names = UnitNames(site.roster.units)
        self.domain = scheme.domain
        self.register = {row.address: row for row in site.register}
        self.primaries = {row.holder: row.address for row in site.register if row.kind == "primary"}
        self.rows: dict[str, Row] = {}
        self.problems: list[Problem] = []
        self.counts: dict[str, int] = dict.fromkeys(("adopted", "aliases", "known", "left out"), 0)
        self.units = {scheme.unit_address(unit): unit.path for unit in site.roster.units.values()}
        for unit in site.roster.units.values():
            for alias in unit.aliases:
                self.units.setdefault(scheme.unit_alias(unit, alias), unit.path)
        self.people: dict[object, list[Person]] = defaultdict(list)
        for person in site.roster.people.values():
            self.people[folded(person.full_name)].append(person)

    def run(self, boxes: Iterable[Mailbox]) -> None:
        """Find the holders, then write the primary addresses, then the aliases."""
        claims: dict[str, list[Mailbox]] = defaultdict(list)
        holders: dict[Mailbox, str] = {}
        seen: dict[str, Mailbox] = {}
        for box in boxes:
            if box.system or box.address.partition("@")[0] in ALWAYS_RESERVED:
                self.problems.append(box.problem("adopt_system", box.address))
                self.counts["left out"] += 1
            elif box.address in seen:
                first = seen[box.address]
                self.problems.append(box.problem("adopt_taken", box.address, f"{first.file}:{first.row}"))
            elif holder := self._holder(box):
                holders[box] = holder
                claims[holder].append(box)
            seen.setdefault(box.address, box)
        for holder, claimed in claims.items():
            for box in claimed:
                self._primary(box, holder, [other.address for other in claimed if other is not box])
        for box, holder in holders.items():
            if self._held(box.address) == holder:
                for alias in box.aliases:
                    self._alias(box, alias, holder, seen)

    def _held(self, address: str) -> str:
        row = self.rows.get(address) or self.register.get(address)
        return row.holder if row else ""

    def _holder(self, box: Mailbox) -> str:
        """Return whose the mailbox is, or note why that is not known."""
        if box.address.partition("@")[2] not in self.domains:
            detail = ", ".join(self.domains)
            self.problems.append(box.problem("register_domain", box.address, detail))
            return ""
        known = self._held(box.address)
        if box.person_id and box.person_id not in self.roster.people:
            self.problems.append(box.problem("contact_unknown", box.person_id, column="person_id"))
            return ""
        sure = box.person_id or known
        found = [sure] if sure else self._match(box)
        if known and found != [known]:
            self.problems.append(box.problem("adopt_taken", box.address, known))
        elif not found:
            self.problems.append(box.problem("adopt_unmatched", box.address, box.name))
        elif len(found) > 1:
            self.problems.append(box.problem("adopt_unclear", box.address, ", ".join(sorted(found))))
        else:
            return found[0]
        return ""

    def _match(self, box: Mailbox) -> list[str]:
        """Return everybody whose it may be: a unit by address or name, else people by name and facts."""
        if box.address in self.units:
            return [self.units[box.address]]
        unit = self.names.any(box.name) if box.name else None
        if unit:
            return [unit.path]
        within = self._unit_in(box.address)
        if box.unit:
            named = self.names.agency(box.unit)
            within = named.path if named else box.unit
        found = [
            person
            for name in _forms(box.name)
            for person in self.people[folded(name)]
            # Without marks a name fits all that fold to it; with marks, they are the same.
            if (name.isascii() or same_key(name) == same_key(person.full_name))
            and not (box.birth_date and person.birth_date and box.birth_date != person.birth_date)
        ]
        if within and found:
            here = [person for person in found if within in (person.unit, person.department)]
            # The only one of that name works elsewhere: they may have moved, or be somebody else.
            return [person.person_id for person in here] or [*(person.person_id for person in found), "?"]
        return [person.person_id for person in found]

    def _unit_in(self, address: str) -> str:
        """Return the unit that an address names behind the person, if it does."""
        local_part, _, domain = address.partition("@")
        if domain != self.domain and domain.endswith(f".{self.domain}"):
            return domain.removesuffix(f".{self.domain}")
        rest = local_part.partition(".")[2]
        while rest and rest not in self.roster.units:
            rest = rest.partition(".")[2]
        return rest

    def _primary(self, box: Mailbox, holder: str, others: list[str]) -> None:
        other = self.primaries.get(holder, "")
        if box.address in self.register:
            self.counts["known"] += 1
        elif other or others:
            self.problems.append(box.problem("adopt_second", other or others[0], holder))
            return
        else:
            self.rows[box.address] = self._row(box.address, holder, "primary")
            self.counts["adopted"] += 1
        if box.status:
            self.problems.append(box.problem("adopt_status", box.address, box.status))

    def _alias(self, box: Mailbox, alias: str, holder: str, boxes: Collection[str]) -> None:
        held = self._held(alias)
        if alias.partition("@")[0] in ALWAYS_RESERVED:
            self.problems.append(box.problem("adopt_system", alias))
        elif alias.partition("@")[2] not in self.domains:
            self.problems.append(box.problem("register_domain", alias, ", ".join(self.domains)))
        elif held and held != holder:
            self.problems.append(box.problem("adopt_taken", alias, held))
        elif alias in boxes and not held:
            self.problems.append(box.problem("adopt_taken", alias, alias))
        elif not held:
            self.rows[alias] = self._row(alias, holder, "alias")
            self.counts["aliases"] += 1

    def _row(self, address: str, holder: str, kind: str) -> Row:
        person = self.roster.people.get(holder)
        unit = person.unit if person else holder
        return Row(address, holder, kind, unit, self.today.isoformat(), "", Word.LEGACY.value)


def _forms(name: str) -> list[str]:
    """Return the name, and what stands before a dash or bracket: "Nguyễn Văn Đức - Sở Nội vụ"."""
    short = name.partition(" - ")[0].partition("(")[0].strip()
    return list(dict.fromkeys(form for form in (name, short) if form))
