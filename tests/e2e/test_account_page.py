"""The page where people change their passwords: who must, who wants to, and who should not."""

from __future__ import annotations

import dataclasses
import imaplib
import json
import secrets
import socket
import ssl
import time
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.account.change import (
    ADDRESS_WRONG,
    AWAY,
    DIFFERENT,
    LONGEST,
    TOO_LONG,
    WRONG,
)
from ansible_collections.congvu.mail.plugins.module_utils.passwords.rules import (
    SENTENCES,
    rule_sentences,
    tokens,
)
from ansible_collections.congvu.mail.plugins.module_utils.policy.terms import PasswordTerms

from lab.access import own_password
from tests.support import imap, store
from tests.support.directory import AS_ROOT, Directory
from tests.support.imap import open_mailbox
from tests.support.lab import Account, Lab
from tests.support.ldap import SUCCESS, Ldap
from tests.support.letters import letter
from tests.support.managesieve import ManageSieve
from tests.support.page import Page
from tests.support.parts import Parts
from tests.support.passwords import spilled
from tests.support.smtp import send
from tests.support.waiting import wait_for

FIRST = "hT7k-9mxb-Rq4v-n3fJ"
WRONG_PASSWORD = "Khong-phai.9"
TERMS = PasswordTerms()
NAMES = tokens("Nguyễn Văn An", "Phòng Công nghệ thông tin", "cntt.stttt")


@pytest.fixture
def page(lab: Lab) -> Iterator[Page]:
    """The page, on which nobody has guessed yet; what a test left is forgotten."""
    page = Page(lab)
    forget(lab, page)
    yield page
    forget(lab, page)


def forget(lab: Lab, page: Page) -> None:
    """Take back the counts of wrong passwords, all of which came from one address here."""
    forgotten = "rm -f /var/lib/congvu-account/attempts.sqlite*"
    lab.run(
        page.host, "sh", "-ec", f"systemctl stop congvu-account; {forgotten}; systemctl start congvu-account"
    )


@pytest.fixture
def newcomer(lab: Lab, directory: Directory) -> Iterator[Account]:
    """Somebody with a first password, who is gone afterwards."""
    name = f"e2e-{secrets.token_hex(4)}"
    one = Account(f"{name}@gialai.gov.vn", f"uid={name},ou=people,{directory.suffix}", FIRST)
    held = {
        "objectClass": ["cvMailbox", "inetLocalMailRecipient", "inetOrgPerson"],
        "uid": [name],
        "cn": ["Nguyen Van An"],
        "sn": ["Nguyen"],
        "mail": [one.address],
        "mailLocalAddress": [one.address],
        "cvStatus": ["active"],
        "cvMailPath": [f"s01/e2e/{name}"],
        "cvQuota": ["10"],
        "cvUnit": ["cntt.stttt"],
        "cvToken": [NAMES],
        "userPassword": [one.password],
        "pwdReset": ["TRUE"],
    }
    lines = [f"dn: {one.dn}", *(f"{key}: {value}" for key, values in held.items() for value in values)]
    lab.run(directory.host, "ldapadd", *AS_ROOT, stdin="\n".join(lines).encode())
    yield one
    directory.delete(one.dn)


def opens(lab: Lab, account: Account) -> set[str]:
    """Return by which ways an account gets in."""
    found = set()
    try:
        with imap.connection(lab) as session:
            session.login(account.address, account.password)
        found.add("imap")
    except imaplib.IMAP4.error:
        pass
    if send(lab, letter(account.address, account.address), by=account).accepted:
        found.add("submission")
    with ManageSieve(lab) as sieve:
        if sieve.login(account)[0] == "OK":
            found.add("sieve")
    return found


def test_a_first_password_is_changed_and_opens_nothing_any_more(
    lab: Lab, page: Page, newcomer: Account
) -> None:
    assert opens(lab, newcomer) == set()
    new = own_password()
    said = page.change(newcomer.address, FIRST, new)
    assert (said.status, said.faults) == (303, [])
    assert page.ask("GET", said.headers["location"]).status == 200
    changed = dataclasses.replace(newcomer, password=new)
    assert opens(lab, changed) == {"imap", "submission", "sieve"}
    assert opens(lab, newcomer) == set()
    store.tidy(lab, newcomer.address)


def test_every_rule_is_shown_and_every_broken_one_is_named(lab: Lab, page: Page, newcomer: Account) -> None:
    shown = page.ask("GET").text
    assert [rule for rule in rule_sentences(TERMS) if rule not in shown] == []
    broken = {
        "Ab1-": ["Mật khẩu phải có ít nhất 8 ký tự."],
        "zx-9bamu.lech": [SENTENCES["upper"]],
        "ZX-9BAMU.LECH": [SENTENCES["lower"]],
        "Zx-bamu.lech": [SENTENCES["digit"]],
        "Zx9bamuLech": [SENTENCES["sign"]],
        "Zx-9bamu{lech}": [SENTENCES["braces"]],
        "Zx-9bamu\tlech": [SENTENCES["control"]],
        "Zx-9bamu.lệch": [SENTENCES["ascii"]],
        unicodedata.normalize("NFD", "Zx-9bamu.lệch"): [SENTENCES["ascii"]],
        "Zx-9.nguyenlech": [SENTENCES["name"].replace("…", "nguyen")],
        "P@ssw0rd": [SENTENCES["common"]],
        FIRST: [SENTENCES["reused"]],
    }
    found = {new: page.change(newcomer.address, FIRST, new) for new in broken}
    assert {new: said.faults for new, said in found.items()} == broken
    assert {said.status for said in found.values()} == {422}
    with Ldap(lab) as session:
        assert session.bind(newcomer.dn, FIRST) == SUCCESS


