"""The table of all recorded drills: docs/faults.md, made of docs/faults.jsonl."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ansible_collections.congvu.mail.plugins.module_utils.host import files

from tests.faults.accounts import WRONG, Sum, Window

DOCS = Path(__file__).resolve().parents[2] / "docs"
DATA, PAGE = DOCS / "faults.jsonl", DOCS / "faults.md"
BEGIN, END = "<!-- table: python -m tests.faults --record -->", "<!-- end of the table -->"
SUMMED = ("messages", "lost", "misdelivered", "unscanned", "doubled")
HEAD = ("fault", "times", *SUMMED, "longest pause s", "slowest mail s")


def row(total: Sum, seed: str, day: str) -> dict[str, Any]:
    """Return one fault that struck, as data."""
    return {
        "day": day,
        "seed": seed,
        "fault": total.window.fault,
        "detail": total.window.detail,
        "messages": total.messages,
        "accepted": total.accepted,
        "doubled": total.doubled,
        "explained": len(total.explained),
        "pause": round(total.pause, 1),
        "slowest": round(total.longest, 1),
        "trouble": total.window.trouble,
        **{what: len(total.wrong.get(what, ())) for what in WRONG},
    }


def cells(rows: Iterable[dict[str, Any]]) -> list[list[str]]:
    """Return the lines of the table: one for each fault, added up over all times it struck."""
    by_fault: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in rows:
        by_fault[one["fault"]].append(one)
    lines = []
    for fault, times in sorted(by_fault.items()):
        summed = {key: sum(one[key] for one in times) for key in ("messages", "doubled", *WRONG)}
        lines.append(
            [
                fault,
                str(len(times)),
                *(str(summed[key]) for key in SUMMED),
                f"{max(one['pause'] for one in times):.0f}",
                f"{max(one['slowest'] for one in times):.0f}",
            ]
        )
    return lines


def terminal(sums: Sequence[Sum]) -> str:
    """Return the table of this run in columns."""
    lines = [list(HEAD), *cells(row(total, "", "") for total in sums)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    return "\n".join("  ".join(map(str.ljust, line, widths)) for line in lines)


def findings(sums: Iterable[Sum]) -> list[str]:
    """Return a line for each fault that had effects it must not have."""
    lines = []
    for total in sums:
        wrong = [f"{what} (numbers {numbers})" for what, numbers in total.wrong.items() if numbers]
        if wrong or total.window.trouble:
            said = "; ".join([*wrong, *total.window.trouble])
            lines.append(f"{total.window.fault} ({total.window.detail or 'done'}): {said}")
    return lines


def markdown(rows: Iterable[dict[str, Any]]) -> str:
    """Return the table as the page has it."""
    lines = [list(HEAD), ["---"] * len(HEAD), *cells(rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def page(text: str, rows: Iterable[dict[str, Any]]) -> str:
    """Return the page with the table made anew between its two marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{markdown(rows)}\n{END}{after}"


def read(file: Path | None = None) -> list[dict[str, Any]]:
    """Return what was recorded so far."""
    file = file or DATA
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [json.loads(line) for line in lines]


def record(sums: Sequence[Sum], seed: str, day: str) -> None:
    """Write what a drill found so far, in the place of what it wrote before, and make the page anew."""
    rows = [one for one in read() if one["seed"] != seed] + [row(total, seed, day) for total in sums]
    # In one step: a drill that is killed meanwhile leaves what was recorded before.
    text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in rows)
    files.write(DATA, text.encode(), 0o644)
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), read()), encoding="utf-8")


def junit(windows: Iterable[Window]) -> bytes:
    """Return what each fault took, from its drawn moment until mail was taken again, as JUnit XML."""
    suite = ElementTree.Element("testsuite", name="faults")
    for window in windows:
        took = f"{window.recovered - window.begun:.1f}"
        ElementTree.SubElement(suite, "testcase", classname="tests.faults", name=window.fault, time=took)
    written: bytes = ElementTree.tostring(suite, encoding="utf-8", xml_declaration=True)
    return written
