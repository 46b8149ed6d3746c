"""Sessions that could not be ended are noted until they are; run here, with a `doveadm` of the test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.support.samples import ROOT

PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
HOST = f"ansible_connection=local ansible_python_interpreter={sys.executable}"
INVENTORY = f"[directory]\nd1 {HOST}\n[store]\ns1 {HOST}\n[mx]\nm1 {HOST}\n"
NOTE = "/var/lib/congvu/sessions-to-end.json"
DOVEADM = """#!/bin/sh
folder=$(dirname "$0")
echo "$*" >> "$folder/calls"
test ! -e "$folder/down"
"""


def run(folder: Path, names: list[str]) -> int:
    environment = os.environ | {"LC_ALL": "C.UTF-8", "PATH": f"{folder}:{os.environ['PATH']}"}
    command = [PLAYBOOK, "-i", folder / "hosts", folder / "play.yml", "-e", json.dumps({"names": names})]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False).returncode


def test_a_kick_that_fails_leaves_the_note_and_one_that_does_not_removes_it(tmp_path: Path) -> None:
    tasks = (ROOT / "playbooks/tasks/end_sessions.yml").read_text()
    assert NOTE in tasks
    (tmp_path / "end_sessions.yml").write_text(tasks.replace(NOTE, str(tmp_path / "note")))
    imported = {"import_tasks": "end_sessions.yml", "vars": {"sessions_to_end": "{{ names }}"}}
    play = {"hosts": "directory", "gather_facts": False, "tasks": [imported]}
    (tmp_path / "play.yml").write_text(json.dumps([play]))
    (tmp_path / "hosts").write_text(INVENTORY)
    (tmp_path / "doveadm").write_text(DOVEADM)
    (tmp_path / "doveadm").chmod(0o755)
    note, down, calls = (tmp_path / name for name in ("note", "down", "calls"))

    note.write_text("[]")
    down.touch()
    assert run(tmp_path, ["a@x"]) != 0
    assert note.exists()
    down.unlink()
    calls.unlink()
    assert run(tmp_path, []) == 0  # a module that failed names nobody
    assert note.exists()
    assert not calls.exists()
    assert run(tmp_path, ["a@x", "b@x"]) == 0
    assert calls.read_text().splitlines() == ["kick a@x", "kick b@x"] * 2  # on store and mx
    assert not note.exists()
