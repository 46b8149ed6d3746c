# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The program `congvu-backup`: backups of a mail host, and what the first backup host does for all.

Exit code 0: done. 1: something is late, wrong or was not done. 2: nothing was done.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from .. import files
from . import client
from .borg import BorgError
from .point import PointError

SETTINGS = Path("/etc/congvu/backup/settings.json")


def main(arguments: Iterable[str] | None = None) -> int:
    """Run one verb."""
    parser = argparse.ArgumentParser(prog="congvu-backup", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    running = verbs.add_parser("run", help="make a backup on every target, or on those named")
    running.add_argument("target", nargs="*")
    verbs.add_parser(
        "point", help="put queue, directory and Valkey aside; borgmatic does this before it reads"
    )
    telling = verbs.add_parser("status", help="say how old backups and drills are")
    telling.add_argument("--json", action="store_true")
    given = parser.parse_args(list(arguments) if arguments is not None else None)
    try:
        return _do(given)
    except BlockingIOError:
        print("another run is at work on this host: wait for it to end", file=sys.stderr)
    except (BorgError, PointError, OSError, ValueError, KeyError) as error:
        print(f"nothing more was done: {error}", file=sys.stderr)
    return 2


def _do(given: argparse.Namespace) -> int:
    settings = client.Settings.read(SETTINGS)
    if given.verb == "point":
        client.take_point(settings)
        return 0
    if given.verb == "status":
        return client.status(settings, as_json=given.json)
    with files.locked(client.STATE):
        return client.run(settings, given.target)
