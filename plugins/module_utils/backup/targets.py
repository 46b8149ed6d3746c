# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where the backups of a host go, how its repositories are reached, and what a backup in one of them is.

There are two edges to borg, for two reasons: backups are made by borgmatic, which knows their rules
(`borgmatic.py`); a restore asks borg itself, because a host that was lost has no configuration of borgmatic
yet (`restore/repository.py`). This they share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

FOLDER = Path("/etc/congvu/backup")
SETTINGS = FOLDER / "client.json"
# As `ssh_command` of borgmatic has it: the host's own key, and only host keys that the site wrote down.
SSH = (
    f"ssh -i {FOLDER}/id_ed25519 -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=yes "
    f"-o UserKnownHostsFile={FOLDER}/known_hosts -o GlobalKnownHostsFile=/dev/null "
    "-o ConnectTimeout=20 -o ServerAliveInterval=30 -o ServerAliveCountMax=4"
)
# As `lock_wait` of borgmatic: as long as the backup host may check the repository.
LOCK_WAIT = timedelta(minutes=30)
TIME = "%Y-%m-%dT%H:%M:%SZ"  # the end of a backup's name, UTC


class BackupError(Exception):
    """A backup cannot be made, reached or read; the text says why."""


class BorgError(BackupError):
    """The repository is away or damaged, or refused; the text is what borg said."""


@dataclass(frozen=True)
class Target:
    """Where backups of this host go. `kept`: the first backup host thins them out there."""

    label: str
    repository: str  # its address, as borg takes it
    host_key: str = ""
    kept: bool = True


@dataclass(frozen=True)
class BackupArchive:
    """One backup in a repository.

    `time` (aware, UTC) is when borg began to read; of one that a restore chooses, by its name, when its
    consistent snapshot was. `id` is borg's, where it was asked for.
    """

    name: str
    time: datetime
    id: str = ""


def targets(client: Mapping[str, Any]) -> tuple[Target, ...]:
    """Return the targets of a host from the settings that the role `backup` wrote. Raises KeyError."""
    return tuple(
        Target(one["label"], one["repository"], one["host_key"], one.get("kept", True))
        for one in client["repositories"]
    )


def stamp(name: str, host: str) -> datetime | None:
    """Return the time in the name of an archive, by which a restore chooses; None: no restore takes it."""
    try:
        return datetime.strptime(name, f"{host.replace('%', '%%')}-{TIME}").replace(tzinfo=UTC)
    except ValueError:
        return None


def named(names: Iterable[str], host: str) -> list[BackupArchive]:
    """Return the backups of a host by their names, oldest first; `NAME.checkpoint` and the like are none."""
    found = [BackupArchive(name, time) for name in names if (time := stamp(name, host))]
    return sorted(found, key=lambda one: one.time)
