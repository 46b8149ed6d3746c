"""A unit's new head takes over its mailbox: `playbooks/handover.yml` on a committed site, from outside."""

from __future__ import annotations

import html
import imaplib
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyrage
import pytest
from ansible_collections.congvu.mail.plugins.module_utils.host.audit import AuditLine

from tests.support import archives
from tests.support.ansible import Run, playbook
from tests.support.audit import logged
from tests.support.directory import AS_ROOT, Directory
from tests.support.imap import connection, open_mailbox
from tests.support.lab import STATE, Account, Lab
from tests.support.ldap import SUCCESS, Ldap
from tests.support.letters import STRANGER, letter
from tests.support.sites import SEALED, Site

REFERENCE = "e2e 12/QĐ-STTTT"
KEPT = ("cvOwner", "cvEvent", "cvLastUse", "pwdReset", "userPassword")


@dataclass(frozen=True)
class Unit:
    """A unit with a mailbox and a password, on a copy of the site, in Git, that a test may change."""

    lab: Lab
    directory: Directory
    site: Site
    path: str
    account: Account
    old: str
    new: str
    mail_path: str
    minutes: Path

    def appoint(self, person: str, *, commit: bool = True) -> None:
        """Give the unit another head in units.yml."""
        file = self.site.path / "roster/units.yml"
        code = self.path.split(".")[0]
        text = re.sub(
            rf"(code: {code}\n(?:    .*\n)*?    head: ).*",
            rf"\g<1>{person}",
            file.read_text(encoding="utf-8"),
        )
        file.write_text(text, encoding="utf-8")
        if commit:
            self.commit()

    def commit(self) -> None:
        git(self.site.path, "add", "--all")
        git(self.site.path, "commit", "--allow-empty", "--quiet", "--message=head")

    def hand_over(self, *options: str, unit: str = "", reference: str = REFERENCE) -> Run:
        given = {"unit": unit or self.path, "reference": reference, "output": str(self.minutes)}
        return playbook("handover", self.site.path, f"--extra-vars={json.dumps(given)}", *options)

    def entry(self) -> dict[str, list[str]]:
        return self.directory.of(self.account.address, *KEPT)

    def write(self, attributes: dict[str, list[str]]) -> None:
        lines = [f"dn: {self.account.dn}", "changetype: modify"]
        for name, values in attributes.items():
            lines += [f"replace: {name}", *(f"{name}: {value}" for value in values), "-"]
        change = "\n".join(lines) + "\n"
        self.lab.run(self.directory.host, "ldapmodify", *AS_ROOT, stdin=change.encode())

    def sealed(self) -> set[str]:
        """Return the unit's sealed passwords."""
        find = ("find", str(SEALED), "-name", f"{self.path}@*")
        return set(self.lab.run(self.directory.host, *find).split())

    def log(self) -> list[AuditLine]:
        """Return what the audit log says of the handovers of this unit."""
        lines = logged(self.lab, self.directory.host)
        return [one for one in lines if (one.what, one.account) == ("handover", self.account.address)]


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=e2e", "-c", "user.email=e2e@outside.example")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def unit(lab: Lab, directory: Directory, site_copy: Site, tmp_path: Path) -> Iterator[Unit]:
    account = next(one for one in lab.accounts if one.dn.startswith("uid=cntt.stttt,"))
    git(site_copy.path, "init", "--quiet")
    mail_path = directory.of(account.address, "cvMailPath")["cvMailPath"][0]
    unit = Unit(
        lab, directory, site_copy, "cntt.stttt", account, "GL-0002", "GL-0003", mail_path, tmp_path / "x.html"
    )
    unit.commit()
    before, sealed = unit.entry(), unit.sealed()
    unit.write({"cvOwner": [unit.old]})
    yield unit
    # slapd ends a hash that it made with a NUL, and asks for a change where its administrator sets one.
    kept = {name: [value.rstrip("\0") for value in before.get(name, [])] for name in KEPT}
    unit.write({name: kept[name] for name in KEPT if name != "pwdReset"})
    unit.write({"pwdReset": kept["pwdReset"]})
    for file in unit.sealed() - sealed:
        lab.run(directory.host, "rm", file)
    archives.remove(lab, mail_path)


