# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Passwords of an older system, as hashes that slapd logs people in with until they change them.

slapd has {SSHA}, pw-sha2 {SSHA512}, and crypt(3) what Debian's libxcrypt knows: SHA-512, bcrypt and yescrypt
among others. Weaker ones (no salt, MD5) are not carried over: whoever has one gets a first password.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from ..accounts.desired import Account
from .mailexports import Mailbox, scheme_of

DIGEST_BYTES = {"SSHA": 20, "SSHA512": 64}  # behind the digest stands the salt
# What Dovecot, and programs that share its files, call the kinds of crypt(3).
CRYPT_NAMES = ("CRYPT", "SHA512-CRYPT", "BLF-CRYPT")
CRYPT = re.compile(
    r"\$6\$(?:rounds=\d{4,9}\$)?[./0-9A-Za-z]{1,16}\$[./0-9A-Za-z]{86}"
    r"|\$2[aby]\$\d\d\$[./0-9A-Za-z]{53}"
    r"|\$y\$[./0-9A-Za-z]+\$[./0-9A-Za-z]{1,86}\$[./0-9A-Za-z]{43}"
)
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
    if scheme in CRYPT_NAMES and CRYPT.fullmatch(rest):
        return "{CRYPT}" + rest
    if scheme in DIGEST_BYTES and _is_salted(rest, DIGEST_BYTES[scheme]):
        return f"{{{scheme}}}{rest}"
    return ""


def old_passwords(boxes: Iterable[Mailbox]) -> dict[str, OldPassword]:
    """Return the passwords by address and alias. A mailbox that was shut opens nothing here either."""
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


def bring(accounts: Iterable[Account], old: Mapping[str, OldPassword], change_by: date) -> None:
    """Write into each account the password of its mailbox, which an account that is new here will have.

    That is the mailbox with the primary address, else with the first of the others.
    """
    for account in accounts:
        known = [old[one] for one in (account["address"], *account["addresses"]) if one in old]
        if known and known[0].hash:
            account |= {"hash": known[0].hash, "change_by": change_by.isoformat()}
        elif known:
            account["hash_kind"] = known[0].kind


def _is_salted(text: str, digest: int) -> bool:
    try:
        return len(b64decode(text, validate=True)) > digest
    except binascii.Error:
        return False
