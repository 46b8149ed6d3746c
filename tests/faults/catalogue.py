"""Which faults there are, and which of them the reduced drill takes."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from tests.faults.backups import RepositoryDamaged, TargetFull, TargetGone
from tests.faults.faults import (
    ClockJump,
    DirectoryReadOnly,
    DiskFull,
    DnsGone,
    Fault,
    HostKilled,
    Kill,
    Reinstalled,
    SlowDisk,
    TmpfsFull,
    ValkeyLost,
)
from tests.faults.runs import CertificateReplaced, MailboxesKilled, SiteKilled, Stage

DAEMONS: list[Fault] = [
    Kill("postfix", "master"),
    Kill("postfix", "postscreen"),
    Kill("postfix", "smtpd"),
    Kill("postfix", "cleanup"),
    Kill("postfix", "qmgr"),
    Kill("postfix", "trivial-rewrite"),
    Kill("postfix", "proxymap"),
    Kill("postfix", "lmtp"),
    Kill("postfix", "smtp"),
    Kill("postfix", "tlsmgr"),
    Kill("postfix", "anvil"),
    Kill("dovecot", "dovecot"),
    Kill("dovecot", "anvil"),
    Kill("dovecot", "auth"),
    Kill("dovecot", "config"),
    Kill("dovecot", "lmtp"),
    Kill("dovecot", "log"),
    Kill("dovecot", "stats"),
    Kill("dovecot", "submission"),
    Kill("dovecot", "submission-logi"),
    Kill("rspamd", "rspamd", "main process"),
    Kill("rspamd", "rspamd", "rspamd_proxy process"),
    Kill("rspamd", "rspamd", "controller process"),
    Kill("clamav-daemon", "clamd"),
    Kill("slapd", "slapd"),
    Kill("valkey-server", "valkey-server"),
]

FILE_SYSTEMS: list[Fault] = [
    DiskFull("/var/spool/postfix", ("postfix", "dovecot", "rspamd")),
    DiskFull("/var/lib/postfix", ("postfix",)),
    DiskFull("/srv/mail", ("dovecot",)),
    DiskFull("/var/lib/ldap", ("slapd",)),
    DiskFull("/var/lib/rspamd", ("rspamd",)),
    DiskFull("/var/lib/valkey", ("valkey-server",)),
    # A container has its journal in memory, on a file system of its own.
    DiskFull("/var/log/congvu", ()),
    TmpfsFull("/var/log/journal"),
    TmpfsFull("/tmp"),
    TmpfsFull("/run"),
]
ENVIRONMENT: list[Fault] = [
    HostKilled(),
    DirectoryReadOnly(),
    DnsGone(silent=False),
    DnsGone(silent=True),
    ValkeyLost(),
    SlowDisk(),
]
CLOCKS: list[Fault] = [ClockJump(unit) for unit in ("postfix", "dovecot", "clamav-daemon")]
PACKAGES: list[Fault] = [
    Reinstalled("postfix", "'postfix*'"),
    Reinstalled("dovecot", "'dovecot-*'"),
    Reinstalled("rspamd", "rspamd"),
    Reinstalled("clamav", "'clamav*' 'libclamav*'"),
    Reinstalled("slapd", "slapd slapd-contrib 'libldap*' ldap-utils"),
    Reinstalled("valkey", "'valkey-*'"),
]
BACKUPS: list[Fault] = [
    TargetGone(killed=False),
    TargetGone(killed=True),
    TargetFull(),
    RepositoryDamaged(),
]
# So many runs are killed before one may end.
ON_END = 5


def full(stages: Sequence[Stage], *, backups: bool) -> list[Fault]:
    """Return every fault, those of backups if there are any; runs of site.yml are killed in each stage."""
    return [
        *(*DAEMONS, *FILE_SYSTEMS, *ENVIRONMENT, *CLOCKS, *PACKAGES),
        *(BACKUPS if backups else ()),
        *(SiteKilled(stages[first : first + ON_END]) for first in range(0, len(stages), ON_END)),
        *(MailboxesKilled(), CertificateReplaced()),
    ]


def reduced(random: Random) -> list[Fault]:
    """Return what can be struck in some minutes: some daemons, and one fault of most other kinds."""
    return [
        *random.sample(DAEMONS, 5),
        *random.sample(FILE_SYSTEMS[:4], 1),
        *random.sample(CLOCKS, 1),
        HostKilled(),
        DirectoryReadOnly(),
        ValkeyLost(),
        DnsGone(silent=True),
        MailboxesKilled(),
    ]
