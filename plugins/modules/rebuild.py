#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: rebuild
short_description: Put a whole host, or its directory, back from a backup
version_added: 0.1.0
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
author: congvu.mail contributors (@congvu)
attributes:
  check_mode:
    support: partial
    details: Only the choice of the backup is made; of C(data) and C(finish) nothing is done.
  diff_mode:
    support: none
    details: The result says what was restored.
extends_documentation_fragment:
  - congvu.mail.attributes
  - congvu.mail.backup
  - congvu.mail.directory.by
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

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.congvu.mail.plugins.module_utils.backup.targets import FOLDER, BackupError, Target
from ansible_collections.congvu.mail.plugins.module_utils.host import audit, files
from ansible_collections.congvu.mail.plugins.module_utils.host.run import StoppedError, run
from ansible_collections.congvu.mail.plugins.module_utils.restore import rebuild, repository


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
            "by": {"type": "str"},
        },
        supports_check_mode=True,
    )
    only_look = module.params["step"] == "look"
    # A host that was lost has nothing that could be locked yet.
    lock = nullcontext() if only_look else files.locked(FOLDER)
    step = look if only_look else restore
    run(module, lock, lambda _: guarded(step, module), refusals=(BackupError, OSError))


def guarded(step: Callable[[AnsibleModule], dict[str, Any]], module: AnsibleModule) -> dict[str, Any]:
    """Do a step; what goes wrong once a restore is begun leaves it unfinished."""
    try:
        return step(module)
    except (BackupError, OSError) as error:
        if rebuild.MARKER.exists():
            raise StoppedError(str(error)) from error
        raise


def look(module: AnsibleModule) -> dict[str, Any]:
    rebuild.check_host(module.params["what"], Path(module.params["mail_root"]))
    return {"changed": False}


def restore(module: AnsibleModule) -> dict[str, Any]:
    given, by = module.params, audit.operator(module.params["by"])
    root = Path(given["mail_root"])
    source = repository.Repository(given["host"] or repository.read_host(), target(given))
    if given["step"] == "begin":
        state, new = rebuild.begin(
            source, given["what"], given["at"], given["reference"], by, root, check=module.check_mode
        )
        before = state.done
        if given["what"] == "host" and not module.check_mode:
            state = rebuild.restore_keys(source, state)
        return result(state, changed=new or state.done != before)
    state = rebuild.require_begun(given["what"])
    if module.check_mode:
        return result(state, changed=False)
    if given["step"] == "data":
        steps = rebuild.Steps(source, state, root)
        return result(steps.run(), changed=True, broken=steps.broken)
    return result(state, changed=True) | {"text": rebuild.complete(state, by)}


def target(given: dict[str, Any]) -> Target:
    """Return where the backup is: as the playbook says, or as the host knows."""
    known = [Target(label, url) for label, url in given["repositories"].items()]
    return repository.choose_target(known or repository.read_targets(), given["target"])


def result(state: rebuild.State, *, changed: bool, broken: list[str] | None = None) -> dict[str, Any]:
    return {
        "changed": changed,
        "archive": state.archive.name,
        "window": rebuild.lost_window(state),
        "done": list(state.done),
        "found": state.found,
        "broken": broken or [],
    }


if __name__ == "__main__":
    main()
