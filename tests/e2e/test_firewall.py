"""From outside only the public services answer, whatever else listens on a host."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.lab import Lab
from tests.support.waiting import wait_for
from tests.support.world import WORLD

PUBLIC = {"directory": {636}, "mx": {25, 465, 587}, "store": {143, 993, 4190}, "webmail": {80, 443}}
SSH = 22
# Worth an attack, should they listen one day: LMTP, LDAP, clamd, Valkey, Postfix behind submission, Rspamd,
# the quota service.
INTERNAL = {24, 389, 3310, 6379, 10465, 10587, 11332, 11333, 11334, 12340, 12341}

# Runs on the outside host: names and ports on standard input, those that answer on standard output.
PROBE = """
import concurrent.futures, socket, sys
def answers(target):
    host, port = target.split()
    try:
        socket.create_connection((host, int(port)), 3).close()
    except OSError:
        return ""
    return target
with concurrent.futures.ThreadPoolExecutor(64) as pool:
    print(*filter(None, pool.map(answers, sys.stdin.read().splitlines())), sep="\\n")
"""


def listening(lab: Lab, host: str) -> set[int]:
    """Return every TCP port that something listens on, loopback included."""
    lines = lab.run(host, "ss", "--no-header", "--listening", "--tcp", "--numeric").splitlines()
    return {int(line.split()[3].rpartition(":")[2]) for line in lines}


@pytest.fixture
def forgotten_service(lab: Lab) -> Iterator[int]:
    """Something on every host that listens to the world and should not: only the firewall is in its way."""
    port, unit = 8099, "forgotten-service"
    for host in lab.every_host:
        server = ("python3", "-m", "http.server", str(port), "--directory", "/run/systemd/ask-password")
        lab.run(host, "systemd-run", f"--unit={unit}", "--collect", *server)
    try:
        for host in lab.every_host:
            wait_for(f"port {port} of {host}", lambda name=host: port in listening(lab, name))  # type: ignore[misc]
        yield port
    finally:
        for host in lab.every_host:
            lab.run(host, "systemctl", "stop", unit)


@pytest.mark.usefixtures("forgotten_service")
def test_only_public_services_answer_from_outside(lab: Lab) -> None:
    wanted, targets = set(), set()
    for host in lab.every_host:
        public = {SSH}.union(*(ports for group, ports in PUBLIC.items() if host in lab.hosts[group]))
        wanted |= {f"{host} {port}" for port in public}
        targets |= {f"{host} {port}" for port in public | INTERNAL | listening(lab, host)}
    found = lab.run(WORLD, "python3", "-c", PROBE, stdin="\n".join(sorted(targets)).encode())
    assert set(found.splitlines()) == wanted
