#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: mailboxes
short_description: Bring all accounts of a site into the directory
description:
  - Reads roster, register and the variables of the inventory on the controller, sends the accounts to the
    directory host once, reads the directory once, and writes what differs in transactions. A run that is
    killed is mended by the next one.
  - Refuses, before anything is written, a roster with problems, a register that is not up to date, an address
    that two accounts want, and a plan that shuts more accounts than O(change_limit).
  - Nothing is ever deleted. An account of the directory that no roster has is reported as gone, and stays as
    it is.
  - New accounts get a first password, which opens nothing but its change. It leaves the host only encrypted
    to O(operators), one file for an agency with its departments.
  - With O(passwords) a new account keeps the password of its mailbox in an older system, where slapd can log
    people in with its hash.
  - Every account that is created or shut is written into the audit log of the host.
options:
  suffix:
    description: Where the directory begins.
    type: str
    required: true
  operators:
    description: Public keys (age) of those who may open first passwords.
    type: list
    elements: str
    required: true
  change_limit:
    description:
      - How many accounts in use this run may lock or mark as left. Without it 2 % of those in the directory,
        and at least 5.
      - In check mode a plan that passes it is shown, with a warning.
    type: int
  passwords:
    description:
      - Export of an older mail system, with password hashes, as M(congvu.mail.roster_import) reads it. It is
        read on the controller; a hash goes to the host beside the module and is shown nowhere.
    type: path
  adopt:
    description: The kind of mail system that O(passwords) was exported from.
    type: str
    choices: [zimbra, mdaemon, csv]
  passwords_change_by:
    description: Day, YYYY-MM-DD, by which these passwords have to be changed. Needed with O(passwords).
    type: str
  calendar:
    description:
      - Days on which offices are closed, as C(playbooks/vars/calendar.yml) has them. The plan then says which
        requests are met late.
    type: dict
  by:
    description: Who runs this, for the audit log; without it the user on the host.
    type: str
  accounts:
    description: File on the host with the accounts. The action plugin sends and names it; do not set it.
    type: path
  register:
    description:
      - File on the host with the register that the accounts were made from. The action plugin sends and names
        it.
      - It is left as C(/var/lib/congvu/register.csv), and so is in every backup.
    type: path
requirements: [python3-ldap, age]
author: congvu.mail contributors
attributes:
  check_mode:
    description: In check mode the plan is made and nothing is written.
    support: full
  diff_mode:
    description: The diff is the plan, account by account.
    support: full
"""

EXAMPLES = r"""
- name: Bring the accounts into the directory
  congvu.mail.mailboxes:
    suffix: dc=gialai,dc=gov,dc=vn
    operators: ["{{ operator_key }}"]
"""

RETURN = r"""
counts:
  description: How many accounts are created, changed, locked, closing, left, unchanged and gone.
  type: dict
  returned: when there is a plan
  sample: {created: 3, changed: 1, locked: 0, closing: 0, left: 1, unchanged: 4980, gone: 0}
units:
  description: The same by unit, without zeros.
  type: dict
  returned: when there is a plan
  sample: {cntt.stttt: {unchanged: 12, created: 1}}
table:
  description: The same as text.
  type: str
  returned: when there is a plan
gone:
  description: Primary addresses in the directory that no roster has.
  type: list
  elements: str
  returned: when there is a plan
given_up:
  description: Primary addresses that the roster has as active, and that were reclaimed. They stay reclaimed.
  type: list
  elements: str
  returned: when there is a plan
handovers:
  description: Addresses of units whose head in the roster is not who took the mailbox over.
  type: list
  elements: str
  returned: when there is a plan
late:
  description: Person_ids of new accounts that should have been there before. The plan warns of each.
  type: list
  elements: str
  returned: when there is a plan
brought:
  description: How many new accounts keep the password of the older system.
  type: int
  returned: when there is a plan
unusable:
  description: By kind, new accounts whose password of the older system cannot be used; they get a first one.
  type: dict
  returned: when there is a plan
shut:
  description:
    - Login names whose sessions have to be ended, of this run and of earlier ones that did not get so far.
      The file that remembers them, C(/var/lib/congvu/sessions-to-end.json), is to be removed after that.
  type: list
  elements: str
  returned: when there is a plan
sealed:
  description: Files on the host with first passwords, encrypted.
  type: list
  elements: str
  returned: when there is a plan
problems:
  description: Everything that is wrong with the input or was refused by the directory.
  type: list
  elements: str
  returned: failure
