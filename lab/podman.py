"""Podman, started in the way that this machine needs."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.machine import CONTAINERS_CONF, detect, enter_namespace
from lab.shell import run


@dataclass(frozen=True)
class Podman:
    """The command, its environment, and the options a host needs on this machine."""

    command: tuple[str, ...]
    env: Mapping[str, str]
    run_options: tuple[str, ...]
    rootless: bool

    def __call__(
        self, *args: str, check: bool = True, stdin: str | None = None, timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run one Podman command."""
        return run([*self.command, *args], check=check, stdin=stdin, timeout=timeout, env=self.env)

    def inspect(self, kind: str, name: str) -> dict[str, Any] | None:
        """Return what Podman knows of a container or network; None if there is none."""
        done = self(kind, "inspect", name, check=False)
        if done.returncode:
            return None
        found: dict[str, Any] = json.loads(done.stdout)[0]
        return found

    def labelled(self, kind: str, label: str) -> list[str]:
        """Return the ids of all containers, or the names of all networks, with a label."""
        listing = ("ps", "-aq") if kind == "container" else (kind, "ls", "-q")
        return self(*listing, "--filter", f"label={label}").stdout.split()


def podman(state: Path) -> Podman:
    """Return Podman for this machine; what it needs in configuration is put into the state folder."""
    machine = detect()
    env = dict(os.environ)
    command: tuple[str, ...] = ("podman",)
    options: tuple[str, ...] = ()
    if not machine.ordinary:
        conf = state / "containers.conf"
        conf.write_text(CONTAINERS_CONF)
        env["CONTAINERS_CONF"] = str(conf)
        options = ("--pids-limit=-1",)
        if not machine.cgroup2:
            command = (*enter_namespace(), *command)
    return Podman(command, env, options, rootless=not machine.root)
