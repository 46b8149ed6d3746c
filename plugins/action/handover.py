# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

from typing import Any

from ansible_collections.congvu.mail.plugins.module_utils.roster.people import Person, PersonStatus
from ansible_collections.congvu.mail.plugins.module_utils.roster.units import FILE as UNITS_FILE
from ansible_collections.congvu.mail.plugins.module_utils.site.revisions import open_revision
from ansible_collections.congvu.mail.plugins.module_utils.site.site import Site
from ansible_collections.congvu.mail.plugins.plugin_utils.action import RefusedError, SiteAction
from ansible_collections.congvu.mail.plugins.plugin_utils.inventory import refusing


class ActionModule(SiteAction):
    """Finds the new head in the committed roster, and lets the directory host do the rest."""

    options = {
        "unit": {"type": "str", "required": True},
        "reference": {"type": "str", "required": True},
        "suffix": {"type": "str", "required": True},
        "operators": {"type": "list", "elements": "str", "required": True},
        "by": {"type": "str"},
    }

    def act_on(self, site: Site, given: dict[str, Any]) -> dict[str, Any]:
        if problems := refusing(site):
            raise RefusedError(problems=problems)
        head = new_head(site, given["unit"], given["reference"])
        new = {"id": head.person_id, "name": head.full_name, "title": head.title}
        return self.on_host("handover_apply", given | {"owner": head.person_id}) | {"new": new}


def new_head(site: Site, path: str, reference: str) -> Person:
    """Return the head that the committed roster gives an active unit, or raise RefusedError."""
    if not reference.strip():
        raise RefusedError("a reference is needed: the number of the decision or letter")
    unit = site.roster.units.get(path)
    if unit is None or not unit.active:
        raise RefusedError(f"{path} is no active unit of {UNITS_FILE}")
    revision, problems = open_revision(site.folder, "HEAD")
    committed = revision.read([UNITS_FILE]).get(UNITS_FILE) if revision and not problems else None
    if committed != (site.folder / UNITS_FILE).read_bytes():
        raise RefusedError(f"{UNITS_FILE} is not committed: a handover goes by what was reviewed")
    head = site.roster.people.get(unit.contacts.get("head", ""))
    if head is None or head.status != PersonStatus.ACTIVE:
        raise RefusedError(f"{path} has no head in {UNITS_FILE} who is at work")
    return head
