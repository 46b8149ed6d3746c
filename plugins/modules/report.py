#!/usr/bin/python
# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# The work is done on the controller, by the action plugin of the same name.

from __future__ import annotations

DOCUMENTATION = r"""
module: report
short_description: Show the figures of the mail accounts, and what was done to them
version_added: 0.1.0
description:
  - Takes the figures that C(congvu-lifecycle report) gives on the directory host, adds the requests of the
    roster that wait longer than the decision allows (UB-6.1b), and shows them, or writes them to a file.
options:
  figures:
    description: What C(congvu-lifecycle report) printed.
    type: dict
    required: true
  calendar:
    description: Holidays and swapped days by year, as in C(playbooks/vars/calendar.yml).
    type: dict
    required: true
  report:
    description: Form of the report.
    type: str
    choices: [text, json]
    default: text
  report_file:
    description: File on the controller that gets the report as well.
    type: path
author: congvu.mail contributors (@congvu)
attributes:
  check_mode:
    support: full
    details: It changes nothing; the report file is written in any case.
  diff_mode:
    support: none
    details: It changes nothing.
extends_documentation_fragment:
  - congvu.mail.attributes
  - congvu.mail.site
"""

EXAMPLES = r"""
- name: Show the report
  congvu.mail.report:
    figures: "{{ figures }}"
    calendar: "{{ calendar }}"
"""

RETURN = r"""
late:
  description: How many requests wait too long.
  type: int
  returned: success
"""
