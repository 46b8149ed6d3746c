# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ansible_collections.congvu.mail.plugins.module_utils.clock import today
from ansible_collections.congvu.mail.plugins.module_utils.host.files import read_or_none
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import Problem, errors, summary
from ansible_collections.congvu.mail.plugins.module_utils.parsing.tables import read_bytes
from ansible_collections.congvu.mail.plugins.module_utils.reorganisation.mapping import load_mapping
from ansible_collections.congvu.mail.plugins.module_utils.reorganisation.report import RENDERERS
from ansible_collections.congvu.mail.plugins.module_utils.reorganisation.restructure import (
    Plan,
    plan_restructure,
)
from ansible_collections.congvu.mail.plugins.module_utils.roster import journal
from ansible_collections.congvu.mail.plugins.plugin_utils.action import Action, display
from ansible_collections.congvu.mail.plugins.plugin_utils.inventory import site_folder, write_report


class ActionModule(Action):
    """Plans a reorganisation, shows the plan, and edits roster and register."""

    options = {
        "mapping": {"type": "path", "required": True},
        "report": {"type": "str", "choices": list(RENDERERS), "default": "text"},
        "report_file": {"type": "path"},
    }

    def act(self, given: dict[str, Any]) -> dict[str, Any]:
        folder = site_folder(self._templar, self.variables)
        plan = self._plan(Path(given["mapping"]), folder)

        def render(form: str) -> str:
            return RENDERERS[form](plan, self.language)

        if given["report_file"]:
            write_report(given["report_file"], given["report"], render)
        self.show(render(given["report"]))
        stopped = bool(errors(plan.problems))
        files = {} if stopped else plan.files
        before = {name: read_or_none(folder / name) for name in files}
        found: list[Problem] = []
        if files and not self._task.check_mode:
            found = journal.replace_files(folder, files)
            for problem in found:
                display.error(problem.message(self.language))
            stopped = bool(found)
        touched = sorted({*plan.finished, *(() if found else files)})
        counted = f"{len(touched)} files changed" if touched else "nothing was changed"
        return {
            "changed": bool(touched),
            "failed": stopped,
            "files": touched,
            "msg": f"{summary(plan.problems, self.language)}; {counted}",
            "diff": [_diff(name, before[name], files[name]) for name in sorted(files)],
        }

    def _plan(self, file: Path, folder: Path) -> Plan:
        """Finish what a killed run has left, and work out what is still to be done."""
        if self._task.check_mode and journal.pending(folder):
            return Plan(problems=[Problem(journal.FILE, 0, "", "restructure_unfinished")])
        finished, found = journal.recover(folder)
        if found:
            return Plan(problems=found)
        plan = self._next(file)
        plan.finished = finished
        return plan

    def _next(self, file: Path) -> Plan:
        data, found = read_bytes(file, str(file))
        if data is None:
            missing = [problem for problem in found if problem.code == "file_missing"]
            return Plan(
                problems=[replace(problem, code="restructure_no_mapping") for problem in missing] or found
            )
        mapping, found = load_mapping(data, str(file))
        if mapping is None:
            return Plan(problems=found)
        return plan_restructure(self.site(), mapping, today())


def _diff(name: str, before: bytes | None, after: bytes | None) -> dict[str, str]:
    texts = [(content or b"").decode("utf-8", "replace") for content in (before, after)]
    return {"before_header": name, "after_header": name, "before": texts[0], "after": texts[1]}
