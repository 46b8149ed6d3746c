"""Accounts for the tests: as they should be, and as the directory holds them."""

from __future__ import annotations

from ansible_collections.congvu.mail.plugins.module_utils.accounts import entries
from ansible_collections.congvu.mail.plugins.module_utils.accounts.plan import ExistingAccount

SUFFIX = "dc=gialai,dc=gov,dc=vn"


def account(identity, address=None, *aliases, kind="person", unit="cntt.stttt", status="active", **other):
    primary = f"{address or identity.lower()}@gialai.gov.vn"
    further = [f"{alias}@gialai.gov.vn" for alias in aliases]
    return {
        "kind": kind,
        "id": identity,
        "address": primary,
        "addresses": sorted([primary, *further]),
        "name": "Trần Đình Nguyên",
        "surname": "Trần" if kind == "person" else "",
        "given": "Nguyên" if kind == "person" else "",
        "title": "",
        "unit": unit,
        "quota_mib": 2048,
        "status": status,
        "contact": "stttt@gialai.gov.vn",
        "tokens": "",
    } | other


def directory(*accounts):
    """Hold the accounts as `directory.Directory.accounts` returns them."""
    return {
        (one["kind"], one["id"]): ExistingAccount(
            entries.account_dn(one["kind"], one["id"], SUFFIX), entries.managed(one)
        )
        for one in accounts
    }
