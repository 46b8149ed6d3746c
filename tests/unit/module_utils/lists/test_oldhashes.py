"""Hashes of older systems: which log people in here, and that none is ever printed."""

from __future__ import annotations

import base64
from datetime import date

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.lists.mailexports import KINDS, Mailbox
from ansible_collections.congvu.mail.plugins.module_utils.lists.oldhashes import (
    bring,
    for_slapd,
    old_passwords,
)

SSHA = "{SSHA}" + base64.b64encode(b"d" * 20 + b"salt").decode()
SSHA512 = "{SSHA512}" + base64.b64encode(b"d" * 64 + b"saltsalt").decode()
SHA512_CRYPT = "$6$rounds=5000$abcdefgh$" + "x" * 86
BCRYPT = "$2y$10$" + "a" * 53
YESCRYPT = "$y$j9T$abcdefgh$" + "x" * 43


@pytest.mark.parametrize(
    ("value", "used"),
    [
        (SSHA, SSHA),
        (SSHA.replace("SSHA", "ssha"), SSHA),
        (SSHA512, SSHA512),
        (SHA512_CRYPT, "{CRYPT}" + SHA512_CRYPT),
        ("{crypt}" + SHA512_CRYPT, "{CRYPT}" + SHA512_CRYPT),
        ("{SHA512-CRYPT}" + SHA512_CRYPT, "{CRYPT}" + SHA512_CRYPT),
        (BCRYPT, "{CRYPT}" + BCRYPT),
        ("{BLF-CRYPT}" + BCRYPT.replace("2y", "2a"), "{CRYPT}" + BCRYPT.replace("2y", "2a")),
        ("{CRYPT}" + YESCRYPT, "{CRYPT}" + YESCRYPT),
        # A digest without salt, one that was cut, other kinds, a password in clear, nothing.
        ("{SSHA}" + base64.b64encode(b"d" * 20).decode(), ""),
        (SSHA512[:-30], ""),
        ("{SSHA}not base64!", ""),
        (BCRYPT[:-1], ""),
        ("{MD5}" + base64.b64encode(b"d" * 16).decode(), ""),
        ("{SHA}" + base64.b64encode(b"d" * 20).decode(), ""),
        ("$1$abcdefgh$" + "x" * 22, ""),
        ("{CRYPT}abJnggxhB/yWI", ""),
        ("Matkhau@2024", ""),
        ("VALUE-BLOCKED", ""),
        ("", ""),
    ],
)
def test_what_slapd_can_log_in_with(value, used):
    assert for_slapd(value) == used


def box(address, secret="", **other):
    return Mailbox("f", 1, address, secret=secret, **other)


def test_an_account_brings_the_password_of_its_mailbox():
    """Its own address comes before an alias of another, and the primary one before the others."""
    old = old_passwords([box("a@x", SSHA, aliases=("b@x", "c@x")), box("b@x", SSHA512), box("m@x", "{MD5}x")])
    accounts = [
        {"address": address, "addresses": sorted(addresses)}
        for address, *addresses in [
            ("a@x", "a@x"),
            ("b@x", "a@x", "b@x"),
            ("new@x", "c@x", "new@x"),
            ("d@x", "d@x"),
            ("m@x", "m@x"),
        ]
    ]
    bring(accounts, old, date(2026, 12, 31))
    assert [one.get("hash") for one in accounts] == [SSHA, SSHA512, SSHA, None, None]
    assert [one.get("change_by") for one in accounts] == ["2026-12-31"] * 3 + [None] * 2
    assert [one.get("hash_kind") for one in accounts] == [None] * 4 + ["MD5"]


@pytest.mark.parametrize(
    ("mailbox", "kind"),
    [
        (box("a@x", SSHA, status="closed"), "closed"),
        (box("a@x", "{MD5}xyz="), "MD5"),
        (box("a@x", "Matkhau@2024"), "?"),
        (box("a@x"), "no hash"),
    ],
)
def test_what_cannot_be_used_has_a_name(mailbox, kind):
    assert old_passwords([mailbox])["a@x"] == ("", kind)


def test_the_older_systems_own_mailboxes_open_nothing():
    assert old_passwords([box("a@x", SSHA, system=True)]) == {}


@pytest.mark.parametrize(
    ("kind", "export"),
    [
        ("zimbra", f"# name a@x.vn\nuserPassword: {SSHA}\nzimbraAccountStatus: active\n"),
        ("mdaemon", f"Email,MailBox,Domain,FullName,Password\na@x.vn,a,x.vn,A,{SSHA}\n"),
        ("csv", f"address,hash\na@x.vn,{SSHA}\n"),
    ],
)
def test_every_export_gives_its_hashes_and_prints_none(kind, export):
    boxes, problems = KINDS[kind](export.encode(), "f")
    old = old_passwords(boxes)
    assert problems == []
    assert old["a@x.vn"].hash == SSHA
    assert SSHA not in repr((boxes, old))
