"""What the drill draws and how it numbers mail; that faults strike is what the scenario shows."""

from __future__ import annotations

from pathlib import Path
from random import Random

import yaml

from tests.faults import catalogue, runs
from tests.faults.ledger import Ledger, digest
from tests.support.smtp import Reply

ROOT = Path(__file__).resolve().parents[3]


def test_a_run_is_killed_in_every_file_of_tasks_over_all_rounds() -> None:
    files = {
        (file.parts[-3], file.stem) for file in (ROOT / "roles").glob("*/tasks/*.yml") if file.stem != "main"
    }
    stages = runs.stages()
    assert {(stage.role, stage.name) for stage in stages if stage.name != "handlers"} == files
    assert all(stage.tasks for stage in stages)
    struck = [stage for number in range(5) for stage in stages[number::5]]
    assert sorted(stages, key=str) == sorted(struck, key=str)


def test_a_task_is_known_by_the_line_that_ansible_prints() -> None:
    names = {
        task["name"]
        for task in yaml.safe_load((ROOT / "roles/postfix/tasks/service.yml").read_text(encoding="utf-8"))
    }
    (service,) = (stage for stage in runs.stages() if (stage.role, stage.name) == ("postfix", "service"))
    assert set(service.tasks) == names
    printed = runs.TASK.match("TASK [congvu.mail.postfix : Start Postfix now and at boot] *********")
    assert printed
    assert (printed["role"], printed["name"]) == ("postfix", "Start Postfix now and at boot")


def test_of_a_run_the_tasks_are_told_that_changed_something_or_failed() -> None:
    said = "TASK [congvu.mail.base : One] ***\nok: [a]\n\nTASK [congvu.mail.base : Two] ***\nchanged: [a]\n"
    said += "RUNNING HANDLER [congvu.mail.clamav : Three] ***\nfatal: [a]: FAILED! => {}\n"
    assert runs.results(said) == "Two: changed: [a]; Three: fatal: [a]: FAILED! => {}"


def test_the_same_seed_draws_the_same_faults() -> None:
    one, other = ([fault.name for fault in catalogue.reduced(Random("seed"))] for _ in range(2))
    assert one == other


def test_every_fault_has_a_name_of_its_own() -> None:
    names = [fault.name for fault in catalogue.full(runs.stages()[:1], backups=True)]
    assert len(names) == len(set(names))


def test_a_number_is_found_again_in_its_own_run_alone(tmp_path: Path) -> None:
    mine, other = Ledger(tmp_path / "a.jsonl"), Ledger(tmp_path / "b.jsonl")
    message, octets = mine.write(
        Random(1), "mx", "a@outside.example", "b@gialai.gov.vn", "b@gialai.gov.vn", False
    )
    (identity,) = (line for line in octets.decode().splitlines() if line.startswith("Message-ID: "))
    assert mine.number_of(identity.partition(" ")[2]) == message.number
    assert other.number_of(identity.partition(" ")[2]) is None
    assert digest(octets.replace(b"\r\n", b"\n")) == message.digest


def test_an_answer_that_never_came_is_told_from_a_door_that_was_closed(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    message, _ = ledger.write(
        Random(1), "mx", "a@outside.example", "b@gialai.gov.vn", "b@gialai.gov.vn", False
    )
    closed = ledger.enter(message, 0.0, Reply("no connection", 0, ""), on_the_wire=False)
    unanswered = ledger.enter(message, 1.0, Reply("no connection", 0, ""), on_the_wire=True)
    assert (closed.unanswered, unanswered.unanswered) == (False, True)
