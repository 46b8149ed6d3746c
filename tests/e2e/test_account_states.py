"""What still works in each state of an account (docs/lifecycle.md), for its owner and who writes to it."""

from __future__ import annotations

import dataclasses
import imaplib
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from lab.access import own_password
from tests.support import imap, store
from tests.support.directory import Directory
from tests.support.imap import arrived, open_mailbox
from tests.support.lab import Account, Lab
from tests.support.ldap import INSUFFICIENT_ACCESS, SUCCESS, Ldap
from tests.support.letters import STRANGER, letter
from tests.support.managesieve import ManageSieve
from tests.support.smtp import Reply, hand_in, login, outside, send, submission
from tests.support.waiting import wait_for

CLOSED = [("cvStatus", "left"), ("cvLock", "reclaimed"), ("cvLock", "purge")]
LOCKED = [
    ("cvStatus", "locked"),
    ("cvStatus", "closing"),
    ("cvLock", "idle"),
    ("cvLock", "contained"),
]
EVERY_WAY = {"IMAP", "submission", "ManageSieve", "LDAP"}
CONTACT = "phong.tiep.nhan@gialai.gov.vn"


@pytest.fixture
def unit(directory: Directory) -> tuple[str, list[str]]:
    """A unit's mailbox that has an alias: its primary address, and all of them."""
    units = directory.entries("(&(objectClass=cvMailbox)(objectClass=account))", "mail", "mailLocalAddress")
    found = [one for one in units.values() if len(one["mailLocalAddress"]) > 1]
    assert found
    return found[-1]["mail"][0], found[-1]["mailLocalAddress"]


@pytest.fixture
def owner(people: list[Account]) -> Account:
    """Somebody whose account gets into a state."""
    return people[2]


def offered(lab: Lab, recipient: str, by: Account | None = None) -> Reply:
    """The answer to a letter for a recipient, from outside or by somebody who logged in."""
    with submission(lab) if by else outside(lab) as session:
        if by:
            login(session, by)
        sender = by.address if by else STRANGER
        return hand_in(session, sender, recipient, letter(sender, recipient).as_bytes())


@pytest.mark.parametrize(("attribute", "value"), CLOSED)
@pytest.mark.parametrize("inside", [False, True], ids=["from outside", "from inside"])
def test_who_writes_to_a_closed_account_is_told_whom_to_write_to(
    lab: Lab,
    directory: Directory,
    unit: tuple[str, list[str]],
    officer: Account,
    attribute: str,
    value: str,
    inside: bool,
) -> None:
    """By whatever address of it."""
    primary, addresses = unit
    with directory.changed(primary, attribute, value), directory.changed(primary, "cvContact", CONTACT):
        for address in addresses:
            reply = offered(lab, address, officer if inside else None)
            assert (reply.step, reply.code) == ("RCPT", 550)
            assert reply.text.startswith("5.1.6 ")
            assert reply.text.endswith(f" Xin gui thu den {CONTACT}")
            assert reply.text.isascii()


def test_a_closed_account_without_a_contact_is_no_unknown_one(
    lab: Lab, directory: Directory, unit: tuple[str, list[str]]
) -> None:
    primary, addresses = unit
    with directory.changed(primary, "cvStatus", "left"), directory.changed(primary, "cvContact", ""):
        for address in addresses:
            reply = offered(lab, address)
            assert (reply.step, reply.code) == ("RCPT", 550)
            assert "5.1.6" in reply.text
            assert reply.text.endswith("Hop thu da ngung hoat dong")


def test_a_contact_does_not_close_an_account(
    lab: Lab, directory: Directory, unit: tuple[str, list[str]]
) -> None:
    primary, _ = unit
    with directory.changed(primary, "cvContact", CONTACT):
        assert offered(lab, primary).accepted
    store.tidy(lab, primary)


def test_a_closed_account_lets_nobody_in(
    lab: Lab, directory: Directory, owner: Account, officer: Account
) -> None:
    with directory.changed(owner.address, "cvStatus", "left"):
        assert way_in(lab, owner, officer) == set()


