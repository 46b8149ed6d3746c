# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A host, or its directory, put back from a backup, in steps that a killed run leaves done or not done.

While it goes on, MARKER lies on the host: `site.yml` keeps its doors closed, no backup is taken of it and no
daily pass runs, because a host without its accounts would answer "no such user", and lose mail for good.
"""

from __future__ import annotations

import grp
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from .. import clock
from ..backup.targets import BackupArchive
from ..host import audit, files
from . import mailbox, slapd
from .repository import Repository
from .selection import RestoreError, choose, local, merged_log

MARKER = Path("/etc/congvu/restoring.json")
WORK = Path("/var/lib/congvu-restore")  # what the consistent snapshot holds, until it is in its places
SNAPSHOT = "var/lib/congvu/backup/point"
KEYS = "etc/congvu"
LOG = "var/log/congvu/audit.jsonl"
# What the new host has of its own, and what has a step of its own.
NOT_COPIED = (f"{KEYS}/backup", f"{KEYS}/restoring.json", "var/lib/congvu/backup", LOG)
CHATTR = Path("/usr/bin/chattr")
SPOOL = Path("/var/spool/postfix")
# Of the queue all is put on hold but what a program of the host handed in and Postfix has not read yet, and
# what it noted of failed deliveries.
QUEUES = {name: name for name in ("maildrop", "bounce", "defer", "trace")}
VALKEY = Path("/var/lib/valkey/dump.rdb")
TAKEN_OVER = ("incoming", "active", "deferred", "hold")  # mail that somebody was told 250 for
MAILBOXES = "s[0-9][0-9]/[pu]/[0-9a-f][0-9a-f]/*"
SERVICES = ("postfix", "dovecot", "rspamd", "valkey-server", "slapd")
TIMERS = "congvu-*.timer"
RUN_BY_THEMSELVES = (TIMERS, "congvu-*.service", "borgmatic.*")


@dataclass(frozen=True)
class State:
    """What is being restored; MARKER holds it. `done`: names of steps."""

    what: str  # host or directory
    archive: BackupArchive
    target: str
    reference: str
    started: str  # ISO 8601
    done: tuple[str, ...] = ()
    found: dict[str, int] = field(default_factory=dict)  # what the steps counted

    @classmethod
    def read(cls, marker: Path = MARKER) -> tuple[State | None, list[str]]:
        """Return what is going on, if anything, or what is wrong with the marker."""
        return files.read_json(marker, cls._parse)

    @classmethod
    def _parse(cls, read: dict[str, Any]) -> State:
        taken = datetime.fromisoformat(read["archive"]["taken"])
        archive = BackupArchive(read["archive"]["name"], taken)
        return cls(**read | {"archive": archive, "done": tuple(read["done"])})

    def write(self, marker: Path = MARKER) -> None:
        """Put it on disk, for root alone."""
        marker.parent.mkdir(mode=0o755, exist_ok=True)
        archive = {"name": self.archive.name, "taken": self.archive.time.isoformat()}
        text = json.dumps(asdict(self) | {"archive": archive}, ensure_ascii=False)
        files.write(marker, (text + "\n").encode(), 0o600)

    def after(self, step: str, **counted: int) -> State:
        """Return it with one more step done."""
        return replace(self, done=(*self.done, step), found=self.found | counted)


def _ongoing() -> State | None:
    """Return what is being restored. Raises RestoreError where the marker does not say."""
    state, problems = State.read()
    if problems:
        raise RestoreError(f"what is being restored is not known: {'; '.join(problems)}")
    return state


def check_host(what: str, mail_root: Path) -> State | None:
    """Return what is being restored, or None where it may begin.

    Raises RestoreError where the host is in use, or something else is being restored.
    """
    going_on = _ongoing()
    if going_on and going_on.what != what:
        raise RestoreError(
            f"the restore of the {going_on.what} with reference {going_on.reference} is not finished: "
            f"finish it with what={going_on.what}"
        )
    if what == "host" and not going_on:
        _refuse_a_host_in_use(mail_root)
    return going_on


def begin(
    repository: Repository,
    what: str,
    at: str,
    reference: str,
    who: str,
    mail_root: Path,
    *,
    check: bool = False,
) -> tuple[State, bool]:
    """Choose the archive and write the marker; go on where there is one. Say whether it is a new restore.

    With `check` nothing is written. Raises RestoreError as `look` does, and where there is no such backup.
    """
    going_on = check_host(what, mail_root)
    found = repository.archives()
    archive = choose(found, at, repository.host, repository.target.label)
    if going_on:
        if at and archive != going_on.archive:
            raise RestoreError(
                f"a restore of {going_on.archive.name} is not finished: finish it, without at="
            )
        return going_on, False
    started = clock.now().isoformat()
    state = State(what, archive, repository.target.label, reference, started)
    if check:
        return state, True
    state.write()
    audit.LOG.parent.mkdir(mode=0o700, exist_ok=True)
    audit.record(f"{what}-restore-begun", "", reference, f"{archive.name}, of {state.target}", who)
    return state, True


def require_begun(what: str) -> State:
    """Return the restore that was begun. Raises RestoreError where there is none."""
    state = _ongoing()
    if state is None or state.what != what:
        raise RestoreError(f"no restore of the {what} was begun on this host")
    return state


def restore_keys(repository: Repository, state: State) -> State:
    """Put keys and certificates in place, before any role would make new ones."""
    if "keys" in state.done:
        return state
    for name in sorted(repository.groups(state.archive, KEYS)):
        _group(name)
    repository.extract(state.archive, Path("/"), [KEYS], exclude=_patterns(NOT_COPIED))
    return _done(state, "keys")


class Steps:
    """What is done on a host that the roles have set up, with nothing of it running."""

    def __init__(self, repository: Repository, state: State, mail_root: Path) -> None:
        """Do nothing yet."""
        self.repository, self.state, self.mail_root = repository, state, mail_root
        self.broken: list[str] = []

    def run(self) -> State:
        """Do what is not done yet, and start everything but the mail exchanger."""
        stop()
        steps: dict[str, Callable[[], dict[str, int]]] = {
            "files": self._files,
            "point": self._snapshot,
            "log": self._log,
            "directory": self._directory,
            "memory": self._valkey,
            "queue": self._queue,
            "indexes": self._indexes,
        }
        of_directory = ("point", "directory")
        for name, step in steps.items():
            if name not in self.state.done and (self.state.what == "host" or name in of_directory):
                self.state = _done(self.state, name, **step())
        start(service for service in SERVICES if service != "postfix")
        return self.state

    def _files(self) -> dict[str, int]:
        """Extract mail, archives, what programs remember, and keys once more: their owners have names now."""
        self.repository.extract(self.state.archive, Path("/"), exclude=_patterns(NOT_COPIED))
        return {}

    def _snapshot(self) -> dict[str, int]:
        shutil.rmtree(WORK, ignore_errors=True)
        WORK.mkdir(mode=0o700)
        parts = len(Path(SNAPSHOT).parts)
        if not self.repository.extract(self.state.archive, WORK, [SNAPSHOT], strip=parts):
            raise RestoreError(f"{self.state.archive.name} has no {SNAPSHOT}: take another (at=)")
        if self.state.what == "directory" and not (WORK / "directory.ldif").exists():
            raise RestoreError(f"{self.state.archive.name} has no directory: the host had none")
        return {}

    def _log(self) -> dict[str, int]:
        """Put the old audit log before what was written here since."""
        old = WORK / "log"
        old.mkdir(mode=0o700, exist_ok=True)
        if self.repository.extract(self.state.archive, old, [LOG], strip=len(Path(LOG).parts) - 1):
            text = merged_log((old / Path(LOG).name).read_bytes(), files.read_or_none(audit.LOG) or b"")
            if CHATTR.exists():
                # What may only grow cannot be exchanged. Role lifecycle sets the attribute again; where it
                # cannot be taken off it was not set either.
                subprocess.run([CHATTR, "-a", audit.LOG], capture_output=True, check=False)  # noqa: S603
            files.write(audit.LOG, text, 0o600)
        return {}

    def _directory(self) -> dict[str, int]:
        ldif = WORK / "directory.ldif"
        if not ldif.exists():
            return {}
        count, kept = slapd.load(ldif)
        if kept and self.state.what == "host":
            shutil.rmtree(kept)  # the empty one of a new host
        return {"entries": count}

    def _valkey(self) -> dict[str, int]:
        """Give Rspamd what it learned and remembers."""
        saved = WORK / "valkey.rdb"
        if saved.exists():
            draft = VALKEY.with_name(".restored")
            shutil.copyfile(saved, draft)
            shutil.chown(draft, "valkey", "valkey")
            draft.chmod(0o660)
            draft.replace(VALKEY)
        return {}

    def _queue(self) -> dict[str, int]:
        """Put mail that was on its way on hold: some of it has arrived since."""
        saved = WORK / "queue"
        if not saved.is_dir():
            return {}
        for name in {"hold", *QUEUES.values()}:
            for left in [path for path in (SPOOL / name).rglob("*") if path.is_file()]:
                left.unlink()  # of a run that was killed here: this host has taken no mail yet
        counted = dict.fromkeys(("held", "submitted"), 0)
        for folder in sorted(path for path in saved.iterdir() if path.is_dir()):
            to = QUEUES.get(folder.name, "hold")
            for path in folder.iterdir():
                placed = SPOOL / to / path.name
                shutil.copy2(path, placed)
                shutil.chown(placed, "postfix", "postfix")
                counted["held"] += to == "hold"
                counted["submitted"] += to == "maildrop"
        # Names each file after its place on this disk, if Postfix wants that, and sorts them.
        _checked("/usr/sbin/postsuper", "-s")
        return counted

    def _indexes(self) -> dict[str, int]:
        """Let Dovecot compare indexes with message files: they are of two moments."""
        homes = sorted(path for path in self.mail_root.glob(MAILBOXES) if (path / "mail").is_dir())
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            self.broken = [said for said in pool.map(_resynced, homes) if said]
        return {
            "mailboxes": len(homes),
            "messages": sum(1 for _ in self.mail_root.glob(f"{MAILBOXES}/**/u.*")),
        }


def complete(state: State, who: str) -> str:
    """Write down what was done, take the marker away and start what was stopped."""
    counted = ", ".join(f"{number} {name}" for name, number in state.found.items())
    took = clock.now() - datetime.fromisoformat(state.started)
    text = f"{state.archive.name}, of {state.target}: {counted or 'nothing to count'}, in {took}"
    audit.record(f"{state.what}-restored", "", state.reference, text, who)
    shutil.rmtree(WORK, ignore_errors=True)
    MARKER.unlink(missing_ok=True)
    start(SERVICES)
    _checked("/usr/bin/systemctl", "start", "--all", TIMERS)
    return text


def lost_window(state: State) -> str:
    """Say what time is lost."""
    return f"backup of {local(state.archive.time)} in Vietnam: what came or changed later is not in it"


def stop() -> None:
    """Stop all that mail goes through, and what runs by itself."""
    _checked("/usr/bin/systemctl", "stop", *RUN_BY_THEMSELVES)
    for service in SERVICES:
        if _is_loaded(service):
            _checked("/usr/bin/systemctl", "stop", service)


def start(services: Iterable[str]) -> None:
    """Start what is there of these, the directory first."""
    for service in reversed(list(services)):
        if _is_loaded(service):
            _checked("/usr/bin/systemctl", "start", service)


def _refuse_a_host_in_use(mail_root: Path) -> None:
    found = next(mail_root.glob(MAILBOXES), None) or next(_queued(), None)
    accounts = 0 if found else slapd.accounts()
    if found or accounts:
        has = f"mail ({found})" if found else f"{accounts} accounts"
        raise RestoreError(
            f"this host has {has}: a whole host is restored onto a new one. Mail is brought back into "
            "mailboxes in use with what=mailbox, the directory with what=directory"
        )


def _queued() -> Iterator[Path]:
    for name in TAKEN_OVER:
        yield from (path for path in (SPOOL / name).rglob("*") if path.is_file())


def _resynced(home: Path) -> str:
    """Return what was wrong with a mailbox, or nothing."""
    try:
        mailbox.resync(home)
    except RestoreError as error:
        return str(error)
    return ""


def _done(state: State, step: str, **counted: int) -> State:
    state = state.after(step, **counted)
    state.write()
    return state


def _group(name: str) -> None:
    """Make a group whose package comes later: owners of files are restored by name."""
    try:
        grp.getgrnam(name)
    except KeyError:
        _checked("/usr/sbin/groupadd", "--system", name)


def _patterns(paths: Sequence[str]) -> list[str]:
    return [f"pp:{path}" for path in paths]


def _is_loaded(service: str) -> bool:
    return _checked("/usr/bin/systemctl", "show", "-p", "LoadState", "--value", service).strip() == "loaded"


def _checked(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed programs
    if done.returncode:
        raise RestoreError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout
