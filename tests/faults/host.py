"""The host that suffers: a root shell on it, and what only the machine under its container can do."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from lab.lab import Lab as Container
from lab.lab import open_lab
from tests.support import ansible
from tests.support.lab import INVENTORY, STATE, Lab
from tests.support.waiting import wait_for
from tests.support.world import WORLD


@dataclass(frozen=True)
class Host:
    """One host, that of directory, mx and store or that of the backups, over ssh and from its machine."""

    lab: Lab
    container: Container
    group: str = "mx"

    @classmethod
    def open(cls) -> Host:
        container = open_lab(STATE, INVENTORY)
        from lab.hosts import attach

        attach(container)
        return cls(Lab.read(STATE), container)

    @property
    def name(self) -> str:
        return self.lab.hosts[self.group][0]

    @property
    def target(self) -> Host:
        """The host that keeps its backups."""
        return replace(self, group="backup")

    @property
    def has_target(self) -> bool:
        """Whether there is one."""
        return bool(self.lab.hosts.get("backup"))

    @property
    def address(self) -> str:
        """Its address in the lab's network."""
        return self.container.address(self.name)

    def run(self, *command: str, check: bool = True, within: float = 180) -> str:
        """Run a command as root; with `check` a failure is ours. Longer than `within` seconds is one."""
        ssh = ["ssh", "-F", str(self.lab.ssh_config), self.name, shlex.join(command)]
        try:
            done = subprocess.run(
                ssh, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=within, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise AssertionError(f"{shlex.join(command)}: no end within {within:.0f} s") from error
        if check:
            assert done.returncode == 0, f"{shlex.join(command)}: {done.stdout}{done.stderr}"
        return done.stdout

    def shell(self, script: str, check: bool = True, within: float = 180) -> str:
        """Run a script of the shell as root; with `check` its first failure is ours."""
        return self.run("sh", "-ec", script, check=check, within=within)

    def inside(self, script: str) -> None:
        """Run a script of the shell as root without ssh, which may be away."""
        self.container.podman("exec", self.container.container(self.name), "sh", "-ec", script, timeout=400)

    def world(self, script: str, check: bool = True) -> str:
        """Run a script in the outside world."""
        return self.lab.run(WORLD, "sh", "-ec", script, check=check)

    def kill(self) -> None:
        """Kill the whole host, and start it as after the power came back."""
        podman, name = self.container.podman, self.container.container(self.name)
        podman("kill", "--signal=KILL", name)
        wait_for("the container to be gone", lambda: not self._state()["Running"])

    def boot(self) -> None:
        podman, name = self.container.podman, self.container.container(self.name)
        wait_for("its start", lambda: podman("start", name, check=False).returncode == 0)
        wait_for("ssh", self.answers)

    def answers(self) -> bool:
        return self.run("echo", "here", check=False).strip() == "here"

    def _state(self) -> dict[str, object]:
        known = self.container.podman.inspect("container", self.container.container(self.name))
        assert known
        state: dict[str, object] = known["State"]
        return state

    # From the machine: what a container may not do to itself.

    @property
    def pid(self) -> int:
        """The number of the host's first process, as the machine counts."""
        return int(str(self._state()["Pid"]))

    def from_machine(self, script: str) -> None:
        """Run a script of the shell in the host's own file systems, with the machine's rights (mount)."""
        command = ["nsenter", f"--target={self.pid}", "--mount", "--pid", "sh", "-ec", script]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{script}: {done.stderr}"

    def maps(self, process: int) -> str:
        """Return which files a process has in memory; nothing if it has ended."""
        try:
            return Path(f"/proc/{process}/maps").read_text()
        except OSError:
            return ""

    def processes(self, unit: str) -> list[int]:
        """Return the processes of a unit as the machine counts them."""
        inner = self.shell(f"cat /sys/fs/cgroup/system.slice/{unit}/cgroup.procs", check=False).split()
        wanted = set(inner)
        found = []
        space = Path(f"/proc/{self.pid}/ns/pid").readlink()
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if (folder / "ns/pid").readlink() != space:
                    continue
                status = (folder / "status").read_text()
            except OSError:
                continue
            numbers = next(line for line in status.splitlines() if line.startswith("NSpid:")).split()
            if numbers[-1] in wanted:
                found.append(int(folder.name))
        return found


def start_playbook(name: str, *options: str) -> subprocess.Popen[str]:
    """Start a playbook as an operator does, as a process group of its own; its words come line by line."""
    from lab.shell import ROOT

    return subprocess.Popen(
        [str(ROOT / ".venv/bin/ansible-playbook"), "-i", str(INVENTORY), f"playbooks/{name}.yml", *options],
        cwd=ROOT,
        # Every task is said as it comes, also one that has nothing to do.
        env=ansible.ENVIRONMENT | {"PYTHONUNBUFFERED": "1", "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def need(program: str) -> None:
    """Insist on a program of this machine."""
    assert shutil.which(program), f"{program} is not installed on this machine: run lab/bootstrap.sh"


def until(what: str, ready: Callable[[], bool], within: float) -> bool:
    """Wait for a condition; say whether it came true."""
    end = time.monotonic() + within
    while not ready():
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True
