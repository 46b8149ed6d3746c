"""Mailboxes that no person logs in to, seen from the store host."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from typing import Any

from .lab import Lab
from .letters import MARK, id_of

# Runs on the host: what a user's mailbox is made of, with gaps in the UIDs.
FILL = r"""
set -eu
user=$1
# In a lab that is used again they are full.
! doveadm mailbox status -u "$user" messages 'Công văn đi' >/dev/null 2>&1 || exit 0
letters() {  # folder, number
  for i in $(seq "$2"); do
    id="$i.$(printf %s "$1" | md5sum | cut -c1-8).$user"
    printf '%s\r\n' 'From: stranger@outside.example' "To: $user" "Message-ID: <$id>" "Subject: thư $i" '' \
      "Nội dung $i" | doveadm save -u "$user" -m "$1"
  done
}
doveadm mailbox create -u "$user" -s 'Công văn đến/Năm 2026' 'Công văn đi'
letters INBOX 12
letters 'Công văn đến/Năm 2026' 5
letters Trash 2
doveadm expunge -u "$user" mailbox INBOX uid 3,7
doveadm flags add -u "$user" '\Seen' mailbox INBOX uid 1:6
doveadm flags add -u "$user" '\Flagged \Answered KhanCap $Label1' mailbox INBOX uid 2,9
printf 'require ["fileinto"];\nif header :contains "subject" "thư 1" { fileinto "Công văn đi"; }\n' |
  doveadm sieve put -u "$user" -a loc
printf 'keep;\n' | doveadm sieve put -u "$user" nghi
"""


def fetch(lab: Lab, host: str, fields: str) -> list[dict[str, Any]]:
    """Return fields of all messages in all mailboxes of a store (doveadm-fetch(1)).

    Dovecot 2.4.1 panics at some lengths of texts in its JSON (json_generate_object_close): then it is asked
    for fewer messages at once.
    """
    try:
        return _fetch(lab, host, "-A", fields, "ALL")
    except AssertionError as error:
        if "Panic" not in str(error):
            raise
    folders = defaultdict(list)
    for one in _fetch(lab, host, "-A", "user mailbox uid", "ALL"):
        folders[one["user"], one["mailbox"]].append(one["uid"])
    return [
        message
        for (user, folder), uids in folders.items()
        for message in _halves(lab, host, user, fields, folder, uids)
    ]


def _halves(
    lab: Lab, host: str, user: str, fields: str, folder: str, uids: Sequence[str]
) -> Iterator[dict[str, Any]]:
    try:
        yield from _fetch(lab, host, "-u", user, fields, "mailbox", folder, "uid", ",".join(uids))
    except AssertionError:
        if len(uids) == 1:
            raise
        middle = len(uids) // 2
        for half in (uids[:middle], uids[middle:]):
            yield from _halves(lab, host, user, fields, folder, half)


def _fetch(lab: Lab, host: str, *words: str) -> list[dict[str, Any]]:
    said = lab.run(host, "doveadm", "-f", "json", "fetch", *words, within=600)
    found: list[dict[str, Any]] = json.loads(said or "[]")
    return found


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
