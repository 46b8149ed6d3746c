#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# What runs on the controller is the action plugin of the same name; on the host, congvu.mail.handout_read.
from __future__ import annotations

DOCUMENTATION = r"""
module: handout
short_description: Print first passwords on sheets, one file for a unit
version_added: 0.1.0
description:
  - Fetches the sealed first passwords from the directory host and opens them on the controller, with an
    operator's private key.
  - Writes one HTML file for each unit, ready to be printed, with a list for signing and one sheet for each
    person. Only those are on it who have to change their first password still, each with the password that
    the directory holds, as long as it is valid.
options:
  unit:
    description: Path of a unit. Only it and the units below it are printed.
    type: str
    default: ""
  issued_since:
    description: Only passwords that were issued on that day or later, C(YYYY-MM-DD) or C(DD/MM/YYYY).
    type: str
  regulation:
    description: The decision as data, with its number and its terms of passwords.
    type: dict
    required: true
  hostname:
    description: Name of the server, for mail programs.
    type: str
    required: true
  support:
    description: Whom to ask, C(address) and C(phone).
    type: dict
    default: {}
  account_host:
    description: The host where passwords are changed, which people type into a browser. Empty without one.
    type: str
    default: ""
author: congvu.mail contributors (@congvu)
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
    details: A sheet is a secret.
extends_documentation_fragment:
  - congvu.mail.attributes
  - congvu.mail.sheets
  - congvu.mail.directory
seealso:
  - module: congvu.mail.handout_read
"""

EXAMPLES = r"""
- name: Print the sheets
  congvu.mail.handout:
    suffix: dc=gialai,dc=gov,dc=vn
    identity: ~/.config/age/operator.key
    output: ~/sheets
    regulation: "{{ regulation }}"
    organization: Ủy ban nhân dân tỉnh Gia Lai
    hostname: mail.gialai.gov.vn
  no_log: true
"""

RETURN = r"""
refused:
  description:
    - Why nothing was written. That is no failure of the task, whose reason Ansible would hide with the
      secrets (C(no_log)); the play has to fail on it.
  type: str
  returned: when the folder, the key or the directory host is not as it should be
files:
  description: The files, and how many sheets are in each.
  type: dict
  returned: when nothing was refused
  sample: {cntt.stttt.html: 3}
expired:
  description: Addresses whose first password is past its term. They need another one.
  type: list
  elements: str
  returned: when nothing was refused
unknown:
  description: Addresses whose password is in no file that the key opens.
  type: list
  elements: str
  returned: when nothing was refused
unreadable:
  description: Entries and sealed files that cannot be read, so that nothing is printed for them.
  type: list
  elements: str
  returned: when nothing was refused
"""
