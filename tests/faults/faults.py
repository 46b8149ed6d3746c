"""What happens to the host. Each fault strikes (`do`), stays for a while, and is taken away (`undo`)."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from random import Random
from typing import Protocol

from tests.faults.host import Host, need, until


class Fault(Protocol):
    """One fault; `do` returns what exactly was drawn, for the table's data.

    `hold` is how long it stays, in seconds, from and to. What comes back by itself has an empty `undo`.
    """

    @property
    def name(self) -> str: ...
    @property
    def hold(self) -> tuple[float, float]: ...
    def do(self, host: Host, random: Random) -> str: ...
    def undo(self, host: Host) -> None: ...


# Units that have to run again by themselves, whatever happened.
UNITS = ("slapd", "postfix", "dovecot", "rspamd", "clamav-daemon", "valkey-server")

# Processes of a unit by the names that the kernel knows them by; no number is ever guessed.
# Some live for one message only: they are looked for until one is met.
KILL = """
killed=0
end=$(($(date +%s) + 90))
while [ $killed = 0 ] && [ $(date +%s) -lt $end ]; do
  for process in $(cat /sys/fs/cgroup/system.slice/{unit}.service/cgroup.procs); do
    read name </proc/$process/comm || continue
    if {what}; then kill -9 $process && killed=$((killed + 1)); fi
  done
done 2>/dev/null
echo $killed
"""


@dataclass
class Kill:
    """`kill -9` of a daemon: of every process of that name, or of the unit's first one."""

    unit: str
    process: str  # as in /proc/*/comm
    words: str = ""  # in the command line, where the name is not enough
    hold: tuple[float, float] = (0.0, 0.0)

    @property
    def name(self) -> str:
        return f"kill -9 {self.unit}: {self.words or self.process}"

    def do(self, host: Host, random: Random) -> str:
        what = f'[ "$name" = "{self.process}" ]'
        if self.words:
            what += f' && tr "\\0" " " </proc/$process/cmdline | grep -qF "{self.words}"'
        killed = int(host.shell(KILL.format(unit=self.unit, what=what)))
        assert killed, f"no process for {self.name}"
        return f"{killed} processes"

    def undo(self, host: Host) -> None:
        pass


@dataclass
class HostKilled:
    """The whole host is killed and started again. Kinder than a power cut: unsynced writes stay."""

    name: str = "whole host killed"
    hold: tuple[float, float] = (0.0, 5.0)

    def do(self, host: Host, random: Random) -> str:
        host.kill()
        return ""

    def undo(self, host: Host) -> None:
        host.boot()
        # The outside server's connections died without a word; it must not wait ten minutes (RFC 5321).
        host.world(f"ss -K dst {host.address} >/dev/null 2>&1 || true")


# A folder becomes a small file system of its own while its services are down, and is filled while they run.
# What was not copied whole is not copied back.
OWN_FILE_SYSTEM = """
mkdir -p /run/faults/old && rm -f /run/faults/whole && mount --bind {path} /run/faults/old
mount -t tmpfs -o size=$(($(du -sk {path} | cut -f1) + 4096))k,mode=755 faults {path}
cp -a /run/faults/old/. {path}/ && touch /run/faults/whole
"""
BACK = """
if [ -e /run/faults/whole ]; then
  find /run/faults/old -mindepth 1 -delete
  cp -a {path}/. /run/faults/old/
fi
for mounted in {path} /run/faults/old; do
  ! mountpoint -q $mounted || umount --lazy $mounted  # a backup may be reading there
done
rm -f /run/faults/whole
"""


def fill(host: Host, path: str) -> None:
    """Write until the file system of a path takes no more."""

    def full() -> bool:
        # More than once: somebody may free a byte. Each ends with "no space left", as it is meant to.
        host.shell(f"cat /dev/zero >>{path}/.full 2>/dev/null || true")
        return host.run("df", "--output=avail", path).split()[-1] == "0"

    assert until("no byte is left", full, within=300), f"{path} is not full"


