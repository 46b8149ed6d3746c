# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.congvu.mail.plugins.module_utils.checks import without_mailbox
from ansible_collections.congvu.mail.plugins.module_utils.problems import (
    RENDERERS,
    Problem,
    errors,
    summary,
    unready,
)
from ansible_collections.congvu.mail.plugins.plugin_utils.inventory import (
    check_base,
    check_site,
    language,
    read_site,
    read_site_policy,
    write_report,
)

display = Display()


class ActionModule(ActionBase):
    """Checks what the site says, with its roster and register or without, and shows every problem."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        task_vars = task_vars or {}
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, arguments = self.validate_argument_spec(
            {
                "what": {"type": "str", "choices": ["site", "policy"], "default": "site"},
                "report": {"type": "str", "choices": list(RENDERERS), "default": "text"},
                "report_file": {"type": "path"},
                "base": {"type": "str"},
                "author": {"type": "str"},
            },
            required_by={"author": "base"},
        )
        said_in = language(task_vars)
        if arguments["what"] == "policy":
            policy, problems = read_site_policy(self._templar, task_vars)
            stopping = [*errors(problems), *unready(problems)]
            if not stopping:
                result["ansible_facts"] = {"mail_site": policy.values}
        else:
            problems = self._check_site(task_vars, arguments["base"], arguments["author"])
            stopping = errors(problems)

        def render(form: str) -> str:
            return RENDERERS[form](problems, said_in)

        if arguments["report_file"]:
            write_report(arguments["report_file"], arguments["report"], render)
        if problems or arguments["what"] == "site":
            display.display(render(arguments["report"]).rstrip("\n"))
        return {**result, "changed": False, "failed": bool(stopping), "msg": summary(problems, said_in)}

    def _check_site(self, task_vars: dict[str, Any], base: str | None, author: str | None) -> list[Problem]:
        site = read_site(self._templar, task_vars)
        _, problems = check_site(site)
        problems += without_mailbox(site.roster, site.register)
        return problems if base is None else problems + check_base(site, base, author)
