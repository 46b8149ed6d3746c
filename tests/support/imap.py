"""A mailbox over IMAP: what arrived, where it lies, and how often."""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from .lab import Account, Lab
from .letters import MARK, id_of, parse
from .waiting import wait_for

TIMEOUT = 30
LISTED = re.compile(rb'\((?P<flags>[^)]*)\) (?:"[^"]*"|NIL) (?P<name>.+)')
QUOTA = re.compile(rb"STORAGE (?P<used>\d+) (?P<limit>\d+)")


class _ImplicitTLS(imaplib.IMAP4_SSL):
    """Connect to an address while asking for the certificate of a name."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        super().__init__(lab.imaps.address, lab.imaps.port, ssl_context=lab.trust(), timeout=TIMEOUT)

    def _create_socket(self, timeout: float | None) -> ssl.SSLSocket:
        connection = socket.create_connection((self.host, self.port), timeout)
        return self._lab.trust().wrap_socket(connection, server_hostname=self._lab.host)


@contextmanager
def connection(lab: Lab, *, implicit_tls: bool = True, tls: bool = True) -> Iterator[imaplib.IMAP4]:
    """Connect, not logged in yet: 993, or 143 with STARTTLS, or 143 in the clear."""
    session: imaplib.IMAP4
    if implicit_tls and tls:
        session = _ImplicitTLS(lab)
    else:
        session = imaplib.IMAP4(lab.imap.address, lab.imap.port, timeout=TIMEOUT)
    if tls and not implicit_tls:
        session.host = lab.host  # the name to find in the certificate
        session.starttls(lab.trust())
    with session:
        yield session


@contextmanager
def open_mailbox(lab: Lab, account: Account) -> Iterator[Mailbox]:
    """Log in over 993."""
    with connection(lab) as session:
        session.login(account.address, account.password)
        yield Mailbox(session)


class Mailbox:
    """A logged-in session, in the words of the tests."""

    def __init__(self, session: imaplib.IMAP4) -> None:
        self.session = session

    def is_open(self) -> bool:
        """Say whether the server still has the session."""
        try:
            return str(self.session.noop()[0]) == "OK"
        except imaplib.IMAP4.abort:
            self.session.state = "LOGOUT"  # there is nobody left to take leave of
            return False

    def folders(self) -> dict[str, set[str]]:
        """Return each folder that can be opened, with its flags in lower case (RFC 6154)."""
        found = {}
        for line in self._ok(*self.session.list()):
            match = LISTED.fullmatch(line)
            assert match, f"LIST answered {line!r}"
            flags = set(match["flags"].decode().lower().split())
            if "\\noselect" not in flags:
                found[match["name"].decode()] = flags
        return found

    def folder_for(self, use: str) -> str:
        r"""Return the folder of a special use, such as `\Junk`."""
        return next(name for name, flags in self.folders().items() if use.lower() in flags)

    def open(self, folder: str = "INBOX") -> None:
        self._ok(*self.session.select(folder))

    def ids(self) -> dict[bytes, str]:
        """Return uid and Message-ID of all messages in the open folder."""
        answer = self._ok(*self.session.uid("FETCH", "1:*", "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"))
        found = {}
        for item in answer:
            if isinstance(item, tuple):
                uid = re.search(rb"UID (\d+)", item[0])
                assert uid, item[0]
                found[uid[1]] = str(parse(item[1])["Message-ID"] or "")
        return found

    def uids(self, message_id: str) -> list[bytes]:
        """Return the uids of all copies in the open folder."""
        return [uid for uid, found in self.ids().items() if found == message_id]

    def copies(self, message_id: str) -> list[str]:
        """Return the folder of every copy in the whole mailbox, one item for each copy."""
        found = []
        for folder in self.folders():
            self.open(folder)
            found += [folder] * len(self.uids(message_id))
        return found

    def read(self, message_id: str) -> bytes:
        """Return the message as it is stored, from the open folder."""
        (uid,) = self.uids(message_id)
        answer = self._ok(*self.session.uid("FETCH", uid.decode(), "(BODY.PEEK[])"))
        ((_, content), *_) = answer
        return bytes(content)

    def search(self, key: str, words: str) -> set[str]:
        """Search the open folder in UTF-8 (RFC 3501 6.4.4); return Message-IDs."""
        # imaplib sends it as a literal, the last argument of the next command.
        self.session.literal = words.encode()  # type: ignore[assignment]
        (answer,) = self._ok(*self.session.uid("SEARCH", "CHARSET", "UTF-8", key))
        uids = set((answer or b"").split())
        return {message_id for uid, message_id in self.ids().items() if uid in uids}

    def quota(self) -> tuple[int, int]:
        """Return used and allowed KiB (RFC 9208)."""
        _, answer = self.session.getquotaroot("INBOX")
        match = QUOTA.search(answer[1][0] or b"")
        assert match, f"GETQUOTAROOT answered {answer!r}"
        return int(match["used"]), int(match["limit"])

    def append(self, message: EmailMessage, folder: str = "INBOX") -> None:
        self._ok(*self.session.append(folder, "", "", message.as_bytes()))

    def remove(self, *message_ids: str) -> None:
        """Remove messages from every folder; without ids, all that the tests have ever sent."""
        for folder in self.folders():
            self.open(folder)
            doomed = [
                uid.decode()
                for uid, found in self.ids().items()
                if found in message_ids or (not message_ids and found.endswith(f"@{MARK}>"))
            ]
            if doomed:
                self._ok(*self.session.uid("STORE", ",".join(doomed), "+FLAGS.SILENT", r"(\Deleted)"))
                self._ok(*self.session.expunge())

    @staticmethod
    def _ok(status: str, answer: list) -> list:  # type: ignore[type-arg]
        assert status == "OK", answer
        return answer


def arrived(lab: Lab, account: Account, message: EmailMessage, folder: str = "INBOX") -> bytes:
    """Wait until a message lies in a folder, see that it lies there once and nowhere else, and return it."""
    message_id = id_of(message)
    with open_mailbox(lab, account) as mailbox:

        def found() -> list[bytes]:
            mailbox.open(folder)
            return mailbox.uids(message_id)

        wait_for(f"{message_id} in {folder} of {account.address}", found)
        assert mailbox.copies(message_id) == [folder]
        mailbox.open(folder)
        return mailbox.read(message_id)


def copies(lab: Lab, account: Account, message: EmailMessage) -> list[str]:
    """Return the folder of every copy of a message in a mailbox."""
    with open_mailbox(lab, account) as mailbox:
        return mailbox.copies(id_of(message))
