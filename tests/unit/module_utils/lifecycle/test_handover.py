"""What a handover writes, and that it happens once for a reference."""

from __future__ import annotations

from datetime import date

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle import handover

DAY, LATER = date(2026, 11, 22), date(2026, 11, 25)
REFERENCE = "12/QĐ-STTTT"
DN = "uid=stttt,ou=units,dc=gialai,dc=gov,dc=vn"


def held(owner: str = "GL-0001", *events: str, password: bool = True) -> dict[str, list[str]]:
    return {
        "cn": ["Sở Thông tin và Truyền thông"],
        "mail": ["stttt@gialai.gov.vn"],
        "cvMailPath": ["s01/u/06/stttt"],
        "cvOwner": [owner] if owner else [],
        "cvEvent": list(events),
        "userPassword": ["{SSHA512}x"] if password else [],
    }


def test_owner_and_password_pass_to_the_new_head():
    found = handover.plan(DN, held(), "GL-0002", REFERENCE, DAY)
    assert (found.old, found.new, found.resets, found.done) == ("GL-0001", "GL-0002", True, False)
    assert found.event == "2026-11-22 handover 12/QĐ-STTTT GL-0001 GL-0002 password"


def test_a_mailbox_without_a_password_gets_none():
    found = handover.plan(DN, held(password=False), "GL-0002", REFERENCE, DAY)
    assert not found.resets
    assert found.event.endswith(" GL-0001 GL-0002")


@pytest.mark.parametrize("password", [True, False])
@pytest.mark.parametrize("owner", ["GL-0001", ""])
def test_the_same_command_again_finds_it_done_and_says_the_same(owner, password):
    first = handover.plan(DN, held(owner, password=password), "GL-0002", REFERENCE, DAY)
    again = handover.plan(DN, held("GL-0002", first.event), "GL-0002", REFERENCE, LATER)
    assert again.done
    assert (again.old, again.new, again.day, again.resets) == (owner, "GL-0002", DAY, password)


@pytest.mark.parametrize(("name", "value"), [("cvOwner", "\udcff"), ("cvEvent", "handed over"), ("mail", "")])
def test_what_cannot_be_read_hands_nothing_over(name, value):
    with pytest.raises(handover.RefusedError, match=f"cannot be read: {name}$"):
        handover.plan(DN, {**held(), name: [value]}, "GL-0002", REFERENCE, DAY)


def test_who_has_the_mailbox_already_is_refused():
    with pytest.raises(handover.RefusedError, match="has the mailbox already"):
        handover.plan(DN, held("GL-0002"), "GL-0002", REFERENCE, DAY)


def test_a_reference_stands_for_one_handover():
    done = handover.plan(DN, held(), "GL-0002", REFERENCE, DAY)
    with pytest.raises(handover.RefusedError, match="stands for a handover to GL-0002"):
        handover.plan(DN, held("GL-0002", done.event), "GL-0003", REFERENCE, LATER)


def test_a_former_handover_back_and_forth_does_not_count_as_this_one():
    first = handover.plan(DN, held(), "GL-0002", REFERENCE, DAY)
    with pytest.raises(handover.RefusedError, match="stands for"):
        handover.plan(DN, held("GL-0001", first.event), "GL-0002", REFERENCE, LATER)
    assert not handover.plan(DN, held("GL-0001", first.event), "GL-0002", "13/QĐ-STTTT", LATER).done
