"""A message, a folder or a mailbox comes back while the mailbox is in use; what is there is not touched."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.lab import Account, Lab

from .conftest import REFERENCE, Operator, back_up
from .picture import log

FIELDS = "mailbox uid guid flags date.received.unixtime hdr.message-id text"
YEAR = "Công văn đến/Năm 2026"
SAME = ("mailbox", "guid", "flags", "date.received.unixtime", "hdr.message-id", "text")


class User:
    """A mailbox as Dovecot shows it."""

    def __init__(self, lab: Lab, address: str) -> None:
        self.lab, self.store, self.address = lab, lab.hosts["store"][0], address

    def messages(self) -> list[dict[str, Any]]:
        fetch = ("doveadm", "-f", "json", "fetch", "-u", self.address, FIELDS, "ALL")
        found: list[dict[str, Any]] = json.loads(self.lab.run(self.store, *fetch))
        for one in found:
            one["flags"] = " ".join(sorted(set(one["flags"].split()) - {r"\Recent"}))
        return sorted(found, key=lambda one: (one["mailbox"], int(one["uid"])))

    def expunge(self, *query: str) -> None:
        self.lab.run(self.store, "doveadm", "expunge", "-u", self.address, *query)

    def do(self, *words: str) -> str:
        verb, *rest = words
        return str(self.lab.run(self.store, "doveadm", *verb.split(), "-u", self.address, *rest))


@pytest.fixture(scope="module")
def archive(lab: Lab, people: list[Account]) -> str:
    return back_up(lab)


@pytest.fixture
def user(lab: Lab, people: list[Account], archive: str) -> Iterator[User]:
    """Somebody whose mailbox is as it was in the backup, before and after."""
    user = User(lab, people[0].address)
    before = like(user.messages())
    yield user
    assert like(user.messages()) == before


def like(messages: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Return what has to be the same again; a message that comes back has a new UID."""
    return sorted(tuple(one[name] for name in SAME) for one in messages)


def places(messages: list[dict[str, Any]], wanted: dict[str, Any]) -> set[str]:
    """Return the folders that have a message."""
    return {one["mailbox"] for one in messages if one["guid"] == wanted["guid"]}


def test_a_deleted_message_comes_back_as_it_was(user: User, operator: Operator) -> None:
    kept = user.messages()
    wanted = next(one for one in kept if one["mailbox"] == "INBOX" and "KhanCap" in one["flags"])
    user.expunge("mailbox", "INBOX", "uid", wanted["uid"])
    asked = {"person": user.address, "message": wanted["hdr.message-id"]}
    check = operator.restore("message", **asked, check=True)
    assert (check.code, len(user.messages())) == (0, len(kept) - 1), check.said
    run = operator.restore("message", **asked)
    assert run.code == 0, run.said
    assert "INBOX -> INBOX: 1 messages" in run.said
    others = [one for one in user.messages() if one["guid"] != wanted["guid"]]
    assert others == [one for one in kept if one["guid"] != wanted["guid"]]
    line = log(user.lab)[-1]
    assert (line.what, line.account, line.reference) == ("mail-restored", user.address, REFERENCE)
    assert operator.restore("message", **asked).changed == 0


def test_a_message_that_the_newest_backup_lacks_is_found_in_an_older_one(
    user: User, operator: Operator
) -> None:
    wanted = next(one for one in user.messages() if one["mailbox"] == "INBOX")
    user.expunge("mailbox", "INBOX", "uid", wanted["uid"])
    newest = back_up(user.lab)
    at = operator.restore("message", person=user.address, message=wanted["hdr.message-id"], at=newest)
    assert at.code != 0
    assert f"no message {wanted['hdr.message-id']} in the backup of" in " ".join(at.said.split())
    run = operator.restore("message", person=user.address, message=wanted["hdr.message-id"])
    assert run.code == 0, run.said


def test_a_folder_that_was_deleted_comes_back_and_is_subscribed_to(user: User, operator: Operator) -> None:
    user.do("mailbox delete", "-s", YEAR)
    back_up(user.lab)  # the newest has it no more: an older one is taken
    run = operator.restore("folder", person=user.address, folder="Công văn đến")
    assert run.code == 0, run.said
    assert f"{user.address}: restored" in run.said
    assert YEAR in user.do("mailbox list", "-s")
    again = operator.restore("folder", person=user.address, folder="Công văn đến")
    assert (again.changed, f"{user.address}: nothing is missing" in again.said) == (0, True)
    back_up(user.lab)  # so that the newest has it again


