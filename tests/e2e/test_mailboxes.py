"""The bulk module as an operator uses it: `playbooks/mailboxes.yml` on a site, from outside."""

from __future__ import annotations

import secrets
from pathlib import Path

from .support.ansible import playbook
from .support.directory import Directory
from .support.imap import arrived, open_mailbox
from .support.lab import INVENTORY, Lab
from .support.letters import STRANGER, letter
from .support.passwords import first_change
from .support.sites import Newcomer, Site
from .support.smtp import send

# Says where on this host a text is in clear. It comes by standard input and never stands on a command line.
# grep exits 1 where it finds nothing, which is what is wanted, and 2 for a file that went away meanwhile:
# what counts is what it prints.
SPILLED = """
journalctl --sync
read -r text
if journalctl --quiet --no-pager --output=cat | grep -qF -f <(printf '%s\\n' "$text"); then echo journal; fi
grep -rlF -f <(printf '%s\\n' "$text") /root /tmp /var/tmp /var/log /var/lib/congvu 2>/dev/null || true
"""


def test_a_second_run_changes_nothing(directory: Directory) -> None:
    assert playbook("mailboxes", INVENTORY).code == 0
    before = directory.snapshot()
    again = playbook("mailboxes", INVENTORY)
    assert (again.code, again.changed) == (0, 0), again.said
    assert directory.snapshot() == before


def test_a_broken_roster_is_refused_before_anything_changes(directory: Directory, site_copy: Site) -> None:
    site_copy.hire(birth_date="31/02/1990")
    before = directory.snapshot()
    run = playbook("mailboxes", site_copy.path)
    assert run.code != 0
    assert site_copy.people_file.name in run.said
    assert "31/02/1990" in run.said
    assert directory.snapshot() == before


def test_a_stale_register_is_refused_before_anything_changes(directory: Directory, site_copy: Site) -> None:
    """The roster has somebody whom the committed register does not know yet."""
    person_id = site_copy.hire()
    register = (site_copy.path / "register.csv").read_bytes()
    before = directory.snapshot()
    run = playbook("mailboxes", site_copy.path)
    assert run.code != 0
    assert "register.yml" in run.said
    assert person_id in run.said
    assert directory.snapshot() == before
    assert (site_copy.path / "register.csv").read_bytes() == register


def test_a_new_officer_gets_a_mailbox_and_nobody_else_their_password(
    lab: Lab, directory: Directory, newcomer: Newcomer
) -> None:
    newcomer.register()
    site = newcomer.site.path
    before = directory.snapshot()

    plan = playbook("mailboxes", site, "--check", "--diff")
    assert plan.code == 0, plan.said
    assert plan.changed == 1
    assert newcomer.address in plan.said
    assert directory.snapshot() == before

    made = playbook("mailboxes", site, "--diff", "-vvv")
    assert made.code == 0, made.said
    after = directory.snapshot()
    (added,) = set(after) - set(before)
    assert {dn: after[dn] for dn in before} == before
    assert after[added]["mail"] == [newcomer.address]
    assert playbook("mailboxes", site).changed == 0

    account = newcomer.unsealed()
    assert (account.address, account.dn) == (newcomer.address, added)
    message = letter(STRANGER, account.address)
    assert send(lab, message).accepted
    changed = first_change(lab, account)
    arrived(lab, changed, message)
    with open_mailbox(lab, changed) as mailbox:
        assert mailbox.quota()[1] == int(after[added]["cvQuota"][0]) * 1024

    assert account.password not in made.said
    assert spilled(lab, account.password) == set()


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
