"""What every end-to-end test starts from: the lab, its people, and a mailbox tidied afterwards."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import ansible
from tests.support.directory import Directory
from tests.support.imap import open_mailbox
from tests.support.lab import INVENTORY, STATE, Account, Lab
from tests.support.letters import STRANGER, letter
from tests.support.parts import Parts
from tests.support.sites import Newcomer, Site
from tests.support.smtp import send
from tests.support.waiting import wait_for
from tests.support.world import World


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """The running stack; what the tests put into the people's mailboxes is removed at the end."""
    lab = Lab.read(STATE)
    yield lab
    for account in lab.accounts:
        with open_mailbox(lab, account) as mailbox:
            mailbox.remove()


@pytest.fixture(scope="session")
def people(lab: Lab) -> list[Account]:
    """Those whose mailbox is personal."""
    people = [account for account in lab.accounts if ",ou=people," in account.dn]
    assert len(people) >= 7, "the lab has to know at least seven officers"
    return people


@pytest.fixture
def officer(people: list[Account]) -> Account:
    """Somebody who uses mail."""
    return people[0]


@pytest.fixture
def colleague(people: list[Account]) -> Account:
    """Somebody else who uses mail."""
    return people[1]


@pytest.fixture(scope="session")
def world(lab: Lab) -> World:
    return World(lab)


@pytest.fixture(scope="session")
def directory(lab: Lab) -> Directory:
    return Directory(lab)


@pytest.fixture(scope="session")
def site(lab: Lab) -> dict[str, Any]:
    """What the inventory says of the site (`mail_domains`, `mail_postmaster`, ...)."""
    return ansible.variables(INVENTORY, lab.hosts["mx"][0])


@pytest.fixture(scope="session")
def register() -> list[dict[str, str]]:
    """Every address ever issued, as committed with the site."""
    with (INVENTORY / "register.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def site_copy(tmp_path: Path) -> Site:
    return Site(Path(shutil.copytree(INVENTORY, tmp_path / "site")))


@pytest.fixture
def newcomer(lab: Lab, directory: Directory, site_copy: Site) -> Iterator[Newcomer]:
    newcomer = Newcomer(lab, directory, site_copy)
    yield newcomer
    newcomer.leave_no_trace()


@pytest.fixture
def parts(lab: Lab, people: list[Account]) -> Iterator[Parts]:
    """Parts that may be stopped; afterwards all of them run, and mail and logins work again."""
    parts = Parts(lab)
    yield parts
    parts.start()
    everything_works(lab, people[-1])


def everything_works(lab: Lab, account: Account) -> None:
    """Wait until the system takes mail from outside and from an officer who logs in, and lets them read."""

    def works() -> bool:
        probe = letter(STRANGER, account.address)
        sent = letter(account.address, account.address)
        return send(lab, probe).accepted and send(lab, sent, by=account).accepted

    wait_for("mail is taken again", works)
    with open_mailbox(lab, account):
        pass
