"""Backups: a mail host cannot erase them, a damaged one is noticed, and somebody is told."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyrage
import pytest

from tests.support.ansible import playbook
from tests.support.imap import arrived
from tests.support.lab import INVENTORY, STATE, Account, Lab
from tests.support.letters import STRANGER, letter
from tests.support.smtp import send
from tests.support.waiting import wait_for

from .conftest import Operator, print_sheet

HOST = "mail.gialai.gov.vn"
# What who took a mail host over has; a state of its own, so that the honest one learns nothing of it.
ATTACKER = """
export BORG_PASSCOMMAND="cat /etc/congvu/backup/passphrase" BORG_BASE_DIR=/tmp/attacker
export BORG_RSH="ssh -i /etc/congvu/backup/id_ed25519 -o UserKnownHostsFile=/etc/congvu/backup/known_hosts"
export BORG_DELETE_I_KNOW_WHAT_I_AM_DOING=YES
export BORG_REPO=ssh://congvu-backup@{target}/srv/backup/{host}
"""
# docs/backup.md, section Alerts.
BACK = """
cd /srv/backup/{host}
find data -type f | while read -r file; do [ "${{file##*/}}" -le {segment} ] || rm "$file"; done
rm -f index.* hints.* integrity.*
rm -rf /var/lib/borg/keeper/.cache/borg /var/lib/borg/keeper/.config/borg/security
"""
FLIP = """
import os, sys
middle = os.path.getsize(sys.argv[1]) // 2
with open(sys.argv[1], "r+b") as file:
    file.seek(middle)
    byte = file.read(1)[0]
    file.seek(middle)
    file.write(bytes([byte ^ 1]))
"""
FORGET = "rm -rf /var/lib/borg/.cache/borg /var/lib/borg/.config/borg/security /tmp/attacker"


class Keeper:
    """The first backup host, and what a mail host may do there."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.host = lab, str(lab.hosts["backup"][0])
        self.name = f"{HOST}@{self.host.split('.')[0]}"

    def run(self, *command: str, check: bool = True) -> str:
        said: str = self.lab.run(self.host, *command, check=check)
        return said

    def keep(self, *options: str) -> tuple[int, str]:
        """Run the retention job once, and return how it ended and all that it said."""
        command = shlex.join(["congvu-backup", "keep", self.name, *options])
        said = self.run("sh", "-c", f"{command} 2>&1; echo $?")
        text, _, code = said.strip().rpartition("\n")
        return int(code), text

    def history(self) -> dict[str, Any]:
        said = self.run("sh", "-c", "cat /var/lib/congvu/backup/keeper/*backup1.json")
        known: dict[str, Any] = json.loads(said)
        return known

    def data(self) -> set[str]:
        """Return every segment file with its digest."""
        return set(self.run("sh", "-c", f"cd /srv/backup/{HOST} && sha256sum data/*/*").splitlines())

    def attack(self, command: str) -> tuple[int, str]:
        """Do something as who has everything that the mail host has."""
        script = ATTACKER.format(target=self.host, host=HOST) + f"({command}) 2>&1; echo $?"
        text, _, code = self.lab.run(HOST, "bash", "-c", script).strip().rpartition("\n")
        return int(code), text


@pytest.fixture(scope="module")
def keeper(lab: Lab) -> Keeper:
    """A repository with backups that the retention job knows, and after each test is content with."""
    back_up(lab)
    keeper = Keeper(lab)
    code, said = keeper.keep("--accept")
    assert code == 0, said
    return keeper


def back_up(lab: Lab) -> str:
    """Make a backup, and return the name of the archive."""
    lab.run(HOST, "systemctl", "start", "congvu-backup.service")
    target = status(lab)["targets"]["backup1"]
    assert target["failed"] == "", target["error"]
    return str(target["archive"])


def status(lab: Lab) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(lab.run(HOST, "congvu-backup", "status", "--json"))
    return said


