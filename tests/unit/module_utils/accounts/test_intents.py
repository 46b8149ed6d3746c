"""A killed run's steps reach the log, those that it did not get to do not, and none does twice."""

from __future__ import annotations

import json

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.accounts import intents
from ansible_collections.congvu.mail.plugins.module_utils.accounts.intents import Intent
from ansible_collections.congvu.mail.plugins.module_utils.host import audit
from ansible_collections.congvu.mail.plugins.module_utils.host.audit import AuditLine

EVENT = "2026-11-22 reset 14/PYC stttt@1.jsonl.age"
INTENTS = [
    Intent("uid=new", AuditLine("op", "created", "new@x")),
    Intent("uid=away", AuditLine("op", "created", "away@x")),
    Intent("uid=locked", AuditLine("op", "locked", "locked@x", "1/CV")),
    Intent("uid=active", AuditLine("op", "locked", "active@x", "1/CV")),
    Intent("uid=reset", AuditLine("op", "reset", "reset@x", "14/PYC", "stttt@1.jsonl.age"), EVENT),
    Intent("uid=kept", AuditLine("op", "reset", "kept@x", "14/PYC", "stttt@1.jsonl.age"), EVENT),
]


class Slapd:
    """Holds what the run wrote before it was killed: every second step."""

    def entry(self, dn, names):
        return {
            "uid=new": {"cvStatus": ["active"]},
            "uid=locked": {"cvStatus": ["locked"]},
            "uid=active": {"cvStatus": ["active"]},
            "uid=reset": {"cvStatus": ["active"], "cvEvent": ["2026-11-01 warned - x", EVENT]},
            "uid=kept": {"cvStatus": ["active"]},
        }.get(dn)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "steps"


@pytest.fixture
def log(tmp_path):
    return tmp_path / "log"


@pytest.fixture
def former(tmp_path):
    return tmp_path / "former"


def told(log):
    return [line.account for line in audit.read(log)]


def test_after_a_kill_the_log_is_told_what_happened_and_no_more(file, log, former):
    timed = intents.begin(INTENTS, file)
    assert told(log) == []
    intents.recover(Slapd(), file, log, former)
    assert told(log) == ["new@x", "locked@x", "reset@x"]
    assert {line.time for line in audit.read(log)} == {timed[0].line.time}
    intents.recover(Slapd(), file, log, former)
    assert len(told(log)) == 3


def test_what_was_logged_before_the_kill_is_not_logged_again(file, log, former):
    timed = intents.begin(INTENTS, file)
    audit.record_all([timed[0].line], log)
    intents.recover(Slapd(), file, log, former)
    assert told(log) == ["new@x", "locked@x", "reset@x"]


def test_a_run_that_ends_leaves_nothing_to_tell(file, log, former):
    intents.complete(intents.begin(INTENTS[:1], file), file, log)
    assert told(log) == ["new@x"]
    assert not file.exists()


def test_what_is_pending_is_what_was_begun(file, log, former):
    timed = intents.begin(INTENTS, file)
    assert intents.pending(file, former) == timed
    intents.complete(timed, file, log)
    assert intents.pending(file, former) == []


def test_nothing_begun_is_no_note(file, former):
    assert intents.begin([], file) == []
    assert not file.exists()


def test_the_note_of_an_earlier_version_s_pass_is_read_once(file, log, former):
    line = vars(AuditLine("timer", "reset", "reset@x", "14/PYC", time="2026-11-22T02:15:00+07:00"))
    former.write_text(
        json.dumps([["uid=reset", EVENT, line], ["uid=kept", EVENT, {**line, "account": "kept@x"}]])
    )
    intents.recover(Slapd(), file, log, former)
    assert told(log) == ["reset@x"]
    assert not former.exists()


@pytest.mark.parametrize(
    "note",
    [
        b"\0" * 9,
        b"{",
        b"{}x",
        b"[1]",
        b'[["uid=a", {"who": 1, "what": "x"}, ""]]',
        b'[["a", {"wo": "a"}, ""]]',
        b"7",
    ],
)
def test_a_note_that_cannot_be_read_is_set_aside_and_told(note, file, log, former):
    for path in (file, former):
        path.write_bytes(note)
    recovery = intents.recover(Slapd(), file, log, former)
    assert [path.read_bytes() for path in recovery.aside] == [note, note]
    assert [str(path) in said for path, said in zip(recovery.aside, recovery.words(), strict=True)] == [
        True
    ] * 2
    assert [line.what for line in audit.read(log)] == ["torn-line"] * 2
    assert intents.recover(Slapd(), file, log, former) == intents.Recovery()


def test_killed_between_the_log_and_the_note_nothing_is_told_twice(file, log, former):
    timed = intents.begin(INTENTS, file)
    note = file.read_bytes()
    intents.complete([timed[0]], file, log)
    file.write_bytes(note)
    intents.recover(Slapd(), file, log, former)
    assert told(log) == ["new@x", "locked@x", "reset@x"]