@dataclass
class DiskFull:
    """No byte is left in the file system of a folder (as a tmpfs: a container cannot mount images)."""

    path: str
    units: tuple[str, ...]  # what writes there
    hold: tuple[float, float] = (4.0, 10.0)

    @property
    def name(self) -> str:
        return f"disk full: {self.path}"

    def do(self, host: Host, random: Random) -> str:
        self._without_services(host, OWN_FILE_SYSTEM)
        fill(host, self.path)
        return ""

    def undo(self, host: Host) -> None:
        host.run("rm", "-f", f"{self.path}/.full")
        self._without_services(host, BACK)

    def _without_services(self, host: Host, script: str) -> None:
        if self.units:
            host.run("systemctl", "stop", *self.units)
        try:
            host.from_machine(script.format(path=self.path))
        finally:
            if self.units:
                host.run("systemctl", "start", *self.units)


@dataclass
class TmpfsFull:
    """No byte is left in a file system that is in memory anyway."""

    path: str
    hold: tuple[float, float] = (4.0, 10.0)

    @property
    def name(self) -> str:
        return f"disk full: {self.path}"

    def do(self, host: Host, random: Random) -> str:
        host.from_machine(
            f"mount -o remount,size=$(($(df --output=used {self.path} | tail -1) + 1024))k {self.path}"
        )
        fill(host, self.path)
        return ""

    def undo(self, host: Host) -> None:
        host.run("rm", "-f", f"{self.path}/.full")
        host.from_machine(f"mount -o remount,size=50% {self.path}")


@dataclass
class DirectoryReadOnly:
    """slapd answers and takes no change, not even what it notes of logins."""

    name: str = "directory read-only"
    hold: tuple[float, float] = (4.0, 10.0)

    def do(self, host: Host, random: Random) -> str:
        host.shell(
            "mkdir -p /run/faults && cp -a /etc/ldap/slapd.conf /run/faults/slapd.conf"
            " && sed -i 's/^database mdb$/&\\nreadonly on/' /etc/ldap/slapd.conf"
            " && grep -q '^readonly on' /etc/ldap/slapd.conf && systemctl restart slapd"
        )
        return ""

    def undo(self, host: Host) -> None:
        host.shell("cp -a /run/faults/slapd.conf /etc/ldap/slapd.conf && systemctl restart slapd")


@dataclass
class DnsGone:
    """The resolver of all hosts is away: it refuses, or it says nothing at all."""

    silent: bool
    hold: tuple[float, float] = (5.0, 12.0)

    @property
    def name(self) -> str:
        return f"DNS gone: {'no answer' if self.silent else 'refused'}"

    def do(self, host: Host, random: Random) -> str:
        host.world("systemctl kill -s STOP dnsmasq" if self.silent else "systemctl stop dnsmasq")
        return ""

    def undo(self, host: Host) -> None:
        host.world("systemctl kill -s CONT dnsmasq" if self.silent else "systemctl start dnsmasq")


@dataclass
class ValkeyLost:
    """Valkey dies, and all it knew is gone."""

    name: str = "Valkey lost with its data"
    hold: tuple[float, float] = (0.0, 3.0)

    def do(self, host: Host, random: Random) -> str:
        host.shell("systemctl kill -s KILL valkey-server; rm -rf /var/lib/valkey/*")
        return ""

    def undo(self, host: Host) -> None:
        pass


@dataclass
class SlowDisk:
    """Every wait for the disk takes longer, in all that writes mail or accounts (strace holds up fsync)."""

    name: str = "slow disk"
    hold: tuple[float, float] = (6.0, 12.0)
    units: tuple[str, ...] = ("postfix", "dovecot", "slapd")
    _strace: subprocess.Popen[bytes] | None = None

    def do(self, host: Host, random: Random) -> str:
        need("strace")
        delay = random.choice((0.1, 0.5, 2.0))
        calls = "fsync,fdatasync,msync,sync_file_range"
        processes = [f"-p{pid}" for unit in self.units for pid in host.processes(f"{unit}.service")]
        assert processes
        self._strace = subprocess.Popen(
            [
                *("strace", "-f", "-qq", "-o/dev/null", f"-etrace={calls}"),
                *(f"-einject={calls}:delay_enter={delay * 1_000_000:.0f}", *processes),
            ],
            stderr=subprocess.DEVNULL,
        )
        return f"{delay:g} s"

    def undo(self, host: Host) -> None:
        if self._strace:
            self._strace.terminate()
            self._strace.wait(120)
            self._strace = None


