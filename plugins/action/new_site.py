# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.congvu.mail.plugins.module_utils.policy.hosts import FILE as HOSTS
from ansible_collections.congvu.mail.plugins.module_utils.policy.regulation import FILE as REGULATION
from ansible_collections.congvu.mail.plugins.module_utils.policy.settings import FILE as SETTINGS
from ansible_collections.congvu.mail.plugins.module_utils.site.new_site import (
    check_wish,
    new_files,
    next_steps,
    write_site,
)
from ansible_collections.congvu.mail.plugins.plugin_utils.action import Action, RefusedError
from ansible_collections.congvu.mail.plugins.plugin_utils.inventory import SAMPLE_SITES, read_sample

INVENTORIES = "inventories"


class ActionModule(Action):
    """Makes a site from one of the five decisions, in the folder that the command was given in."""

    options = {"name": {"type": "str", "required": True}, "sample": {"type": "str", "required": True}}
    refusals = (RefusedError, OSError)

    def act(self, given: dict[str, Any]) -> dict[str, Any]:
        name, here = given["name"].strip(), Path.cwd()
        clone = (here / "playbooks/new_site.yml").is_file()  # else the collection is installed somewhere
        folder = (here / INVENTORIES if (here / INVENTORIES).is_dir() else here) / name
        sample = given["sample"].strip()
        problems = check_wish(name, sample, folder)
        if problems:
            raise RefusedError(problems=problems)
        source = SAMPLE_SITES / sample
        texts = {file: (source / file).read_text(encoding="utf-8") for file in (HOSTS, SETTINGS, REGULATION)}
        files = new_files(texts, read_sample(sample), "" if clone else f"{SAMPLE_SITES.parent}/")
        if not self._task.check_mode:
            write_site(folder, files)
        shown = str(folder.relative_to(here))
        ansible = ".venv/bin/ansible-playbook" if (here / ".venv/bin").is_dir() else "ansible-playbook"
        playbook = "playbooks/<playbook>.yml" if clone else "congvu.mail.<playbook>"
        self.show(next_steps(shown, sample, f"{ansible} -i {shown} {playbook}", self.language))
        return {"changed": True, "path": str(folder), "msg": shown}
