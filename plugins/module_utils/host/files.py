# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files that a crash leaves whole (the old one or the new one, never half of one), and a lock on a folder.

A reader of a host's file returns `(value, problems)`, each problem a sentence for who operates the host.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

# On the directory host. Who writes accounts or passwords holds its lock: a pass that read an account before a
# reset would take the new password away.
SEALED = Path("/var/lib/congvu/sealed")


def safe_name(text: str) -> str:
    """Return a text as part of a file name; what does not suit one is written as `=XX`, so two never meet."""
    return re.sub(rb"[^A-Za-z0-9_.-]", lambda found: b"=%02X" % found.group()[0], text.encode()).decode()


def read_or_none(path: Path) -> bytes | None:
    """Return what the file holds, or None if there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def read_json(path: Path, parse: Callable[[Any], T]) -> tuple[T | None, list[str]]:
    """Return what `parse` makes of a JSON file, or what is wrong; a file that is not there is neither.

    `parse` raises ValueError, KeyError, TypeError or AttributeError for JSON of another shape.
    """
    try:
        content = read_or_none(path)
        return (None if content is None else parse(json.loads(content))), []
    except OSError as error:
        return None, [f"{path} cannot be read: {error.strerror}"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return None, [f"{path} cannot be used ({error!r})"]


def read_settings(path: Path, parse: Callable[[Any], T]) -> tuple[T | None, list[str]]:
    """Read what a role wrote for a program of this host: as `read_json`, but the file has to be there."""
    value, problems = read_json(path, parse)
    if value is None and not problems:
        problems = [f"{path} is missing"]
    return value, [f"{problem}: run playbooks/site.yml again" for problem in problems]


def read_note(path: Path, parse: Callable[[Any], T], empty: T) -> T:
    """Read what this code itself wrote in one step; `empty` where there is nothing.

    Raises ValueError, which names the file: nothing but damage makes it another, and no work goes on then.
    """
    value, problems = read_json(path, parse)
    if problems:
        raise ValueError("; ".join(problems))
    return empty if value is None else value


def write(path: Path, content: bytes, mode: int, group: int = -1) -> None:
    """Put `content` at `path` in one step; it is on disk before this returns, and never open to others."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    # What a process of this number left that was killed, before the host was started anew.
    temporary.unlink(missing_ok=True)
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            os.fchown(file.fileno(), -1, group)
            os.fchmod(file.fileno(), mode)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def set_aside(path: Path, content: bytes) -> Path:
    """Move a file that cannot be read, and holds `content`, beside itself; return where it is now."""
    aside = path.with_name(f"{path.name}.unreadable-{hashlib.sha256(content).hexdigest()[:8]}")
    path.replace(aside)
    return aside


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder's lock, which ends with the process; raises BlockingIOError while another one has it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)
