#!/usr/bin/python
# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: handover
short_description: Give a unit mailbox to the unit's new head
description:
  - Reads the new head from the committed C(roster/units.yml) on the controller, and who has the mailbox from
    the directory. Writes the new owner; a password that the mailbox has is replaced by a new first password,
    sealed to O(operators), and has to be changed before anything else works (UB-12.3, C6).
  - All of it is one write with O(reference) in it, so the same call again changes nothing.
  - Refuses a unit that is unknown or dissolved, a head who is not at work, and one who has the mailbox
    already.
options:
  unit:
    description: Path of the unit.
    type: str
    required: true
  reference:
    description: Number of the decision or letter that the handover goes back to.
    type: str
    required: true
  suffix:
    description: Where the directory begins.
    type: str
    required: true
  operators:
    description: Public keys (age) of those who may open first passwords.
    type: list
    elements: str
    required: true
  who:
    description: The operator, for the audit log.
    type: str
    required: true
  owner:
    description: The new head. The action plugin sets it; do not set it.
    type: str
requirements: [python3-ldap, age]
author: congvu.mail contributors
attributes:
  check_mode:
    description: In check mode everything is looked at and nothing is written.
    support: full
  diff_mode:
    description: Shows no diff.
    support: none
"""

EXAMPLES = r"""
- name: Give the mailbox to the new head
  congvu.mail.handover:
    unit: cntt.stttt
    reference: 123/QĐ-STTTT
    suffix: dc=gialai,dc=gov,dc=vn
    operators: ["{{ operator_key }}"]
    who: operator
"""

RETURN = r"""
address:
  description: The mailbox.
  type: str
  returned: success
mail_path:
  description: Where it lies below the mail root of its store.
  type: str
  returned: success
unit_name:
  description: Name of the unit.
  type: str
  returned: success
day:
  description: Day of the handover.
  type: str
  returned: success
  sample: "2026-11-22"
old:
  description: C(id), C(name) and C(title) of who had the mailbox; empty where nobody is on record.
  type: dict
  returned: success
new:
  description: The same of who has it now.
  type: dict
  returned: success
resets:
  description: Whether the handover replaces a password.
  type: bool
  returned: success
shut:
  description:
    - Login names whose sessions have to be ended, of this run and of earlier ones that did not get so far.
      The file that remembers them, C(/var/lib/congvu/sessions-to-end.json), is to be removed after that.
  type: list
  elements: str
  returned: success
sealed:
  description: File on the host with the new first password, encrypted; empty without one.
  type: str
  returned: success
"""

from datetime import UTC, datetime
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.congvu.mail.plugins.module_utils import (
    audit,
    files,
    passwords,
    resetting,
    sealing,
    sessions,
)
from ansible_collections.congvu.mail.plugins.module_utils.accounts import intents
from ansible_collections.congvu.mail.plugins.module_utils.accounts.directory import (
    Directory,
    DirectoryError,
    Write,
)
from ansible_collections.congvu.mail.plugins.module_utils.accounts.entries import (
    Attributes,
    Entry,
    account_dn,
)
from ansible_collections.congvu.mail.plugins.module_utils.accounts.intents import Intent
from ansible_collections.congvu.mail.plugins.module_utils.accounts.vocabulary import Attr, EventWord, Kind
from ansible_collections.congvu.mail.plugins.module_utils.audit import Line
from ansible_collections.congvu.mail.plugins.module_utils.clock import today
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle import handover


def main() -> None:
    # Only these arrive here; the rest of the options is the action plugin's.
    module = AnsibleModule(
        argument_spec={
            "unit": {"type": "str", "required": True},
            "reference": {"type": "str", "required": True},
            "suffix": {"type": "str", "required": True},
            "operators": {"type": "list", "elements": "str", "required": True},
            "who": {"type": "str", "required": True},
            "owner": {"type": "str", "required": True},
        },
        supports_check_mode=True,
    )
    passwords.keep_out_of_core_dumps()
    try:
        with files.locked(files.SEALED):
            module.exit_json(**run(module, Directory()))
    except BlockingIOError:
        module.fail_json(msg="Another run is at work on this host, nothing was changed: wait for it to end.")
    except (handover.RefusedError, DirectoryError, sealing.SealingError) as error:
        module.fail_json(msg=f"{error}; nothing was changed")


def run(module: AnsibleModule, directory: Directory) -> dict[str, Any]:
    given = module.params
    dn = account_dn(Kind.UNIT, given["unit"], given["suffix"])
    held = directory.entry(dn, handover.READ)
    if held is None:
        raise handover.RefusedError(f"{given['unit']} has no mailbox yet: run playbooks/mailboxes.yml first")
    found = handover.plan(held, given["owner"], given["reference"], today())
    result: dict[str, Any] = {
        "changed": not found.done,
        "address": held[Attr.MAIL][0],
        "mail_path": held[Attr.MAIL_PATH][0],
        "unit_name": held[Attr.CN][0],
        "day": found.day.isoformat(),
        "old": person(directory, found.old, given["suffix"]),
        "resets": found.resets,
        "sealed": "",
        "shut": sorted({*sessions.pending(), held[Attr.MAIL][0]}),
    }
    if not module.check_mode and (unread := audit.unread_words(intents.recover(directory))):
        module.warn(unread)
    if not found.done and not module.check_mode:
        sessions.begin(result["shut"])
        result["sealed"] = carry_out(directory, dn, held, found, given)
    return result


def carry_out(
    directory: Directory, dn: str, held: Attributes, found: handover.Handover, given: dict[str, Any]
) -> str:
    """Seal a new password, write it with everything else in one step, and return the sealed file."""
    address, sealed = held[Attr.MAIL][0], ""
    replaced: Attributes = {Attr.OWNER: [found.new]}
    if found.resets:
        issued = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        used = Entry(held).last_use
        owner = resetting.Owner(dn, address, given["unit"], lock="", last_use=used)
        path, password = resetting.renew(owner, given["operators"], folder=files.SEALED, run=issued)
        sealed, replaced = str(path), replaced | password
    line = Line(given["who"], EventWord.HANDOVER, address, found.reference, found.text)
    steps = intents.begin([Intent(dn, line, found.event)])
    directory.write(Write(dn, replaced, {Attr.EVENT: [found.event]}))
    intents.complete(steps)
    return sealed


def person(directory: Directory, identity: str, suffix: str) -> dict[str, str]:
    """Return who somebody is, as far as the directory still knows."""
    entry = (
        directory.entry(account_dn(Kind.PERSON, identity, suffix), [Attr.CN, Attr.TITLE])
        if identity
        else None
    )
    name, title = (next(iter((entry or {}).get(key, [])), "") for key in (Attr.CN, Attr.TITLE))
    return {"id": identity, "name": name, "title": title}


if __name__ == "__main__":
    main()
