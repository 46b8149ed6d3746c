"""What people do about their passwords."""

from __future__ import annotations

import dataclasses

from lab.access import own_password

from .lab import Account, Lab
from .ldap import SUCCESS, Ldap


def first_change(lab: Lab, account: Account) -> Account:
    """Replace a first password as its owner does, over ldaps; return the account with the new one."""
    changed = dataclasses.replace(account, password=own_password())
    with Ldap(lab) as session:
        assert session.bind(account.dn, account.password) == SUCCESS
        assert session.change_password(account.password, changed.password) == SUCCESS
    return changed
