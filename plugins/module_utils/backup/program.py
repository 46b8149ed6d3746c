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
from typing import TypeVar

from ..host import audit, files
from ..host.smtp import MailerError
from . import alert, client, removal, retention
from .snapshot import SnapshotError
from .targets import BackupError

T = TypeVar("T")

CLIENT = Path("/etc/congvu/backup/client.json")
KEEPER = Path("/etc/congvu/backup/keeper.json")


def main(arguments: Iterable[str] | None = None) -> int:
    """Run one verb."""
    given = _parser().parse_args(list(arguments) if arguments is not None else None)
    try:
        return _do(given)
    except BlockingIOError:
        print("another run is at work on this host: wait for it to end", file=sys.stderr)
    except (BackupError, SnapshotError, MailerError, OSError, ValueError, KeyError) as error:
        print(f"nothing more was done: {error}", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="congvu-backup", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    running = verbs.add_parser("run", help="make a backup on every target, or on those named")
    running.add_argument("target", nargs="*")
    verbs.add_parser(
        "point", help="put queue, directory and Valkey aside; borgmatic does this before it reads"
    )
    drilling = verbs.add_parser(
        "drill", help="restore a sample from every target, or those named, and compare"
    )
    drilling.add_argument("target", nargs="*")
    telling = verbs.add_parser("status", help="say how old backups and drills are")
    telling.add_argument("--json", action="store_true")
    accepting = verbs.add_parser("accept", help="believe what is there, after the newest backup vanished")
    accepting.add_argument("target", nargs="+")
    preparing = verbs.add_parser("prepare", help="make the repositories, and seal what opens the backups")
    preparing.add_argument("--anew", nargs="*", default=[], help="targets whose repository is lost for good")
    keeping = verbs.add_parser("keep", help="on the first backup host: look after all repositories, or one")
    keeping.add_argument("repository", nargs="?", default="", help="client@target")
    keeping.add_argument("--accept", action="store_true", help="believe what is there, after an alarm")
    keeping.add_argument("--compact", action="store_true", help="read every byte and free room today")
    verbs.add_parser("thaw", help="open what a killed run of keep left closed")
    removing = verbs.add_parser("remove", help="on the first backup host: what the law orders removed")
    removing.add_argument("--host", required=True, help="the mail host that it was backed up from")
    removing.add_argument("--reference", required=True, help="number of the order, for the audit log")
    removing.add_argument("--who", help="who does it, for the audit log")
    removing.add_argument("path", nargs="+", help="srv/mail/...: a mailbox, or the file of a message")
    looking = verbs.add_parser("there", help="print which of these paths the mail host still has itself")
    looking.add_argument("path", nargs="+", help="as remove has it")
    alerting = verbs.add_parser("alert", help="mail to the operators that a unit failed")
    alerting.add_argument("unit")
    return parser


def _do(given: argparse.Namespace) -> int:
    if given.verb == "alert":
        alert.send(_sound(alert.Settings.read(CLIENT if CLIENT.exists() else KEEPER)), given.unit)
        return 0
    if given.verb == "there":
        for path in (found := removal.still_present(given.path)):
            print(path)
        return 1 if found else 0
    if given.verb in ("keep", "thaw", "remove"):
        return _keep(given)
    settings = _sound(client.Settings.read(CLIENT))
    if given.verb == "point":
        client.take_snapshot(settings)
        return 0
    if given.verb == "status":
        return client.status(settings, as_json=given.json)
    if given.verb == "prepare":
        return client.prepare(settings, given.anew)
    if given.verb == "drill":
        client.DRILL.mkdir(mode=0o700, exist_ok=True)
        with files.locked(client.DRILL):
            return client.run_drills(settings, given.target)
    with files.locked(client.STATE):
        if given.verb == "accept":
            return client.accept(settings, given.target)
        return client.run(settings, given.target)


def _sound(read: tuple[T | None, list[str]]) -> T:
    """Return settings that were read. Raises BackupError with what is wrong with them."""
    settings, problems = read
    if settings is None:
        raise BackupError("; ".join(problems))
    return settings


def _keep(given: argparse.Namespace) -> int:
    settings = _sound(retention.Settings.read(KEEPER))
    retention.STATE.mkdir(mode=0o700, exist_ok=True)
    with files.locked(retention.STATE):
        if given.verb == "thaw":
            retention.unlock(settings)
            return 0
        if given.verb == "remove":
            paths, who = removal.wanted(given.path), audit.operator(given.who)
            return removal.run(settings, removal.Order(given.host, paths, given.reference, who))
        return retention.run(settings, only=given.repository, accept=given.accept, compact=given.compact)
