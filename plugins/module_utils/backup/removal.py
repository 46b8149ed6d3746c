# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the law orders removed goes out of every backup before its time: by the retention job alone.

The archives keep their names and times and lose some paths; then the room of these is freed. What was found
before and what is left afterwards is printed, and stands in the audit log of the backup host. A path that no
archive has is refused, and nothing is removed: it is a typing mistake, and no order is done by one.
"""

from __future__ import annotations

import re
import sys
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from ..host import audit
from . import facts, history, retention
from .drill import MESSAGE
from .history import History
from .retention import KeptRepository, Settings
from .targets import BackupArchive, BorgError

# Dovecot keeps headers of messages there, and makes it anew.
CACHE = "dovecot.index.cache"
DEPTH = 6  # parts of srv/mail/s01/p/91/GL-0005, the path of a mailbox
FOLDERS = ("mail", "mailboxes")  # the folders of a mailbox are below
CHECKPOINT = ".checkpoint"  # in the name of an archive that was cut short (borg 1.4, Manifest)


@dataclass(frozen=True)
class Order:
    """What is removed of the backups of a host; paths as `wanted` returns them."""

    host: str
    paths: tuple[str, ...]
    reference: str
    who: str


@dataclass(frozen=True)
class Inventory:
    """What a repository has of it."""

    known: History
    archives: int
    having: tuple[BackupArchive, ...]  # also those with nothing but a part of it beside
    with_files: int  # how many of these have a file of it
    files: Mapping[str, int]  # files at each path, in all archives together


def wanted(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the paths as archives have them; folders of a mailbox may be written as people see them.

    Raises ValueError for what is no mailbox, message or archive: nobody removes all of /etc by mistake.
    """
    found: list[str] = []
    for given in paths:
        parts = PurePosixPath(given.lstrip("/")).parts
        if len(parts) < DEPTH or ".." in parts or parts[0] != "srv":
            raise ValueError(f"{given} is no path of a mailbox, a message or an archive (srv/mail/...)")
        below = next(
            (place + 2 for place in range(len(parts)) if parts[place : place + 2] == FOLDERS), len(parts)
        )
        found.append("/".join((*parts[:below], *map(folder, parts[below:]))))
    return tuple(dict.fromkeys(found))


def folder(name: str) -> str:
    """Return the name of a mailbox's folder as Dovecot has it on disk: modified UTF-7 (RFC 3501, 5.1.3).

    A name that is written so already stays as it is.
    """
    try:
        if _encoded(_decoded(name)) == name:
            return name
    except ValueError:
        pass  # it is no UTF-7
    return _encoded(name)


def still_present(paths: Iterable[str], root: Path = Path("/")) -> list[str]:
    """Return what is still on this host: the next backup would have it again."""
    return [f"/{path}" for path in wanted(paths) if (root / path).exists()]


def run(settings: Settings, order: Order) -> int:
    """Remove it from every repository of the host that is kept from here. 1: it may not be gone from one.

    Raises ValueError where a path is in no archive of any; then nothing was removed.
    """
    of_host = [one for one in retention.repositories(settings) if one.client == order.host]
    if not of_host:
        raise ValueError(f"there are no backups of {order.host} here: {', '.join(settings.clients)}")
    looked: list[tuple[KeptRepository, Inventory]] = []
    for one in of_host:
        try:
            with retention.owned(one, settings.user):
                looked.append((one, _inspect(one, settings, order)))
        except (BorgError, OSError, ValueError, KeyError) as error:
            _failed(one, error)
    if not looked:
        return 1
    _refuse_missing(looked, order)
    for one, found in looked:
        # From here on a run that is killed is no alarm, and the next one of the same order is finished by it.
        known = found.known
        planned = {*known.planned, *(archive.id for archive in found.having)}
        removing = {*known.removing, *order.paths}
        retention.save(one, replace(known, planned=tuple(sorted(planned)), removing=tuple(sorted(removing))))
    done = 0
    for one, found in looked:
        try:
            with retention.owned(one, settings.user):
                said = _remove(one, settings, order, found)
        except (BorgError, OSError, ValueError, KeyError) as error:
            _failed(one, error)
            continue
        audit.record("removed-from-backups", "", order.reference, f"{one.name}: {said}", order.who)
        known = retention.load(one)
        removing = set(known.removing) - set(order.paths)
        retention.save(one, replace(known, removing=tuple(sorted(removing))))
        print(f"{one.name}: {said}", flush=True)
        done += 1
    return 0 if done == len(of_host) else 1


