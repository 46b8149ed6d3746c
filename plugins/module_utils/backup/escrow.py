# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The escrow of a mail host: all that opens its backups, sealed to keys that no host has.

Clear, it is JSON: ``{"host", "passphrase", "key", "targets": [{"label", "repository", "host_key", "key"}]}``.
Each repository has a key of its own (borg 1.4); `key` is that of the first target.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..host import files
from .borgmatic import Repository
from .targets import BorgError, Target

AGE = "/usr/bin/age"


def clear(host: str, passphrase: str, targets: Sequence[Target], keys: Mapping[str, str]) -> str:
    """Return what is sealed. Every target has its key by its label, or it is not worth a seal (KeyError)."""
    listed = [
        {
            **{"label": one.label, "repository": one.repository, "host_key": one.host_key},
            "key": keys[one.label],
        }
        for one in targets
    ]
    said = {"host": host, "passphrase": passphrase, "key": listed[0]["key"], "targets": listed}
    return json.dumps(said, indent=1) + "\n"


def fetch_keys(config: Path, folder: Path, labels: Sequence[str], anew: Sequence[str]) -> dict[str, str]:
    """Return the key of each repository; it is asked for once, and again for those named in `anew`."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for label in labels:
        if label in anew or not (folder / label).exists():
            key = Repository(config, label).borg("key", "export", "::")
            if not key.startswith("BORG_KEY "):
                raise BorgError(f"{label}: no key was exported")
            files.write(folder / label, key.encode(), 0o600)
    return {label: (folder / label).read_text(encoding="ascii") for label in labels}


def seal(text: str, recipients: Sequence[str], path: Path) -> bool:
    """Seal the text to `path`, if it or the recipients are others than before; say whether they were."""
    before = path.with_suffix(".sha256")
    digest = hashlib.sha256("\n".join([*recipients, text]).encode()).hexdigest().encode()
    if path.exists() and files.read_or_none(before) == digest:
        return False
    options = [word for recipient in recipients for word in ("--recipient", recipient)]
    done = subprocess.run(  # noqa: S603 - a fixed program, what is secret goes by its input
        [AGE, "--encrypt", "--armor", *options], input=text.encode(), capture_output=True, check=False
    )
    if done.returncode:
        raise BorgError(f"age: {done.stderr.decode(errors='replace').strip()}")
    files.write(path, done.stdout, 0o600)
    files.write(before, digest, 0o600)
    return True
