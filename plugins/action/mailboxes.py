# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.congvu.mail.plugins.module_utils.accounts import Account
from ansible_collections.congvu.mail.plugins.module_utils.problems import as_text, summary
from ansible_collections.congvu.mail.plugins.module_utils.site import site_accounts
from ansible_collections.congvu.mail.plugins.plugin_utils.inventory import language, read_site

display = Display()


class ActionModule(ActionBase):
    """Makes the accounts from roster and register, and sends them to the directory host once."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        task_vars = task_vars or {}
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, arguments = self.validate_argument_spec(
            {
                "suffix": {"type": "str", "required": True},
                "operators": {"type": "list", "elements": "str", "required": True},
                "change_limit": {"type": "int"},
            }
        )
        accounts, problems = site_accounts(read_site(self._templar, task_vars))
        if problems:
            display.display(as_text(problems, language(task_vars)).rstrip("\n"))
            said = summary(problems, language(task_vars))
            return {
                **result,
                "changed": False,
                "failed": True,
                "msg": f"{said}; the directory was not touched",
            }
        folder = self._make_tmp_path()
        try:
            arguments["accounts"] = self._send(accounts, folder)
            done: dict[str, Any] = self._execute_module(
                module_name=self._task.action, module_args=arguments, task_vars=task_vars
            )
            return result | done
        finally:
            self._remove_tmp_path(folder)

    def _send(self, accounts: Iterable[Account], folder: str) -> str:
        """Put the accounts beside the module, as compressed JSON lines, and return the file on the host.

        Not among its arguments: Ansible writes those to the host's syslog, and sends them back with the
        result.
        """
        remote: str = self._connection._shell.join_path(folder, "accounts.jsonl.gz")
        with tempfile.TemporaryDirectory() as local:
            file = Path(local, "accounts.jsonl.gz")
            with gzip.open(file, "wt", compresslevel=1, encoding="utf-8") as lines:
                lines.writelines(json.dumps(account, ensure_ascii=False) + "\n" for account in accounts)
            self._transfer_file(str(file), remote)
        self._fixup_perms2((folder, remote))
        return remote
