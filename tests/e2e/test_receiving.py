"""Mail from outside: what we take, for whom, and what we refuse at the door."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import store
from tests.support.directory import Directory
from tests.support.imap import arrived
from tests.support.lab import Account, Lab
from tests.support.letters import STRANGER, letter
from tests.support.smtp import Reply, hand_in, outside, send
from tests.support.waiting import wait_for
from tests.support.world import World


def knock(lab: Lab, sender: str, recipient: str) -> Reply:
    """Offer a message for a recipient from outside."""
    with outside(lab) as session:
        return hand_in(session, sender, recipient, letter(sender, recipient).as_bytes())


def test_mail_from_outside_reaches_the_inbox(lab: Lab, officer: Account) -> None:
    message = letter(STRANGER, officer.address)
    assert send(lab, message).accepted
    arrived(lab, officer, message)


def test_mail_of_an_outside_server_reaches_the_inbox(lab: Lab, officer: Account, world: World) -> None:
    message = letter(world.new_sender(), officer.address)
    world.send(message)
    arrived(lab, officer, message)


def test_an_address_is_the_same_in_upper_case(lab: Lab, officer: Account) -> None:
    message = letter(STRANGER, officer.address.upper())
    assert send(lab, message).accepted
    arrived(lab, officer, message)


@pytest.mark.parametrize("kind", ["primary", "alias"])
def test_mail_to_a_unit_reaches_its_mailbox(
    lab: Lab, directory: Directory, register: list[dict[str, str]], kind: str
) -> None:
    """Every address that the register gives to a unit is one of its mailbox (an alias as well)."""
    units = directory.entries("(&(objectClass=cvMailbox)(objectClass=account))", "uid", "mail")
    mailboxes = {unit["uid"][0]: unit["mail"][0] for unit in units.values()}
    issued = [row for row in register if row["kind"] == kind and row["holder"] in mailboxes]
    assert issued, f"no unit of the lab has an address of the kind {kind}"
    for row in issued:
        reaches(lab, row["address"], mailboxes[row["holder"]])


@pytest.mark.parametrize("role", ["postmaster", "abuse"])
def test_every_served_domain_has_its_role_addresses(
    lab: Lab, directory: Directory, site: dict[str, Any], role: str
) -> None:
    """RFC 2142; read in the mailbox of the unit that the site names."""
    (unit,) = directory.entries(f"(&(objectClass=cvMailbox)(uid={site['mail_postmaster']}))", "mail").values()
    for domain in site["mail_domains"]:
        reaches(lab, f"{role}@{domain}", unit["mail"][0])


def reaches(lab: Lab, address: str, mailbox: str) -> None:
    """See a message to an address arrive in a mailbox, once."""
    message = letter(STRANGER, address)
    assert send(lab, message).accepted
    try:
        wait_for(f"mail to {address} in the mailbox {mailbox}", lambda: store.copies(lab, mailbox, message))
        assert store.copies(lab, mailbox, message) == ["INBOX"]
    finally:
        store.tidy(lab, mailbox)


def test_an_unknown_recipient_is_refused_at_once(lab: Lab, officer: Account) -> None:
    reply = knock(lab, STRANGER, f"khong.co.ai@{officer.domain}")
    assert (reply.step, reply.code) == ("RCPT", 550)
    assert "5.1.1" in reply.text


@pytest.mark.parametrize(
    "recipient",
    [
        "somebody@elsewhere.example",
        "somebody@outside.example",
        "somebody%outside.example@{domain}",
        "@{domain}:somebody@outside.example",
        '"somebody@outside.example"@{domain}',
    ],
)
def test_strangers_cannot_send_through_us(lab: Lab, officer: Account, recipient: str) -> None:
    reply = knock(lab, STRANGER, recipient.format(domain=officer.domain))
    assert reply.step == "RCPT"
    assert reply.refused


def test_a_relay_attempt_is_told_so(lab: Lab) -> None:
    reply = knock(lab, STRANGER, "somebody@elsewhere.example")
    assert (reply.step, reply.code) in {("RCPT", 550), ("RCPT", 554)}
    assert "5.7.1" in reply.text
