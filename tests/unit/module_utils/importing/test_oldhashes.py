"""Hashes of older systems: which log people in here, and that none is ever printed."""

from __future__ import annotations

import base64
import ctypes
import hashlib
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.importing import oldhashes
from ansible_collections.congvu.mail.plugins.module_utils.importing.mailexports import KINDS, Mailbox
from ansible_collections.congvu.mail.plugins.module_utils.importing.oldhashes import (
    for_slapd,
    import_hashes,
    old_passwords,
)
from ansible_collections.congvu.mail.plugins.module_utils.passwords import generation
from passlib import hash as kinds

SSHA = "{SSHA}" + base64.b64encode(b"d" * 20 + b"salt").decode()
SSHA512 = "{SSHA512}" + base64.b64encode(b"d" * 64 + b"saltsalt").decode()
SHA512_CRYPT = "$6$rounds=5000$abcdefgh$" + "x" * 86
BCRYPT = "$2y$10$" + "a" * 21 + "u" + "a" * 30 + "."
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
    import_hashes(accounts, old, date(2026, 12, 31))
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


OLD = "Cu-2019-mật-khẩu"
# All of OLD. How each came about: the digests by hashlib, the others by crypt(3) of libxcrypt 4.4.
OPEN = [
    "{SSHA}qI7fIO7Waj/lC5xJRUwdnoA8hCVtdW9p",
    "{SSHA}C9oQZLSZKU1h1eK2HcnZma9/1hZtdW9pbXVvaW11b2ltdW9pbXVvaQ==",
    "{SSHA512}fSEV2j9mk4tNS8z122urWGGZERkmQbe6QciPGpIU80FvD3wP2sO1ImSBkFNOrGFeG5BIWsH143ftXw5biOURH211b2ltdW9p",
    "{SSHA512}wINllZquBkXUDvd4cPn9u3Htmz/5Zc9JWsFzjiA+nmX2OPhbHUzfBQxjepQnuKGdRef+PTRJ50RWh5Dp7a6UNW11b2ltdW9pbXVvaW11b2ltdW9pbXVvaW11b2ltdW9p",
    "$6$muoimuoi$6EQQmHGZGK4IvzQEH7r0IVGNg0u4QIO6dg8vv/F/Tmzo6tXWnxekqwzAJlB6ibqO2bgQv6q5oJ3hr59JGibu11",
    "$6$rounds=1000$muoimuoi$DXms8Fjjb2c9QCgqqw84FK/dGV1EQKYHLxqyTDVYI.xvwed9z/a/auxizqLscoAMeJqPG9tSUr1iY/MGNGxFM1",
    "$2a$04$abcdefghijklmnopqrstuu9fPZ9D2ht.DBzyjFyIvM4qMSJV4onoa",
    "$2b$04$abcdefghijklmnopqrstuu9fPZ9D2ht.DBzyjFyIvM4qMSJV4onoa",
    "$2y$04$abcdefghijklmnopqrstuu9fPZ9D2ht.DBzyjFyIvM4qMSJV4onoa",
    "$y$j75$muoimuoi$q8yQ3ymuUkpwVyt5PrrDl4I2KA71EmU/2x5zWc5xfB2",
]
# No password ever fits: rounds and cost out of their bounds, bits that mean nothing, cut.
SHUT = [
    "$6$rounds=0999$muoimuoi$" + OPEN[4].rpartition("$")[2],
    "$6$rounds=01000$muoimuoi$" + OPEN[5].rpartition("$")[2],
    OPEN[7].replace("$04$", "$99$"),
    OPEN[7].replace("stuu", "stuv", 1),
    OPEN[4][:-1] + "!",
    OPEN[9][:-1],
]
ARGON2 = "$argon2id$v=19$m=7168,t=5,p=1$bXVvaW11b2k$" + "x" * 43


def opened(value, password):
    """Say whether a login with the password succeeds, as slapd, pw-sha2 and crypt(3) decide it."""
    for scheme, digest in (("{SSHA}", hashlib.sha1), ("{SSHA512}", hashlib.sha512)):
        if value.startswith(scheme):
            raw = base64.b64decode(value.removeprefix(scheme))
            size = digest().digest_size
            return len(raw) > size and digest(password.encode() + raw[size:]).digest() == raw[:size]
    library = ctypes.CDLL("libcrypt.so.1")
    library.crypt.restype = ctypes.c_char_p
    return library.crypt(password.encode(), value.encode()) == value.encode()


@pytest.mark.parametrize("value", [*OPEN, *SHUT])
def test_the_answer_is_that_of_a_login(value):
    assert opened(value, OLD) == (value in OPEN)
    assert not opened(value, OLD + "x")
    assert bool(for_slapd(value)) == opened(value, OLD)


@pytest.mark.parametrize("value", [OPEN[0], OPEN[2], *OPEN[4:6]])
def test_libpass_and_a_login_say_the_same(value):
    [kind] = [
        kind
        for kind in (kinds.ldap_salted_sha1, kinds.ldap_salted_sha512, kinds.sha512_crypt)
        if kind.identify(value)
    ]
    assert kind.verify(OLD, value)
    assert not kind.verify(OLD + "x", value)


def test_what_was_chosen_here_is_told_from_what_was_brought():
    assert kinds.argon2.identify(ARGON2)
    assert for_slapd(ARGON2) == for_slapd("{ARGON2}" + ARGON2) == ""


def test_first_passwords_are_what_libpass_makes_and_reads():
    stored = generation.hashed(OLD)
    assert kinds.ldap_salted_sha512.verify(OLD, stored)
    made = kinds.ldap_salted_sha512.using(salt_size=generation.SALT_BYTES).hash(OLD)
    assert generation.proves(generation.proof(made), OLD)
    assert opened(stored, OLD) and opened(made, OLD)
    assert len(stored) == len(made)


def test_a_machine_without_libpass_can_import_it():
    code = "import sys; sys.modules['passlib'] = None; import " + oldhashes.__name__
    folder = Path(oldhashes.__file__).parents[6]
    subprocess.run([sys.executable, "-c", code], cwd=folder, check=True)
