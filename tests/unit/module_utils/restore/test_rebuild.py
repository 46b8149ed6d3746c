"""A restore of a host goes on where a killed run stopped, and is never begun over a host in use."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.backup.targets import BackupArchive, Target
from ansible_collections.congvu.mail.plugins.module_utils.host import audit
from ansible_collections.congvu.mail.plugins.module_utils.restore import rebuild
from ansible_collections.congvu.mail.plugins.module_utils.restore.selection import RestoreError

HOST = "mail.gialai.gov.vn"
OLD = BackupArchive(f"{HOST}-2026-11-16T16:30:00Z", datetime(2026, 11, 16, 16, 30, tzinfo=UTC))
NEW = BackupArchive(f"{HOST}-2026-11-17T01:00:00Z", datetime(2026, 11, 17, 1, tzinfo=UTC))
LATER = BackupArchive(f"{HOST}-2026-11-17T02:00:00Z", datetime(2026, 11, 17, 2, tzinfo=UTC))


class Backups:
    """Stands for the repository; `held` is what it lists."""

    host = HOST
    target = Target("backup1", "ssh://x")

    def __init__(self) -> None:
        self.held = [OLD, NEW]

    def archives(self):
        return self.held


@pytest.fixture
def host(tmp_path, monkeypatch):
    """A bare host: where its marker, its log and its mail would be."""
    monkeypatch.setattr(rebuild, "MARKER", tmp_path / "etc/restoring.json")
    monkeypatch.setattr(rebuild.State.read.__func__, "__defaults__", (tmp_path / "etc/restoring.json",))
    monkeypatch.setattr(rebuild.State.write, "__defaults__", (tmp_path / "etc/restoring.json",))
    monkeypatch.setattr(audit, "LOG", tmp_path / "log/audit.jsonl")
    monkeypatch.setattr(audit.record, "__defaults__", (tmp_path / "log/audit.jsonl",))
    return tmp_path


def begin(host, backups, what="host", at="", **options):
    return rebuild.begin(backups, what, at, "7/BC", "operator", host / "mail", **options)


def test_the_marker_is_written_for_root_alone_and_the_act_is_recorded(host) -> None:
    state, new = begin(host, Backups())
    assert (state.archive, new) == (NEW, True)
    assert stat.S_IMODE(rebuild.MARKER.stat().st_mode) == 0o600
    assert rebuild.State.read() == (state, [])
    (line,) = audit.read(audit.LOG)
    assert (line.what, line.reference, line.who) == ("host-restore-begun", "7/BC", "operator")


def test_check_mode_writes_nothing(host) -> None:
    state, _ = begin(host, Backups(), at="2026-11-16", check=True)
    assert state.archive == OLD
    assert list(host.iterdir()) == []


def test_a_run_after_a_kill_goes_on_with_the_archive_it_began_with(host) -> None:
    """Also if a newer one appeared: it may be of the half restored host."""
    backups = Backups()
    state, _ = begin(host, backups)
    state.after("keys").after("files", messages=3).write()
    backups.held.append(LATER)
    again, new = begin(host, backups)
    assert (again.archive, again.done, again.found, new) == (NEW, ("keys", "files"), {"messages": 3}, False)
    assert len(list(audit.read(audit.LOG))) == 1


def test_another_archive_or_another_restore_is_not_mixed_into_one_that_goes_on(host) -> None:
    begin(host, Backups())
    with pytest.raises(RestoreError, match=f"a restore of {NEW.name} is not finished"):
        begin(host, Backups(), at="2026-11-16")
    with pytest.raises(RestoreError, match="the restore of the host with reference 7/BC is not finished"):
        begin(host, Backups(), what="directory")
    with pytest.raises(RestoreError, match="no restore of the directory was begun"):
        rebuild.require_begun("directory")


def test_a_host_in_use_is_refused_without_a_look_at_backups_but_not_one_half_restored(host) -> None:
    assert rebuild.check_host("host", host / "mail") is None
    begin(host, Backups())
    (host / "mail/s01/p/c3/GL-0001").mkdir(parents=True)
    assert (rebuild.check_host("host", host / "mail"), []) == rebuild.State.read()
    rebuild.MARKER.unlink()
    with pytest.raises(RestoreError, match="this host has mail"):
        rebuild.check_host("host", host / "mail")


def test_a_host_with_mail_is_left_alone(host) -> None:
    (host / "mail/s01/p/c3/GL-0001").mkdir(parents=True)
    with pytest.raises(RestoreError, match="this host has mail"):
        begin(host, Backups())
    assert not rebuild.MARKER.exists()
    assert begin(host, Backups(), what="directory")[1]


@pytest.mark.parametrize("queue", ["hold", "deferred/A"])
def test_a_host_with_mail_in_its_queue_is_left_alone(host, monkeypatch, queue) -> None:
    """An mx host has no mailboxes; its queue would be put away for the restored one."""
    monkeypatch.setattr(rebuild, "SPOOL", host / "spool")
    (host / "spool" / queue).mkdir(parents=True)
    begin(host, Backups(), check=True)
    (host / "spool" / queue / "BAC243A6982").touch()
    with pytest.raises(RestoreError, match=r"this host has mail .*BAC243A6982"):
        begin(host, Backups())


def test_a_host_with_accounts_is_left_alone(host, monkeypatch) -> None:
    monkeypatch.setattr(rebuild.slapd, "accounts", lambda: 12)
    with pytest.raises(RestoreError, match="this host has 12 accounts"):
        begin(host, Backups())


def test_a_damaged_marker_is_named_and_not_taken_for_none(host) -> None:
    begin(host, Backups())
    rebuild.MARKER.write_text(json.dumps({"what": "host"}))
    with pytest.raises(
        RestoreError, match=r"what is being restored is not known: .*restoring\.json cannot be used"
    ):
        begin(host, Backups())


def test_what_is_lost_is_said_in_vietnamese_time(host) -> None:
    state, _ = begin(host, Backups())
    assert "backup of 2026-11-17 08:00:00" in rebuild.lost_window(replace(state, archive=NEW))
