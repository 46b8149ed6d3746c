# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Notices on their way out, each sent once, and kept as they were sent.

A notice is a file in the folder of notices, named by its key. While it waits for a mail exchanger its name
begins with a dot; the moment one has taken it over, it loses the dot. A run that is killed finds in the
folder what is sent already. Killed between the two, it sends the same Message-ID once more: a notice that
comes twice is better than a mailbox that is reclaimed without one (GL-13.3-a).
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from pathlib import Path

from .. import clock
from . import files

NOTICES = Path("/var/lib/congvu/notices")
TLS = Path("/etc/congvu/tls")
TIMEOUT = 30  # seconds, for each answer


class MailerError(Exception):
    """The notice did not go out, and stays due."""


@dataclass(frozen=True)
class Sent:
    """On which day a notice went out, and which recipients were refused for good, with the answers."""

    day: date
    refused: tuple[str, ...] = ()


class Mailer:
    """Sends to the first mail exchanger that answers, known by its certificate as we are by ours."""

    def __init__(
        self, hosts: Sequence[str], port: int, sender: str, folder: Path = NOTICES, tls: Path = TLS
    ) -> None:
        """Connect later, when there is something to send."""
        self.hosts, self.port, self.sender, self.folder, self.tls = hosts, port, sender, folder, tls
        self._session: smtplib.SMTP | None = None
        self._away = ""

    def __enter__(self) -> Mailer:
        """Begin a pass."""
        return self

    def __exit__(self, *_: object) -> None:
        """Say goodbye."""
        self._hang_up()

    def sent(self, key: str) -> Sent | None:
        """Return when the notice of this key went out, or None if it is still due. Raises `MailerError`."""
        path = self._path(key)
        try:
            content = files.read_or_none(path)
            return None if content is None else Sent(_day(content))
        except (OSError, ValueError, TypeError) as error:
            raise MailerError(f"{path} cannot be read: {error}") from error

    def send(self, key: str, compose: Callable[[], bytes], recipients: Sequence[str]) -> Sent:
        """Send a notice that is not sent yet, and return when it went out.

        A recipient who is refused for good (an unused mailbox is often a full one) does not keep it from the
        others; if there are no others it is due still. Raises `MailerError`.
        """
        done = self.sent(key)
        if done:
            return done
        content = compose()
        path = self._path(key)
        waiting = path.with_name(f".{path.name}")
        try:
            files.write(waiting, content, 0o600)
            refused = self._deliver(content, recipients)
            waiting.rename(path)
        except OSError as error:  # one name that is too long keeps no other notice back
            raise MailerError(f"{path}: {error.strerror}") from error
        return Sent(_day(content), refused)

    def _path(self, key: str) -> Path:
        return self.folder / f"{files.safe_name(key)}.eml"

    def _deliver(self, content: bytes, recipients: Sequence[str]) -> tuple[str, ...]:
        """Go through one transaction, and return who was refused for good."""
        session = self._connected()
        try:
            answers = [("sender", session.mail(self.sender, ["BODY=8BITMIME"]))]
            answers += [(recipient, session.rcpt(recipient)) for recipient in recipients]
            refused = [
                (answer[0], _answer_text(who, answer)) for who, answer in answers if answer[0] // 100 != 2
            ]
            said = tuple(text for _, text in refused)
            if len(said) >= len(recipients) or any(code < 500 for code, _ in refused):
                session.rset()
                raise MailerError("; ".join(said))
            answer = session.data(content)
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            self._away = f"the mail exchanger gave up: {error}"
            raise MailerError(self._away) from error
        if answer[0] != 250:
            raise MailerError(_answer_text("message", answer))
        return said

    def _connected(self) -> smtplib.SMTP:
        """Return the session; who is away is not asked again in this pass."""
        if self._away:
            raise MailerError(self._away)
        if self._session is None:
            self._session = self._connect()
        return self._session

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context(cafile=str(self.tls / "ca.crt"))
        context.load_cert_chain(self.tls / "host.crt", self.tls / "host.key")
        reasons = []
        for host in self.hosts:
            try:
                session = smtplib.SMTP_SSL(host, self.port, timeout=TIMEOUT, context=context)
                session.ehlo_or_helo_if_needed()
            except (OSError, smtplib.SMTPException) as error:
                reasons.append(f"{host}: {error}")
            else:
                return session
        self._away = f"no mail exchanger takes notices ({'; '.join(reasons)})"
        raise MailerError(self._away)

    def _hang_up(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


def _answer_text(who: str, answer: tuple[int, bytes]) -> str:
    return f"{who}: {answer[0]} {answer[1].decode(errors='replace')}"


def _day(content: bytes) -> date:
    """Return the day of a message, in Vietnam."""
    return parsedate_to_datetime(message_from_bytes(content)["Date"]).astimezone(clock.VIETNAM).date()
