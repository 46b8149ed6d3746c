# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""First passwords on their way to the operators: sealed with age to their keys, a file for an agency and run.

An agency or locality has one file of people in the roster, and one here: its departments are in it. Each unit
gets sheets of its own all the same (`sheets`).

A file is JSON lines, `{"address", "dn", "password", "issued"}`. It is on disk before the accounts that it
opens are made: a run that is killed in between leaves a file for accounts that do not exist, never an account
whose password nobody knows. A later run seals only what it makes itself, so of several lines for one account
the one issued last is good.
"""

from __future__ import annotations

import json
import subprocess
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from ..accounts import entries
from ..accounts.plan import Change
from ..host import files
from ..passwords import generation

AGE = "/usr/bin/age"
# A province has 300 agencies, and each file waits for a process and for the disk: meanwhile slapd works on
# the accounts of files that are there.
FILES_AHEAD = 8
Item = TypeVar("Item")


class SealingError(Exception):
    """The passwords could not be sealed; nothing was written for the agency."""


@dataclass(frozen=True)
class Issued:
    """A first password: for whom, and when (ISO 8601 in UTC)."""

    address: str
    dn: str
    password: str
    issued: str


def file_name(unit: str, run: str) -> str:
    """Return the name of a sealed file."""
    return f"{files.safe_name(unit)}@{run}.jsonl.age"


def issue(
    changes: Sequence[Change], folder: Path, run: str, keys: Sequence[str]
) -> tuple[Iterator[Change], list[Path]]:
    """Give every new account of a plan a first password and seal it; `run` is the time in ISO 8601.

    Who has left or is closing (when a directory is built again from Git) gets none, and who brings a password
    from an older system keeps that. Returns the changes, each complete with what a new entry needs and not
    before its agency's file is there, and the files, which grow as the changes are read; to read on raises
    what stopped a file.
    """
    new = sorted(filter(_gets_password, changes), key=_agency)
    sealed: list[Path] = []

    def complete() -> Iterator[Change]:
        # No change of the plan waits for a new account, so these go last, in the order of their files.
        yield from (_complete(one) for one in changes if not _gets_password(one))
        for members, file in _ahead(_sealing(new, folder, run, keys), FILES_AHEAD):
            sealed.append(file.result())
            yield from (_complete(change, generation.hashed(one.password)) for change, one in members)

    return complete(), sealed


def _gets_password(change: Change) -> bool:
    return change.is_usable() and not change.imports_password()


def _agency(change: Change) -> str:
    """Return the unit at the top of the account's: `stttt` of `cntt.stttt`."""
    return change.unit.rpartition(".")[2]


def _complete(change: Change, hashed: str = "") -> Change:
    """Return the change, a new account with all its attributes and the hash of its first password."""
    if change.account is None:
        return change
    change_by = ""
    if change.imports_password():
        hashed, change_by = change.account["hash"], change.account["change_by"]
    return replace(change, after=entries.created(change.account, hashed, change_by))


def _sealing(
    new: Iterable[Change], folder: Path, run: str, keys: Sequence[str]
) -> Iterator[tuple[list[tuple[Change, Issued]], Future[Path]]]:
    """Yield the new accounts of each agency with their passwords, and its file, which is being written."""
    fresh = generation.first_passwords()
    pool = ThreadPoolExecutor(max_workers=FILES_AHEAD)
    for agency, changes in groupby(new, key=_agency):
        members = [(one, Issued(one.address, one.dn, next(fresh), run)) for one in changes]
        yield members, pool.submit(seal, folder, agency, run, [one for _, one in members], keys)


def _ahead(items: Iterable[Item], count: int) -> Iterator[Item]:
    """Yield items, with `count` more already under way."""
    waiting: deque[Item] = deque()
    for item in items:
        waiting.append(item)
        if len(waiting) > count:
            yield waiting.popleft()
    yield from waiting


def seal(folder: Path, unit: str, run: str, issued: Iterable[Issued], keys: Sequence[str]) -> Path:
    """Write a unit's passwords so that each of `keys` (age public keys) can open them, and return the file.

    The clear text goes to age by its standard input: it is in no file and on no command line.
    """
    clear = "".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in issued)
    recipients = [word for key in keys for word in ("--recipient", key)]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program, and keys that it checks itself
            [AGE, "--armor", *recipients], input=clear.encode(), capture_output=True, check=False
        )
    except FileNotFoundError as error:
        raise SealingError(f"{AGE} is missing on this host: run playbooks/site.yml first") from error
    if done.returncode != 0:
        raise SealingError(f"age refused to seal: {done.stderr.decode(errors='replace').strip()}")
    path = folder / file_name(unit, run)
    files.write(path, done.stdout, mode=0o600)
    return path
