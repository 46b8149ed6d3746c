#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: configuration
short_description: Put the files of a service's configuration in place, in one call
version_added: 0.1.0
description:
  - Makes folders and memberships of groups, then compares all files with those on the host, and writes what
    differs, in order. A daemon like Rspamd has a dozen small files; one call for all of them takes a tenth of
    the time of a loop.
  - Folders of files that are missing are made, with mode C(0755).
  - A file that its program refuses (O(files[].validate)) is not put in place, nor is any after it.
  - What has to follow a change (O(restart), O(reload), O(due)) is noted on the host before anything is
    changed, and stays noted until it is done, also when the run is killed in between. Restarts and reloads
    are done by M(congvu.mail.services), in this run or the next.
options:
  folders:
    description: The folders.
    type: list
    elements: dict
    default: []
    suboptions:
      path:
        description: Where it is.
        type: path
        required: true
      owner:
        description: Name of the owner.
        type: str
        default: root
      group:
        description: Name of the group.
        type: str
        default: root
      mode:
        description: Rights.
        type: str
        default: "0755"
  members:
    description: Users that have to be in further groups. Both exist already.
    type: list
    elements: dict
    default: []
    suboptions:
      user:
        description: Name of the user.
        type: str
        required: true
      group:
        description: Name of the group.
        type: str
        required: true
  files:
    description: The files.
    type: list
    elements: dict
    default: []
    suboptions:
      path:
        description: Where it goes.
        type: path
        required: true
      content:
        description: What it says. Not for secrets.
        type: str
      base64:
        description: What it holds, where that is no text. The diff shows digests of it.
        type: str
      source:
        description: File on the host that it is a copy of. It is not shown in the diff.
        type: path
      owner:
        description: Name of the owner.
        type: str
        default: root
      group:
        description: Name of the group.
        type: str
        default: root
      mode:
        description: Rights.
        type: str
        default: "0644"
      validate:
        description: Command that proves the file before it is put in place; C(%s) is the file to be proved.
        type: str
  prove:
    description:
      - Command that proves everything once it is in place. It runs while something is noted, so a
        configuration that was refused is proved again by the next run before a service is restarted with it.
    type: str
  due:
    description:
      - Names for other work after a change. A task that runs when RV(noted) has the name does it, and removes
        C(/var/lib/congvu/pending/<name>) as the last thing.
    type: list
    elements: str
    default: []
author: congvu.mail contributors (@congvu)
attributes:
  check_mode:
    support: full
    details: Nothing is proved.
  diff_mode:
    support: full
    details: Shows each file that differs, and what follows.
extends_documentation_fragment:
  - congvu.mail.attributes
  - congvu.mail.services
"""

EXAMPLES = r"""
- name: Write the settings
  congvu.mail.configuration:
    files:
      - path: /etc/nftables.conf
        content: "{{ lookup('ansible.builtin.template', 'nftables.conf.j2') }}"
        validate: nft --check --file %s
    reload: [nftables]
"""

RETURN = r"""
written:
  description: Files that differed.
  type: list
  elements: str
  returned: always
noted:
  description:
    - What is still to be done, after this run or one that was killed; in check mode what would be. O(due) by
      name, services as C(restart-slapd.service) and C(reload-postfix.service).
  type: list
  elements: str
  returned: always
