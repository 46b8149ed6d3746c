# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The audit log of a host: who did what to which account, when, and on whose decision.

JSON lines, only ever appended to (docs/decisions/audit-log.md), one for each step:
``{"time", "who", "what", "account", "reference", "text"}``. `time` is ISO 8601 in Vietnamese time, `who` an
operator or "timer", `what` a word (an event's, "pass", "torn-line", or a store's "archive-made" and
"mail-deleted"), `account` the primary address or empty, `reference` the number of a decision, letter or
ticket, or empty.
"""

from __future__ import annotations

import json
import os
import pwd
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .. import clock
from .lines import Reading, append

LOG = Path("/var/log/congvu/audit.jsonl")
TORN = "torn-line"


@dataclass(frozen=True)
class AuditLine:
    """One step; `time` is filled in when it is written."""

    who: str
    what: str
    account: str = ""
    reference: str = ""
    text: str = ""
    time: str = ""


def record(what: str, account: str, reference: str, text: str, who: str, log: Path = LOG) -> None:
    """Append one line."""
    record_all([AuditLine(who, what, account, reference, text)], log)


def record_all(lines: Iterable[AuditLine], log: Path = LOG) -> None:
    """Append lines; they are on disk before this returns. A line that a killed run left torn is set aside."""
    now = clock.now().isoformat()
    texts = [_text(line, now) for line in lines]
    if texts:
        append(log, texts, parse, _torn)


def read(log: Path = LOG) -> Reading[AuditLine]:
    """Return the lines of the log, to be iterated over; what is none is left out, and counted."""
    return Reading(log, parse)


def parse(text: bytes) -> AuditLine:
    """Read one line. Raises ValueError for what is none: half of one, NUL bytes, JSON of another kind."""
    try:
        found = json.loads(text.decode())
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise ValueError("not a line of the audit log")
    try:
        return AuditLine(**found)
    except TypeError as error:
        raise ValueError(str(error)) from error


def unread_words(count: int) -> str:
    """Return what an operator is told of lines that could not be read; nothing if there are none."""
    return f"{count} lines of the audit log {LOG} cannot be read and were left out" if count else ""


def operator(given: str | None = None) -> str:
    """Return who runs this: whom the playbook or the timer names, else who became root by sudo, or is."""
    return given or os.environ.get("SUDO_USER") or pwd.getpwuid(os.getuid()).pw_name


def _text(line: AuditLine, now: str) -> bytes:
    found = {**vars(line), "time": line.time or now}
    # A byte that is no UTF-8 (of a file's name) becomes an escape of JSON.
    return json.dumps(found, ensure_ascii=False).encode(errors="backslashreplace")


def _torn(aside: Path, size: int) -> bytes:
    line = AuditLine("audit", TORN, text=f"{size} bytes that a killed run left are in {aside.name}")
    return _text(line, clock.now().isoformat())
