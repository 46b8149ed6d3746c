# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the modules share that print secrets on sheets."""

from __future__ import annotations


class ModuleDocFragment:
    """The key that opens, and the folder of the sheets."""

    DOCUMENTATION = r"""
options:
  identity:
    description: File on the controller with the private key (age), not protected by a passphrase.
    type: path
    required: true
  output:
    description:
      - Folder on the controller for the sheets. It must be new or empty, closed to others, and nothing that
        Git would take up.
    type: path
    required: true
  organization:
    description: Whose mail it is, as it stands at the head of a sheet.
    type: str
    required: true
notes:
  - What it opens is clear on the controller only, never on a host.
  - It does not fail where it refuses. Of a task that has secrets (C(no_log)) Ansible would hide the reason,
    so RV(refused) has it, and the play has to fail on it.
requirements: [pyrage on the controller]
"""
