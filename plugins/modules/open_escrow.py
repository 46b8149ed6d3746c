#!/usr/bin/python
# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# The work is done on the controller, by the action plugin of the same name.

from __future__ import annotations

DOCUMENTATION = r"""
module: open_escrow
short_description: Open what a host's backups are read with
version_added: 0.1.0
description:
  - Opens, on the controller, the sealed file that every host leaves with its backups. No key goes to a host.
  - Never fails, because of a task that has secrets Ansible hides the reason; RV(refused) has it.
options:
  content:
    description: The sealed file, in base64.
    type: str
  file:
    description: The sealed file on the controller, in place of O(content); or what was typed off the sheet.
    type: path
  identity:
    description: File with the private key (age). What was typed off the sheet needs none.
    type: path
  host:
    description: The host it has to be of.
    type: str
    required: true
requirements: [pyrage on the controller]
author: congvu.mail contributors (@congvu)
attributes:
  check_mode:
    support: full
    details: Does the same in check mode.
  diff_mode:
    support: none
    details: It changes nothing.
extends_documentation_fragment:
  - congvu.mail.attributes
"""

EXAMPLES = r"""
- name: Open it
  congvu.mail.open_escrow:
    content: "{{ sealed.content }}"
    identity: /media/safe/archive.key
    host: mail.gialai.gov.vn
  no_log: true
  register: escrow
"""

RETURN = r"""
passphrase:
  description: Of the repositories.
  type: str
  returned: unless refused
refused:
  description: Why it was not opened.
  type: str
  returned: if refused
"""
