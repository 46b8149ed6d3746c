"""All that a mail host holds and that its users and operators would miss, as it is at one moment."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ansible_collections.congvu.mail.plugins.module_utils.host.audit import AuditLine

from tests.support.audit import logged
from tests.support.lab import Lab
from tests.support.store import fetch

SLAPCAT = ("slapcat", "-f", "/etc/ldap/slapd.conf", "-o", "ldif-wrap=no")
MESSAGE = "user mailbox uid guid flags date.received.unixtime size.physical text"
FOLDER = "messages uidnext uidvalidity guid vsize"
# Names, owners, rights and digests of files that nobody could make again.
KEYS = r"""
cd /
homes='srv/mail/s[0-9][0-9]/*/*/*'
things="srv/archive $(echo etc/congvu/{ca,dkim,tls} var/lib/congvu/{sealed,notices})"
things="$things $(echo $homes/{sieve,.dovecot.sieve,mail/subscriptions})"
find $things -not -name '*.svbin' -printf '%p %u %g %m %l\n' | sort
find $things -type f -not -name '*.svbin' -exec sha256sum {} + | sort
"""


@dataclass(frozen=True)
class Picture:
    """The parts of a mail host, each in a form that can be compared."""

    messages: list[dict[str, Any]]
    folders: list[dict[str, Any]]
    quota: list[dict[str, Any]]
    directory: str
    keys: str
    memory: str


def take(lab: Lab) -> Picture:
    host = lab.hosts["store"][0]

    def doveadm(*words: str) -> list[dict[str, Any]]:
        return _sorted(json.loads(lab.run(host, "doveadm", "-f", "json", *words)))

    return Picture(
        messages=_sorted(fetch(lab, host, MESSAGE)),
        folders=doveadm("mailbox", "status", "-A", FOLDER, "*"),
        quota=doveadm("quota", "get", "-A"),
        directory=lab.run(host, *SLAPCAT),
        keys=lab.run(host, "bash", "-c", KEYS),
        memory=lab.run(host, "valkey-cli", "-s", "/run/valkey/valkey.sock", "get", "e2e"),
    )


def _sorted(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(found, key=lambda one: json.dumps(one, sort_keys=True))


def log(lab: Lab) -> list[AuditLine]:
    """Return the lines of the audit log."""
    lines: list[AuditLine] = logged(lab, lab.hosts["store"][0])
    return lines
