# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Copyright: contributors to congvu.mail
"""What is still to be done on a host after its files changed: notes that outlive a run that was killed.

A note is written before the first file is replaced (`begin`), and removed when what it asks for has succeeded
(`complete`). Whoever comes next, in the same run or a later one, sees it (docs/decisions/pending-work.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from . import files

FOLDER = Path("/var/lib/congvu/pending")
RESTART, RELOAD = "restart", "reload"


def unit(service: str) -> str:
    """Return the full name of a unit of systemd: `slapd` is `slapd.service`."""
    kinds = (".service", ".socket", ".timer")
    return service if service.endswith(kinds) else f"{service}.service"


def names(restart: Iterable[str], reload: Iterable[str], due: Iterable[str]) -> list[str]:
    """Return the names of all notes: of services by what is to be done with them, and of other work."""
    return [
        *(f"{RESTART}-{unit(one)}" for one in restart),
        *(f"{RELOAD}-{unit(one)}" for one in reload),
        *due,
    ]


def begin(wanted: Iterable[str], folder: Path = FOLDER) -> None:
    """Write the notes; they are on disk when this returns. Raises OSError."""
    folder.parent.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    for name in wanted:
        if not (folder / name).exists():
            files.write(folder / name, b"", mode=0o600)


def pending(wanted: Iterable[str], folder: Path = FOLDER) -> list[str]:
    """Return those of the notes that are there."""
    return [name for name in wanted if (folder / name).exists()]


def for_service(service: str, folder: Path = FOLDER) -> str:
    """Return what a service waits for: a restart (which is more), a reload, or nothing."""
    for verb in (RESTART, RELOAD):
        if (folder / f"{verb}-{unit(service)}").exists():
            return verb
    return ""


def complete(service: str, folder: Path = FOLDER) -> None:
    """Remove the notes of a service that now runs with its new files."""
    for verb in (RESTART, RELOAD):
        (folder / f"{verb}-{unit(service)}").unlink(missing_ok=True)
