# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Iterable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from ansible_collections.congvu.mail.plugins.module_utils.accounts.desired import Account
from ansible_collections.congvu.mail.plugins.module_utils.clock import today
from ansible_collections.congvu.mail.plugins.module_utils.importing.mailexports import KINDS, read_export
from ansible_collections.congvu.mail.plugins.module_utils.importing.oldhashes import (
    import_hashes,
    old_passwords,
)
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.calendar import (
    overdue,
    overdue_problems,
    parse_calendar,
)
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import (
    Problem,
    as_line,
    as_text,
    errors,
)
from ansible_collections.congvu.mail.plugins.module_utils.register.rows import FILE as REGISTER_FILE
from ansible_collections.congvu.mail.plugins.module_utils.roster.units import parse_date
from ansible_collections.congvu.mail.plugins.module_utils.site.revisions import uncommitted
from ansible_collections.congvu.mail.plugins.module_utils.site.site import Site, site_accounts
from ansible_collections.congvu.mail.plugins.plugin_utils.action import RefusedError, SiteAction, display

REVIEWED = (REGISTER_FILE, "roster")  # what somebody else has seen, where the site is in Git
# What the host needs of the options; the accounts, with their passwords, go in a file.
SENT = ("suffix", "operators", "change_limit", "by")


class ActionModule(SiteAction):
    """Makes the accounts from roster and register, and sends them to the directory host once."""

    options = {
        "suffix": {"type": "str", "required": True},
        "operators": {"type": "list", "elements": "str", "required": True},
        "change_limit": {"type": "int"},
        "passwords": {"type": "path"},
        "adopt": {"type": "str", "choices": list(KINDS)},
        "passwords_change_by": {"type": "str"},
        "calendar": {"type": "dict", "default": {}},
        "by": {"type": "str"},
        "uncommitted": {"type": "bool", "default": False},
    }

    def act_on(self, site: Site, given: dict[str, Any]) -> dict[str, Any]:
        day = today()
        accounts, problems = site_accounts(site, day)
        calendar, found = parse_calendar(given["calendar"])
        remarks = [] if given["uncommitted"] else _check_committed(site)
        problems = sorted({*problems, *found, *errors(remarks)})
        if problems or site.regulation is None:
            raise RefusedError(problems=problems)
        for problem in remarks:
            display.warning(as_line(problem, self.language))
        self._import_hashes(accounts, given, day)
        term = site.regulation.lifecycle.create_working_days
        waiting = partial(overdue, with_mailbox=(), count=term, calendar=calendar, today=day)
        late = {one.person.person_id for one in waiting(site.roster.people.values())[0]}
        for account in accounts if late else ():
            if account["id"] in late:
                account["late"] = True
        folder = self._make_tmp_path()
        try:
            sent = {name: given[name] for name in SENT}
            sent["accounts"] = self._send(accounts, folder)
            sent["register"] = self._put(site.folder / REGISTER_FILE, folder)
            done = self.on_host("mailboxes_apply", sent)
        finally:
            self._remove_tmp_path(folder)
        # The host knows who is new.
        new = [site.roster.people[person_id] for person_id in done.get("late", ())]
        for problem in overdue_problems(*waiting(new)):
            display.warning(as_text([problem], self.language).strip())
        return done

    def _import_hashes(self, accounts: list[Account], given: dict[str, Any], day: date) -> None:
        """Let new accounts keep the passwords of an older system, if its export is given."""
        if given["passwords"] is None:
            return
        change_by = parse_date(given["passwords_change_by"] or "")
        if given["adopt"] is None or change_by is None or change_by < day:
            raise RefusedError(
                "with passwords=FILE say what wrote the file (adopt=zimbra, mdaemon or csv), and by which "
                "day, from today on, these passwords have to be changed (passwords_change_by=YYYY-MM-DD)"
            )
        boxes, problems = read_export(Path(given["passwords"]), given["adopt"])
        if not boxes:
            raise RefusedError(problems=problems)
        if problems:
            self.show_problems(problems)
        import_hashes(accounts, old_passwords(boxes), change_by)

    def _send(self, accounts: Iterable[Account], folder: str) -> str:
        """Put the accounts beside the module, as compressed JSON lines, and return the file on the host.

        Not among its arguments: Ansible writes those to the host's syslog, and sends them back with the
        result.
        """
        with tempfile.TemporaryDirectory() as local:
            file = Path(local, "accounts.jsonl.gz")
            with gzip.open(file, "wt", compresslevel=1, encoding="utf-8") as lines:
                lines.writelines(json.dumps(account, ensure_ascii=False) + "\n" for account in accounts)
            return self._put(file, folder)

    def _put(self, file: Path, folder: str) -> str:
        """Put a file into a folder of the host for the module to read, and return it there."""
        remote: str = self._connection._shell.join_path(folder, file.name)
        self._transfer_file(str(file), remote)
        self._fixup_perms2((folder, remote))
        return remote


def _check_committed(site: Site) -> list[Problem]:
    """Refuse files that nobody can have reviewed; warn where Git does not keep the site at all."""
    found = uncommitted(site.folder, REVIEWED)
    outside = [Problem(REGISTER_FILE, 0, "", "outside_git", "", found.why)] if found.why else []
    return [*outside, *found.problems, *(Problem(file, 0, "", "uncommitted") for file in found.files)]
