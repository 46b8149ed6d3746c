"""A session that is open outlives neither a lock nor an overdue password, whoever set it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

import pytest

from tests.support.ansible import playbook
from tests.support.directory import Directory
from tests.support.imap import Mailbox, open_mailbox
from tests.support.lab import INVENTORY, Account, Lab
from tests.support.letters import letter
from tests.support.province import days, put_back
from tests.support.smtp import hand_in, login, submission

TODAY = datetime.now(timezone(timedelta(hours=7))).date()
REFUSED = [
    ("cvStatus", "locked"),
    ("cvStatus", "closing"),
    ("cvLock", "idle"),
    ("cvLock", "contained"),
    ("pwdReset", "TRUE"),
]


@contextmanager
def both_open(lab: Lab, officer: Account, colleague: Account) -> Iterator[tuple[Mailbox, Mailbox]]:
    with open_mailbox(lab, officer) as one, open_mailbox(lab, colleague) as other:
        assert one.is_open()
        assert other.is_open()
        yield one, other


@pytest.mark.parametrize(("attribute", "value"), REFUSED)
def test_the_store_ends_sessions_each_night(
    lab: Lab, directory: Directory, officer: Account, colleague: Account, attribute: str, value: str
) -> None:
    """Through the service, so that what it may not do is tested with it; and that is no use."""
    with both_open(lab, officer, colleague) as (one, other):
        used = directory.of(officer.address, "cvLastUse")
        with directory.changed(officer.address, attribute, value):
            for store in lab.hosts["store"]:
                lab.run(store, "systemctl", "start", "congvu-store-after")
        assert not one.is_open()
        assert other.is_open()
        assert directory.of(officer.address, "cvLastUse") == used


def test_a_pass_by_hand_ends_the_sessions_of_who_has_to_change_the_password(
    lab: Lab, directory: Directory, officer: Account, colleague: Account
) -> None:
    """The password came from an older system, and its last day is over."""
    salt = b"muoi"
    digest = hashlib.sha512(officer.password.encode() + salt).digest()
    directory.set_password(officer.address, "{SSHA512}" + base64.b64encode(digest + salt).decode())
    try:
        with (
            both_open(lab, officer, colleague) as (one, other),
            put_back(directory, officer, cvChangeBy=str(TODAY - days(1))),
        ):
            done = playbook("lifecycle", INVENTORY)
            assert done.code == 0, done.said
            assert directory.of(officer.address, "pwdReset") == {"pwdReset": ["TRUE"]}
            assert not one.is_open()
            assert other.is_open()
    finally:
        directory.set_password(officer.address, officer.password)


@pytest.mark.parametrize(("attribute", "value"), REFUSED)
def test_a_session_that_may_send_no_more_sends_nothing(
    lab: Lab, directory: Directory, officer: Account, colleague: Account, attribute: str, value: str
) -> None:
    """Where the mail exchanger is a host of its own, no store ends its sessions."""
    message = letter(officer.address, colleague.address)
    with submission(lab) as session:
        login(session, officer)
        with directory.changed(officer.address, attribute, value):
            reply = hand_in(session, officer.address, colleague.address, message.as_bytes())
    assert (reply.step, reply.code) == ("RCPT", 553), reply
