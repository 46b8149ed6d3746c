"""Too big, or no room: the sender is told so at once, in clear words."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.directory import Directory
from tests.support.imap import arrived, copies, open_mailbox
from tests.support.lab import Account, Lab
from tests.support.letters import STRANGER, attach, id_of, letter
from tests.support.smtp import hand_in, login, outside, send, submission

MIB = 1024 * 1024
TOO_BIG = re.compile(r"(size|big|large|exceed)", re.IGNORECASE)
NO_ROOM = re.compile(r"(quota|full)", re.IGNORECASE)


@pytest.mark.parametrize("way", ["from outside", "from an officer"])
@pytest.mark.parametrize("declared", [True, False], ids=["declared", "undeclared"])
def test_a_message_over_the_limit_is_refused(
    lab: Lab, officer: Account, colleague: Account, site: dict[str, Any], way: str, declared: bool
) -> None:
    from_outside = way == "from outside"
    with outside(lab) if from_outside else submission(lab) as session:
        if not from_outside:
            login(session, officer)
        limit = int(session.esmtp_features["size"])
        assert limit >= site["mail_message_size_mib"] * MIB
        author = STRANGER if from_outside else officer.address
        message = letter(author, colleague.address)
        if declared:
            reply = hand_in(session, author, colleague.address, message.as_bytes(), declared_size=limit + 1)
            assert reply.step == "MAIL"
        else:
            padding = b"x" * 998 + b"\r\n"
            content = message.as_bytes() + padding * (limit // len(padding) + 1)
            reply = hand_in(session, author, colleague.address, content)
            assert reply.step == "message"
    assert reply.code == 552
    assert TOO_BIG.search(reply.text)


@pytest.fixture
def full(lab: Lab, people: list[Account], directory: Directory) -> Iterator[Account]:
    """Somebody whose mailbox holds more than the directory allows it now."""
    account = people[2]
    ballast = attach(letter(account.address, account.address), secrets.token_bytes(2 * MIB), "so-lieu.bin")
    with open_mailbox(lab, account) as mailbox:
        mailbox.append(ballast)
        try:
            with directory.changed(account.address, "cvQuota", "1"):
                yield account
        finally:
            mailbox.remove(id_of(ballast))


@pytest.mark.parametrize("way", ["from outside", "from an officer"])
def test_mail_to_a_full_mailbox_is_answered_clearly(
    lab: Lab, officer: Account, full: Account, way: str
) -> None:
    message = letter(STRANGER if way == "from outside" else officer.address, full.address)
    reply = send(lab, message, by=None if way == "from outside" else officer)
    assert 400 <= reply.code < 600
    assert NO_ROOM.search(reply.text)
    assert copies(lab, full, message) == []


def test_a_full_mailbox_takes_no_drafts(lab: Lab, full: Account) -> None:
    with open_mailbox(lab, full) as mailbox:
        status, answer = mailbox.session.append(
            "INBOX", "", "", letter(full.address, full.address).as_bytes()
        )
    assert status == "NO"
    assert b"[OVERQUOTA]" in answer[0]


def test_a_mailbox_with_room_again_takes_mail(lab: Lab, people: list[Account]) -> None:
    message = letter(STRANGER, people[2].address)
    assert send(lab, message).accepted
    arrived(lab, people[2], message)


def test_the_quota_shown_is_that_of_the_directory(lab: Lab, directory: Directory) -> None:
    for account in lab.accounts:
        (allowed_mib,) = directory.of(account.address, "cvQuota")["cvQuota"]
        with open_mailbox(lab, account) as mailbox:
            assert mailbox.quota()[1] == int(allowed_mib) * 1024
