"""Each recipe of docs/everyday.md on the shipped inventory: its fragments, and what it says one sees."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
import yaml
from ansible_collections.congvu.mail.plugins.module_utils.accounts import entries
from ansible_collections.congvu.mail.plugins.module_utils.accounts.plan import ExistingAccount, Plan, plan
from ansible_collections.congvu.mail.plugins.module_utils.accounts.vocabulary import Attr
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.acts import act
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import as_text, errors
from ansible_collections.congvu.mail.plugins.module_utils.register import changes
from ansible_collections.congvu.mail.plugins.module_utils.register.rows import dump_register, write_register
from ansible_collections.congvu.mail.plugins.module_utils.reorganisation import report
from ansible_collections.congvu.mail.plugins.module_utils.reorganisation.mapping import load_mapping
from ansible_collections.congvu.mail.plugins.module_utils.reorganisation.restructure import plan_restructure
from ansible_collections.congvu.mail.plugins.module_utils.roster import journal
from ansible_collections.congvu.mail.plugins.module_utils.site.checks import without_effect
from ansible_collections.congvu.mail.plugins.module_utils.site.site import (
    Site,
    load_site,
    resolve_site,
    site_accounts,
    validate_site,
)

from tests.support.desired import SUFFIX
from tests.support.lives import account
from tests.support.samples import ROOT, rows, shipped_variables

PAGE = (ROOT / "docs/everyday.md").read_text()
DAY = date(2026, 12, 1)  # the decisions of the page are of the weeks before
HEADING = re.compile(r"^## (.+)\n", re.MULTILINE)
BLOCK = re.compile(r"(?:^([^\n]+)\n\n)?^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"`([\w./-]+\.(?:csv|yml))`:$")


@dataclass
class Step:
    """Fragments that are changed together, by file, and the blocks that show what is said then."""

    fragments: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)


def recipes() -> dict[str, list[Step]]:
    """Return the steps of each recipe that changes a file, by heading."""
    _, *parts = HEADING.split(PAGE)
    found = {name: list(steps(text)) for name, text in zip(parts[::2], parts[1::2], strict=True)}
    return {name: listed for name, listed in found.items() if listed}


def steps(text: str) -> Iterator[Step]:
    step = Step()
    for before, language, block in BLOCK.findall(text):
        if language in ("csv", "yaml"):
            if step.said:
                yield step
                step = Step()
            [file] = FILE.findall(before)
            step.fragments[file] = block
        elif language == "text":
            step.said.append(block)
    if step.fragments:
        yield step


class Province:
    """A copy of the shipped inventory, and the directory as it is after the last run."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(shutil.copytree(ROOT / "inventories/gialai", folder / "gialai"))
        self.directory: dict[tuple[str, str], ExistingAccount] = {}
        self.applied()

    def load(self) -> Site:
        return load_site(self.folder, shipped_variables("gialai"))

    def applied(self) -> Plan:
        """Plan what mailboxes.yml does, and hold the directory to have it. A handover is not done by that."""
        accounts, problems = site_accounts(self.load(), DAY)
        assert problems == []
        planned = plan(self.directory, accounts, SUFFIX)
        assert planned.gone == []
        heads = {key: held.observed.get(Attr.OWNER) for key, held in self.directory.items()}
        self.directory = {}
        for each in accounts:
            key = (each["kind"], each["id"])
            owner = heads.get(key) or ([each["owner"]] if "owner" in each else [])
            dn = entries.account_dn(*key, SUFFIX)
            self.directory[key] = ExistingAccount(
                dn, entries.managed(each), {Attr.OWNER: owner} if owner else {}
            )
        return planned

    def cells(self, file: str, fragment: str) -> None:
        """Change the cells that a fragment shows; a new id is a new row, or comes from where it was."""
        tables = {path: table(path.read_text()) for path in self.folder.glob("roster/people/*.csv")}
        own = tables[self.folder / file]
        for shown in table(fragment):
            identity = shown["person_id"]
            row = find(own, identity)
            if row is None and (held := [other for other in tables.values() if find(other, identity)]):
                [other] = held
                row = find(other, identity)
                other.remove(row)
                own.append(row)
            if row is None:
                own.append(row := {})
            row.update(shown)
        for path, rest in tables.items():
            path.write_text(rows(rest))

    def units(self, file: str, fragment: str) -> None:
        """Change the keys that a fragment shows of an entry."""
        path = self.folder / file
        listed = yaml.safe_load(path.read_text())["units"]
        for shown in yaml.safe_load(fragment):
            [entry] = [unit for unit in listed if unit["code"] == shown["code"]]
            entry.update(shown)
        path.write_text(yaml.safe_dump({"units": listed}, allow_unicode=True, sort_keys=False))

    def registered(self) -> str:
        """Write the register; return what register.yml says of addresses."""
        site = self.load()
        resolution = resolve_site(site, DAY)
        assert errors(validate_site(site, resolution)) == []
        write_register(self.folder, dump_register(resolution.rows))
        return changes.as_text(
            changes.changes(site.register, resolution.rows), changes.holder_names(site.roster)
        )

    def restructured(self, file: str, fragment: str) -> str:
        """Carry a mapping out; return what restructure.yml says."""
        mapping, problems = load_mapping(fragment.encode(), file)
        assert mapping, problems
        planned = plan_restructure(self.load(), mapping, DAY)
        assert errors(planned.problems) == []
        assert journal.replace_files(self.folder, planned.files) == []
        return report.as_text(planned)

    def tried(self, step: Step) -> None:
        """Change what the step shows, run, and compare each block with what is said."""
        said = ""
        for file, fragment in step.fragments.items():
            if file.startswith("roster/people/"):
                self.cells(file, fragment)
            elif file == "roster/units.yml":
                self.units(file, fragment)
            else:
                said += self.restructured(file, fragment)
        said = said or self.registered()
        warned = as_text(without_effect(self.load().roster))
        planned = self.applied()
        handovers = "".join(f"- {address}\n" for address in planned.handovers)
        assert step.said
        for block in step.said:
            if block.startswith(("+", "~")):
                shown_in(block, planned.diff())
            elif block.startswith("-"):
                assert block == handovers
            elif block.startswith("roster/"):
                assert block.strip() in warned
            else:
                shown_in(block, said)
                assert block.splitlines()[-1] == said.splitlines()[-1]  # how many addresses, in all


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def find(listed: list[dict[str, str]], identity: str) -> dict[str, str] | None:
    return next((row for row in listed if row["person_id"] == identity), None)


