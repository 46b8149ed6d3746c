# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
r"""First passwords: what they are made of, and the form in which slapd keeps them.

**A fast hash is sound here.** A slow hash (argon2) makes up for passwords that people choose. A first
password is 16 letters and digits drawn evenly from 33, of which 0.5 % are refused (a class is missing, or
too many follow each other): 80.7 bits. hashcat tries about 3 \* 10^9 salted SHA-512 a second on one large
GPU; 10,000 of them need 6.9 \* 10^23 tries on average for one password, which is 700 years, and the salt
makes each account a task of its own. Hashing 50,000 of them with argon2 would take slapd a quarter of an
hour, and protect nothing more. The first change, by the owner, is hashed with argon2 by slapd.

**Typed from paper by somebody with a Vietnamese keyboard.** No two symbols look alike in print, in one case
or across cases (no 0 O, 1 I l, S 5, C c). There is no vowel and no d, w: Telex and VNI change letters only
after one of those, so the password comes out the same with the input method left on; and no word can appear
by chance.
"""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterator
from hashlib import sha512
from itertools import pairwise

UPPER = "FGHJLMNQRT"
LOWER = "bcfghjkmnpqrtvx"
DIGITS = "23456789"
ALPHABET = UPPER + LOWER + DIGITS
SIGN = "-"  # the fourth class, and what makes a long password easy to read
GROUPS, GROUP_LENGTH = 4, 4
SALT_BYTES = 16
# cracklib refuses a password of this length with more neighbours like `fg` or `32` (one in 2,300).
MAX_STEPS = 4
SCHEME = "{SSHA512}"
DIGEST_BYTES, PROOF_BYTES = 64, 6


def first_passwords() -> Iterator[str]:
    """Yield first passwords without end, no two alike. Each has all four classes: `hT7k-9mxb-Rq4v-n3fJ`."""
    used: set[str] = set()
    while True:
        symbols = _drawn(GROUPS * GROUP_LENGTH)
        # Drawing anew, not fixing: every password that has the classes stays equally likely.
        if symbols in used or not all(set(symbols) & set(wanted) for wanted in (UPPER, LOWER, DIGITS)):
            continue
        if _steps(symbols.lower()) > MAX_STEPS:
            continue
        used.add(symbols)
        yield SIGN.join(
            symbols[start : start + GROUP_LENGTH] for start in range(0, len(symbols), GROUP_LENGTH)
        )


def _drawn(length: int) -> str:
    """Return symbols of which each is as likely as any other, from one random number: a sixth of the time."""
    number = secrets.randbelow(len(ALPHABET) ** length)
    symbols = ""
    for _ in range(length):
        number, position = divmod(number, len(ALPHABET))
        symbols += ALPHABET[position]
    return symbols


def _steps(symbols: str) -> int:
    """Count the pairs that stand next to each other in the alphabet, or among the digits, as they do here."""
    return sum(abs(one - other) == 1 for one, other in pairwise(symbols.encode()))


def hashed(password: str) -> str:
    """Return the password as slapd's pw-sha2 reads it: SHA-512 of password and salt, then the salt."""
    salt = secrets.token_bytes(SALT_BYTES)
    # Not a password hash by itself; why it is enough here stands at the top.
    digest = sha512(password.encode() + salt).digest()
    return SCHEME + b64encode(digest + salt).decode()


def proof(stored: str) -> str:
    """Return what tells whether a first password is still the stored one, and is of no use for a login.

    That is the salt and six bytes of the digest. Empty for a password that its owner chose here: slapd hashes
    those with argon2, and nobody has to know more of them. A hash of an older system may look like ours and
    must not come here: six bytes and the salt are enough to guess a password that somebody chose.
    """
    if not stored.startswith(SCHEME):
        return ""
    raw = b64decode(stored.removeprefix(SCHEME))
    return b64encode(raw[:PROOF_BYTES] + raw[DIGEST_BYTES:]).decode()


def proves(shown: str, password: str) -> bool:
    """Say whether `proof` was made of this password; by chance that is so once in 2^48 times."""
    raw = b64decode(shown)
    digest, salt = raw[:PROOF_BYTES], raw[PROOF_BYTES:]
    return bool(digest) and sha512(password.encode() + salt).digest()[:PROOF_BYTES] == digest
