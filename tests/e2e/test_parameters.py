"""Further settings of a site, on the programs themselves: what is refused exists, what is wrong is refused.

The proof is the role's own, of a copy of what the host has; the services go on as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from ansible_collections.congvu.mail.plugins.module_utils.policy.parameters import FORMS, rendered, taken
from jinja2 import Environment

from tests.support.lab import ROOT, Lab

ROLES = ROOT / "roles"
GROUPS = {"postfix": "mx", "dovecot": "store", "directory": "directory", "rspamd": "mx"}
SERVICES = {"directory": "slapd"}
COPY = "/tmp/congvu-parameters"  # on the host, removed again
# Where the role's file stands, and what prints the settings of a copy in `COPY`.
FILES = {
    "postfix": "/etc/postfix/main.cf",
    "dovecot": "/etc/dovecot/dovecot.conf",
    "directory": "/etc/ldap/slapd.conf",
    "rspamd": "/etc/rspamd/local.d/options.inc",
}
# What is harmless, and how it reads where it has taken effect; what is wrong; the word that is said of that.
CASES = [
    ("postfix", {"smtp_helo_timeout": "61s"}, "smtp_helo_timeout = 61s", {}, ""),
    ("postfix", {}, "", {"smtp_helo_timout": "61s"}, "unused parameter: smtp_helo_timout"),
    ("postfix", {}, "", {"smtp_helo_timeout": "soon"}, "smtp_helo_timeout = soon: the default is 300s"),
    ("postfix", {}, "", {"qmgr_message_active_limit": "many"}, "the default is 20000"),
    ("postfix", {}, "", {"smtpd_peername_lookup": "maybe"}, "the default is yes"),
    ("dovecot", {"imap_idle_notify_interval": "3 mins"}, "imap_idle_notify_interval = 3 mins", {}, ""),
    ("dovecot", {}, "", {"imap_idle_notify_intervall": "3 mins"}, "Unknown setting"),
    ("dovecot", {}, "", {"imap_idle_notify_interval": "soon"}, "Invalid time interval: soon"),
    ("directory", {"threads": 12}, "olcThreads: 12", {}, ""),
    ("directory", {}, "", {"thread": 12}, "unknown directive <thread>"),
    ("directory", {}, "", {"threads": "many"}, 'unable to parse "many" as int'),
    ("rspamd", {"dns_max_requests": 31}, "dns_max_requests = 31;", {}, ""),
    ("rspamd", {}, "", {"dns_max_reqests": 31}, "Rspamd knows no option dns_max_reqests"),
    ("rspamd", {}, "", {"dns_max_requests": "many"}, "cannot convert string to integer"),
]
SHOWN = {
    "postfix": f"MAIL_CONFIG={COPY} postconf -n",
    "dovecot": f"doveconf -n -c {COPY}/dovecot.conf",
    "directory": f"cd {COPY} && mkdir d && slaptest -n 0 -f slapd.conf -F d && cat d/cn=config.ldif",
    "rspamd": f"rspamadm --var=LOCAL_CONFDIR={COPY} configdump options",
}
# Asked of a key: whether the program knows it. Prints nothing where it does.
KNOWN = {
    "postfix": "postconf -d {keys} 2>&1 >/dev/null",
    "dovecot": "for key in {keys}; do printf 'dovecot_config_version = 2.4.0\n"
    "dovecot_storage_version = 2.4.0\n%s = x\n' $key >{copy}/dovecot.conf; "
    "doveconf -n -c {copy}/dovecot.conf 2>&1 | grep 'Unknown setting'; done",
    "directory": "for key in {keys}; do echo $key >{copy}/slapd.conf; "
    "slaptest -u -f {copy}/slapd.conf 2>&1 | grep 'unknown directive'; done",
    "rspamd": "for key in {keys}; do rspamadm confighelp options.$key 2>/dev/null | "
    "grep -q '^Configuration element' || echo $key; done",
}


def prove(role: str, parameters: dict[str, object]) -> str:
    """The command with which the role proves its file, of the copy."""
    tasks = yaml.safe_load((ROLES / role / "tasks/configure.yml").read_text(encoding="utf-8"))
    options = [task["congvu.mail.configuration"] for task in tasks if "congvu.mail.configuration" in task]
    name = Path(FILES[role]).name
    template = next(
        found
        for option in options
        for file in option["files"]
        if Path(file["path"]).name == name and (found := file.get("validate") or option.get("prove"))
    )
    template = template.replace("%s", f"{COPY}/{name}").replace(
        "rspamadm configtest", f"rspamadm --var=LOCAL_CONFDIR={COPY} configtest"
    )
    variables = {f"{role}_parameters": parameters, "__postfix_proof": COPY}
    return Environment(autoescape=False).from_string(template).render(variables)


def copied(role: str, parameters: dict[str, object]) -> str:
    """What copies the host's configuration, with these further settings where the role writes them."""
    file = FILES[role]
    lines = rendered(role, parameters)
    name = "local.d/options.inc" if role == "rspamd" else Path(file).name
    made = f"rm -rf {COPY}; cp -a {'/etc/rspamd' if role == 'rspamd' else Path(file).parent} {COPY}; "
    if role == "directory":
        return made + f"sed -i '/^database frontend/i {lines.strip()}' {COPY}/{name}"
    return made + f"printf '%s' '{lines}' >>{COPY}/{name}"


