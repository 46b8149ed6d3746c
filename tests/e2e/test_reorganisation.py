"""Movers and units with a new name: the address changes, the mailbox and everything in it stays."""

from __future__ import annotations

from functools import partial

from tests.support.ansible import playbook
from tests.support.directory import Directory
from tests.support.imap import arrived
from tests.support.lab import Account, Lab
from tests.support.letters import STRANGER, letter
from tests.support.passwords import first_change
from tests.support.sites import Newcomer
from tests.support.smtp import send
from tests.support.store import copies
from tests.support.waiting import wait_for


def test_a_mover_keeps_mail_password_and_old_address(
    lab: Lab, directory: Directory, newcomer: Newcomer
) -> None:
    site = newcomer.site
    newcomer.register()
    old = newcomer.address
    assert playbook("mailboxes", site.path).code == 0
    password, first = first_change(lab, newcomer.unsealed()).password, letter(STRANGER, old)
    assert send(lab, first).accepted

    site.transfer(newcomer.person_id, "dakpo")
    newcomer.register()
    assert newcomer.address != old
    moved = playbook("mailboxes", site.path)
    assert (moved.code, moved.changed) == (0, 1), moved.said
    assert playbook("mailboxes", site.path).changed == 0

    entry = directory.of(newcomer.address)
    assert entry["mailLocalAddress"] == sorted([old, newcomer.address])
    (dn,) = directory.entries(f"(mailLocalAddress={old})", "1.1")
    account = Account(newcomer.address, dn, password)
    letters = [first, letter(STRANGER, old), letter(STRANGER, newcomer.address)]
    for message in letters[1:]:
        assert send(lab, message).accepted
    for message in letters:
        arrived(lab, account, message)


def test_a_renamed_unit_keeps_its_mailbox(lab: Lab, directory: Directory, newcomer: Newcomer) -> None:
    site = newcomer.site
    newcomer.units = ["e2ecu.stttt", "e2emoi.dakpo"]
    site.found("e2ecu", "stttt")
    newcomer.register()
    assert playbook("mailboxes", site.path).code == 0
    old = site.address_of("e2ecu.stttt")
    first = letter(STRANGER, old)
    assert send(lab, first).accepted

    mapping = site.path.parent / "mapping.yml"
    mapping.write_text(
        "decision_no: 45/NQ-HĐND\ndecision_date: 2025-03-01\n"
        "units:\n  - {unit: e2ecu.stttt, rename_to: e2emoi, parent: dakpo, name: Phòng Thử nghiệm mới}\n",
        encoding="utf-8",
    )
    done = playbook("restructure", site.path, "-e", f"mapping={mapping}")
    assert done.code == 0, done.said
    new = site.address_of("e2emoi.dakpo")
    before = directory.of(old)
    renamed = playbook("mailboxes", site.path)
    assert (renamed.code, renamed.changed) == (0, 1), renamed.said
    assert playbook("mailboxes", site.path).changed == 0

    after = directory.of(new)
    assert (after["cn"], after["uid"]) == (["Phòng Thử nghiệm mới"], ["e2emoi.dakpo"])
    assert after["mailLocalAddress"] == sorted([old, new])
    assert after["cvMailPath"] == before["cvMailPath"]
    letters = [first, letter(STRANGER, old), letter(STRANGER, new)]
    for message in letters[1:]:
        assert send(lab, message).accepted
    for message in letters:
        wait_for(f"{message['To']} is read in one mailbox", partial(copies, lab, new, message))
        assert copies(lab, new, message) == ["INBOX"]


def test_a_commune_does_not_inherit_the_mail_of_the_district(
    lab: Lab, directory: Directory, newcomer: Newcomer
) -> None:
    """NAMING S10: the district ends, and a commune of its name and code begins."""
    site = newcomer.site
    newcomer.units = ["e2exa"]
    units = site.path / "roster/units.yml"
    whole = units.read_text(encoding="utf-8")
    district = "\n  - {code: e2exa, name: UBND huyện Thử, kind: locality, status: %s%s}\n"
    commune = "\n  - {code: e2exa, name: UBND xã Thử, kind: locality, mailbox: ubndxae2exa}\n"

    units.write_text(whole + district % ("active", ""), encoding="utf-8")
    newcomer.register()
    assert playbook("mailboxes", site.path).code == 0
    old = site.address_of("e2exa")
    newcomer.units.append(old)
    first = letter(STRANGER, old)
    assert send(lab, first).accepted

    units.write_text(whole + district % ("dissolved", ", successor: e2exa") + commune, encoding="utf-8")
    newcomer.register()
    done = playbook("mailboxes", site.path)
    assert (done.code, done.changed) == (0, 1), done.said
    assert playbook("mailboxes", site.path).changed == 0
    new = site.address_of("e2exa")
    assert directory.of(old)["cvStatus"] == ["closing"]
    assert directory.of(old)["cvContact"] == [new]
    assert directory.of(new)["cvStatus"] == ["active"]
    assert directory.of(old)["cvMailPath"] != directory.of(new)["cvMailPath"]
    second = letter(STRANGER, new)
    assert send(lab, second).accepted
    wait_for("the commune has its letter", partial(copies, lab, new, second))
    assert copies(lab, new, first) == []
