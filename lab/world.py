"""The lab's outside world: DNS for the lab, and an ordinary outside MTA with the domain outside.example."""

from __future__ import annotations

import hashlib
from pathlib import Path

from lab.lab import DOMAIN, WORLD, Lab

SCRIPT = Path(__file__).with_name("world.sh")
MAILDIR = "/home/outside/Maildir"
OUTSIDE = "outside.example"


def provision(lab: Lab) -> None:
    """Bring DNS and MTA to what this lab needs; nothing is touched where they are there already."""
    names, script = dns(lab), SCRIPT.read_text()
    recipe = hashlib.sha256((names + script).encode()).hexdigest()
    seen = "systemctl is-active -q dnsmasq postfix && cat /etc/lab-recipe"
    if lab.ssh(WORLD, seen, check=False).strip() != recipe:
        script += f"echo {recipe} > /etc/lab-recipe\n"
        lab.podman("exec", "-i", lab.container(WORLD), "sh", "-c", script, stdin=names, timeout=300)


def dns(lab: Lab) -> str:
    """Return the names of the lab in dnsmasq's words; others go to the network's own resolver."""
    gateway = str(lab.subnet[1])
    # Without root, what this machine sends seems to come from the host itself that it sends to.
    senders = str(lab.subnet) if lab.podman.rootless else gateway
    lines = [
        "no-hosts",
        "resolv-file=/etc/resolv.upstream",
        "bind-dynamic",
        f"local=/{DOMAIN}/{OUTSIDE}/",
        f"host-record={WORLD},{lab.address(WORLD)}",
        # The machine that runs the lab is a sender like any other outside.
        f"host-record=client.{OUTSIDE},{gateway}",
        f"mx-host={OUTSIDE},{WORLD},10",
        f"host-record={OUTSIDE},{lab.address(WORLD)}",
        f'txt-record={OUTSIDE},"v=spf1 mx ip4:{senders} -all"',
        f'txt-record={DOMAIN},"v=spf1 mx -all"',
    ]
    lines += [f"mx-host={DOMAIN},{host},10" for host in lab.groups["mx"]]
    lines += [f"host-record={host},{lab.address(host)}" for host in lab.hosts]
    return "\n".join(lines) + "\n"
