"""What every test of a restore starts from: mailboxes with something in them, and a way to back them up."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest

from tests.support.ansible import ENVIRONMENT, Run, playbook
from tests.support.lab import INVENTORY, ROOT, STATE, Account, Lab
from tests.support.store import FILL
from tests.support.waiting import wait_for

REFERENCE = "e2e 7/BC-STTTT"


class Operator:
    """Runs restore.yml, as somebody on call does."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab

    def restore(self, what: str, **options: object) -> Run:
        keeper_is_done(self.lab)
        return playbook("restore", INVENTORY, *self._options(what, options), within=2400)

    def start(self, what: str, **options: object) -> subprocess.Popen[bytes]:
        """Begin a restore that `kill` ends."""
        command = ["ansible-playbook", "-i", str(INVENTORY), "playbooks/restore.yml"]
        command[0] = str(ROOT / ".venv/bin/ansible-playbook")
        return subprocess.Popen(
            [*command, *self._options(what, options)],
            cwd=ROOT,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    @staticmethod
    def kill(running: subprocess.Popen[bytes]) -> None:
        # Its workers are groups of their own.
        workers = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
        for group in (running.pid, *map(int, workers)):
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        running.wait()

    @staticmethod
    def _options(what: str, options: dict[str, object]) -> list[str]:
        given = {"what": what, "reference": REFERENCE, **options}
        check = ["--check"] if given.pop("check", False) else []
        return [f"--extra-vars={json.dumps(given)}", *check]


@pytest.fixture(scope="session")
def lab() -> Lab:
    return Lab.read(STATE)


@pytest.fixture(scope="session")
def store(lab: Lab) -> str:
    return str(lab.hosts["store"][0])


@pytest.fixture(scope="session")
def operator(lab: Lab) -> Operator:
    return Operator(lab)


@pytest.fixture(scope="session")
def people(lab: Lab, store: str) -> list[Account]:
    """Officers with full mailboxes."""
    people = [account for account in lab.accounts if ",ou=people," in account.dn][:4]
    for one in people:
        lab.run(store, "bash", "-c", FILL, "fill", one.address)
    return people


def keeper_is_done(lab: Lab) -> None:
    """Wait until no repository is shut because the backup host looks after it, which it does on its own."""
    (keeper, *_) = lab.hosts["backup"]
    asked = ("systemctl", "show", "-p", "ActiveState", "--value", "congvu-backup-keep.service")
    wait_for(
        "the retention job is done",
        lambda: lab.run(keeper, *asked).strip() in ("inactive", "failed"),
        within=900,
    )


def back_up(lab: Lab) -> str:
    """Make a backup, and return the name of the archive."""
    keeper_is_done(lab)
    host = lab.hosts["store"][0]
    lab.run(host, "systemctl", "start", "congvu-backup.service")
    status = lab.run(host, "cat", "/var/lib/congvu/backup/status.json")
    return str(json.loads(status)["targets"]["backup1"]["archive"])


@dataclass(frozen=True)
class Sheet:
    """What somebody reads off the printed sheet."""

    passphrase: str
    key: str  # of the repository on backup1


def print_sheet(host: str, folder: Path) -> Sheet:
    """Print what opens the backups, and read the sheet of a host."""
    options = json.dumps({"identity": str(archive_key()), "escrow": str(folder)})
    run = playbook("backup", INVENTORY, f"--extra-vars={options}", within=900)
    assert run.code == 0, run.said
    page = (folder / f"{host}.html").read_text()
    passphrase, key, *_ = (unescape(text) for text in re.findall("<pre[^>]*>(.*?)</pre>", page, re.DOTALL))
    return Sheet(passphrase, key)


def archive_key() -> Path:
    """Return the private key that no host has."""
    return Path(STATE / "archive.key")
