"""What people do about their passwords, and where a password may have been spilled."""

from __future__ import annotations

import dataclasses
import secrets
from pathlib import Path

from lab.access import own_password

from .lab import Account, Lab
from .ldap import SUCCESS, Ldap
from .waiting import wait_for

# Says where on this host a text is in clear. It comes by standard input and never stands on a command line.
# grep exits 1 where it finds nothing, which is what is wanted, and 2 for a file that went away meanwhile:
# what counts is what it prints.
SPILLED = """
journalctl --sync
read -r text
if journalctl --quiet --no-pager --output=cat | grep -qF -f <(printf '%s\\n' "$text"); then echo journal; fi
grep -rlF -f <(printf '%s\\n' "$text") /root /tmp /var/tmp /var/log /var/lib/congvu 2>/dev/null || true
"""


def first_change(lab: Lab, account: Account) -> Account:
    """Replace a first password as its owner does, over ldaps; return the account with the new one.

    After refusals the directory answers late: then the owner tries again.
    """
    changed = dataclasses.replace(account, password=own_password())
    with Ldap(lab) as session:
        wait_for("the password is taken", lambda: session.bind(account.dn, account.password) == SUCCESS)
        assert session.change_password(account.password, changed.password) == SUCCESS
    return changed


def spilled(lab: Lab, secret: str) -> set[tuple[str, str]]:
    """Return where a text is in clear (host, place); a mark left on purpose proves that the search finds."""
    mark = secrets.token_hex(8)
    found = set()
    for host in lab.every_host:
        lab.run(host, "logger", mark)
        assert "journal" in lab.run(host, "bash", "-c", SPILLED, stdin=f"{mark}\n".encode()).split("\n")
        places = lab.run(host, "bash", "-c", SPILLED, stdin=f"{secret}\n".encode()).splitlines()
        found |= {(host, place) for place in places}
    controller = [Path.home() / ".ansible", *Path("/tmp").glob("ansible*")]
    for file in (file for folder in controller for file in folder.rglob("*") if file.is_file()):
        if secret.encode() in file.read_bytes():
            found.add(("controller", str(file)))
    return found
