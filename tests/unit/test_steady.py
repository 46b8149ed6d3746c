"""What is kept of the runs of the suite."""

from __future__ import annotations

import json

from tests import steady

SAID = """\
 default | ok: [localhost]
 default |     FAILED tests/e2e/test_mail.py::test_a_letter_arrives - AssertionError: no letter
slowest tests
    99.0  default   tests/e2e/test_mail.py::test_a_letter_arrives

stage      result    seconds
lint       passed       44.1
default    FAILED     1170.5
together               1214.6
1 passed, 1 failed
"""
PAGE = f"# Page\n\n{steady.BEGIN}\n{steady.END}\n\nrest\n"
RUN = {"began": "2026-12-01T10:00+00:00", "commit": "abc1234", "load": "none"}


def test_the_last_words_of_the_suite_are_rows() -> None:
    assert list(steady.stages(SAID.splitlines())) == [
        {"stage": "lint", "result": "passed", "seconds": 44.1},
        {"stage": "default", "result": "FAILED", "seconds": 1170.5},
        {
            "stage": "together",
            "result": "FAILED",
            "seconds": 1214.6,
            "failed": ["tests/e2e/test_mail.py::test_a_letter_arrives"],
        },
    ]


def test_a_column_between_changes_nothing() -> None:
    (row,) = steady.stages(["unit       passed     1234     76.0"])
    assert row == {"stage": "unit", "result": "passed", "seconds": 76.0}


def test_rows_are_added_and_the_table_is_made_of_all(tmp_path) -> None:
    data, page = tmp_path / "gate.jsonl", tmp_path / "gate.md"
    page.write_text(PAGE)
    rows = [{**RUN, **row} for row in steady.stages(SAID.splitlines())]
    steady.record(rows, data, page)
    data.write_bytes(data.read_bytes() + b'{"torn')
    steady.record([{**rows[0], "began": "2026-12-02T10:00+00:00", "load": "--cpu 4"}], data, page)
    text = page.read_text()
    assert text.startswith("# Page\n\n") and text.endswith(f"{steady.END}\n\nrest\n")
    assert "| began (UTC) | commit | load | lint | default | together |" in text
    assert "| 2026-12-01T10:00+00:00 | abc1234 | none | 44 | 1170 **FAILED** | 1215 **FAILED** |" in text
    assert "| 2026-12-02T10:00+00:00 | abc1234 | --cpu 4 | 44 |  |  |" in text
    assert all(json.loads(line) for line in data.read_text().splitlines())


def test_load_ends_with_the_run(monkeypatch, tmp_path) -> None:
    ended = tmp_path / "ended"
    program = tmp_path / "stress-ng"
    trap = f'trap "echo $* >{ended}; exit" TERM; echo >{ended}.ready'
    program.write_text(f"#!/bin/sh\n{trap}\nwhile :; do sleep 0.01; done\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with steady.loaded("--cpu 4"):
        while not (tmp_path / "ended.ready").exists():
            pass
    assert ended.read_text() == "--quiet --cpu 4\n"
