#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: certificate_request
short_description: Make a host's key, and a request when its certificate is due
version_added: 0.1.0
description:
  - Makes the private key on the host if there is none, or one that is not on P-256. It never leaves the host.
  - Returns a certificate request when the certificate is missing, about to end, by another CA, or for other
    names.
options:
  key:
    description: File of the private key.
    type: path
    required: true
  certificate:
    description: File of the certificate. It is only read.
    type: path
    required: true
  authority:
    description: Certificate of the internal CA in PEM; empty in check mode while there is none.
    type: str
    required: true
  group:
    description: Group that may read the key.
    type: str
    required: true
  name:
    description: Name of the host, the common name of the certificate.
    type: str
    required: true
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
  renew_days:
    description: A certificate with fewer days left is due.
    type: int
    default: 90
requirements: [python3-cryptography on the host]
author: congvu.mail contributors (@congvu)
attributes:
  check_mode:
    support: full
    details: No key is made.
  diff_mode:
    support: none
    details: Keys and certificates are not shown.
extends_documentation_fragment:
  - congvu.mail.attributes
"""

EXAMPLES = r"""
- name: Make the host's key and ask for a certificate
  congvu.mail.certificate_request:
    key: /etc/congvu/tls/host.key
    certificate: /etc/congvu/tls/host.crt
    authority: "{{ ca.authority }}"
    group: ssl-cert
    name: mail.gialai.gov.vn
  register: asked
"""

RETURN = r"""
due:
  description: Why a certificate is needed; empty when it is not.
  type: str
  returned: always
request:
  description: The request in PEM; empty when none is due, and in check mode.
  type: str
  returned: always
"""

import grp
from datetime import UTC, datetime
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

try:
    from ansible_collections.congvu.mail.plugins.module_utils.host import files, pki

    MISSING = ""
except ImportError as error:
    MISSING = str(error)


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "key": {"type": "path", "required": True, "no_log": False},
            "certificate": {"type": "path", "required": True},
            "authority": {"type": "str", "required": True},
            "group": {"type": "str", "required": True},
            "name": {"type": "str", "required": True},
            "names": {"type": "list", "elements": "str", "default": []},
            "addresses": {"type": "list", "elements": "str", "default": []},
            "renew_days": {"type": "int", "default": 90},
        },
        supports_check_mode=True,
    )
    if MISSING:
        module.fail_json(msg=missing_required_lib("python3-cryptography"), exception=MISSING)
    given = module.params
    names = pki.Names(given["name"], given["names"], given["addresses"])
    key_file = Path(given["key"])
    key = files.read_or_none(key_file)
    if key is not None and not pki.is_own(key):
        key = None
    if key is None or not given["authority"]:
        due = "there is none"
    else:
        certificate = files.read_or_none(Path(given["certificate"]))
        now = datetime.now(UTC)
        due = pki.why_due(certificate, key, given["authority"].encode(), names, now, given["renew_days"])

    request = b""
    if due and not module.check_mode:
        if key is None:
            key = pki.new_key()
            files.write(key_file, key, mode=0o640, group=grp.getgrnam(given["group"]).gr_gid)
        request = pki.new_request(key, names)
    module.exit_json(changed=bool(due), due=due, request=request.decode())


if __name__ == "__main__":
    main()
