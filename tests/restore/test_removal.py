"""What the law orders removed is gone from the backups too, to the last byte, and that is on record."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator

import pytest

from tests.support.ansible import Run, playbook
from tests.support.audit import AUDIT, logged
from tests.support.lab import INVENTORY, Account, Lab

from .conftest import back_up

HOST = "mail.gialai.gov.vn"
ON_DISK = "C&APQ-ng v&AQM-n &AREevw-n/N&AQM-m 2026"
FOLDER = "Công văn đến/Năm 2026"
SECRET = "noi-dung-phai-xoa-7f3a"
REFERENCE = "15/QĐ-TA"
# All that the segments of a copy of the repository still have, deleted or not, decrypted and unpacked.
SEARCH = f"""
set -e
rm -rf /root/search; mkdir -p /root/search/objects; cd /root/search/objects
cp -a /srv/backup/{HOST} ../repository
export BORG_PASSCOMMAND="cat /etc/congvu/backup/clients/{HOST}.passphrase" BORG_BASE_DIR=/root/search/base
export BORG_RELOCATED_REPO_ACCESS_IS_OK=yes
borg debug dump-repo-objs --ghost ../repository >/dev/null
grep -rl {SECRET} . | wc -l
rm -rf /root/search
"""


@pytest.fixture
def person(lab: Lab, people: list[Account]) -> str:
    return str(people[0].address)


@pytest.fixture
def path(lab: Lab, store: str, person: str) -> Iterator[str]:
    """A message that is in a backup, in one segment with a much larger one, and still in the mailbox.

    Its folder is written as doveadm prints it, which is not how it lies on disk.
    """

    def doveadm(*words: str, stdin: bytes = b"") -> str:
        said: str = lab.run(store, "doveadm", *words, stdin=stdin)
        return said

    head = b"From: a@outside.example\r\nMessage-ID: <%s@e2e>\r\n\r\n"
    doveadm("save", "-u", person, "-m", FOLDER, stdin=head % b"ordered" + SECRET.encode() + b"\r\n")
    noise = lab.run(store, "sh", "-c", "head -c 300000 /dev/urandom | base64").encode()
    doveadm("save", "-u", person, "-m", FOLDER, stdin=head % b"neighbour" + noise)
    archive = back_up(lab)
    # A backup that was cut short has it too; `borg list` hides that one.
    home = doveadm("user", "-f", "home", person).strip()
    lab.run(store, "borgmatic", "borg", "--", "create", f"::{archive}.checkpoint", home)
    # As docs/backup.md finds it.
    fetch = ("fetch", "-u", person, "mailbox uid", "header", "message-id", "ordered@e2e")
    ((found),) = json.loads(doveadm("-f", "json", *fetch))
    yield f"{home}/mail/mailboxes/{found['mailbox']}/dbox-Mails/u.{found['uid']}"
    doveadm("expunge", "-u", person, "mailbox", FOLDER, "header", "message-id", "neighbour@e2e")


def remove(path: str, **options: object) -> Run:
    given = {"remove": path, "reference": REFERENCE, **options}
    return playbook("backup", INVENTORY, f"--extra-vars={json.dumps(given)}", within=1800)


def test_no_byte_of_it_is_left_and_the_order_is_on_record(
    lab: Lab, store: str, person: str, path: str
) -> None:
    keeper = str(lab.hosts["backup"][0])

    def copies() -> int:
        return int(lab.run(keeper, "bash", "-c", SEARCH))

    still_there = remove(path)
    assert still_there.code != 0
    assert "remove it from the host first" in " ".join(still_there.said.split())
    lab.run(
        store, "doveadm", "expunge", "-u", person, "mailbox", FOLDER, "header", "message-id", "ordered@e2e"
    )
    assert copies() > 0
    # What was mistyped is in no archive: that is no removal.
    log = ("cat", AUDIT)
    before = lab.run(keeper, *log, check=False)  # there may be none yet
    mistyped = remove(path + "000")
    assert mistyped.code != 0
    assert f"{ON_DISK}/dbox-Mails/{path.rpartition('/')[2]}000: in none of" in " ".join(mistyped.said.split())
    assert lab.run(keeper, *log, check=False) == before
    run = remove(path)
    assert run.code == 0, run.said
    assert "and their room is freed" in " ".join(run.said.split())
    assert copies() == 0
    line = logged(lab, keeper)[-1]
    assert (line.what, line.reference) == ("removed-from-backups", REFERENCE)
    assert path.lstrip("/").replace(FOLDER, ON_DISK) in line.text
    # The keeper is content with what it did itself, and the host goes on.
    said = lab.run(keeper, "sh", "-c", f"congvu-backup keep {shlex.quote(HOST)}@backup1 2>&1; echo $?")
    assert said.endswith("\n0\n"), said
    assert back_up(lab)
