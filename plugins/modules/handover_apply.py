#!/usr/bin/python
# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: handover_apply
short_description: Give a unit mailbox to a person
version_added: 0.1.0
description:
  - The half of M(congvu.mail.handover) that runs on the directory host. Playbooks call that one.
options:
  owner:
    description: The person_id of the new head.
    type: str
    required: true
author: congvu.mail contributors (@congvu)
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
    details: It is one account; the result says what changes.
extends_documentation_fragment:
  - congvu.mail.attributes
  - congvu.mail.directory
  - congvu.mail.directory.operators
  - congvu.mail.directory.by
  - congvu.mail.directory.handover
seealso:
  - module: congvu.mail.handover
"""

EXAMPLES = r"""
- name: Give the mailbox to the new head
  congvu.mail.handover_apply:
    unit: cntt.stttt
    reference: 123/QĐ-STTTT
    owner: "1042"
    suffix: dc=gialai,dc=gov,dc=vn
    operators: ["{{ operator_key }}"]
"""

RETURN = r"""
address:
  description: The mailbox.
  type: str
  returned: success
old:
  description: C(id), C(name) and C(title) of who had the mailbox; empty where nobody is on record.
  type: dict
  returned: success
resets:
  description: Whether the handover replaces a password.
  type: bool
  returned: success
sealed:
  description: File on the host with the new first password, encrypted; empty without one.
  type: str
  returned: success
shut:
  description: Login names whose sessions have to be ended.
  type: list
  elements: str
  returned: success
problems:
  description: Why it was refused.
  type: list
  elements: str
  returned: failure
"""

from datetime import UTC, datetime
from typing import Any

from ansible.module_utils.basic import AnsibleModule
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
    unreadable,
)
from ansible_collections.congvu.mail.plugins.module_utils.accounts.intents import Intent
from ansible_collections.congvu.mail.plugins.module_utils.accounts.vocabulary import Attr, EventWord, Kind
from ansible_collections.congvu.mail.plugins.module_utils.clock import today
from ansible_collections.congvu.mail.plugins.module_utils.first_passwords import reset, sealing
from ansible_collections.congvu.mail.plugins.module_utils.host import audit, files, sessions
from ansible_collections.congvu.mail.plugins.module_utils.host.audit import AuditLine
from ansible_collections.congvu.mail.plugins.module_utils.host.run import StoppedError, run
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle import handover


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "unit": {"type": "str", "required": True},
            "reference": {"type": "str", "required": True},
            "suffix": {"type": "str", "required": True},
            "operators": {"type": "list", "elements": "str", "required": True},
            "by": {"type": "str"},
            "owner": {"type": "str", "required": True},
        },
        supports_check_mode=True,
    )
    run(
        module,
        files.locked(files.SEALED),
        lambda _: apply(module, Directory()),
        refusals=(handover.RefusedError, sealing.SealingError, DirectoryError),
    )


def apply(module: AnsibleModule, directory: Directory) -> dict[str, Any]:
    given = module.params
    dn = account_dn(Kind.UNIT, given["unit"], given["suffix"])
    held = directory.entry(dn, handover.READ)
    if held is None:
        raise handover.RefusedError(f"{given['unit']} has no mailbox yet: run playbooks/mailboxes.yml first")
    found = handover.plan(dn, held, given["owner"], given["reference"], today())
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
    if not module.check_mode:
        for sentence in [*intents.recover(directory).words(), *sessions.repair()]:
            module.warn(sentence)
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
        owner = reset.Owner(dn, address, given["unit"], lock="", last_use=used)
        path, password = reset.renew(owner, given["operators"], folder=files.SEALED, run=issued)
        sealed, replaced = str(path), replaced | password
    line = AuditLine(audit.operator(given["by"]), EventWord.HANDOVER, address, found.reference, found.text)
    steps = intents.begin([Intent(dn, line, found.event)])
    try:
        directory.write(Write(dn, replaced, {Attr.EVENT: [found.event]}))
    except DirectoryError as error:
        raise StoppedError(str(error)) from error
    intents.complete(steps)
    return sealed


def person(directory: Directory, identity: str, suffix: str) -> dict[str, str]:
    """Return who somebody is, as far as the directory still knows."""
    entry = (
        directory.entry(account_dn(Kind.PERSON, identity, suffix), [Attr.CN, Attr.TITLE])
        if identity
        else None
    )
    known = Entry({} if entry is None or unreadable(entry, (Attr.CN, Attr.TITLE)) else entry)
    return {"id": identity, "name": known.text(Attr.CN), "title": known.text(Attr.TITLE)}


if __name__ == "__main__":
    main()
