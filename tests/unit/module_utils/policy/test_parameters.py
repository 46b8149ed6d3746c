"""Further settings of a program: what the role sets itself is refused, in any branch of its template."""

from __future__ import annotations

import re

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.policy.parameters import (
    DISCLOSES,
    FORMS,
    WEAKENS,
    rendered,
    taken,
)
from ansible_collections.congvu.mail.plugins.module_utils.policy.policy import read_policy

from tests.support.samples import GROUPS, ROOT, VARIABLES, gialai

ROLES = ROOT / "roles"


@pytest.mark.parametrize(
    ("role", "key", "governed"),
    [
        ("postfix", "message_size_limit", "postfix_message_size_mib"),
        ("postfix", "relayhost", "postfix_relayhost"),  # only in a branch
        ("postfix", "lmtp_tls_security_level", "roles/postfix/templates/main.cf.j2"),
        ("postfix", "smtpd_tls_wrappermode", "roles/postfix/templates/master.cf.j2"),  # of one service
        ("dovecot", "auth_allow_cleartext", "roles/dovecot/templates/dovecot.conf.j2"),
        ("dovecot", "ldap_filter", "roles/dovecot/templates/dovecot.conf.j2"),  # only inside of blocks
        ("dovecot", "passdb", "roles/dovecot/templates/dovecot.conf.j2"),
        ("dovecot", "hostname", "dovecot_hostname"),
        ("directory", "LOGLEVEL", "roles/directory/templates/slapd.conf.j2"),
        ("directory", "access", "directory_store_hosts"),
        ("directory", "ppolicy_hash_cleartext", "roles/directory/templates/slapd.conf.j2"),  # has no value
        ("rspamd", "max_message", "rspamd_message_size_mib"),
        ("rspamd", "dns", "roles/rspamd/templates/local.d/options.inc.j2"),
        ("rspamd", "local_addrs", "roles/rspamd/templates/override.d/options.inc.j2"),
    ],
)
def test_what_the_role_sets_is_refused_with_what_governs_it(role, key, governed):
    assert governed in taken(role, {key: "x", "other": 1}, ROLES)[key]
    assert taken(role, {"other": 1}, ROLES) == {}


@pytest.mark.parametrize("role", FORMS)
def test_every_setting_of_the_template_is_found(role):
    """By another way: no line that looks like a setting is passed over."""
    ends = "(?: |$)" if role == "directory" else r"\s*[={]"
    text = "\n".join((ROLES / role / "templates" / name).read_text() for name in FORMS[role].templates)
    keys = set(re.findall(rf"(?m)^([A-Za-z][A-Za-z_-]*){ends}", text))
    assert len(keys) > 3
    assert set(taken(role, dict.fromkeys(keys, 1), ROLES)) == keys


def test_lines_are_as_the_program_has_them():
    assert rendered("postfix", {"b": True, "a": 7}) == "a = 7\nb = yes\n"
    assert rendered("directory", {"threads": 32, "gentlehup": True}) == "gentlehup on\nthreads 32\n"
    assert rendered("rspamd", {"dns_max_requests": 32}) == "dns_max_requests = 32;\n"


@pytest.mark.parametrize(
    ("role", "key", "code"),
    [
        ("dovecot", "auth_debug_passwords", DISCLOSES),
        ("dovecot", "login_trusted_networks", WEAKENS),
        ("postfix", "debug_peer_list", DISCLOSES),
        ("postfix", "receive_override_options", WEAKENS),
        ("rspamd", "local_networks", WEAKENS),  # the other name of one that the role sets
        ("directory", "localSSF", WEAKENS),  # a keyword in any case of letters
        ("rspamd", "control_socket", WEAKENS),
    ],
)
def test_what_discloses_or_weakens_is_refused_with_the_reason(role, key, code):
    name = f"{role}_parameters"
    _, problems = read_policy({**VARIABLES, "regulation": gialai(), name: {key: "x"}}, GROUPS)
    assert [(problem.column, problem.code) for problem in problems] == [(f"{name}.{key}", code)]
    assert all(name in problem.fix(language) for problem in problems for language in ("vi", "en"))


@pytest.mark.parametrize("role", FORMS)
def test_no_parameter_is_refused_twice(role):
    """What the role sets itself needs no reason of its own; keys are compared in small letters."""
    refused = FORMS[role].refused
    assert taken(role, refused, ROLES) == {}
    assert [key.lower() for key in refused] == list(refused)
