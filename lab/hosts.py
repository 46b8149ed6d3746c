"""Containers that are hosts: made, started, and reached by ssh like any server."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable
from ipaddress import IPv4Address
from pathlib import Path

from lab import image, network, world
from lab.lab import WORLD, Lab, free_port
from lab.podman import Podman
from lab.podman import podman as start
from lab.shell import ROOT, LabError, run, say, wait_for


def up(lab: Lab) -> None:
    """Bring every host of the lab up; what already works is left alone."""
    base = image.ensure(lab.podman)
    lab.subnet = network.ensure(lab.podman, lab.key, lab.labels)
    key = lab.state / "id_ed25519"
    if not key.exists():
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f", str(key)])
    everyone = [WORLD, *lab.hosts]
    old = [host for host in everyone if _runs(lab, host)]
    _write_ssh_config(lab, old)
    old = [host for host in old if _answers(lab, host)]
    fresh = [host for host in everyone if host not in old]
    for host in old:
        say(f"{host} ({lab.address(host)}) is up")
    for host in fresh:
        say(f"{host} ({lab.address(host)}) starts")
        _make(lab, host, base)
    for host in fresh:
        _booted(lab, host)
    _write_ssh_config(lab, everyone)
    for host in fresh:
        wait_for(f"ssh to {host}", lambda name=host: _answers(lab, name), 90)  # type: ignore[misc]
    world.provision(lab)


def attach(lab: Lab) -> None:
    """Find out where the hosts of a running lab are."""
    known = lab.podman.inspect("network", lab.key)
    if known is None:
        raise LabError("this lab is not up")
    lab.subnet = network.subnet_of(known)
    if lab.podman.rootless:
        for host in (WORLD, *lab.hosts):
            _read_ports(lab, host)


def down(lab: Lab) -> None:
    """Remove the lab's containers and its network, also what is left of a lab that died."""
    for container in lab.podman.labelled("container", f"congvu.lab={lab.state}"):
        _remove(lab.podman, container)
    if lab.podman.inspect("network", lab.key):
        lab.podman("network", "rm", "-f", lab.key)
    # Logins of hosts that are no more.
    for name in ("access.json", "ca.crt", "known_hosts", "passwords.json", "ssh_config"):
        (lab.state / name).unlink(missing_ok=True)


def clean(state: Path) -> None:
    """Remove all labs of this checkout, and the image unless another checkout's hosts use it."""
    if not shutil.which("podman"):
        return
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    podman = start(state)
    for container in podman.labelled("container", f"congvu.checkout={ROOT}"):
        _remove(podman, container)
    for name in podman.labelled("network", f"congvu.checkout={ROOT}"):
        podman("network", "rm", "-f", name)
    image.remove(podman)


def _runs(lab: Lab, host: str) -> bool:
    """Say whether the container runs, and start it if it was stopped.

    Podman's word is not enough: it still says so after everything was killed.
    """
    container = lab.container(host)
    known = lab.podman.inspect("container", container)
    if known is None:
        return False
    if not known["State"]["Running"]:
        if lab.podman("start", container, check=False).returncode:
            return False
        say(f"{host} was stopped")
        _wait_for_systemd(lab, host)
    if lab.podman.rootless:
        _read_ports(lab, host)
    return lab.podman("exec", container, "true", check=False).returncode == 0


def _make(lab: Lab, host: str, base: str) -> None:
    container = lab.container(host)
    _remove(lab.podman, container)
    options = [f"--network={lab.key}", f"--ip={lab.address(host)}", f"--hostname={host}", *lab.labels]
    # A machine that was off has the same card afterwards; else the others look for the old one for a minute.
    options.append(f"--mac-address=02:00:{IPv4Address(lab.address(host)).packed.hex(':')}")
    options += ["--systemd=always", "--cap-add=NET_ADMIN", *lab.podman.run_options]
    if host != WORLD:
        options += [f"--dns={lab.address(WORLD)}", "--dns-search=."]
    if lab.podman.rootless:
        for port in lab.ports(host):
            lab.published[host, port] = free_port(lab.published.values())
            options.append(f"--publish=127.0.0.1:{lab.published[host, port]}:{port}")
    lab.podman("run", "--detach", f"--name={container}", *options, base, "/sbin/init")


