# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the modules share that change a service's files."""

from __future__ import annotations


class ModuleDocFragment:
    """What has to follow a change."""

    DOCUMENTATION = r"""
options:
  restart:
    description: Services to be restarted after a change, by M(congvu.mail.services).
    type: list
    elements: str
    default: []
  reload:
    description: Services to be reloaded after a change, by M(congvu.mail.services).
    type: list
    elements: str
    default: []
"""
