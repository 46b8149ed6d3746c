# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the retention job knows of a repository, and what it makes of a change. Pure.

Append-only means that nothing which a mail host sends removes data. It may still *mark* archives as deleted,
add archives that pretend to be old, or put another key into the repository, and the next thinning out or
freeing of room by us would make that final. So we keep a list of our own, and touch nothing once it does not
agree.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from .facts import SLACK
from .targets import LOCK_WAIT, BackupArchive, stamp

# The end of an archive's name while borg writes it anew; a killed run leaves it beside the old one.
UNFINISHED = ".recreate"
# What `borg prune --list` says of an archive: the id stands last, in brackets.
PRUNED = re.compile(r"^Would prune:.*\[([0-9a-f]{64})\]\s*$", re.MULTILINE)


@dataclass(frozen=True)
class History:
    """One repository as it was left. Times are ISO 8601, or empty; ids are those of archives."""

    known: dict[str, str] = field(default_factory=dict)  # name by id
    planned: tuple[str, ...] = ()  # ids that a run began to prune or to write anew
    removing: tuple[str, ...] = ()  # paths that a run began to remove, and did not put on record yet
    newest: str = ""
    key: str = ""  # SHA-256 of the key in the repository
    begun: bool = False
    segment: int = -1  # highest number of a segment file after the last run without an alarm; -1: elsewhere
    checked: str = ""  # when every byte was read, and room was freed

    @classmethod
    def read(cls, said: dict[str, Any]) -> History:
        """Read what `as_dict` made. Raises ValueError for what is something else."""
        try:
            lists = {name: tuple(said.get(name, ())) for name in ("planned", "removing")}
            found = cls(**{**said, **lists})
            for time in filter(None, (found.newest, found.checked)):
                datetime.fromisoformat(time)
            dict(found.known).items()
        except (TypeError, AttributeError) as error:
            raise ValueError(f"no history of a repository: {error}") from error
        return found

    def as_dict(self) -> dict[str, Any]:
        """Return what is written down."""
        return asdict(self)


@dataclass(frozen=True)
class Findings:
    """What was found: `alarms` stop all that would be final, `remarks` are only told."""

    alarms: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def examine(
    before: History, found: Sequence[BackupArchive], key: str, host: str, now: datetime, late_hours: float
) -> Findings:
    """Compare what is in the repository with what we know of it.

    The first time everything is believed, but no name that says another time than the archive.
    """
    alarms, remarks = [], []
    # One that a killed run of this job wrote anew has its old time, and its old name or one not yet final.
    planned = {before.known.get(id_) for id_ in before.planned}
    ids = {one.id for one in found}
    new = [one for one in found if one.id not in before.known]
    if before.begun:
        alarms += [
            f"archive {name} vanished, and we did not prune it"
            for id_, name in sorted(before.known.items(), key=lambda item: item[1])
            if id_ not in ids and id_ not in before.planned
        ]
        if before.key and key != before.key:
            alarms.append("the repository's key is another one")
        alarms += [
            f"archive {one.name} is new, but says that it was made at {one.time.isoformat()}"
            for one in new
            if one.name.removesuffix(UNFINISHED) not in planned
            and (
                one.time > now + SLACK
                or (before.newest and one.time < datetime.fromisoformat(before.newest) - SLACK)
            )
        ]
    # A restore goes by the name. `borg recreate` keeps name and time.
    alarms += [
        f"archive {one.name} is named for another time than {one.time.isoformat()}, when it was made"
        for one in new
        if (named := stamp(one.name, host)) and not -SLACK <= one.time - named <= LOCK_WAIT + SLACK
    ]
    remarks += [
        f"archive {one.name} is not one of our making"
        for one in found
        if stamp(one.name, host) is None and one.name.removesuffix(UNFINISHED) not in planned
    ]
    if not found:
        remarks.append("there is no archive yet")
    elif now - found[-1].time > timedelta(hours=late_hours):
        remarks.append(
            f"the newest archive is of {found[-1].time.isoformat()}, more than {late_hours:g} hours old"
        )
    return Findings(tuple(alarms), tuple(remarks))


def accepted(before: History, found: Sequence[BackupArchive], key: str) -> History:
    """Return what we know once what was found is believed."""
    newest = max([one.time.isoformat() for one in found] + [before.newest] * bool(before.newest), default="")
    return replace(
        before,
        known={one.id: one.name for one in found},
        planned=(),
        newest=newest,
        key=key,
        begun=True,
    )


def with_planned(before: History, said: str) -> History:
    """Note what a dry run would prune: a run that is killed after it pruned is no alarm."""
    return replace(before, planned=tuple(sorted(set(PRUNED.findall(said)) & set(before.known))))


def pruned(before: History, after: Sequence[BackupArchive]) -> tuple[History, tuple[str, ...]]:
    """Return what we know after the pruning, and what vanished meanwhile beyond the plan.

    An archive that came meanwhile is looked at by the next run, like any new one.
    """
    ids = {one.id for one in after}
    gone = [id_ for id_ in before.known if id_ not in ids and id_ not in before.planned]
    known = {id_: name for id_, name in before.known.items() if id_ in ids or id_ in gone}
    return replace(before, known=known, planned=()), tuple(before.known[id_] for id_ in gone)


def due(before: History, now: datetime, days: int) -> bool:
    """Say whether it is time to read every byte and to free room."""
    return not before.checked or now - datetime.fromisoformat(before.checked) > timedelta(days=days)


def with_checked(before: History, now: datetime) -> History:
    """Note that every byte was read, and room was freed."""
    return replace(before, checked=now.astimezone(UTC).isoformat(timespec="seconds"))
