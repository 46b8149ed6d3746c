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


def answers(lab: Lab, address: str, message: EmailMessage) -> list[str]:
    """Return who answered to a message, as far as answers are in a mailbox."""
    fetch = ("doveadm", "-f", "json", "fetch", "-u", address, "hdr.in-reply-to hdr.from", "ALL")
    found = json.loads(lab.run(lab.hosts["store"][0], *fetch))
    return [item["hdr.from"] for item in found if item["hdr.in-reply-to"] == id_of(message)]


def forget_replies(lab: Lab, address: str) -> None:
    """Let a mailbox answer again to whom it answered within a week."""
    (host, *_) = lab.hosts["store"]
    home = lab.run(host, "doveadm", "user", "-f", "home", address).strip()
    lab.run(host, "rm", "-f", f"{home}/.dovecot.lda-dupes")


def tidy(lab: Lab, address: str) -> None:
    """Remove what the tests sent to a mailbox, and answers to it."""
    for header in ("message-id", "in-reply-to"):
        expunge = ("doveadm", "expunge", "-u", address, "mailbox", "*", "header", header, MARK)
        lab.run(lab.hosts["store"][0], *expunge)
