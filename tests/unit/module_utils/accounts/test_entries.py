"""How an account is written in the directory."""

from __future__ import annotations

import re

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.accounts.entries import (
    MANAGED_ATTRIBUTES,
    account_dn,
    created,
    mail_path,
    managed,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.support.desired import SUFFIX, account

identities = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("kind", "identity", "path"),
    [
        ("person", "GL-0001", "s01/p/2c/GL-0001"),
        ("unit", "cntt.stttt", "s01/u/9b/cntt=2Estttt"),
        ("person", "../../etc", "s01/p/42/=2E=2E=2F=2E=2E=2Fetc"),
        ("person", "Đ1", "s01/p/9e/=C4=901"),
    ],
)
def test_a_mailbox_lies_where_its_identity_says(kind, identity, path):
    shard, letter, digest, name = mail_path(kind, identity).split("/")
    assert re.fullmatch("[0-9a-f]{2}", digest)
    assert [shard, letter, name] == [part for at, part in enumerate(path.split("/")) if at != 2]


@given(st.lists(st.tuples(st.sampled_from(["person", "unit"]), identities), unique=True))
def test_no_two_accounts_share_a_path_and_none_leaves_its_folder(accounts):
    paths = [mail_path(*one) for one in accounts]
    assert len(set(paths)) == len(paths)
    assert all(re.fullmatch(r"s01/[pu]/[0-9a-f]{2}/[A-Za-z0-9_=-]+", path) for path in paths)


@pytest.mark.parametrize(
    ("identity", "written"),
    [
        ("GL-1", "GL-1"),
        ("a,ou=hosts", r"a\,ou\=hosts"),
        (r'"+\<>;#', r"\"\+\\\<\>\;\#"),
        (" a ", r"\ a\ "),
    ],
)
def test_an_identity_cannot_break_out_of_its_dn(identity, written):
    assert account_dn("person", identity, SUFFIX) == f"uid={written},ou=people,{SUFFIX}"


def test_a_name_of_one_word_still_has_the_surname_that_the_class_wants():
    assert managed(account("GL1", name="Nay", surname="", given="Nay"))["sn"] == ["Nay"]


def test_a_unit_has_no_parts_of_a_name():
    attributes = created(account("stttt", kind="unit"), "{SSHA512}x")
    assert not {"sn", "givenName"} & attributes.keys()
    assert attributes["objectClass"] == ["account", "cvMailbox", "inetLocalMailRecipient"]


def test_a_first_password_has_to_be_changed():
    assert created(account("GL1"), "{SSHA512}x")["pwdReset"] == ["TRUE"]


def test_a_password_of_an_older_system_opens_the_mailbox_and_has_a_day():
    attributes = created(account("GL1"), "{SSHA}x", "2026-12-31")
    assert "pwdReset" not in attributes
    assert attributes["cvChangeBy"] == ["2026-12-31"]


def test_a_unit_is_taken_over_by_its_head_at_the_beginning_and_by_nobody_later():
    unit = account("stttt", kind="unit", owner="GL1")
    assert created(unit, None)["cvOwner"] == ["GL1"]
    assert "cvOwner" not in managed(unit)


def test_what_others_write_does_not_follow_the_roster():
    """Locks, events and archives are the daily pass's and the store's."""
    others = {
        "cvLastUse", "cvLock", "cvEvent", "cvArchive", "cvPurged", "cvOwner", "cvChangeBy", "pwdReset",
        "userPassword", "cvMailPath", "uid", "objectClass",
    }  # fmt: skip
    assert not others & set(MANAGED_ATTRIBUTES)
    assert tuple(managed(account("GL1"))) == MANAGED_ATTRIBUTES


def test_without_a_password_the_entry_has_none():
    assert not {"userPassword", "pwdReset"} & created(account("GL1"), None).keys()
