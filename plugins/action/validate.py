# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

from typing import Any

from ansible_collections.congvu.mail.plugins.module_utils.host.files import read_or_none
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import (
    RENDERERS,
    Problem,
    errors,
    summary,
    unready,
)
from ansible_collections.congvu.mail.plugins.module_utils.policy.regulation import FILE as REGULATION_FILE
from ansible_collections.congvu.mail.plugins.module_utils.policy.samples import cited_articles
from ansible_collections.congvu.mail.plugins.module_utils.policy.schema import SAMPLES
from ansible_collections.congvu.mail.plugins.module_utils.site.checks import without_effect, without_mailbox
from ansible_collections.congvu.mail.plugins.module_utils.site.ownership import nobody_approves
from ansible_collections.congvu.mail.plugins.module_utils.site.site import Site
from ansible_collections.congvu.mail.plugins.plugin_utils.action import Action
from ansible_collections.congvu.mail.plugins.plugin_utils.inventory import (
    check_base,
    check_site,
    read_site_policy,
    site_folder,
    who_acts,
    write_report,
)


class ActionModule(Action):
    """Checks what the site says, with its roster and register or without, and shows every problem."""

    options = {
        "what": {"type": "str", "choices": ["site", "policy"], "default": "site"},
        "report": {"type": "str", "choices": list(RENDERERS), "default": "text"},
        "report_file": {"type": "path"},
        "base": {"type": "str"},
        "author": {"type": "str"},
        "roster": {"type": "bool", "default": False},
    }
    rules = {"required_by": {"author": "base"}}

    def act(self, given: dict[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        if given["what"] == "policy":
            policy, problems = read_site_policy(self._templar, self.variables)
            folder = site_folder(self._templar, self.variables)
            person, unknown = who_acts(folder, str(self.variables.get("operator") or ""))
            problems += unknown
            stopping = [*errors(problems), *unready(problems)]
            if stopping and given["roster"]:
                # Else the play that reads them never comes to it, and they are told in the next run.
                problems = sorted({*problems, *self._check_site(None, None)})
                stopping = [*errors(problems), *unready(problems)]
            if not stopping:
                # Not mail_...: where facts become variables, it would be an unknown one of the site.
                result["ansible_facts"] = {"congvu_site": policy.values, "congvu_operator": person}
        else:
            problems = self._check_site(given["base"], given["author"])
            stopping = errors(problems)

        def render(form: str) -> str:
            return RENDERERS[form](problems, self.language)

        if given["report_file"]:
            write_report(given["report_file"], given["report"], render)
        if problems or given["what"] == "site":
            self.show(render(given["report"]))
        return {**result, "failed": bool(stopping), "msg": summary(problems, self.language)}

    def _check_site(self, base: str | None, author: str | None) -> list[Problem]:
        site = self.site()
        _, problems = check_site(site)
        problems += [*without_mailbox(site.roster, site.register), *without_effect(site.roster)]
        problems += self._cited(site)
        if site.settings is not None:
            problems += nobody_approves(site.roster.units, site.settings.postmaster)
        return problems if base is None else problems + check_base(site, base, author)

    def _cited(self, site: Site) -> list[Problem]:
        """Warn of comments in the regulation that are about the sample that the site was made from."""
        sample = str(self.variables.get("mail_sample"))
        text = (read_or_none(site.folder / REGULATION_FILE) or b"").decode("utf-8", "replace")
        return cited_articles(sample, text) if sample in SAMPLES else []
