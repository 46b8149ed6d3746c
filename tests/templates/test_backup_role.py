"""The role that makes backups: what it brings to the hosts, rendered without one."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.congvu.mail.plugins.module_utils.backup import targets
from ansible_collections.congvu.mail.plugins.module_utils.backup.retention import CHECK_SECONDS

from tests.templates.test_mail_roles import render

ROOT = Path(__file__).parents[2]
DEFAULTS = yaml.safe_load((ROOT / "roles/backup/defaults/main.yml").read_text())
# What borg takes for one period of each rule, from the finest rule to the coarsest.
PERIODS: dict[str, Callable[[datetime], Any]] = {
    "hourly": lambda time: (time.date(), time.hour),
    "daily": lambda time: time.date(),
    "weekly": lambda time: time.isocalendar()[:2],
    "monthly": lambda time: (time.year, time.month),
    "yearly": lambda time: time.year,
}
# What is wanted of the retention job: the defaults, fewer rules, more.
RETENTIONS = [
    DEFAULTS["backup_retention"],
    {"hourly": 48, "daily": 14, "weekly": 8},
    DEFAULTS["backup_retention"] | {"yearly": 1},
    {"daily": 30, "monthly": 12},
    {"weekly": 5, "monthly": 1},
    {"hourly": 36},
]


def test_a_client_may_only_add_to_its_own_repository_and_no_more_than_its_share() -> None:
    clients = {"mx1.gialai.gov.vn": "ssh-ed25519 AAAA"}
    text = render("backup", "authorized_keys.j2", backup_clients=clients)
    serve = (
        'command="borg serve --append-only{} --restrict-to-repository /srv/backup/mx1.gialai.gov.vn",restrict'
    )
    assert serve.format("") in text
    text = render("backup", "authorized_keys.j2", backup_clients=clients, backup_quota="500G")
    assert serve.format(" --storage-quota 500G") in text


def test_all_room_is_freed_not_only_of_segments_that_are_mostly_free() -> None:
    """Else a message that was removed stays in its segment for as long as its neighbours do."""
    written = yaml.safe_load(render("backup", "keeper.yaml.j2", client="mx1.gialai.gov.vn"))
    assert written["extra_borg_options"] == {"compact": "--threshold 0"}


def test_a_restore_reaches_targets_as_backups_do() -> None:
    """With its own key only, and believing none but the host keys that the site wrote down."""
    client = yaml.safe_load(render("backup", "borgmatic.yaml.j2"))
    assert client["ssh_command"] == targets.SSH


def test_the_keeper_knows_how_long_a_backup_waits_between_its_name_and_its_time() -> None:
    client = yaml.safe_load(render("backup", "borgmatic.yaml.j2"))
    assert timedelta(seconds=client["lock_wait"]) == targets.LOCK_WAIT


def test_what_is_no_backup_is_not_thinned_out() -> None:
    written = yaml.safe_load(render("backup", "keeper.yaml.j2", client="mx1.gialai.gov.vn"))
    pattern = written["match_archives"].removeprefix("sh:")
    assert fnmatch(datetime.now(UTC).strftime(f"mx1.gialai.gov.vn-{targets.TIME}"), pattern)
    assert not fnmatch("mx1.gialai.gov.vn-before-upgrade", pattern)


def test_a_file_that_cannot_be_read_is_an_error_and_mail_that_moves_is_none() -> None:
    client = yaml.safe_load(render("backup", "borgmatic.yaml.j2"))
    assert client["borg_exit_codes"] == [{"code": code, "treat_as": "error"} for code in (102, 104, 105, 106)]


def test_a_client_waits_longer_than_a_daily_check_takes() -> None:
    """And what is left over of a check is done the next day, not when borgmatic finds it due."""
    assert yaml.safe_load(render("backup", "borgmatic.yaml.j2"))["lock_wait"] > CHECK_SECONDS
    checks = yaml.safe_load(render("backup", "keeper.yaml.j2", client="mx1.gialai.gov.vn"))["checks"]
    assert checks == [{"name": "repository"}]


def survivors(archives: Sequence[datetime], retention: dict[str, int]) -> set[datetime]:
    """Return what `borg prune` leaves (prune_split of borg 1.4.0); `archives` begin with the oldest.

    Of the newest periods the last archive, leaving out what a finer rule keeps; where there are too few
    periods the oldest archive as well.
    """
    kept: set[datetime] = set()
    for rule, period in PERIODS.items():
        number = retention.get(rule, 0)
        last = {period(time): time for time in archives}
        chosen = [time for time in reversed(last.values()) if time not in kept][:number]
        if len(chosen) < number:
            chosen.append(archives[0])
        kept.update(chosen)
    return kept


def longest(retention: dict[str, int], compact_days: int) -> timedelta:
    """Back up hourly for four years, thin out daily, free room when it is due: how old is the oldest?"""
    day = datetime(2023, 1, 1)
    archives: list[datetime] = []
    pruned: list[datetime] = []
    freed, oldest = day, timedelta()
    while day.year < 2027:
        archives += [day + timedelta(hours=hour, minutes=5) for hour in range(24)]
        day += timedelta(days=1)
        now = day + timedelta(hours=3, minutes=50)
        kept = survivors(archives, retention)
        pruned += [time for time in archives if time not in kept]
        archives = sorted(kept)
        if now - freed > timedelta(days=compact_days):
            oldest = max(oldest, now - min(pruned, default=now))
            freed, pruned = now, []
    return oldest


@pytest.mark.parametrize("retention", RETENTIONS, ids=str)
def test_what_is_deleted_is_gone_when_the_host_says_so(retention: dict[str, int]) -> None:
    given = {"part": "client", "backup_retention": retention}
    said = json.loads(render("backup", "settings.json.j2", **given))["client"]["longest_days"]
    assert longest(retention, DEFAULTS["backup_compact_days"]) <= timedelta(days=said)


def test_a_target_is_thinned_out_by_the_keeper_unless_it_says_otherwise() -> None:
    targets = [
        {"label": label, "repositories": "ssh://u@h/r", "host": "h", "host_key": "x"} | more
        for label, more in (("backup1", {}), ("own", {"kept": False}))
    ]
    text = render("backup", "settings.json.j2", part="client", backup_targets=targets)
    kept = {one["label"]: one["kept"] for one in json.loads(text)["client"]["repositories"]}
    assert kept == {"backup1": True, "own": False}
    text = render("backup", "settings.json.j2", part="keeper", backup_targets=targets)
    assert json.loads(text)["keeper"]["targets"] == {"backup1": ""}
    of_a_client = yaml.safe_load(render("backup", "keeper.yaml.j2", client="mx1", backup_targets=targets))
    assert [one["label"] for one in of_a_client["repositories"]] == ["backup1"]
