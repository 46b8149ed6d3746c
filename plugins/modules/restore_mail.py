#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: restore_mail
short_description: Put mail of a backup back into a mailbox
version_added: 0.1.0
description:
  - Runs on the host of the mailboxes. What the backup has and the mailbox has no more is imported by Dovecot,
    with flags, keywords and dates; what is there stays as it is. The same run again changes nothing.
  - A message counts as there if it is in any folder but the Trash; with O(beside), in the folder beside.
  - The mailbox may be in use. It needs the room of the mailbox once more on its disk while it runs.
options:
  person:
    description: Any address of the account.
    type: str
    required: true
  folder:
    description:
      - Only this folder and those below it; the separator is C(/). Without O(at) the newest backup that has
        mail in it is looked for.
    type: str
    default: ""
  message_id:
    description:
      - Only the message with this Message-ID. Without O(at) the newest backup that has it is looked for.
    type: str
    default: ""
  beside:
    description: Restore into a folder of its own, C(Khôi phục DATE TIME), not into those it came from.
    type: bool
    default: false
requirements: [dovecot-core]
author: congvu.mail contributors (@congvu)
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
    details: The result says what was restored.
extends_documentation_fragment:
  - congvu.mail.attributes
  - congvu.mail.backup
  - congvu.mail.directory.by
"""

EXAMPLES = r"""
- name: Bring back what somebody deleted
  congvu.mail.restore_mail:
    person: thuyctp.stttt@gialai.gov.vn
    folder: Công văn đến
    at: "2026-11-20"
    reference: 31/PYC-STTTT
"""

RETURN = r"""
address:
  description: The primary address.
  type: str
  returned: success
archive:
  description: The backup that was taken.
  type: str
  returned: success
restored:
  description: How many messages were restored.
  type: int
  returned: success
said:
  description: What was restored, where to, and what was there already.
  type: list
  elements: str
  returned: success
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.congvu.mail.plugins.module_utils.backup.targets import BackupArchive, BackupError
from ansible_collections.congvu.mail.plugins.module_utils.host import audit
from ansible_collections.congvu.mail.plugins.module_utils.host.run import StoppedError, run
from ansible_collections.congvu.mail.plugins.module_utils.restore import (
    mailbox,
    repository,
    selection,
)
from ansible_collections.congvu.mail.plugins.module_utils.restore.selection import (
    Message,
    RestoreError,
    Wanted,
    local,
)


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "person": {"type": "str", "required": True},
            "folder": {"type": "str", "default": ""},
            "message_id": {"type": "str", "default": ""},
            "at": {"type": "str", "default": ""},
            "beside": {"type": "bool", "default": False},
            "target": {"type": "str", "default": ""},
            "mail_root": {"type": "path", "default": "/srv/mail"},
            "reference": {"type": "str", "required": True},
            "by": {"type": "str"},
        },
        supports_check_mode=True,
    )
    root = Path(module.params["mail_root"])
    run(module, mailbox.scratch_folder(root), lambda work: restore(module, work), refusals=(BackupError,))


def restore(module: AnsibleModule, work: Path) -> dict[str, Any]:
    given = module.params
    account = mailbox.Mailbox(given["person"])
    where = repository.choose_target(repository.read_targets(), given["target"])
    source = repository.Repository(repository.read_host(), where)
    wanted = Wanted(given["folder"], given["message_id"])
    archive, home, messages = search_backups(source, account, wanted, given["at"], work)
    parent = selection.into_folder(archive) if given["beside"] else ""
    plan = selection.plan(messages, account.messages(), parent)
    selection.check_quota(plan, *account.quota())
    whole = not (given["folder"] or given["message_id"])
    filters = account.missing_filters(home) if whole else []
    said = [f"backup: {archive.name} ({local(archive.time)} in Vietnam), of {where.label}"]
    said += [f"{folder} -> {plan.target(folder)}: {len(uids)} messages" for folder, uids in plan.uids.items()]
    said += [f"already there: {plan.present} messages"] if plan.present else []
    said += [f"filters, not active: {', '.join(filters)}"] if filters else []
    if not module.check_mode and (plan.uids or filters):
        text = f"{archive.name}: {plan.messages} messages{f', beside: {parent}' if parent else ''}"
        who = audit.operator(given["by"])
        # Before it is done: a run that is killed must have been written down as well.
        audit.record("mail-restored", account.address, given["reference"], text, who)
        try:
            account.import_messages(home / "mail", plan)
            account.import_filters(home, filters)
        except BackupError as error:
            raise StoppedError(str(error)) from error
    return {
        "changed": bool(plan.uids or filters),
        "address": account.address,
        "archive": archive.name,
        "restored": plan.messages,
        "said": said,
    }


def search_backups(
    source: repository.Repository, account: mailbox.Mailbox, wanted: Wanted, at: str, work: Path
) -> tuple[BackupArchive, Path, list[Message]]:
    """Return archive, extracted mailbox and messages; of all archives the newest that has what is wanted."""
    known = source.archives()
    newest = selection.choose(known, at, source.host, source.target.label)
    whole = not (wanted.folder or wanted.message_id)
    searched = [newest] if at or whole else known[::-1]
    folders: list[str] = []
    for archive in searched:
        home = mailbox.extract(source, archive, account.home, work)
        messages = mailbox.wanted_messages(home, wanted) if home else []
        if home and (messages or whole):
            return archive, home, messages
        if home and not folders:
            folders = sorted({one.folder for one in mailbox.wanted_messages(home, Wanted())})
        mailbox.empty(work)
    raise RestoreError(f"{account.address} {missing(wanted, folders)} in {span(searched)}")


def missing(wanted: Wanted, folders: list[str]) -> str:
    """Say what backups lack."""
    if not folders:
        return "has no mail"
    if wanted.message_id:
        return f"has no message {wanted.message_id}{' in ' * bool(wanted.folder)}{wanted.folder}"
    return f"has no mail in {wanted.folder}, but in {', '.join(folders)},"


def span(searched: Sequence[BackupArchive]) -> str:
    """Name the backups that were looked into, newest first."""
    if len(searched) == 1:
        return f"the backup of {local(searched[0].time)}: at=DAY for an earlier one"
    return f"the {len(searched)} backups from {local(searched[-1].time)} to {local(searched[0].time)}"


if __name__ == "__main__":
    main()
