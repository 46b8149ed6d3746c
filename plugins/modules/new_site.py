#!/usr/bin/python
# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# The work is done on the controller, by the action plugin of the same name.

from __future__ import annotations

DOCUMENTATION = r"""
module: new_site
short_description: Make a site from one of the five decisions
version_added: 0.1.0
description:
  - Writes the inventory of a new site into C(inventories/), or where there is no such folder into the one
    that the command was given in. The rules are those of the sample; whatever is the sample's own is a blank
    (C(FILL-IN)), and roster and register are empty.
  - The new site names its sample (C(mail_sample)). M(congvu.mail.validate), and every playbook that acts,
    refuses each blank, and each value of the sample that is there, with file and line.
  - An existing folder is not touched.
options:
  name:
    description: Name of the folder, of C(a-z), C(0-9), C(-) and C(_).
    type: str
    required: true
  sample:
    description: The decision that is nearest, C(gialai), C(binhdinh_snv), C(dongnai), C(cema) or C(quangtri).
    type: str
    required: true
author: congvu.mail contributors (@congvu)
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
extends_documentation_fragment:
  - congvu.mail.attributes
"""

EXAMPLES = r"""
- name: Make the site of a province whose decision is like that of Đồng Nai
  congvu.mail.new_site:
    name: binhthuan
    sample: dongnai
"""

RETURN = r"""
path:
  description: The folder.
  type: str
  returned: success
  sample: /srv/mail/inventories/binhthuan
"""
