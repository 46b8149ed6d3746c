"""Backups go to other administrators as well, and each place stands alone. It comes last: it adds targets."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.ansible import playbook
from tests.support.lab import INVENTORY, Account, Lab

from .conftest import Operator, keeper_is_done

HOST = "mail.gialai.gov.vn"
WORLD = "world.outside.example"
# What an administrator elsewhere does: a user for backups, who may do no more than each key is let.
SERVE = r"""
set -eu
export DEBIAN_FRONTEND=noninteractive
command -v borg >/dev/null || { apt-get -qq update; apt-get -qq install -y borgbackup; } >&2
id vault >/dev/null 2>&1 || useradd --create-home vault
read -r client; read -r keeper
install -d -o vault -m 0700 /home/vault/.ssh
for name in kept own; do install -d -o vault /home/vault/$name; done
{
  echo "command=\"borg serve --append-only --restrict-to-path /home/vault\",restrict $client"
  echo "command=\"borg serve --restrict-to-path /home/vault/kept\",restrict $keeper"
} >/home/vault/.ssh/authorized_keys
chown vault /home/vault/.ssh/authorized_keys
"""
ERASE = """
export BORG_PASSCOMMAND="cat /etc/congvu/backup/passphrase" BORG_BASE_DIR=/tmp/attacker
export BORG_RSH="ssh -i /etc/congvu/backup/id_ed25519 -o UserKnownHostsFile=/etc/congvu/backup/known_hosts"
borg delete {repository}::{archive} 2>&1
"""


@dataclass(frozen=True)
class Places:
    """Three targets: `backup1`; `kept`, thinned out from here; `own`, which its administrator looks after."""

    lab: Lab

    def back_up(self) -> tuple[bool, dict[str, Any]]:
        """Say whether all was well, and what the host knows of each target."""
        run = playbook("backup", INVENTORY, within=1800)
        return run.code == 0, self.known()

    def known(self) -> dict[str, Any]:
        said = self.lab.run(HOST, "congvu-backup", "status", "--json")
        targets: dict[str, Any] = json.loads(said)["targets"]
        return targets

    def keep(self, label: str) -> tuple[int, str]:
        command = shlex.join(["congvu-backup", "keep", f"{HOST}@{label}"])
        said = self.lab.run(self.lab.hosts["backup"][0], "sh", "-c", f"{command} 2>&1; echo $?")
        text, _, code = said.strip().rpartition("\n")
        return int(code), text


@pytest.fixture(scope="module")
def places(lab: Lab, people: list[Account]) -> Places:
    keeper_is_done(lab)
    keys = "".join(
        lab.run(host, "cat", "/etc/congvu/backup/id_ed25519.pub") for host in (HOST, lab.hosts["backup"][0])
    )
    lab.run(WORLD, "sh", "-c", SERVE, stdin=keys.encode())
    host_key = lab.run(WORLD, "cut", "-d ", "-f1,2", "/etc/ssh/ssh_host_ed25519_key.pub").strip()
    elsewhere = [
        {"label": name, "repositories": f"ssh://vault@{WORLD}/home/vault/{name}", "host": WORLD, **more}
        for name, more in (("kept", {}), ("own", {"kept": False}))
    ]
    given = {"mail_backup_targets": [{**one, "host_key": host_key} for one in elsewhere]}
    run = playbook("site", INVENTORY, f"--extra-vars={json.dumps(given)}", within=1800)
    assert run.code == 0, run.said
    # A backup by schedule would tell of what is to be told to us.
    lab.run(HOST, "systemctl", "stop", "congvu-backup.timer")
    return Places(lab)


def test_one_that_is_away_is_told_and_the_others_have_the_backup(places: Places) -> None:
    before = places.known()
    places.lab.run(WORLD, "mv", "/home/vault/kept", "/home/vault/away")
    try:
        well, known = places.back_up()
    finally:
        places.lab.run(WORLD, "mv", "/home/vault/away", "/home/vault/kept")
    assert not well
    assert known["kept"]["error"]
    assert not known["kept"]["archive"]
    for label in ("backup1", "own"):
        assert known[label]["archive"] not in ("", before[label]["archive"])
        assert not known[label]["failed"]


def test_each_target_has_the_next_backup_and_any_of_them_restores(
    places: Places, operator: Operator, people: list[Account]
) -> None:
    well, known = places.back_up()
    assert well
    assert sorted(known) == ["backup1", "kept", "own"]
    run = operator.restore("mailbox", person=people[0].address, target="own", check=True)
    assert run.code == 0, run.said
    assert known["own"]["archive"] in run.said


def test_the_keeper_looks_after_what_is_kept_from_here_and_nothing_else(places: Places) -> None:
    code, said = places.keep("kept")
    assert code == 0, said
    code, said = places.keep("own")
    assert code == 2
    assert f"there is no repository {HOST}@own: {HOST}@backup1, {HOST}@kept" in said


def test_a_backup_that_somebody_erased_elsewhere_is_noticed(places: Places) -> None:
    newest = {label: places.known()[label]["archive"] for label in ("kept", "own")}
    for label, archive in newest.items():
        repository = f"ssh://vault@{WORLD}/home/vault/{label}/{HOST}"
        places.lab.run(HOST, "sh", "-c", ERASE.format(repository=repository, archive=archive))
    assert not places.back_up()[0]
    journal = places.lab.run(HOST, "journalctl", "-u", "congvu-backup.service", "-n", "20", "-o", "cat")
    for label, archive in newest.items():
        assert f"{label}: {archive}, the newest backup, vanished: somebody removed it" in journal
    # The next backups are well, and it is told until somebody accepts it.
    assert not places.back_up()[0]
    status = places.lab.run(HOST, "sh", "-c", "congvu-backup status 2>&1 || true")  # what it says is judged
    assert all(
        f"{label}: {archive}, the newest backup, vanished" in status for label, archive in newest.items()
    )
    places.lab.run(HOST, "congvu-backup", "accept", "kept", "own")
    assert places.back_up()[0]
    code, said = places.keep("kept")
    assert code == 1
    assert f"archive {newest['kept']} vanished, and we did not prune it" in said
