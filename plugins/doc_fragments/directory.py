# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the modules share that read or write accounts."""

from __future__ import annotations


class ModuleDocFragment:
    """Where the directory is, who may open first passwords, and who is at work."""

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
