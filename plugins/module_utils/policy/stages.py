# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a decision does with mailboxes that nobody uses, as stages: notice, lock, propose, reclaim, delete.

A stage counts from the last use (``idle_months``: calendar months that are over), or from the stage
before it: from the day of a notice or a lock, and from the approval of a proposal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ..clock import days_later, months_later
from ..parsing.schema import Reader

NOTICE, LOCK, PROPOSE, RECLAIM, DELETE = "notice", "lock", "propose", "reclaim", "delete"
# What may come next. A notice comes right before what it announces; nothing is decided of what is reclaimed.
NEXT = {
    "": (NOTICE, LOCK, PROPOSE),
    NOTICE: (LOCK, RECLAIM, DELETE),
    LOCK: (NOTICE, PROPOSE, RECLAIM, DELETE),
    PROPOSE: (NOTICE, RECLAIM, DELETE),
    RECLAIM: (DELETE,),
    DELETE: (),
}
AFTER = ("after_days", "after_months")
SHORTEST_MONTH = 28


@dataclass(frozen=True)
class Stage:
    """One stage and its term, of which it has one at most; without one it is due with what it counts from."""

    stage: str
    idle_months: int | None = None
    after_days: int | None = None
    after_months: int | None = None

    @property
    def terms(self) -> tuple[str, ...]:
        """The keys that are set."""
        return tuple(key for key in ("idle_months", *AFTER) if getattr(self, key) is not None)

    def first_day(self, start: date) -> date:
        """Return the first day on which it is due, counted from the day of what it follows."""
        if self.after_months is not None:
            return months_later(start, self.after_months)
        return days_later(start, self.after_days or 0)


class IdleRules(NamedTuple):
    """The stages by what they are for; None where a decision has none.

    ``end`` is the first of reclaim and delete, ``mail`` a delete that follows a reclaim: then the mail goes.
    ``lock_months`` and ``end_months`` are the months without use that justify the lock, and what leads to the
    end.
    """

    lock_notice: Stage | None = None
    lock: Stage | None = None
    propose: Stage | None = None
    end_notice: Stage | None = None
    end: Stage | None = None
    mail: Stage | None = None
    lock_months: int | None = None
    end_months: int | None = None


def idle_rules(stages: Sequence[Stage]) -> IdleRules:
    """Return what the stages of a sound list are for."""
    found: dict[str, Stage | int] = {}
    notice = None
    for one in stages:
        if one.idle_months is not None:
            found["end_months"] = one.idle_months
        if one.stage == NOTICE:
            notice = one
            continue
        name = {LOCK: "lock", PROPOSE: "propose"}.get(one.stage, "mail" if "end" in found else "end")
        found[name] = one
        if notice and name in ("lock", "end"):
            found[f"{name}_notice"] = notice
        if name == "lock":
            found["lock_months"] = found["end_months"]
        notice = None
    return IdleRules(**found)  # type: ignore[arg-type]


def check_stages(reader: Reader, stages: Sequence[Stage], path: str) -> None:
    """Refuse stages that make no sense, each at its place with the reason."""
    before = ""
    for place, (one, found) in enumerate(zip(stages, _faults(stages), strict=True), 1):
        if found:
            code, detail, *parts = found
            reader.say(code, f"{path}.{place}", one.stage, detail, parts=(before, *parts))
        before = one.stage


def _faults(stages: Sequence[Stage]) -> Iterator[tuple[str, ...]]:
    """Yield what is wrong with each stage: code, detail, parts; nothing where it is sound."""
    before: Stage | None = None
    done: list[Stage] = []
    for place, one in enumerate(stages):
        last = place + 1 == len(stages)
        allowed = NEXT[before.stage if before else ""]
        if any(one.stage == other.stage != NOTICE for other in done):
            yield "stage_twice", ""
        elif one.stage not in allowed:
            yield _misplaced(one, before, allowed)
        elif one.stage in (NOTICE, PROPOSE) and last:
            yield "stage_alone", "reclaim, delete" if one.stage == PROPOSE else "lock, reclaim, delete"
        elif one.stage == NOTICE and stages[place + 1].stage not in NEXT[NOTICE]:
            yield "stage_alone", "lock, reclaim, delete"
        elif wish := _wrong_term(one, before):
            yield "stage_term", wish
        elif overlapped := _overlapped(one, done):
            yield "stage_overlap", f"idle_months > {overlapped}"
        else:
            yield ()
        before = one
        done.append(one)


def _misplaced(one: Stage, before: Stage | None, allowed: tuple[str, ...]) -> tuple[str, str]:
    if before is None:
        return "stage_unannounced", ", ".join(NEXT[""])
    return "stage_order", ", ".join(allowed)


def _wrong_term(one: Stage, before: Stage | None) -> str:
    """Return what the term should be, or nothing where it is right."""
    match before.stage if before else "":
        case "":
            allowed: tuple[tuple[str, ...], ...] = (("idle_months",),)
        case "notice":
            allowed = (("after_days",),)
        case "propose":
            allowed = ((), ("after_days",), ("after_months",))
        case "lock":
            allowed = (("idle_months",), ("after_days",), ("after_months",))
        case _:
            allowed = (("after_days",), ("after_months",))
    if one.terms in allowed:
        return ""
    return " | ".join(" ".join(keys) or "-" for keys in allowed)


def _overlapped(one: Stage, done: Sequence[Stage]) -> str:
    """Return the months, and days, after which the stages before are only through; nothing if it fits."""
    if one.idle_months is None:
        return ""
    months = days = 0
    for other in done:
        months = other.idle_months if other.idle_months is not None else months + (other.after_months or 0)
        days = 0 if other.idle_months is not None else days + (other.after_days or 0)
    if not done or (one.idle_months - months) * SHORTEST_MONTH > days:
        return ""
    return f"{months}" + (f" (+ {days} ngày, days)" if days else "")
