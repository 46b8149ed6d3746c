#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: reset_password
short_description: Give one account a new first password
version_added: 0.1.0
description:
  - Makes a password on the directory host, seals it to the operators' keys, and sets it. The old one is no
    good from then on, the new one opens nothing but its change, and a lockout after failures is over.
  - The sealed file is printed by C(handout.yml). The act is recorded in the account and in the audit log.
  - Refuses an account in which nobody may log in, for example because its owner left.
options:
  person:
    description: A person_id, the path of a unit, or any address of the account.
    type: str
    required: true
  reference:
    description: Number of the request (UB-13.2, QT-10.4), which is recorded.
    type: str
    required: true
author: congvu.mail contributors (@congvu)
attributes:
  check_mode:
    support: full
    details: It says whose password would be reset.
  diff_mode:
    support: none
    details: A password is a secret.
extends_documentation_fragment:
  - congvu.mail.attributes
  - congvu.mail.directory
  - congvu.mail.directory.operators
  - congvu.mail.directory.by
"""

EXAMPLES = r"""
- name: Set a new first password
  congvu.mail.reset_password:
    suffix: dc=gialai,dc=gov,dc=vn
    person: thuyctp.stttt@gialai.gov.vn
    reference: 14/PYC-STTTT
    operators: ["{{ operator_key }}"]
"""

RETURN = r"""
address:
  description: The primary address.
  type: str
  returned: success
unit:
  description: The unit that the sheet goes to.
  type: str
  returned: success
shut:
  description:
    - Login names whose sessions have to be ended, of this run and of earlier ones that did not get so far.
      The file that remembers them, C(/var/lib/congvu/sessions-to-end.json), is to be removed after that.
  type: list
  elements: str
  returned: success
sealed:
  description: File on the host with the password, encrypted. Empty in check mode.
  type: str
  returned: success
"""

from datetime import UTC, datetime
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.congvu.mail.plugins.module_utils import clock
from ansible_collections.congvu.mail.plugins.module_utils.accounts import intents
from ansible_collections.congvu.mail.plugins.module_utils.accounts.directory import Directory, DirectoryError
from ansible_collections.congvu.mail.plugins.module_utils.accounts.intents import Intent
from ansible_collections.congvu.mail.plugins.module_utils.first_passwords import reset
from ansible_collections.congvu.mail.plugins.module_utils.first_passwords.reset import ResetError
from ansible_collections.congvu.mail.plugins.module_utils.first_passwords.sealing import SealingError
from ansible_collections.congvu.mail.plugins.module_utils.host import audit, files, sessions
from ansible_collections.congvu.mail.plugins.module_utils.host.audit import AuditLine
from ansible_collections.congvu.mail.plugins.module_utils.host.run import StoppedError, run


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "suffix": {"type": "str", "required": True},
            "person": {"type": "str", "required": True},
            "reference": {"type": "str", "required": True},
            "operators": {"type": "list", "elements": "str", "required": True},
            "by": {"type": "str"},
        },
        supports_check_mode=True,
    )
    run(
        module,
        files.locked(files.SEALED),
        lambda _: apply(module, Directory()),
        refusals=(ResetError, SealingError, DirectoryError),
    )


def apply(module: AnsibleModule, directory: Directory) -> dict[str, Any]:
    given = module.params
    reference = reset.checked(given["reference"])
    if not given["operators"]:
        raise ResetError("there is no operator who could open the new one (mail_operators)")
    owner = reset.look_up(directory, given["suffix"], given["person"])
    if owner.lock:
        module.warn(f"{owner.address} stays locked ({owner.lock}): a new password does not end that")
    sealed, shut = "", sorted({*sessions.pending(), owner.address})
    if not module.check_mode:
        for sentence in [*intents.recover(directory).words(), *sessions.repair()]:
            module.warn(sentence)
        sessions.begin(shut)
        now, day = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ"), clock.today()
        event = reset.recorded(owner, reference, now, day)
        line = AuditLine(audit.operator(given["by"]), event.word, owner.address, reference, event.text)
        steps = intents.begin([Intent(owner.dn, line, event.line())])
        try:
            path = reset.reset(
                directory, owner, reference, given["operators"], folder=files.SEALED, run=now, day=day
            )
        except DirectoryError as error:
            raise StoppedError(str(error)) from error
        sealed = str(path)
        intents.complete(steps)
    return {"changed": True, "address": owner.address, "unit": owner.unit, "sealed": sealed, "shut": shut}


if __name__ == "__main__":
    main()
