#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: handout
short_description: Print first passwords on sheets, one file for a unit
description:
  - Fetches the sealed first passwords from the directory host and opens them on the controller, with an
    operator's private key. The clear text is on no host.
  - Writes one HTML file for each unit, ready to be printed, with a list for signing and one sheet for each
    person. Only those are on it who have to change their first password still, each with the password that
    the directory holds, as long as it is valid.
  - The folder must be new or empty, closed to others, and nothing that Git would take up.
options:
  suffix:
    description: Where the directory begins.
    type: str
    required: true
  identity:
    description: File on the controller with the operator's private key (age), not protected by a passphrase.
    type: path
    required: true
  output:
    description: Folder on the controller for the sheets.
    type: path
    required: true
  unit:
    description: Path of a unit. Only it and the units below it are printed.
    type: str
  issued_since:
    description: Only passwords that were issued on that day or later, C(YYYY-MM-DD) or C(DD/MM/YYYY).
    type: str
  regulation:
    description: The decision as data, with its number and its terms of passwords.
    type: dict
    required: true
  organization:
    description: Whose mail it is, as it stands at the head of a sheet.
    type: str
    required: true
  hostname:
    description: Name of the server, for mail programs.
    type: str
    required: true
  support:
    description: Whom to ask, C(address) and C(phone).
    type: dict
    default: {}
  webmail:
    description: Whether there is a web page on which the password can be changed.
    type: bool
    default: false
requirements: [python3-ldap on the directory host, pyrage on the controller]
author: congvu.mail contributors
attributes:
  check_mode:
    description: In check mode nothing is written.
    support: full
  diff_mode:
    description: There is none; a sheet is a secret.
    support: none
"""

EXAMPLES = r"""
- name: Print the sheets
  congvu.mail.handout:
    suffix: dc=gialai,dc=gov,dc=vn
    identity: ~/.config/age/operator.key
    output: ~/sheets
    regulation: "{{ regulation }}"
    organization: Ủy ban nhân dân tỉnh Gia Lai
    hostname: mail.gialai.gov.vn
  no_log: true
"""

RETURN = r"""
refused:
  description:
    - Why nothing was written. That is no failure of the task, whose reason Ansible would hide with the
      secrets (C(no_log)); the play has to fail on it.
  type: str
  returned: when the folder, the key or the directory host is not as it should be
files:
  description: The files, and how many sheets are in each.
  type: dict
  returned: when nothing was refused
  sample: {cntt.stttt.html: 3}
expired:
  description: Addresses whose first password is past its term. They need another one.
  type: list
  elements: str
  returned: when nothing was refused
unknown:
  description: Addresses whose password is in no file that the key opens.
  type: list
  elements: str
  returned: when nothing was refused
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.congvu.mail.plugins.module_utils import files, sheets
from ansible_collections.congvu.mail.plugins.module_utils.accounts import entries
from ansible_collections.congvu.mail.plugins.module_utils.accounts.directory import (
    ACCOUNTS,
    Directory,
    DirectoryError,
)
from ansible_collections.congvu.mail.plugins.module_utils.accounts.vocabulary import Attr, Kind


def main() -> None:
    # The half that runs on the directory host. The rest of the options is the action plugin's.
    module = AnsibleModule(
        argument_spec={"suffix": {"type": "str", "required": True}}, supports_check_mode=True
    )
    suffix = module.params["suffix"]
    try:
        directory = Directory()
        with files.locked(files.SEALED):  # files and accounts of one moment
            sealed = [path.read_text() for path in sorted(files.SEALED.glob("*.age"))]
            accounts = sheets.waiting(directory.found(suffix, sheets.QUERY, sheets.NAMES))
        units = directory.found(entries.folder(Kind.UNIT, suffix), ACCOUNTS, (Attr.UID, Attr.CN))
    except BlockingIOError:
        module.fail_json(msg="Another run is at work on this host: wait for it to end.")
    except DirectoryError as error:
        module.fail_json(msg=str(error))
    names = {entry[Attr.UID][0]: entry[Attr.CN][0] for entry in units.values()}
    module.exit_json(changed=False, sealed=sealed, accounts=accounts, units=names)


if __name__ == "__main__":
    main()