def shown_in(block: str, said: str) -> None:
    """Each line of the block is said, in this order."""
    left = iter(said.splitlines())
    for line in block.splitlines():
        assert line in left, f"{line}\nis not said, or in another order:\n{said}"


@pytest.mark.parametrize("name", recipes())
def test_a_recipe_does_what_it_says(name: str, tmp_path: Path) -> None:
    province = Province(tmp_path)
    for step in recipes()[name]:
        province.tried(step)


def test_every_act_of_a_year_is_a_recipe_and_says_how_it_is_taken_back() -> None:
    written = HEADING.findall(PAGE)
    assert len(written) == 13
    tried = recipes()
    # Those change no file: the password is the host's, and a phone holds nothing else.
    assert set(written) - set(tried) == {"The round", "A lost password", "A lost phone"}
    for_good = {name for name, listed in tried.items() if len(listed) == 1}
    assert for_good == {"A delegate for the unit mailbox", "Units merge"}


def test_what_unlocks_an_officer_and_what_does_not() -> None:
    command = re.search(
        r"lifecycle\.yml -e act=(\w+) -e person=(\S+) -e reference=(\S+)$", PAGE, re.MULTILINE
    )
    assert command
    for lock in ("idle", "reclaimed"):
        step = act(account(command[2], lock=lock), command[1], DAY, command[3])
        assert not isinstance(step, str) and step.attributes == {Attr.LOCK: ()}
    locked = account(command[2], address="hlank.stttt@gialai.gov.vn", status="locked")
    assert f"`{act(locked, command[1], DAY, command[3])}`" in PAGE
