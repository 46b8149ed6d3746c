# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

from typing import Any

from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import errors
from ansible_collections.congvu.mail.plugins.module_utils.register.changes import (
    RENDERERS,
    changes,
    holder_names,
    row_lines,
    summary,
)
from ansible_collections.congvu.mail.plugins.module_utils.register.resolve import Act
from ansible_collections.congvu.mail.plugins.module_utils.register.rows import (
    FILE,
    dump_register,
    read_register,
    write_register,
)
from ansible_collections.congvu.mail.plugins.module_utils.site.site import Site, stale
from ansible_collections.congvu.mail.plugins.plugin_utils.action import RefusedError, SiteAction
from ansible_collections.congvu.mail.plugins.plugin_utils.inventory import (
    check_site,
    former_register,
    write_report,
)


class ActionModule(SiteAction):
    """Works out what the register should be, shows what changes, and writes it."""

    options = {
        "report": {"type": "str", "choices": list(RENDERERS), "default": "text"},
        "report_file": {"type": "path"},
        "base": {"type": "str"},
        "retire_expired": {"type": "bool", "default": False},
    }

    def act_on(self, site: Site, given: dict[str, Any]) -> dict[str, Any]:
        act = Act(retire_expired=given["retire_expired"])
        resolution, problems = check_site(site, act)
        former = list(site.register)
        if given["base"] is not None:
            former, found = former_register(site, given["base"])
            problems += found
        if errors(problems):
            raise RefusedError(problems=problems)
        if problems:
            self.show_problems(problems)
        found_changes, names = changes(former, resolution.rows), holder_names(site.roster)
        lines = row_lines(site.register, resolution.rows)

        def render(form: str) -> str:
            return RENDERERS[form](found_changes, names, self.language)

        if given["report_file"]:
            write_report(given["report_file"], given["report"], render)
        self.show("\n".join([*lines, render(given["report"])]))
        changed = stale(site, resolution)
        result = {
            "changed": changed,
            "added": len(resolution.added),
            "msg": summary(found_changes, self.language),
        }
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
