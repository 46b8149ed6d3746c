"""First passwords: within the policy, unlike each other, easy to type, and in a form that slapd reads."""

from __future__ import annotations

import math
from base64 import b64decode
from hashlib import sha512
from itertools import islice

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.passwords import generation

MANY = list(islice(generation.first_passwords(), 3000))


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
    assert len(set(alike) & set(generation.ALPHABET)) <= 1


def test_an_input_method_for_vietnamese_has_nothing_to_change():
    assert not set("aeiouydw") & set(generation.ALPHABET.lower())


def test_every_symbol_is_drawn_about_as_often():
    drawn = "".join(MANY).replace("-", "")
    expected = len(drawn) / len(generation.ALPHABET)
    assert all(0.8 < drawn.count(symbol) / expected < 1.3 for symbol in generation.ALPHABET)


def test_there_are_as_many_as_the_reasoning_says():
    assert math.log2(len(set(generation.ALPHABET))) * generation.GROUPS * generation.GROUP_LENGTH > 80


def test_one_without_a_class_is_drawn_again(monkeypatch):
    drawn = iter(["b" * 16, "bF2" + "c" * 13])
    monkeypatch.setattr(generation, "_drawn", lambda _: next(drawn))
    assert next(generation.first_passwords()) == "bF2c-cccc-cccc-cccc"


def test_one_number_gives_each_symbol_the_same_chance(monkeypatch):
    def drawn(number):
        def below(limit):
            assert limit == len(generation.ALPHABET) ** 3
            return number % limit

        monkeypatch.setattr(generation.secrets, "randbelow", below)
        return generation._drawn(3)

    # Every number below the limit gives other symbols.
    assert (
        len({drawn(number) for number in range(len(generation.ALPHABET) ** 3)})
        == len(generation.ALPHABET) ** 3
    )


def test_the_hash_is_that_of_salt_and_password_and_never_the_same():
    first, second = (generation.hashed("Fb2-x") for _ in range(2))
    assert first != second
    scheme, _, value = first.partition("}")
    assert scheme == "{SSHA512"
    digest, salt = b64decode(value)[:64], b64decode(value)[64:]
    assert len(salt) == 16
    assert digest == sha512(b"Fb2-x" + salt).digest()


def test_a_proof_tells_a_password_and_opens_nothing():
    password, other = MANY[:2]
    stored = generation.hashed(password)
    shown = generation.proof(stored)
    assert generation.proves(shown, password)
    assert not generation.proves(shown, other)
    raw, digest = b64decode(shown), b64decode(stored.removeprefix("{SSHA512}"))[:64]
    assert digest[:6] == raw[:6]
    assert digest[6:] not in raw
    assert len(raw) == 6 + generation.SALT_BYTES


def test_what_its_owner_chose_has_no_proof():
    assert generation.proof("{ARGON2}$argon2id$v=19$m=7168,t=5,p=1$x$y\0") == ""
    assert not generation.proves("", "")
