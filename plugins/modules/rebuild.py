#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: rebuild
short_description: Put a whole host, or its directory, back from a backup
description:
  - Runs on the host in steps, with roles between them; C(playbooks/restore.yml) has the order. What a killed
    run has done is not done again.
  - From C(begin) to C(finish) C(/etc/congvu/restoring.json) lies on the host, and C(site.yml) keeps its doors
    closed.
  - Mail that waited in the queue is put on hold.
options:
  what:
    description: A whole host that was lost, or only the directory of one that is there.
    type: str
    choices: [host, directory]
    required: true
  step:
    description:
      - C(look) only says whether it may begin, and refuses a host that is in use before anything is changed
        anywhere.
      - C(begin) chooses the backup and, for a host, brings keys and certificates. C(data) brings all else,
        with nothing of the host running, and starts all but the mail exchanger. C(finish) starts that and
        writes down what was done.
    type: str
    choices: [look, begin, data, finish]
    required: true
  repositories:
    description: Address of the repository on each target, for a host that does not know it itself yet.
    type: dict
    default: {}
  host:
    description: Name under which the host is backed up, for a host that does not know it itself yet.
    type: str
    default: ""
  target:
    description: Which target; the first when empty.
    type: str
    default: ""
  at:
    description: The newest backup until then is taken (a day, a time, or the name of an archive).
    type: str
    default: ""
  mail_root:
    description: Where the mailboxes are.
    type: path
    default: /srv/mail
  reference:
    description: Number of the incident, which is recorded.
    type: str
    required: true
  who:
    description: Who does it, for the audit log. Without it the user who became root on the host.
    type: str
requirements: [borgbackup]
author: congvu.mail contributors
attributes:
  check_mode:
    description: Only the choice of the backup is made.
    support: partial
    details: Of C(data) and C(finish) nothing is done.
  diff_mode:
    description: Shows no diff.
    support: none
"""

EXAMPLES = r"""
- name: Choose the backup, and bring the keys
  congvu.mail.rebuild:
    what: host
    step: begin
    host: mail.gialai.gov.vn
    repositories: {backup1: "ssh://congvu-backup@backup1.gialai.gov.vn/srv/backup/mail.gialai.gov.vn"}
    reference: 7/BC-STTTT
"""

RETURN = r"""
archive:
  description: The backup.
  type: str
  returned: but with C(look)
window:
  description: What is not in it.
  type: str
  returned: but with C(look)
done:
  description: The steps that are done.
  type: list
  elements: str
  returned: but with C(look)
found:
  description: What was counted (C(entries), C(held), C(mailboxes), C(messages)).
  type: dict
  returned: but with C(look)
text:
  description: What was restored, of which backup, and how long it took.
  type: str
  returned: with C(finish)
broken:
  description: Mailboxes that Dovecot could not set right, with the reason.
  type: list
  elements: str
  returned: but with C(look)
"""

from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.congvu.mail.plugins.module_utils import audit, files
from ansible_collections.congvu.mail.plugins.module_utils.backup import rebuild, repository
from ansible_collections.congvu.mail.plugins.module_utils.backup.targets import FOLDER, BackupError, Target


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "what": {"type": "str", "choices": ["host", "directory"], "required": True},
            "step": {"type": "str", "choices": ["look", "begin", "data", "finish"], "required": True},
            "repositories": {"type": "dict", "default": {}},
            "host": {"type": "str", "default": ""},
            "target": {"type": "str", "default": ""},
            "at": {"type": "str", "default": ""},
            "mail_root": {"type": "path", "default": "/srv/mail"},
            "reference": {"type": "str", "required": True},
            "who": {"type": "str"},
        },
        supports_check_mode=True,
    )
    try:
        if module.params["step"] == "look":
            rebuild.look(module.params["what"], Path(module.params["mail_root"]))
            module.exit_json(changed=False)
        with files.locked(FOLDER):
            module.exit_json(**run(module))
    except BlockingIOError:
        module.fail_json(msg="Another restore is at work on this host: wait for it to end.")
    except (BackupError, OSError) as error:
        begun = rebuild.MARKER.exists()
        module.fail_json(msg=f"{'The restore is not finished' if begun else 'Nothing was restored'}: {error}")


def run(module: AnsibleModule) -> dict[str, Any]:
    given, who = module.params, audit.operator(module.params["who"])
    root = Path(given["mail_root"])
    source = repository.Repository(given["host"] or repository.host(), target(given))
    if given["step"] == "begin":
        state, new = rebuild.begin(
            source, given["what"], given["at"], given["reference"], who, root, check=module.check_mode
        )
        before = state.done
        if given["what"] == "host" and not module.check_mode:
            state = rebuild.keys(source, state)
        return told(state, changed=new or state.done != before)
    state = rebuild.going_on(given["what"])
    if module.check_mode:
        return told(state, changed=False)
    if given["step"] == "data":
        steps = rebuild.Steps(source, state, root)
        return told(steps.run(), changed=True, broken=steps.broken)
    return told(state, changed=True) | {"text": rebuild.finish(state, who)}


def target(given: dict[str, Any]) -> Target:
    """Return where the backup is: as the playbook says, or as the host knows."""
    known = [Target(label, url) for label, url in given["repositories"].items()]
    return repository.target(known or repository.targets(), given["target"])


def told(state: rebuild.State, *, changed: bool, broken: list[str] | None = None) -> dict[str, Any]:
    return {
        "changed": changed,
        "archive": state.archive.name,
        "window": rebuild.window(state),
        "done": list(state.done),
        "found": state.found,
        "broken": broken or [],
    }


if __name__ == "__main__":
    main()
