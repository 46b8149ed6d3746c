"""docs/faults.md is made of what was recorded, and nothing else."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from tests.faults import table
from tests.faults.accounts import WRONG, Sum, Window


def recorded(fault: str, **figures: float) -> dict[str, object]:
    window = Window(fault, trouble=[])
    row = table.row(Sum(window, messages=10), "seed", "2026-01-01")
    return {**row, **figures}


def test_the_page_shows_the_recorded_data() -> None:
    text = table.PAGE.read_text(encoding="utf-8")
    assert table.page(text, table.read()) == text


def test_no_recorded_drill_lost_mail() -> None:
    for row in table.read():
        assert {what: row[what] for what in WRONG if row[what]} == {}, row


def test_times_are_added_up_and_the_longest_pause_is_kept() -> None:
    rows = [recorded("b", doubled=1, pause=2.0), recorded("a"), recorded("b", doubled=2, pause=9.0)]
    (first, second) = table.cells(rows)
    assert first[0] == "a"
    assert dict(zip(table.HEAD, second, strict=True)) == {
        "fault": "b",
        "times": "2",
        "messages": "20",
        "lost": "0",
        "misdelivered": "0",
        "unscanned": "0",
        "doubled": "3",
        "longest pause s": "9",
        "slowest mail s": "0",
    }


def test_what_was_found_is_one_line_for_each_fault() -> None:
    clean, lost = Sum(Window("a fault")), Sum(Window("another", detail="+1h"))
    lost.wrong["lost"] = [3, 4]
    lost.wrong["refused"] = []
    dead = Sum(Window("a third", trouble=["slapd is dead"]))
    assert table.findings([clean, lost, dead]) == [
        "another (+1h): lost (numbers [3, 4])",
        "a third (done): slapd is dead",
    ]


def test_a_round_is_added_to_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, page = tmp_path / "faults.jsonl", tmp_path / "faults.md"
    page.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n", encoding="utf-8")
    monkeypatch.setattr(table, "DATA", data)
    monkeypatch.setattr(table, "PAGE", page)
    for seed in ("one", "two", "two"):  # what a drill found so far is written again and again
        table.record([Sum(Window("a fault"), messages=3)], seed, "2026-01-01")
    assert [json.loads(line)["seed"] for line in data.read_text().splitlines()] == ["one", "two"]
    text = page.read_text(encoding="utf-8")
    assert "| a fault | 2 | 6 |" in text
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text


def test_the_suite_learns_what_each_fault_took() -> None:
    [case] = ElementTree.fromstring(table.junit([Window("a fault", begun=10.0, recovered=14.25)]))
    assert case.attrib == {"classname": "tests.faults", "name": "a fault", "time": "4.2"}
