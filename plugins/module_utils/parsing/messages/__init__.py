# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The sentences of every problem, in Vietnamese and English: what is wrong, and the fix."""

from __future__ import annotations

from .addresses import ADDRESSES, REGISTER
from .command import COMMAND
from .files import FILES, YAML
from .gitops import OWNERS
from .inventory import INVENTORY
from .lists import IMPORT
from .patterns import PATTERNS, STAGES
from .reorganisation import RESTRUCTURE
from .roster import CHECKS, PEOPLE, UNITS
from .text import LANGUAGES, Text

__all__ = ["LANGUAGES", "TEXTS", "Text"]

TEXTS: dict[str, Text] = {
    **FILES,
    **YAML,
    **UNITS,
    **PEOPLE,
    **CHECKS,
    **ADDRESSES,
    **REGISTER,
    **PATTERNS,
    **STAGES,
    **INVENTORY,
    **COMMAND,
    **OWNERS,
    **IMPORT,
    **RESTRUCTURE,
}
