"""A province's repository for the tests: a site in Git, a base commit on main, a branch to work on."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess

import yaml
from ansible_collections.congvu.mail.plugins.module_utils.register.rows import dump_register, write_register
from ansible_collections.congvu.mail.plugins.module_utils.site.ownership import codeowners
from ansible_collections.congvu.mail.plugins.module_utils.site.site import load_site, resolve_site

from tests.support.samples import DAY, ROOT, complete, rows

SITE = "inventories/gialai"
CENTRE = "tanminhth.stttt@gialai.gov.vn"


def git(folder, *arguments):
    who = {f"GIT_{who}_{what}": CENTRE for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return subprocess.run(
        ["git", "-C", folder, *arguments], check=True, capture_output=True, text=True, env=os.environ | who
    ).stdout.strip()


def edit(site, unit, *added, removed=(), **cells):
    """Change a people file: cells by person, rows behind, rows out; return the rows that are out."""
    file = site / f"roster/people/{unit}.csv"
    table = list(csv.DictReader(file.read_text().splitlines()))
    for row in table:
        row.update(cells.get(row["person_id"].replace("-", "_"), {}))
    file.write_text(rows([row for row in table if row["person_id"] not in removed] + list(added)))
    return [row for row in table if row["person_id"] in removed]


class Repository:
    """The shipped inventory of Gia Lai, with its CODEOWNERS."""

    def __init__(self, top):
        self.top, self.site = top, top / SITE
        complete(shutil.copytree(ROOT / SITE, self.site))
        site = self.load()
        (self.top / "CODEOWNERS").write_text(codeowners(site.roster, site.register, "cntt.stttt", SITE))
        git(self.top, "init", "-q", "-b", "main")
        self.commit()
        git(self.top, "checkout", "-q", "-b", "work")

    def load(self):
        variables = {}
        for file in (self.site / "group_vars/all").iterdir():
            variables |= yaml.safe_load(file.read_text())
        return load_site(self.site, variables)

    def edit(self, unit, *added, removed=(), **cells):
        """Change a people file, as the function does."""
        return edit(self.site, unit, *added, removed=removed, **cells)

    def register(self, day=DAY):
        """Write what register.yml writes on a day."""
        write_register(self.site, dump_register(resolve_site(self.load(), day).rows))

    def commit(self):
        git(self.top, "add", "-A")
        git(self.top, "commit", "-q", "-m", "a")
