"""The host is destroyed and comes back: every message, flag, UID, quota, filter, password and key."""

from __future__ import annotations

import json
import socket
import subprocess
from dataclasses import dataclass
from typing import Any

import pyrage
import pytest
from ansible_collections.congvu.mail.plugins.module_utils.host.audit import AuditLine

from lab import hosts as lab_hosts
from lab.lab import open_lab
from tests.support.ansible import Run, playbook
from tests.support.directory import Directory
from tests.support.imap import arrived, open_mailbox
from tests.support.lab import INVENTORY, STATE, Account, Lab
from tests.support.letters import STRANGER, id_of, letter
from tests.support.smtp import send
from tests.support.store import copies
from tests.support.waiting import wait_for

from . import picture
from .conftest import REFERENCE, Operator, archive_key, back_up, print_sheet
from .picture import Picture

HOST = "mail.gialai.gov.vn"
MARKER = "/etc/congvu/restoring.json"
# Kills the module once the host's files are back and the rest is not.
KILL = f"""
until grep -q '"files"' {MARKER} 2>/dev/null; do sleep 0.05; done
for process in $(pgrep -f AnsiballZ_rebuild) $(pgrep -x slapadd) $(pgrep -x borg); do kill -9 $process; done
cat {MARKER}
"""


@dataclass(frozen=True)
class Restored:
    """What was, what came back, and what was said meanwhile."""

    before: Picture
    after: Picture
    log_before: list[AuditLine]
    log_after: list[AuditLine]
    refused: Run
    half: dict[str, Any]  # the marker after the kill
    open_doors: list[int]  # after the kill
    run: Run
    queued: str  # Message-ID of what was in the queue
    late: str  # of what came after the backup
    to: Account


@pytest.fixture(scope="module")
def restored(
    lab: Lab, people: list[Account], operator: Operator, tmp_path_factory: pytest.TempPathFactory
) -> Restored:
    to = people[1]
    # A backup by schedule would have what is to come after the last one.
    lab.run(HOST, "systemctl", "stop", "congvu-backup.timer")
    lab.run(HOST, "valkey-cli", "-s", "/run/valkey/valkey.sock", "set", "e2e", "learned")
    # The mail of who left is in an archive.
    home = lab.run(HOST, "doveadm", "user", "-f", "home", to.address).strip()
    archive = {"address": to.address, "mail-path": home.removeprefix("/srv/mail/"), "label": "e2e"}
    lab.run(HOST, "congvu-store", "snapshot", *(f"--{name}={value}" for name, value in archive.items()))
    lab.run(HOST, "sh", "-c", "postconf -e defer_transports=lmtp,smtp && postfix reload")
    queued = letter(STRANGER, to.address)
    assert send(lab, queued).accepted
    wait_for("the letter is deferred", lambda: "deferred" in lab.run(HOST, "postqueue", "-j"))
    before, log_before = picture.take(lab), picture.log(lab)
    back_up(lab)
    lab.run(HOST, "sh", "-c", "postconf -X defer_transports && postfix reload")
    late = letter(STRANGER, to.address)
    assert send(lab, late).accepted
    arrived(lab, to, late)

    # What is in the safe: the sheet, or the sealed file and its key. The one on the target is lost as well.
    safe = tmp_path_factory.mktemp("safe")
    typed, sealed = safe / "typed.json", safe / "escrow.age"
    sheet = print_sheet(HOST, safe / "sheets")
    typed.write_text(json.dumps({"host": HOST, "passphrase": sheet.passphrase}))
    on_target = (lab.hosts["backup"][0], f"/srv/backup/{HOST}.escrow.age")
    sealed.write_bytes(lab.read_file(*on_target))

    destroy()
    refused = operator.restore("host", host=HOST, identity=str(STATE / "operator.key"))
    lab.run(on_target[0], "rm", on_target[1])
    first = operator.start("host", host=HOST, escrow=str(typed))
    half = json.loads(wait_on_host(lab, KILL))
    operator.kill(first)
    open_doors = [port for port in (25, 465, 587, 993, 143, 4190, 636) if reachable(lab, port)]
    run = operator.restore("host", host=HOST, escrow=str(sealed), identity=str(archive_key()))
    assert run.code == 0, run.said
    return Restored(
        before,
        picture.take(lab),
        log_before,
        picture.log(lab),
        refused,
        half,
        open_doors,
        run,
        id_of(queued),
        id_of(late),
        to,
    )


def destroy() -> None:
    """Remove the host with all it has, and put a bare one in its place."""
    found = open_lab(STATE, INVENTORY)
    found.podman("rm", "-f", "-t0", found.container(HOST))
    lab_hosts.up(found)


def wait_on_host(lab: Lab, script: str) -> str:
    """Run a script that waits on the host; it may take as long as a host takes to be set up."""
    command = ["ssh", "-F", str(lab.ssh_config), HOST, "bash -s"]
    done = subprocess.run(command, input=script, capture_output=True, text=True, timeout=2400, check=True)
    return done.stdout


def reachable(lab: Lab, port: int) -> bool:
    """Say whether a port answers from outside the host."""
    try:
        socket.create_connection((lab.smtp.address, port), timeout=5).close()
    except OSError:
        return False
    return True


def test_another_key_opens_nothing_and_says_so(restored: Restored) -> None:
    assert restored.refused.code != 0
    said = " ".join(restored.refused.said.split())
    assert f"does not open the escrow of {HOST}: it was sealed to other keys (mail_archive_keys)" in said


