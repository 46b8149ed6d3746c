"""Copies of the lab's site that a test may change, and officers who exist for one test."""

from __future__ import annotations

import csv
import json
import re
import secrets
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pyrage

from .ansible import playbook
from .directory import Directory
from .lab import STATE, Account, Lab

SEALED = PurePosixPath("/var/lib/congvu/sealed")
MAIL_ROOT = PurePosixPath("/srv/mail")


@dataclass(frozen=True)
class Site:
    """A copy of the lab's inventory folder, which a test may change."""

    path: Path

    @property
    def people_file(self) -> Path:
        return sorted((self.path / "roster" / "people").glob("*.csv"))[0]

    def hire(self, **columns: str) -> str:
        """Add an officer to the roster, as a unit does; return their person_id."""
        file = self.people_file
        header = file.read_text(encoding="utf-8-sig").splitlines()[0]
        delimiter = ";" if ";" in header else ","
        names = next(csv.reader([header], delimiter=delimiter))
        row = {"person_id": f"e2e-{secrets.token_hex(4)}", "full_name": "Hoàng Đỗ Ước Thuỷ", **columns}
        assert set(row) <= set(names)
        with file.open("a", encoding="utf-8", newline="") as rows:
            csv.DictWriter(rows, names, delimiter=delimiter, lineterminator="\n").writerow(row)
        return row["person_id"]

    def edit(self, person_id: str, **columns: str) -> None:
        """Change cells of an officer's row."""
        with self.people_file.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            listed = [row | columns if row["person_id"] == person_id else row for row in rows]
        with self.people_file.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(listed[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(listed)

    def transfer(self, person_id: str, unit: str) -> None:
        """Move an officer's row into another unit's people file."""
        lines = self.people_file.read_text(encoding="utf-8").splitlines(keepends=True)
        (row,) = (line for line in lines if line.startswith(f"{person_id},"))
        self.people_file.write_text("".join(line for line in lines if line != row), encoding="utf-8")
        with (self.path / "roster/people" / f"{unit}.csv").open("a", encoding="utf-8") as file:
            file.write(row)

    def found(self, code: str, parent: str) -> None:
        """Add a department to the units."""
        with (self.path / "roster/units.yml").open("a", encoding="utf-8") as file:
            file.write(
                f"\n  - {{code: {code}, name: Phòng Thử nghiệm, kind: department, parent: {parent}}}\n"
            )

    def address_of(self, holder: str) -> str:
        """Return the primary address that the register gives to a person or a unit."""
        with (self.path / "register.csv").open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            (row,) = (row for row in rows if (row["holder"], row["kind"]) == (holder, "primary"))
        return row["address"]


class Newcomer:
    """An officer added to a copy of the site; removes every trace again, of units begun for them as well."""

    def __init__(self, lab: Lab, directory: Directory, site: Site) -> None:
        self.lab, self.directory, self.site = lab, directory, site
        self.sealed_before = self._sealed_files()
        self.person_id = site.hire()
        self.units: list[str] = []

    def register(self) -> None:
        run = playbook("register", self.site.path)
        assert run.code == 0, run.said
        self.address = self.site.address_of(self.person_id)

    def unsealed(self) -> Account:
        """Return the one password that was sealed since."""
        (one,) = self.all_unsealed()
        return one

    def all_unsealed(self) -> list[Account]:
        """Open what was sealed since, with the operator's key; the last one is the newest."""
        key = re.search(r"^AGE-SECRET-KEY-\S+", (STATE / "operator.key").read_text(), re.MULTILINE)
        assert key
        identity = pyrage.x25519.Identity.from_str(key[0])
        issued = []
        for file in self._sealed_files() - self.sealed_before:
            content = self.lab.run(self.directory.host, "cat", file).encode()
            issued += [json.loads(line) for line in pyrage.decrypt(content, [identity]).splitlines()]
        issued.sort(key=lambda one: one["issued"])
        return [Account(one["address"], one["dn"], one["password"]) for one in issued]

    def leave_no_trace(self) -> None:
        wanted = "".join(f"(uid={one})" for one in [self.person_id, *self.units])
        entries = self.directory.entries(f"(|{wanted})", "cvMailPath")
        for dn, entry in entries.items():
            for store in self.lab.hosts["store"]:
                self.lab.run(store, "rm", "-rf", str(MAIL_ROOT / entry["cvMailPath"][0]))
            self.directory.delete(dn)
        for file in self._sealed_files() - self.sealed_before:
            self.lab.run(self.directory.host, "rm", file)

    def _sealed_files(self) -> set[str]:
        find = ("find", str(SEALED), "-type", "f", "-name", "*.age")
        return set(self.lab.run(self.directory.host, *find).split())
