"""The client of `make bench ONLY=logins`: it counts sessions that really logged in."""

from __future__ import annotations

import asyncio

import pytest

from benchmarks.client import Task, sessions
from tests.support.lab import Account, Lab


def task(lab: Lab, users: list[tuple[str, str]]) -> Task:
    return Task(lab.imaps.address, lab.imaps.port, lab.host, str(lab.ca), 2, 0.5, users)


def test_sessions_are_counted_with_and_without_a_login(lab: Lab, people: list[Account]) -> None:
    for users in ([], [(one.address, one.password) for one in people[:2]]):
        result = asyncio.run(sessions(task(lab, users)))
        assert len(result.sessions) >= 2 and result.seconds >= 0.5


def test_a_refused_login_is_no_session(lab: Lab, people: list[Account]) -> None:
    # Nobody's address: a wrong password for somebody's would put off the first login of the next test.
    nobody = f"khong.co.ai@{people[0].domain}"
    with pytest.raises(PermissionError, match="AUTHENTICATIONFAILED"):
        asyncio.run(sessions(task(lab, [(nobody, people[0].password)])._replace(clients=1)))
