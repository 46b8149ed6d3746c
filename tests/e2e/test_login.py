"""Who may log in, and how: over TLS only, with the right password only."""

from __future__ import annotations

import base64
import dataclasses
import imaplib

import pytest

from tests.support import imap
from tests.support.imap import arrived, open_mailbox
from tests.support.lab import Account, Lab
from tests.support.ldap import INVALID_CREDENTIALS, SUCCESS, Ldap
from tests.support.letters import STRANGER, id_of, letter
from tests.support.managesieve import ManageSieve
from tests.support.smtp import hand_in, login, outside, send, submission
from tests.support.waiting import wait_for
from tests.support.world import World

WRONG = "Sai-mat-khau-1"


@pytest.mark.parametrize("implicit_tls", [False, True], ids=["587 with STARTTLS", "465"])
def test_an_officer_sends_to_a_colleague(
    lab: Lab, officer: Account, colleague: Account, implicit_tls: bool
) -> None:
    message = letter(officer.address, colleague.address)
    with submission(lab, implicit_tls=implicit_tls) as session:
        login(session, officer)
        assert hand_in(session, officer.address, colleague.address, message.as_bytes()).accepted
    arrived(lab, colleague, message)


def test_an_officer_sends_to_the_outside(lab: Lab, officer: Account, world: World) -> None:
    message = letter(officer.address, STRANGER)
    assert send(lab, message, by=officer).accepted
    (got,) = wait_for("the letter at outside.example", lambda: world.received(id_of(message)))
    assert str(got["From"]) == officer.address


@pytest.mark.parametrize("implicit_tls", [False, True], ids=["143 with STARTTLS", "993"])
def test_an_officer_reads_mail(lab: Lab, officer: Account, implicit_tls: bool) -> None:
    with imap.connection(lab, implicit_tls=implicit_tls) as session:
        assert session.login(officer.address, officer.password)[0] == "OK"
        assert session.select("INBOX")[0] == "OK"


def test_587_takes_no_login_without_tls(lab: Lab, officer: Account) -> None:
    with submission(lab, tls=False) as session:
        assert session.has_extn("starttls")
        assert not session.has_extn("auth")
        code, _ = session.docmd("AUTH", f"PLAIN {plain(officer)}")
        assert 500 <= code < 600


def test_587_takes_no_mail_without_login(lab: Lab, officer: Account, colleague: Account) -> None:
    with submission(lab) as session:
        reply = hand_in(session, officer.address, colleague.address, b"")
    assert reply.step == "MAIL"
    assert reply.code == 530


@pytest.mark.parametrize("tls", [False, True])
def test_25_offers_no_login(lab: Lab, officer: Account, tls: bool) -> None:
    with outside(lab, tls=tls) as session:
        assert not session.has_extn("auth")
        code, _ = session.docmd("AUTH", f"PLAIN {plain(officer)}")
        assert 500 <= code < 600


def test_143_takes_no_login_without_tls(lab: Lab, officer: Account) -> None:
    with imap.connection(lab, tls=False) as session:
        assert "STARTTLS" in session.capabilities
        assert "LOGINDISABLED" in session.capabilities
        assert not any(capability.startswith("AUTH=") for capability in session.capabilities)
        with pytest.raises(imaplib.IMAP4.error):
            session.login(officer.address, officer.password)


def test_4190_takes_no_login_without_tls(lab: Lab, officer: Account) -> None:
    with ManageSieve(lab, tls=False) as session:
        assert '"STARTTLS"' in session.capabilities
        assert '"SASL" ""' in session.capabilities
        assert session.login(officer)[0] == "NO"


def test_a_wrong_password_does_not_send(lab: Lab, people: list[Account]) -> None:
    account = people[3]
    reply = send(
        lab, letter(account.address, account.address), by=dataclasses.replace(account, password=WRONG)
    )
    assert (reply.step, reply.code) == ("AUTH", 535)
    right_password_still_works(lab, account)


def test_a_wrong_password_does_not_read(lab: Lab, people: list[Account]) -> None:
    account = people[4]
    with imap.connection(lab) as session, pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        session.login(account.address, WRONG)
    right_password_still_works(lab, account)


def test_a_wrong_password_does_not_change_filters(lab: Lab, people: list[Account]) -> None:
    account = people[5]
    with ManageSieve(lab) as session:
        assert session.login(dataclasses.replace(account, password=WRONG))[0] == "NO"
    right_password_still_works(lab, account)


def test_a_wrong_password_does_not_open_the_directory(lab: Lab, people: list[Account]) -> None:
    account = people[6]
    with Ldap(lab) as session:
        assert session.bind(account.dn, WRONG) == INVALID_CREDENTIALS
    right_password_still_works(lab, account)


def test_an_unknown_name_is_answered_like_a_wrong_password(lab: Lab, officer: Account) -> None:
    nobody = dataclasses.replace(officer, address=f"khong.co.ai@{officer.domain}")
    reply = send(lab, letter(nobody.address, officer.address), by=nobody)
    assert (reply.step, reply.code) == ("AUTH", 535)


def test_a_name_in_another_domain_is_nobodys(lab: Lab, officer: Account) -> None:
    """The same local part elsewhere must not open the mailbox here."""
    local_part, _, _ = officer.address.partition("@")
    impostor = dataclasses.replace(officer, address=f"{local_part}@outside.example")
    reply = send(lab, letter(impostor.address, officer.address), by=impostor)
    assert (reply.step, reply.code) == ("AUTH", 535)


def right_password_still_works(lab: Lab, account: Account) -> None:
    """One slip costs a second and locks nobody out (the login also resets the count of failures)."""

    def works() -> bool:
        with Ldap(lab) as session:
            return session.bind(account.dn, account.password) == SUCCESS

    wait_for("the right password is taken again", works)
    with open_mailbox(lab, account):
        pass


def plain(account: Account) -> str:
    """Return the words of SASL PLAIN (RFC 4616)."""
    return base64.b64encode(f"\0{account.address}\0{account.password}".encode()).decode()