def test_all_that_is_wrong_is_said_at_once(page: Page, newcomer: Account) -> None:
    said = page.change(newcomer.address, FIRST, "nguyen", "nguyem")
    wanted = {DIFFERENT, *(SENTENCES[rule] for rule in ("upper", "digit", "sign"))}
    assert wanted < set(said.faults)
    assert 'value="' + newcomer.address in said.text
    assert FIRST not in said.text


def test_a_password_of_the_past_is_refused(page: Page, newcomer: Account) -> None:
    second, third = own_password(), own_password()
    assert page.change(newcomer.address, FIRST, second).status == 303
    assert page.change(newcomer.address, second, third).status == 303
    assert page.change(newcomer.address, third, FIRST).faults == [SENTENCES["reused"]]


def test_an_old_password_with_marks_is_the_same_from_every_keyboard(
    page: Page, directory: Directory, newcomer: Account
) -> None:
    old = unicodedata.normalize("NFC", "Mật-khẩu.hệ thống cũ 1")
    value = "userPassword: " + old
    change = f"dn: {newcomer.dn}\nchangetype: modify\nreplace: userPassword\n{value}\n"
    directory.lab.run(directory.host, "ldapmodify", *AS_ROOT, stdin=change.encode())
    said = page.change(newcomer.address, unicodedata.normalize("NFD", old), own_password())
    assert (said.status, said.faults) == (303, [])


def test_guessing_ends_before_the_directory_locks(
    lab: Lab, page: Page, directory: Directory, newcomer: Account
) -> None:
    """The owner gets in with a mail program all the while, and after a restart it is not forgotten."""

    def guess() -> int:
        # Not while the directory delays: then it would say so, and count nothing.
        wait_for("the delay is over", lambda: not directory.delays(newcomer.address))
        return page.change(newcomer.address, WRONG_PASSWORD, own_password()).status

    assert [guess() for _ in range(4)] == [422, 422, 422, 429]
    lab.run(page.host, "systemctl", "kill", "--signal=KILL", "congvu-account.service")
    said = page.change(newcomer.address, FIRST, own_password())
    assert said.status == 429
    assert int(said.headers["retry-after"]) > 0
    assert "phút" in said.faults[0]
    assert len(directory.of(newcomer.address, "pwdFailureTime")["pwdFailureTime"]) < TERMS.max_failures
    with Ldap(lab) as session:
        wait_for("the owner gets in", lambda: session.bind(newcomer.dn, FIRST) == SUCCESS)


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(page: Page, newcomer: Account) -> None:
    nobody = f"khong.co.ai@{newcomer.domain}"
    for address in (newcomer.address, nobody):
        said = page.change(address, WRONG_PASSWORD, own_password())
        assert (said.status, said.faults) == (422, [WRONG])


@pytest.mark.parametrize(
    ("attribute", "value"), [("cvStatus", "locked"), ("cvStatus", "left"), ("cvLock", "contained")]
)
def test_who_is_locked_changes_nothing(
    page: Page, directory: Directory, newcomer: Account, attribute: str, value: str
) -> None:
    with directory.changed(newcomer.address, attribute, value):
        assert page.change(newcomer.address, FIRST, own_password()).faults == [WRONG]


def test_with_the_directory_down_it_is_later_and_never_wrong(
    lab: Lab, page: Page, parts: Parts, newcomer: Account
) -> None:
    parts.stop("directory")
    for old in (FIRST, WRONG_PASSWORD) * TERMS.max_failures:
        said = page.change(newcomer.address, old, own_password())
        assert (said.status, said.faults) == (503, [AWAY])
    parts.start()
    assert page.change(newcomer.address, FIRST, own_password()).status == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": None},
        {"origin": "null"},
        {"origin": "https://evil.example"},
        {"Sec_Fetch_Site": "cross-site"},
    ],
)
def test_a_form_of_another_site_is_not_looked_at(
    page: Page, newcomer: Account, headers: dict[str, Any]
) -> None:
    assert page.change(newcomer.address, FIRST, own_password(), **headers).status == 403
    assert page.change(newcomer.address, FIRST, own_password()).status == 303


