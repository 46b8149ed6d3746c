# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
name: parameters
author: congvu.mail contributors (@congvu)
version_added: 0.1.0
short_description: Further settings of a program, for the template of its role
description:
  - Writes the role's C(*_parameters) as the program's file has them.
  - Fails where the role sets one of them itself, and says which of its variables governs it.
  - Fails where one discloses passwords or mail or weakens a check, and where a value is none that the file
    can hold.
options:
  _terms:
    description: The role, and its parameters.
    type: list
    elements: raw
    required: true
"""

EXAMPLES = r"""
- name: Show what would be written
  ansible.builtin.debug:
    msg: "{{ lookup('congvu.mail.parameters', 'postfix', {'smtp_helo_timeout': '60s'}) }}"
"""

RETURN = r"""
_raw:
  description: The lines.
  type: list
  elements: str
"""

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase
from ansible_collections.congvu.mail.plugins.module_utils.parsing.schema import Reader
from ansible_collections.congvu.mail.plugins.module_utils.policy.parameters import (
    parse_parameters,
    rendered,
    taken,
)

ROLES = Path(__file__).resolve().parents[2] / "roles"


class LookupModule(LookupBase):
    """Writes further settings of a program."""

    def run(self, terms: list[Any], variables: Any = None, **_: Any) -> list[str]:
        """Return the lines."""
        role, given = terms
        reader = Reader("")
        parameters = parse_parameters(role, given, reader.say)
        if reader.problems:
            said = [f"{one.column}: {one.message('en')}: {one.fix('en')}" for one in reader.problems]
            raise AnsibleError("; ".join(said))
        refused = [f"{key} (see {governed})" for key, governed in taken(role, parameters, ROLES).items()]
        if refused:
            raise AnsibleError(f"{role}_parameters: the role sets {'; '.join(refused)} itself")
        return [rendered(role, parameters)]
