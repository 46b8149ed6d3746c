# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whose sessions have to end: a note on the directory host, so that a run that is stopped forgets nobody.

A name is noted before its account is changed (`begin`). The play ends the sessions on every host and then
removes the note (`playbooks/tasks/end_sessions.yml`), which completes it; until then each run of any play
ends those of all names that are `pending`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from . import files

TO_END = Path("/var/lib/congvu/sessions-to-end.json")


def pending(file: Path = TO_END) -> set[str]:
    """Return the login names whose sessions an earlier run did not end; of a note that is none, nobody."""
    return set(_names(files.read_or_none(file) or b"[]") or ())


def repair(file: Path = TO_END) -> list[str]:
    """Set a note aside that cannot be read, and return what an operator is told of it."""
    content = files.read_or_none(file)
    if content is None or _names(content) is not None:
        return []
    aside = files.set_aside(file, content)
    return [
        f"{file} cannot be read and is {aside.name} now: whose sessions an earlier run was about to end "
        "is not known, and the stores end those of disabled accounts with the next daily pass"
    ]


def _names(content: bytes) -> list[str] | None:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) and all(isinstance(name, str) for name in found) else None


def begin(names: Iterable[str], file: Path = TO_END) -> list[str]:
    """Add login names to the note; return all of it, sorted. The caller holds the lock of its host."""
    every = sorted(pending(file) | set(names))
    files.write(file, json.dumps(every).encode(), 0o600)
    return every