def test_long_input_is_bounded(page: Page, newcomer: Account) -> None:
    long = "Zx-9bamu" * LONGEST
    assert page.change(newcomer.address, FIRST, long).faults == [TOO_LONG]
    assert TOO_LONG in page.change(newcomer.address, long, own_password()).faults
    assert page.change("a" * 300 + newcomer.address, FIRST, own_password()).faults == [ADDRESS_WRONG]
    said = page.change(newcomer.address, FIRST, "x" * 20_000)
    assert said.status == 413
    assert "Vui lòng thử lại sau" in said.text


def test_who_is_slow_is_hung_up_on(page: Page) -> None:
    began = time.monotonic()
    with page.connect() as slow:
        slow.sendall(b"POST /mat-khau HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\na")
        slow.settimeout(60)
        while slow.recv(4096):
            pass
    assert time.monotonic() - began < 60


def test_every_answer_has_the_headers_of_a_page_that_nothing_gets_into(page: Page) -> None:
    for path, status in {
        "/": 302,
        "/mat-khau": 200,
        "/mat-khau.css": 200,
        "/mat-khau/x": 404,
        "/x": 404,
    }.items():
        said = page.ask("GET", path)
        assert said.status == status
        policy = said.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert said.headers["strict-transport-security"].startswith("max-age=31536000")
        assert said.headers["cache-control"] == "no-store"
        assert said.headers["referrer-policy"] == "same-origin"
        assert said.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in said.headers
        assert said.headers["server"] == "nginx"
    assert page.ask("GET", "/").headers["location"].endswith("/mat-khau")


def test_nobody_says_for_nginx_where_they_are(lab: Lab, page: Page, newcomer: Account) -> None:
    page.change(newcomer.address, WRONG_PASSWORD, own_password(), X_Forwarded_For="192.0.2.77")
    lab.run(page.host, "journalctl", "--sync")
    logged = lab.run(page.host, "journalctl", "--quiet", "--output=cat", "--unit=congvu-account")
    (line,) = [line for line in logged.splitlines() if newcomer.address in line]
    assert line.startswith("wrong password: ")
    assert "192.0.2.77" not in line


def test_another_name_and_no_tls_lead_to_the_page(lab: Lab, page: Page) -> None:
    home = f"https://{page.host}/"
    said = page.ask("GET", headers={"Host": "something.example"})
    assert (said.status, said.headers["location"]) == (301, home)
    fetched = lab.run(page.host, "python3", "-c", PLAIN, page.host)
    assert json.loads(fetched) == [301, home]


PLAIN = """
import http.client, json, sys
client = http.client.HTTPConnection(sys.argv[1], timeout=30)
client.request("GET", "/")
answer = client.getresponse()
print(json.dumps([answer.status, answer.getheader("Location")]))
"""


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_tls_is_refused(lab: Lab, page: Page, version: ssl.TLSVersion) -> None:
    context = lab.trust()
    context.minimum_version, context.maximum_version = version, version
    context.set_ciphers("ALL:@SECLEVEL=0")
    with (
        socket.create_connection((lab.https.address, lab.https.port), 30) as plain,
        pytest.raises(ssl.SSLError),
    ):
        context.wrap_socket(plain, server_hostname=page.host)


def test_no_password_is_spilled(lab: Lab, page: Page, newcomer: Account) -> None:
    new, wrong = own_password(), own_password()
    page.change(newcomer.address, wrong, new)
    page.ask("GET", f"/mat-khau?old={FIRST}&new={new}")
    wait_for("it is changed", lambda: page.change(newcomer.address, FIRST, new).status == 303)
    for secret in (FIRST, new, wrong):
        assert spilled(lab, secret) == set()


READ = """
import json, ldap, sys
host, base = sys.argv[1:]
connection = ldap.initialize(f"ldaps://{host}")
for option, file in ((ldap.OPT_X_TLS_CACERTFILE, "ca.crt"), (ldap.OPT_X_TLS_CERTFILE, "account.crt"),
                     (ldap.OPT_X_TLS_KEYFILE, "account.key")):
    connection.set_option(option, f"/etc/congvu/tls/{file}")
connection.set_option(ldap.OPT_X_TLS_NEWCTX, 0)
connection.sasl_external_bind_s()
found = connection.search_s(base, ldap.SCOPE_SUBTREE, "(mail=*)", ["*", "+"])
print(json.dumps(sorted({name for _, attributes in found for name in attributes})))
"""


def test_the_page_knows_next_to_nothing(
    lab: Lab, page: Page, directory: Directory, newcomer: Account
) -> None:
    """With its certificate it finds an account by its address, and reads nothing else of any."""
    read = json.loads(lab.run(page.host, "python3", "-c", READ, directory.host, directory.suffix))
    assert set(read) - {"pwdAccountTmpLockoutEnd"} == {"objectClass", "mail", "cvToken"}


def test_its_owner_can_still_use_mail(lab: Lab, page: Page, officer: Account) -> None:
    """Nobody is asked to change; a wrong guess at the page costs a moment."""
    page.change(officer.address, WRONG_PASSWORD, own_password())

    def works() -> bool:
        with Ldap(lab) as session:
            return session.bind(officer.dn, officer.password) == SUCCESS

    wait_for("the right password is taken", works)
    with open_mailbox(lab, officer):
        pass
