"""What the role `backup` leaves as it is on a backup host, run against this machine."""

from __future__ import annotations

import base64
import getpass
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.samples import ROOT

PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
HOST = "mail.gialai.gov.vn"


def task(file: str, name: str) -> dict[str, Any]:
    """Return one task of the role, wherever in blocks it is."""

    def all_of(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [one for each in tasks for one in (all_of(each["block"]) if "block" in each else [each])]

    tasks = all_of(yaml.safe_load((ROOT / "roles/backup/tasks" / file).read_text("utf-8")))
    (found,) = [one for one in tasks if one["name"] == name]
    return found


@pytest.fixture
def run(tmp_path):
    """Run one task against this machine, and return what Ansible counted as changed."""

    def run(task: dict[str, Any], **given: Any) -> int:
        play = tmp_path / "play.yml"
        play.write_text(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]))
        given |= {"backup_root": str(tmp_path / "srv"), "ansible_python_interpreter": sys.executable}
        done = subprocess.run(
            [PLAYBOOK, "-i", "localhost,", "-c", "local", "-e", json.dumps(given), play], cwd=ROOT, text=True,
            env=os.environ | {"LC_ALL": "C.UTF-8", "ANSIBLE_NOCOLOR": "1"},
            capture_output=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        (counted,) = re.findall(r"changed=(\d+)", done.stdout)
        return int(counted)

    (tmp_path / "srv").mkdir()
    return run


def test_an_escrow_is_replaced_and_none_is_lost(run, tmp_path) -> None:
    """An honest one changes with the archive keys; one of a taken-over host would open nothing."""
    leave = task("client.yml", "Copy it to the backup hosts")

    def bring(text: str) -> int:
        return run(
            leave,
            __backup_sealed={"content": base64.b64encode(text.encode()).decode()},
            backup_hostname=HOST,
            backup_targets=[{"local": "localhost"}, {"label": "elsewhere"}],
        )

    assert [bring(text) for text in ("honest", "honest", "later", "of no use")] == [1, 0, 1, 1]
    found = list((tmp_path / "srv").iterdir())
    assert (tmp_path / f"srv/{HOST}.escrow.age").read_text() == "of no use"
    assert sorted(path.read_text() for path in found) == ["honest", "later", "of no use"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in found} == {0o600}


def test_a_repository_that_the_keeper_shut_stays_shut(run, tmp_path) -> None:
    make, folder = task("target.yml", "Create a folder for each client"), tmp_path / "srv" / HOST
    given = {"backup_clients": {HOST: ""}, "__backup_user": getpass.getuser()}
    assert run(make, **given) == 1
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0)
    assert run(make, **given) == 0
    assert stat.S_IMODE(folder.stat().st_mode) == 0
