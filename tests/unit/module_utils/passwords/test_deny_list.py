"""The words that no password may be based on."""

from __future__ import annotations

import hashlib

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.passwords import deny_list

from tests.support.samples import ROOT

LISTED = (ROOT / "roles/directory/files/denied-words.txt").read_text()
SITE = ["Ủy ban nhân dân tỉnh Quảng Đức", "quangduc.gov.vn"]
LEAKED = ["trustno1", "Dragon", "ok", "x" * 40, "mật"]
WORDS = deny_list.words(LISTED, SITE, LEAKED)
FOUND = set(WORDS)


@pytest.mark.parametrize(
    "word",
    [
        "p@ssw0rd",  # BD-5, the decision's own example
        "p@$$word",
        "m@tkhau",  # the first letter only
        "pssw0rd2024",  # what cracklib leaves of P@ssw0rd@2024
        "matkhau123456",
        "2024hanoi",
        "quangduc",  # the site's own name, folded
        "quangduc2025",
        "ubnd1",
        "qwer1234",
        "1qaz@wsx",
        "20101985",
        "19851020",
        "201085",
        "trustno1",  # leaked
        "dragon123",
        "openldap",
    ],
)
def test_it_is_on_the_list(word):
    assert word.encode() in FOUND


def test_the_packer_gets_what_it_can_take():
    # cracklib-packer leaves out what is not in order, and cuts what is too long.
    assert sorted(FOUND) == WORDS
    assert all(4 <= len(word) < 32 and word.isascii() and word == word.lower() for word in WORDS)


def test_the_same_input_gives_the_same_list():
    assert deny_list.words(LISTED, SITE[::-1], LEAKED) == WORDS


def test_lists_are_told_apart_by_what_they_are_made_of():
    same = deny_list.fingerprint(LISTED, SITE, LEAKED)
    assert deny_list.fingerprint(LISTED, SITE[::-1], LEAKED) == same
    others = [
        (LISTED + "x\n", SITE, LEAKED),
        (LISTED, [*SITE, "Đăk Đoa"], LEAKED),
        (LISTED, SITE, LEAKED[::-1]),
    ]
    assert len({same, *(deny_list.fingerprint(*given) for given in others)}) == 4


def test_other_rules_have_another_number():
    """A host packs its list again when the rules changed, and only then."""
    made = deny_list.words("matkhau ubnd 123 2024", SITE, LEAKED)
    digest = hashlib.sha256(b"\n".join(made)).hexdigest()[:16]
    assert (deny_list.RULES, digest) == (1, "657b9378b7fb2325"), "raise RULES by one, and write both here"


def test_words_are_folded_and_named_once():
    lines = [line for line in LISTED.splitlines() if not line.startswith("#")]
    words = " ".join(lines).split()
    assert sorted(words) == sorted(set(words))
    assert [word for word in words if not word.isascii() or not word.isalnum() or word != word.lower()] == []
