#!/usr/bin/python
# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# The work is done on the controller, by the action plugin of the same name.

from __future__ import annotations

DOCUMENTATION = r"""
module: validate
short_description: Check an inventory with its roster, register and regulation
description:
  - Reads all files of the site that the inventory belongs to and shows every problem at once, each with file,
    row, column and the mend. Needs no host and changes nothing.
  - Fails if there is an error. Warnings are shown and do not fail.
  - The language of the report is the variable C(mail_language), C(vi) or C(en).
options:
  report:
    description: Form of the report; C(markdown) is for the comment on a merge request.
    type: str
    choices: [text, json, markdown]
    default: text
  report_file:
    description: File that the report is written to as well.
    type: path
attributes:
  check_mode:
    description: Does the same in check mode.
    support: full
author:
  - congvu.mail contributors
"""

EXAMPLES = r"""
- name: Check the roster for a merge request
  congvu.mail.validate:
    report: markdown
    report_file: report.md
"""

RETURN = r"""
msg:
  description: How many errors and warnings there are.
  type: str
  returned: always
  sample: 0 lỗi, 2 cảnh báo
"""
