# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What Postfix's log says of a mail: who handed it in, after which login. Pure.

A Message-ID is the sender's own text and proves nothing. The login, and the sender that Postfix holds against
it (reject_sender_login_mismatch), are what counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

QUEUED = re.compile(r"([0-9A-Za-z]{6,}): (client|message-id|from)=(.*)")
LOGIN = re.compile(r"\bsasl_username=([^,\s]+)")
SENDER = re.compile(r"<([^>]*)>")


@dataclass(frozen=True, order=True)
class Sent:
    """A mail that was taken over from somebody who had logged in."""

    sender: str
    login: str


def sent(lines: Iterable[str], message_id: str) -> Iterator[Sent]:
    """Yield who sent a Message-ID (with its angle brackets), from messages of the log in their order.

    A queue id is used again after its mail is gone, so each client begins a mail anew.
    """
    login: dict[str, str] = {}
    wanted: set[str] = set()
    for line in lines:
        found = QUEUED.match(line)
        if not found:
            continue
        queue_id, key, value = found.groups()
        if key == "client":
            known = LOGIN.search(value)
            login[queue_id] = known[1].lower() if known else ""
            wanted.discard(queue_id)
        elif key == "message-id" and value.strip() == message_id:
            wanted.add(queue_id)
        elif key == "from" and queue_id in wanted:
            wanted.discard(queue_id)
            sender = SENDER.match(value)
            if sender and login.get(queue_id):
                yield Sent(sender[1].lower(), login[queue_id])
