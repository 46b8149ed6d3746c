"""What a retention job makes of a repository that is not as it left it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.backup import targets
from ansible_collections.congvu.mail.plugins.module_utils.backup.history import (
    Findings,
    History,
    accepted,
    due,
    examine,
    pruned,
    with_checked,
    with_planned,
)
from ansible_collections.congvu.mail.plugins.module_utils.backup.targets import BackupArchive

HOST = "mail.gialai.gov.vn"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def archive(hours_ago: float, mark: str = "") -> BackupArchive:
    time = NOW - timedelta(hours=hours_ago)
    id_ = f"{int(time.timestamp()):064x}" if not mark else mark * 64
    return BackupArchive(f"{HOST}-{time:%Y-%m-%dT%H:%M:%SZ}", time, id_)


OLD, NEW = archive(26), archive(2)
KNOWN = accepted(History(), [OLD, NEW], "key")


def alarms(found, before=KNOWN, key="key", now=NOW):
    return examine(before, found, key, HOST, now, 4).alarms


def test_the_first_look_believes_what_is_there():
    assert examine(History(), [OLD, NEW], "key", HOST, NOW, 4).alarms == ()


def test_all_is_well_with_another_backup_made_since():
    assert examine(KNOWN, [OLD, NEW, archive(1)], "key", HOST, NOW, 4) == examine(
        History(), [NEW], "key", HOST, NOW, 4
    )


def test_an_archive_that_vanished_is_an_alarm():
    assert alarms([NEW]) == (f"archive {OLD.name} vanished, and we did not prune it",)


def test_another_one_of_the_same_name_is_not_the_same():
    assert alarms([archive(26, "a"), NEW])[0] == f"archive {OLD.name} vanished, and we did not prune it"


def test_what_a_killed_run_of_ours_pruned_is_no_alarm():
    planned = with_planned(KNOWN, f"Would prune:     {OLD.name}   Sun, 2026-11-22 03:00:00 [{OLD.id}]\n")
    assert planned.planned == (OLD.id,)
    assert alarms([NEW], planned) == ()
    # The next run knows nothing of it any more.
    assert accepted(planned, [NEW], "key").known == {NEW.id: NEW.name}


def test_what_a_killed_run_of_ours_wrote_anew_is_no_alarm():
    """It has the old name and time, and another id."""
    planned = replace(KNOWN, planned=(OLD.id,))
    assert alarms([replace(OLD, id="b" * 64), NEW], planned) == ()
    assert len(alarms([replace(OLD, id="b" * 64), NEW])) == 2


def test_what_a_killed_run_had_only_begun_to_write_anew_is_no_alarm():
    """borg writes NAME.recreate, commits, and only then deletes NAME: the kill was between the two."""
    planned = replace(KNOWN, planned=(OLD.id,))
    half = BackupArchive(f"{OLD.name}.recreate", OLD.time, "b" * 64)
    assert examine(planned, [OLD, half, NEW], "key", HOST, NOW, 4) == Findings()
    # Of an archive that we did not begin with it is somebody else's.
    assert len(alarms([OLD, half, NEW])) == 1


def test_a_plan_is_never_more_than_what_we_know():
    foreign = archive(5, "f")
    said = (
        f"Keeping archive (rule: hourly #1): x [{NEW.id}]\nWould prune: {foreign.name} Sun [{foreign.id}]\n"
    )
    assert with_planned(KNOWN, said).planned == ()


def test_archives_with_false_times_are_an_alarm():
    """Else they would stand for the true ones when it is decided which of a day is kept."""
    assert "is new, but says" in alarms([OLD, NEW, archive(10)])[0]
    assert "is new, but says" in alarms([OLD, NEW, archive(-3)])[0]


@pytest.mark.parametrize(
    "name", ["2099-01-01T00:00:00Z", "2026-11-10T16:59:59Z", "2099-1-1T0:0:0Z", "2099-01-01t00:00:00z"]
)
def test_an_archive_named_for_another_time_is_an_alarm(name):
    """A restore goes by the name, as `restoring.archives` reads it."""
    forged = replace(archive(0), name=f"{HOST}-{name}")
    assert [one.name for one in targets.named([forged.name], HOST)] == [forged.name]
    said = f"archive {forged.name} is named for another time than 2026-11-22T12:00:00+00:00, when it was made"
    assert alarms([OLD, NEW, forged]) == (said,)
    assert alarms([forged], History()) == (said,)
    assert alarms([OLD, NEW, forged], accepted(KNOWN, [OLD, NEW, forged], "key")) == ()


def test_a_backup_that_waited_for_the_repository_is_honest():
    waited = replace(archive(0), name=archive(0.5).name)
    assert alarms([OLD, NEW, waited]) == ()


def test_another_key_is_an_alarm():
    assert alarms([OLD, NEW], key="other") == ("the repository's key is another one",)


def test_late_and_foreign_archives_are_told():
    later = NOW + timedelta(hours=3)
    assert "more than 4 hours old" in examine(KNOWN, [OLD, NEW], "key", HOST, later, 4).remarks[0]
    by_hand = BackupArchive("before-upgrade", NOW - timedelta(hours=1), "b" * 64)
    assert targets.named([by_hand.name], HOST) == []
    assert examine(KNOWN, [OLD, NEW, by_hand], "key", HOST, NOW, 4).remarks == (
        "archive before-upgrade is not one of our making",
    )
    assert examine(History(), [], "key", HOST, NOW, 4).remarks == ("there is no archive yet",)


def test_what_vanished_beyond_the_plan_stays_known():
    planned = with_planned(KNOWN, f"Would prune: {OLD.name} Sun [{OLD.id}]\n")
    assert pruned(planned, [NEW]) == (
        accepted(History(key="key", begun=True, newest=KNOWN.newest), [NEW], "key"),
        (),
    )
    after, vanished = pruned(planned, [])
    assert vanished == (NEW.name,)
    assert after.known == {NEW.id: NEW.name}
    assert alarms([], after) == (f"archive {NEW.name} vanished, and we did not prune it",)


def test_a_new_archive_waits_for_the_next_look():
    came = archive(0)
    after, _ = pruned(KNOWN, [OLD, NEW, came])
    assert came.id not in after.known


def test_room_is_freed_after_some_days():
    assert due(KNOWN, NOW, 28)
    read = with_checked(KNOWN, NOW)
    assert not due(read, NOW + timedelta(days=28), 28)
    assert due(read, NOW + timedelta(days=28, minutes=1), 28)


def test_it_is_written_and_read_as_it_is():
    planned = with_planned(KNOWN, f"Would prune: {OLD.name} Sun [{OLD.id}]\n")
    assert History.read(planned.as_dict()) == planned


@pytest.mark.parametrize(
    "said",
    [{"known": 1}, {"planned": 1}, {"newest": 5}, {"checked": "soon"}, {"other": 1}, [], {"known": ["x"]}],
)
def test_what_is_no_history_is_refused(said):
    with pytest.raises(ValueError):
        History.read(said)
