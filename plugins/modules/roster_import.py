#!/usr/bin/python
# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# The work is done on the controller, by the action plugin of the same name.

from __future__ import annotations

DOCUMENTATION = r"""
module: roster_import
short_description: Turn a personnel list into roster files, or adopt the addresses of an older mail system
version_added: 0.1.0
description:
  - Reads a personnel list as offices send it, XLSX or CSV, and brings C(roster/people) up to date with it.
    Shows every cell that it changes, everybody new, every value that it fixed and every row that it refused,
    with the fix. Rows that are sound are imported even if others are not.
  - Nobody is removed from the roster, and an empty cell of the list changes nothing.
  - With O(adopt) it reads the export of an older mail system instead, and enters its addresses into
    C(register.csv) with the reason C(legacy), each with the person or unit of the roster that it matches.
  - Fails, and writes nothing, if the file cannot be read or the site has errors that are in the way.
options:
  source:
    description: The list or export.
    type: path
    required: true
  unit:
    description: The unit that the list is of, if the list itself does not say so.
    type: str
    default: ""
  adopt:
    description: The kind of mail system that O(source) was exported from.
    type: str
    choices: [zimbra, mdaemon, csv]
author: congvu.mail contributors (@congvu)
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
extends_documentation_fragment:
  - congvu.mail.attributes
  - congvu.mail.site
  - congvu.mail.site.report
"""

EXAMPLES = r"""
- name: Import the list of one department
  congvu.mail.roster_import:
    source: so-noi-vu.xlsx
    unit: snv

- name: Keep the addresses of the older system
  congvu.mail.roster_import:
    source: accounts.txt
    adopt: zimbra
"""

RETURN = r"""
counts:
  description: How many rows, or mailboxes, were added, changed, left alone and refused.
  type: dict
  returned: when the file could be read
  sample: {added: 12, changed: 3, unchanged: 40, refused: 1}
"""
