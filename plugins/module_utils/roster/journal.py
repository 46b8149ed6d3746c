# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Several files of a site changed as one: a run that is killed between two of them is finished by the next.

What will be written is first written down, in one file (`begin`). As long as that file is there, the change
is pending, and `recover` completes it from any point; a file that somebody has changed since stops it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from ..host.files import read_or_none, write
from ..parsing.problems import Problem

FILE = "roster/.unfinished.json"  # hidden, so that nobody reads it as a part of the roster


def replace_files(site: Path, files: Mapping[str, bytes | None]) -> list[Problem]:
    """Give each file, named below the site, its new content, or remove it (None)."""
    begin(site, files)
    return recover(site)[1]


def begin(site: Path, files: Mapping[str, bytes | None]) -> None:
    """Write down what the files are to hold."""
    entries = {
        name: {"before": _digest(read_or_none(site / name)), "after": _text(content)}
        for name, content in files.items()
    }
    write(site / FILE, json.dumps(entries, ensure_ascii=False).encode(), 0o600)


def pending(site: Path) -> bool:
    """Say whether a run was killed while it wrote."""
    return (site / FILE).exists()


def recover(site: Path) -> tuple[list[str], list[Problem]]:
    """Write what a journal says and is not written yet; nothing at all if a file is neither old nor new.

    Returns the files that were written or removed.
    """
    data = read_or_none(site / FILE)
    if data is None:
        return [], []
    try:
        entries = {name: (entry["before"], entry["after"]) for name, entry in json.loads(data).items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        return [], [Problem(FILE, 0, "", "restructure_journal")]
    found = {name: read_or_none(site / name) for name in entries}
    waiting = sorted(name for name, (_, after) in entries.items() if _text(found[name]) != after)
    foreign = [name for name in waiting if _digest(found[name]) != entries[name][0]]
    if foreign:
        return [], [Problem(name, 0, "", "restructure_foreign", "", FILE) for name in foreign]
    for name in waiting:
        _put(site / name, entries[name][1])
    (site / FILE).unlink()
    return waiting, []


def _put(path: Path, text: str | None) -> None:
    """Write or remove one file; it keeps the rights that it has."""
    if text is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, text.encode(), path.stat().st_mode & 0o777 if path.exists() else 0o644)


def _text(content: bytes | None) -> str | None:
    return None if content is None else content.decode("utf-8", "surrogateescape")


def _digest(content: bytes | None) -> str:
    return "" if content is None else hashlib.sha256(content).hexdigest()
