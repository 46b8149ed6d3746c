#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: directory_entries
short_description: Make a few entries of the directory what they should be
version_added: 0.1.0
description:
  - For the entries that accounts hang below, and for the password policy. Runs on the directory host, over
    its local socket.
  - Attributes that are not named stay as they are. Nothing is deleted.
options:
  entries:
    description: The entries, parents first.
    type: list
    elements: dict
    required: true
    suboptions:
      dn:
        description: Distinguished name.
        type: str
        required: true
      attributes:
        description: For each attribute the list of its values.
        type: dict
        required: true
requirements: [python3-ldap on the directory host]
author: congvu.mail contributors (@congvu)
attributes:
  check_mode:
    support: full
    details: A slapd that does not answer yet counts as empty.
  diff_mode:
    support: full
    details: Shows the attributes of each entry that differs.
extends_documentation_fragment:
  - congvu.mail.attributes
"""

EXAMPLES = r"""
- name: Make the folder of people
  congvu.mail.directory_entries:
    entries:
      - dn: ou=people,dc=gialai,dc=gov,dc=vn
        attributes: {objectClass: [organizationalUnit], ou: [people]}
"""

RETURN = r""" # """

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.congvu.mail.plugins.module_utils.accounts.directory import Directory, DirectoryError
from ansible_collections.congvu.mail.plugins.module_utils.accounts.plan import Change


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "entries": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "dn": {"type": "str", "required": True},
                    "attributes": {"type": "dict", "required": True},
                },
            },
        },
        supports_check_mode=True,
    )
    changes = []
    try:
        try:
            directory = Directory()
        except DirectoryError:
            if not module.check_mode:
                raise
            directory = None
        for entry in module.params["entries"]:
            wanted = {name: sorted(map(str, values)) for name, values in entry["attributes"].items()}
            held = directory.entry(entry["dn"], list(wanted)) if directory else None
            if held != wanted:
                changes.append(Change(entry["dn"], entry["dn"], "", held, wanted))
        if directory and not module.check_mode:
            for failure in directory.apply(changes):
                module.fail_json(msg=f"{failure.change.dn}: {failure.reason}")
    except DirectoryError as error:
        module.fail_json(msg=str(error))
    diff = [
        {
            "before": _shown(change.before),
            "after": _shown(change.after),
            "before_header": change.dn,
            "after_header": change.dn,
        }
        for change in changes
    ]
    module.exit_json(changed=bool(changes), diff=diff)


def _shown(attributes: dict[str, list[str]] | None) -> str:
    text = "".join(
        f"{name}: {value}\n" for name, values in sorted((attributes or {}).items()) for value in values
    )
    return text.encode(errors="backslashreplace").decode()  # what is no UTF-8 there


if __name__ == "__main__":
    main()
