# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files that a crash leaves whole (the old one or the new one, never half of one), and a lock on a folder."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder's lock, which ends with the process; raises BlockingIOError while another one has it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)
