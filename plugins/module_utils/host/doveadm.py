# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""doveadm on the folder of a mailbox, without asking whose it is: the directory may let nobody into it."""

from __future__ import annotations

import pwd
import subprocess
from pathlib import Path

DOVEADM = "/usr/bin/doveadm"
OWNER = "vmail"


class DoveadmError(Exception):
    """It could not be done; the text has the folder, and what doveadm said."""


def on_disk(home: Path, *words: str) -> str:
    """Run doveadm as the owner of the mail, and return what it prints. Raises DoveadmError.

    `words` begin with the options or the verb, which then has `--no-userdb-lookup`.
    """
    owner = pwd.getpwnam(OWNER)
    done = subprocess.run(  # noqa: S603 - a fixed program; paths were checked
        [DOVEADM, "-o", f"mail_home={home}", "-o", "mail_plugins=", *words],
        env={"HOME": str(home), "USER": home.name, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        cwd="/",
        user=owner.pw_uid,
        group=owner.pw_gid,
        extra_groups=[],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise DoveadmError(f"doveadm {words[0]} of {home}: {done.stderr.decode(errors='replace').strip()}")
    try:
        return done.stdout.decode()
    except UnicodeDecodeError as error:
        raise DoveadmError(f"doveadm {words[0]} of {home}: what it says is no UTF-8") from error
