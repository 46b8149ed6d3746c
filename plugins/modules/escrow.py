#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: escrow
short_description: Print what opens the backups, one sheet for a host
version_added: 0.1.0
description:
  - Opens the sealed escrows of mail hosts on the controller, with a private key of the archives, and writes
    one HTML file for each host, ready to be printed and put into a safe.
options:
  sealed:
    description: The sealed escrow (age, armoured) of each host by its name.
    type: dict
    required: true
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
"""

EXAMPLES = r"""
- name: Print the escrow
  congvu.mail.escrow:
    sealed: {mail.gialai.gov.vn: "{{ lookup('ansible.builtin.file', 'mail.escrow.age') }}"}
    identity: ~/keys/archive-1.key
    output: ~/escrow
    organization: Ủy ban nhân dân tỉnh Gia Lai
  no_log: true
"""

RETURN = r"""
refused:
  description:
    - Why nothing was written. That is no failure of the task, whose reason Ansible would hide with the
      secrets (C(no_log)); the play has to fail on it.
  type: str
  returned: when the folder, the key or an escrow is not as it should be
files:
  description: The files.
  type: list
  elements: str
  returned: when nothing was refused
"""
# All of it happens on the controller, in plugins/action/escrow.py.
