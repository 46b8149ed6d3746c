# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the modules share that read or write accounts."""

from __future__ import annotations


class ModuleDocFragment:
    """Where the directory is, who may open first passwords, who is at work, and what is asked for."""

    DOCUMENTATION = r"""
options:
  suffix:
    description: Distinguished name where the directory begins.
    type: str
    required: true
notes:
  - On the directory host it needs root, and speaks to slapd over its local socket.
  - O(suffix) can be set once for all of them, in C(module_defaults) of C(group/congvu.mail.directory).
requirements: [python3-ldap on the directory host]
"""

    OPERATORS = r"""
options:
  operators:
    description: Public keys (age) of those who may open first passwords.
    type: list
    elements: str
    required: true
requirements: [age on the directory host]
"""

    BY = r"""
options:
  by:
    description: Who does it, for the audit log. Without it the user who became root on the host.
    type: str
"""

    CHANGE_LIMIT = r"""
options:
  change_limit:
    description:
      - How many accounts in use this run may lock or mark as left. Without it 2 % of those in the directory,
        and at least 5.
      - In check mode a plan that passes it is shown, with a warning.
    type: int
"""

    HANDOVER = r"""
options:
  unit:
    description: Path of the unit.
    type: str
    required: true
  reference:
    description: Number of the decision or letter that the handover goes back to.
    type: str
    required: true
"""
