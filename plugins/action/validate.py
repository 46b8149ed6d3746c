# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.congvu.mail.plugins.module_utils.checks import without_mailbox
from ansible_collections.congvu.mail.plugins.module_utils.problems import RENDERERS, errors, summary
from ansible_collections.congvu.mail.plugins.plugin_utils.inventory import (
    check_base,
    check_site,
    language,
    read_site,
    write_report,
)

display = Display()


class ActionModule(ActionBase):
    """Checks the inventory, its roster, register and regulation, and shows every problem."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        task_vars = task_vars or {}
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, arguments = self.validate_argument_spec(
            {
                "report": {"type": "str", "choices": list(RENDERERS), "default": "text"},
                "report_file": {"type": "path"},
                "base": {"type": "str"},
                "author": {"type": "str"},
            },
            required_by={"author": "base"},
        )
        site = read_site(self._templar, task_vars)
        _, problems = check_site(site, task_vars)
        problems += without_mailbox(site.roster, site.register)
        if arguments["base"] is not None:
            problems += check_base(site, arguments["base"], arguments["author"])

        def render(form: str) -> str:
            return RENDERERS[form](problems, language(task_vars))

        if arguments["report_file"]:
            write_report(arguments["report_file"], arguments["report"], render)
        display.display(render(arguments["report"]).rstrip("\n"))
        said = summary(problems, language(task_vars))
        return {**result, "changed": False, "failed": bool(errors(problems)), "msg": said}
