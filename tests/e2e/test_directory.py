"""The directory over ldaps: people prove who they are, strangers learn nothing."""

from __future__ import annotations

from tests.support.directory import Directory
from tests.support.lab import Account, Lab
from tests.support.ldap import SUCCESS, Ldap


def test_everybody_opens_the_directory_with_their_password(lab: Lab) -> None:
    for account in lab.accounts:
        with Ldap(lab) as session:
            assert session.bind(account.dn, account.password) == SUCCESS


def test_an_empty_password_proves_nothing(lab: Lab, officer: Account) -> None:
    """RFC 4513 5.1.2: a server that takes it for a login lets anybody in."""
    with Ldap(lab) as session:
        assert session.bind(officer.dn, "") != SUCCESS


def test_a_stranger_reads_nobody(lab: Lab, directory: Directory) -> None:
    with Ldap(lab) as session:
        _, entries = session.search(directory.suffix, "mail", "mailLocalAddress", "userPassword", "cn")
    assert [attributes for _, attributes in entries if attributes] == []


def test_nobody_reads_a_password(lab: Lab, directory: Directory, officer: Account) -> None:
    """Not even the hash of one's own."""
    with Ldap(lab) as session:
        assert session.bind(officer.dn, officer.password) == SUCCESS
        _, entries = session.search(directory.suffix, "userPassword", "pwdHistory")
    assert [attributes for _, attributes in entries if attributes] == []