def test_a_half_restored_host_lets_nobody_in(restored: Restored) -> None:
    assert "files" in restored.half["done"]
    assert "indexes" not in restored.half["done"]
    assert restored.open_doors == []


def test_every_message_is_back_with_its_uid_flags_and_date(restored: Restored) -> None:
    assert len(restored.before.messages) >= 4 * 17
    assert restored.after.messages == restored.before.messages


def test_every_folder_has_its_uidvalidity_and_next_uid(restored: Restored) -> None:
    assert restored.after.folders == restored.before.folders


def test_quota_is_what_it_was(restored: Restored) -> None:
    assert restored.after.quota == restored.before.quota


def test_the_directory_is_the_same_to_the_letter(restored: Restored) -> None:
    """Addresses, hashes of passwords, their history, locks, entryUUID."""
    assert "pwdHistory" in restored.before.directory
    assert restored.after.directory == restored.before.directory


def test_keys_certificates_filters_and_subscriptions_are_the_same_and_have_their_owners(
    restored: Restored,
) -> None:
    for part in (
        "etc/congvu/dkim/mail.key",
        "etc/congvu/ca/ca.key",
        ".tar.age",
        "loc.sieve",
        ".dovecot.sieve",
        "subscriptions",
    ):
        assert part in restored.before.keys
    assert restored.after.keys == restored.before.keys


def test_rspamd_remembers(restored: Restored) -> None:
    assert restored.after.memory == restored.before.memory == "learned\n"


def test_the_audit_log_goes_on_where_it_was_and_tells_of_the_restore(restored: Restored) -> None:
    assert restored.log_after[: len(restored.log_before)] == restored.log_before
    told = restored.log_after[len(restored.log_before) :]
    assert [(one.what, one.reference) for one in told] == [
        ("host-restore-begun", REFERENCE),
        ("host-restored", REFERENCE),
    ]


def test_people_log_in_with_the_passwords_they_had(
    restored: Restored, lab: Lab, people: list[Account]
) -> None:
    for one in people:
        with open_mailbox(lab, one) as mailbox:
            mailbox.open("INBOX")


def test_what_came_after_the_backup_is_lost_and_that_is_said(restored: Restored, lab: Lab) -> None:
    fetch = ("doveadm", "-f", "json", "fetch", "-u", restored.to.address, "hdr.message-id", "ALL")
    held = {one["hdr.message-id"] for one in json.loads(lab.run(HOST, *fetch))}
    assert restored.late not in held
    assert "what came or changed later is not in it" in " ".join(restored.run.said.split())


def test_the_queue_is_on_hold_until_it_is_released(restored: Restored, lab: Lab) -> None:
    assert "1 messages of the queue are on hold" in " ".join(restored.run.said.split())
    waiting = [json.loads(line) for line in lab.run(HOST, "postqueue", "-j").splitlines()]
    assert [one["queue_name"] for one in waiting] == ["hold"]
    lab.run(HOST, "postsuper", "-H", "ALL")
    lab.run(HOST, "postqueue", "-f")
    with open_mailbox(lab, restored.to) as mailbox:
        wait_for("the letter of the queue arrives", lambda: mailbox.copies(restored.queued) == ["INBOX"])


def test_mail_comes_in_again_by_any_address(restored: Restored, lab: Lab) -> None:
    message = letter(STRANGER, "congnghethongtin.stttt@gialai.gov.vn")
    assert send(lab, message).accepted
    wait_for("it arrives", lambda: copies(lab, "cntt.stttt@gialai.gov.vn", message) == ["INBOX"])


def test_site_yml_finds_nothing_to_do_and_the_next_backup_is_made(restored: Restored, lab: Lab) -> None:
    run = playbook("site", INVENTORY, within=1800)
    assert (run.code, run.changed) == (0, 0), run.said
    back_up(lab)


def test_the_escrow_lies_on_the_target_again(restored: Restored, lab: Lab) -> None:
    sealed = lab.read_file(lab.hosts["backup"][0], f"/srv/backup/{HOST}.escrow.age")
    key = pyrage.x25519.Identity.from_str(archive_key().read_text().strip())
    assert json.loads(pyrage.decrypt(sealed, [key]))["host"] == HOST


def test_a_host_in_use_is_refused_before_anything_is_changed(
    restored: Restored, lab: Lab, operator: Operator
) -> None:
    again = operator.restore("host", host=HOST, identity=str(archive_key()))
    assert (again.code, again.changed) == (2, 0)
    assert "Nothing was changed: this host has mail" in " ".join(again.said.split())
    timer = lab.run(lab.hosts["backup"][0], "systemctl", "is-active", "congvu-backup-keep.timer")
    assert timer.strip() == "active"


def test_the_directory_comes_back_and_what_git_has_since_is_in_it(
    restored: Restored, lab: Lab, operator: Operator, people: list[Account]
) -> None:
    directory = Directory(lab)
    back_up(lab)
    before = lab.run(HOST, *picture.SLAPCAT)
    gone, changed = people[2], people[3]
    directory.delete(gone.dn)
    directory.set(changed.address, "userPassword", "another-Passw0rd-77")
    run = operator.restore("directory")
    assert run.code == 0, run.said
    assert lab.run(HOST, *picture.SLAPCAT) == before
    for one in (gone, changed):
        with open_mailbox(lab, one):
            pass