def test_a_mail_host_can_neither_erase_its_backups_nor_have_them_erased(lab: Lab, keeper: Keeper) -> None:
    before, known = keeper.data(), keeper.history()
    oldest = min(known["known"].values())
    assert keeper.attack("borg delete ''")[0] != 0  # the whole repository
    assert keeper.attack(f"borg delete ::{oldest}; borg compact") == (0, "")
    assert oldest not in keeper.attack("borg list --short")[1]
    assert before <= keeper.data()
    # The administrator's own pruning and compaction would make it final.
    code, said = keeper.keep("--compact")
    assert code == 1
    assert f"archive {oldest} vanished, and we did not prune it" in said
    assert f"all was well up to segment {known['segment']}" in said
    assert before <= keeper.data()
    # And the way back.
    keeper.run("bash", "-c", BACK.format(host=HOST, segment=known["segment"]))
    code, said = keeper.keep("--compact")
    assert code == 0, said
    assert keeper.history()["known"] == known["known"]
    lab.run(HOST, "sh", "-c", FORGET)
    assert back_up(lab)


def test_a_mail_hosts_key_opens_nothing_but_its_own_repository(keeper: Keeper) -> None:
    key = "$BORG_RSH congvu-backup@" + keeper.host
    assert "root:" not in keeper.attack(f"timeout 10 {key} cat /etc/passwd </dev/null")[1]
    other = f"ssh://congvu-backup@{keeper.host}/srv/backup/other"
    code, said = keeper.attack(f"borg init --encryption=none {other}")
    assert (code == 0, "not allowed" in said or "PathNotAllowed" in said) == (False, True)


def test_another_key_and_false_times_stop_the_keeper(lab: Lab, keeper: Keeper) -> None:
    known = keeper.history()
    made = f"borg create --timestamp 2020-01-01T00:00:00 ::{HOST}-2020-01-01T00:00:00Z /etc/hostname"
    assert keeper.attack(made)[0] == 0
    change = "BORG_NEW_PASSPHRASE=$(cat /etc/congvu/backup/passphrase) borg key change-passphrase"
    assert keeper.attack(change)[0] == 0
    code, said = keeper.keep()
    assert code == 1
    assert f"archive {HOST}-2020-01-01T00:00:00Z is new, but says" in said
    assert "the repository's key is another one" in said
    assert known == keeper.history()
    keeper.attack(f"borg delete ::{HOST}-2020-01-01T00:00:00Z")
    # The copy of the key that the escrow has brings the right one back.
    code, said = keeper.attack("borg key import '' /etc/congvu/backup/keys/backup1")
    assert code == 0, said
    code, said = keeper.keep()
    assert code == 0, said
    lab.run(HOST, "sh", "-c", FORGET)


def test_a_backup_that_claims_to_be_the_newest_for_ever_stops_the_keeper(keeper: Keeper) -> None:
    """A restore goes by the time in the name, and would take it."""
    forged = f"{HOST}-2099-01-01T00:00:00Z"
    assert keeper.attack(f"borg create ::{forged} /etc/hostname")[0] == 0
    code, said = keeper.keep()
    assert code == 1
    assert f"archive {forged} is named for another time than" in said
    assert keeper.attack(f"borg delete ::{forged}")[0] == 0
    code, said = keeper.keep()
    assert code == 0, said


@pytest.fixture
def damaged(lab: Lab, keeper: Keeper, people: list[Account]) -> Iterator[Keeper]:
    """The repository with one byte of a large message that is another one; it is put back afterwards."""
    mailbox = ("-u", people[0].address, "-m", "INBOX")
    head = b"From: a@outside.example\r\nMessage-ID: <large@e2e>\r\n\r\n"
    text = lab.run(HOST, "sh", "-c", "head -c 1500000 /dev/urandom | base64").encode()
    lab.run(HOST, "doveadm", "save", *mailbox, stdin=head + text)
    back_up(lab)
    large = ("mailbox", "INBOX", "header", "message-id", "<large@e2e>")
    lab.run(HOST, "doveadm", "expunge", "-u", people[0].address, *large)
    find = f"find /srv/backup/{HOST}/data -type f -printf '%s %p\\n' | sort -n | tail -1 | cut -d' ' -f2"
    segment = keeper.run("sh", "-c", find).strip()
    keeper.run("cp", "-a", segment, "/root/segment")
    keeper.run("python3", "-c", FLIP, segment)
    yield keeper
    keeper.run("cp", "-a", "/root/segment", segment)
    keeper.run("rm", "/root/segment")
    code, said = keeper.keep("--compact")
    assert code == 0, said


