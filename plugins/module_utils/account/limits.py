# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How often passwords may be guessed on the page: by source, and by account.

slapd counts failures too, and locks an account after a few (ppolicy); that lock closes every way in. So the
page stops before: no more wrong passwords for one account reach slapd than leave it open, and no single
source may use all of them. Whoever guesses here alone keeps nobody out of their mail program, and from one
place keeps nobody out of this page either. slapd keeps one count for all ways in, though: after guesses here
fewer wrong passwords elsewhere, its owner's own as well, are needed until it locks.

What is counted is in one small file: a service that starts anew has forgotten nothing.
"""

from __future__ import annotations

import ipaddress
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from ..policy.terms import PasswordTerms

# An office of 500 may have one address, and on its first day everybody mistypes once. What was right does not
# stay counted. The flood is for nginx to hold back, guesses at one account for the two bounds below this one.
PER_SOURCE = 1000
# Seconds for which the page remembers longer than slapd. slapd notes a failure later than the page, by as
# long as an answer takes (`change.LATEST` and two waits for the directory), and counts one that is as old as
# its interval.
MARGIN = 120
MOST_ROWS = 50_000  # some five megabytes; the oldest go first
IPV6_PREFIX = 64  # what one subscriber has


@dataclass(frozen=True)
class Bounds:
    """Wrong passwords within ``seconds``: from a source, for an account, for an account from one source."""

    seconds: float
    source: int
    account: int
    pair: int


@dataclass(frozen=True)
class Attempt:
    """A password that is being tried; it counts as wrong until it is known to be right."""

    row: int


@dataclass(frozen=True)
class Wait:
    """Too many were wrong: the next one may come after so many seconds."""

    seconds: int


def bounds(terms: PasswordTerms) -> Bounds:
    """Return the bounds that stay below slapd's own lockout."""
    account = max(1, terms.max_failures - 1)
    return Bounds(terms.failure_minutes * 60 + MARGIN, PER_SOURCE, account, max(1, account - 1))


def network(address: str) -> str:
    """Return what counts as one source: an IPv4 address, or the /64 of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 6:
        parsed = parsed.ipv4_mapped or parsed
    prefix = IPV6_PREFIX if parsed.version == 6 else 32
    return str(ipaddress.ip_network((parsed, prefix), strict=False))


class Limits:
    """The attempts of the last while, in a file of SQLite."""

    def __init__(self, path: Path, bound: Bounds, now: Callable[[], float] = time.time) -> None:
        """Open the file; one that cannot be read is begun anew."""
        self._bound, self._now, self._lock = bound, now, Lock()
        try:
            self._rows = _opened(path)
        except sqlite3.DatabaseError:
            path.unlink(missing_ok=True)
            self._rows = _opened(path)

    def begin(self, source: str, account: str) -> Attempt | Wait:
        """Count an attempt before it is made, so that many at once are not more than one after the other."""
        now = self._now()
        with self._lock, self._rows:
            # Also what lies in the future: a clock that was wrong must not keep anybody waiting.
            self._rows.execute(
                "DELETE FROM attempts WHERE at <= ? OR at > ?", (now - self._bound.seconds, now)
            )
            waits = [
                self._wait(now, self._bound.source, "source = ?", source),
                self._wait(now, self._bound.account, "account = ?", account),
                self._wait(now, self._bound.pair, "account = ? AND source = ?", account, source),
            ]
            if max(waits):
                return Wait(max(waits))
            row = self._rows.execute(
                "INSERT INTO attempts (at, source, account) VALUES (?, ?, ?)", (now, source, account)
            ).lastrowid
            self._rows.execute("DELETE FROM attempts WHERE id <= ?", ((row or 0) - MOST_ROWS,))
        return Attempt(row or 0)

    def withdraw(self, attempt: Attempt) -> None:
        """Forget an attempt that nobody answered."""
        with self._lock, self._rows:
            self._rows.execute("DELETE FROM attempts WHERE id = ?", (attempt.row,))

    def proven(self, account: str) -> None:
        """Forget the wrong passwords of an account whose owner has given the right one, as slapd does."""
        with self._lock, self._rows:
            self._rows.execute("DELETE FROM attempts WHERE account = ?", (account,))

    def close(self) -> None:
        """Close the file."""
        self._rows.close()

    def _wait(self, now: float, most: int, condition: str, *values: str) -> int:
        """Return how many seconds are left until fewer than `most` of these attempts count; 0: none."""
        found = self._rows.execute(
            f"SELECT at FROM attempts WHERE {condition} ORDER BY at DESC LIMIT 1 OFFSET ?",  # noqa: S608  ours, values are bound
            (*values, most - 1),
        ).fetchone()
        return int(found[0] + self._bound.seconds - now) + 1 if found else 0


def _opened(path: Path) -> sqlite3.Connection:
    rows = sqlite3.connect(path, check_same_thread=False)
    try:
        # Survives a killed service; that the last second survives a power failure is worth no disk sync.
        rows.execute("PRAGMA journal_mode = WAL")
        rows.execute("PRAGMA synchronous = NORMAL")
        with rows, closing(rows.cursor()) as cursor:
            cursor.execute(
                "CREATE TABLE IF NOT EXISTS attempts"
                " (id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL, source TEXT, account TEXT)"
            )
            cursor.execute("CREATE INDEX IF NOT EXISTS by_source ON attempts (source, at)")
            cursor.execute("CREATE INDEX IF NOT EXISTS by_account ON attempts (account, at)")
    except sqlite3.DatabaseError:
        rows.close()
        raise
    return rows
