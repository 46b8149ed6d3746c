"""What the three ways in answer to a login, asked at the same time."""

from __future__ import annotations

import imaplib
import smtplib
from concurrent.futures import Future, ThreadPoolExecutor

from . import imap
from .lab import Account, Lab
from .managesieve import ManageSieve
from .smtp import login, submission

OK = "OK"
# "Try later", by protocol: RFC 5530, RFC 4954, RFC 5804.
LATER = {"imap": "[UNAVAILABLE]", "submission": "454 4.7.0", "sieve": "NO (TRYLATER)"}


def of_imap(lab: Lab, account: Account) -> str:
    try:
        with imap.connection(lab) as session:
            return str(session.login(account.address, account.password)[0])
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        (said,) = error.args
        return said.decode() if isinstance(said, bytes) else str(said)


def of_submission(lab: Lab, account: Account) -> str:
    try:
        with submission(lab) as session:
            login(session, account)
            return OK
    except smtplib.SMTPAuthenticationError as error:
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode() if isinstance(said, bytes) else said}"


def of_sieve(lab: Lab, account: Account) -> str:
    with ManageSieve(lab) as session:
        status, said = session.login(account)
    return OK if status == OK else said.strip()


WAYS = {"imap": of_imap, "submission": of_submission, "sieve": of_sieve}


class Asked:
    """Logins that are under way; `answers` waits for them."""

    def __init__(self, lab: Lab, *accounts: Account) -> None:
        """Log in by every way, each as one of the accounts in turn."""
        self._pool = ThreadPoolExecutor(len(WAYS))
        self._asked: dict[str, Future[str]] = {
            way: self._pool.submit(ask, lab, accounts[number % len(accounts)])
            for number, (way, ask) in enumerate(WAYS.items())
        }

    def answers(self) -> dict[str, str]:
        """Return what each way said."""
        with self._pool:
            return {way: asked.result() for way, asked in self._asked.items()}


def is_later(way: str, said: str) -> bool:
    return said.startswith(LATER[way])
