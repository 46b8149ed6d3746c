#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
module: installed_packages
short_description: Complete an interrupted installation and record what is installed
version_added: 0.1.0
description:
  - A package that is unpacked and not configured counts as installed for many programs, and dpkg refuses all
    further work until it is told to finish (dpkg(1), C(--configure)).
  - Sets the fact RV(ansible_facts.packages), as M(ansible.builtin.package_facts) does, in a quarter of the
    time; only what is wholly installed is in it.
author: congvu.mail contributors (@congvu)
attributes:
  check_mode:
    support: full
    details: What would be completed counts as a change.
  diff_mode:
    support: none
    details: The result says what is completed.
extends_documentation_fragment:
  - congvu.mail.attributes
"""

EXAMPLES = r"""
- name: Complete an interrupted installation and record what is installed
  congvu.mail.installed_packages:
"""

RETURN = r"""
ansible_facts:
  description: The packages.
  returned: always
  type: dict
  contains:
    packages:
      description: For each package that is wholly installed a list with its C(version).
      type: dict
      returned: always
completed:
  description: Packages that were left halfway.
  type: list
  elements: str
  returned: always
"""

import fcntl
import time
from pathlib import Path
from typing import NamedTuple

from ansible.module_utils.basic import AnsibleModule

QUERY = (
    "dpkg-query",
    "--show",
    "--showformat=${Package} ${db:Status-Status} ${db:Status-Eflag} ${Version}\\n",
)
WHOLE = ("installed", "config-files", "not-installed")
# What dpkg had not yet taken over into its database when it was killed.
JOURNAL = Path("/var/lib/dpkg/updates")
# Held by whoever installs; a killed run's apt may go on for a while (dpkg(1), DPKG_FRONTEND_LOCKED).
LOCK = Path("/var/lib/dpkg/lock-frontend")
PATIENCE = 300  # seconds


class Package(NamedTuple):
    """A package as dpkg knows it; the flag `reinstreq` is that of one whose files are half replaced."""

    name: str
    status: str
    flag: str
    version: str


def main() -> None:
    module = AnsibleModule(argument_spec={}, supports_check_mode=True)
    found = packages(module)
    left = halfway(found)
    if left and not module.check_mode:
        repair(module)
        found = packages(module)
        if halfway(found):
            module.fail_json(msg=f"dpkg cannot finish what was left halfway: {', '.join(halfway(found))}")
    whole = {one.name: [{"version": one.version}] for one in found if one.status == "installed"}
    module.exit_json(changed=bool(left), completed=left, ansible_facts={"packages": whole})


def packages(module: AnsibleModule) -> list[Package]:
    """Return every package that dpkg knows."""
    _, out, _ = module.run_command([*QUERY], check_rc=True)
    return [Package(*(line.split(" ", 3))) for line in out.splitlines()]


def halfway(found: list[Package], journal: Path = JOURNAL) -> list[str]:
    """Return the packages, or files of dpkg, that somebody has to finish."""
    waiting = [path.name for path in journal.iterdir() if path.name.isdigit()] if journal.is_dir() else []
    return [*(one.name for one in found if one.status not in WHOLE or one.flag != "ok"), *waiting]


def repair(module: AnsibleModule) -> None:
    """Wait for whoever installs, then have dpkg and apt finish what they left."""
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    with LOCK.open("a") as lock:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() > end:
                    module.fail_json(msg=f"another program has been installing for {PATIENCE} s")
                time.sleep(1)
        # Its exit code is apt's affair: what it cannot configure may lack a package that apt still brings.
        keep = ["dpkg", "--force-confdef", "--force-confold", "--configure", "--pending"]
        module.run_command(keep, environ_update={**quiet, "DPKG_FRONTEND_LOCKED": "1"})
    damaged = [one.name for one in packages(module) if one.flag == "reinstreq"]
    fix = ["apt-get", "--yes", "--no-install-recommends", f"-oDPkg::Lock::Timeout={PATIENCE}", "--fix-broken"]
    fix += [
        "-oDpkg::Options::=--force-confdef",
        "-oDpkg::Options::=--force-confold",
        "--reinstall",
        "install",
    ]
    module.run_command([*fix, *damaged], check_rc=True, environ_update=quiet)


if __name__ == "__main__":
    main()
