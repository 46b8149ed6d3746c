#!/usr/bin/python
# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# The work is done on the controller, by the action plugin of the same name.

from __future__ import annotations

DOCUMENTATION = r"""
module: register
short_description: Bring register.csv in line with the roster
version_added: 0.1.0
description:
  - Works out the register as roster and regulation want it and writes C(register.csv) in one step. New people
    and units get an address; who moved to another unit gets a new one, if the decision says so, and keeps the
    old one as an alias; who left gives theirs up. Every other address stays as it is.
  - Shows the rows that differ, and what becomes of addresses, one line a holder.
  - With any error in the site's files it shows all of them and touches nothing.
  - In check mode it shows the same, writes nothing, and fails if the register is stale, by the files alone.
options:
  base:
    description:
      - Branch or commit. The list then has what changed since the work parted from it, and so also what a
        committed register brings. Without it the list has what this run changes.
    type: str
  retire_expired:
    description: Whether aliases past their end are retired. That alone depends on the day of the run.
    type: bool
    default: false
author: congvu.mail contributors (@congvu)
attributes:
  check_mode:
    support: full
    details: It fails if the register is stale.
  diff_mode:
    support: full
extends_documentation_fragment:
  - congvu.mail.attributes
  - congvu.mail.site
  - congvu.mail.site.report
"""

EXAMPLES = r"""
- name: Issue new addresses
  congvu.mail.register:

- name: Show what a merge request does to addresses
  congvu.mail.register:
    base: origin/main
    report: markdown
    report_file: changes.md
  check_mode: true
"""

RETURN = r"""
added:
  description: Number of new rows.
  type: int
  returned: when the site has no error
  sample: 3
msg:
  description: What becomes of addresses, counted.
  type: str
  returned: when the register is not stale or was written
  sample: "Addresses: 3 created, 1 retired"
"""
