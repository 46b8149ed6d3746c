"""People who read their mail all the time, and what they are told."""

from __future__ import annotations

import imaplib
import threading
import time
from collections import Counter
from collections.abc import Sequence

from tests.faults.ledger import Ledger
from tests.support.answers import is_later
from tests.support.imap import open_mailbox
from tests.support.lab import Account, Lab

PAUSE = 1.0  # seconds between two sessions
OK, LATER = "read", "try later"


class Readers:
    """One session after the other: log in, open INBOX, read its newest message."""

    def __init__(self, lab: Lab, people: Sequence[Account]) -> None:
        self.lab, self.people = lab, people
        self.told: Counter[str] = Counter()
        self.longest = 0.0  # seconds in which nobody could read
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join(120)

    @property
    def wrong(self) -> list[str]:
        """What somebody was told who should have read, or have been asked to come back."""
        return [f"{count} times: {said}" for said, count in self.told.items() if said not in (OK, LATER)]

    def _run(self) -> None:
        last, turn = time.monotonic(), 0
        while not self._ended.wait(PAUSE):
            said = read(self.lab, self.people[turn % len(self.people)])
            self.told[said] += 1
            turn += 1
            if said == OK:
                self.longest = max(self.longest, time.monotonic() - last)
                last = time.monotonic()
        self.longest = max(self.longest, time.monotonic() - last)


def read(lab: Lab, account: Account) -> str:
    """Return how a session went, in a word, or what the server said."""
    try:
        with open_mailbox(lab, account) as mailbox:
            mailbox.open()
            ids = [one for one in mailbox.ids().values() if one]
            if ids:
                mailbox.read(ids[-1])
            return OK
    except (imaplib.IMAP4.abort, OSError):
        return LATER  # the connection ended or was refused: a mail program comes back by itself
    except imaplib.IMAP4.error as error:
        said = error.args[0]
        words = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        return LATER if is_later("imap", words) else f"{account.address}: {words}"


def unreadable(lab: Lab, ledger: Ledger, people: Sequence[Account]) -> list[str]:
    """Return what of the mail that was taken for some people they cannot read, as their mail programs do."""
    found = []
    for account in people:
        wanted = {
            f"<{ledger.run}.{message.number}@": message.number
            for message in ledger.messages
            if message.mailbox == account.address and message.accepted and not message.malware
        }
        with open_mailbox(lab, account) as mailbox:
            seen = []
            for folder in mailbox.folders():
                mailbox.open(folder)
                for message_id in mailbox.ids().values():
                    begin = message_id.partition("@")[0] + "@"
                    if begin in wanted and mailbox.read(message_id):
                        seen.append(begin)
            found += [
                f"message {number} can be read {seen.count(begin)} times in the mailbox of {account.address}"
                for begin, number in wanted.items()
                if seen.count(begin) != 1
            ]
    return found
