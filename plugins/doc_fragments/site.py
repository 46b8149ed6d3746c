# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the modules share that work on a site: its inventory, its roster and its register."""

from __future__ import annotations


class ModuleDocFragment:
    """The site of the play's inventory, and the report on it."""

    DOCUMENTATION = r"""
options: {}
notes:
  - It runs on the controller and reads the site that the inventory of the play belongs to, or the folder that
    the variable C(mail_site_dir) names.
  - With any error of the site it shows all problems, each with file, row, column and what would be right, and
    changes nothing. The variable C(mail_language), V(vi) or V(en), says in which language.
requirements: [Unidecode on the controller]
"""

    REPORT = r"""
options:
  report:
    description: Form of the report; V(markdown) is for the comment on a merge request.
    type: str
    choices: [text, json, markdown]
    default: text
  report_file:
    description:
      - File on the controller that the report is written to as well, in check mode too. One in Markdown is
        cut to what a comment may hold; the whole stands beside it as text, with C(.txt) behind the name.
    type: path
"""
