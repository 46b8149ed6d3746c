"""A network for each lab, out of the way of everything else on the machine."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

from lab.podman import Podman
from lab.shell import LabError

POOLS = tuple(IPv4Network(net) for net in ("10.96.0.0/11", "172.20.0.0/14", "192.168.0.0/16"))


def ensure(podman: Podman, name: str, labels: list[str]) -> IPv4Network:
    """Return the network's subnet; make the network where it is missing."""
    known = podman.inspect("network", name)
    if known is None:
        taken = list(_taken())
        for subnet in candidates(name):
            if any(subnet.overlaps(other) for other in taken):
                continue
            # Names are answered by the lab's own DNS, not by Podman's.
            args = ["network", "create", "--disable-dns", f"--subnet={subnet}", *labels, name]
            done = podman(*args, check=False)
            if done.returncode == 0:
                return subnet
            if "already" not in done.stderr and "overlap" not in done.stderr:
                raise LabError(f"podman {' '.join(args)}: {done.stderr.strip()}")
        raise LabError("no free private network found for the lab")
    return subnet_of(known)


def subnet_of(known: dict[str, Any]) -> IPv4Network:
    """Return the subnet of a network as Podman describes it."""
    return IPv4Network(known["subnets"][0]["subnet"])


def candidates(name: str) -> Iterator[IPv4Network]:
    """Yield subnets to try: the same for a name each time, others for another name."""
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    for pool in POOLS:
        count = 2 ** (24 - pool.prefixlen)
        for step in range(16):
            number = (seed + step * 7919) % count
            yield IPv4Network((int(pool.network_address) + number * 256, 24))


def _taken() -> Iterator[IPv4Network]:
    """Yield the networks that this machine routes to other than by default, and its resolvers."""
    for line in Path("/proc/net/route").read_text().splitlines()[1:]:
        fields = line.split()
        destination, mask = (int(fields[column], 16).to_bytes(4, sys.byteorder) for column in (1, 7))
        if any(mask):
            yield IPv4Network((destination, int.from_bytes(mask, "big").bit_count()), strict=False)
    for line in Path("/etc/resolv.conf").read_text().splitlines():
        if line.startswith("nameserver") and "." in line:
            yield IPv4Network(IPv4Address(line.split()[1]))
