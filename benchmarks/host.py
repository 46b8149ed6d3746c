"""The mail host that is measured: a lab of its own, made by the project's playbooks, removed at the end."""

from __future__ import annotations

import json
import shlex
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from benchmarks.core import only
from benchmarks.playing import PROGRAM, ROOT, Played, play
from benchmarks.province import write_province
from lab import access, hosts
from lab.lab import Lab, open_lab

STATES = ROOT / ".cache/bench"
INVENTORY = ROOT / "inventories/lab"
WITH_BACKUP = ROOT / "molecule/restore/inventory"  # the same, and a host for its backups
SUFFIX = "dc=gialai,dc=gov,dc=vn"
CONFIGURATION = "/etc/ldap/slapd.conf"
DATABASE = "/var/lib/ldap/congvu"
LDAPI = "-Q -Y EXTERNAL -H ldapi:///"
MODULE_PYTHON = "/usr/local/bin/measured-python"


class Work(NamedTuple):
    """A command on the host."""

    seconds: float
    megabytes: float


@dataclass(frozen=True)
class Host:
    """A host of the lab; the first one is directory, MX and store."""

    lab: Lab
    name: str  # in the inventory

    def run(self, command: str, given: bytes = b"") -> str:
        """Return what a command of the shell prints there; a failure ends the benchmark."""
        ssh = ["ssh", "-F", str(self.lab.ssh_config), self.name, command]
        done = subprocess.run(ssh, input=given, capture_output=True, check=False)
        if done.returncode:
            raise SystemExit(f"{command}\n{done.stderr.decode()[-2000:]}")
        return done.stdout.decode()

    def put(self, path: str, content: str | bytes, mode: str = "0600") -> None:
        """Write a file there."""
        data = content.encode() if isinstance(content, str) else content
        self.run(f"install -m {mode} /dev/stdin {shlex.quote(path)}", data)

    def measured(self, command: str) -> Work:
        """Run a command of the shell there and measure it; its output is thrown away."""
        self.run(f"rm -f /run/measured; measured sh -c {shlex.quote(command)} >/dev/null")
        return self._works()[-1]

    def play(
        self, playbook: str | Path, site: Path, *options: str, program: Path = PROGRAM
    ) -> tuple[Played, Work]:
        """Run a playbook with it; return the whole, and the longest module on the host."""
        self.run("rm -f /run/measured")
        played = play(
            playbook,
            site,
            "-e",
            f"ansible_python_interpreter={MODULE_PYTHON}",
            *options,
            program=program,
            environment=self.environment,
        )
        return played, max(self._works())

    @property
    def environment(self) -> Mapping[str, str]:
        """What tells a playbook of this lab."""
        return {"CONGVU_LAB": str(self.lab.state)}

    def bare(self) -> None:
        """Take all accounts away, and their first passwords."""
        self.run(
            "systemctl stop slapd"
            f" && slapcat -f {CONFIGURATION} -a '(!(objectClass=cvMailbox))' -l /root/bare.ldif"
            f" && rm -f {DATABASE}/*.mdb /var/lib/congvu/sealed/*.age"
            f" && slapadd -q -f {CONFIGURATION} -l /root/bare.ldif"
            f" && chown -R openldap: {DATABASE} && systemctl start slapd"
        )

    def _works(self) -> list[Work]:
        return [Work(*json.loads(line)) for line in self.run("cat /run/measured").splitlines()]


@contextmanager
def mail_host(keep: bool = False, inventory: Path = INVENTORY) -> Iterator[Host]:
    """Bring the hosts up, and remove them again whatever happens; with `keep` they stay for the next run."""
    lab = open_lab(STATES / ("lab" if inventory == INVENTORY else "backup"), inventory)
    host = Host(lab, lab.hosts[0])
    try:
        begun = time.monotonic()
        print("A mail host of its own: python -m lab up, playbooks/site.yml", flush=True)
        access.operator(lab.state)
        access.archivist(lab.state)
        hosts.up(lab)
        play("playbooks/site.yml", inventory, environment=host.environment)
        for name in ("measured", "memory"):
            program = Path(__file__).with_name("on_host") / f"{name}.py"
            host.put(f"/usr/local/bin/{name}", program.read_bytes(), "0755")
        host.put(MODULE_PYTHON, '#!/bin/sh\nexec /usr/local/bin/measured /usr/bin/python3 "$@"\n', "0755")
        print(f"... in {time.monotonic() - begun:.0f} s", flush=True)
        yield host
    finally:
        if keep:
            print(f"The host stays: CONGVU_LAB={lab.state} .venv/bin/python -m lab down", flush=True)
        else:
            print("The host is removed.", flush=True)
            hosts.down(lab)


def province(folder: Path, people: int) -> Path:
    """Write the site of a province that has its register, for the host."""
    site = folder / f"province-{people}"
    write_province(INVENTORY, site, people)
    only("save", site)
    return site
