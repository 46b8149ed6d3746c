# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What may be an address at all."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

JOINS = (".", "-", "_")
# NAMING rule 10: single inner dots. Other joins are for a decision that says so.
USUAL_JOINS = (".",)
LONGEST_LOCAL_PART = 64  # octets, RFC 5321 4.5.3.1.1
# An older system's address may have what no new one gets: _ - + (NAMING rule 15).
ADDRESS = re.compile(r"[a-z0-9]+(?:[._+-][a-z0-9]+)*@[a-z0-9-]+(?:\.[a-z0-9-]+)+")
LONGEST_ADDRESS = 254  # octets, RFC 5321 4.5.3.1.3 less the angle brackets


def is_local_part(text: str, joins: Collection[str] = USUAL_JOINS) -> bool:
    """Say whether a new address may have this before the @: ASCII letters, digits, single inner joins."""
    return len(text) <= LONGEST_LOCAL_PART and _local_part("".join(sorted(joins))).fullmatch(text) is not None


@cache
def _local_part(joins: str) -> re.Pattern[str]:
    return re.compile(rf"[a-z0-9]+(?:[{re.escape(joins)}][a-z0-9]+)*")


def is_address(text: str) -> bool:
    """Say whether an address, in small letters, may stand in the register, an older system's included."""
    local_part = text.partition("@")[0]
    long = len(text) > LONGEST_ADDRESS or len(local_part) > LONGEST_LOCAL_PART
    return not long and bool(ADDRESS.fullmatch(text))
