# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

from typing import Any

from ansible_collections.congvu.mail.plugins.module_utils.clock import today
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.calendar import (
    overdue,
    overdue_problems,
    parse_calendar,
)
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.report import RENDERERS, as_data
from ansible_collections.congvu.mail.plugins.module_utils.site.site import Site
from ansible_collections.congvu.mail.plugins.plugin_utils.action import RefusedError, SiteAction
from ansible_collections.congvu.mail.plugins.plugin_utils.inventory import refusing, write_report


class ActionModule(SiteAction):
    """Shows what the directory host counted, with the requests of the roster that wait too long."""

    options = {
        "figures": {"type": "dict", "required": True},
        "calendar": {"type": "dict", "required": True},
        "report": {"type": "str", "choices": list(RENDERERS), "default": "text"},
        "report_file": {"type": "path"},
    }

    def act_on(self, site: Site, given: dict[str, Any]) -> dict[str, Any]:
        calendar, problems = parse_calendar(given["calendar"])
        problems = [*refusing(site), *problems]
        if problems or site.regulation is None:
            raise RefusedError(problems=problems)
        late, years = overdue(
            site.roster.people.values(),
            set(given["figures"]["persons"]),
            site.regulation.lifecycle.create_working_days,
            calendar,
            today(),
        )
        data = as_data(given["figures"], late)
        if years:
            self.show_problems(overdue_problems([], years))
        if given["report_file"]:
            write_report(given["report_file"], given["report"], lambda form: RENDERERS[form](data))
        self.show(RENDERERS[given["report"]](data))
        return {"late": len(late)}
