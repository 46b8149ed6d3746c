"""The audit log of a host, as the project itself reads it."""

from __future__ import annotations

from ansible_collections.congvu.mail.plugins.module_utils.host.audit import LOG, AuditLine, parse
from ansible_collections.congvu.mail.plugins.module_utils.host.lines import Reading

from .lab import Lab

AUDIT = str(LOG)


def logged(lab: Lab, host: str) -> list[AuditLine]:
    """Return what a host has on record, without lines that cannot be read."""
    return list(Reading(lab.read_file(host, AUDIT), parse))
