"""A forgotten or exposed password, from the reset to the sheet of paper (UB-13.2, QT-10.4)."""

from __future__ import annotations

import html
import imaplib
import re
import smtplib
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lab.access import own_password
from tests.support import imap
from tests.support.ansible import Run, playbook
from tests.support.audit import logged
from tests.support.directory import Directory
from tests.support.imap import open_mailbox
from tests.support.lab import INVENTORY, STATE, Account, Lab
from tests.support.ldap import INVALID_CREDENTIALS, SUCCESS, Ldap
from tests.support.letters import letter
from tests.support.managesieve import ManageSieve
from tests.support.passwords import first_change
from tests.support.sites import Newcomer
from tests.support.smtp import send, submission
from tests.support.waiting import wait_for

KEY = STATE / "operator.key"
TICKET = "14/PYC-STTTT"


@pytest.fixture
def hired(newcomer: Newcomer) -> Account:
    """An officer with a first password."""
    newcomer.register()
    assert playbook("mailboxes", newcomer.site.path).code == 0
    return newcomer.unsealed()


def reset(person: str, *options: str) -> Run:
    return playbook(
        "reset_password", INVENTORY, "-e", f"person={person}", "-e", f"reference={TICKET}", *options
    )


def handout(output: Path, *options: str) -> Run:
    return playbook("handout", INVENTORY, "-e", f"identity={KEY}", "-e", f"output={output}", *options)


def refused_everywhere(lab: Lab, account: Account) -> bool:
    """Say whether a password opens neither IMAP nor submission nor ManageSieve nor the directory."""
    # For a moment after a wrong one the answer is "later"; here the directory alone is asked with one.
    wait_for("no delay", lambda: not Directory(lab).delays(account.address))
    with imap.connection(lab) as session, pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        session.login(account.address, account.password)
    with ManageSieve(lab) as sieve:
        assert sieve.login(account)[0] == "NO"
    assert send(lab, letter(account.address, account.address), by=account).code == 535
    with Ldap(lab) as directory:
        return directory.bind(account.dn, account.password) == INVALID_CREDENTIALS


def test_a_reset_ends_the_old_password_and_every_session_at_once(
    lab: Lab, directory: Directory, newcomer: Newcomer, hired: Account
) -> None:
    own = first_change(lab, hired)
    with submission(lab) as sending, Ldap(lab) as kept:
        sending.login(own.address, own.password)
        assert kept.bind(own.dn, own.password) == SUCCESS
        # Also the farewell of a session fails that is none any more.
        with pytest.raises(imaplib.IMAP4.abort), open_mailbox(lab, own) as mailbox:
            used = directory.of(own.address, "pwdLastSuccess")["pwdLastSuccess"]
            run = reset(newcomer.person_id)
            mailbox.session.noop()
        assert run.code == 0, run.said
        assert not still_sends(sending, own)
        assert kept.change_password("", own_password()) != SUCCESS
    assert refused_everywhere(lab, own)
    assert refused_everywhere(lab, hired)

    entry = directory.of(own.address, "pwdReset", "cvLastUse", "cvEvent")
    new = newcomer.all_unsealed()[-1]
    assert entry["pwdReset"] == ["TRUE"]
    assert entry["cvLastUse"] == used
    assert [event.split(" ")[1:3] for event in entry["cvEvent"]] == [["reset", TICKET]]
    line = logged(lab, directory.host)[-1]
    assert (line.what, line.account, line.reference) == ("reset", own.address, TICKET)
    with open_mailbox(lab, first_change(lab, new)):
        pass


def still_sends(session: smtplib.SMTP, account: Account) -> bool:
    try:
        session.send_message(letter(account.address, account.address))
    except smtplib.SMTPException:
        return False
    return True


def test_a_lockout_ends_with_the_reset(
    lab: Lab, directory: Directory, newcomer: Newcomer, hired: Account
) -> None:
    # As slapd writes it after too many failures, each of which it answers later than the one before.
    directory.set(hired.address, "pwdAccountLockedTime", f"{datetime.now(UTC):%Y%m%d%H%M%SZ}")
    with Ldap(lab) as session:
        assert session.bind(hired.dn, hired.password) == INVALID_CREDENTIALS
    assert reset(hired.address).code == 0
    new = newcomer.all_unsealed()[-1]
    with Ldap(lab) as session:
        assert session.bind(new.dn, new.password) == SUCCESS


def test_nothing_happens_in_check_mode_and_without_a_ticket(directory: Directory, hired: Account) -> None:
    before = directory.snapshot()
    looked = reset(hired.address, "--check")
    assert (looked.code, looked.changed) == (0, 1), looked.said
    assert hired.address in looked.said
    bare = playbook("reset_password", INVENTORY, "-e", f"person={hired.address}")
    assert bare.code != 0
    assert "QT-10.4" in bare.said
    assert directory.snapshot() == before


@pytest.mark.parametrize(("status", "said"), [("left", "has left"), ("locked", "locked by the roster")])
def test_who_may_not_log_in_gets_no_password(
    directory: Directory, hired: Account, status: str, said: str
) -> None:
    with directory.changed(hired.address, "cvStatus", status):
        before = directory.snapshot()
        run = reset(hired.address)
        assert run.code != 0
        assert said in " ".join(run.said.split())
        assert directory.snapshot() == before


def test_a_sheet_has_the_password_that_is_good_and_ends_with_the_change(
    lab: Lab, newcomer: Newcomer, hired: Account, tmp_path: Path
) -> None:
    def printed(folder: str) -> str:
        output = tmp_path / folder
        run = handout(output)
        assert run.code == 0, run.said
        files = list(output.iterdir()) if output.exists() else []
        assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
        assert not output.exists() or stat.S_IMODE(output.stat().st_mode) == 0o700
        return html.unescape("".join(file.read_text(encoding="utf-8") for file in files))

    first = printed("first")
    assert re.findall(r"<b>(\S+)</b>", first).count(hired.password) == 1
    assert hired.address in first

    assert reset(hired.address).code == 0
    new = newcomer.all_unsealed()[-1]
    second = printed("second")
    assert new.password in second
    assert hired.password not in second

    first_change(lab, new)
    third = printed("third")
    assert hired.address not in third
    assert new.password not in third


def test_sheets_are_not_left_where_others_find_them(hired: Account, tmp_path: Path) -> None:
    inside_git = handout(Path(__file__).parent / "sheets")
    assert inside_git.code != 0
    assert "Git work tree" in " ".join(inside_git.said.split())
    assert not (Path(__file__).parent / "sheets").exists()

    locked_key = tmp_path / "key"
    locked_key.write_text("age-encryption.org/v1\n-> scrypt x 18\n")
    refused = playbook("handout", INVENTORY, "-e", f"identity={locked_key}", "-e", f"output={tmp_path}/out")
    assert refused.code != 0
    assert "passphrase" in refused.said
    looked = handout(tmp_path / "looked", "--check")
    assert looked.code == 0, looked.said
    assert not (tmp_path / "looked").exists()
