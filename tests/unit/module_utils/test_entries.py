"""How an account is written in the directory."""

from __future__ import annotations

import re

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.entries import (
    account_dn,
    created,
    followed,
    mail_path,
)
from hypothesis import given
from hypothesis import strategies as st
from test_plan import SUFFIX, account

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
    assert followed(account("GL1", name="Nay", surname="", given="Nay"))["sn"] == ["Nay"]


def test_a_unit_has_no_parts_of_a_name():
    attributes = created(account("stttt", kind="unit"), "{SSHA512}x")
    assert not {"sn", "givenName"} & attributes.keys()
    assert attributes["objectClass"] == ["account", "cvMailbox", "inetLocalMailRecipient"]


def test_a_first_password_has_to_be_changed():
    assert created(account("GL1"), "{SSHA512}x")["pwdReset"] == ["TRUE"]


def test_without_a_password_the_entry_has_none():
    assert not {"userPassword", "pwdReset"} & created(account("GL1"), None).keys()
