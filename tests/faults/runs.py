"""Playbooks while mail flows: killed at a drawn point and run again, and a certificate that is replaced."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import yaml

from lab.shell import ROOT
from tests.faults.host import Host, start_playbook, until
from tests.support.smtp import outside, submission

TASK = re.compile(r"^(?:TASK|RUNNING HANDLER) \[(?:congvu\.mail\.(?P<role>\w+) : )?(?P<name>.+?)\] \**$")
# What a run of site.yml then has to put right in every role, beside the size that is changed.
DRIFT = """
for file in /etc/nftables.conf /etc/systemd/journald.conf.d/60-congvu.conf /etc/ldap/slapd.conf \
  /etc/postfix/main.cf /etc/postfix/master.cf /etc/clamav/clamd.conf /etc/rspamd/rspamd.conf.override \
  /etc/dovecot/dovecot.conf /etc/dovecot/sieve/before.d/10-spam.sieve /etc/congvu/dkim/*.txt; do
  echo '# drift' >>$file
done
chmod 0640 /var/lib/clamav/*.[hn]db
"""


@dataclass(frozen=True)
class Stage:
    """One file of tasks of a role."""

    role: str
    name: str
    tasks: tuple[str, ...]


def stages(only: Sequence[str] = ()) -> list[Stage]:
    """Return every file of tasks of every role that sets something up, handlers as well.

    `only`: those whose `role/name` has one of these words in it.
    """
    found = []
    for file in sorted((ROOT / "roles").glob("*/*/*.yml")):
        role, folder = file.parts[-3], file.parts[-2]
        if folder in ("tasks", "handlers") and (folder, file.stem) != ("tasks", "main"):
            name = "handlers" if folder == "handlers" else file.stem
            found.append(Stage(role, name, tuple(_names(yaml.safe_load(file.read_text("utf-8")) or []))))
    return [one for one in found if not only or any(word in f"{one.role}/{one.name}" for word in only)]


def _names(tasks: Sequence[dict[str, object]]) -> list[str]:
    """Return the names of tasks, of those in blocks as well."""
    names = []
    for task in tasks:
        inner = task.get("block")
        names += _names(inner) if isinstance(inner, list) else [str(task["name"])]
    return names


@dataclass
class SiteKilled:
    """Runs of site.yml that have something to do in every role, each killed in a stage, then a whole one."""

    stages: Sequence[Stage]
    name: str = "site.yml killed and run again"
    hold: tuple[float, float] = (0.0, 3.0)
    size: int = 0

    def do(self, host: Host, random: Random) -> str:
        return "; ".join(self._kill(stage, host, random) for stage in self.stages)

    def _kill(self, stage: Stage, host: Host, random: Random) -> str:
        host.shell(DRIFT)
        self.size = random.choice([size for size in range(26, 40) if size != self.size])
        first = random.randrange(len(stage.tasks))
        wanted, delay = stage.tasks[first:], random.uniform(0.0, 0.7)
        process = start_playbook("site", *self._options())
        task = _kill_at(process, stage.role, wanted, delay)
        return f"{stage.role}/{stage.name}: {task or 'not reached'}"

    def undo(self, host: Host) -> None:
        _run_again("site", *self._options())
        octets = self.size * 1024 * 1024
        for door, session in (("25", outside), ("587", submission)):

            def announced() -> bool:
                try:
                    with session(host.lab) as client:  # noqa: B023  called before the next turn
                        return client.esmtp_features.get("size") == str(octets)
                except OSError:  # smtplib's errors are as well
                    return False

            assert until("the new size", announced, within=90), (
                f"after a killed run and another, port {door} does not work by the new configuration"
            )

    def _options(self) -> tuple[str, str]:
        return "-e", json.dumps({"mail_message_size_mib": self.size})


@dataclass
class MailboxesKilled:
    """A run of mailboxes.yml that changes every account is killed while it writes, then a plain one."""

    name: str = "mailboxes.yml killed and run again"
    hold: tuple[float, float] = (0.0, 3.0)

    def do(self, host: Host, random: Random) -> str:
        quota = {"person": random.randint(1025, 1500), "unit": random.randint(2049, 3000)}
        process = start_playbook("mailboxes", "-e", json.dumps({"mail_quota_mib": quota}))
        delay = random.uniform(0.0, 2.5)
        wanted = ("Compare roster and register with the directory, and write what differs",)
        task = _kill_at(process, None, wanted, delay)
        return f"{delay:.1f} s into the task" if task else "not reached"

    def undo(self, host: Host) -> None:
        # What ran on the host goes on without its controller, and holds the lock while it does.
        assert until("it ended", lambda: not host.run("pgrep", "-f", "Ansiball[Z]", check=False), within=120)
        _run_again("mailboxes")


@dataclass
class CertificateReplaced:
    """The host's and the public pair of certificate and key are gone, and site.yml makes new ones."""

    name: str = "certificate replaced"
    hold: tuple[float, float] = (0.0, 1.0)

    def do(self, host: Host, random: Random) -> str:
        host.shell("cd /etc/congvu/tls && rm host.crt host.key public.crt public.key")
        return ""

    def undo(self, host: Host) -> None:
        _run_again("site")


def _kill_at(process: subprocess.Popen[str], role: str | None, tasks: Sequence[str], delay: float) -> str:
    """Kill a playbook some seconds into the first of these tasks; return its name, "" if none came."""
    assert process.stdout
    hit = ""
    for line in process.stdout:
        found = TASK.match(line)
        if found and found["role"] == role and found["name"] in tasks:
            hit = found["name"]
            time.sleep(delay)  # the random moment
            os.killpg(process.pid, signal.SIGKILL)
            break
    process.stdout.close()
    process.wait(60)
    return hit


def _run_again(name: str, *options: str) -> None:
    process = start_playbook(name, *options)
    try:
        said, _ = process.communicate(timeout=900)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    assert process.returncode == 0, f"{name}.yml failed: {results(said) or said[-1000:]}"


def results(said: str) -> str:
    """Return which tasks of a playbook changed something or failed, and how, on one line."""
    found, task = [], ""
    for line in said.splitlines():
        if begun := TASK.match(line):
            task = begun["name"]
        elif line.startswith(("changed: ", "fatal: ", "failed: ")):
            found.append(f"{task}: {line[:300]}")
    return "; ".join(found)
