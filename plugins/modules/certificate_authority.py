#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: certificate_authority
short_description: Make the internal CA, and sign with it
version_added: 0.1.0
description:
  - Makes the key and the certificate of the internal CA if there are none. The key is made on the host and
    never leaves it.
  - With O(request) it also signs. The names are those given here; nothing but the public key is taken from
    the request.
options:
  path:
    description: Folder that holds C(ca.key) and C(ca.crt). It must be there.
    type: path
    required: true
  common_name:
    description: Common name of the CA. It matters only when the CA is made.
    type: str
    required: true
  request:
    description: Certificate request in PEM, as M(congvu.mail.certificate_request) returns it.
    type: str
  name:
    description: Name of the host, the common name of the certificate.
    type: str
  names:
    description: Further DNS names.
    type: list
    elements: str
    default: []
  addresses:
    description: IP addresses.
    type: list
    elements: str
    default: []
  days:
    description: How long the certificate is good.
    type: int
    default: 390
requirements: [python3-cryptography on the host]
author: congvu.mail contributors (@congvu)
attributes:
  check_mode:
    support: full
    details: Nothing is made, signed or returned that was not there.
  diff_mode:
    support: none
    details: Keys and certificates are not shown.
extends_documentation_fragment:
  - congvu.mail.attributes
"""

EXAMPLES = r"""
- name: Make the internal CA
  congvu.mail.certificate_authority:
    path: /etc/congvu/ca
    common_name: Internal CA of mail.gialai.gov.vn
"""

RETURN = r"""
authority:
  description: Certificate of the CA in PEM; empty in check mode while there is none.
  type: str
  returned: always
certificate:
  description: The signed certificate in PEM; empty without O(request) and in check mode.
  type: str
  returned: always
"""

from datetime import UTC, datetime
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

try:
    from ansible_collections.congvu.mail.plugins.module_utils.host import files, pki

    MISSING = ""
except ImportError as error:
    MISSING = str(error)

FOLDER_MODE = 0o700


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "path": {"type": "path", "required": True},
            "common_name": {"type": "str", "required": True},
            "request": {"type": "str"},
            "name": {"type": "str"},
            "names": {"type": "list", "elements": "str", "default": []},
            "addresses": {"type": "list", "elements": "str", "default": []},
            "days": {"type": "int", "default": 390},
        },
        required_by={"request": ["name"]},
        supports_check_mode=True,
    )
    if MISSING:
        module.fail_json(msg=missing_required_lib("python3-cryptography"), exception=MISSING)
    given = module.params
    now = datetime.now(UTC)
    key_file, authority_file = Path(given["path"], "ca.key"), Path(given["path"], "ca.crt")
    key, authority = files.read_or_none(key_file), files.read_or_none(authority_file)

    due = key is None or authority is None or pki.authority_due(authority, now)
    folder = Path(given["path"])
    shut = folder.is_dir() and folder.stat().st_mode & 0o777 == FOLDER_MODE
    changed = due or bool(given["request"]) or not shut
    if module.check_mode:
        module.exit_json(changed=changed, authority=(authority or b"").decode(), certificate="")
    if not shut:
        folder.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        folder.mkdir(exist_ok=True)
        folder.chmod(FOLDER_MODE)
    if key is None:
        key = pki.new_key()
        files.write(key_file, key, mode=0o600)
    if authority is None or due:
        authority = pki.new_authority(key, given["common_name"], now)
        files.write(authority_file, authority, mode=0o644)
    certificate = b""
    if given["request"]:
        names = pki.Names(given["name"], given["names"], given["addresses"])
        certificate = pki.sign(given["request"].encode(), names, authority, key, now, given["days"])
    module.exit_json(changed=changed, authority=authority.decode(), certificate=certificate.decode())


if __name__ == "__main__":
    main()
