# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files of lines that are only appended to, by many writers, each of which may be killed at any byte.

What a killed writer (or a power cut) leaves behind the last newline is a torn line. The next writer moves it
into a file of its own beside the log, ``<log>.torn-<offset>-<digest>``, and says so in a line of the log.
Where the file may not be shortened (``chattr +a``) the torn line stays, ended by a newline, so that nothing
hangs on it. A reader goes on past what it cannot read, and counts it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar

from . import files

T = TypeVar("T")
# Of a torn line that is set aside and not yet reported.
UNREPORTED = ".new"
BLOCK = 65536


def append(
    path: Path,
    lines: Iterable[bytes],
    parse: Callable[[bytes], object],
    report: Callable[[Path, int], bytes],
) -> None:
    """Append lines (without newlines); they are on disk before this returns. Raises OSError.

    `parse` raises ValueError for what is no line of this file; `report` returns the line that tells of a torn
    one, from the file that now holds it and its size in bytes.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        begin = _repair(descriptor, path, parse)
        # Also what a writer set aside that was killed before it could say so.
        torn = sorted(path.parent.glob(f"{path.name}.torn-*{UNREPORTED}"))
        reports = [report(one.with_suffix(""), one.stat().st_size) for one in torn]
        content = begin + b"".join(line + b"\n" for line in (*reports, *lines))
        while content:
            content = content[os.write(descriptor, content) :]
        os.fsync(descriptor)
        for one in torn:
            one.replace(one.with_suffix(""))
    finally:
        os.close(descriptor)


class Reading(Generic[T]):
    """The lines of a file, in order, each read by `parse`; `unread` counts those that it could not read."""

    def __init__(self, source: Path | bytes, parse: Callable[[bytes], T]) -> None:
        """Take a file (one that is not there has no lines) or its bytes; `parse` raises ValueError."""
        self.unread = 0
        self._source = source
        self._parse = parse

    def __iter__(self) -> Iterator[T]:
        """Read from the beginning."""
        self.unread = 0
        if isinstance(self._source, bytes):
            yield from self._read(BytesIO(self._source), len(self._source))
            return
        try:
            file = self._source.open("rb")
        except FileNotFoundError:
            return
        with file:
            # While nobody writes: half of a line that is just being written is not a torn one.
            fcntl.flock(file, fcntl.LOCK_SH)
            size = os.fstat(file.fileno()).st_size
            fcntl.flock(file, fcntl.LOCK_UN)
            yield from self._read(file, size)

    def _read(self, file: BinaryIO, size: int) -> Iterator[T]:
        while size > 0 and (line := file.readline(size)):
            size -= len(line)
            if not line.strip():
                continue
            try:
                one = self._parse(line.rstrip(b"\n"))
            except ValueError:
                self.unread += 1
            else:
                yield one


def _repair(descriptor: int, path: Path, parse: Callable[[bytes], object]) -> bytes:
    """Set aside what stands behind the last newline; return what has to be written before the next line."""
    size, torn = _torn(descriptor)
    if not torn:
        return b""
    try:
        parse(torn)
    except ValueError:
        start = size - len(torn)
        name = f"{path.name}.torn-{start}-{hashlib.sha256(torn).hexdigest()[:8]}{UNREPORTED}"
        files.write(path.with_name(name), torn, 0o600)
    else:
        return b"\n"  # nothing but its newline is missing
    try:
        os.ftruncate(descriptor, start)
    except PermissionError:  # chattr +a
        return b"\n"
    return b""


def _torn(descriptor: int) -> tuple[int, bytes]:
    """Return the size of the file, and what stands behind its last newline."""
    size = start = os.fstat(descriptor).st_size
    tail = b""
    while start and b"\n" not in tail:
        length = min(BLOCK, start)
        start -= length
        tail = os.pread(descriptor, length, start) + tail
    return size, tail.rpartition(b"\n")[2]
