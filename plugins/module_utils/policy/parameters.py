# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Further settings of a program: ``postfix_parameters`` and the like.

They are written as the program's file has them, and refused where the role sets them itself, in whatever
branch of its template, and where they would disclose passwords or mail, or weaken a check.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from .fields import Say
from .schema import PARAMETERS

# Codes of problems: why nobody may set a parameter that the role leaves alone.
DISCLOSES, WEAKENS = "parameter_discloses", "parameter_weakens"


class Form(NamedTuple):
    """Where templates of a role set things: how a setting begins, its line, and the words for flags.

    ``refused`` says of what nobody may set why.
    """

    templates: tuple[str, ...]
    setting: str
    line: str
    refused: Mapping[str, str]
    flags: tuple[str, str] = ("no", "yes")


_POSTFIX = {
    "debug_peer_list": DISCLOSES,  # all that a client says goes to the log
    **dict.fromkeys(("always_bcc", "sender_bcc_maps", "recipient_bcc_maps"), DISCLOSES),
    "smtpd_upstream_proxy_protocol": WEAKENS,  # whoever connects names the client that it speaks for
    # Mail that nothing scans, or that goes elsewhere for it.
    **dict.fromkeys(("smtpd_milter_maps", "receive_override_options"), WEAKENS),
    **dict.fromkeys(("content_filter", "smtpd_proxy_filter"), DISCLOSES),
    # A letter that smuggles another one in (CVE-2023-51764).
    **dict.fromkeys(("smtpd_forbid_bare_newline", "smtpd_forbid_bare_newline_exclusions"), WEAKENS),
}
_DOVECOT = {
    **dict.fromkeys(("auth_debug_passwords", "auth_verbose_passwords"), DISCLOSES),
    **dict.fromkeys(("rawlog_dir", "submission_relay_rawlog_dir", "lmtp_proxy_rawlog_dir"), DISCLOSES),
    "login_proxy_rawlog_dir": DISCLOSES,
    "auth_policy_server_url": DISCLOSES,  # who logs in from where, with a hash of the password
    # Every mailbox belongs to one system user: a path in a folder's name would open another's.
    "mail_full_filesystem_access": DISCLOSES,
    **dict.fromkeys(("login_trusted_networks", "haproxy_trusted_networks"), WEAKENS),
    **dict.fromkeys(("auth_master_user_separator", "auth_allow_weak_schemes", "doveadm_password"), WEAKENS),
}
_SLAPD = {
    "allow": WEAKENS,  # anonymous binds and updates
    "localssf": WEAKENS,
    "rootpw": WEAKENS,  # a password that no rule of access holds
    **dict.fromkeys(("authz-policy", "authid-rewrite"), WEAKENS),  # acting as somebody else
}
_RSPAMD = {
    "cores_dir": DISCLOSES,  # memory, and the mail in it
    "control_socket": WEAKENS,
    "filters": WEAKENS,
    # Other names of what the role sets: local_addrs, task_timeout.
    **dict.fromkeys(("local_networks", "check_timeout"), WEAKENS),
}

FORMS = {
    # postconf(5): a parameter at the beginning of a line; master(5): or of one service, where that of the
    # site would be the others'.
    "postfix": Form(
        ("main.cf.j2", "master.cf.j2"),
        r"^(?:\s+-o (?:\{ )?)?([a-z]\w*) *=",
        "{key} = {value}",
        _POSTFIX,
    ),
    # doveconf(1): a setting or a block, also inside of one, where it would be another's default.
    "dovecot": Form(("dovecot.conf.j2",), r"^\s*([a-z]\w*)(?: *=| [^={]*\{)", "{key} = {value}", _DOVECOT),
    # slapd.conf(5): a keyword, in any case of letters; before the first database.
    "directory": Form(
        ("slapd.conf.j2",), r"^([A-Za-z][\w-]*)(?:\s|$)", "{key} {value}", _SLAPD, ("off", "on")
    ),
    # Rspamd's section `options`: a setting, or a section in it.
    "rspamd": Form(
        ("local.d/options.inc.j2", "override.d/options.inc.j2"),
        r"^([a-z]\w*) *[={]",
        "{key} = {value};",
        _RSPAMD,
        ("false", "true"),
    ),
}


def parse_parameters(role: str, given: object, say: Say) -> dict[str, object]:
    """Return the parameters, as their type has them; other values and what nobody may set are reported."""
    name = f"{role}_parameters"
    values = PARAMETERS[name].parse(given, name, say)
    if not isinstance(values, dict):
        return {}
    for key in values:
        code = FORMS[role].refused.get(key.lower())
        if code:
            say(code, f"{name}.{key}", key, role)
    return values


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
