"""Further settings of a program: what the role sets itself is refused, in any branch of its template."""

from __future__ import annotations

import re

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.policy.parameters import FORMS, rendered, taken

from tests.support.samples import ROOT

ROLES = ROOT / "roles"


@pytest.mark.parametrize(
    ("role", "key", "governed"),
    [
        ("postfix", "message_size_limit", "postfix_message_size_mib"),
        ("postfix", "relayhost", "postfix_relayhost"),  # only in a branch
        ("postfix", "lmtp_tls_security_level", "roles/postfix/templates/main.cf.j2"),
        ("dovecot", "auth_allow_cleartext", "roles/dovecot/templates/dovecot.conf.j2"),
        ("dovecot", "ldap_filter", "roles/dovecot/templates/dovecot.conf.j2"),  # only inside of blocks
        ("dovecot", "passdb", "roles/dovecot/templates/dovecot.conf.j2"),
        ("dovecot", "hostname", "dovecot_hostname"),
        ("directory", "LOGLEVEL", "roles/directory/templates/slapd.conf.j2"),
        ("directory", "access", "directory_store_hosts"),
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
    ends = " " if role == "directory" else r"\s*[={]"
    text = "\n".join((ROLES / role / "templates" / name).read_text() for name in FORMS[role].templates)
    keys = set(re.findall(rf"(?m)^([A-Za-z][A-Za-z_-]*){ends}", text))
    assert len(keys) > 3
    assert set(taken(role, dict.fromkeys(keys, 1), ROLES)) == keys


def test_lines_are_as_the_program_has_them():
    assert rendered("postfix", {"b": True, "a": 7}) == "a = 7\nb = yes\n"
    assert rendered("directory", {"threads": 32, "gentlehup": True}) == "gentlehup on\nthreads 32\n"
    assert rendered("rspamd", {"dns_max_requests": 32}) == "dns_max_requests = 32;\n"
