# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""First passwords on paper: opened with the operator's key, rendered, and put where only he reads them."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyrage
from ansible_collections.congvu.mail.plugins.module_utils.first_passwords.sealing import Issued
from ansible_collections.congvu.mail.plugins.module_utils.first_passwords.sheets import Bundle, parse_issued
from ansible_collections.congvu.mail.plugins.module_utils.host import files
from ansible_collections.congvu.mail.plugins.module_utils.policy.regulation import Regulation
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

TEMPLATES = Path(__file__).parents[2] / "playbooks" / "templates"
TEMPLATE = "handout.html.j2"
SECRET_KEY = "AGE-SECRET-KEY-"  # noqa: S105  how every line with a key begins
# How a key that is itself encrypted begins: binary and armoured.
PROTECTED = ("age-encryption.org/", "-----BEGIN AGE ENCRYPTED FILE-----")


class PrintingError(Exception):
    """Nothing was written; the text says what the operator has to do."""


@dataclass(frozen=True)
class Letterhead:
    """What every sheet of a site says."""

    organization: str
    hostname: str
    regulation: Regulation
    address: str  # of the support, or empty
    phone: str
    account_host: str  # where passwords are changed, or empty


def read_identity(path: Path) -> list[pyrage.x25519.Identity]:
    """Read the operator's private keys, as age-keygen writes them."""
    try:
        text = path.expanduser().read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise PrintingError(f"{path}: {error.strerror}") from error
    if text.startswith(PROTECTED):
        raise PrintingError(
            f"{path} is protected by a passphrase, which cannot be asked for here: decrypt it first "
            f"(age --decrypt {path} > FILE, in a folder in memory such as /dev/shm), and give that file"
        )
    keys = [line.strip() for line in text.splitlines() if line.strip().startswith(SECRET_KEY)]
    try:
        identities = [pyrage.x25519.Identity.from_str(key) for key in keys]
    except pyrage.IdentityError as error:
        raise PrintingError(f"{path} holds a private key (age) that is damaged") from error
    if not identities:
        raise PrintingError(f"{path} holds no private key (age): no line begins with {SECRET_KEY}")
    return identities


def opened(sealed: Iterable[str], identities: list[pyrage.x25519.Identity]) -> list[Issued]:
    """Open what these keys open. An operator who came later has no key to older files.

    What cannot be read is skipped like what does not open: whose it is is told (`Handout.unknown`).
    """
    found: list[Issued] = []
    for content in sealed:
        try:
            found += parse_issued(pyrage.decrypt(content.encode(), identities))[0]
        except pyrage.DecryptError:
            continue
    return found


def opened_escrow(
    host: str, sealed: str, identities: list[pyrage.x25519.Identity], identity: Path
) -> dict[str, Any]:
    """Open the escrow of a host's backups, and return what it says (`backup.escrow`)."""
    try:
        clear = pyrage.decrypt(sealed.encode(), identities)
    except pyrage.DecryptError as error:
        raise PrintingError(
            f"{identity} does not open the escrow of {host}: it is not for this key"
        ) from error
    said: dict[str, Any] = json.loads(clear)
    if said["host"] != host:
        raise PrintingError(f"what was taken for the escrow of {host} is that of {said['host']}")
    return said


def check_output(folder: Path) -> None:
    """Refuse a folder that others read, or with files of an earlier run: their passwords may be no good."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise PrintingError(f"{folder} is no folder")
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        raise PrintingError(f"{folder} is open to others: chmod 700 it, or name a new folder")
    if any(folder.iterdir()):
        raise PrintingError(f"{folder} has files in it already: remove them, or name a new folder")


def check_git(folder: Path, names: list[str]) -> None:
    """Refuse files that Git would take up with the next `git add`."""
    folder = folder.absolute()
    there = next(path for path in (folder, *folder.parents) if path.is_dir()).resolve()
    if not any((path / ".git").exists() for path in (there, *there.parents)):
        return
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    paths = "".join(f"{folder / name}\0" for name in names)
    command = ["git", "-C", str(there), "check-ignore", "-z", "--stdin"]
    try:
        done = subprocess.run(  # noqa: S603  fixed words and a folder
            command, input=paths, env=environment, text=True, capture_output=True, check=False
        )
    except OSError as error:
        raise PrintingError(
            f"{folder} is in a Git work tree, and git is missing: name another folder"
        ) from error
    if done.stdout.count("\0") < len(names):
        raise PrintingError(
            f"{folder} is in a Git work tree, which must never have passwords: name another folder"
        )


def template(name: str = TEMPLATE) -> Template:
    """Load a template, by default that of one unit's file.

    What it shows is escaped; a missing variable is a fault.
    """
    loader = FileSystemLoader(TEMPLATES)
    return Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).get_template(name)


def rendered(bundles: Iterable[Bundle], head: Letterhead, today: date) -> Mapping[str, str]:
    """Return the text of each unit's file by its name."""
    form = template()
    return {bundle.file: form.render(bundle=bundle, head=head, today=today) for bundle in bundles}


def write(folder: Path, texts: Mapping[str, str]) -> None:
    """Write the files, which only their owner reads, into a folder that only its owner enters."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, text in texts.items():
        files.write(folder / name, text.encode(), 0o600)
