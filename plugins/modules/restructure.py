#!/usr/bin/python
# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# The work is done on the controller, by the action plugin of the same name.

from __future__ import annotations

DOCUMENTATION = r"""
module: restructure
short_description: Rename, merge and dissolve units and whole domains by one reviewed file
version_added: 0.1.0
description:
  - Carries out a mapping file, see C(docs/restructure.md). Units get other codes, merge or end, people's rows
    go to the files of their new units, a domain's addresses are issued anew in another. Whoever gets a new
    address keeps the old one as an alias in its own domain; the addresses of a unit that ends are retired.
  - Shows every clash first, those that the rules resolve as well. With any error nothing is touched.
  - Edits C(roster/units.yml), C(roster/people) and C(register.csv), never C(mail.yml). A run that was killed
    while it wrote is finished by the next one. A mapping that was carried out before changes nothing.
options:
  mapping:
    description: The mapping file.
    type: path
    required: true
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
- name: Show what becomes of units and addresses
  congvu.mail.restructure:
    mapping: 45-NQ-HDND.yml
    report: markdown
    report_file: plan.md
  check_mode: true
"""

RETURN = r"""
files:
  description: The files that change, below the site; those that a killed run had left are among them.
  type: list
  elements: str
  returned: always
  sample: [register.csv, roster/people/skhcn.csv, roster/people/stttt.csv, roster/units.yml]
"""
