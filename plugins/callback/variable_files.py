# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Says where a file of variables cannot be read."""

from __future__ import annotations

DOCUMENTATION = r"""
name: variable_files
type: notification
short_description: Says where a file of variables cannot be read
version_added: 0.1.0
description:
  - Ansible reads the files in C(group_vars/all) before the first task, and stops at one that it cannot read
    without naming it. This callback reads them before, and shows every such fault with file, line and fix.
requirements:
  - O(ignore:callbacks_enabled) in C(ansible.cfg) names it.
"""

from pathlib import Path
from typing import Any

from ansible import context
from ansible.plugins.callback import CallbackBase
from ansible_collections.congvu.mail.plugins.module_utils.parsing.locate import unreadable
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import as_text


class CallbackModule(CallbackBase):
    """Shows what is wrong with the inventory's files of variables, before Ansible stops at them."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "congvu.mail.variable_files"
    CALLBACK_NEEDS_ENABLED = True

    def v2_playbook_on_start(self, playbook: Any) -> None:  # noqa: ANN401  Ansible gives no type for it
        """Read the variables of every inventory that was given with ``-i``."""
        sources = [Path(str(source)) for source in context.CLIARGS.get("inventory") or ()]
        folders = {source if source.is_dir() else source.parent for source in sources}
        problems = [problem for folder in sorted(folders) for problem in unreadable(folder)]
        if problems:
            # The site's language is a variable as well, so that of the roster is taken.
            self._display.display(as_text(problems).rstrip("\n"))