# Debian's own upgrades may be at work.
APT_GET = "apt-get -o DPkg::Lock::Timeout=300"
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
# What a daemon that starts others leaves of its environment is said in its own configuration.
LET_THROUGH = {
    "postfix": 'postconf -e "import_environment=$(postconf -h import_environment) LD_PRELOAD FAKETIME"',
    "dovecot": "sed -i 's#^import_environment {{#&\\n  LD_PRELOAD = {lib}\\n  FAKETIME = {jump}#' {file}",
    "clamav-daemon": "true",
}
CONFIGURATION = {
    "postfix": "/etc/postfix/main.cf",
    "dovecot": "/etc/dovecot/dovecot.conf",
    "clamav-daemon": "/etc/clamav/clamd.conf",
}


@dataclass
class ClockJump:
    """One daemon is started again with another clock, then with the right one (libfaketime).

    The machine's own clock is never touched. slapd, Rspamd and Valkey do not start under libfaketime.
    """

    unit: str
    hold: tuple[float, float] = (4.0, 8.0)

    @property
    def name(self) -> str:
        return f"clock jump: {self.unit}"

    def do(self, host: Host, random: Random) -> str:
        # In 400 days any queue is too old: Postfix would send back what it has, rightly.
        far = [] if self.unit == "postfix" else ["+400d"]
        jump = random.choice(["+1h", "-1h", "+36h", "-36h", *far])
        file = CONFIGURATION[self.unit]
        host.shell(
            f"test -e {FAKETIME} || {APT_GET} install -qq -y --no-install-recommends faketime >/dev/null"
        )
        host.shell(
            f"mkdir -p /run/faults {self._drop_in} && cp -a {file} /run/faults/clock"
            f" && {LET_THROUGH[self.unit].format(lib=FAKETIME, jump=jump, file=file)}"
            f" && printf '[Service]\\nEnvironment=LD_PRELOAD={FAKETIME} FAKETIME={jump}\\n'"
            f" >{self._drop_in}/zz-faults.conf"
            f" && systemctl daemon-reload && systemctl restart {self.unit}"
        )
        # Those that daemons start are meant above all.
        least = 1 if self.unit == "clamav-daemon" else 3
        seen = until("another clock", lambda: self._faked(host) >= least, within=90)
        assert seen, "the clock is the host's"
        return jump

    def undo(self, host: Host) -> None:
        host.shell(
            f"cp -a /run/faults/clock {CONFIGURATION[self.unit]}; rm -f {self._drop_in}/zz-faults.conf"
            f" && systemctl daemon-reload && systemctl restart {self.unit}"
        )

    def _faked(self, host: Host) -> int:
        """Return how many processes have another clock; only the machine may look."""
        return sum("libfaketime" in text for text in map(host.maps, host.processes(f"{self.unit}.service")))

    @property
    def _drop_in(self) -> str:
        return f"/run/systemd/system/{self.unit}.service.d"


@dataclass
class Reinstalled:
    """apt installs the packages of a part again, with all that their scripts do to a running service."""

    part: str
    pattern: str  # of package names, for dpkg-query(1)
    hold: tuple[float, float] = (0.0, 0.0)

    @property
    def name(self) -> str:
        return f"packages installed again: {self.part}"

    def do(self, host: Host, random: Random) -> str:
        listed = host.shell(f"dpkg-query -W -f '${{db:Status-Abbrev}} ${{Package}}\\n' {self.pattern}")
        packages = [line.split()[1] for line in listed.splitlines() if line.startswith("ii")]
        host.shell(
            f"DEBIAN_FRONTEND=noninteractive {APT_GET} install -qq -y --reinstall -o Dpkg::Use-Pty=0"
            f" -o Dpkg::Options::=--force-confold {' '.join(packages)} >/dev/null",
            within=600,
        )
        return f"{len(packages)} packages"

    def undo(self, host: Host) -> None:
        pass
