"""One lab: its state folder, its hosts, and where each is reached."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Container
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from lab.podman import Podman, podman
from lab.shell import ROOT, LabError, run

# The name that users connect to, whatever the hosts behind it are called.
HOSTNAME = "mail.gialai.gov.vn"
DOMAIN = "gialai.gov.vn"
WORLD = "world.outside.example"
GROUPS = ("directory", "mx", "store", "webmail", "backup")
# What is reached from the machine itself, by group.
SERVICES: dict[str, tuple[str, int]] = {
    "smtp": ("mx", 25),
    "submission": ("mx", 587),
    "submissions": ("mx", 465),
    "imap": ("store", 143),
    "imaps": ("store", 993),
    "sieve": ("store", 4190),
    "ldaps": ("directory", 636),
    "https": ("webmail", 443),
}


@dataclass
class Lab:
    """Names and places of one lab; everything derives from the path of its state folder."""

    state: Path
    groups: dict[str, list[str]]
    podman: Podman
    subnet: IPv4Network = field(init=False)  # known when the network is up
    published: dict[tuple[str, int], int] = field(default_factory=dict)

    @cached_property
    def hosts(self) -> list[str]:
        """Every host once, in the order of the groups."""
        return list(dict.fromkeys(host for hosts in self.groups.values() for host in hosts))

    @cached_property
    def key(self) -> str:
        """What its containers and its network are called: no two checkouts share it."""
        return "congvu-" + hashlib.sha256(str(self.state).encode()).hexdigest()[:8]

    @property
    def labels(self) -> list[str]:
        """How everything of this lab, and of this checkout, is found again."""
        return [f"--label=congvu.lab={self.state}", f"--label=congvu.checkout={ROOT}"]

    @property
    def ssh_config(self) -> Path:
        """For `ssh -F` and Ansible."""
        return self.state / "ssh_config"

    def container(self, host: str) -> str:
        """Return the name of a host's container."""
        return f"{self.key}-{host}"

    def address(self, host: str) -> str:
        """Return a host's address in the lab's network: the bridge is .1, the world .2."""
        return str(self.subnet[2 if host == WORLD else 10 + self.hosts.index(host)])

    def ports(self, host: str) -> list[int]:
        """Return the ports of a host that somebody on this machine may want to reach."""
        if host == WORLD:
            return [22, 25]
        return [22, *(port for group, port in SERVICES.values() if host in self.groups.get(group, ()))]

    def reach(self, host: str, port: int) -> tuple[str, int]:
        """Return address and port of a service as seen from this machine."""
        if self.podman.rootless:
            return "127.0.0.1", self.published[host, port]
        return self.address(host), port

    def ssh(self, host: str, command: str, check: bool = True, stdin: str | None = None) -> str:
        """Return what a command on a host prints."""
        return run(["ssh", "-F", str(self.ssh_config), host, command], check=check, stdin=stdin).stdout


def open_lab(state: Path, inventory: Path) -> Lab:
    """Open a lab in its state folder (made for the owner alone) for the hosts of an inventory."""
    state = state.resolve()
    state.mkdir(parents=True, exist_ok=True)
    state.chmod(0o700)
    return Lab(state, read_groups(inventory / "hosts.yml"), podman(state))


def read_groups(hosts_file: Path) -> dict[str, list[str]]:
    """Return the hosts of each group of an inventory."""
    import yaml  # `clean` has to work without the Python environment

    if not hosts_file.exists():
        raise LabError(f"{hosts_file}: no such inventory")
    tree: dict[str, Any] = yaml.safe_load(hosts_file.read_text())["all"]["children"]
    return {group: list(tree[group]["hosts"]) for group in GROUPS if group in tree}


def free_port(promised: Container[int]) -> int:
    """Find a port of loopback that nothing listens on and that is promised to nobody."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port not in promised:
            return port
