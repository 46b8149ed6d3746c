"""What kind of machine this is, and how Podman has to be started on it.

On an ordinary machine (cgroup v2, systemd) nothing special is needed, as root or not. Two things that
containers and minimal virtual machines lack can be made up for, as root only:

- cgroup v1 or "hybrid": systemd 257 in the hosts refuses it, so Podman runs in a mount namespace of its own
  that has a cgroup2 file system at /sys/fs/cgroup. Network namespaces are mounts too, so every Podman command
  of every lab has to run in the same one: it is pinned to a file and shared by all checkouts.
- no CAP_SYS_RESOURCE: resource limits cannot be raised again, so they are never lowered.
"""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from lab.shell import LabError, run

RUNTIME = Path("/run/congvu-lab")
NAMESPACE = RUNTIME / "ns"
CAP_SYS_RESOURCE = 24  # capability.h

CONTAINERS_CONF = """\
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
"""


@dataclass(frozen=True)
class Machine:
    """What decides how Podman is started."""

    root: bool
    cgroup2: bool
    systemd: bool
    resources: bool  # CAP_SYS_RESOURCE

    @property
    def ordinary(self) -> bool:
        """Nothing to make up for."""
        return not self.root or (self.cgroup2 and self.systemd and self.resources)


def detect() -> Machine:
    """Look at this machine."""
    capabilities = next(
        int(line.split()[1], 16)
        for line in Path("/proc/self/status").read_text().splitlines()
        if line.startswith("CapEff:")
    )
    machine = Machine(
        root=os.geteuid() == 0,
        cgroup2=Path("/sys/fs/cgroup/cgroup.controllers").exists(),
        systemd=Path("/run/systemd/system").exists(),
        resources=bool(capabilities >> CAP_SYS_RESOURCE & 1),
    )
    if not machine.root and not machine.cgroup2:
        raise LabError(
            "This machine runs cgroup v1, where systemd in a container needs root: run as root, or boot with "
            "systemd.unified_cgroup_hierarchy=1"
        )
    return machine


def _namespace_works() -> bool:
    seen = run(["nsenter", f"--mount={NAMESPACE}", "stat", "-f", "-c", "%T", "/sys/fs/cgroup"], check=False)
    return seen.stdout.strip() == "cgroup2fs"


def _pin_namespace() -> None:
    # A namespace can only be pinned on a mount that is private.
    if run(["mountpoint", "-q", str(RUNTIME)], check=False).returncode:
        run(["mount", "--bind", str(RUNTIME), str(RUNTIME)])
    run(["mount", "--make-private", str(RUNTIME)])
    run(["umount", str(NAMESPACE)], check=False)
    NAMESPACE.touch()
    remount = "umount -R /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup"
    unshare = ["unshare", f"--mount={NAMESPACE}", "--propagation=private", "sh", "-ec", remount]
    # Linux pins a namespace only if its number is above our own's, and deals numbers out by processor.
    said = ""
    for cpu in sorted(os.sched_getaffinity(0)):
        said = run(["taskset", "--cpu-list", str(cpu), *unshare], check=False).stderr.strip()
        if _namespace_works():
            return
    raise LabError(f"This machine has no cgroup v2 and does not let root mount it, as systemd needs: {said}")


def enter_namespace() -> tuple[str, ...]:
    """Make the shared mount namespace where it is missing or died; return the command that enters it."""
    RUNTIME.mkdir(mode=0o700, exist_ok=True)
    with (RUNTIME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _namespace_works():
            _pin_namespace()
    return ("nsenter", f"--mount={NAMESPACE}")
