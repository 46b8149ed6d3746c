# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who of a list is who in the roster: the same id, or the same name, birth date and unit. Never a guess.

What could be two people is no match, and what could be one person is not new: both are problems of the row.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from ..naming.names import clean, fold, words
from ..roster.people import Person, PersonStatus
from ..roster.roster import Roster
from ..roster.units import parse_date
from .rows import Entry

Folded = tuple[str, ...]


def folded(full_name: str) -> Folded:
    """Return what two spellings of one name share, with and without marks."""
    return tuple(fold(word) for word in words(clean(full_name)[0]))


class Matches:
    """The people of a roster, found by id and by name. ``person_of`` has the result, by place of the row."""

    def __init__(self, roster: Roster) -> None:
        """Index the roster."""
        self.roster = roster
        self.person_of: dict[tuple[str, int], Person] = {}
        # A further post is a row of its own, with the same id in another unit's file.
        rows = [*roster.people.values(), *roster.second_posts]
        self._by_id = {person.person_id.lower(): person for person in roster.people.values()}
        self._by_post = {(person.person_id.lower(), person.unit): person for person in rows}
        self._by_name: dict[Folded, list[Person]] = defaultdict(list)
        for person in rows:
            self._by_name[folded(person.full_name)].append(person)

    def find(self, entries: Iterable[Entry]) -> None:
        """Match the sound rows, and note at each other one why it is neither somebody nor somebody new."""
        sound = [entry for entry in entries if entry.sound]
        _lost_zeros(sound, self._by_id)
        unmatched = []
        for entry in (entry for entry in sound if entry.sound):
            person = self._by_own_id(entry) if "person_id" in entry.values else self._by_facts(entry)
            if person and person.status == PersonStatus.LEFT:
                entry.say("match_left", "full_name", entry.values["full_name"], _place(person))
            elif person:
                self.person_of[entry.place, entry.row] = person
            elif entry.sound:
                unmatched.append(entry)
        self._shared(sound)
        self._mistyped(unmatched)
        _refuse_duplicates(unmatched)

    def _by_own_id(self, entry: Entry) -> Person | None:
        person_id = entry.values["person_id"].lower()
        person = self._by_post.get((person_id, entry.unit)) or self._by_id.get(person_id)
        name = folded(entry.values["full_name"])
        if person_id in self.roster.units:
            entry.say("person_id_unit", "person_id", entry.values["person_id"])
        elif person is None:
            alike = [
                other
                for other in self._by_name[name]
                if _same_day(birth(entry), other.birth_date, unknown=other.unit == entry.unit)
            ]
            if alike:
                self._unclear(entry, alike)
        elif person.unit != entry.unit and entry.values.get("status") != PersonStatus.SECOND_POST:
            entry.say("match_elsewhere", "person_id", entry.values["person_id"], _place(person))
        elif name != folded(person.full_name) and not _same_day(birth(entry), person.birth_date):
            entry.say(
                "match_name", "person_id", entry.values["person_id"], f"{person.full_name} ({_place(person)})"
            )
        return person if entry.sound else None

    def _by_facts(self, entry: Entry) -> Person | None:
        born, alike = birth(entry), self._by_name[folded(entry.values["full_name"])]
        here = [person for person in alike if person.unit == entry.unit]
        exact = [person for person in here if person.birth_date == born]
        if len(exact) == 1 and (born or len(here) == 1):
            return exact[0]
        unclear = [person for person in here if not (born and person.birth_date) or person in exact]
        moved = [person for person in alike if born and person not in here and person.birth_date == born]
        if unclear:
            self._unclear(entry, unclear)
        elif moved:
            entry.say("match_elsewhere", "full_name", entry.values["full_name"], _place(moved[0]))
        return None

    def _shared(self, entries: list[Entry]) -> None:
        """Refuse rows that are all the same person of the roster."""
        rows: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for entry in entries:
            if person := self.person_of.get((entry.place, entry.row)):
                rows[person.person_id, entry.unit].append(entry)
        for same in rows.values():
            if len(same) > 1:
                _refuse(same)

    def _mistyped(self, unmatched: list[Entry]) -> None:
        """Refuse who is new but for the birth date, while the one of that name is not in the list."""
        found = {person.person_id for person in self.person_of.values()}
        for entry in unmatched:
            alike = [
                person
                for person in self._by_name[folded(entry.values["full_name"])]
                if person.unit == entry.unit and person.present and person.person_id not in found
            ]
            if "person_id" not in entry.values and alike:
                self._unclear(entry, alike)

    def _unclear(self, entry: Entry, people: Iterable[Person]) -> None:
        who = ", ".join(f"{person.person_id} ({_place(person)})" for person in people)
        entry.say("match_unclear", "full_name", entry.values["full_name"], who)


def birth(entry: Entry) -> date | None:
    """Return the birth date of a row."""
    return parse_date(entry.values.get("birth_date", ""))


def _same_day(one: date | None, other: date | None, unknown: bool = False) -> bool:
    return one == other if one and other else unknown


def _place(person: Person) -> str:
    return f"{person.file}:{person.row}"


def _refuse_duplicates(unmatched: list[Entry]) -> None:
    """Refuse new rows that are one person, or may be: a list has nobody twice. Two ids are two people."""
    same: dict[object, list[Entry]] = defaultdict(list)
    namesakes: dict[object, list[Entry]] = defaultdict(list)
    for entry in unmatched:
        name, person_id = folded(entry.values["full_name"]), entry.values.get("person_id", "").lower()
        if person_id:
            same[person_id].append(entry)
        else:
            same[name, birth(entry) or entry.unit].append(entry)
        namesakes[name, entry.unit].append(entry)
    for rows in same.values():
        if len(rows) > 1:
            _refuse(rows)
    for rows in namesakes.values():
        unknown = [entry for entry in rows if not birth(entry) and "person_id" not in entry.values]
        if len(rows) > len(unknown) > 0:
            _refuse(unknown, rows)


def _refuse(rows: list[Entry], among: list[Entry] | None = None) -> None:
    for entry in rows:
        others = [f"{other.place}:{other.row}" for other in among or rows if other is not entry]
        entry.say("row_twice", "full_name", entry.values["full_name"], ", ".join(others[:5]))


def _lost_zeros(entries: list[Entry], known: Mapping[str, Person]) -> None:
    """Give ids in number cells the zeros back that the roster has; refuse what may have had some."""
    bare: dict[str, list[str]] = defaultdict(list)
    for person in known.values():
        bare[person.person_id.lstrip("0")].append(person.person_id)
    zeros = {
        (entry.place, entry.unit)
        for entry in entries
        if re.fullmatch(r"0\d+", entry.values.get("person_id", ""), re.ASCII)
    }
    for entry in entries:
        value = entry.values.get("person_id", "")
        if not value.isdecimal() or value.startswith("0") or value in known:
            continue
        if entry.cells["person_id"][0].kind != "number":
            continue
        meant = bare[value]
        if len(meant) == 1:
            entry.repaired("person_id", value, meant[0], ("zeros",))
            entry.values["person_id"] = meant[0]
        elif meant or (entry.place, entry.unit) in zeros:
            entry.say("id_zeros", "person_id", value)
