# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the groups of hosts.yml must be, which needs no host to be asked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..parsing.problems import Problem
from . import schema

FILE = "hosts.yml"
SETTINGS = "group_vars/all/mail.yml"
GROUPS = ("directory", "mx", "store")
OPTIONAL = ("webmail", "backup")
# A second directory would stay empty, and mail on a second store would be neither archived nor deleted.
SINGLE = ("directory", "store")


def check_hosts(groups: Mapping[str, Sequence[str]], targets: Sequence[Mapping[str, Any]]) -> list[Problem]:
    """Return what is wrong with the groups (hosts by group) and with where backups go."""
    there = listed(groups)
    problems = [
        Problem(FILE, 0, group, "group_missing", group, there) for group in GROUPS if not groups.get(group)
    ]
    problems += [
        Problem(FILE, 0, group, "group_empty", group, there)
        for group in OPTIONAL
        if group in groups and not groups[group]
    ]
    problems += [
        Problem(FILE, 0, group, "group_single", group, ", ".join(groups[group]))
        for group in SINGLE
        if len(groups.get(group, ())) > 1
    ]
    if not groups.get("webmail"):
        problems.append(Problem(FILE, 0, "webmail", "webmail_none"))
    problems += data_as_hosts({host for hosts in groups.values() for host in hosts}, FILE)
    return problems + _check_backups(groups, targets)


def data_as_hosts(hosts: Iterable[str], place: str) -> list[Problem]:
    """Return that rows of data became hosts.

    Ansible takes every file of a folder given with ``-i`` for an inventory, unless told otherwise.
    """
    rows = sorted(host for host in hosts if "," in host)
    return [Problem(place, 0, "", "inventory_rows", row) for row in rows[:1]]


def listed(groups: Mapping[str, Sequence[str]]) -> str:
    """Return the groups with their hosts in one line."""
    named = {group: hosts for group, hosts in groups.items() if hosts and group not in ("all", "ungrouped")}
    return "; ".join(f"{group}: {', '.join(hosts)}" for group, hosts in sorted(named.items())) or "-"


def account_host(groups: Mapping[str, Sequence[str]], hostname: str | None) -> str | None:
    """Return where passwords are changed if the site does not say: the first web host, by its DNS name.

    ``hostname`` is the name that users connect to, and stands in for a host without such a name.
    """
    named = (host for host in groups.get("webmail", ())[:1] if re.fullmatch(schema.DOMAIN, host))
    return next(named, hostname)


def _check_backups(
    groups: Mapping[str, Sequence[str]], targets: Sequence[Mapping[str, Any]]
) -> list[Problem]:
    keepers = groups.get("backup", ())
    labels = Counter(
        [*(host.partition(".")[0] for host in keepers), *(target["label"] for target in targets)]
    )
    problems = [
        Problem(SETTINGS, 0, "mail_backup_targets", "backup_label", label)
        for label, times in labels.items()
        if times > 1
    ]
    if not keepers:
        problems += [
            Problem(SETTINGS, 0, "mail_backup_targets", "backup_unkept", target["label"])
            for target in targets
            if target["kept"]
        ]
    if not labels:
        problems.append(Problem(FILE, 0, "backup", "backup_none"))
    own = {host for group in GROUPS for host in groups.get(group, ())}
    return problems + [Problem(FILE, 0, "backup", "backup_own", host) for host in keepers if host in own]
