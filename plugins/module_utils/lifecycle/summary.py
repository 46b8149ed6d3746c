# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a pass or an act did, as an operator reads it and as data. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from ..accounts.entries import Unreadable
from .executor import Outcome
from .model import ListedAccount, Pass, Step

SHOWN = 200  # accounts of one pass; the log has them all


def pass_summary(planned: Pass, outcome: Outcome, total: int, unreadable: Sequence[Unreadable] = ()) -> str:
    """Return the summary of a pass over so many accounts, beside those that cannot be read."""
    lines = [f"Daily pass of {planned.day}: {total} accounts"]
    if planned.refused:
        lines.append(f"Refused, nothing was changed: {planned.refused}")
    counts = _counts(outcome.done)
    lines += [f"  {number:6} {word}" for word, number in sorted(counts.items())]
    steps = [step for step in outcome.done if step.event]
    lines += [f"{step.account.address}: {step.word} ({step.reason})" for step in steps[:SHOWN]]
    if len(steps) > SHOWN:
        lines.append(f"... and {len(steps) - SHOWN} more, in the audit log")
    if not counts and not planned.refused:
        lines.append("Nothing to do.")
    lines += [f"Left alone: {error}" for error in unreadable[:SHOWN]]
    if len(unreadable) > SHOWN:
        lines.append(f"Left alone: {len(unreadable) - SHOWN} more that cannot be read")
    if planned.proposals:
        lines.append("Proposed for reclaiming, waiting for act=approve:")
        lines += [f"  {line.account.address} since {line.day} ({line.text})" for line in planned.proposals]
    return "\n".join([*lines, *_failures(outcome)])


def act_summary(step: Step, outcome: Outcome) -> str:
    """Return the summary of an act."""
    done = [f"{step.account.address}: {step.word} ({step.reason})"] if outcome.done else []
    return "\n".join([*done, *_failures(outcome)])


def pass_line(planned: Pass, outcome: Outcome, unreadable: int = 0) -> str:
    """Return the pass as one line of the audit log."""
    left = f"; unreadable {unreadable}" if unreadable else ""
    if planned.refused:
        return f"refused: {planned.refused}{left}"
    counts = ", ".join(f"{word} {number}" for word, number in sorted(_counts(outcome.done).items()))
    waiting = f"; due {len(outcome.due)}, failed {len(outcome.failed)}" if outcome.stopped else ""
    return (counts or "nothing to do") + waiting + left


def as_data(planned: Pass, outcome: Outcome, unreadable: Sequence[Unreadable] = ()) -> dict[str, Any]:
    """Return a pass as data."""
    return {
        "day": str(planned.day),
        "refused": planned.refused,
        "shut": planned.disabled,
        "limit": planned.limit,
        "counts": dict(_counts(outcome.done)),
        "steps": [step_data(step) for step in outcome.done if step.event],
        "proposals": [listed_data(line) for line in planned.proposals],
        "due": outcome.due,
        "failed": outcome.failed,
        "unreadable": [error.as_data() for error in unreadable],
    }


def step_data(step: Step) -> dict[str, str]:
    """Return a step as data."""
    reference = step.event.reference if step.event else ""
    return {
        "account": step.account.address,
        "what": step.word,
        "reference": reference,
        "text": step.reason,
    }


def listed_data(line: ListedAccount) -> dict[str, str]:
    """Return a line of a list as data."""
    account = line.account
    return {
        "account": account.address,
        "name": account.name,
        "unit": account.unit,
        "day": str(line.day or ""),
        "text": line.text,
    }


def _counts(steps: Iterable[Step]) -> Counter[str]:
    return Counter(step.word for step in steps)


def _failures(outcome: Outcome) -> list[str]:
    waiting = [f"Still due: {line}" for line in outcome.due[:SHOWN]]
    return waiting + [f"Refused by slapd: {line}" for line in outcome.failed[:SHOWN]]
