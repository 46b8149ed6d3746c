# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.congvu.mail.plugins.module_utils.clock import today
from ansible_collections.congvu.mail.plugins.plugin_utils import printing
from ansible_collections.congvu.mail.plugins.plugin_utils.action import SecretAction

TEMPLATE = "escrow.html.j2"


class ActionModule(SecretAction):
    """Opens the sealed escrows here, on the controller, and writes the sheets."""

    options = {
        "sealed": {"type": "dict", "required": True},
        "identity": {"type": "path", "required": True},
        "output": {"type": "path", "required": True},
        "organization": {"type": "str", "required": True},
    }

    def act(self, given: dict[str, Any]) -> dict[str, Any]:
        folder, identity = Path(given["output"]), Path(given["identity"])
        printing.check_output(folder)
        identities = printing.read_identity(identity)
        form = printing.template(TEMPLATE)
        texts = {
            f"{host}.html": form.render(
                escrow=printing.opened_escrow(host, sealed, identities, identity),
                organization=given["organization"],
                today=today(),
            )
            for host, sealed in given["sealed"].items()
        }
        printing.check_git(folder, list(texts))
        if not self._task.check_mode:
            printing.write(folder, texts)
        return {"changed": True, "files": sorted(texts)}
