"""Faults of the backups: mail must not notice them, and somebody must be told.

Each ends with a backup that succeeds, and a retention job that has read every byte and found nothing wrong.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.faults.faults import BACK, OWN_FILE_SYSTEM, fill
from tests.faults.host import Host
from tests.support.waiting import wait_for

REPOSITORIES = "/srv/backup"
# Seconds that a busy machine may need for a backup, or to read a repository.
WITHIN = 600
# Returns in the middle of a backup, as the target sees it.
IN_THE_MIDDLE = """
end=$(($(date +%s) + 300))
until pgrep -u congvu-backup -f 'borg serve' >/dev/null; do [ $(date +%s) -lt $end ]; done
"""
# Another bit every so many bytes, from a drawn one on: no message of some length is spared. The list of
# archives at the end of a segment is: without it any use fails, and nobody would have to look for damage.
SPOIL = """
import pathlib, sys
first, changed = int(sys.argv[2]), 0
for path in sorted(pathlib.Path(sys.argv[1]).glob("*/data/*/*")):
    octets = bytearray(path.read_bytes())
    for place in range(first, len(octets) - 2048, 4096):
        octets[place] ^= 1
        changed += 1
    path.write_bytes(octets)
print(changed)
"""
# A retention job that never read every byte does it at once. Of a failed unit one mail is sent a day.
ASIDE = f"""
rm -rf /root/faults && mkdir /root/faults
cp -a {REPOSITORIES} /root/faults/repositories
cd /var/lib/congvu/backup && cp -a keeper /root/faults/
touch /root/faults/whole
rm -f keeper/*.json alerts/*
"""
PUT_BACK = f"""
test -e /root/faults/whole || exit 0
find {REPOSITORIES} -mindepth 1 -delete
cp -a /root/faults/repositories/. {REPOSITORIES}/
rm -rf /var/lib/congvu/backup/keeper
cp -a /root/faults/keeper /var/lib/congvu/backup/
rm -r /root/faults
systemctl reset-failed
"""


@dataclass
class TargetGone:
    """The backup host is away in the middle of a backup: its sshd and all sessions, or the whole of it."""

    killed: bool
    hold: tuple[float, float] = (0.0, 3.0)

    @property
    def name(self) -> str:
        return f"backup target gone: {'killed' if self.killed else 'no ssh'}"

    def do(self, host: Host, random: Random) -> str:
        assert not failure(host), "the backups fail already"
        host.run("systemctl", "start", "--no-block", "congvu-backup.service")
        host.target.inside(IN_THE_MIDDLE)
        if self.killed:
            host.target.kill()
        else:
            host.target.inside("systemctl stop ssh; pkill -KILL -u congvu-backup")
        wait_for("the end of the backup", lambda: ended(host, "congvu-backup"), within=WITHIN)
        said = failure(host)
        assert said, "the backup was interrupted, and nothing says so"
        return said[-120:]

    def undo(self, host: Host) -> None:
        if self.killed:
            host.target.boot()
            # Until then nobody but root may come in (pam_nologin).
            wait_for("its users may come in", lambda: users_may_come(host.target), within=WITHIN)
        else:
            host.target.inside("systemctl start ssh")
        all_is_well(host)


@dataclass
class TargetFull:
    """No byte is left where the backup host keeps the repositories."""

    name: str = "backup target full"
    hold: tuple[float, float] = (0.0, 1.0)

    def do(self, host: Host, random: Random) -> str:
        idle(host)
        host.target.from_machine(OWN_FILE_SYSTEM.format(path=REPOSITORIES))
        host.target.run("chmod", "--reference=/run/faults/old", REPOSITORIES)
        host.target.run("chown", "--reference=/run/faults/old", REPOSITORIES)
        fill(host.target, REPOSITORIES)
        back_up(host)
        said = failure(host)
        assert said, "there was no room for the backup, and nothing says so"
        return said[-120:]

    def undo(self, host: Host) -> None:
        host.target.run("rm", "-f", f"{REPOSITORIES}/.full")
        host.target.from_machine(BACK.format(path=REPOSITORIES))
        all_is_well(host)


@dataclass
class RepositoryDamaged:
    """Bits of every segment of a repository are others. Afterwards it is the copy from before."""

    name: str = "backup repository damaged"
    hold: tuple[float, float] = (0.0, 1.0)

    def do(self, host: Host, random: Random) -> str:
        idle(host)
        back_up(host)
        target = host.target
        target.shell(ASIDE)
        changed = target.run("python3", "-c", SPOIL, REPOSITORIES, str(random.randrange(50, 2048))).strip()
        target.run("systemctl", "start", "congvu-backup-keep.service", check=False, within=WITHIN)
        state = target.run("systemctl", "is-failed", "congvu-backup-keep.service", check=False).strip()
        assert state == "failed", f"the retention job has not noticed the damage: {state}"
        drill = host.shell("congvu-backup drill || echo wrong", within=WITHIN)
        assert "wrong" in drill, f"the drill of the backups has not noticed the damage: {drill}"
        subject = f"{target.name}: congvu-backup-keep.service failed"
        wait_for("the alert", lambda: alerted(host, subject), within=WITHIN)
        return f"{changed} bits"

    def undo(self, host: Host) -> None:
        host.target.shell(PUT_BACK)
        all_is_well(host)


def back_up(host: Host) -> None:
    """Make a backup, whatever comes of it."""
    host.run("systemctl", "start", "congvu-backup.service", check=False, within=WITHIN)


def failure(host: Host) -> str:
    """Return why the last backup failed; nothing if it did not."""
    said = json.loads(host.run("congvu-backup", "status", "--json"))
    return "; ".join(said["failed"])


def ended(host: Host, unit: str) -> bool:
    """Say whether a unit is at work no more."""
    state = host.run("systemctl", "show", "-p", "ActiveState", "--value", f"{unit}.service", check=False)
    return state.strip() in ("inactive", "failed")


def idle(host: Host) -> None:
    """Wait until no backup is made and no repository is looked after, which both happen by schedule."""
    wait_for("no backup at work", lambda: ended(host, "congvu-backup"), within=WITHIN)
    wait_for("no retention job at work", lambda: ended(host.target, "congvu-backup-keep"), within=WITHIN)


def users_may_come(target: Host) -> bool:
    """Say whether the host is up so far that others than root may log in."""
    said = target.run("systemctl", "is-active", "systemd-user-sessions.service", check=False)
    return said.strip() == "active"


def all_is_well(host: Host) -> None:
    """Insist on a backup that succeeds, and on a retention job that reads every byte and is content."""
    idle(host)
    back_up(host)
    assert not failure(host), f"no backup after the fault: {failure(host)}"
    keep = f"congvu-backup keep {host.name}@{host.target.name.split('.')[0]} --compact"
    host.target.run(*keep.split(), within=WITHIN)


def alerted(host: Host, subject: str) -> bool:
    """Say whether the operators have a mail with that subject."""
    settings: dict[str, Any] = json.loads(host.target.run("cat", "/etc/congvu/backup/keeper.json"))
    words = ("mailbox", "INBOX", "subject", subject, "since", "1h")
    return all(host.run("doveadm", "search", "-u", to, *words).strip() for to in settings["alert"]["to"])
