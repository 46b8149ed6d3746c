#!/usr/bin/python
# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# The work is done on the controller, by the action plugin of the same name.

from __future__ import annotations

DOCUMENTATION = r"""
module: owners
short_description: Write CODEOWNERS from the units' IT officers
version_added: 0.1.0
description:
  - Writes the file by which GitLab and GitHub know whose approval a change needs. Each people file belongs to
    the IT officer of its unit (GL-13.2a) and to the centre, everything else to the centre. That is the unit
    that C(mail_postmaster) names, by its head and its IT officer, and the IT officers of the units above it.
  - Owners are named by their primary address in the register. Who has none yet is no owner yet.
  - A file that somebody else wrote is not replaced.
options:
  codeowners:
    description: The file. Without it the one that the repository has, or C(CODEOWNERS) at its top.
    type: path
author: congvu.mail contributors (@congvu)
attributes:
  check_mode:
    support: full
    details: It fails if the file is stale.
  diff_mode:
    support: full
extends_documentation_fragment:
  - congvu.mail.attributes
  - congvu.mail.site
"""

EXAMPLES = r"""
- name: Write CODEOWNERS
  congvu.mail.owners:
"""

RETURN = r"""
path:
  description: The file.
  type: str
  returned: when the site has no error
  sample: /srv/mail/CODEOWNERS
"""
