# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.congvu.mail.plugins.module_utils.problems import as_text, errors, summary
from ansible_collections.congvu.mail.plugins.module_utils.register import (
    FILE,
    dump_register,
    read_register,
    write_register,
)
from ansible_collections.congvu.mail.plugins.module_utils.site import stale
from ansible_collections.congvu.mail.plugins.plugin_utils.inventory import check_site, language, read_site

display = Display()


class ActionModule(ActionBase):
    """Gives those who have no address one, and writes the register."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        task_vars = task_vars or {}
        result: dict[str, Any] = super().run(tmp, task_vars)
        self.validate_argument_spec({})
        site = read_site(self._templar, task_vars)
        resolution, problems = check_site(site, task_vars)
        if problems:
            display.display(as_text(problems, language(task_vars)).rstrip("\n"))
        if errors(problems):
            said = summary(problems, language(task_vars))
            return {**result, "changed": False, "failed": True, "msg": f"{said}; {FILE} was not touched"}
        before, after = read_register(site.folder), dump_register(resolution.rows)
        changed = stale(site, resolution)
        added = [f"+ {line}" for line in dump_register(resolution.added).splitlines()[1:]]
        if added:
            display.display("\n".join(added))
        result |= {"changed": changed, "added": len(added)}
        if changed and self._task.check_mode:
            said = f"{FILE} is stale, {len(added)} rows are missing: run playbooks/register.yml and commit it"
            return {**result, "failed": True, "msg": said}
        if changed:
            write_register(site.folder, after)
            result["diff"] = {"before_header": FILE, "after_header": FILE, "before": before, "after": after}
        return {**result, "msg": f"{len(added)} addresses added to {FILE}"}
