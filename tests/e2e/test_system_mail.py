"""Mail of our own hosts: notices, automatic replies of closing mailboxes; the signature of all we send."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from tests.support import store
from tests.support.directory import Directory
from tests.support.imap import arrived
from tests.support.lab import Account, Lab
from tests.support.letters import EICAR, STRANGER, attach, id_of, letter, parse
from tests.support.managesieve import ManageSieve
from tests.support.signature import records, signed_by
from tests.support.smtp import send
from tests.support.system import hand_in
from tests.support.waiting import wait_for
from tests.support.world import World

CONTACT = "don.vi.moi@gialai.gov.vn"


@pytest.fixture
def support(directory: Directory) -> str:
    """An address of ours that no person has."""
    units = directory.entries("(&(objectClass=cvMailbox)(objectClass=account))", "mail")
    return sorted(unit["mail"][0] for unit in units.values())[0]


def test_a_notice_of_every_host_arrives(lab: Lab, officer: Account, support: str) -> None:
    for host in lab.every_host:
        message = letter(support, officer.address, subject="Thông báo về hộp thư")
        assert hand_in(lab, host, support, officer.address, message.as_bytes())[0] == 250
        arrived(lab, officer, message)


def test_a_notice_needs_no_return_address(lab: Lab, officer: Account, support: str) -> None:
    message = letter(support, officer.address)
    assert hand_in(lab, lab.hosts["directory"][0], "", officer.address, message.as_bytes())[0] == 250
    arrived(lab, officer, message)


def test_without_a_certificate_nothing_is_taken(lab: Lab, officer: Account, support: str) -> None:
    message = letter(support, officer.address)
    host = lab.hosts["mx"][0]
    code, text = hand_in(lab, host, support, officer.address, message.as_bytes(), certificate=None)
    assert code in {0, 421}, text
    assert "certificate" in text


def test_a_certificate_of_another_authority_is_none(lab: Lab, officer: Account, support: str) -> None:
    host = lab.hosts["mx"][0]
    folder = lab.run(host, "mktemp", "-d").strip()
    names = (f"{folder}/crt", f"{folder}/key")
    try:
        request = f"openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /O=congvu.mail/CN={host}"
        lab.run(host, *request.split(), "-out", names[0], "-keyout", names[1])
        message = letter(support, officer.address)
        code, text = hand_in(lab, host, support, officer.address, message.as_bytes(), certificate=names)
        assert code in {0, 421}, text
    finally:
        lab.run(host, "rm", "-rf", folder)


@pytest.mark.parametrize("sender", [STRANGER, "khong.co.ai@gialai.gov.vn"], ids=["a stranger's", "nobody's"])
def test_our_hosts_use_no_other_envelope_sender(lab: Lab, officer: Account, sender: str) -> None:
    message = letter(sender, officer.address)
    code, text = hand_in(lab, lab.hosts["mx"][0], sender, officer.address, message.as_bytes())
    assert code in {550, 554}
    assert "Sender address rejected" in text


@pytest.mark.parametrize("envelope", ["own", "empty"])
@pytest.mark.parametrize("author", [STRANGER, "{officer}", "{support}, {officer}"])
def test_our_hosts_use_no_other_from_header(
    lab: Lab, officer: Account, support: str, author: str, envelope: str
) -> None:
    """With an empty envelope sender, any one address of ours may stand there, and it alone."""
    message = letter(author.format(officer=officer.address, support=support), officer.address)
    sender = support if envelope == "own" else ""
    code, text = hand_in(lab, lab.hosts["mx"][0], sender, officer.address, message.as_bytes())
    if (author, envelope) == ("{officer}", "empty"):
        assert code == 250
    else:
        assert code == 554
        assert "From must be one address of ours" in text


def test_what_our_hosts_send_is_scanned(lab: Lab, officer: Account, support: str) -> None:
    message = attach(letter(support, officer.address), EICAR, "thong-bao.com")
    code, text = hand_in(lab, lab.hosts["mx"][0], support, officer.address, message.as_bytes())
    assert code == 554
    assert "Malware" in text


def test_a_letter_to_the_outside_is_signed(lab: Lab, officer: Account, world: World) -> None:
    message = letter(officer.address, STRANGER)
    assert send(lab, message, by=officer).accepted
    (raw,) = wait_for("the letter at outside.example", lambda: world.raw(id_of(message)))
    assert signed_by(lab, raw) == officer.domain
    assert signed_by(lab, raw.replace("công tác tuần tới".encode(), "công tác tháng tới".encode())) == ""
    assert signed_by(lab, re.sub(rb"(?m)^From: .*$", b"From: Ke mao danh <x@gialai.gov.vn>", raw)) == ""


def test_a_notice_to_the_outside_is_signed(lab: Lab, support: str, world: World) -> None:
    for host in lab.every_host:
        message = letter(support, STRANGER)
        assert hand_in(lab, host, support, STRANGER, message.as_bytes())[0] == 250
        (raw,) = wait_for("the notice at outside.example", lambda wanted=message: world.raw(id_of(wanted)))  # type: ignore[misc]
        assert signed_by(lab, raw) == support.partition("@")[2]


def test_what_comes_from_outside_gets_no_signature_of_ours(lab: Lab, officer: Account) -> None:
    message = letter(STRANGER, officer.address)
    assert send(lab, message).accepted
    assert b"DKIM-Signature" not in arrived(lab, officer, message)


def test_every_served_domain_has_a_record_and_the_key_is_rspamds_alone(lab: Lab, officer: Account) -> None:
    names = {f"{host.partition('.')[0]}._domainkey.{officer.domain}" for host in lab.hosts["mx"]}
    assert names <= set(records(lab))
    for host in lab.hosts["mx"]:
        rights = lab.run(host, "sh", "-c", "stat -c '%a %U %G' /etc/congvu/dkim/*.key")
        assert rights.split("\n")[0] == "640 root _rspamd"


@pytest.fixture
def closing(lab: Lab, directory: Directory) -> Iterator[str]:
    """The mailbox of a unit that was dissolved."""
    wanted = "(&(objectClass=cvMailbox)(objectClass=account))"
    found = directory.entries(wanted, "mail", "mailLocalAddress").values()
    units = sorted(one["mail"][0] for one in found if len(one["mailLocalAddress"]) == 2)
    address = units[-1]
    with (
        directory.changed(address, "cvStatus", "closing"),
        directory.changed(address, "cvContact", CONTACT),
        directory.changed(address, "cvUntil", "2027-03-31"),
    ):
        yield address
        store.tidy(lab, address)
        store.forget_replies(lab, address)


def heard(
    lab: Lab, world: World, sender: str, message: EmailMessage, *, envelope: str = "own"
) -> list[bytes]:
    """Send a message from outside; return what its sender has heard when all is done."""
    assert send(lab, message, sender=sender if envelope == "own" else "").accepted
    mailbox = str(message["To"])
    wait_for("the letter in the mailbox", lambda: store.copies(lab, mailbox, message))
    # A reply is handed over before the letter is stored.
    world.settled(sender)
    return world.raw(sender)


def test_a_closing_mailbox_says_once_where_to_write(lab: Lab, world: World, closing: str) -> None:
    sender = world.new_sender()
    first = letter(sender, closing)
    (raw,) = heard(lab, world, sender, first)
    reply = parse(raw)
    assert str(reply["Return-Path"]) == "<>"
    assert str(reply["From"]) == closing
    assert reply["In-Reply-To"] == id_of(first)
    assert str(reply["Auto-Submitted"]).startswith("auto-replied")
    assert "Trả lời tự động" in str(reply["Subject"])
    text = reply.get_content()
    assert closing in text
    assert f"gửi thư đến địa chỉ: {CONTACT}" in text
    assert "31/03/2027" in text
    assert signed_by(lab, raw) == closing.partition("@")[2]
    assert len(heard(lab, world, sender, letter(sender, closing))) == 1


def test_a_letter_to_an_alias_is_answered(lab: Lab, directory: Directory, world: World, closing: str) -> None:
    sender = world.new_sender()
    (alias,) = (one for one in directory.of(closing)["mailLocalAddress"] if one != closing)
    message = letter(sender, alias)
    assert send(lab, message).accepted
    (raw,) = wait_for("the reply at outside.example", lambda: world.raw(sender))
    assert str(parse(raw)["From"]) == closing


def test_a_closing_mailbox_without_contact_and_end_says_neither(
    lab: Lab, directory: Directory, world: World, closing: str
) -> None:
    sender = world.new_sender()
    with directory.changed(closing, "cvContact", ""), directory.changed(closing, "cvUntil", ""):
        (raw,) = heard(lab, world, sender, letter(sender, closing))
    text = parse(raw).get_content()
    assert "đã kết thúc hoạt động" in text
    assert "gửi thư đến địa chỉ" not in text
    assert "đến hết ngày" not in text


def test_a_colleague_hears_of_it_as_well(lab: Lab, officer: Account, closing: str) -> None:
    message = letter(officer.address, closing)
    assert send(lab, message, by=officer).accepted
    try:
        assert wait_for("the reply", lambda: store.answers(lab, officer.address, message)) == [closing]
    finally:
        store.tidy(lab, officer.address)


@pytest.mark.parametrize(
    "header",
    [
        ("List-Id", "<ban-tin.outside.example>"),
        ("Precedence", "bulk"),
        ("Auto-Submitted", "auto-generated"),
        ("Auto-Submitted", "auto-replied"),
    ],
    ids=" ".join,
)
def test_no_list_and_no_machine_is_answered(
    lab: Lab, world: World, closing: str, header: tuple[str, str]
) -> None:
    sender = world.new_sender()
    message = letter(sender, closing)
    message[header[0]] = header[1]
    assert heard(lab, world, sender, message) == []


def test_a_bounce_is_not_answered(lab: Lab, world: World, closing: str) -> None:
    sender = world.new_sender()
    assert heard(lab, world, sender, letter(sender, closing), envelope="") == []


def test_spam_is_not_answered(lab: Lab, world: World, officer: Account, closing: str) -> None:
    """Rspamd puts into Junk what names one of us in front of an address of its own."""
    sender = world.new_sender()
    message = letter(f'"{officer.address}" <{sender}>', closing)
    assert heard(lab, world, sender, message) == []
    assert store.copies(lab, closing, message) == ["Junk"]


def test_an_open_mailbox_does_not_answer(lab: Lab, world: World, officer: Account) -> None:
    sender = world.new_sender()
    assert heard(lab, world, sender, letter(sender, officer.address)) == []


def test_nobody_has_a_reply_of_their_own(lab: Lab, officer: Account) -> None:
    with ManageSieve(lab) as session:
        assert session.login(officer)[0] == "OK"
        code, said = session.put("e2e", 'require "vacation"; vacation "Tôi đi công tác";')
    assert code == "NO"
    assert "vacation" in said
