#!/usr/bin/python
# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# The work is done on the controller, by the action plugin of the same name.

from __future__ import annotations

DOCUMENTATION = r"""
module: validate
short_description: Check an inventory with its roster, register and regulation
version_added: 0.1.0
description:
  - Reads what the site says and shows every problem at once, each with file, row, column and the fix.
    Needs no host and changes nothing.
  - Fails if there is an error. Warnings are shown and do not fail.
  - Variables and regulation are held against one schema (plugins/module_utils/policy/schema.py), by this and
    by every other module that reads the site. A name that is not in it is refused with the nearest that is.
  - Where the site is in Git, a register that forgot an address of the last commit, or gave it to somebody
    else, is refused, by this and by every other module that reads the site.
  - With O(base) it also looks at what changed since then, and refuses a register that forgot an issued
    address or gave it to somebody else; with O(author) it refuses what this author may not change.
  - The language of the report is the variable C(mail_language), C(vi) or C(en).
options:
  what:
    description:
      - V(site) reads everything, roster and register included.
      - V(policy) reads variables, regulation and groups alone, for playbooks that act on hosts. What a site
        may leave empty until it has hosts (C(mail_operators), C(mail_archive_keys)) stops it. All variables
        are returned with their defaults filled in, for roles to be handed.
    type: str
    choices: [site, policy]
    default: site
  roster:
    description:
      - With O(what=policy), whether the playbook reads roster and register later on. Where it is stopped
        here, their problems are told in the same run.
    type: bool
    default: false
  base:
    description: Branch or commit that the change under review parted from.
    type: str
  author:
    description:
      - Address of whoever made the change. A unit's IT officer may change the unit's own people file, as far
        as the regulation's C(unit_officers_may) goes, with the register that follows from it; the centre,
        which is the unit of C(mail_postmaster), may change everything; anybody else nothing. Who is who is
        read from O(base).
      - Whether the address is really the author's is for whoever passes it to make sure.
    type: str
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
  - congvu.mail.site
  - congvu.mail.site.report
"""

EXAMPLES = r"""
- name: Check the roster for a merge request
  congvu.mail.validate:
    report: markdown
    report_file: report.md
"""

RETURN = r"""
ansible_facts:
  description: What the site says, for the hosts of the play; with O(what=policy) and without an error.
  type: dict
  returned: when O(what=policy)
  contains:
    congvu_site:
      description: Every C(mail_*) variable and C(regulation), templates rendered, defaults filled in.
      type: dict
      returned: always
    congvu_operator:
      description:
        - Who runs the play; the variable C(operator), the user of a pipeline of GitLab or GitHub, Git's
          author, or who became root by sudo.
      type: str
      returned: always
msg:
  description: How many errors and warnings there are.
  type: str
  returned: always
  sample: 0 lỗi, 2 cảnh báo
"""
