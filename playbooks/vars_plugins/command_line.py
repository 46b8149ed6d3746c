# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Has a command refused that could not do what it was typed for, before the first play.

Ansible loads this because it lies beside the playbooks: no setting and no `--limit` keeps it out
(docs/decisions/command-line.md).
"""

from __future__ import annotations

DOCUMENTATION = r"""
name: command_line
short_description: Refuses a command that could not do what it was typed for
version_added: 0.1.0
description:
  - Looks at inventory, C(--limit) and C(-e) of a command that calls a playbook of this collection, and gives
    no variable.
options:
  stage:
    description: When Ansible calls it. Once the inventory is read, before it looks whether any host is left.
    type: str
    choices: [inventory]
    default: inventory
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ansible.plugins.vars import BaseVarsPlugin
from ansible.utils.collection_loader import AnsibleCollectionConfig

PLAYBOOKS = Path(__file__).resolve().parent.parent


class VarsModule(BaseVarsPlugin):
    """Gives no variable."""

    def get_vars(self, loader: Any, path: str, entities: Any, cache: bool = True) -> dict[str, Any]:  # noqa: ANN401  Ansible gives no types
        """Look at the first call, which is for the group of all hosts."""
        super().get_vars(loader, path, entities)
        if entities[0].name == "all":
            find_collection()
            from ansible_collections.congvu.mail.plugins.plugin_utils.command_line import check

            check(loader, entities[0], PLAYBOOKS)
        return {}


def find_collection() -> None:
    """Let a checkout find itself where Ansible does not read its ansible.cfg."""
    checkout = PLAYBOOKS.parent / ".ansible"
    if find_spec("ansible_collections.congvu") is None and checkout.is_dir():
        AnsibleCollectionConfig.playbook_paths = [str(PLAYBOOKS), str(checkout)]
