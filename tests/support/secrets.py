"""Looking for a text wherever it must not be: on the hosts, on this machine, and in lists of processes.

Every search is made twice: first for a mark that was left in each place on purpose. One that does not find
the mark proves nothing about what it did not find.
"""

from __future__ import annotations

import base64
import secrets
import shlex
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .lab import ROOT, Lab

# Where somebody's program might leave something. What is sealed lies in the fourth.
FOLDERS = (
    "/root", "/home", "/tmp", "/var/lib/congvu", "/var/tmp", "/var/log", "/var/cache", "/var/spool",
    "/var/backups", "/etc", "/run", "/dev/shm", "/usr/local", "/opt", "/srv",
)  # fmt: skip
DATABASE = "/var/lib/ldap"
JOURNAL = "journal"
# The texts come by standard input, one a line, and never stand on a command line. grep exits 1 where it finds
# nothing, and 2 for a file that went away meanwhile: what counts is what it prints.
SEARCH = """
journalctl --sync
texts=$(cat)
if journalctl -q --no-pager --output=export | grep -qaF -f <(printf '%s\\n' "$texts"); then echo journal; fi
grep -rlaF -D skip -f <(printf '%s\\n' "$texts") "$@" 2>/dev/null || true
"""
# Remembers every command line and environment that it ever saw, until its input ends; then prints them.
# What has lived for a second is looked at now and then: that leaves time for what lives for milliseconds.
SAMPLER = """
import itertools, os, select, sys, time
seen, born = set(), {}
print("ready", flush=True)
for turn in itertools.count():
    if select.select([sys.stdin], [], [], 0.0005)[0]:
        break
    for process in filter(str.isdigit, os.listdir("/proc")):
        now = time.monotonic()
        if turn % 50 and now - born.setdefault(process, now) > 1:
            continue
        for name in ("cmdline", "environ"):
            try:
                with open(f"/proc/{process}/{name}", "rb", 0) as file:
                    seen.add(file.read())
            except OSError:
                pass
sys.stdout.buffer.write(b"\\n".join(seen))
"""
WAITS = "import sys; sys.stdin.read()"


def forms(text: str) -> list[str]:
    """Return a text as it is, and as LDIF or a log may have it (base64, without its last, uneven signs)."""
    encoded = base64.b64encode(text.encode()).decode().rstrip("=")
    return [text, encoded[: len(encoded) // 4 * 4]]


def on_hosts(lab: Lab, texts: Iterable[str], folders: Iterable[str] = FOLDERS) -> set[tuple[str, str]]:
    """Return where any of the texts is, by host: a file, or the journal."""
    wanted = "".join(f"{form}\n" for text in texts for form in forms(text)).encode()
    found = set()
    for host in lab.every_host:
        told = lab.run(host, "bash", "-c", SEARCH, "search", *folders, stdin=wanted)
        found |= {(host, place) for place in told.splitlines()}
    return found


def prove_search_of_hosts(lab: Lab) -> None:
    """Leave a mark in every place of every host, see that each is found, and take them away."""
    mark = secrets.token_hex(12)
    for host in lab.every_host:
        there = lab.run(host, "ls", "-d", *FOLDERS, check=False).split()
        files = [f"{folder}/.{mark}" for folder in there]
        lab.run(host, "logger", "-t", "e2e", mark)
        try:
            lab.run(host, "tee", *files, stdin=f"some text\0{mark}\n".encode())
            found = {place for at, place in on_hosts(lab, [mark]) if at == host}
        finally:
            lab.run(host, "rm", "-f", *files)
        assert set(files) | {JOURNAL} <= found, f"{host}: not found in {set(files) - found}"


def in_folders(texts: Iterable[str], *folders: Path) -> set[str]:
    """Return the files of this machine, below some folders, that have any of the texts."""
    wanted = [form.encode() for text in texts for form in forms(text)]
    found = set()
    for file in (file for folder in folders for file in folder.rglob("*") if file.is_file()):
        content = file.read_bytes()
        if any(one in content for one in wanted):
            found.add(str(file))
    return found


def in_work_tree(texts: Iterable[str]) -> set[str]:
    """Return the files that have any of the texts, of those that Git has or would take up."""
    patterns = "".join(f"{form}\n" for text in texts for form in forms(text))
    done = subprocess.run(
        ["git", "-C", str(ROOT), "grep", "-lF", "--untracked", "-f", "-"],
        input=patterns, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    return set(done.stdout.splitlines())


class Processes:
    """What the lists of processes showed, by machine."""

    def __init__(self) -> None:
        self.seen: dict[str, bytes] = {}

    def have(self, texts: Iterable[str]) -> set[str]:
        wanted = [form.encode() for text in texts for form in forms(text)]
        return {machine for machine, seen in self.seen.items() if any(one in seen for one in wanted)}


@contextmanager
def watched_processes(lab: Lab) -> Iterator[Processes]:
    """Watch the processes of all hosts and of this machine; two of them, with marks, have to be seen."""
    marks = [secrets.token_hex(12), secrets.token_hex(12)]
    here = [sys.executable, "-c"]
    there = {host: ["ssh", "-F", str(lab.ssh_config), host] for host in lab.every_host}
    marked = ["env", f"MARK={marks[0]}", "python3", "-c", WAITS, marks[1]]
    watching = {"controller": _start([*here, SAMPLER])}
    watching |= {host: _start([*ssh, shlex.join(["python3", "-c", SAMPLER])]) for host, ssh in there.items()}
    waiting = [_start(marked), *(_start([*ssh, shlex.join(marked)]) for ssh in there.values())]
    processes = Processes()
    try:
        for process in watching.values():
            assert process.stdout and process.stdout.readline() == b"ready\n"
        yield processes
    finally:
        for machine, process in watching.items():
            processes.seen[machine] = process.communicate(timeout=300)[0]
        for process in waiting:
            process.communicate(timeout=300)
    for mark in marks:
        assert processes.have([mark]) == set(watching), f"seen on {processes.have([mark])} only"


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
