"""Mailboxes that no person logs in to, seen from the store host."""

from __future__ import annotations

import json
from email.message import EmailMessage

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
