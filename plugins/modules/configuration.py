#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: configuration
short_description: Put the files of a service's configuration in place, in one call
description:
  - Compares all files with those on the host, and writes what differs, in order. A daemon like Rspamd has a
    dozen small files; one call for all of them takes a tenth of the time of a loop.
  - Folders that are missing are made, with mode C(0755).
  - A file that its program refuses (O(files[].validate)) is not put in place, nor is any after it.
options:
  files:
    description: The files.
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description: Where it goes.
        type: path
        required: true
      content:
        description: What it says. Not for secrets.
        type: str
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
        default: "0644"
      validate:
        description: Command that proves the file before it is put in place; C(%s) is the file to be proved.
        type: str
author: congvu.mail contributors
attributes:
  check_mode:
    description: In check mode nothing is written or proved.
    support: full
  diff_mode:
    description: Shows each file that differs.
    support: full
"""

EXAMPLES = r"""
- name: Write the settings
  congvu.mail.configuration:
    files:
      - path: /etc/nftables.conf
        content: "{{ lookup('ansible.builtin.template', 'nftables.conf.j2') }}"
        validate: nft --check --file %s
"""

RETURN = r"""
written:
  description: Files that differed.
  type: list
  elements: str
  returned: always
"""

import shlex
import tempfile
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    file = {
        "path": {"type": "path", "required": True},
        "content": {"type": "str", "required": True},
        "owner": {"type": "str", "default": "root"},
        "group": {"type": "str", "default": "root"},
        "mode": {"type": "str", "default": "0644"},
        "validate": {"type": "str"},
    }
    module = AnsibleModule(
        argument_spec={"files": {"type": "list", "elements": "dict", "required": True, "options": file}},
        supports_check_mode=True,
        no_log=True,  # syslog need not have whole configurations
    )
    # What Ansible sends back would be all the files once more.
    files = [Path(one["path"]) for one in module.params["files"]]
    diffs: list[dict[str, str]] = []
    written = [
        str(path)
        for path, one in zip(files, module.params["files"], strict=True)
        if put(module, path, one, diffs)
    ]
    module.exit_json(changed=bool(written), written=written, diff=diffs)


def put(module: AnsibleModule, path: Path, wanted: dict[str, Any], diffs: list[dict[str, str]]) -> bool:
    """Put one file in place; say whether it differed."""
    before = path.read_bytes() if path.exists() else None
    after = wanted["content"].encode()
    differs = before != after
    if differs:
        shown = (before or b"").decode(errors="replace")
        diffs.append(
            {
                "before": shown,
                "after": wanted["content"],
                "before_header": str(path),
                "after_header": str(path),
            }
        )
        if not module.check_mode:
            replace(module, path, after, wanted["validate"])
    elif path.is_symlink():
        module.fail_json(msg=f"{path} is a link; a file of our own is expected there")
    rights = {
        "path": str(path), "owner": wanted["owner"], "group": wanted["group"], "mode": wanted["mode"],
        "secontext": [None], "attributes": None,
    }  # fmt: skip
    return bool(module.set_fs_attributes_if_different(rights, differs))


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


if __name__ == "__main__":
    main()
