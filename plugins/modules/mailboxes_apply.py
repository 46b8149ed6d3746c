#!/usr/bin/python
# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: mailboxes_apply
short_description: Write accounts that were made on the controller into the directory
version_added: 0.1.0
description:
  - The half of M(congvu.mail.mailboxes) that runs on the directory host. Playbooks call that one.
  - Reads the accounts and, once, the directory, plans what differs and writes it in transactions.
options:
  accounts:
    description: File on the host with the accounts, one JSON object a line, compressed with gzip.
    type: path
    required: true
  register:
    description:
      - File on the host with the register that the accounts were made from. It is left as
        C(/var/lib/congvu/register.csv), and so is in every backup.
    type: path
    required: true
author: congvu.mail contributors (@congvu)
attributes:
  check_mode:
    support: full
    details: The plan is made and returned.
  diff_mode:
    support: full
    details: The diff is the plan, account by account.
extends_documentation_fragment:
  - congvu.mail.attributes
  - congvu.mail.directory
  - congvu.mail.directory.operators
  - congvu.mail.directory.by
  - congvu.mail.directory.change_limit
seealso:
  - module: congvu.mail.mailboxes
"""

EXAMPLES = r"""
- name: Apply the accounts to the directory
  congvu.mail.mailboxes_apply:
    accounts: /root/accounts.jsonl.gz
    register: /root/register.csv
    suffix: dc=gialai,dc=gov,dc=vn
    operators: ["{{ operator_key }}"]
"""

RETURN = r"""
counts:
  description: How many accounts are created, changed, locked, closing, left, unchanged and gone.
  type: dict
  returned: when there is a plan
shut:
  description: Login names whose sessions have to be ended.
  type: list
  elements: str
  returned: when there is a plan
sealed:
  description: Files on the host with first passwords, encrypted.
  type: list
  elements: str
  returned: when there is a plan
problems:
  description: Everything that was refused.
  type: list
  elements: str
  returned: failure
"""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.congvu.mail.plugins.module_utils.accounts import intents
from ansible_collections.congvu.mail.plugins.module_utils.accounts.directory import Directory, DirectoryError
from ansible_collections.congvu.mail.plugins.module_utils.accounts.intents import Intent
from ansible_collections.congvu.mail.plugins.module_utils.accounts.plan import (
    Change,
    Plan,
    PlanError,
    address,
    change_limit,
    plan,
)
from ansible_collections.congvu.mail.plugins.module_utils.accounts.vocabulary import DISABLED, Verb
from ansible_collections.congvu.mail.plugins.module_utils.first_passwords import sealing
from ansible_collections.congvu.mail.plugins.module_utils.host import audit, files, sessions
from ansible_collections.congvu.mail.plugins.module_utils.host.run import StoppedError, run
from ansible_collections.congvu.mail.plugins.module_utils.parsing.collector import collector_paused

# Which address is whose can be told from a backup alone.
REGISTER = Path("/var/lib/congvu/register.csv")


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "accounts": {"type": "path", "required": True},
            "register": {"type": "path", "required": True},
            "suffix": {"type": "str", "required": True},
            "operators": {"type": "list", "elements": "str", "required": True},
            "change_limit": {"type": "int"},
            "by": {"type": "str"},
        },
        supports_check_mode=True,
    )
    # Nothing here makes cycles, and looking for them among 50,000 accounts takes three times as long as the
    # work itself.
    with collector_paused():
        run(
            module,
            files.locked(files.SEALED),
            lambda _: apply(module, Directory()),
            refusals=(PlanError, sealing.SealingError, DirectoryError),
        )


def apply(module: AnsibleModule, directory: Directory) -> dict[str, Any]:
    given = module.params
    wanted = read_accounts(Path(given["accounts"]))
    planned = plan(directory.accounts(given["suffix"]), wanted, given["suffix"])
    register = Path(given["register"]).read_bytes()
    result: dict[str, Any] = {
        "changed": bool(planned.changes) or register != files.read_or_none(REGISTER),
        "counts": planned.counts(),
        "units": planned.units,
        "table": planned.table(),
        "gone": [address(held) for held in planned.gone],
        "given_up": planned.reclaimed,
        "unreadable": planned.unreadable,
        "handovers": planned.handovers,
        "late": planned.overdue(),
        "brought": planned.imported(),
        "unusable": planned.rejected_hashes(),
        "shut": sorted({*sessions.pending(), *planned.sessions_to_end()}),
        "sealed": [],
    }
    if module._diff:
        result["diff"] = {"prepared": planned.diff()}

    refused = refusal(planned, given["change_limit"], given["operators"])
    if module.check_mode:
        if refused:
            module.warn(f"Without --check this plan would be refused: {refused}")
        return result
    if not refused and not audit.LOG.parent.is_dir():
        refused = "this host has no audit log yet: run playbooks/site.yml first"
    if refused:
        raise PlanError([refused])

    for sentence in [*intents.recover(directory).words(), *sessions.repair()]:
        module.warn(sentence)
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    changes, sealed = sealing.issue(planned.changes, files.SEALED, now, given["operators"])
    if planned.sessions_to_end():
        # Before the accounts are disabled: the sessions are ended also when this is killed in between.
        sessions.begin(planned.sessions_to_end())
    steps = intents.begin(audit_intents(planned.changes, given["by"]))
    try:
        failures = directory.apply(changes)
    except DirectoryError as error:
        raise StoppedError(str(error)) from error
    result["sealed"] = sorted(map(str, sealed))
    refused_ones = {failure.change.dn for failure in failures}
    intents.complete(step for step in steps if step.dn not in refused_ones)
    if failures:
        module.fail_json(
            msg=f"The directory refused {len(failures)} accounts; the others are in.",
            problems=[f"{failure.change.address}: {failure.reason}" for failure in failures],
            **result | {"changed": True},
        )
    files.write(REGISTER, register, 0o600)
    return result


def audit_intents(changes: list[Change], by: str | None) -> Iterator[Intent]:
    """Yield what the audit log keeps: who was created, and who was disabled."""
    who = audit.operator(by)
    for change in changes:
        if change.verb() in (Verb.CREATED, *DISABLED):
            yield Intent(change.dn, audit.AuditLine(who, change.verb(), change.address, change.reference))


def read_accounts(path: Path) -> Iterator[dict[str, Any]]:
    """Read the accounts one by one, so that only one of the two sides is whole in memory."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def refusal(planned: Plan, limit: int | None, operators: list[str]) -> str:
    """Say why the plan must not be carried out, or nothing."""
    allowed = change_limit(planned.total) if limit is None else limit
    if (disabled := planned.disabled_count()) > allowed:
        return (
            f"{disabled} of {planned.total} accounts would be locked, closing or left, more than "
            f"{allowed}. If that is right, say so: -e mailbox_change_limit={disabled}"
        )
    if planned.counts()[Verb.CREATED] and not operators:
        return "there are new accounts, and no operator who could open their first passwords (mail_operators)"
    return ""


if __name__ == "__main__":
    main()