@pytest.mark.parametrize(("attribute", "value"), LOCKED)
def test_a_locked_account_receives_and_lets_nobody_in(
    lab: Lab, directory: Directory, owner: Account, officer: Account, attribute: str, value: str
) -> None:
    message = letter(STRANGER, owner.address)
    with directory.changed(owner.address, attribute, value):
        assert send(lab, message).accepted
        assert way_in(lab, owner, officer) == set()
    assert way_in_again(lab, owner, officer) == EVERY_WAY
    arrived(lab, owner, message)


def way_in(lab: Lab, account: Account, witness: Account) -> set[str]:
    """Return the services that let an account in; that another one gets in shows that they work."""
    ways: dict[str, Callable[[Account], bool]] = {
        "IMAP": lambda one: reads(lab, one),
        "submission": lambda one: send(lab, letter(one.address, one.address), by=one).accepted,
        "ManageSieve": lambda one: filters(lab, one),
        "LDAP": lambda one: binds(lab, one),
    }
    assert all(enters(witness) for enters in ways.values())
    return {service for service, enters in ways.items() if enters(account)}


def way_in_again(lab: Lab, account: Account, witness: Account) -> set[str]:
    """Return the same after refusals: the directory answers slower after each."""
    wait_for("the delay after the refusals is over", lambda: binds(lab, account))
    return way_in(lab, account, witness)


def reads(lab: Lab, account: Account) -> bool:
    try:
        with open_mailbox(lab, account):
            return True
    except imaplib.IMAP4.error as error:
        assert "AUTHENTICATIONFAILED" in str(error)
        return False


def filters(lab: Lab, account: Account) -> bool:
    with ManageSieve(lab) as session:
        return session.login(account)[0] == "OK"


@pytest.fixture
def first_password(directory: Directory, owner: Account) -> Iterator[Account]:
    """Somebody whose password is a first one (or overdue, which is the same), and afterwards their own."""
    with directory.changed(owner.address, "pwdReset", "TRUE"):
        yield owner
        directory.set_password(owner.address, owner.password)


def test_a_first_password_opens_nothing_but_the_change(
    lab: Lab, directory: Directory, first_password: Account, officer: Account
) -> None:
    account = first_password
    with Ldap(lab) as session:
        assert session.bind(account.dn, account.password) == SUCCESS
        code, entries = session.search(directory.suffix, "mail")
        assert (code, entries) == (INSUFFICIENT_ACCESS, [])
        assert session.replace(account.dn, "pwdReset", "FALSE") == INSUFFICIENT_ACCESS
        chosen = dataclasses.replace(account, password=own_password())
        assert session.change_password(account.password, chosen.password) == SUCCESS
    assert way_in(lab, account, officer) == set()
    assert way_in_again(lab, chosen, officer) == EVERY_WAY


def binds(lab: Lab, account: Account) -> bool:
    with Ldap(lab) as session:
        return session.bind(account.dn, account.password) == SUCCESS


# Runs on a host: whom to log in as on standard input, what IMAP shows and submission says on standard output.
VISIT = """
import imaplib, json, smtplib, ssl, sys
job = json.load(sys.stdin)
context = ssl.create_default_context(cafile="/etc/congvu/tls/ca.crt")
found = {"imap": None, "submission": 0}
try:
    session = imaplib.IMAP4_SSL(job["store"], 993, ssl_context=context)
    session.login(job["user"], job["password"])
    quota = session.getquotaroot("INBOX")[1][1][0]
    folders = [line.rsplit(b" ", 1)[-1].decode() for line in session.list()[1]]
    letters = sum(int(session.select(folder)[1][0]) for folder in folders)
    found["imap"] = {"letters": letters, "quota": quota.decode()}
    session.logout()
except imaplib.IMAP4.error as error:
    assert "AUTHENTICATIONFAILED" in str(error), error
with smtplib.SMTP_SSL(job["mx"], 465, context=context) as session:
    session.ehlo()
    session.user, session.password = job["user"], job["password"]
    try:
        found["submission"] = session.auth("PLAIN", session.auth_plain)[0]
    except smtplib.SMTPAuthenticationError as error:
        found["submission"] = error.smtp_code
print(json.dumps(found))
"""


