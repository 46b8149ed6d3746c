# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a run does to addresses, as a reviewer reads it: two registers compared, one line a holder.

A mover is one change, not a new row and a changed one: the old address stands beside the new.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass

from ..parsing.problems import LONGEST_REPORT, Problem, cells, cut, plain, printable, shown
from ..roster.roster import Roster
from .rows import FILE, Row, dump_register

VERBS = ("created", "changed", "alias", "restored", "retired")
OPEN_ROWS = 50  # a longer table is folded in a comment

LABELS = {
    "vi": {
        "summary": "Địa chỉ: {counts}",
        "none": "Không có địa chỉ nào thay đổi",
        "created": "cấp mới",
        "changed": "đổi địa chỉ",
        "alias": "bí danh",
        "restored": "dùng lại",
        "retired": "thu hồi",
        "address": "Địa chỉ",
        "holder": "Cán bộ hoặc đơn vị",
        "unit": "Đơn vị",
        "note": "Ghi chú",
        "until": "đến {day}",
        "old_until": "địa chỉ cũ là bí danh đến {day}",
        "old_for_good": "địa chỉ cũ là bí danh, không thời hạn",
        "old_retired": "địa chỉ cũ bị thu hồi",
    },
    "en": {
        "summary": "Addresses: {counts}",
        "none": "No address changes",
        "created": "created",
        "changed": "changed",
        "alias": "alias",
        "restored": "restored",
        "retired": "retired",
        "address": "Address",
        "holder": "Person or unit",
        "unit": "Unit",
        "note": "Note",
        "until": "until {day}",
        "old_until": "old one alias until {day}",
        "old_for_good": "old one alias without end",
        "old_retired": "old one retired",
    },
}


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one holder's address.

    ``created`` a first primary; ``changed`` a new primary, ``before`` the old one and ``until`` its end as an
    alias; ``alias`` a new alias, or a row that became one, or has another end; ``restored`` a tombstone or an
    alias back in use; ``retired`` a new tombstone, ``until`` its day.
    """

    verb: str
    holder: str
    address: str
    before: str = ""
    until: str = ""
    reason: str = ""
    unit: str = ""


def changes(before: Iterable[Row], after: Iterable[Row]) -> list[Change]:
    """Compare two registers; by verb, then by the bytes of the address."""
    old = {row.address: row for row in before}
    new = {row.address: row for row in after}
    former = _former_primaries(old, new)
    found = []
    left_behind = set()
    for row in new.values():
        was = old.get(row.address)
        if row.kind != "primary" or (was is not None and was.kind == "primary"):
            continue
        previous = _previous(row, former.get(row.holder, []))
        if previous is None:
            found.append(_change("restored" if was else "created", row))
            continue
        then = new.get(previous.address)
        kept = then is not None and then.kind == "alias"
        if kept:
            left_behind.add(previous.address)
        reason = (then.reason if then else "") or row.reason
        until = then.until if then is not None and kept else ""
        found.append(
            Change("changed", row.holder, row.address, previous.address, until, reason, unit=row.unit)
        )
    for row in new.values():
        verb = _verb(row, old.get(row.address))
        if verb and row.address not in left_behind:
            found.append(_change(verb, row))
    return sorted(found, key=lambda change: (VERBS.index(change.verb), change.address))


def _change(verb: str, row: Row) -> Change:
    return Change(verb, row.holder, row.address, until=row.until, reason=row.reason, unit=row.unit)


def _former_primaries(old: Mapping[str, Row], new: Mapping[str, Row]) -> dict[str, list[Row]]:
    """Return the former primaries by who holds them now: a renamed unit's belong to its new name."""
    found = defaultdict(list)
    for row in old.values():
        now = new.get(row.address)
        # A dissolved unit's path may go to another unit (NAMING S10): that is an end and a beginning.
        ended = row.holder == row.unit and now is not None and now.kind == "tombstone"
        if row.kind == "primary" and (now is None or now.kind != "primary") and not ended:
            found[now.holder if now else row.holder].append(row)
    return found


def _previous(row: Row, candidates: list[Row]) -> Row | None:
    """Return the primary that a new one replaces; where two units merged into a new one, it is neither."""
    own = [candidate for candidate in candidates if candidate.holder == row.holder]
    if own:
        return own[0]
    return candidates[0] if len(candidates) == 1 else None


def _verb(row: Row, was: Row | None) -> str:
    """Name what happened to a row that is no primary; empty if nothing that a user would see."""
    kind = was.kind if was else ""
    if row.kind == "tombstone":
        return "retired" if kind != "tombstone" else ""
    if row.kind != "alias":
        return ""
    if kind == "tombstone":
        return "restored"
    same = was is not None and kind == "alias" and (was.holder, was.until) == (row.holder, row.until)
    return "" if same else "alias"


def row_lines(before: Iterable[Row], after: Iterable[Row]) -> list[str]:
    """Return the rows of two registers that differ, as ``- row`` and ``+ row``, each address together."""
    old, new = set(before), set(after)
    lines = [(line, "-") for line in dump_register(old - new).splitlines()[1:]]
    lines += [(line, "+") for line in dump_register(new - old).splitlines()[1:]]
    lines.sort(key=lambda line: (line[0].partition(",")[0], line[1] == "+"))
    return [f"{sign} {printable(line)}" for line, sign in lines]