"""

import base64
import grp
import hashlib
import shlex
import tempfile
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.congvu.mail.plugins.module_utils.host import pending

RIGHTS = {"owner": {"type": "str", "default": "root"}, "group": {"type": "str", "default": "root"}}
FOLDER = {"path": {"type": "path", "required": True}, **RIGHTS, "mode": {"type": "str", "default": "0755"}}
MEMBER = {"user": {"type": "str", "required": True}, "group": {"type": "str", "required": True}}
FILE = {
    "path": {"type": "path", "required": True},
    "content": {"type": "str"},
    "base64": {"type": "str"},
    "source": {"type": "path"},
    **RIGHTS,
    "mode": {"type": "str", "default": "0644"},
    "validate": {"type": "str"},
}
NAMES = {"type": "list", "elements": "str", "default": []}


def main() -> None:
    kinds = [["content", "base64", "source"]]
    one_of = {"required_one_of": kinds, "mutually_exclusive": kinds}
    module = AnsibleModule(
        argument_spec={
            "folders": {"type": "list", "elements": "dict", "default": [], "options": FOLDER},
            "members": {"type": "list", "elements": "dict", "default": [], "options": MEMBER},
            "files": {"type": "list", "elements": "dict", "default": [], "options": FILE, **one_of},
            "prove": {"type": "str"},
            "restart": NAMES,
            "reload": NAMES,
            "due": NAMES,
        },
        supports_check_mode=True,
        no_log=True,  # syslog need not have whole configurations
    )
    result = apply(module, Host(module))
    # What Ansible sends back would be all the files once more.
    module.exit_json(**result)


class Host:
    """The host as it is, and one change at a time; `only_look` says what would change."""

    def __init__(self, module: AnsibleModule) -> None:
        self.module = module

    def folder(self, wanted: dict[str, Any], *, only_look: bool) -> bool:
        """Make a folder with its rights; say whether that was, or would be, a change."""
        path = Path(wanted["path"])
        missing = not path.is_dir()
        if missing and not only_look:
            path.mkdir(mode=0o700, parents=True)
        return self._rights(wanted, missing, only_look=only_look)

    def member(self, wanted: dict[str, Any], *, only_look: bool) -> bool:
        """Put a user into a group."""
        missing = wanted["user"] not in grp.getgrnam(wanted["group"]).gr_mem
        if missing and not only_look:
            self.module.run_command(["usermod", "-aG", wanted["group"], wanted["user"]], check_rc=True)
        return missing

    def file(self, wanted: dict[str, Any], *, only_look: bool) -> bool:
        """Prove a file and put it in place."""
        path = Path(wanted["path"])
        after = content(wanted)
        differs = after is None or after != current_state(path)
        if differs:
            if not only_look and after is None:
                self.module.fail_json(msg=f"{wanted['source']}, to be copied to {path}, is not there")
            elif not only_look:
                replace(self.module, path, after or b"", wanted["validate"])
        elif path.is_symlink():
            self.module.fail_json(msg=f"{path} is a link; a file of our own is expected there")
        return self._rights(wanted, differs, only_look=only_look)

    def _rights(self, wanted: dict[str, Any], differs: bool, *, only_look: bool) -> bool:
        rights = {
            **{key: wanted[key] for key in ("path", "owner", "group", "mode")},
            "secontext": [None],
            "attributes": None,
        }
        check_mode, self.module.check_mode = self.module.check_mode, only_look
        try:
            return bool(self.module.set_fs_attributes_if_different(rights, differs))
        finally:
            self.module.check_mode = check_mode


def apply(module: AnsibleModule, host: Host, notes: Path = pending.FOLDER) -> dict[str, Any]:
    """Look what differs, note what follows from it, and only then change it; return the result."""
    given = module.params
    names = pending.names(given["restart"], given["reload"], given["due"])
    steps = [
        *((host.folder, one) for one in given["folders"]),
        *((host.member, one) for one in given["members"]),
        *((host.file, one) for one in given["files"]),
    ]
    changes = [(change, one) for change, one in steps if change(one, only_look=True)]
    diff = [shown for change, one in changes for shown in difference(one)]
    if changes and names:
        diff.append({"prepared": f"then: {', '.join(names)}"})
    if not module.check_mode:
        if changes:
            pending.begin(names, notes)
        for change, one in changes:
            change(one, only_look=False)
        if given["prove"] and (changes or pending.pending(names, notes)):
            prove(module, given["prove"])
    return {
        "changed": bool(changes),
        "written": [one["path"] for change, one in changes if change == host.file],
        "noted": names if changes else pending.pending(names, notes),
        "diff": diff,
    }


def content(wanted: dict[str, Any]) -> bytes | None:
    """Return what a file has to hold; None where the file that it is a copy of is not there (check mode)."""
    if wanted["source"]:
        return current_state(Path(wanted["source"]))
    if wanted["base64"] is not None:
        return base64.b64decode(wanted["base64"])
    return str(wanted["content"]).encode()


def current_state(path: Path) -> bytes | None:
    """Return what a file holds."""
    return path.read_bytes() if path.exists() else None


def difference(wanted: dict[str, Any]) -> list[dict[str, str]]:
    """Return the difference of a file as `--diff` shows it; nothing of what may be secret, or is no file."""
    packed = wanted.get("base64") is not None
    if not packed and wanted.get("content") is None:
        return []
    path, after = wanted["path"], content(wanted) or b""
    before = current_state(Path(path)) or b""
    if packed:
        return [_shown(path, _digest(before), _digest(after))]
    return [_shown(path, before.decode(errors="replace"), after.decode())]


def _shown(path: str, before: str, after: str) -> dict[str, str]:
    return {"before": before, "after": after, "before_header": path, "after_header": path}


def _digest(content: bytes) -> str:
    return f"{len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}\n" if content else ""


def replace(module: AnsibleModule, path: Path, content: bytes, validate: str | None) -> None:
    """Prove the new content, then swap it in, in one step."""
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=module.tmpdir, delete=False) as draft:
        draft.write(content)
    if validate:
        code, out, err = module.run_command(
            [draft.name if word == "%s" else word for word in shlex.split(validate)]
        )
        if code:
            Path(draft.name).unlink()
            module.fail_json(msg=f"{path} was refused and not put in place: {(err or out).strip()}", rc=code)
    module.atomic_move(draft.name, str(path))


def prove(module: AnsibleModule, command: str) -> None:
    """Have the whole configuration read by the program that it is for."""
    code, out, err = module.run_command(shlex.split(command))
    if code:
        module.fail_json(msg=f"The configuration is refused: {(err or out).strip()}", rc=code)


if __name__ == "__main__":
    main()
