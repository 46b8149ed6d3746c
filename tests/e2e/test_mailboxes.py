"""The bulk module as an operator uses it: `playbooks/mailboxes.yml` on a site, from outside."""

from __future__ import annotations

import imaplib

import pytest

from tests.support.ansible import playbook
from tests.support.audit import logged
from tests.support.directory import Directory
from tests.support.imap import arrived, open_mailbox
from tests.support.lab import INVENTORY, Lab
from tests.support.letters import STRANGER, letter
from tests.support.passwords import first_change, spilled
from tests.support.sites import Newcomer, Site
from tests.support.smtp import send


def test_a_second_run_changes_nothing(directory: Directory) -> None:
    assert playbook("mailboxes", INVENTORY).code == 0
    before = directory.snapshot()
    again = playbook("mailboxes", INVENTORY)
    assert (again.code, again.changed) == (0, 0), again.said
    assert directory.snapshot() == before


def test_a_broken_roster_is_refused_before_anything_changes(directory: Directory, site_copy: Site) -> None:
    site_copy.hire(birth_date="31/02/1990")
    before = directory.snapshot()
    run = playbook("mailboxes", site_copy.path)
    assert run.code != 0
    assert site_copy.people_file.name in run.said
    assert "31/02/1990" in run.said
    assert directory.snapshot() == before


def test_a_stale_register_is_refused_before_anything_changes(directory: Directory, site_copy: Site) -> None:
    """The roster has somebody whom the committed register does not know yet."""
    person_id = site_copy.hire()
    register = (site_copy.path / "register.csv").read_bytes()
    before = directory.snapshot()
    run = playbook("mailboxes", site_copy.path)
    assert run.code != 0
    assert "register.yml" in run.said
    assert person_id in run.said
    assert directory.snapshot() == before
    assert (site_copy.path / "register.csv").read_bytes() == register


def test_a_new_officer_gets_a_mailbox_and_nobody_else_their_password(
    lab: Lab, directory: Directory, newcomer: Newcomer
) -> None:
    newcomer.register()
    site = newcomer.site.path
    before = directory.snapshot()

    plan = playbook("mailboxes", site, "--check", "--diff")
    assert plan.code == 0, plan.said
    assert plan.changed == 1
    assert newcomer.address in plan.said
    assert directory.snapshot() == before

    made = playbook("mailboxes", site, "--diff", "-vvv")
    assert made.code == 0, made.said
    after = directory.snapshot()
    (added,) = set(after) - set(before)
    assert {dn: after[dn] for dn in before} == before
    assert after[added]["mail"] == [newcomer.address]
    assert playbook("mailboxes", site).changed == 0

    account = newcomer.unsealed()
    assert (account.address, account.dn) == (newcomer.address, added)
    message = letter(STRANGER, account.address)
    assert send(lab, message).accepted
    changed = first_change(lab, account)
    arrived(lab, changed, message)
    with open_mailbox(lab, changed) as mailbox:
        assert mailbox.quota()[1] == int(after[added]["cvQuota"][0]) * 1024

    assert account.password not in made.said
    assert spilled(lab, account.password) == set()


def test_a_lock_of_the_daily_pass_survives_changes_of_the_roster(
    directory: Directory, newcomer: Newcomer
) -> None:
    site = newcomer.site
    newcomer.register()
    assert playbook("mailboxes", site.path).code == 0
    theirs = {
        "cvLock": "idle",
        "cvEvent": "2026-11-22 idle-locked - 3 tháng",
        "cvLastUse": "20260801000000Z",
        "cvChangeBy": "2027-01-31",
    }
    for attribute, value in theirs.items():
        directory.set(newcomer.address, attribute, value)
    password = directory.of(newcomer.address, "userPassword")

    site.edit(newcomer.person_id, full_name="Hoàng Đỗ Ước Thủy", title="Chuyên viên")
    site.transfer(newcomer.person_id, "dakpo")
    newcomer.register()
    moved = playbook("mailboxes", site.path)
    assert (moved.code, moved.changed) == (0, 1), moved.said
    entry = directory.of(newcomer.address)
    assert (entry["cn"], entry["title"], entry["cvUnit"]) == (
        ["Hoàng Đỗ Ước Thủy"],
        ["Chuyên viên"],
        ["dakpo"],
    )
    assert {attribute: entry[attribute] for attribute in theirs} == {
        attribute: [value] for attribute, value in theirs.items()
    }
    assert directory.of(newcomer.address, "userPassword") == password

    directory.set(newcomer.address, "cvLock", "reclaimed")
    again = playbook("mailboxes", site.path)
    assert (again.code, again.changed) == (0, 0)
    assert again.said.count(newcomer.address) == 1, (
        "a mailbox that was reclaimed is named, and not made again"
    )


def test_a_session_ends_with_the_right_to_log_in(lab: Lab, directory: Directory, newcomer: Newcomer) -> None:
    site, before = newcomer.site, len(logged(lab, directory.host))
    newcomer.register()
    assert playbook("mailboxes", site.path).code == 0
    account = first_change(lab, newcomer.unsealed())
    stores = lab.hosts["store"]

    with open_mailbox(lab, account) as mailbox:
        site.edit(newcomer.person_id, status="locked", status_reason="lộ mật khẩu")
        # As if the run died between the directory and the stores.
        for store in stores:
            lab.run(store, "mv", "/usr/bin/doveadm", "/usr/bin/doveadm.away")
        try:
            torn = playbook("mailboxes", site.path)
        finally:
            for store in stores:
                lab.run(store, "mv", "/usr/bin/doveadm.away", "/usr/bin/doveadm")
        assert torn.code != 0
        assert directory.of(account.address)["cvStatus"] == ["locked"]
        mailbox.open()

        fixed = playbook("mailboxes", site.path)
        assert (fixed.code, fixed.changed) == (0, 1), fixed.said
        with pytest.raises(imaplib.IMAP4.abort):
            mailbox.open()
        mailbox.session.state = "LOGOUT"  # there is nobody left to say goodbye to
    assert playbook("mailboxes", site.path).changed == 0
    assert [line.what for line in logged(lab, directory.host)[before:]] == ["created", "locked"]


def test_a_plan_names_requests_that_are_met_late(newcomer: Newcomer) -> None:
    """UB-6.1b: two working days."""
    site = newcomer.site
    regulation = site.path / "group_vars/all/regulation.yml"
    text = regulation.read_text(encoding="utf-8")
    rule = "  lifecycle:\n"
    assert text.count(rule) == 1
    regulation.write_text(text.replace(rule, f"{rule}    create_working_days: 2\n"), encoding="utf-8")
    site.edit(newcomer.person_id, requested_on="2026-01-02")
    newcomer.register()
    plan = playbook("mailboxes", site.path, "--check")
    assert plan.code == 0, plan.said
    assert "2026-01-06" in plan.said
    assert site.people_file.name in plan.said
