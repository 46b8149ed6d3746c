# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from ansible_collections.congvu.mail.plugins.module_utils.clock import today
from ansible_collections.congvu.mail.plugins.module_utils.first_passwords.sheets import (
    Handout,
    Waiting,
    handout,
)
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import as_text, errors
from ansible_collections.congvu.mail.plugins.module_utils.policy.regulation import (
    Regulation,
    parse_regulation,
)
from ansible_collections.congvu.mail.plugins.module_utils.roster.units import parse_date
from ansible_collections.congvu.mail.plugins.plugin_utils import printing
from ansible_collections.congvu.mail.plugins.plugin_utils.action import SecretAction
from ansible_collections.congvu.mail.plugins.plugin_utils.printing import PrintingError


class ActionModule(SecretAction):
    """Opens the sealed first passwords here, on the controller, and writes the sheets."""

    options = {
        "suffix": {"type": "str", "required": True},
        "identity": {"type": "path", "required": True},
        "output": {"type": "path", "required": True},
        "unit": {"type": "str", "default": ""},
        "issued_since": {"type": "str"},
        "regulation": {"type": "dict", "required": True},
        "organization": {"type": "str", "required": True},
        "hostname": {"type": "str", "required": True},
        "support": {"type": "dict", "default": {}},
        "account_host": {"type": "str", "default": ""},
    }

    def act(self, given: dict[str, Any]) -> dict[str, Any]:
        folder = Path(given["output"])
        printing.check_output(folder)
        identities = printing.read_identity(Path(given["identity"]))
        regulation, since = _regulation(given["regulation"]), _since(given["issued_since"])
        told = self.on_host("handout_read", {"suffix": given["suffix"]})
        if told.get("failed") or told.get("unreachable"):
            raise PrintingError("; ".join(told.get("problems", ())) or told["msg"])
        if given["unit"] and given["unit"] not in told["units"]:
            raise PrintingError(f"there is no unit {given['unit']} in the directory")
        issued = printing.opened(told["sealed"], identities)
        if told["sealed"] and not issued:
            raise PrintingError(
                f"{given['identity']} opens none of the sealed files: they are not for this key"
            )
        printed = handout(
            [Waiting(**account) for account in told["accounts"]],
            issued,
            told["units"],
            regulation.password.first_valid_days,
            today(),
            unit=given["unit"],
            since=since,
        )
        names = [bundle.file for bundle in printed.bundles]
        printing.check_git(folder, names)
        if names and not self._task.check_mode:
            head = printing.Letterhead(
                given["organization"],
                given["hostname"],
                regulation,
                given["support"].get("address", ""),
                given["support"].get("phone", ""),
                given["account_host"],
            )
            printing.write(folder, printing.rendered(printed.bundles, head, today()))
        return {
            "changed": bool(names),
            "files": {bundle.file: len(bundle.sheets) for bundle in printed.bundles},
            "expired": printed.expired,
            "unknown": printed.unknown,
            "unreadable": told["unreadable"],
            "msg": summary(printed, folder) + told["unreadable"],
        }


def summary(printed: Handout, folder: Path) -> list[str]:
    """Say what is on paper and what is not, and what to do about that."""
    sheets = sum(len(bundle.sheets) for bundle in printed.bundles)
    said = [f"sheets: {sheets}, files: {len(printed.bundles)}, folder: {folder}"]
    if printed.expired:
        said.append(f"past their term, reset_password.yml gives another: {', '.join(printed.expired)}")
    if printed.unknown:
        said.append(f"in no sealed file that this key opens: {', '.join(printed.unknown)}")
    return said


def _regulation(raw: object) -> Regulation:
    regulation, problems = parse_regulation(raw)
    if regulation is None or errors(problems):
        raise PrintingError(as_text(problems).strip())
    return regulation


def _since(text: str | None) -> date | None:
    day = parse_date(text) if text else None
    if text and day is None:
        raise PrintingError(f"issued_since is no day: {text} (YYYY-MM-DD)")
    return day
