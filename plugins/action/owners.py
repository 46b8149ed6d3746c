# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.congvu.mail.plugins.module_utils.host.files import read_or_none, write
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import Problem, errors
from ansible_collections.congvu.mail.plugins.module_utils.site.ownership import codeowners, may_replace
from ansible_collections.congvu.mail.plugins.module_utils.site.revisions import find_repository
from ansible_collections.congvu.mail.plugins.module_utils.site.site import Site
from ansible_collections.congvu.mail.plugins.plugin_utils.action import RefusedError, SiteAction

# Where GitLab and GitHub look for it, in this order.
PLACES = ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS", ".github/CODEOWNERS")


class ActionModule(SiteAction):
    """Writes CODEOWNERS from the units' IT officers and their registered addresses."""

    options = {"codeowners": {"type": "path"}}

    def act_on(self, site: Site, given: dict[str, Any]) -> dict[str, Any]:
        repository, found = find_repository(site.folder)
        problems = [*site.problems, *found]
        if repository is not None and site.settings is not None and not errors(problems):
            top, folder = repository
            there = [top / place for place in PLACES if (top / place).exists()]
            target = Path(given["codeowners"] or (there or [top / PLACES[0]])[0])
            before = (read_or_none(target) or b"").decode("utf-8", "replace")
            after = codeowners(site.roster, site.register, site.settings.postmaster, folder.rstrip("/"))
            if may_replace(before, folder.rstrip("/")):
                return self._write(target, before, after)
            problems.append(Problem(str(target), 1, "", "owners_foreign", before.split("\n", 1)[0]))
        raise RefusedError(problems=problems)

    def _write(self, target: Path, before: str, after: str) -> dict[str, Any]:
        changed = before != after
        diff = {"before_header": str(target), "after_header": str(target), "before": before, "after": after}
        result = {"changed": changed, "path": str(target), "diff": diff}
        if changed and self._task.check_mode:
            return {
                **result,
                "failed": True,
                "msg": f"{target} is stale: run playbooks/owners.yml and commit it",
            }
        if changed:
            write(target, after.encode(), 0o644)
        return {**result, "msg": f"{target}: {after.count('/people/')} units"}
