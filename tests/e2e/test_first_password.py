"""A first password is worth one thing: a password of one's own (GL-11.2, BD-5)."""

from __future__ import annotations

import imaplib

import pytest

from tests.support import imap
from tests.support.ansible import playbook
from tests.support.directory import Directory
from tests.support.imap import open_mailbox
from tests.support.lab import Lab
from tests.support.ldap import SUCCESS, Ldap
from tests.support.letters import letter
from tests.support.managesieve import ManageSieve
from tests.support.passwords import first_change
from tests.support.sites import Newcomer
from tests.support.smtp import send


def test_a_first_password_opens_nothing_but_its_change(
    lab: Lab, directory: Directory, newcomer: Newcomer
) -> None:
    newcomer.register()
    assert playbook("mailboxes", newcomer.site.path).code == 0
    account = newcomer.unsealed()
    assert directory.of(account.address, "pwdReset")["pwdReset"] == ["TRUE"]
    own = letter(account.address, account.address)

    with imap.connection(lab) as session, pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        session.login(account.address, account.password)
    reply = send(lab, own, by=account)
    assert (reply.step, reply.code) == ("AUTH", 535)
    with ManageSieve(lab) as sieve:
        assert sieve.login(account)[0] == "NO"
    with Ldap(lab) as session_of_ldap:
        assert session_of_ldap.bind(account.dn, account.password) == SUCCESS
        code, entries = session_of_ldap.search(account.dn, "mail", "cn")
    assert code != SUCCESS
    assert entries == []

    changed = first_change(lab, account)
    with open_mailbox(lab, changed):
        pass
    assert send(lab, own, by=changed).accepted
    with ManageSieve(lab) as sieve:
        assert sieve.login(changed)[0] == "OK"
    with Ldap(lab) as session_of_ldap:
        assert session_of_ldap.bind(changed.dn, changed.password) == SUCCESS
        assert session_of_ldap.search(changed.dn, "mail")[1] == [
            (changed.dn, {"mail": [changed.address.encode()]})
        ]
        assert session_of_ldap.bind(account.dn, account.password) != SUCCESS


def test_everybody_of_the_lab_has_changed_the_first_password(directory: Directory) -> None:
    assert directory.entries("(pwdReset=TRUE)", "1.1") == {}
    (example, *_) = directory.entries("(objectClass=cvMailbox)", "userPassword").values()
    assert example["userPassword"][0].startswith("{ARGON2}")
