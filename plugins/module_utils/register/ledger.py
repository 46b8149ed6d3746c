# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The register while it is brought up to date: addresses are issued, set aside and retired, never removed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import repeat

from .rows import Reason, Row, retired


class Ledger:
    """All rows by address, the primary row of each holder, and what this run did to them."""

    def __init__(self, rows: Iterable[Row]) -> None:
        """Take the rows of a register as it stands."""
        self.rows = {row.address: row for row in rows}
        self.primaries = {row.holder: row for row in self.rows.values() if row.kind == "primary"}
        self.added: dict[str, Row] = {}
        self._before: dict[str, Row] = {}  # rows that this run changed, as they were

    @property
    def changed(self) -> list[tuple[Row, Row]]:
        """The rows that were there before and are different now: before and after, by address."""
        return [(before, self.rows[address]) for address, before in sorted(self._before.items())]

    def holder(self, address: str) -> str | None:
        """Return who holds the address or once held it."""
        row = self.rows.get(address)
        return row.holder if row else None

    def is_free(self, address: str, holder: str) -> bool:
        """Say whether the holder may get the address: nobody had it, or only they (a returning leaver)."""
        row = self.rows.get(address)
        return row is None or (row.holder == holder and row.kind != "primary")

    def issue(self, address: str, holder: str, kind: str, unit: str, since: str, reason: str = "") -> None:
        """Write a new row, or take the holder's own back into use."""
        row = self.rows.get(address)
        if row is None:
            row = self.added[address] = Row(address, holder, kind, unit, since, "", reason)
            self.rows[address] = row
        else:
            row = self._change(row, replace(row, kind=kind, unit=unit, until="", reason=reason))
        if kind == "primary":
            self.primaries[holder] = row

    def issue_all(
        self, addresses: Iterable[str], holders: Sequence[str], units: Iterable[str], since: Iterable[str]
    ) -> None:
        """Write primary rows for holders who have none, of addresses that nobody ever had."""
        rows = list(map(Row, addresses, holders, repeat("primary"), units, since))
        new = {row.address: row for row in rows}
        self.added |= new
        self.rows |= new
        self.primaries.update(zip(holders, rows, strict=True))

    def set_aside(self, row: Row, until: str, reason: Reason) -> None:
        """Make a primary address an alias: mail to it goes on arriving."""
        self._change(row, replace(row, kind="alias", until=until, reason=reason.text()))
        self.primaries.pop(row.holder, None)

    def retire(self, row: Row, until: str, reason: Reason) -> None:
        """Make an address a tombstone."""
        self._change(row, retired(row, until, reason))
        if row.kind == "primary":
            self.primaries.pop(row.holder, None)

    def _change(self, before: Row, after: Row) -> Row:
        self._before.setdefault(before.address, before)
        self.rows[before.address] = after
        return after
