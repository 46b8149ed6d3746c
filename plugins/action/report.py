# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.congvu.mail.plugins.module_utils.clock import today
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.calendar import (
    overdue,
    overdue_problems,
    parse_calendar,
)
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.report import RENDERERS, as_data
from ansible_collections.congvu.mail.plugins.module_utils.problems import as_text, errors, summary
from ansible_collections.congvu.mail.plugins.plugin_utils.inventory import language, read_site, write_report

display = Display()


class ActionModule(ActionBase):
    """Shows what the directory host counted, with the requests of the roster that wait too long."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        task_vars = task_vars or {}
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, arguments = self.validate_argument_spec(
            {
                "figures": {"type": "dict", "required": True},
                "calendar": {"type": "dict", "required": True},
                "report": {"type": "str", "choices": list(RENDERERS), "default": "text"},
                "report_file": {"type": "path"},
            }
        )
        said_in = language(task_vars)
        site = read_site(self._templar, task_vars)
        calendar, problems = parse_calendar(arguments["calendar"])
        problems = [*errors(site.problems), *problems]
        if problems or site.regulation is None:
            display.display(as_text(problems, said_in).rstrip("\n"))
            return {**result, "changed": False, "failed": True, "msg": summary(problems, said_in)}
        late, years = overdue(
            site.roster.people.values(),
            set(arguments["figures"]["persons"]),
            site.regulation.lifecycle.create_working_days,
            calendar,
            today(),
        )
        data = as_data(arguments["figures"], late)
        if years:
            display.display(as_text(overdue_problems([], years), said_in).rstrip("\n"))
        if arguments["report_file"]:
            write_report(arguments["report_file"], arguments["report"], lambda form: RENDERERS[form](data))
        display.display(RENDERERS[arguments["report"]](data).rstrip("\n"))
        return {**result, "changed": False, "late": len(late)}