def test_of_a_mailbox_comes_back_what_was_thrown_away_but_not_what_was_moved(
    user: User, operator: Operator
) -> None:
    before = user.messages()
    thrown, moved, *_ = (one for one in before if one["mailbox"] == "INBOX")
    user.do("move", "Trash", "mailbox", "INBOX", "uid", thrown["uid"])
    user.do("move", "Công văn đi", "mailbox", "INBOX", "uid", moved["uid"])
    user.expunge("mailbox", YEAR, "all")
    user.do("sieve delete", "nghi")
    run = operator.restore("mailbox", person=user.address)
    assert run.code == 0, run.said
    after = user.messages()
    assert places(after, thrown) == {"INBOX", "Trash"}
    assert places(after, moved) == {"Công văn đi"}
    assert len([one for one in after if one["mailbox"] == YEAR]) == 5
    assert "nghi" in user.do("sieve list")
    assert "loc ACTIVE" in user.do("sieve list")
    in_trash = next(one for one in after if (one["mailbox"], one["guid"]) == ("Trash", thrown["guid"]))
    user.expunge("mailbox", "Trash", "uid", in_trash["uid"])
    user.do("move", "INBOX", "mailbox", "Công văn đi", "all")


def test_beside_the_mailbox_of_that_day_stands_in_a_folder_of_its_own(
    user: User, operator: Operator, archive: str
) -> None:
    before = user.messages()
    run = operator.restore("mailbox", person=user.address, at=archive, beside=True)
    assert run.code == 0, run.said
    beside = [one for one in user.messages() if one["mailbox"].startswith("Khôi phục ")]
    tops = {one["mailbox"].split("/")[0] for one in beside}
    assert len(tops) == 1
    found = [one | {"mailbox": one["mailbox"].partition("/")[2]} for one in beside]
    assert like(found) == like(before)
    assert operator.restore("mailbox", person=user.address, at=archive, beside=True).changed == 0
    user.expunge("mailbox", f"{tops.pop()}/*", "all")


def test_what_cannot_be_restored_is_refused_with_the_reason_and_changes_nothing(
    user: User, operator: Operator, archive: str
) -> None:
    def refused(why: str, what: str = "mailbox", **given: object) -> None:
        run = operator.restore(what, **{"person": user.address, **given})
        assert run.code != 0, run.said
        assert why in " ".join(run.said.split()), run.said

    said = len(log(user.lab))
    refused(
        "no account that receives mail has the address nobody@gialai.gov.vn", person="nobody@gialai.gov.vn"
    )
    refused("from 2020-01-01 or before; the oldest are mail.gialai.gov.vn-", at="2020-01-01")
    refused("at=yesterday is no date", at="yesterday")
    refused("there is no target elsewhere: backup1", target="elsewhere")
    refused("has no mail in Khongco, but in Công văn đến/Năm 2026, INBOX", what="folder", folder="Khongco")
    refused("what=mailbox needs -e reference=NUMBER of the request", reference="")
    refused("what=folder needs -e folder=NAME", what="folder", folder="")
    refused("what=message, folder, mailbox, directory or host is needed", what="all")
    ((address, *_),) = [user.lab.run(user.store, "getent", "ahostsv4", "backup1.gialai.gov.vn").split()]
    user.lab.run(user.store, "ip", "route", "add", "unreachable", address)
    try:
        refused("the target cannot be reached, or does not let this host in")
    finally:
        user.lab.run(user.store, "ip", "route", "del", "unreachable", address)
    assert len(log(user.lab)) == said


def test_a_mailbox_without_room_is_refused_with_what_is_lacking(user: User, operator: Operator) -> None:
    directory = user.lab.hosts["directory"][0]
    dn = next(one.dn for one in user.lab.accounts if one.address == user.address)

    def quota(mib: int) -> None:
        change = f"dn: {dn}\nchangetype: modify\nreplace: cvQuota\ncvQuota: {mib}\n"
        user.lab.run(
            directory, "ldapmodify", "-Q", "-Y", "EXTERNAL", "-H", "ldapi:///", stdin=change.encode()
        )

    big = b"From: a@outside.example\r\nMessage-ID: <big@e2e>\r\n\r\n" + b"x" * 76 + b"\r\n" * (600 * 1024)
    user.lab.run(user.store, "doveadm", "save", "-u", user.address, "-m", "INBOX", stdin=big)
    back_up(user.lab)
    try:
        quota(1)
        run = operator.restore("mailbox", person=user.address, beside=True)
        assert run.code != 0
        assert "the mailbox has no room for" in " ".join(run.said.split()), run.said
        assert not [one for one in user.messages() if one["mailbox"].startswith("Khôi phục ")]
    finally:
        quota(1024)
        user.expunge("mailbox", "INBOX", "header", "message-id", "<big@e2e>")
