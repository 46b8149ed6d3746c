"""A year in short, by the older code: letters, a rename, a leaver, an archive, a backup, killed runs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from tests.support.lab import Lab
from tests.support.store import FILL
from tests.support.waiting import wait_for
from tests.upgrading import site
from tests.upgrading.site import Playbooks, UpgradeError

# Of the sample: who gets another name, who leaves, who is exempted from idle rules.
RENAMED, LEAVER, EXEMPTED = "GL-0004", "GL-0005", "GL-0006"
AUDIT = "/var/log/congvu/audit.jsonl"
# What a run that is killed leaves behind before it has told the audit log.
INTENTS = "ls /var/lib/congvu/steps-to-log.json /var/lib/congvu/lifecycle.pending 2>/dev/null"
NOTE = "/var/lib/congvu/pending/reload-dovecot.service"
# Who waits for the lock of the audit log has written into the directory what it had to (proc_locks(5)).
WAITING = r"sed -n 's/.*-> FLOCK *[A-Z]* *[A-Z]* *\([0-9]*\) .*/\1/p' /proc/locks"
# Holds the audit log's lock as long as it runs.
HOLD = "exec flock {log} sh -c 'echo held; exec sleep 300'"


def fill(old: Playbooks, lab: Lab, logs: Path) -> None:
    """Do all of it; a step that fails is an UpgradeError."""
    store, directory = lab.hosts["store"][0], lab.hosts["directory"][0]

    def play(name: str, *options: str) -> None:
        ended = old.run(name, *options, log=logs / f"old-{name}.log")
        if ended.code:
            raise UpgradeError(f"the older {name}.yml ended with {ended.code}: {ended.said[-1500:]}")

    before = site.primaries(old.site)
    for person in ("GL-0001", RENAMED, LEAVER, EXEMPTED):
        lab.run(store, "bash", "-c", FILL, "fill", before[person])
    site.edit(old.site, "stttt", _rename_and_leave)
    play("register")
    site.commit(old.site, "a new name, and a leaver")
    play("mailboxes")
    lab.run(store, "systemctl", "start", "congvu-store.service")  # archives who left
    if not lab.run(store, "ls", "/srv/archive").strip():
        raise UpgradeError("nothing was archived")
    lab.run(directory, "systemctl", "start", "congvu-lifecycle.service")
    if lab.hosts.get("backup"):
        play("backup")
    _kill_two(old, lab, directory)
    lab.run(store, "sh", "-c", f"install -d -m 0700 $(dirname {NOTE}) && install -m 0600 /dev/null {NOTE}")


def _rename_and_leave(rows: list[dict[str, str]]) -> None:
    for row in rows:
        if row["person_id"] == RENAMED:
            row.update(
                full_name="Nguyễn Thị Thu Hằng",
                address="hangntt.stttt",
                decision_no="30/QĐ-STTTT",
                decision_date=f"{date.today():%Y-%m-%d}",
            )
        if row["person_id"] == LEAVER:
            row.update(status="left", decision_no="31/QĐ-STTTT", decision_date=f"{date.today():%Y-%m-%d}")


def _join(rows: list[dict[str, str]]) -> None:
    rows.append(
        {
            **dict.fromkeys(rows[0], ""),
            "person_id": "GL-0101",
            "full_name": "Phạm Văn Đức",
            "status": "active",
        }
    )


def _kill_two(old: Playbooks, lab: Lab, directory: str) -> None:
    """Kill an act and a run of mailboxes.yml, each between the directory and the audit log."""
    until = f"{date.today() + timedelta(days=200):%Y-%m-%d}"
    act = {"act": "exempt", "person": EXEMPTED, "reference": "32/STTTT", "until": until, "reason": "đi học"}
    with _held(lab, directory):
        _kill_at_intent(old, lab, directory, "lifecycle", f"--extra-vars={json.dumps(act)}")
    site.edit(old.site, "stttt", _join)
    ended = old.run("register", log=Path("/dev/null"))
    if ended.code:
        raise UpgradeError(ended.said[-1500:])
    site.commit(old.site, "a joiner")
    with _held(lab, directory):
        _kill_at_intent(old, lab, directory, "mailboxes")


@contextmanager
def _held(lab: Lab, host: str) -> Iterator[None]:
    """Let nobody write to the audit log meanwhile."""
    command = ["ssh", "-F", str(lab.ssh_config), host, HOLD.format(log=AUDIT)]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        if "held" not in process.stdout.readline():
            raise UpgradeError("the audit log could not be locked")
        try:
            yield
        finally:
            process.kill()
            lab.run(host, "sh", "-c", "pkill -9 -f 'sleep 30[0]'; true")


def _kill_at_intent(old: Playbooks, lab: Lab, host: str, name: str, *options: str) -> None:
    before = lab.run(host, "sh", "-c", INTENTS, check=False)
    process = old.start(name, *options)
    try:
        wait_for(
            f"{name}.yml has noted what it writes",
            lambda: process.poll() is not None or lab.run(host, "sh", "-c", INTENTS, check=False) != before,
            within=300,
        )
        if process.poll() is not None:
            raise UpgradeError(f"{name}.yml ended and noted nothing: {process.communicate()[0][-1500:]}")
        wait_for("it waits for the log", lambda: lab.run(host, "sh", "-c", WAITING))
    finally:
        site.kill(process)
        process.communicate()
        lab.run(host, "sh", "-c", f"kill -9 $({WAITING})", check=False)


def intents(lab: Lab, host: str) -> list[str]:
    """Return the lines that killed runs have not told the audit log yet, as JSON."""
    return [
        json.dumps(part, ensure_ascii=False, sort_keys=True)
        for file in lab.run(host, "sh", "-c", INTENTS, check=False).split()
        for row in json.loads(lab.run(host, "cat", file))
        for part in row
        if isinstance(part, dict)
    ]


def same(line: dict[str, str], told: str) -> bool:
    """Say whether a line of the log is the one that was to be told; a later release may add to it."""
    wanted: dict[str, str] = json.loads(told)
    return all(line.get(key) == value for key, value in wanted.items())