def test_owner_password_and_sessions_change_and_minutes_are_written(unit: Unit) -> None:
    lab, account = unit.lab, unit.account
    sealed = unit.sealed()
    with pytest.raises((imaplib.IMAP4.abort, OSError)), open_mailbox(lab, account) as mailbox:
        mailbox.append(letter(STRANGER, account.address, text="Thư của đơn vị.\n"))
        before = archives.held(lab, account.address)
        unit.appoint(unit.new)
        run = unit.hand_over()
        assert run.code == 0, run.said
        mailbox.session.noop()
    after = unit.entry()
    assert after["cvOwner"] == [unit.new]
    assert after["pwdReset"] == ["TRUE"]
    assert [event.split()[1] for event in after["cvEvent"]].count("handover") == 1
    assert unit.log()[-1].reference == REFERENCE

    with connection(lab) as session, pytest.raises(imaplib.IMAP4.error):
        session.login(account.address, account.password)
    (file,) = unit.sealed() - sealed
    with Ldap(lab) as session_ldap:
        assert session_ldap.bind(account.dn, unsealed(unit, file)) == SUCCESS

    (archive,) = (name for name in archives.files(lab, unit.mail_path) if name.endswith(".age"))
    digest = lab.run(lab.hosts["store"][0], "sha256sum", archive).split()[0]
    with archives.opened(archives.unseal(lab, archive.removeprefix(f"{archives.ARCHIVES}/"))) as opened:
        assert archives.archived(opened) == before
    said = " ".join(re.sub(r"<[^>]*>", " ", html.unescape(unit.minutes.read_text(encoding="utf-8"))).split())
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in said
    for words in (account.address, unit.old, unit.new, REFERENCE, digest, f"Tổng cộng {len(before)} "):
        assert words in said, words
    assert unsealed(unit, file) not in run.said + said


def unsealed(unit: Unit, file: str) -> str:
    """Open the new first password as an operator does."""
    identity = pyrage.x25519.Identity.from_str((STATE / "operator.key").read_text().strip())
    content = unit.lab.read_file(unit.directory.host, file)
    return str(json.loads(pyrage.decrypt(content, [identity]))["password"])


def test_the_same_command_again_changes_nothing_and_says_the_same(unit: Unit) -> None:
    unit.appoint(unit.new)
    assert unit.hand_over().code == 0
    once = unit.entry(), unit.sealed(), archives.files(unit.lab, unit.mail_path), unit.minutes.read_text()
    again = unit.hand_over()
    assert (again.code, again.changed) == (0, 0), again.said
    now = unit.entry(), unit.sealed(), archives.files(unit.lab, unit.mail_path), unit.minutes.read_text()
    assert now == once


def test_a_run_killed_after_the_snapshot_goes_on_with_that_one(unit: Unit) -> None:
    """What comes in meanwhile is the new head's business; what was counted is what was handed over."""
    unit.appoint(unit.new)
    snapshot = (
        "--address",
        unit.account.address,
        "--mail-path",
        unit.mail_path,
        "--label",
        f"handover-{REFERENCE}",
    )
    store = unit.lab.hosts["store"][0]
    taken = json.loads(unit.lab.run(store, "congvu-store", "snapshot", *snapshot))
    run = unit.hand_over()
    assert run.code == 0, run.said
    assert taken["sha256"] in unit.minutes.read_text(encoding="utf-8")
    assert len(archives.files(unit.lab, unit.mail_path)) == 2
    assert unit.entry()["cvOwner"] == [unit.new]


def test_what_must_not_be_handed_over_is_refused_and_nothing_changes(unit: Unit) -> None:
    before, sealed = unit.entry(), unit.sealed()

    def refused(run: Run, why: str) -> None:
        assert run.code != 0, run.said
        assert why in run.said.replace("\n", " "), run.said

    refused(unit.hand_over(), "has the mailbox already")
    refused(unit.hand_over(unit="khongco.stttt"), "no active unit")
    unit.appoint(unit.new, commit=False)
    refused(unit.hand_over(), "not committed")
    unit.commit()
    refused(unit.hand_over(reference=""), "a reference is needed")
    plan = unit.hand_over("--check")
    assert plan.code == 0, plan.said
    assert unit.new in plan.said
    assert (unit.entry(), unit.sealed()) == (before, sealed)
    assert archives.files(unit.lab, unit.mail_path) == set()
    assert not unit.minutes.exists()
