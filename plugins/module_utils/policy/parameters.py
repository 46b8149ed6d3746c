# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Further settings of a program: ``postfix_parameters`` and the like.

They are written as the program's file has them, and refused where the role sets them itself, in whatever
branch of its template.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class Form(NamedTuple):
    """Where templates of a role set things: how a setting begins, its line, and the words for flags."""

    templates: tuple[str, ...]
    setting: str
    line: str
    flags: tuple[str, str] = ("no", "yes")


FORMS = {
    # postconf(5): a parameter at the beginning of a line.
    "postfix": Form(("main.cf.j2",), r"^([a-z]\w*) *=", "{key} = {value}"),
    # doveconf(1): a setting or a block, also inside of one, where it would be another's default.
    "dovecot": Form(("dovecot.conf.j2",), r"^\s*([a-z]\w*)(?: *=| [^={]*\{)", "{key} = {value}"),
    # slapd.conf(5): a keyword, in any case of letters; before the first database.
    "directory": Form(("slapd.conf.j2",), r"^([A-Za-z][\w-]*)[ \t]", "{key} {value}", ("off", "on")),
    # Rspamd's section `options`: a setting, or a section in it.
    "rspamd": Form(
        ("local.d/options.inc.j2", "override.d/options.inc.j2"),
        r"^([a-z]\w*) *[={]",
        "{key} = {value};",
        ("false", "true"),
    ),
}


def rendered(role: str, parameters: Mapping[str, object]) -> str:
    """Return the lines for the role's file."""
    form = FORMS[role]
    return "".join(
        form.line.format(key=key, value=form.flags[value] if isinstance(value, bool) else value) + "\n"
        for key, value in sorted(parameters.items())
    )


def taken(role: str, parameters: Mapping[str, object], roles: Path) -> dict[str, str]:
    """Return which of the parameters the role's templates set, with the role's variables that govern each.

    Where none does, it is the role's own choice, and its file is named. ``roles`` is the folder of all roles.
    """
    found: dict[str, str] = {}
    for name in FORMS[role].templates:
        file = roles / role / "templates" / name
        for key, governed in _set_in(role, parameters, file.read_text(encoding="utf-8")).items():
            found[key] = governed or f"roles/{role}/templates/{name}"
    return found


def _set_in(role: str, parameters: Mapping[str, object], template: str) -> dict[str, str]:
    found: dict[str, str] = {}
    given = {key.lower(): key for key in parameters}
    starts = list(re.finditer(FORMS[role].setting, template, re.MULTILINE))
    for start, after in zip(starts, [*starts[1:], None], strict=True):
        key = given.get(start[1].lower())
        if key is not None and not found.get(key):
            text = template[start.start() : after.start() if after else None]
            text = re.split(r"{% *(?:if|elif|else|endif)", text)[0]  # the branch of what comes next
            found[key] = ", ".join(sorted(set(re.findall(rf"(?<!\w){role}_\w+", text))))
    return found
