# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The directory's database put back from an LDIF: built beside the old one, then exchanged with it.

slapadd(8) keeps operational attributes as they are (entryUUID, pwdHistory, pwdChangedTime, ...), so people
log in with the passwords they had. A file that slapd refuses costs nothing: the old database is still there.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from .selection import RestoreError

CONFIGURATION = Path("/etc/ldap/slapd.conf")
OWNER = "openldap"
DIRECTORY = re.compile(r"^directory\s+(\S+)$", re.MULTILINE)
ENTRY = re.compile(rb"^dn:", re.MULTILINE)


def load(ldif: Path, configuration: Path = CONFIGURATION) -> tuple[int, Path | None]:
    """Put the entries of a file in the place of the directory's. slapd has to be stopped by the caller.

    Return how many entries there are, and where the old database is kept, if there was one. Raises
    RestoreError where slapd refuses the file; then nothing has changed.
    """
    text = configuration.read_text(encoding="utf-8")
    found = DIRECTORY.findall(text)
    if len(found) != 1:
        raise RestoreError(f"{configuration} has {len(found)} databases, not one")
    place = Path(found[0])
    fresh = place.with_name(f"{place.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    shutil.chown(fresh, OWNER, OWNER)
    draft = fresh / "slapd.conf"
    draft.write_text(DIRECTORY.sub(f"directory {fresh}", text), encoding="utf-8")
    shutil.chown(draft, "root", OWNER)
    draft.chmod(0o640)
    with ldif.open("rb") as entries:
        _run(("/usr/sbin/slapadd", "-q", "-f", str(draft)), stdin=entries.fileno())
    count = len(ENTRY.findall(_run(("/usr/sbin/slapcat", "-f", str(draft)))))
    draft.unlink()
    return count, _exchange(place, fresh)


def accounts(configuration: Path = CONFIGURATION) -> int:
    """Count the accounts of this host's directory; there are none where there is no directory yet."""
    place = DIRECTORY.search(configuration.read_text(encoding="utf-8")) if configuration.exists() else None
    if place is None or not (Path(place[1]) / "data.mdb").exists():
        return 0
    asked = ("/usr/sbin/slapcat", "-f", str(configuration), "-a", "(objectClass=cvMailbox)")
    return len(ENTRY.findall(_run(asked)))


def _exchange(place: Path, fresh: Path) -> Path | None:
    """Move the new database to its place, and the old one aside if it has entries of its own."""
    kept = None
    if place.exists():
        kept = place.with_name(f"{place.name}.{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
        place.rename(kept)
    fresh.rename(place)
    return kept


def _run(command: Sequence[str], stdin: int = subprocess.DEVNULL) -> bytes:
    """Run a program of slapd's as its user: files of root would keep slapd from starting."""
    done = subprocess.run(  # noqa: S603 - fixed programs
        ["/usr/bin/setpriv", f"--reuid={OWNER}", f"--regid={OWNER}", "--init-groups", *command],
        stdin=stdin,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RestoreError(
            f"slapd refused the directory of the backup: {done.stderr.decode(errors='replace')}"
        )
    return done.stdout
