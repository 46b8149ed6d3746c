"""The files of a host before an upgrade, after it, and on a host that was made anew. No host here."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

# Where roles write.
ROOTS = (
    "/etc",
    "/usr/local",
    "/var/lib/congvu",
    "/var/log/congvu",
    "/var/spool/postfix/rspamd",
    "/srv/backup",
)
# Runs on a host: a line of JSON for each file.
LIST = f"""
import grp, hashlib, json, os, pwd, stat
def called(read, number):
    try:
        return read(number)[0]
    except KeyError:
        return str(number)
def entry(path):
    found = os.lstat(path)
    content = ""
    if stat.S_ISLNK(found.st_mode):
        content = os.readlink(path)
    elif stat.S_ISREG(found.st_mode):
        with open(path, "rb") as file:
            content = hashlib.sha256(file.read()).hexdigest()
    own = [oct(found.st_mode), called(pwd.getpwuid, found.st_uid), called(grp.getgrgid, found.st_gid)]
    print(json.dumps([path, own, content, [found.st_ino, found.st_mtime_ns]]))
for root in {ROOTS!r}:
    if os.path.exists(root):
        entry(root)
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            entry(os.path.join(folder, name))
"""
# What is made on each host for itself: an upgrade keeps it, and another host has its own.
OWN = {
    "/etc/congvu/ca/*": "the CA of the site",
    "/etc/congvu/tls/*": "certificates and keys",
    "/etc/congvu/dkim/*": "keys that sign mail",
    "/etc/congvu/backup/id_ed25519*": "the key of backups",
    "/etc/congvu/backup/passphrase": "what opens backups",
    "/etc/ssh/ssh_host_*": "the host's own keys",
    "/etc/ssl/certs/*": "a link is named by what it links to, and the snakeoil pair is each host's own",
    "/etc/ssl/private/*": "the snakeoil pair",
    "/etc/machine-id": "made at the first boot",
    "/etc/ldap/slapd.d/*": "Debian's first configuration, which nothing reads",
}
# What changes by itself while a host runs.
STATE = {
    "/etc/congvu/backup/*.json": "names keys that hosts have made",
    "/etc/congvu/backup/clients/*": "what clients hand in",
    "/etc/congvu/backup/known_hosts": "keys that hosts have made",
    "/etc/group": "numbers follow the order of installation; verify.yml looks at users",
    "/etc/gshadow": "as the groups",
    "/etc/passwd": "as the groups",
    "/etc/shadow": "as the groups; has the day of each change",
    "/etc/group-": "the copy before the last change",
    "/etc/gshadow-": "the copy before the last change",
    "/etc/passwd-": "the copy before the last change",
    "/etc/shadow-": "the copy before the last change",
    "/etc/ld.so.cache": "made at each installation",
    "/etc/mtab": "what is mounted",
    "/etc/resolv.conf": "written at each start of a container",
    "/etc/hosts": "written at each start of a container",
    "/etc/hostname": "written at each start of a container",
    "/srv/backup/*": "backups",
    "/var/lib/congvu/*": "state",
    "/var/log/congvu/*": "logs",
    "/var/spool/postfix/rspamd/*": "sockets",
}


class File(NamedTuple):
    """A file as it lies there: mode, owner and group; digest, or where it links to; inode and time."""

    own: tuple[str, str, str]
    content: str
    written: tuple[int, int]


Tree = dict[str, File]


def parse(text: str) -> Tree:
    """Read what LIST printed."""
    rows = (json.loads(line) for line in text.splitlines())
    return {path: File(tuple(own), content, tuple(written)) for path, own, content, written in rows}


def covered(path: str, patterns: Iterable[str]) -> bool:
    """Say whether a path, or a folder that it is in, is one of these patterns."""
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)


class Differences(NamedTuple):
    """Between two trees: paths that only the second has, only the first, and those that differ."""

    added: list[str]
    removed: list[str]
    changed: list[str]


def differences(first: Tree, second: Tree, leave_out: Mapping[str, str]) -> Differences:
    """Compare rights and content of all files but those of some patterns."""

    def kept(paths: Iterable[str]) -> list[str]:
        return sorted(path for path in paths if not covered(path, leave_out))

    both = first.keys() & second.keys()
    return Differences(
        kept(second.keys() - both),
        kept(first.keys() - both),
        kept(path for path in both if first[path][:2] != second[path][:2]),
    )


def rewritten(before: Tree, after: Tree) -> list[str]:
    """Return files that were written again with what they held already, rights included."""
    return sorted(
        path
        for path in before.keys() & after.keys()
        if before[path][:2] == after[path][:2]
        and before[path].written != after[path].written
        and len(before[path].content) == 64  # a digest: folders change with what is in them
        and not covered(path, STATE)
    )


def findings(before: Tree, after: Tree, fresh: Tree) -> Iterator[str]:
    """Yield what an upgrade did to files and should not have, one line each."""
    ours = {path: file for path, file in before.items() if covered(path, OWN)}
    for path, file in sorted(ours.items()):
        if path not in after:
            yield f"{path} is gone: {_reason(path)}"
        elif after[path][:2] != file[:2]:
            yield f"{path} was made again: {_reason(path)}"
    stale = differences(fresh, after, {**OWN, **STATE})
    yield from (f"{path} is stale: a new host has no such file" for path in stale.added)
    yield from (f"{path} is missing: a new host has it" for path in stale.removed)
    yield from (f"{path} is not as on a new host" for path in stale.changed)
    yield from (f"{path} was written again with what it held" for path in rewritten(before, after))


def _reason(path: str) -> str:
    return next(reason for pattern, reason in OWN.items() if fnmatch.fnmatchcase(path, pattern))
