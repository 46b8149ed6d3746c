"""Lateness, RPO and figures of backups."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ansible_collections.congvu.mail.plugins.module_utils.backup import facts
from ansible_collections.congvu.mail.plugins.module_utils.backup.facts import TargetState
from ansible_collections.congvu.mail.plugins.module_utils.backup.targets import BackupArchive

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=90)
STATS = {
    "archive": {
        "name": "mail-2026",
        "duration": 3.0,
        "stats": {"original_size": 1000, "deduplicated_size": 10, "nfiles": 7},
    }
}


def at(hours: float) -> str:
    return (NOW - timedelta(hours=hours)).isoformat()


def test_a_backup_is_noted_and_keeps_the_last_drill():
    drill = {"time": at(50), "right": True, "wrong": []}
    done = facts.succeeded(TargetState(failed=at(1), error="away", drill=drill), STATS, 8.04, NOW)
    assert done == TargetState(at(0), "mail-2026", 8.0, 1000, 10, 7, "", "", drill)
    assert facts.targets(facts.as_json({"b": done})) == {"b": done}


def test_late_backups_are_told():
    known = {"a": TargetState(success=at(3)), "b": TargetState(success=at(5))}
    assert facts.overdue(known, ["a"], LONG_AGO, NOW, 4) == []
    assert facts.overdue(known, ["b"], LONG_AGO, NOW, 4)[0].startswith(
        "b: the newest backup is of 2026-11-22T07"
    )
    assert facts.overdue(known, ["c"], LONG_AGO, NOW, 4) == ["c: there is no backup yet"]
    # A host that was just set up has its time.
    assert facts.overdue(known, ["c"], NOW - timedelta(hours=1), NOW, 4) == []


def test_late_and_wrong_drills_are_told():
    def said(since=LONG_AGO, **drill):
        return facts.overdue_drills({"a": TargetState(drill=drill)}, ["a"], since, NOW, 8)

    assert said(time=at(24 * 7), right=True, wrong=[]) == []
    assert "more than 8 days ago" in said(time=at(24 * 9), right=True, wrong=[])[0]
    assert said(time=at(1), right=False, wrong=["x", "y"])[0].endswith("was wrong: x; y")
    assert said() == ["a: no drill was done yet"]
    assert said(since=NOW) == []


def test_rpo_is_the_longest_gap_up_to_now():
    found = [BackupArchive("", NOW - timedelta(hours=hours), str(hours)) for hours in (9, 8, 5, 4)]
    assert facts.rpo(found, NOW) == 4 * 3600
    assert facts.rpo(found, NOW - timedelta(hours=3.5)) == 3 * 3600
    assert facts.rpo([], NOW) == float("inf")


def test_archives_are_read_oldest_first():
    listed = {
        "archives": [
            {"id": "2", "name": "b", "time": "2026-11-22T12:00:00.000000+00:00"},
            {"id": "1", "name": "a", "time": "2026-11-22T18:59:59.000000+07:00"},
        ]
    }
    assert [one.name for one in facts.archives(listed)] == ["a", "b"]


def test_figures_for_prometheus():
    drill = {"time": at(0), "right": False, "wrong": ["x"], "rpo_seconds": 3600, "rto_seconds": 90}
    known = {
        "b1": TargetState(success=at(0), seconds=2.5, size=9, drill=drill),
        "b2": TargetState(failed=at(1)),
    }
    text = facts.metrics("mail", known)
    assert f'congvu_backup_last_success_seconds{{host="mail",target="b1"}} {NOW.timestamp():.0f}\n' in text
    assert 'congvu_backup_drill_right{host="mail",target="b1"} 0\n' in text
    assert 'congvu_backup_rpo_seconds{host="mail",target="b1"} 3600\n' in text
    assert 'last_success_seconds{host="mail",target="b2"}' not in text
    assert 'congvu_backup_last_failure_seconds{host="mail",target="b1"} 0\n' in text
    failed = (NOW - timedelta(hours=1)).timestamp()
    assert f'congvu_backup_last_failure_seconds{{host="mail",target="b2"}} {failed:.0f}\n' in text


def test_what_a_drill_without_figures_leaves_out():
    failed = {"time": at(0), "right": False, "wrong": ["away"]}
    text = facts.metrics("mail", {"b": replace(TargetState(), drill=failed)})
    assert "congvu_backup_rpo_seconds{" not in text
