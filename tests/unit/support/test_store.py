"""Every message is read, once, also where doveadm panics on some of them together."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from tests.support.store import fetch

MAIL = {"a": ["1", "2", "3", "5"], "b": ["7"]}


class Store:
    """A host whose doveadm panics where it prints more than some messages, or one of some number."""

    def __init__(self, at_most: int, never: str = "", words: str = "Panic: file json-generator.c") -> None:
        self.at_most, self.never, self.words = at_most, never, words

    def run(self, _host: str, *command: str, within: float) -> str:
        del within
        wanted = _wanted(command)
        text = any("text" in word for word in command)
        if text and (len(wanted) > self.at_most or any(uid == self.never for _, uid in wanted)):
            raise AssertionError(self.words)
        return json.dumps([{"user": user, "mailbox": "INBOX", "uid": uid} for user, uid in wanted])


def _wanted(command: Sequence[str]) -> list[tuple[str, str]]:
    if "-A" in command:
        return [(user, uid) for user, uids in MAIL.items() for uid in uids]
    return [(command[5], uid) for uid in command[-1].split(",")]


@pytest.mark.parametrize("at_most", [9, 4, 3, 2, 1])
def test_all_are_read_once(at_most: int) -> None:
    found = [(one["user"], one["uid"]) for one in fetch(Store(at_most), "host", "uid text")]  # type: ignore[arg-type]
    assert found == [("a", "1"), ("a", "2"), ("a", "3"), ("a", "5"), ("b", "7")]


def test_a_message_that_cannot_be_read_alone_is_an_error() -> None:
    with pytest.raises(AssertionError):
        fetch(Store(4, never="3"), "host", "uid text")  # type: ignore[arg-type]


def test_another_failure_is_one_at_once() -> None:
    with pytest.raises(AssertionError, match="no such host"):
        fetch(Store(1, words="no such host"), "host", "uid text")  # type: ignore[arg-type]
