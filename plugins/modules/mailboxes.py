#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# What runs on the controller is the action plugin of the same name; on the host, congvu.mail.mailboxes_apply.
from __future__ import annotations

DOCUMENTATION = r"""
module: mailboxes
short_description: Bring all accounts of a site into the directory
version_added: 0.1.0
description:
  - Reads roster, register and the variables of the inventory on the controller, sends the accounts to the
    directory host once, reads the directory once, and writes what differs in transactions. A run that is
    killed is fixed by the next one.
  - Refuses, before anything is written, a roster with problems, a register that is not up to date or not
    committed, an address that two accounts want, and a plan that disables more accounts than O(change_limit).
  - Nothing is ever deleted. An account of the directory that no roster has is reported as gone, and stays as
    it is.
  - New accounts get a first password, which opens nothing but its change. It leaves the host only encrypted
    to O(operators), one file for an agency with its departments.
  - With O(passwords) a new account keeps the password of its mailbox in an older system, where slapd can log
    people in with its hash.
  - Every account that is created or disabled is written into the audit log of the host.
options:
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
    default: {}
  uncommitted:
    description:
      - Whether register and roster may differ from what was committed. Where Git does not keep them at all,
        that is only a warning.
    type: bool
    default: false
author: congvu.mail contributors (@congvu)
attributes:
  check_mode:
    support: full
    details: The plan is made and shown.
  diff_mode:
    support: full
    details: The diff is the plan, account by account.
extends_documentation_fragment:
  - congvu.mail.attributes
  - congvu.mail.site
  - congvu.mail.directory
  - congvu.mail.directory.operators
  - congvu.mail.directory.by
  - congvu.mail.directory.change_limit
seealso:
  - module: congvu.mail.mailboxes_apply
"""

EXAMPLES = r"""
- name: Apply the accounts to the directory
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
unreadable:
  description:
    - By address, attributes of the directory that could not be read. What follows the roster is written anew
      by this very plan; the others stay as they are.
  type: dict
  returned: when there is a plan
  sample: {nguyenvana.stttt@example.gov.vn: [cvLock]}
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
  description: Everything that was refused, by the plan or by the directory.
  type: list
  elements: str
  returned: failure
"""
