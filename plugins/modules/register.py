#!/usr/bin/python
# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# The work is done on the controller, by the action plugin of the same name.

from __future__ import annotations

DOCUMENTATION = r"""
module: register
short_description: Give new people and units an address and record it in register.csv
description:
  - Works out an address for each unit and person of the roster who has none in the register, shows the new
    rows and writes C(register.csv) in one step. An address that was issued never changes.
  - With any error in the site's files it shows all of them and touches nothing.
  - In check mode it shows the missing rows and fails if the register is stale, by the files alone.
attributes:
  check_mode:
    description: Writes nothing, and fails if the register is stale.
    support: full
  diff_mode:
    description: Shows the register before and after.
    support: full
author:
  - congvu.mail contributors
"""

EXAMPLES = r"""
- name: Issue new addresses
  congvu.mail.register:
"""

RETURN = r"""
added:
  description: Number of new rows.
  type: int
  returned: when the site has no error
  sample: 3
"""
