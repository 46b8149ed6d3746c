#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: sent_mail
short_description: Find out who handed in a mail
version_added: 0.1.0
description:
  - Looks a Message-ID up in Postfix's log on this host, and says who had logged in to send it, and as whom.
  - A mail that nobody logged in for (for example from outside) is not found, whatever it calls itself.
options:
  message_id:
    description: The Message-ID, with its angle brackets.
    type: str
    required: true
  days:
    description: How far back to look.
    type: int
    default: 60
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
"""

EXAMPLES = r"""
- name: Look who asked
  congvu.mail.sent_mail:
    message_id: <1492cff34c1dfd6d@gialai.gov.vn>
"""

RETURN = r"""
found:
  description: Envelope sender and login of each mail with this Message-ID.
  type: list
  elements: dict
  returned: always
  sample: [{sender: stttt@gialai.gov.vn, login: stttt@gialai.gov.vn}]
"""

import json
import re
from dataclasses import asdict

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.congvu.mail.plugins.module_utils.host.maillog import Sent, sent

# What takes a mail over, names it and puts it into the queue (master.cf of the role postfix).
SUBMISSION = "postfix/submission/smtpd"
CLEANUP = "postfix/cleanup"
QUEUE = "postfix/qmgr"
AROUND = 900  # seconds: a slow client, or a queue manager that had to wait


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "message_id": {"type": "str", "required": True},
            "days": {"type": "int", "default": 60},
        },
        supports_check_mode=True,
    )
    message_id = module.params["message_id"]
    exact = f"--grep=message-id={re.escape(message_id)}"
    named = journal(module, f"--since=-{module.params['days']}d", f"--identifier={CLEANUP}", exact)
    found: set[Sent] = set()
    for time in {int(entry["__REALTIME_TIMESTAMP"]) // 1_000_000 for entry in named}:
        span = (f"--since=@{time - AROUND}", f"--until=@{time + AROUND}")
        entries = journal(module, *span, *(f"--identifier={one}" for one in (SUBMISSION, CLEANUP, QUEUE)))
        found |= set(sent((entry["MESSAGE"] for entry in entries), message_id))
    module.exit_json(changed=False, found=[asdict(one) for one in sorted(found)])


def journal(module: AnsibleModule, *options: str) -> list[dict[str, str]]:
    """Return entries of the journal; a message that is no text (a list of bytes) is none of Postfix's."""
    fields = "--output-fields=MESSAGE"
    command = ["journalctl", "--quiet", "--no-pager", "--output=json", fields, "--case-sensitive=true"]
    # It exits 1 where it finds nothing.
    code, out, err = module.run_command([*command, *options])
    if code not in (0, 1):
        module.fail_json(msg=f"journalctl: {err.strip()}", rc=code)
    entries = (json.loads(line) for line in out.splitlines())
    return [entry for entry in entries if isinstance(entry.get("MESSAGE"), str)]


if __name__ == "__main__":
    main()
