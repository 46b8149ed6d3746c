"""`report.yml` as an operator runs it: its figures are those of the directory, as data and as text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.host.audit import LOG, TORN
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.report import as_text

from tests.support.ansible import playbook
from tests.support.audit import AUDIT, logged
from tests.support.directory import Directory
from tests.support.lab import INVENTORY, Account, Lab

# Of those that are not deleted yet; what the report computes, asked of slapd.
STATES = {
    "active": "(cvStatus=active)(!(cvLock=*))(!(pwdReset=TRUE))",
    "pending": "(cvStatus=active)(!(cvLock=*))(pwdReset=TRUE)",
    "locked": "(|(cvStatus=locked)(cvStatus=active))(|(cvStatus=locked)(cvLock=idle)(cvLock=contained))",
    "closing": "(cvStatus=closing)(!(cvLock=reclaimed))(!(cvLock=purge))",
    "left": "(|(cvStatus=left)(cvLock=reclaimed)(cvLock=purge))(!(cvArchive=*))",
    "archived": "(|(cvStatus=left)(cvLock=reclaimed)(cvLock=purge))(cvArchive=*)",
}
FOLDERS = {"person": "people", "unit": "units"}


@pytest.fixture
def shut(directory: Directory, officer: Account, colleague: Account) -> Iterator[Account]:
    """Somebody whose mailbox was locked because it was not used, and somebody else who has left."""
    with (
        directory.changed(officer.address, "cvLock", "idle"),
        directory.changed(colleague.address, "cvStatus", "left"),
    ):
        yield officer


@pytest.mark.usefixtures("shut")
def test_the_figures_are_those_of_the_directory(directory: Directory, tmp_path: Path) -> None:
    file = tmp_path / "reports" / "report.json"
    run = playbook("report", INVENTORY, "-e", "report=json", "-e", f"report_file={file}")
    assert (run.code, run.changed) == (0, 0), run.said
    report = json.loads(file.read_text(encoding="utf-8"))

    counted = counts(directory)
    assert counted["person"]["locked"] >= 1
    assert counted["person"]["left"] >= 1
    gone = {kind: report["states"][kind].pop("gone", 0) for kind in FOLDERS}
    assert report["states"] == counted
    assert report["accounts"] == sum(sum(states.values()) for states in counted.values()) + sum(gone.values())


@pytest.mark.usefixtures("shut")
def test_people_read_the_same_figures(directory: Directory) -> None:
    run = playbook("report", INVENTORY)
    assert (run.code, run.changed) == (0, 0), run.said
    for kind, states in counts(directory).items():
        (line,) = (line for line in run.said.splitlines() if line.startswith(f"  {kind}: "))
        for state, number in states.items():
            assert f"{state} {number}" in line.partition(": ")[2].split(", ")


def test_days_bound_the_log(tmp_path: Path) -> None:
    def events(**days: str) -> dict[str, int]:
        file = tmp_path / "report.json"
        given = {"report": "json", "report_file": str(file), **days}
        run = playbook("report", INVENTORY, f"--extra-vars={json.dumps(given)}")
        assert run.code == 0, run.said
        found: dict[str, int] = json.loads(file.read_text(encoding="utf-8"))["events"]
        return found

    assert events()["created"] >= 1  # the lab's own people
    assert events(**{"from": "2000-01-01"}) == events(to="2999-12-31") == events()
    assert events(**{"from": "2999-01-01"}) == events(to="2000-01-01") == {}


def test_a_line_of_the_log_that_a_kill_tore_is_told_and_then_set_aside(
    lab: Lab, directory: Directory, tmp_path: Path
) -> None:
    host, file = directory.host, tmp_path / "report.json"

    def unread() -> int:
        """Return how many lines the report could not read; as text it says the same."""
        run = playbook("report", INVENTORY, "-e", "report=json", "-e", f"report_file={file}")
        assert run.code == 0, run.said
        report = json.loads(file.read_text(encoding="utf-8"))
        number: int = report["unread_lines"]
        assert (f"{number} lines of the log cannot be read" in as_text(report)) == (number > 0)
        return number

    before = unread()
    lab.run(host, "bash", "-c", f'printf %s \'{{"who": "timer", "wh\' >>{AUDIT}')
    assert unread() == before + 1
    lab.run(host, "systemctl", "start", "congvu-lifecycle.service")
    assert unread() == before
    (torn,) = (line for line in logged(lab, host)[-5:] if line.what == TORN)
    aside = f"{LOG.parent}/{torn.text.split()[-1]}"
    assert lab.run(host, "cat", aside) == '{"who": "timer", "wh'
    lab.run(host, "rm", aside)


def counts(directory: Directory) -> dict[str, dict[str, int]]:
    """Count accounts by kind and state; a state that nobody is in is left out."""
    found: dict[str, dict[str, int]] = {kind: {} for kind in FOLDERS}
    for state, query in STATES.items():
        entries = directory.entries(f"(&(objectClass=cvMailbox)(!(cvPurged=*)){query})", "1.1")
        for kind, folder in FOLDERS.items():
            number = sum(dn.partition(",")[2] == f"ou={folder},{directory.suffix}" for dn in entries)
            if number:
                found[kind][state] = number
    return found