@pytest.fixture
def host(lab: Lab, request: pytest.FixtureRequest) -> Iterator[str]:
    host = lab.hosts[GROUPS[request.getfixturevalue("role")]][0]
    yield host
    lab.run(host, "rm", "-rf", COPY)


@pytest.mark.parametrize("role", FORMS)
def test_what_the_host_has_is_refused_all_of_it(lab: Lab, host: str, role: str) -> None:
    files = [*([FILES[role]]), *(["/etc/postfix/master.cf"] if role == "postfix" else [])]
    text = "\n".join(lab.run(host, "cat", file) for file in files)
    settings = {
        "postfix": r"(?m)^(?:\s+-o\s+(?:\{\s*)?)?([a-z0-9]\w*)\s*=",
        "dovecot": r"(?m)^([a-z]\w*)\s*[={ ]",
        "directory": r"(?m)^([A-Za-z][\w-]*)\s",
        "rspamd": r"(?m)^([a-z]\w*)\s*[={]",
    }
    keys = set(re.findall(settings[role], text))
    assert len(keys) >= 4
    assert keys - set(taken(role, dict.fromkeys(keys, 1), ROLES)) == set()


@pytest.mark.parametrize("role", FORMS)
def test_what_nobody_may_set_there_is(lab: Lab, host: str, role: str) -> None:
    keys = sorted(FORMS[role].refused)
    ask = f"mkdir -p {COPY}; " + KNOWN[role].format(copy=COPY, keys=" ".join(keys))
    assert lab.run(host, "sh", "-c", f"{ask}; true") == ""
    unknown = KNOWN[role].format(copy=COPY, keys="nosuch_thing")
    assert "nosuch_thing" in lab.run(host, "sh", "-c", f"{unknown}; true"), "else it proves nothing"


@pytest.mark.parametrize(("role", "right", "reads", "wrong", "said"), CASES)
def test_what_is_right_takes_effect_and_what_is_wrong_does_not_land(
    lab: Lab, host: str, role: str, right: dict[str, object], reads: str, wrong: dict[str, object], said: str
) -> None:
    parameters = right or wrong
    service = SERVICES.get(role, role)
    alive = ("systemctl", "show", "-p", "MainPID,ActiveState,ExecMainStartTimestamp", service)
    before = lab.run(host, *alive), lab.run(host, "sha256sum", FILES[role])
    answer = lab.run(
        host, "sh", "-c", f"{copied(role, parameters)}; ({prove(role, parameters)}) 2>&1; echo code $?"
    )
    if right:
        assert answer.endswith("code 0\n"), answer
        assert reads in lab.run(host, "sh", "-c", f"{SHOWN[role]} 2>/dev/null")
    else:
        assert not answer.endswith("code 0\n")
        assert said in answer
    assert before == (lab.run(host, *alive), lab.run(host, "sha256sum", FILES[role]))