def test_a_damaged_repository_is_noticed_and_its_room_is_not_freed(
    damaged: Keeper, operator: Operator, people: list[Account]
) -> None:
    restore = operator.restore("mailbox", person=people[0].address, beside=True)
    assert restore.code != 0
    assert "the repository is damaged: check it there, or take another target" in restore.said
    for options in ((), ("--compact",)):
        code, said = damaged.keep(*options)
        assert code == 1, said
    assert damaged.history()["checked"] < damaged.run("date", "-u", "+%Y-%m-%dT%H:%M:%S").strip()
    # It is shut no longer, and the client's own.
    assert damaged.run("stat", "-c", "%U %a", f"/srv/backup/{HOST}").split() == ["congvu-backup", "700"]


def test_the_drill_compares_a_sample_and_measures(lab: Lab, keeper: Keeper) -> None:
    lab.run(HOST, "congvu-backup", "drill")
    target = status(lab)["targets"]["backup1"]
    drill = target["drill"]
    assert (drill["right"], drill["archive"]) == (True, target["archive"])
    assert drill["files_restored"] > 5
    assert drill["messages_in_archive"] >= drill["messages_there"] >= drill["messages_compared"]
    assert 0 < drill["rto_seconds"] < 3600
    metrics = lab.run(HOST, "cat", "/var/lib/prometheus/node-exporter/congvu_backup.prom")
    assert f'congvu_backup_rpo_seconds{{host="{HOST}",target="backup1"}} {drill["rpo_seconds"]}\n' in metrics
    assert lab.run(HOST, "find", "/var/lib/congvu/backup/drill", "-type", "f") == ""


@pytest.fixture
def away(keeper: Keeper) -> Iterator[Keeper]:
    """The target's disk is not there."""
    keeper.run("mv", f"/srv/backup/{HOST}", "/srv/away")
    yield keeper
    keeper.run("mv", "/srv/away", f"/srv/backup/{HOST}")


def test_a_target_that_is_away_is_told_and_mail_goes_on(lab: Lab, away: Keeper) -> None:
    run = playbook("backup", INVENTORY, within=900)
    assert run.code != 0
    assert "backup1" in run.said
    person = next(account for account in lab.accounts if ",ou=people," in account.dn)
    mail = letter(STRANGER, person.address)
    assert send(lab, mail).accepted
    assert arrived(lab, person, mail)


@pytest.fixture
def lost(lab: Lab, keeper: Keeper) -> Iterator[Keeper]:
    """The repository is gone; in its place is an empty folder, as of a disk that is not mounted."""
    folder = f"/srv/backup/{HOST}"
    keeper.run("mv", folder, "/srv/lost")
    keeper.run("install", "-d", "-o", "congvu-backup", "-g", "congvu-backup", "-m", "0700", folder)
    yield keeper
    keeper.run("rm", "-rf", folder)
    keeper.run("mv", "/srv/lost", folder)
    # It has another key than the one in between, and what was the newest backup is not in it.
    lab.run(HOST, "congvu-backup", "prepare", "--anew", "backup1")
    code, said = keeper.keep()
    assert code == 0, said


def test_a_repository_that_is_gone_is_not_made_anew_in_silence(lab: Lab, lost: Keeper) -> None:
    def prepare(*options: str) -> str:
        said: str = lab.run(HOST, "sh", "-c", f"congvu-backup prepare {' '.join(options)} 2>&1; echo $?")
        return said

    said = prepare()
    assert said.endswith("\n1\n")
    assert "backup1: there is no repository any more; the last backup was" in said
    assert lost.run("ls", "-A", f"/srv/backup/{HOST}") == ""
    assert lost.keep()[0] == 1
    assert prepare("--anew", "backup1").endswith("sealed\n0\n")
    assert back_up(lab)
    code, said = lost.keep()
    assert code == 1
    assert "vanished, and we did not prune it" in said


def test_what_a_power_cut_left_shut_is_open_after_the_next_boot(lab: Lab, keeper: Keeper) -> None:
    """Then nothing runs that would end, and clear up after itself."""
    folder = f"/srv/backup/{HOST}"
    keeper.run("sh", "-c", f"chown root {folder}/config && chmod 0 {folder}")
    lab.run(HOST, "systemctl", "start", "congvu-backup.service", check=False)
    assert "ermission denied" in status(lab)["targets"]["backup1"]["error"]
    assert "congvu-backup-thaw" in keeper.run(
        "systemctl", "list-dependencies", "--plain", "multi-user.target"
    )
    keeper.run("systemctl", "start", "congvu-backup-thaw.service")
    assert (
        keeper.run("stat", "-c", "%a %U", folder, f"{folder}/config")
        == "700 congvu-backup\n600 congvu-backup\n"
    )
    back_up(lab)


