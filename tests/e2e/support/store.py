"""Mailboxes that no person logs in to, seen from the store host."""

from __future__ import annotations

import json
from email.message import EmailMessage

from .lab import Lab
from .letters import MARK, id_of


def copies(lab: Lab, address: str, message: EmailMessage) -> list[str]:
    """Return the folder of every copy of a message in a mailbox."""
    fetch = ("doveadm", "-f", "json", "fetch", "-u", address, "mailbox hdr.message-id", "ALL")
    found = json.loads(lab.run(lab.hosts["store"][0], *fetch))
    return [item["mailbox"] for item in found if item["hdr.message-id"] == id_of(message)]


def tidy(lab: Lab, address: str) -> None:
    """Remove what the tests sent to a mailbox."""
    expunge = ("doveadm", "expunge", "-u", address, "mailbox", "*", "header", "message-id", MARK)
    lab.run(lab.hosts["store"][0], *expunge)
