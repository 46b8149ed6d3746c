#!/usr/bin/python
# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: handout_read
short_description: Read the sealed first passwords, and the accounts that they are of
version_added: 0.1.0
description:
  - The half of M(congvu.mail.handout) that runs on the directory host. Playbooks call that one.
  - What it returns is sealed; it has no key.
author: congvu.mail contributors (@congvu)
attributes:
  check_mode:
    support: full
    details: It only reads.
  diff_mode:
    support: none
    details: It changes nothing.
extends_documentation_fragment:
  - congvu.mail.attributes
  - congvu.mail.directory
seealso:
  - module: congvu.mail.handout
"""

EXAMPLES = r"""
- name: Read what waits to be handed out
  congvu.mail.handout_read:
    suffix: dc=gialai,dc=gov,dc=vn
"""

RETURN = r"""
sealed:
  description: The sealed files (age, armoured).
  type: list
  elements: str
  returned: success
accounts:
  description: The accounts whose first password is still to be changed.
  type: list
  elements: dict
  returned: success
units:
  description: Name of each unit by its path.
  type: dict
  returned: success
unreadable:
  description: Entries and sealed files that cannot be read, and of an entry which attributes.
  type: list
  elements: str
  returned: success
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.congvu.mail.plugins.module_utils.accounts import entries
from ansible_collections.congvu.mail.plugins.module_utils.accounts.directory import (
    ACCOUNTS,
    Directory,
    DirectoryError,
)
from ansible_collections.congvu.mail.plugins.module_utils.accounts.vocabulary import Attr, Kind
from ansible_collections.congvu.mail.plugins.module_utils.first_passwords import sheets
from ansible_collections.congvu.mail.plugins.module_utils.host import files
from ansible_collections.congvu.mail.plugins.module_utils.host.run import run


def main() -> None:
    module = AnsibleModule(
        argument_spec={"suffix": {"type": "str", "required": True}}, supports_check_mode=True
    )
    # Files and accounts of one moment.
    lock = files.locked(files.SEALED)
    run(module, lock, lambda _: read(Directory(), module.params["suffix"]), refusals=(DirectoryError,))


def read(directory: Directory, suffix: str) -> dict[str, Any]:
    names = (Attr.UID, Attr.CN)
    units = directory.search(entries.folder(Kind.UNIT, suffix), ACCOUNTS, names)
    readable = [entries.Entry(one) for one in units.values() if not entries.unreadable(one, names)]
    accounts, unreadable = sheets.waiting(directory.search(suffix, sheets.QUERY, sheets.NAMES))
    sealed = []
    for path in sorted(files.SEALED.glob("*.age")):
        try:
            sealed.append(path.read_text(encoding="ascii"))
        except ValueError:
            unreadable.append(f"{path}: cannot be read: no sealed file")
    return {
        "changed": False,
        "sealed": sealed,
        "accounts": accounts,
        "units": {one.text(Attr.UID): one.text(Attr.CN) for one in readable},
        "unreadable": unreadable,
    }


if __name__ == "__main__":
    main()
