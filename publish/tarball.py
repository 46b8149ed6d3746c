"""The tarball of a commit, the same bytes every time.

`ansible-galaxy collection build` writes it from what `git archive` gives, by the list in galaxy.yml; what
depends on the day and the machine is taken out afterwards (docs/decisions/tarball.md).
"""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path

from . import PublishError
from .repository import commit_time, extract

GALAXY = Path(sys.executable).with_name("ansible-galaxy")


def build(root: Path, commit: str, folder: Path) -> Path:
    """Write the tarball of ``commit`` into ``folder`` in one step, and return its path."""
    with tempfile.TemporaryDirectory(prefix="congvu-tarball-") as name:
        source, built = Path(name, "source"), Path(name, "built")
        source.mkdir()
        extract(root, commit, source)
        done = subprocess.run(  # noqa: S603
            [GALAXY, "collection", "build", "--output-path", built, source],
            cwd=name,
            env={key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")}
            | {"ANSIBLE_HOME": name},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise PublishError(f"ansible-galaxy collection build: {done.stderr.strip()}")
        (tarball,) = built.iterdir()
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / tarball.name
        part = target.with_name(f".{target.name}.part")
        part.write_bytes(reproducible(tarball.read_bytes(), commit_time(root, commit)))
        return part.replace(target)


def reproducible(data: bytes, epoch: int) -> bytes:
    """Return a gzipped tar with the same files, all of one time (seconds), and no trace of its making."""
    out = BytesIO()
    with (
        tarfile.open(fileobj=BytesIO(data)) as old,
        gzip.GzipFile(filename="", mode="wb", fileobj=out, compresslevel=9, mtime=epoch) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as new,
    ):
        for member in sorted(old.getmembers(), key=lambda member: member.name):
            member.mtime = epoch
            member.pax_headers = {}
            new.addfile(member, old.extractfile(member) if member.isfile() else None)
    return out.getvalue()


def digest(tarball: Path) -> str:
    """Return the SHA-256 of a file, as hexadecimal digits."""
    return hashlib.sha256(tarball.read_bytes()).hexdigest()
