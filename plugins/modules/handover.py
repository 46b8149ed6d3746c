#!/usr/bin/python
# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# What runs on the controller is the action plugin of the same name; on the host, congvu.mail.handover_apply.
from __future__ import annotations

DOCUMENTATION = r"""
module: handover
short_description: Give a unit mailbox to the unit's new head
version_added: 0.1.0
description:
  - Reads the new head from the committed C(roster/units.yml) on the controller, and who has the mailbox from
    the directory. Writes the new owner; a password that the mailbox has is replaced by a new first password,
    sealed to O(operators), and has to be changed before anything else works (UB-12.3, C6).
  - All of it is one write with O(reference) in it, so the same call again changes nothing.
  - Refuses a unit that is unknown or dissolved, a head who is not at work, and one who has the mailbox
    already.
author: congvu.mail contributors (@congvu)
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
    details: It is one account; the result says what changes.
extends_documentation_fragment:
  - congvu.mail.attributes
  - congvu.mail.site
  - congvu.mail.directory
  - congvu.mail.directory.operators
  - congvu.mail.directory.by
  - congvu.mail.directory.handover
seealso:
  - module: congvu.mail.handover_apply
"""

EXAMPLES = r"""
- name: Give the mailbox to the new head
  congvu.mail.handover:
    unit: cntt.stttt
    reference: 123/QĐ-STTTT
    suffix: dc=gialai,dc=gov,dc=vn
    operators: ["{{ operator_key }}"]
    by: operator
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
