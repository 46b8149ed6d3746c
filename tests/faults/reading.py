"""Reads every mailbox, ours and outside, and every queue: what the accountant compares with the ledger."""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Iterator
from datetime import UTC, datetime

from tests.faults.accounts import Copy
from tests.faults.ledger import MARK, Ledger, digest
from tests.support.lab import Lab
from tests.support.store import fetch
from tests.support.world import MAILDIR, WORLD

SCANNED = "X-Virus-Scanned"
OUTSIDE = "outside"

# Runs in the outside world: all mail that arrived there, as JSON.
READ_MAILDIR = f"""
import json, os
for folder in ("{MAILDIR}/new", "{MAILDIR}/cur"):
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            text = file.read().decode("utf-8", "surrogateescape")
        print(json.dumps([path, os.path.getmtime(path), text]))
"""


def copies(lab: Lab, ledger: Ledger) -> tuple[list[Copy], set[int]]:
    """Return every message of the run that lies in any mailbox, and the numbers of those sent back."""
    found, bounced = [], set()
    for mailbox, folder, saved, raw in [*_mailboxes(lab), *_outside(lab)]:
        head = email.message_from_bytes(raw, policy=email.policy.compat32)
        number = ledger.number_of(str(head["Message-ID"] or ""))
        if number is not None:
            scanned = head.get_all(SCANNED, [])
            copy = Copy(number, mailbox, folder, saved, len(scanned) == 1, digest(raw))
            found.append(copy)
        elif "report-type=delivery-status" in str(head["Content-Type"]).replace(" ", ""):
            bounced |= set(_numbers(raw, ledger))
    return found, bounced


def _numbers(raw: bytes, ledger: Ledger) -> Iterator[int]:
    """Yield the numbers of the messages that a text quotes."""
    for word in raw.decode(errors="replace").split():
        number = ledger.number_of(word)
        if number is not None:
            yield number


def _mailboxes(lab: Lab) -> Iterator[tuple[str, str, float, bytes]]:
    for store in lab.hosts["store"]:
        for item in fetch(lab, store, "user mailbox date.saved.unixtime text"):
            saved = float(item["date.saved.unixtime"])
            yield item["username"], item["mailbox"], saved, item["text"].encode()


def _outside(lab: Lab) -> Iterator[tuple[str, str, float, bytes]]:
    for line in lab.run(WORLD, "python3", "-c", READ_MAILDIR, within=600).splitlines():
        _, saved, text = json.loads(line)
        yield OUTSIDE, "INBOX", saved, text.encode("utf-8", "surrogateescape")


def queued(lab: Lab, ledger: Ledger) -> set[int]:
    """Return the numbers of the messages that any Postfix still keeps."""
    numbers = set()
    for host in (*lab.hosts["mx"], WORLD):
        for line in lab.run(host, "postqueue", "-j").splitlines():
            item = json.loads(line)
            head = lab.run(host, "postcat", "-hq", item["queue_id"], check=False)
            numbers |= set(_numbers(head.encode(), ledger))
    return numbers


def flush(lab: Lab) -> int:
    """Ask every Postfix to try again; return how many messages they keep."""
    kept = 0
    for host in (*lab.hosts["mx"], WORLD):
        lab.run(host, "postqueue", "-f")
        kept += len(lab.run(host, "postqueue", "-j").splitlines())
    return kept


def remove(lab: Lab, ledger: Ledger) -> None:
    """Take the messages of this run out of all mailboxes."""
    search = ("mailbox", "*", "header", "message-id", f"{ledger.run}.")
    for store in lab.hosts["store"]:
        lab.run(store, "doveadm", "expunge", "-A", *search, within=600)
    gone = f"grep -rlF -e '{MARK}' {MAILDIR} | xargs -r rm -f"
    lab.run(WORLD, "sh", "-c", gone, check=False)


def now() -> str:
    """Return the day, for the table."""
    return datetime.now(UTC).strftime("%Y-%m-%d")