def forgotten(before: Iterable[Row], after: Iterable[Row]) -> list[Problem]:
    """Return the addresses that a later register no longer has, or gives to another holder.

    Only a unit's address may pass on, to the unit that follows it.
    """
    new = {row.address: row for row in after}
    problems = []
    for row in before:
        now = new.get(row.address)
        passed_on = now and row.holder == row.unit and now.holder == now.unit
        # A dissolved unit has another name where the unit above it has one; it stays dissolved.
        if passed_on and now and row.kind == "tombstone" != now.kind:
            passed_on = False
        if now is None or (now.holder != row.holder and not passed_on):
            problems.append(Problem(FILE, 0, "address", "register_forgotten", row.address, row.holder))
    return problems


def holder_names(roster: Roster) -> dict[str, str]:
    """Return the name of each person and unit."""
    people = {person.person_id: person.full_name for person in roster.people.values()}
    return {unit.path: unit.name for unit in roster.units.values()} | people


def summary(found: Iterable[Change], language: str = "vi") -> str:
    """Count the changes by verb in one phrase."""
    label, counts = LABELS[language], Counter(change.verb for change in found)
    said = [f"{counts[verb]} {label[verb]}" for verb in VERBS if counts[verb]]
    return label["summary"].format(counts=", ".join(said)) if said else label["none"]


def as_text(found: Iterable[Change], names: Mapping[str, str], language: str = "vi") -> str:
    """Render one line a change: ``verb: old -> new (note): name (id), unit``, and the counts.

    ``names`` has the names of holders, and of an address where its holder's path now is another's.
    """
    listed, label = list(found), LABELS[language]
    lines = []
    for change, said in _with_notes(listed, language):
        moved = f"{change.before} -> " if change.before else ""
        note = f" ({said})" if said else ""
        who = ", ".join(filter(None, (_holder(change, names), _unit(change))))
        lines.append(f"{label[change.verb]}: {moved}{change.address}{note}: {who}")
    return "".join(f"{printable(line)}\n" for line in [*lines, summary(listed, language)])


def as_json(found: Iterable[Change], names: Mapping[str, str], language: str = "vi") -> str:
    """Render for programs: the counts, and every change with its holder's name. No word of a language."""
    listed = list(found)
    counts = Counter(change.verb for change in listed)
    rows = [{**asdict(change), "name": _name(change, names)} for change in listed]
    report = {"counts": {verb: counts[verb] for verb in VERBS}, "changes": rows}
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def as_markdown(found: Iterable[Change], names: Mapping[str, str], language: str = "vi") -> str:
    """Render tables for the comment on a merge request, as long as one may be; the rest is counted."""
    listed, label = list(found), LABELS[language]
    lines = [f"**{summary(listed, language)}**", ""]
    told = defaultdict(list)
    for change, said in _with_notes(listed, language):
        moved = f"{change.before} → " if change.before else ""
        texts = (moved + change.address, _holder(change, names), _unit(change), said)
        told[change.verb].append(cells(*map(printable, texts)))
    room = LONGEST_REPORT - 1000 * (len(told) + 1)  # headings, and what is said of the rest
    kept = {}
    for place, verb in enumerate(sorted(told, key=lambda verb: len(told[verb]))):
        # The short tables come first: what is retired must not drown in what is new.
        kept[verb] = cut(told[verb], room // (len(told) - place), language)
        room -= sum(len(row) + 1 for row in kept[verb][0])
    for verb, rows in told.items():
        heading = f"{label[verb]} ({len(rows)})"
        fitting, rest = kept[verb]
        headers = [label[name] for name in ("address", "holder", "unit", "note")]
        table = [cells(*headers), cells(*["---"] * len(headers)), *fitting, ""]
        table += [*rest, ""] if rest else []
        if len(rows) > OPEN_ROWS:
            lines += [f"<details><summary>{plain(heading)}</summary>", "", *table, "</details>", ""]
        else:
            lines += [f"#### {heading}", "", *table]
    return "\n".join(lines)


def _with_notes(found: list[Change], language: str) -> Iterator[tuple[Change, str]]:
    """Yield each change with what is to be said beside it."""
    label = LABELS[language]
    retired = {change.address for change in found if change.verb == "retired"}
    for change in found:
        if change.before:
            kind = "old_retired" if change.before in retired else "old_for_good"
            said = label["old_until" if change.until else kind].format(day=change.until)
        else:
            said = label["until"].format(day=change.until) if change.until and change.verb == "alias" else ""
        yield change, "; ".join(filter(None, (said, shown(change.reason))))


def _name(change: Change, names: Mapping[str, str]) -> str:
    return names.get(change.address) or names.get(change.holder, "")


def _holder(change: Change, names: Mapping[str, str]) -> str:
    name = _name(change, names)
    return f"{name} ({change.holder})" if name else change.holder


def _unit(change: Change) -> str:
    return "" if change.unit == change.holder else change.unit


RENDERERS = {"text": as_text, "json": as_json, "markdown": as_markdown}
