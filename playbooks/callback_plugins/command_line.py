# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The same as the vars plugin of this name, a moment later, where that is not loaded.

Of an installed collection Ansible loads what lies beside the playbooks only when it has read one of them, and
about a list of hosts it asks no vars plugin (docs/decisions/command-line.md).
"""

from __future__ import annotations

DOCUMENTATION = r"""
name: command_line
type: notification
short_description: Refuses a command that could not do what it was typed for
version_added: 0.1.0
description:
  - Looks at inventory, C(--limit) and C(-e) of a command that calls a playbook of this collection.
"""

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.callback import CallbackBase
from ansible_collections.congvu.mail.plugins.plugin_utils.command_line import check


class CallbackModule(CallbackBase):
    """Ends a run before its first play."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "command_line"

    def v2_playbook_on_start(self, playbook: Any) -> None:  # noqa: ANN401  Ansible gives no type
        """Look, once everything is read."""
        plays = playbook.get_plays()
        groups = plays[0].get_variable_manager()._inventory.groups if plays else {}
        try:
            if groups:
                check(playbook.get_loader(), groups["all"], Path(__file__).resolve().parent.parent)
        except AnsibleError as error:
            self._display.error(error)
            raise SystemExit(1) from None  # whatever else is raised here Ansible only warns of
