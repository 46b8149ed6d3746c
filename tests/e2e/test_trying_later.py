"""A right password is not called wrong because the directory is slow, or away, or somebody guesses at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support import imap, managesieve, smtp
from tests.support.answers import LATER, OK, Asked, is_later
from tests.support.directory import Directory
from tests.support.lab import Account, Lab
from tests.support.ldap import INVALID_CREDENTIALS, SUCCESS, Ldap
from tests.support.waiting import wait_for

from .conftest import everything_works

# Dovecot gives a request that the directory does not answer up after 60 seconds, and looks every few.
PATIENCE = 180
WRONG = "Khong-phai.9"
# Connections to the directory that have sent something which it has not read: logins that wait.
WAITING = "ss -Htn state established '( sport = :ldaps )' | awk '$1 > 0' | wc -l"


@pytest.fixture
def three(people: list[Account]) -> list[Account]:
    """Three people, so that no two logins are one account's."""
    return people[1:4]


@pytest.fixture
def owner(lab: Lab, people: list[Account]) -> Iterator[Account]:
    """Somebody whose password somebody guesses at; the next test finds the account as it was."""
    owner = people[5]
    yield owner

    def forgotten() -> bool:
        with Ldap(lab) as session:
            return session.bind(owner.dn, owner.password) == SUCCESS

    wait_for("the right password is taken again", forgotten)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    for client in (imap, smtp, managesieve):
        monkeypatch.setattr(client, "TIMEOUT", PATIENCE)


class Slapd:
    """The directory's process, which can be made to hang."""

    def __init__(self, lab: Lab, host: str) -> None:
        self.lab, self.host = lab, host

    def signal(self, name: str, check: bool = True) -> None:
        kill = ("systemctl", "kill", "--kill-whom=main", f"--signal={name}", "slapd.service")
        self.lab.run(self.host, *kill, check=check)

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Stop it; afterwards it goes on, if it was not killed meanwhile."""
        self.signal("STOP")
        try:
            yield
        finally:
            self.signal("CONT", check=False)

    def keeps_waiting(self, number: int) -> bool:
        return int(self.lab.run(self.host, "bash", "-c", WAITING)) >= number


@pytest.fixture
def slapd(lab: Lab, directory: Directory, people: list[Account]) -> Iterator[Slapd]:
    yield Slapd(lab, directory.host)
    everything_works(lab, people[-1])


def test_who_is_delayed_by_somebodys_wrong_passwords_is_told_to_try_later(
    lab: Lab, directory: Directory, three: list[Account]
) -> None:
    with directory.delaying([one.dn for one in three]):
        with Ldap(lab) as session:
            assert session.bind(three[0].dn, three[0].password) == INVALID_CREDENTIALS
        for way, said in Asked(lab, *three).answers().items():
            assert said.startswith(LATER[way])
    assert set(Asked(lab, *three).answers().values()) == {OK}


def test_a_delay_that_is_over_puts_nobody_off(lab: Lab, directory: Directory, owner: Account) -> None:
    """The attribute stays in the entry."""
    with Ldap(lab) as session:
        assert session.bind(owner.dn, WRONG) == INVALID_CREDENTIALS
    wait_for("the delay is over", lambda: not directory.delays(owner.address))
    assert set(Asked(lab, owner).answers().values()) == {OK}


@pytest.mark.usefixtures("patient")
def test_a_directory_that_hangs_past_every_timeout_calls_nobodys_password_wrong(
    lab: Lab, slapd: Slapd, three: list[Account]
) -> None:
    with slapd.hanging():
        for way, said in Asked(lab, *three).answers().items():
            assert said.startswith(LATER[way])


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("end", ["CONT", "KILL"])
def test_a_login_that_waits_for_the_directory_is_let_in_or_told_to_try_later(
    lab: Lab, slapd: Slapd, three: list[Account], end: str
) -> None:
    with slapd.hanging():
        asked = Asked(lab, *three)
        wait_for("logins wait for the directory", lambda: slapd.keeps_waiting(1))
        slapd.signal(end)
    for way, said in asked.answers().items():
        assert said == OK or (end == "KILL" and is_later(way, said)), f"{way}: {said}"
