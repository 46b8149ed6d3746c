# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The program `congvu-store` of a store host: reads the directory, and does what `decisions` says.

Exit code 0: all done. 1: something was not done, and stays as it is until the next run. 2: nothing was done,
because the directory or the settings are away, or another run is at work.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec

from .. import clock
from ..accounts.directory import Certificate, Directory, DirectoryError, Write
from ..accounts.entries import Unreadable
from ..accounts.vocabulary import Attr, AuditWord
from ..host import audit, files
from ..host.doveadm import DOVEADM
from . import decisions
from .archive import ArchiveError, Store
from .decisions import StoreAccount

SETTINGS = Path("/etc/congvu/store.json")
P = ParamSpec("P")


@dataclass(frozen=True)
class Settings:
    """What the role `lifecycle` wrote for this host."""

    suffix: str
    uris: tuple[str, ...]
    mail_root: Path
    archives: Path
    keys: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> tuple[Settings | None, list[str]]:
        """Read the file, or say what is wrong with it."""
        return files.read_settings(path, cls._parse)

    @classmethod
    def _parse(cls, said: Mapping[str, Any]) -> Settings:
        return cls(
            suffix=said["suffix"],
            uris=tuple(said["uris"]),
            mail_root=Path(said["mail_root"]),
            archives=Path(said["archives"]),
            keys=tuple(said["keys"]),
        )


class Agent:
    """One run on this host.

    What goes wrong with one account, or cannot be read of it, is told and does not stop the others.
    """

    def __init__(self, settings: Settings, *, check: bool, who: str) -> None:
        """Prepare a run; nothing is read or written yet."""
        self.settings, self.check, self.who = settings, check, who
        self.failed = 0
        self._unreadable: set[Unreadable] = set()  # one run reads more than once

    def directory(self) -> Directory:
        """Connect anew: an archive may take longer than slapd keeps an idle connection."""
        return Directory(" ".join(self.settings.uris), Certificate())

    def accounts(self) -> list[StoreAccount]:
        """Read the accounts; one that cannot be made out is told, and left alone."""
        found = []
        for dn, _, values in self.directory().iter_accounts(self.settings.suffix, decisions.READ):
            account, problems = decisions.account(dn, values)
            found += [account] if account else []
            for problem in problems:
                if problem not in self._unreadable:
                    self._unreadable.add(problem)
                    self._fail(str(problem))
        return found

    def record_use(self) -> None:
        """Note who has a session open: a client that stays logged in for weeks binds only once."""
        now = clock.now()
        for account in decisions.used(self.accounts(), sessions(), now):
            self._do(account, "in use", self._write, account, {Attr.LAST_USE: [clock.generalized_time(now)]})

    def log_out(self) -> None:
        """End the sessions of who may not log in any more; that is no use."""
        for account in decisions.to_log_out(self.accounts(), sessions()):
            self._do(account, "log out", kick, account.address)

    def archive(self, mailboxes: Store) -> None:
        """Archive the mail of accounts that were disabled."""
        accounts = self.accounts()
        for account in decisions.reopened(accounts):
            self._do(
                account,
                "in use again, the archive of its former mail is no longer on record",
                self._write,
                account,
                {Attr.ARCHIVE: [], Attr.PURGED: []},
            )
        for account in decisions.to_archive(accounts):
            self._do(account, "archive", self._archive, mailboxes, account)

    def purge(self, mailboxes: Store) -> None:
        """Delete the mail of accounts whose term is over."""
        for account in decisions.to_purge(self.accounts()):
            self._do(account, "delete", self._purge, mailboxes, account)

    def _archive(self, mailboxes: Store, account: StoreAccount) -> None:
        taken = mailboxes.archive(account.address, account.mail_path, clock.now())
        self._write(account, {Attr.ARCHIVE: [taken.archive.value()]})
        text = f"{taken.messages} messages, {taken.file}, sha256 {taken.digest}"
        audit.record(AuditWord.ARCHIVE_MADE, account.address, "", text, self.who)

    def _purge(self, mailboxes: Store, before: StoreAccount) -> None:
        """Delete, if the archive holds everything and the directory still says so at this moment."""
        if before.archive is None:
            raise ArchiveError("no archive is on record")
        archived = mailboxes.proven(before.archive)
        if not decisions.covers(archived.folders, mailboxes.folders(before.mail_path)):
            # It was in use after it was archived. The next run archives what it holds now.
            self._write(before, {Attr.ARCHIVE: []})
            raise ArchiveError("mail has come in since it was archived: it is archived again first")
        # To read an archive takes minutes, and all before it hours.
        entry = self.directory().entry(before.dn, decisions.READ)
        if entry is None or decisions.account(before.dn, entry) != (before, []):
            raise ArchiveError("its entry has changed since this run began")
        mailboxes.delete(before.mail_path)
        self._write(before, {Attr.PURGED: [clock.generalized_time(clock.now())]})
        audit.record(AuditWord.MAIL_DELETED, before.address, "", f"archive {before.archive.file}", self.who)

    def _write(self, account: StoreAccount, attributes: dict[str, list[str]]) -> None:
        for failure in self.directory().apply([Write(account.dn, attributes, {})]):
            raise ArchiveError(f"slapd refused to note it ({failure.reason})")

    def _do(
        self, account: StoreAccount, what: str, step: Callable[P, None], *given: P.args, **named: P.kwargs
    ) -> None:
        """Say what is done to an account, and do it."""
        print(f"{account.address}: {what}", flush=True)
        if self.check:
            return
        try:
            step(*given, **named)
        except (ArchiveError, OSError, ValueError) as error:
            self._fail(f"{account.address}: {error}")

    def _fail(self, sentence: str) -> None:
        print(sentence, file=sys.stderr, flush=True)
        self.failed += 1