def _inspect(one: KeptRepository, settings: Settings, order: Order) -> Inventory:
    known = retention.begin(one, settings)
    if one.alarms:
        raise BorgError("; ".join(one.alarms))
    known = retention.delete_unfinished(one, known)
    every = facts.archives(one.repository.all_archives())
    having, with_files, files = [], 0, Counter[str]()
    for archive in every:
        held = _files_at(one, archive, _with_caches(order.paths))
        here = Counter(
            {path: sum(name == path or name.startswith(f"{path}/") for name in held) for path in order.paths}
        )
        if held:
            having.append(archive)
        with_files += here.total() > 0
        files += here
    return Inventory(known, len(every), tuple(having), with_files, files)


def _refuse_missing(looked: Iterable[tuple[KeptRepository, Inventory]], order: Order) -> None:
    missing = [
        path
        for path in order.paths
        if not any(found.files[path] or path in found.known.removing for _, found in looked)
    ]
    if missing:
        where = ", ".join(f"{found.archives} archives of {one.name}" for one, found in looked)
        raise ValueError(f"{', '.join(missing)}: in none of {where}; are folder and UID right?")


def _remove(one: KeptRepository, settings: Settings, order: Order, found: Inventory) -> str:
    excluded = [word for path in _with_caches(order.paths) for word in ("--exclude", f"pp:{path}")]
    for archive in found.having:
        if CHECKPOINT not in archive.name:
            one.repository.borg("recreate", *excluded, f"::{archive.name}")
    # All of them: one may have half of a message, which borg does not list.
    for archive in facts.archives(one.repository.all_archives()):
        if CHECKPOINT in archive.name:
            one.repository.borg("delete", f"::{archive.name}")
    every = facts.archives(one.repository.all_archives())
    # Of a backup that was made meanwhile Dovecot's file is another one.
    left = [archive.name for archive in every if _files_at(one, archive, order.paths)]
    if left:
        raise BorgError(f"still in {', '.join(left)}")
    one.archives = facts.archives(one.repository.archives())
    known = history.accepted(retention.load(one), one.archives, retention.fingerprint(one))
    retention.free_room(one, known, settings.late_hours)
    if one.alarms:
        raise BorgError("; ".join(one.alarms))
    resumed = ", after a run that was killed" if set(order.paths) & set(found.known.removing) else ""
    return (
        f"{', '.join(order.paths)}: {sum(found.files.values())} files were in {found.with_files} of "
        f"{found.archives} archives{resumed}; none is in any of {len(every)} now, and their room is freed"
    )


def _files_at(one: KeptRepository, archive: BackupArchive, paths: Iterable[str]) -> list[str]:
    """Return the files that an archive has at these paths."""
    return one.repository.borg("list", "--short", f"::{archive.name}", *paths).splitlines()


def _with_caches(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the paths, and beside a message what else holds a part of it."""
    found: list[str] = []
    for path in paths:
        found.append(path)
        if MESSAGE.search(path):
            found.append(str(PurePosixPath(path).with_name(CACHE)))
    return tuple(dict.fromkeys(found))


def _failed(one: KeptRepository, error: Exception) -> None:
    print(f"{one.name}: not removed: {error}", file=sys.stderr, flush=True)


def _encoded(name: str) -> str:
    return re.sub(
        "[^ -~]+",
        lambda run: "&" + _base64(run[0].encode("utf-16-be")) + "-",
        name.replace("&", "&-"),
    )


def _base64(content: bytes) -> str:
    return b64encode(content, b"+,").decode().rstrip("=")


def _decoded(name: str) -> str:
    return re.sub("&([^-]*)-", lambda run: _text(run[1]) if run[1] else "&", name)


def _text(shifted: str) -> str:
    return b64decode(shifted + "=" * (-len(shifted) % 4), b"+,").decode("utf-16-be")
