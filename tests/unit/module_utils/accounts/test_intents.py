"""A killed run's steps reach the log, those that it did not get to do not, and none does twice."""

from __future__ import annotations

import pytest
from ansible_collections.congvu.mail.plugins.module_utils import audit
from ansible_collections.congvu.mail.plugins.module_utils.accounts import intents
from ansible_collections.congvu.mail.plugins.module_utils.accounts.intents import Step
from ansible_collections.congvu.mail.plugins.module_utils.audit import Line

EVENT = "2026-11-22 reset 14/PYC stttt@1.jsonl.age"
STEPS = [
    Step("uid=new", Line("op", "created", "new@x")),
    Step("uid=away", Line("op", "created", "away@x")),
    Step("uid=locked", Line("op", "locked", "locked@x", "1/CV")),
    Step("uid=active", Line("op", "locked", "active@x", "1/CV")),
    Step("uid=reset", Line("op", "reset", "reset@x", "14/PYC", "stttt@1.jsonl.age"), EVENT),
    Step("uid=kept", Line("op", "reset", "kept@x", "14/PYC", "stttt@1.jsonl.age"), EVENT),
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


def told(log):
    return [line.account for line in audit.read(log)]


def test_after_a_kill_the_log_is_told_what_happened_and_no_more(file, log):
    timed = intents.announce(STEPS, file)
    assert told(log) == []
    intents.recover(Slapd(), file, log)
    assert told(log) == ["new@x", "locked@x", "reset@x"]
    assert {line.time for line in audit.read(log)} == {timed[0].line.time}
    intents.recover(Slapd(), file, log)
    assert len(told(log)) == 3


def test_what_was_logged_before_the_kill_is_not_logged_again(file, log):
    timed = intents.announce(STEPS, file)
    audit.record_all([timed[0].line], log)
    intents.recover(Slapd(), file, log)
    assert told(log) == ["new@x", "locked@x", "reset@x"]


def test_a_run_that_ends_leaves_nothing_to_tell(file, log):
    intents.record(intents.announce(STEPS[:1], file), file, log)
    assert told(log) == ["new@x"]
    assert not file.exists()