def _booted(lab: Lab, host: str) -> None:
    """Wait for the end of the first boot, let our key in, and learn the host's own."""
    container = lab.container(host)
    if _wait_for_systemd(lab, host) != "running":
        failed = lab.podman("exec", container, "systemctl", "--failed", "--plain", "--no-legend").stdout
        raise LabError(f"{host} booted, but some units failed:\n{failed}\n{_journal(lab, host)}")
    # A word from it, or the machine may go on asking for the hardware of a host that had this address before.
    lab.podman("exec", container, "bash", "-c", f"echo >/dev/udp/{lab.subnet[1]}/9")
    ours = (lab.state / "id_ed25519.pub").read_text()
    script = "umask 077 && mkdir -p /root/.ssh && cat >/root/.ssh/authorized_keys"
    lab.podman("exec", "-i", container, "sh", "-c", script, stdin=ours)
    its = lab.podman("exec", container, "cat", "/etc/ssh/ssh_host_ed25519_key.pub").stdout.split()
    known_hosts = lab.state / "known_hosts"
    lines = known_hosts.read_text().splitlines() if known_hosts.exists() else []
    lines = [line for line in lines if line.split()[0] != host]
    known_hosts.write_text("\n".join([*lines, f"{host} {its[0]} {its[1]}", ""]))


def _wait_for_systemd(lab: Lab, host: str) -> str:
    """Return what systemd says of the system when it has finished to boot."""
    state = ""
    end = time.monotonic() + 180
    ask = ("exec", lab.container(host), "systemctl", "is-system-running", "--wait")
    while state not in ("running", "degraded"):
        if time.monotonic() > end:
            raise LabError(f"{host} did not boot within 180 s\n{_journal(lab, host)}")
        state = lab.podman(*ask, check=False).stdout.strip()
    return state


def _journal(lab: Lab, host: str) -> str:
    said = lab.podman("exec", lab.container(host), "journalctl", "-n40", "--no-pager", check=False)
    return said.stdout or said.stderr or lab.podman("logs", lab.container(host), check=False).stdout


def _remove(podman: Podman, container: str) -> None:
    """Remove a container in whatever state it is."""
    for _ in range(2):  # the first attempt may stumble over a runtime state that is gone
        if podman("rm", "-f", "-t0", container, check=False).returncode == 0:
            break
    if podman("container", "exists", container, check=False).returncode == 0:
        raise LabError(f"the dead container {container} cannot be removed: podman rm -f {container}")


def _read_ports(lab: Lab, host: str) -> None:
    known = lab.podman.inspect("container", lab.container(host)) or {}
    for spec, bindings in known.get("NetworkSettings", {}).get("Ports", {}).items():
        for binding in bindings or []:
            lab.published[host, int(spec.split("/")[0])] = int(binding["HostPort"])


def _write_ssh_config(lab: Lab, hosts: Iterable[str]) -> None:
    lines = []
    for host in hosts:
        address, port = lab.reach(host, 22)
        names = f"{host} world" if host == WORLD else host
        lines += [f"Host {names}", f"  HostName {address}", f"  Port {port}", f"  HostKeyAlias {host}", ""]
    lines += [
        "Host *",
        "  User root",
        f'  IdentityFile "{lab.state}/id_ed25519"',
        "  IdentitiesOnly yes",
        f'  UserKnownHostsFile "{lab.state}/known_hosts"',
        "  StrictHostKeyChecking yes",
        "  BatchMode yes",
        "  ConnectTimeout 10",
        "  LogLevel ERROR",
        "",
    ]
    lab.ssh_config.write_text("\n".join(lines))


def _answers(lab: Lab, host: str) -> bool:
    return run(["ssh", "-F", str(lab.ssh_config), host, "true"], check=False).returncode == 0
