#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: deny_list
short_description: Pack the words that no password may be based on for cracklib
version_added: 0.1.0
description:
  - Puts together the words that are given, the site's own names, keyboard runs, dates, and the passwords most
    often leaked, which are read from the Debian package C(libdata-password-zxcvbn-perl) on the host.
  - The packed files are in a folder named after what they are made of, and C(current) is a link to it that is
    changed in one step, so slapd never sees half a list, and the next run repairs what a killed one left.
options:
  path:
    description: Folder that only this module writes to. cracklib finds the list as C(current/words) in it.
    type: path
    required: true
  words:
    description: Text with words and numbers, parted by white space. Lines that begin with C(#) are remarks.
    type: str
    required: true
  site_names:
    description: Names and domains of the body that runs the mail.
    type: list
    elements: str
    required: true
requirements: [python3-unidecode, cracklib-runtime, libdata-password-zxcvbn-perl]
author: congvu.mail contributors (@congvu)
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
    details: The list is long, and is not shown.
extends_documentation_fragment:
  - congvu.mail.attributes
"""

EXAMPLES = r"""
- name: Pack the list of denied passwords
  congvu.mail.deny_list:
    path: /var/lib/congvu-deny
    words: "{{ lookup('ansible.builtin.file', 'denied-words.txt') }}"
    site_names: [Ủy ban nhân dân tỉnh Gia Lai, gialai.gov.vn]
"""

RETURN = r""" # """

import shutil
import tempfile
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

try:
    from ansible_collections.congvu.mail.plugins.module_utils.passwords.deny_list import fingerprint, words

    MISSING = ""
except ImportError as error:
    MISSING = str(error)

LEAKED = (
    "perl",
    "-MData::Password::zxcvbn::RankedDictionaries::Common",
    "-e",
    "my $rank = $Data::Password::zxcvbn::RankedDictionaries::Common::ranked_dictionaries{passwords};"
    'print map { "$_\n" } sort { $rank->{$a} <=> $rank->{$b} } keys %$rank',
)
FEWEST_LEAKED = 10_000
# Sorted by us, byte by byte; cracklib-format would drop every line with a sign in it.
PACKER = "/usr/sbin/cracklib-packer"
PACKED = ("words.hwm", "words.pwd", "words.pwi")


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "path": {"type": "path", "required": True},
            "words": {"type": "str", "required": True},
            "site_names": {"type": "list", "elements": "str", "required": True},
        },
        supports_check_mode=True,
    )
    if MISSING:
        module.fail_json(msg=missing_required_lib("python3-unidecode"), exception=MISSING)
    folder = Path(module.params["path"])
    _, leaked, _ = module.run_command([*LEAKED], check_rc=True, expand_user_and_vars=False)
    if len(leaked.split()) < FEWEST_LEAKED:
        module.fail_json(msg="no leaked passwords found in libdata-password-zxcvbn-perl")
    given = module.params["words"], module.params["site_names"], leaked.split()
    # Named after what it is made of: to put it together takes a second.
    name = f"words-{fingerprint(*given)}"
    current = folder / "current"
    whole = all((folder / name / one).exists() for one in PACKED)
    changed = not (whole and current.is_symlink() and str(current.readlink()) == name)
    if changed and not module.check_mode:
        pack(module, folder, name, b"".join(word + b"\n" for word in words(*given)))
    module.exit_json(changed=changed)


def pack(module: AnsibleModule, folder: Path, name: str, listed: bytes) -> None:
    """Pack the list and make it the current one; remove the others and what a killed run left."""
    folder.mkdir(mode=0o755, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=folder))
    work.chmod(0o755)
    module.run_command([PACKER, str(work / "words")], data=listed, binary_data=True, check_rc=True)
    for one in PACKED:
        (work / one).chmod(0o644)
    shutil.rmtree(folder / name, ignore_errors=True)
    work.rename(folder / name)
    link = folder / f"{name}.link"
    link.unlink(missing_ok=True)
    link.symlink_to(name)
    link.replace(folder / "current")
    for other in folder.iterdir():
        if other.is_symlink() and other.name != "current":
            other.unlink()
        elif other.is_dir() and not other.is_symlink() and other.name != name:
            shutil.rmtree(other)


if __name__ == "__main__":
    main()
