#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: certificate_pair
short_description: Install a certificate and key that were made elsewhere
version_added: 0.1.0
description:
  - Refuses a key that does not belong to the certificate, one that needs a passphrase, and a certificate that
    is not valid today or does not name the host; nothing is written then.
options:
  certificate:
    description: File of the certificate.
    type: path
    required: true
  key:
    description: File of the private key.
    type: path
    required: true
  certificate_content:
    description: The certificate and its chain in PEM, leaf first.
    type: str
    required: true
  key_content:
    description: The private key in PEM, without passphrase.
    type: str
    required: true
  group:
    description: Group that may read the key.
    type: str
    required: true
  names:
    description: Names that the certificate must cover.
    type: list
    elements: str
    required: true
requirements: [python3-cryptography on the host]
author: congvu.mail contributors (@congvu)
attributes:
  check_mode:
    support: full
    details: The pair is looked at.
  diff_mode:
    support: none
    details: Keys and certificates are not shown.
extends_documentation_fragment:
  - congvu.mail.attributes
  - congvu.mail.services
"""

EXAMPLES = r"""
- name: Install the certificate that mail clients see
  congvu.mail.certificate_pair:
    certificate: /etc/congvu/tls/public.crt
    key: /etc/congvu/tls/public.key
    certificate_content: "{{ lookup('ansible.builtin.file', 'mail.gialai.gov.vn.pem') }}"
    key_content: "{{ lookup('ansible.builtin.file', 'mail.gialai.gov.vn.key') }}"
    group: ssl-cert
    names: [mail.gialai.gov.vn]
"""

RETURN = r""" # """

import grp
from datetime import UTC, datetime
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

try:
    from ansible_collections.congvu.mail.plugins.module_utils.host import files, pending, pki

    MISSING = ""
except ImportError as error:
    MISSING = str(error)


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "certificate": {"type": "path", "required": True},
            "key": {"type": "path", "required": True, "no_log": False},
            "certificate_content": {"type": "str", "required": True},
            "key_content": {"type": "str", "required": True, "no_log": True},
            "group": {"type": "str", "required": True},
            "names": {"type": "list", "elements": "str", "required": True},
            "restart": {"type": "list", "elements": "str", "default": []},
            "reload": {"type": "list", "elements": "str", "default": []},
        },
        supports_check_mode=True,
    )
    if MISSING:
        module.fail_json(msg=missing_required_lib("python3-cryptography"), exception=MISSING)
    given = module.params
    certificate, key = (
        given["certificate_content"].strip().encode() + b"\n",
        given["key_content"].strip().encode() + b"\n",
    )
    now = datetime.now(UTC)
    problems = pki.pair_problems(certificate, key, given["names"], now)
    if problems:
        module.fail_json(msg="The certificate for mail clients is refused: " + "; ".join(problems) + ".")

    certificate_file, key_file = Path(given["certificate"]), Path(given["key"])
    changed = (files.read_or_none(certificate_file), files.read_or_none(key_file)) != (certificate, key)
    if changed and not module.check_mode:
        pending.begin(pending.names(given["restart"], given["reload"], []))
        files.write(key_file, key, mode=0o640, group=grp.getgrnam(given["group"]).gr_gid)
        files.write(certificate_file, certificate, mode=0o644)
    module.exit_json(changed=changed)


if __name__ == "__main__":
    main()
