# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How an account is written in the directory (schema: roles/directory/files/congvu.schema). Pure.

An account is the dict that `desired` makes of roster and register. In the directory it is an entry:
attributes by name, each a sorted list of values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from .vocabulary import ACCOUNT_CLASS, TRUE, Attr, Kind

Account = Mapping[str, Any]
Attributes = dict[str, list[str]]

FOLDERS: Mapping[str, str] = {Kind.PERSON: "people", Kind.UNIT: "units"}
CLASSES = {
    Kind.PERSON: [ACCOUNT_CLASS, "inetLocalMailRecipient", "inetOrgPerson"],
    Kind.UNIT: ["account", ACCOUNT_CLASS, "inetLocalMailRecipient"],
}
SHARD = "s01"
# What follows the roster and the register. The class, the path, the password and the owner are set once,
# when the account is made; what the daily pass and the store write (locks, events, archives) is not touched.
FOLLOWED = tuple(name.value for name in (
    Attr.CN, Attr.SN, Attr.GIVEN_NAME, Attr.TITLE, Attr.MAIL, Attr.MAIL_LOCAL_ADDRESS,
    Attr.STATUS, Attr.QUOTA, Attr.UNIT,
    Attr.CONTACT, Attr.LEAVE_UNTIL, Attr.UNTIL, Attr.KEEP_UNTIL, Attr.TOKEN,
))  # fmt: skip
# Plain strings: where nothing is to be changed, to make and compare them is all that a run does, 50,000
# times, and members of an enum take half as long again.
(
    _CN, _SN, _GIVEN_NAME, _TITLE, _MAIL, _MAIL_LOCAL_ADDRESS, _STATUS,
    _QUOTA, _UNIT, _CONTACT, _LEAVE_UNTIL, _UNTIL, _KEEP_UNTIL, _TOKEN,
) = FOLLOWED  # fmt: skip
# What of the others is looked at: who took a unit's mailbox over, and whether an account was given up.
SEEN = (Attr.OWNER, Attr.LOCK)


def folder(kind: str, suffix: str) -> str:
    """Return the DN below which accounts of a kind are."""
    return f"ou={FOLDERS[kind]},{suffix}"


def account_dn(kind: str, identity: str, suffix: str) -> str:
    """Return the DN of an account."""
    return f"uid={_escaped(identity)},{folder(kind, suffix)}"


def mail_path(kind: str, identity: str) -> str:
    """Return where the mailbox of a new account lies below the mail root.

    It hangs on the identity and not on the address, so that a change of address keeps the mail. Two
    hexadecimal digits of a hash keep folders small. What a file system could misread is written as `=XX`, for
    each byte of its UTF-8 form.
    """
    digest = sha256(identity.encode()).hexdigest()
    name = re.sub(rb"[^A-Za-z0-9_-]", lambda found: b"=%02X" % found.group()[0], identity.encode()).decode()
    return f"{SHARD}/{kind[0]}/{digest[:2]}/{name}"


def followed(account: Account) -> Attributes:
    """Return the attributes that follow the roster; an absent one is an empty list."""
    person = account["kind"] == Kind.PERSON
    title, contact = account["title"], account["contact"]
    # Without a loop over the values: this is done 50,000 times where nothing is to be changed.
    return {
        _CN: [account["name"]],
        _SN: [account["surname"] or account["name"]] if person else [],  # inetOrgPerson must have one
        _GIVEN_NAME: [account["given"]] if person and account["given"] else [],
        _TITLE: [title] if title else [],
        _MAIL: [account["address"]],
        _MAIL_LOCAL_ADDRESS: sorted(account["addresses"]),
        _STATUS: [account["status"]],
        _QUOTA: [str(account["quota_mib"])],
        _UNIT: [account["unit"]],
        _CONTACT: [contact] if contact else [],
        _LEAVE_UNTIL: [account["leave_until"]] if "leave_until" in account else [],
        _UNTIL: [account["until"]] if "until" in account else [],
        _KEEP_UNTIL: [account["keep_until"]] if "keep_until" in account else [],
        _TOKEN: [account["tokens"]],
    }


def created(account: Account, password_hash: str | None, change_by: str = "") -> Attributes:
    """Return all attributes of a new entry. Without a password nobody can log in.

    A first password opens nothing but its change: slapd sets `pwdReset` by itself when an administrator
    modifies a password, but not when it is added. One from an older system, with the day it has to be changed
    by (`change_by`), opens the mailbox as before.
    """
    fixed = {
        Attr.OBJECT_CLASS: CLASSES[account["kind"]],
        Attr.UID: [account["id"]],
        Attr.MAIL_PATH: [mail_path(account["kind"], account.get("store_id", account["id"]))],
    }
    if account.get("owner"):
        fixed[Attr.OWNER] = [account["owner"]]
    if password_hash:
        fixed[Attr.USER_PASSWORD] = [password_hash]
        fixed |= {Attr.CHANGE_BY: [change_by]} if change_by else {Attr.PWD_RESET: [TRUE]}
    return fixed | {name: values for name, values in followed(account).items() if values}


def _escaped(value: str) -> str:
    """Escape a value for a DN (RFC 4514, 2.4)."""
    escaped = re.sub(r'[,+"\\<>;=#]', lambda found: "\\" + found.group(), value)
    escaped = re.sub(r"^ | $", r"\\ ", escaped)
    return escaped.replace("\0", r"\00")
