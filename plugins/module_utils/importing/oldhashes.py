# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Passwords of an older system, as hashes that slapd logs people in with until they change them.

slapd has {SSHA}, pw-sha2 {SSHA512}, and crypt(3) what Debian's libxcrypt knows: SHA-512, bcrypt and yescrypt
among others. Weaker ones (no salt, MD5) are not carried over: whoever has one gets a first password. Nor is
{ARGON2}, by which an account is known whose owner chose the password here.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from ..accounts.desired import Account
from .mailexports import Mailbox, scheme_of

# What Dovecot, and programs that share its files, call the kinds of crypt(3).
CRYPT_NAMES = ("CRYPT", "SHA512-CRYPT", "BLF-CRYPT")
CRYPT = ("sha512_crypt", "bcrypt")
# crypt(5): parameters, salt and 256 bits. libpass knows the others, but not this one.
YESCRYPT = re.compile(r"\$y\$[./0-9A-Za-z]+\$[./0-9A-Za-z]{1,86}\$[./0-9A-Za-z]{43}")
NO_HASH = "no hash"


class OldPassword(NamedTuple):
    """The password of one mailbox: a hash for slapd, or the kind that cannot be used."""

    hash: str
    kind: str

    def __repr__(self) -> str:
        """Keep the hash out of whatever prints this."""
        return f"OldPassword(kind={self.kind!r})"


def for_slapd(value: str) -> str:
    """Return a hash in the form that slapd logs in with, or nothing if it has none for it."""
    found = re.fullmatch(r"\{([A-Za-z0-9-]+)\}(.+)", value)
    scheme, rest = (found[1].upper(), found[2]) if found else ("CRYPT", value)
    readers = _readers()
    if scheme in CRYPT_NAMES:
        exact = YESCRYPT.fullmatch(rest) or any(is_exact(rest, readers[kind]) for kind in CRYPT)
        return "{CRYPT}" + rest if exact else ""
    salted = f"{{{scheme}}}{rest}"
    return salted if scheme in readers and is_exact(salted, readers[scheme]) else ""


def is_exact(value: str, read: Callable[[str], Any]) -> bool:
    """Say whether a hash is of a kind that libpass reads, and written as a login compares it.

    crypt(3) makes the hash anew and compares the strings: where a number is out of its bounds, or bits are
    set that mean nothing, no password would ever fit. libpass fixes such bits, and warns.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            return bool(read(value).to_string() == value)
    except ValueError:
        return False


@cache
def _readers() -> Mapping[str, Callable[[str], Any]]:
    """Return what reads each kind. Only the controller has libpass, and only an import asks for it."""
    from passlib import hash as kinds

    # libpass reads salts of 4 to 16 bytes; slapd takes what follows the digest, however long.
    class Ssha(kinds.ldap_salted_sha1):
        max_salt_size = 1024

    class Ssha512(kinds.ldap_salted_sha512):
        max_salt_size = 1024

    return {
        "SSHA": Ssha.from_string,
        "SSHA512": Ssha512.from_string,
        "sha512_crypt": kinds.sha512_crypt.from_string,
        "bcrypt": kinds.bcrypt.from_string,
    }


def old_passwords(boxes: Iterable[Mailbox]) -> dict[str, OldPassword]:
    """Return the passwords by address and alias. A mailbox that was locked opens nothing here either."""
    found: dict[str, OldPassword] = {}
    aliases: dict[str, OldPassword] = {}
    for box in boxes:
        if box.system:
            continue
        usable = "" if box.status else for_slapd(box.secret)
        password = OldPassword(usable, "" if usable else box.status or scheme_of(box.secret) or NO_HASH)
        found.setdefault(box.address, password)
        aliases |= dict.fromkeys(box.aliases, password)
    return aliases | found


def import_hashes(accounts: Iterable[Account], old: Mapping[str, OldPassword], change_by: date) -> None:
    """Write into each account the password of its mailbox, which an account that is new here will have.

    That is the mailbox with the primary address, else with the first of the others.
    """
    for account in accounts:
        known = [old[one] for one in (account["address"], *account["addresses"]) if one in old]
        if known and known[0].hash:
            account |= {"hash": known[0].hash, "change_by": change_by.isoformat()}
        elif known:
            account["hash_kind"] = known[0].kind