"""

import gc
import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.congvu.mail.plugins.module_utils import (
    audit,
    files,
    passwords,
    sealing,
    sessions,
)
from ansible_collections.congvu.mail.plugins.module_utils.accounts import intents
from ansible_collections.congvu.mail.plugins.module_utils.accounts.directory import Directory, DirectoryError
from ansible_collections.congvu.mail.plugins.module_utils.accounts.intents import Intent
from ansible_collections.congvu.mail.plugins.module_utils.accounts.plan import (
    Change,
    Plan,
    PlanError,
    change_limit,
    plan,
)
from ansible_collections.congvu.mail.plugins.module_utils.accounts.vocabulary import DISABLED, Attr, Verb

# Which address is whose can be told from a backup alone.
REGISTER = Path("/var/lib/congvu/register.csv")


def main() -> None:
    # Only these arrive here; the rest of the options is the action plugin's.
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
    passwords.keep_out_of_core_dumps()
    # Nothing here makes cycles, and looking for them among 50,000 accounts takes three times as long as the
    # work itself.
    gc.disable()
    try:
        directory = Directory()
        with files.locked(files.SEALED):
            run(module, directory)
    except BlockingIOError:
        module.fail_json(msg="Another run is at work on this host, nothing was changed: wait for it to end.")
    except PlanError as error:
        module.fail_json(msg="The plan is impossible, nothing was changed.", problems=error.problems)
    except (DirectoryError, sealing.SealingError) as error:
        module.fail_json(msg=str(error), problems=[str(error)])


def run(module: AnsibleModule, directory: Directory) -> None:
    given = module.params
    planned = plan(directory.accounts(given["suffix"]), sent(Path(given["accounts"])), given["suffix"])
    register = Path(given["register"]).read_bytes()
    result: dict[str, Any] = {
        "changed": bool(planned.changes) or register != files.read_or_none(REGISTER),
        "counts": planned.counts(),
        "units": planned.units,
        "table": planned.table(),
        "gone": [held.attributes[Attr.MAIL][0] for held in planned.gone],
        "given_up": planned.given_up,
        "handovers": planned.handovers,
        "late": planned.late(),
        "brought": planned.brought(),
        "unusable": planned.unusable(),
        "shut": sorted({*sessions.pending(), *planned.ended()}),
        "sealed": [],
    }
    if module._diff:
        result["diff"] = {"prepared": planned.diff()}

    refused = refusal(planned, given["change_limit"], given["operators"])
    if module.check_mode:
        if refused:
            module.warn(f"Without --check this plan would be refused: {refused}")
        module.exit_json(**result)
    if refused:
        module.fail_json(msg=f"Nothing was changed: {refused}", problems=[refused])

    if not audit.LOG.parent.is_dir():
        raise DirectoryError("this host has no audit log yet: run playbooks/site.yml first")
    if unread := audit.unread_words(intents.recover(directory)):
        module.warn(unread)
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    changes, sealed = sealing.issue(planned.changes, files.SEALED, now, given["operators"])
    if planned.ended():
        # Before the accounts are shut: the sessions are ended also when this is killed in between.
        sessions.begin(planned.ended())
    steps = intents.begin(told(planned.changes, given["by"]))
    failures = directory.apply(changes)
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
    module.exit_json(**result)


def told(changes: list[Change], by: str | None) -> Iterator[Intent]:
    """Yield what the audit log keeps: who was created, and who was shut."""
    who = audit.operator(by)
    for change in changes:
        if change.verb() in (Verb.CREATED, *DISABLED):
            yield Intent(change.dn, audit.Line(who, change.verb(), change.address, change.reference))


def sent(path: Path) -> Iterator[dict[str, Any]]:
    """Read the accounts one by one, so that only one of the two sides is whole in memory."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def refusal(planned: Plan, limit: int | None, operators: list[str]) -> str:
    """Say why the plan must not be carried out, or nothing."""
    allowed = change_limit(planned.total) if limit is None else limit
    if planned.shut() > allowed:
        return (
            f"{planned.shut()} of {planned.total} accounts would be locked, closing or left, more than "
            f"{allowed}. If that is right, say so: -e mailbox_change_limit={planned.shut()}"
        )
    if planned.counts()[Verb.CREATED] and not operators:
        return "there are new accounts, and no operator who could open their first passwords (mail_operators)"
    return ""


if __name__ == "__main__":
    main()
