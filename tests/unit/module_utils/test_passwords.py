"""First passwords: within the policy, unlike each other, easy to type, and in a form that slapd reads."""

from __future__ import annotations

import math
from base64 import b64decode
from hashlib import sha512
from itertools import islice

import pytest
from ansible_collections.congvu.mail.plugins.module_utils import passwords

MANY = list(islice(passwords.first_passwords(), 3000))


def test_each_has_four_classes_and_its_length():
    for password in MANY:
        assert len(password) == 19
        assert any(letter.isupper() for letter in password)
        assert any(letter.islower() for letter in password)
        assert any(letter.isdigit() for letter in password)
        assert password.count("-") == 3
        assert password.isascii()


def test_no_two_are_alike():
    assert len(set(MANY)) == len(MANY)


@pytest.mark.parametrize(
    "alike", ["0Oo", "1Il", "5Ss", "2Zz", "8B", "Cc", "Kk", "Pp", "Vv", "Xx", "Ww", "Uu"]
)
def test_at_most_one_of_those_that_look_alike_is_used(alike):
    assert len(set(alike) & set(passwords.ALPHABET)) <= 1


def test_an_input_method_for_vietnamese_has_nothing_to_change():
    assert not set("aeiouydw") & set(passwords.ALPHABET.lower())


def test_every_symbol_is_drawn_about_as_often():
    drawn = "".join(MANY).replace("-", "")
    expected = len(drawn) / len(passwords.ALPHABET)
    assert all(0.8 < drawn.count(symbol) / expected < 1.3 for symbol in passwords.ALPHABET)


def test_there_are_as_many_as_the_reasoning_says():
    assert math.log2(len(set(passwords.ALPHABET))) * passwords.GROUPS * passwords.GROUP_LENGTH > 80


def test_one_without_a_class_is_drawn_again(monkeypatch):
    lower = "b" * 16
    symbols = iter(lower + "bF2" + "c" * 13)
    monkeypatch.setattr(passwords.secrets, "choice", lambda _: next(symbols))
    assert next(passwords.first_passwords()) == "bF2c-cccc-cccc-cccc"


def test_the_hash_is_that_of_salt_and_password_and_never_the_same():
    first, second = (passwords.hashed("Fb2-x") for _ in range(2))
    assert first != second
    scheme, _, value = first.partition("}")
    assert scheme == "{SSHA512"
    digest, salt = b64decode(value)[:64], b64decode(value)[64:]
    assert len(salt) == 16
    assert digest == sha512(b"Fb2-x" + salt).digest()
