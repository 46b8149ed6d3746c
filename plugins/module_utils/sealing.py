# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""First passwords on their way to the operators: sealed with age to their keys, one file for a unit and run.

A file is JSON lines, `{"address", "dn", "password", "issued"}`. It is on disk before the accounts that it
opens are made: a run that is killed in between leaves a file for accounts that do not exist, never an account
whose password nobody knows. A later run seals only what it makes itself, so of several lines for one account
the one issued last is good.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from pathlib import Path

from . import entries, files, passwords
from .plan import Change

AGE = "/usr/bin/age"
Sealed = dict[str, Future[Path]]  # the file of each unit, when it is there


class SealingError(Exception):
    """The passwords could not be sealed; nothing was written for the unit."""


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
) -> tuple[Iterator[Change], Sealed]:
    """Give every new account of a plan a first password and seal it; `run` is the time in ISO 8601.

    Who has left or is closing (when a directory is built again from Git) gets none, and who brings a password
    from an older system keeps that. Returns the changes, each complete with what a new entry needs and not
    before its unit's file is there, and the files; to read on raises what stopped the file.
    """
    fresh = passwords.first_passwords()
    given: dict[str, str] = {}
    sealed: Sealed = {}
    # A province has 1,500 units, and each file waits for a process and for the disk: meanwhile the next
    # passwords are drawn, and slapd works on the accounts of units that are there.
    pool = ThreadPoolExecutor(max_workers=8)
    new = sorted((one for one in changes if one.opens() and not one.brings_password()), key=_unit)
    for unit, members in groupby(new, key=_unit):
        issued = [Issued(one.address, one.dn, next(fresh), run) for one in members]
        given |= {one.dn: one.password for one in issued}
        sealed[unit] = pool.submit(seal, folder, unit, run, issued, keys)
    # No change of the plan waits for a new account, so these go last, in the order of their files.
    changes = [*(one for one in changes if one.dn not in given), *new]
    return _complete(changes, given, sealed), sealed


def _unit(change: Change) -> str:
    return change.unit


def _complete(changes: Iterable[Change], given: Mapping[str, str], sealed: Sealed) -> Iterator[Change]:
    """Yield each change, a new account with all its attributes. This too is done while slapd works."""
    for change in changes:
        if change.account is None:
            yield change
            continue
        hashed = change_by = ""
        if change.brings_password():
            hashed, change_by = change.account["hash"], change.account["change_by"]
        elif change.dn in given:
            hashed = passwords.hashed(given[change.dn])
            sealed[change.unit].result()
        yield replace(change, after=entries.created(change.account, hashed, change_by))


def seal(folder: Path, unit: str, run: str, issued: Iterable[Issued], keys: Sequence[str]) -> Path:
    """Write one unit's passwords so that each of `keys` (age public keys) can open them, and return the file.

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