def sessions() -> set[str]:
    """Return the login names with an open session. Raises ArchiveError where Dovecot does not say."""
    return {session["username"] for session in json.loads(_doveadm("-f", "json", "who") or "[]")}


def kick(name: str) -> None:
    """End all sessions of a login name; of several at once doveadm 2.4.1 takes one and crashes.

    Raises ArchiveError where Dovecot does not do it.
    """
    _doveadm("kick", "--", name)


def _doveadm(*words: str) -> str:
    done = subprocess.run(  # noqa: S603 - no shell, and an address is no option
        [DOVEADM, *words], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ArchiveError(f"doveadm {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def snapshot(settings: Settings, address: str, mail_path: str, label: str) -> None:
    """Archive a mailbox in use, once for each label, and print what the archive holds."""
    mailboxes = Store(settings.mail_root, settings.archives, settings.keys)
    mailboxes.sweep()
    now = clock.now()
    taken = mailboxes.archive(address, mail_path, now, label)
    print(json.dumps(taken.as_dict() | {"new": taken.time == now}, ensure_ascii=False))


def main(arguments: Iterable[str] | None = None) -> int:
    """Run one verb."""
    parser = argparse.ArgumentParser(prog="congvu-store", description="What this host does about mailboxes.")
    parser.add_argument("--check", action="store_true", help="say what would be done, and do nothing")
    verbs = parser.add_subparsers(dest="verb")
    verbs.add_parser("use", help="note who has a session open")
    verbs.add_parser("archive", help="archive the mail of disabled accounts, encrypted")
    verbs.add_parser("logout", help="end the sessions of who may not log in any more")
    verbs.add_parser("purge", help="delete archived mail whose term is over")
    verbs.add_parser("before", help="use and archive: what the daily pass builds on; also without a verb")
    verbs.add_parser("after", help="logout and purge: what follows from the daily pass")
    taking = verbs.add_parser("snapshot", help="archive one mailbox in use, once for each label")
    for name in ("address", "mail-path", "label"):
        taking.add_argument(f"--{name}", required=True)
    given = parser.parse_args(list(arguments) if arguments is not None else None)
    try:
        settings, problems = Settings.read(SETTINGS)
        if settings is None:
            raise ArchiveError("; ".join(problems))
        with files.locked(settings.archives):
            if given.verb == "snapshot":
                snapshot(settings, given.address, given.mail_path, given.label)
                return 0
            return _run(given.verb or "before", Agent(settings, check=given.check, who=audit.operator()))
    except BlockingIOError:
        print("another run is at work on this host: wait for it to end", file=sys.stderr)
    except (DirectoryError, ArchiveError, OSError, ValueError, KeyError) as error:
        print(f"nothing more was done: {error}", file=sys.stderr)
    return 2


def _run(verb: str, agent: Agent) -> int:
    if verb in ("use", "before"):
        agent.record_use()
    if verb in ("logout", "after"):
        agent.log_out()
    if verb not in ("use", "logout"):
        mailboxes = Store(agent.settings.mail_root, agent.settings.archives, agent.settings.keys)
        if not agent.check:
            mailboxes.sweep()
        if verb in ("purge", "after"):
            agent.purge(mailboxes)
        else:
            agent.archive(mailboxes)
    return 1 if agent.failed else 0
