# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the law orders removed goes out of every backup before its time: by the keeper, which alone can.

The archives keep their names and times and lose some paths; then the room of these is freed. What was found
before and what is left afterwards is printed, and stands in the audit log of the backup host.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from .. import audit
from . import facts, history, keeper
from .borg import BorgError
from .drill import MESSAGE
from .facts import Archive
from .keeper import Kept, Settings

# Dovecot keeps headers of messages there, and makes it anew.
CACHE = "dovecot.index.cache"
DEPTH = 6  # parts of srv/mail/s01/p/91/GL-0005, the path of a mailbox


@dataclass(frozen=True)
class Order:
    """What is removed of the backups of a host; paths as `wanted` returns them."""

    host: str
    paths: tuple[str, ...]
    reference: str
    who: str


def wanted(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the paths as archives have them, and beside a message what else holds a part of it.

    Raises ValueError for what is no mailbox, message or archive: nobody removes all of /etc by mistake.
    """
    found: list[str] = []
    for given in paths:
        path = PurePosixPath(given.lstrip("/"))
        if len(path.parts) < DEPTH or ".." in path.parts or path.parts[0] != "srv":
            raise ValueError(f"{given} is no path of a mailbox, a message or an archive (srv/mail/...)")
        found.append(str(path))
        if MESSAGE.search(str(path)):
            found.append(str(path.with_name(CACHE)))
    return tuple(dict.fromkeys(found))


def run(settings: Settings, order: Order) -> int:
    """Remove it from every repository of the host that is kept from here. 1: it may not be gone from one."""
    of_host = [one for one in keeper.repositories(settings) if one.client == order.host]
    if not of_host:
        raise ValueError(f"there are no backups of {order.host} here: {', '.join(settings.clients)}")
    failed = False
    for one in of_host:
        try:
            with keeper.owned(one, settings.user):
                said = _remove(one, settings, order.paths)
        except (BorgError, OSError, ValueError, KeyError) as error:
            failed, said = True, f"not removed: {error}"
        else:
            audit.record("removed-from-backups", "", order.reference, f"{one.name}: {said}", order.who)
        print(f"{one.name}: {said}", file=sys.stderr if failed else sys.stdout, flush=True)
    return 1 if failed else 0


def _remove(one: Kept, settings: Settings, paths: tuple[str, ...]) -> str:
    known = keeper.begin(one, settings)
    if one.alarms:
        raise BorgError("; ".join(one.alarms))
    known = keeper.clear(one, known)
    having = {archive: number for archive in one.archives if (number := _held(one, archive, paths))}
    # A run that is killed now is no alarm.
    known = replace(known, planned=tuple(sorted({*known.planned, *(archive.id for archive in having)})))
    keeper.note(one, known)
    excluded = [word for path in paths for word in ("--exclude", f"pp:{path}")]
    for archive in having:
        one.repository.borg("recreate", *excluded, f"::{archive.name}")
    archives = len(one.archives)
    one.archives = facts.archives(one.repository.archives())
    left = [archive.name for archive in one.archives if _held(one, archive, paths)]
    if left:
        raise BorgError(f"still in {', '.join(left)}")
    keeper.free(one, history.learnt(known, one.archives, keeper.fingerprint(one)), settings.late_hours)
    if one.alarms:
        raise BorgError("; ".join(one.alarms))
    return (
        f"{', '.join(paths)}: {sum(having.values())} files were in {len(having)} of {archives} archives; "
        f"none is in any of {len(one.archives)} now, and their room is freed"
    )


def _held(one: Kept, archive: Archive, paths: Iterable[str]) -> int:
    """Return how many files an archive has at these paths."""
    return len(one.repository.borg("list", "--short", f"::{archive.name}", *paths).splitlines())