def visit(lab: Lab, account: Account, host: str) -> dict[str, Any]:
    """Log in from one of our hosts, as webmail on it would."""
    where = {"store": lab.hosts["store"][0], "mx": lab.hosts["mx"][0]}
    who = {"user": account.address, "password": account.password}
    found: dict[str, Any] = json.loads(
        lab.run(host, "python3", "-c", VISIT, stdin=json.dumps(where | who).encode())
    )
    return found


@pytest.fixture
def webmail(lab: Lab) -> str:
    return lab.hosts["webmail"][0]


def test_webmail_alone_opens_an_empty_mailbox_for_the_change(
    lab: Lab, first_password: Account, webmail: str
) -> None:
    account = first_password
    message = letter(STRANGER, account.address)
    assert send(lab, message).accepted
    found = visit(lab, account, webmail)
    assert found["imap"]["letters"] == 0
    assert "STORAGE 0 1024)" in found["imap"]["quota"]
    assert found["submission"] == 535
    others = [host for host in lab.every_host if host not in lab.hosts["webmail"]]
    assert [host for host in others if visit(lab, account, host)["imap"]] == []
    with imap.connection(lab) as session, pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        session.login(account.address, account.password)


def test_webmail_opens_the_mailbox_itself_once_the_password_is_changed(
    lab: Lab, owner: Account, webmail: str
) -> None:
    message = letter(STRANGER, owner.address)
    assert send(lab, message).accepted
    arrived(lab, owner, message)
    found = visit(lab, owner, webmail)
    assert found["imap"]["letters"] > 0
    assert "STORAGE 0 1024)" not in found["imap"]["quota"]
    assert found["submission"] == 235


def test_a_lock_shuts_the_way_to_the_change_as_well(
    lab: Lab, directory: Directory, first_password: Account, webmail: str
) -> None:
    with directory.changed(first_password.address, "cvLock", "contained"):
        assert visit(lab, first_password, webmail)["imap"] is None


@contextmanager
def as_host(lab: Lab, host: str, folder: Path) -> Iterator[Ldap]:
    """The directory as a host of ours sees it."""
    files = folder / f"{host}.crt", folder / f"{host}.key"
    for file in files:
        file.write_text(lab.run(host, "cat", f"/etc/congvu/tls/host{file.suffix}"), encoding="utf-8")
    with Ldap(lab, files) as session:
        assert session.bind_as_host() == SUCCESS
        yield session


@pytest.mark.parametrize(
    ("attribute", "value", "by_the_store"),
    [
        ("cvLastUse", "20261101080000Z", SUCCESS),
        ("cvArchive", "2026-11-01 3 abc archive.age", SUCCESS),
        ("cvPurged", "20261101080000Z", SUCCESS),
        ("cvStatus", "active", INSUFFICIENT_ACCESS),
        ("cvLock", "idle", INSUFFICIENT_ACCESS),
        ("cvEvent", "2026-11-01 unlocked - text", INSUFFICIENT_ACCESS),
        ("pwdReset", "FALSE", INSUFFICIENT_ACCESS),
        # Not one of the history: of that slapd says so before it asks who may write.
        ("userPassword", "zK4+wN8?Hs3p", INSUFFICIENT_ACCESS),
        ("cvContact", CONTACT, INSUFFICIENT_ACCESS),
    ],
)
def test_the_store_notes_what_it_alone_knows_and_no_host_writes_else(
    lab: Lab,
    directory: Directory,
    owner: Account,
    tmp_path: Path,
    attribute: str,
    value: str,
    by_the_store: int,
) -> None:
    with ExitStack() as stack:
        if by_the_store == SUCCESS:
            stack.enter_context(directory.changed(owner.address, attribute, ""))
        for host in {*lab.hosts["mx"], *lab.hosts["store"]}:
            wanted = by_the_store if host in lab.hosts["store"] else INSUFFICIENT_ACCESS
            with as_host(lab, host, tmp_path) as session:
                assert session.replace(owner.dn, attribute, value) == wanted
