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
    """Return the login names whose sessions an earlier run did not end."""
    return files.read_note(file, set, set())


def begin(names: Iterable[str], file: Path = TO_END) -> list[str]:
    """Add login names to the note; return all of it, sorted. The caller holds the lock of its host."""
    every = sorted(pending(file) | set(names))
    files.write(file, json.dumps(every).encode(), 0o600)
    return every
