"""Upgrades a site of an older release to this code with mail flowing, and judges what became of it.

FROM is a release or a commit; without it, the last release. On hosts of its own (CONGVU_LAB) the older code
provisions a site (CONGVU_INVENTORY, which is made anew) and fills it. Then this code's site.yml is killed a
few times and run to its end, while timers fire, mail flows through every door, and people read theirs. At the
end the hosts are made anew, by this code alone: that is what an upgraded host has to look like.
"""

from __future__ import annotations

import argparse
import secrets
import signal
import sys
import time

from lab import hosts
from lab.lab import open_lab
from lab.shell import ROOT, LabError, say
from publish import PublishError
from tests.support.lab import INVENTORY, STATE
from tests.upgrading import older, site
from tests.upgrading.site import Playbooks, UpgradeError
from tests.upgrading.upgrade import Upgrade

CACHE = ROOT / ".cache/upgrading"


def main() -> int:
    """Read the command line and do it; every finding is a line at the end."""
    parser = argparse.ArgumentParser(prog="python -m tests.upgrading", description=__doc__)
    parser.add_argument("older", nargs="?", default="", metavar="FROM", help="a release, or a commit")
    parser.add_argument("--kills", type=int, default=2, help="how often site.yml is killed first (2)")
    parser.add_argument("--seed", default=secrets.token_hex(4), help="kills at the same tasks again")
    parser.add_argument("--rate", type=float, default=2.0, help="messages a second (2)")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # the hosts go as after an error
    begun = time.monotonic()
    try:
        commit = older.commit_of(ROOT, options.older)
        tree = older.lay_out(ROOT, commit, CACHE)
        say(f"from {options.older or 'the last release'} ({commit[:12]}), seed {options.seed}")
        site.make(tree, INVENTORY)
        container = open_lab(STATE, INVENTORY)
        hosts.down(container)  # what an upgrade that was killed left
        try:
            upgrade = Upgrade(container, Playbooks(tree, INVENTORY), CACHE, options.seed)
            found = upgrade.run(options.kills, options.rate)
        finally:
            hosts.down(container)
    except (PublishError, UpgradeError, LabError, AssertionError) as error:
        say(f"upgrade: {error}")
        return 2
    for line in found:
        say(f"FOUND {' '.join(line.split())}")
    say(f"{len(found)} findings, {time.monotonic() - begun:.0f} s")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
