"""Handing in mail step by step, so that a test sees at which step the server said what."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage

from .lab import Account, Lab

# An outside client names itself after its own domain.
HELO = "client.outside.example"
OFFICE = "pc.gialai.gov.vn"
TIMEOUT = 30


@dataclass(frozen=True)
class Reply:
    """The last word of the server, and the step that it answers."""

    step: str
    code: int
    text: str

    @property
    def accepted(self) -> bool:
        """The server has taken the message over."""
        return self.step == "message" and self.code == 250

    @property
    def try_later(self) -> bool:
        """The server is there but cannot now, or is not there at all: the client keeps the message."""
        return 400 <= self.code < 500 or self.step == "no connection"

    @property
    def refused(self) -> bool:
        return 500 <= self.code < 600


@contextmanager
def outside(lab: Lab, *, tls: bool = False) -> Iterator[smtplib.SMTP]:
    """Come in on port 25, as any mail server of the world does."""
    with smtplib.SMTP(lab.smtp.address, lab.smtp.port, HELO, timeout=TIMEOUT) as session:
        session.ehlo()
        if tls:
            session._host = lab.host  # type: ignore[attr-defined]  # the name to find in the certificate
            session.starttls(context=lab.trust())
            session.ehlo()
        yield session


@contextmanager
def submission(lab: Lab, *, implicit_tls: bool = False, tls: bool = True) -> Iterator[smtplib.SMTP]:
    """Come in as a mail program on 587 (or 465), not logged in yet."""
    session: smtplib.SMTP
    if implicit_tls:
        session = _ImplicitTLS(lab)
    else:
        session = smtplib.SMTP(lab.submission.address, lab.submission.port, OFFICE, timeout=TIMEOUT)
    with session:
        session.ehlo()
        if tls and not implicit_tls:
            session._host = lab.host  # type: ignore[attr-defined]
            session.starttls(context=lab.trust())
            session.ehlo()
        yield session


class _ImplicitTLS(smtplib.SMTP_SSL):
    """Connect to an address while asking for the certificate of a name."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        where = lab.submissions
        super().__init__(where.address, where.port, OFFICE, timeout=TIMEOUT, context=lab.trust())

    def _get_socket(self, host: str, port: int, timeout: float) -> ssl.SSLSocket:
        connection = socket.create_connection((host, port), timeout)
        return self._lab.trust().wrap_socket(connection, server_hostname=self._lab.host)


def login(session: smtplib.SMTP, account: Account) -> None:
    """Log in with one attempt (smtplib's own `login` tries another mechanism after a refusal)."""
    session.user, session.password = account.address, account.password
    session.auth("PLAIN", session.auth_plain)


def hand_in(
    session: smtplib.SMTP, sender: str, recipient: str, content: bytes, *, declared_size: int | None = None
) -> Reply:
    """Go through MAIL, RCPT and DATA and stop where the server says no."""
    options = ["BODY=8BITMIME"] + ([f"SIZE={declared_size}"] if declared_size is not None else [])
    steps: tuple[tuple[str, Callable[[], tuple[int, bytes]]], ...] = (
        ("MAIL", lambda: session.mail(sender, options)),
        ("RCPT", lambda: session.rcpt(recipient)),
        ("message", lambda: session.data(content)),
    )
    for step, take in steps:
        try:
            reply = _reply(step, take())
        except smtplib.SMTPDataError as error:  # the answer to DATA, before the message
            reply = _reply("DATA", (error.smtp_code, error.smtp_error))
        if reply.code != 250:
            return reply
    return reply


def send(
    lab: Lab,
    message: EmailMessage,
    *,
    sender: str | None = None,
    by: Account | None = None,
    above: bytes = b"",
) -> Reply:
    """Send a message from outside, or as an officer who logs in; return the last answer, whatever it is.

    `sender` is the envelope's, where it is not what the header says; `above` are header lines put on top.
    """
    try:
        with submission(lab) if by else outside(lab) as session:
            if by:
                login(session, by)
            return hand_in(
                session,
                str(message["From"]) if sender is None else sender,
                str(message["To"]),
                above + message.as_bytes(),
            )
    except smtplib.SMTPAuthenticationError as error:
        return _reply("AUTH", (error.smtp_code, error.smtp_error))
    except smtplib.SMTPConnectError as error:
        return _reply("connect", (error.smtp_code, error.smtp_error))
    except (ConnectionError, TimeoutError, smtplib.SMTPServerDisconnected) as error:
        return Reply("no connection", 0, str(error))


def _reply(step: str, answer: tuple[int, bytes | str]) -> Reply:
    code, text = answer
    return Reply(step, code, text.decode(errors="replace") if isinstance(text, bytes) else text)
