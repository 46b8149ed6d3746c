# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The audit log of a host: who did what to which account, when, and on whose decision.

JSON lines, only ever appended to (docs/decisions/audit-log.md), one for each step:
``{"time", "who", "what", "account", "reference", "text"}``. `time` is ISO 8601 in Vietnamese time, `who` an
operator or "timer", `what` a word (an event's, "pass", or a store's "archive-made" and "mail-deleted"),
`account` the primary address or empty, `reference` the number of a decision, letter or ticket, or empty.
"""

from __future__ import annotations

import fcntl
import json
import os
import pwd
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from . import clock

LOG = Path("/var/log/congvu/audit.jsonl")


@dataclass(frozen=True)
class Line:
    """One step; `time` is filled in when it is written."""

    who: str
    what: str
    account: str = ""
    reference: str = ""
    text: str = ""
    time: str = ""


def record(what: str, account: str, reference: str, text: str, who: str, log: Path = LOG) -> None:
    """Append one line."""
    record_all([Line(who, what, account, reference, text)], log)


def record_all(lines: Iterable[Line], log: Path = LOG) -> None:
    """Append lines; they are on disk before this returns. A line that a killed run left torn stays alone."""
    now = clock.now().isoformat()
    text = "".join(
        json.dumps({**vars(line), "time": line.time or now}, ensure_ascii=False) + "\n" for line in lines
    )
    if not text:
        return
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if not _ends_a_line(log):
            text = "\n" + text
        content = text.encode()
        while content:
            content = content[os.write(descriptor, content) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(log: Path = LOG) -> Iterator[Line]:
    """Yield the lines of the log; what is no line of ours (torn by a crash) is left out."""
    if not log.exists():
        return
    with log.open(encoding="utf-8", errors="replace") as file:
        for text in file:
            try:
                yield Line(**json.loads(text))
            except (ValueError, TypeError):
                continue


def operator(given: str | None = None) -> str:
    """Return who runs this: whom the playbook or the timer names, else who became root by sudo, or is."""
    return given or os.environ.get("SUDO_USER") or pwd.getpwuid(os.getuid()).pw_name


def _ends_a_line(log: Path) -> bool:
    with log.open("rb") as file:
        if not file.seek(0, os.SEEK_END):
            return True
        file.seek(-1, os.SEEK_END)
        return file.read() == b"\n"
