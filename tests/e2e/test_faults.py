"""A part that is down means "later": nothing is bounced, lost, doubled, or let through unscanned."""

from __future__ import annotations

import imaplib
from email.message import EmailMessage

import pytest

from tests.support.imap import arrived, copies, open_mailbox
from tests.support.lab import Account, Lab
from tests.support.letters import EICAR, STRANGER, attach, letter
from tests.support.parts import Parts
from tests.support.smtp import send
from tests.support.waiting import wait_for
from tests.support.world import WORLD, World, queued

from .conftest import everything_works

NO_CONNECTION = "no connection"
# The group of hosts that a unit runs on, where it is not mx.
HOSTS_OF = {"slapd": "directory", "dovecot": "store"}


class Correspondent:
    """Somebody outside whose mail server keeps trying, and who must never hear of the fault."""

    def __init__(self, lab: Lab, world: World, recipient: Account) -> None:
        self.lab, self.world, self.recipient = lab, world, recipient
        self.address = world.new_sender()
        self.message = letter(self.address, recipient.address)
        self.servers = (WORLD, *lab.hosts["mx"])

    def writes(self) -> None:
        """Their server, or ours behind it, has made an attempt, was put off, and keeps the message."""
        self.world.send(self.message)

        def put_off() -> list[str]:
            return [
                reason
                for server in self.servers
                for reason in queued(self.lab, server, self.address)
                if reason
            ]

        wait_for("one attempt that was put off", put_off)

    def is_read_once(self) -> None:
        """The message is in the mailbox, one copy, in no queue any more, and its sender was told nothing."""

        def delivered() -> bool:
            for server in self.servers:
                self.lab.run(server, "postqueue", "-f")
            return not any(queued(self.lab, server, self.address) for server in self.servers)

        wait_for("no copy left in a queue", delivered)
        arrived(self.lab, self.recipient, self.message)
        assert [str(bounce["Subject"]) for bounce in self.world.received(self.address)] == []


@pytest.fixture
def correspondent(lab: Lab, world: World, officer: Account) -> Correspondent:
    return Correspondent(lab, world, officer)


def is_read_later(lab: Lab, recipient: Account, message: EmailMessage, by: Account | None = None) -> None:
    """A client that was put off tries again until it succeeds; none of the earlier tries had an effect."""
    wait_for("the message is taken", lambda: send(lab, message, by=by).accepted)
    arrived(lab, recipient, message)


def imap_login(lab: Lab, account: Account) -> str:
    """Return what a mail program is told when it logs in."""
    try:
        with open_mailbox(lab, account):
            return "logged in"
    except (imaplib.IMAP4.abort, ConnectionError, TimeoutError):
        return NO_CONNECTION
    except imaplib.IMAP4.error as error:
        return str(error)


def test_without_the_directory_nobody_is_unknown_and_no_password_wrong(
    lab: Lab, parts: Parts, correspondent: Correspondent, officer: Account, colleague: Account
) -> None:
    from_outside = letter(STRANGER, officer.address)
    from_colleague = letter(colleague.address, officer.address)
    parts.stop("directory")

    reply = send(lab, from_outside)
    assert (reply.step, reply.code) == ("RCPT", 451)
    reply = send(lab, letter(STRANGER, f"khong.co.ai@{officer.domain}"))
    assert (reply.step, reply.code) == ("RCPT", 451)
    reply = send(lab, from_colleague, by=colleague)
    assert reply.step == NO_CONNECTION or (reply.step, reply.code) == ("AUTH", 454)
    said = imap_login(lab, officer)
    assert said == NO_CONNECTION or "UNAVAILABLE" in said
    correspondent.writes()

    parts.start()
    is_read_later(lab, officer, from_outside)
    is_read_later(lab, officer, from_colleague, by=colleague)
    correspondent.is_read_once()


@pytest.mark.parametrize("part", ["rspamd", "clamd"])
def test_without_the_filter_nothing_passes_unscanned(
    lab: Lab, parts: Parts, correspondent: Correspondent, officer: Account, colleague: Account, part: str
) -> None:
    from_outside = letter(STRANGER, officer.address)
    from_colleague = letter(colleague.address, officer.address)
    malware = attach(letter(STRANGER, officer.address), EICAR, "bao-cao.com")
    parts.stop(part)

    for message, by in ((from_outside, None), (from_colleague, colleague), (malware, None)):
        assert 400 <= send(lab, message, by=by).code < 500
    correspondent.writes()
    for message in (from_outside, from_colleague, malware, correspondent.message):
        assert copies(lab, officer, message) == []

    parts.start()
    is_read_later(lab, officer, from_outside)
    is_read_later(lab, officer, from_colleague, by=colleague)
    correspondent.is_read_once()
    wait_for("malware is refused again", lambda: send(lab, malware).refused)
    assert copies(lab, officer, malware) == []


def test_without_the_store_mail_is_kept_and_delivered_once(
    lab: Lab, parts: Parts, correspondent: Correspondent, officer: Account
) -> None:
    from_outside = letter(STRANGER, officer.address)
    parts.stop("dovecot")

    reply = send(lab, from_outside)
    assert reply.accepted or reply.try_later
    said = imap_login(lab, officer)
    assert said == NO_CONNECTION or "UNAVAILABLE" in said
    correspondent.writes()

    parts.start()
    if reply.try_later:
        is_read_later(lab, officer, from_outside)
    correspondent.is_read_once()
    arrived(lab, officer, from_outside)


@pytest.mark.parametrize("unit", ["slapd", "postfix", "dovecot", "rspamd", "clamav-daemon", "valkey-server"])
def test_a_daemon_that_was_killed_is_back_by_itself(lab: Lab, people: list[Account], unit: str) -> None:
    host = lab.hosts[HOSTS_OF.get(unit, "mx")][0]

    def running() -> str:
        """Return the number of the unit's first process; none while it is not up."""
        shown = lab.run(host, "systemctl", "show", "--property=ActiveState,MainPID", unit)
        state = dict(line.split("=") for line in shown.split())
        return state["MainPID"] if state["ActiveState"] == "active" and state["MainPID"] != "0" else ""

    killed = running()
    assert killed, f"{unit} does not run on {host}"
    lab.run(host, "kill", "-9", killed)
    wait_for(f"{unit} is back", lambda: running() not in ("", killed))
    everything_works(lab, people[-1])
