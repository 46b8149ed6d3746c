# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A mail to the operators when a unit failed: plain text, the end of its journal, once a day per unit."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any

from .. import clock
from ..host import files
from ..host.smtp import Mailer

ALERTS = Path("/var/lib/congvu/backup/alerts")
LINES = 30


@dataclass(frozen=True)
class Settings:
    """Who writes to whom, and through which mail exchangers."""

    host: str
    to: tuple[str, ...]
    sender: str
    mx: tuple[str, ...]
    port: int

    @classmethod
    def read(cls, path: Path) -> tuple[Settings | None, list[str]]:
        """Read the file, or say what is wrong with it."""
        return files.read_settings(path, lambda read: cls._parse(read["alert"]))

    @classmethod
    def _parse(cls, said: Mapping[str, Any]) -> Settings:
        return cls(said["host"], tuple(said["to"]), said["sender"], tuple(said["mx"]), said["port"])


def compose(settings: Settings, unit: str, journal: str, now: datetime) -> bytes:
    """Write the mail."""
    message = EmailMessage()
    message["From"] = settings.sender
    message["To"] = ", ".join(settings.to)
    message["Subject"] = f"{settings.host}: {unit} failed"
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=settings.host)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        f"{unit} failed on {settings.host}, {now:%d/%m/%Y %H:%M}. The last lines of its journal:\n\n"
        f"{journal.rstrip()}\n\n"
        f"On the host: systemctl status {unit}; journalctl -u {unit}; congvu-backup status\n"
        "What to do: docs/backup.md, section Alerts. This mail comes at most once a day for each unit.\n"
    )
    return message.as_bytes()


def send(settings: Settings, unit: str) -> None:
    """Send it, unless one went out today. Raises MailerError: the unit is started again until it went out."""
    ALERTS.mkdir(mode=0o700, exist_ok=True)
    now = clock.now()
    with Mailer(settings.mx, settings.port, settings.sender, ALERTS) as mailer:
        mailer.send(f"{now.date()} {unit}", lambda: compose(settings, unit, _journal(unit), now), settings.to)


def _journal(unit: str) -> str:
    asked = ["/usr/bin/journalctl", f"--unit={unit}", f"--lines={LINES}", "--no-pager", "--output=short-iso"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout or done.stderr
