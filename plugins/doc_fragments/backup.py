# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the modules share that bring something back from a backup."""

from __future__ import annotations


class ModuleDocFragment:
    """Which backup, of which target, and on whose request."""

    DOCUMENTATION = r"""
options:
  target:
    description: Label of the target of backups; the first one when empty.
    type: str
    default: ""
  at:
    description:
      - The newest backup until then is taken. A day (its end) or a time, Vietnamese unless it says otherwise,
        or the name of an archive. The newest of all when empty.
    type: str
    default: ""
  mail_root:
    description: Folder of the mailboxes.
    type: path
    default: /srv/mail
  reference:
    description: Number of the request or incident, which is recorded in the audit log.
    type: str
    required: true
requirements: [borgbackup]
"""