def test_backup_yml_prints_how_the_backups_stand(keeper: Keeper) -> None:
    run = playbook("backup", INVENTORY, within=900)
    assert run.code == 0, run.said
    assert "newest backup" in run.said
    assert f"{HOST}         backup1" in run.said


def test_the_escrow_on_the_backup_host_alone_opens_the_backups(lab: Lab, keeper: Keeper) -> None:
    sealed = lab.read_file(keeper.host, f"/srv/backup/{HOST}.escrow.age")
    identity = pyrage.x25519.Identity.from_str((STATE / "archive.key").read_text().strip())
    said = json.loads(pyrage.decrypt(sealed, [identity]))
    assert said["host"] == HOST
    script = "read -r BORG_PASSPHRASE; export BORG_PASSPHRASE BORG_BASE_DIR=$(mktemp -d); borg list --short "
    script += f"/srv/backup/{HOST}"
    keeper.keep()
    listed = lab.run(keeper.host, "bash", "-c", script, stdin=(said["passphrase"] + "\n").encode())
    assert sorted(listed.split()) == sorted(keeper.history()["known"].values())
    in_repository = (
        lab.run(keeper.host, "grep", "-A1", "^key", f"/srv/backup/{HOST}/config").split("=")[1].split()[0]
    )
    assert in_repository in "".join(said["key"].split()[2:])


def test_the_sheet_alone_opens_a_repository_whose_key_is_damaged(keeper: Keeper, tmp_path: Path) -> None:
    keeper.keep()
    sheet = print_sheet(HOST, tmp_path / "sheets")
    keeper.run("rm", "-rf", "/root/sheet")
    keeper.run("mkdir", "-p", "/root/sheet")
    keeper.run("cp", "-a", f"/srv/backup/{HOST}", "/root/sheet/repository")
    keeper.run("sed", "-i", "/^key/,/^$/d", "/root/sheet/repository/config")

    def borg(command: str) -> str:
        script = "read -r BORG_PASSPHRASE; export BORG_PASSPHRASE BORG_BASE_DIR=/root/sheet/base "
        script += f"BORG_RELOCATED_REPO_ACCESS_IS_OK=yes; cd /root/sheet; {{ {command}; }} 2>&1"
        said: str = keeper.lab.run(keeper.host, "bash", "-c", script, stdin=f"{sheet.passphrase}\n".encode())
        return said

    refused = borg("borg list repository || true")  # what it says is judged, and its code is never 0
    assert "no key" in refused.lower()
    keeper.lab.run(keeper.host, "sh", "-c", "cat >/root/sheet/key", stdin=sheet.key.encode())
    borg("borg key import repository key")
    assert sorted(borg("borg list --short repository").split()) == sorted(keeper.history()["known"].values())
    keeper.run("rm", "-rf", "/root/sheet")


def test_the_operators_get_a_mail_when_a_unit_failed(lab: Lab, keeper: Keeper) -> None:
    """The unit of the timer itself, with a cause of its own."""
    keeper.run("sh", "-c", "rm -f /var/lib/congvu/backup/alerts/*")
    keeper.run("mv", f"/etc/congvu/backup/clients/{HOST}.passphrase", "/root/passphrase")
    try:
        keeper.run("systemctl", "start", "congvu-backup-keep.service", check=False)
    finally:
        keeper.run("mv", "/root/passphrase", f"/etc/congvu/backup/clients/{HOST}.passphrase")
    support: Account = next(one for one in lab.accounts if one.address == "cntt.stttt@gialai.gov.vn")
    words = (
        "mailbox",
        "INBOX",
        "subject",
        f"{keeper.host}: congvu-backup-keep.service failed",
        "since",
        "1h",
    )
    wait_for(
        "the alert has come",
        lambda: lab.run(HOST, "doveadm", "search", "-u", support.address, *words).strip() != "",
        within=300,
    )
    keeper.run("systemctl", "reset-failed")
