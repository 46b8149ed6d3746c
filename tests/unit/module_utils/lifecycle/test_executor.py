"""Steps carried out against a directory and a post that fail when they are told to."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.accounts import intents
from ansible_collections.congvu.mail.plugins.module_utils.accounts.directory import Failure
from ansible_collections.congvu.mail.plugins.module_utils.accounts.events import Event
from ansible_collections.congvu.mail.plugins.module_utils.host import audit
from ansible_collections.congvu.mail.plugins.module_utils.host.smtp import MailerError, Sent
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.executor import (
    Executor,
    Outcome,
    as_logged,
)
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.model import Account, Notice, Step
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.notices import Office

DAY = date(2026, 3, 5)
OFFICE = Office("UBND", "1/QĐ", "stttt@gialai.gov.vn", "0269 3824 404", "gialai.gov.vn")


class Killed(BaseException):
    """The run ends here, as by kill -9."""


class FakeDirectory:
    def __init__(self):
        self.writes, self.refuse, self.killed = [], set(), False

    def apply(self, writes):
        if self.killed:
            raise Killed
        self.writes += [write for write in writes if write.dn not in self.refuse]
        return [Failure(write, "no") for write in writes if write.dn in self.refuse]


class FakeMailer:
    def __init__(self):
        self.keys, self.away, self.day = [], False, DAY

    def sent(self, key):
        return Sent(self.day) if key in self.keys else None

    def send(self, key, compose, recipients):
        if self.away:
            raise MailerError("mx1: away")
        self.keys.append(key)
        return Sent(self.day, ("a@x.vn: 552 full",))


@pytest.fixture
def executor(tmp_path, monkeypatch):
    monkeypatch.setenv("CONGVU_TODAY", str(DAY))
    return Executor(
        FakeDirectory(), FakeMailer(), OFFICE, "lan", tmp_path / "audit.jsonl", tmp_path / "pending"
    )


def account(name="a"):
    return Account(f"uid={name}", "person", name, "Lê Nam", f"{name}@gialai.gov.vn", date(2024, 1, 1))


def step(name="a", word="idle-locked", mail=False, **attributes):
    who = account(name)
    notice = Notice("locked", (who.address,), {}, f"locked {name}") if mail else None
    return Step(who, word, "why", attributes, Event(DAY, word, "1/CV", "why"), notice)


def told(executor):
    return [(line.what, line.account) for line in audit.read(executor.log)]


def test_attributes_and_event_are_one_write_and_one_line(executor):
    outcome = executor.execute([step(cvLock=("idle",))])
    (write,) = executor.directory.writes
    assert (write.dn, write.replaced) == ("uid=a", {"cvLock": ("idle",)})
    assert write.added == {"cvEvent": ["2026-03-05 idle-locked 1/CV why"]}
    assert [one.word for one in outcome.done] == ["idle-locked"]
    (line,) = audit.read(executor.log)
    assert (line.who, line.what, line.account, line.reference) == (
        "lan", "idle-locked", "a@gialai.gov.vn", "1/CV",
    )  # fmt: skip
    assert not executor.pending.exists()


def test_bookkeeping_is_written_and_not_told(executor):
    executor.execute([Step(account(), "used", "why", {"cvLastUse": ("x",)})])
    assert len(executor.directory.writes) == 1
    assert told(executor) == []


def test_what_another_has_logged_is_an_event_and_no_second_line(executor):
    executor.execute([replace(step(word="left"), logged=False)])
    assert [write.added for write in executor.directory.writes] == [{"cvEvent": ["2026-03-05 left 1/CV why"]}]
    assert told(executor) == []


@pytest.mark.parametrize(
    ("log", "known"),
    [
        ([], False),
        ([("left", "a")], True),
        ([("left", "b")], False),
        ([("created", "a")], False),
        ([("left", "a"), ("returned", "a")], False),  # left by hand after the return
        ([("returned", "a"), ("left", "a"), ("archive-made", "a")], True),
        ([("closing", "a"), ("left", "a"), ("locked", "b")], True),
    ],
)
def test_a_status_that_nobody_has_logged_was_written_by_hand(executor, log, known):
    followed = replace(step(word="left"), logged=False)
    lines = [audit.AuditLine("lan", what, f"{name}@gialai.gov.vn") for what, name in log]
    (found,) = as_logged([followed], lines)
    assert found.logged is not known
    executor.execute([found])
    assert [(line.what, line.text) for line in audit.read(executor.log)] == (
        [] if known else [("left", "found in the directory")]
    )


def test_a_lock_of_the_roster_is_logged_under_its_status():
    followed = replace(step(word="roster-locked"), logged=False)
    assert as_logged([followed], [audit.AuditLine("lan", "locked", "a@gialai.gov.vn")]) == [followed]


def test_the_log_is_read_only_where_somebody_else_should_have_written_into_it():
    def log():
        raise AssertionError
        yield

    assert as_logged([step()], log()) == [step()]


def test_without_mail_nothing_happens_that_follows_from_the_notice(executor):
    executor.mailer.away = True
    outcome = executor.execute([step("a", "notified:reclaim", mail=True), step("a"), step("b")])
    assert [write.dn for write in executor.directory.writes] == ["uid=b"]
    assert outcome.due == ["a@gialai.gov.vn: notified:reclaim: mx1: away"]
    assert told(executor) == [("idle-locked", "b@gialai.gov.vn")]


def test_what_was_sent_before_counts_from_that_day(executor):
    executor.mailer.day = date(2026, 3, 1)
    executor.execute([step(word="notified:reclaim", mail=True)])
    (write,) = executor.directory.writes
    assert write.added["cvEvent"][0].startswith("2026-03-01 notified:reclaim")
    (line,) = audit.read(executor.log)
    assert "refused by a@x.vn: 552 full" in line.text


def test_what_slapd_refuses_is_told_to_nobody_as_done(executor):
    executor.directory.refuse.add("uid=a")
    outcome = executor.execute([step("a"), step("b")])
    assert outcome.failed == ["a@gialai.gov.vn: idle-locked: no"]
    assert told(executor) == [("idle-locked", "b@gialai.gov.vn")]


def recover(executor, *events):
    """Let the next run find these events in the directory."""
    executor.directory.entry = lambda dn, names: {"cvEvent": [event.line() for event in events]}
    intents.recover(executor.directory, executor.pending, executor.log, executor.pending.with_name("former"))


def test_killed_before_the_write_the_log_says_nothing(executor):
    executor.directory.killed = True
    with pytest.raises(Killed):
        executor.execute([step()])
    assert executor.pending.exists()
    recover(executor)
    assert told(executor) == []
    assert not executor.pending.exists()


def test_killed_after_the_write_the_log_is_told_once(executor, monkeypatch):
    monkeypatch.setattr(audit, "record_all", lambda lines, log: (_ for _ in ()).throw(Killed()))
    with pytest.raises(Killed):
        executor.execute([step()])
    monkeypatch.undo()
    pending = executor.pending.read_bytes()
    assert json.loads(pending)
    for _ in range(2):
        executor.pending.write_bytes(pending)  # killed again, between log and note
        recover(executor, Event(DAY, "idle-locked", "1/CV", "why"))
    assert told(executor) == [("idle-locked", "a@gialai.gov.vn")]


def test_a_notice_on_its_own_is_sent_once(executor):
    notice = Notice("proposals", (OFFICE.address,), {}, "proposals 2026-03-05")
    for _ in range(2):
        executor.notify(notice, Outcome())
    assert executor.mailer.keys == ["proposals 2026-03-05"]
    assert told(executor) == [("notified:proposals", OFFICE.address)]
