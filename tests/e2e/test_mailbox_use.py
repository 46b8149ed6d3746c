"""What a mail program finds in a mailbox: the usual folders, a search that knows Vietnamese, filters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import pytest

from tests.support.imap import Mailbox, arrived, open_mailbox
from tests.support.lab import Account, Lab
from tests.support.letters import STRANGER, id_of, letter
from tests.support.managesieve import ManageSieve
from tests.support.smtp import send
from tests.support.waiting import wait_for
from tests.support.world import World, queued

FILTER = """\
require ["fileinto", "mailbox"];
if header :contains "subject" "Giấy mời" { fileinto :create "Giay moi"; stop; }
"""


@pytest.mark.parametrize("use", [r"\Drafts", r"\Sent", r"\Junk", r"\Trash", r"\Archive"])
def test_the_usual_folders_are_there(lab: Lab, people: list[Account], use: str) -> None:
    """RFC 6154, so that programs neither guess nor make a second one."""
    for account in people:
        with open_mailbox(lab, account) as mailbox:
            assert mailbox.folder_for(use)


# Each letter says the same in another spelling, in the subject or in the text.
LETTERS = {
    "Thông báo": ("Thông báo lịch họp", "Nội dung kèm theo.\n"),
    "thong bao": ("thong bao lich hop", "Noi dung kem theo.\n"),
    "text: thông báo": ("Lịch họp", "Văn phòng thông báo như sau.\n"),
    "text: thong bao": ("Lich hop", "Van phong thong bao nhu sau.\n"),
    "NFD: Thông báo": ("Lịch họp", unicodedata.normalize("NFD", "Văn phòng thông báo.\n")),
    "Đề nghị": ("Đề nghị báo cáo", "Nội dung kèm theo.\n"),
    "de nghi": ("de nghi bao cao", "Noi dung kem theo.\n"),
    "text: đề nghị": ("Báo cáo", "Văn phòng đề nghị như sau.\n"),
    "text: de nghi": ("Bao cao", "Van phong de nghi nhu sau.\n"),
}
NOTICES = {name for name in LETTERS if "ng b" in name.lower() or "NFD" in name}
REQUESTS = set(LETTERS) - NOTICES


@pytest.fixture(scope="module")
def archive(lab: Lab, people: list[Account]) -> Iterator[tuple[Mailbox, dict[str, str]]]:
    """A mailbox that has received all the letters, and which id is which."""
    account = people[1]
    sent = {name: letter(STRANGER, account.address, *words) for name, words in LETTERS.items()}
    for message in sent.values():
        assert send(lab, message).accepted
    for message in sent.values():
        arrived(lab, account, message)
    with open_mailbox(lab, account) as mailbox:
        mailbox.open()
        yield mailbox, {id_of(message): name for name, message in sent.items()}


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        *((words, NOTICES) for words in ("thong bao", "Thông báo", "THÔNG BÁO", "THONG BAO", "thông bao")),
        *((words, REQUESTS) for words in ("de nghi", "đề nghị", "Đề nghị", "ĐỀ NGHỊ", "DE NGHI", "đe nghi")),
        (unicodedata.normalize("NFD", "Thông báo"), NOTICES),
        (unicodedata.normalize("NFD", "ĐỀ NGHỊ"), REQUESTS),
        ("thong cao", set()),
        ("nghi phep", set()),
    ],
)
def test_search_finds_every_spelling(
    archive: tuple[Mailbox, dict[str, str]], words: str, wanted: set[str]
) -> None:
    mailbox, names = archive
    assert {names[found] for found in mailbox.search("TEXT", words) if found in names} == wanted


@pytest.mark.parametrize("words", ["thong bao", "Thông báo"])
def test_search_tells_subject_from_text(archive: tuple[Mailbox, dict[str, str]], words: str) -> None:
    mailbox, names = archive
    in_subject = {names[found] for found in mailbox.search("SUBJECT", words) if found in names}
    in_text = {names[found] for found in mailbox.search("BODY", words) if found in names}
    assert in_subject == {"Thông báo", "thong bao"}
    assert in_text == NOTICES - in_subject


def test_search_finds_a_message_by_its_id(archive: tuple[Mailbox, dict[str, str]]) -> None:
    mailbox, names = archive
    for message_id in names:
        assert mailbox.search("HEADER Message-ID", message_id) == {message_id}


@pytest.fixture
def filters(lab: Lab, people: list[Account]) -> Iterator[tuple[Account, ManageSieve]]:
    """Somebody without filters, logged in to set some."""
    account = people[3]
    with ManageSieve(lab) as session:
        assert session.login(account)[0] == "OK"
        yield account, session
        session.ask('SETACTIVE ""')
        session.ask('DELETESCRIPT "e2e"')


def test_a_filter_set_by_the_user_acts(lab: Lab, filters: tuple[Account, ManageSieve]) -> None:
    account, session = filters
    assert session.put("e2e", FILTER)[0] == "OK"
    assert session.ask('SETACTIVE "e2e"')[0] == "OK"
    invitation = letter(STRANGER, account.address, subject="Giấy mời họp giao ban")
    other = letter(STRANGER, account.address)
    try:
        assert send(lab, invitation).accepted
        assert send(lab, other).accepted
        folder = wait_for("the folder that the filter makes", lambda: filed(lab, account))
        arrived(lab, account, invitation, folder)
        arrived(lab, account, other)
    finally:
        with open_mailbox(lab, account) as mailbox:
            mailbox.session.delete(filed(lab, account))


def filed(lab: Lab, account: Account) -> str:
    """Return the name of the filter's folder as the server writes it; empty if there is none."""
    with open_mailbox(lab, account) as mailbox:
        return next((name for name in mailbox.folders() if "Giay moi" in name), "")


def test_a_filter_cannot_send_mail_on_to_the_outside(
    lab: Lab, filters: tuple[Account, ManageSieve], world: World
) -> None:
    """Automatic forwarding is off: refused at once, or without effect and nothing lost."""
    account, session = filters
    if session.put("e2e", f'redirect "{STRANGER}";')[0] == "OK":
        assert session.ask('SETACTIVE "e2e"')[0] == "OK"
    message = letter(STRANGER, account.address)
    assert send(lab, message).accepted
    arrived(lab, account, message)
    wait_for(
        "no mail on its way out", lambda: not any(queued(lab, host, STRANGER) for host in lab.hosts["mx"])
    )
    assert world.received(id_of(message)) == []


def test_a_filter_that_is_wrong_is_refused_when_it_is_uploaded(
    filters: tuple[Account, ManageSieve],
) -> None:
    _, session = filters
    assert session.put("e2e", 'fileinto "without require";')[0] == "NO"
    assert '"e2e"' not in session.ask("LISTSCRIPTS")[1]
