# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.congvu.mail.plugins.module_utils.changes import (
    RENDERERS,
    changes,
    holder_names,
    row_lines,
)
from ansible_collections.congvu.mail.plugins.module_utils.changes import summary as counted
from ansible_collections.congvu.mail.plugins.module_utils.problems import as_text, errors, summary
from ansible_collections.congvu.mail.plugins.module_utils.register import (
    FILE,
    dump_register,
    read_register,
    write_register,
)
from ansible_collections.congvu.mail.plugins.module_utils.resolve import Act
from ansible_collections.congvu.mail.plugins.module_utils.site import stale
from ansible_collections.congvu.mail.plugins.plugin_utils.inventory import (
    check_site,
    former_register,
    language,
    read_site,
    write_report,
)

display = Display()


class ActionModule(ActionBase):
    """Works out what the register should be, shows what changes, and writes it."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        task_vars = task_vars or {}
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, arguments = self.validate_argument_spec(
            {
                "report": {"type": "str", "choices": list(RENDERERS), "default": "text"},
                "report_file": {"type": "path"},
                "base": {"type": "str"},
                "retire_expired": {"type": "bool", "default": False},
            }
        )
        said_in = language(task_vars)
        site = read_site(self._templar, task_vars)
        act = Act(retire_expired=arguments["retire_expired"])
        resolution, problems = check_site(site, act)
        former = list(site.register)
        if arguments["base"] is not None:
            former, found = former_register(site, arguments["base"])
            problems += found
        if problems:
            display.display(as_text(problems, said_in).rstrip("\n"))
        if errors(problems):
            said = f"{summary(problems, said_in)}; {FILE} was not touched"
            return {**result, "changed": False, "failed": True, "msg": said}
        found_changes, names = changes(former, resolution.rows), holder_names(site.roster)
        lines = row_lines(site.register, resolution.rows)

        def render(form: str) -> str:
            return RENDERERS[form](found_changes, names, said_in)

        if arguments["report_file"]:
            write_report(arguments["report_file"], arguments["report"], render)
        display.display("\n".join([*lines, render(arguments["report"]).rstrip("\n")]))
        changed = stale(site, resolution)
        result |= {"changed": changed, "added": len(resolution.added), "msg": counted(found_changes, said_in)}
        if not changed:
            return result
        if self._task.check_mode:
            what = (
                f"{len(lines)} lines differ" if lines else "its order or form is not what register.yml writes"
            )
            said = f"{FILE} is stale, {what}: run playbooks/register.yml and commit it"
            return {**result, "failed": True, "msg": said}
        before, after = read_register(site.folder), dump_register(resolution.rows)
        write_register(site.folder, after)
        return {
            **result,
            "diff": {"before_header": FILE, "after_header": FILE, "before": before, "after": after},
        }
