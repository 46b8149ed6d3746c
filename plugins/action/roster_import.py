# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.congvu.mail.plugins.module_utils.clock import today
from ansible_collections.congvu.mail.plugins.module_utils.host.files import write
from ansible_collections.congvu.mail.plugins.module_utils.importing.adoption import adopt
from ansible_collections.congvu.mail.plugins.module_utils.importing.mailexports import KINDS, read_export
from ansible_collections.congvu.mail.plugins.module_utils.importing.merge import Outcome, import_site
from ansible_collections.congvu.mail.plugins.module_utils.importing.report import RENDERERS, counted
from ansible_collections.congvu.mail.plugins.module_utils.importing.spreadsheets import read_book
from ansible_collections.congvu.mail.plugins.module_utils.site.site import Site
from ansible_collections.congvu.mail.plugins.plugin_utils.action import SiteAction


class ActionModule(SiteAction):
    """Works out the roster files, or the register, that a list gives, shows a report and writes them."""

    options = {
        "source": {"type": "path", "required": True},
        "unit": {"type": "str", "default": ""},
        "adopt": {"type": "str", "choices": list(KINDS)},
        "report": {"type": "str", "choices": list(RENDERERS), "default": "text"},
        "report_file": {"type": "path"},
    }

    def act_on(self, site: Site, given: dict[str, Any]) -> dict[str, Any]:
        outcome = _outcome(site, given)
        report = RENDERERS[given["report"]](outcome, self.language)
        if given["report_file"]:
            write(Path(given["report_file"]), report.encode(), 0o644)
        self.show(report)
        result: dict[str, Any] = {"changed": bool(outcome.files), "msg": counted(outcome, self.language)}
        if outcome.counts is None:
            return {**result, "failed": True}
        result |= {"counts": dict(outcome.counts), "diff": []}
        for name, (before, after) in sorted(outcome.files.items()):
            result["diff"].append(
                {"before_header": name, "after_header": name, "before": before, "after": after}
            )
            if not self._task.check_mode:
                _replace(site.folder / name, after)
        return result


def _outcome(site: Site, given: dict[str, Any]) -> Outcome:
    source = Path(given["source"])
    if given["adopt"]:
        return adopt(site, read_export(source, given["adopt"]), today())
    return import_site(site, read_book(source), given["unit"])


def _replace(path: Path, text: str) -> None:
    """Put the text in place in one step, with the rights that the file has."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    write(path, text.encode(), mode)
