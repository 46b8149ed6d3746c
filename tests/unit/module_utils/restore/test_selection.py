"""Which archive is taken, and what of it is put back: nothing twice, nothing over what is there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.backup import targets
from ansible_collections.congvu.mail.plugins.module_utils.backup.targets import BackupArchive
from ansible_collections.congvu.mail.plugins.module_utils.restore import selection
from ansible_collections.congvu.mail.plugins.module_utils.restore.selection import (
    Message,
    Plan,
    RestoreError,
    Wanted,
)
from hypothesis import given
from hypothesis import strategies as st

HOST = "mail.gialai.gov.vn"
MONDAY = BackupArchive(f"{HOST}-2026-11-16T16:30:00Z", datetime(2026, 11, 16, 16, 30, tzinfo=UTC))
TUESDAY = BackupArchive(f"{HOST}-2026-11-17T01:00:00Z", datetime(2026, 11, 17, 1, tzinfo=UTC))
FOLDERS = ["INBOX", "Trash", "Công văn đến", "Công văn đến/Năm 2026", "Khôi phục 2026-11-16 23.30/INBOX"]

messages = st.builds(
    Message,
    folder=st.sampled_from(FOLDERS),
    uid=st.integers(1, 40),
    guid=st.sampled_from("abcdefgh"),
    size=st.integers(0, 1000),
)
mailboxes = st.lists(messages, unique_by=lambda one: (one.folder, one.uid), max_size=30)


def taken(plan: Plan, archived: list[Message]) -> list[Message]:
    """Return what a mailbox gets: Dovecot gives new UIDs and keeps the GUID."""
    by_place = {(one.folder, one.uid): one for one in archived}
    return [
        Message(plan.target(folder), 1000 + uid, by_place[folder, uid].guid)
        for folder, uids in plan.uids.items()
        for uid in uids
    ]


def test_archives_are_those_of_the_host_by_time() -> None:
    names = [TUESDAY.name, f"{MONDAY.name}.checkpoint", "other-2026-11-16T16:30:00Z", "x", MONDAY.name]
    assert targets.named(names, HOST) == [MONDAY, TUESDAY]


@pytest.mark.parametrize(
    ("at", "archive"),
    [
        ("", TUESDAY),
        ("2026-11-16", MONDAY),  # 23:30 of Monday in Vietnam, and 8:00 of Tuesday
        ("2026-11-17", TUESDAY),
        ("2026-11-17 07:59", MONDAY),
        ("2026-11-17 08:00", TUESDAY),
        ("2026-11-17T00:59:59Z", MONDAY),
        (MONDAY.name, MONDAY),
    ],
)
def test_the_newest_archive_until_then_is_taken(at: str, archive: BackupArchive) -> None:
    assert selection.choose([MONDAY, TUESDAY], at, HOST, "backup1") == archive


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (
            "2026-11-15",
            f"no backup of {HOST} on backup1 from 2026-11-15 or before; the oldest are {MONDAY.name}",
        ),
        ("gestern", "at=gestern is no date"),
        ("2026-13-01", "at=2026-13-01 is no date"),
        ("20261118", "at=20261118 is no date"),
        ("2026-11-18T", "at=2026-11-18T is no date"),
        (
            f"{HOST}-2026-11-18T01:00:00Z",
            f"no backup {HOST}-2026-11-18T01:00:00Z on backup1; the newest are",
        ),
    ],
)
def test_what_is_not_there_is_said_with_what_is(at: str, said: str) -> None:
    with pytest.raises(RestoreError) as refused:
        selection.choose([MONDAY, TUESDAY], at, HOST, "backup1")
    assert said in str(refused.value)


def test_a_target_without_archives_is_named() -> None:
    with pytest.raises(RestoreError, match=f"there is no backup of {HOST} on backup1"):
        selection.choose([], "", HOST, "backup1")


def test_a_folder_is_meant_with_those_below_it_and_a_message_with_or_without_brackets() -> None:
    held = [Message(folder, 1, "a", "<1@x>") for folder in ("Công văn", "Công văn/A", "Công văn 2", "INBOX")]
    assert [one.folder for one in Wanted(folder="Công văn").of(held)] == ["Công văn", "Công văn/A"]
    assert [one.folder for one in Wanted("INBOX", "1@x").of(held)] == ["INBOX"]
    assert Wanted(message_id="<2@x>").of(held) == []
    assert Wanted().of(held) == held


def test_what_was_moved_stays_moved_and_what_was_thrown_away_comes_back() -> None:
    archived = [Message("INBOX", uid, guid, size=10) for uid, guid in enumerate("abcde", 1)]
    present = [
        Message("INBOX", 1, "a"),
        Message("Công văn", 9, "b"),
        Message("Trash", 3, "c"),
        Message("Khôi phục 2026-11-16 23.30/INBOX", 1, "d"),
        Message("Trash/INBOX", 1, "e"),  # as Thunderbird throws a folder away
    ]
    plan = selection.plan(archived, present)
    assert (plan.uids, plan.present, plan.size, plan.messages) == ({"INBOX": [3, 4, 5]}, 2, 30, 3)


def test_beside_everything_comes_whatever_the_mailbox_has() -> None:
    archived = [Message("INBOX", 1, "a"), Message("A/B", 2, "b")]
    present = [*archived, Message("Công văn", 9, "a")]
    plan = selection.plan(archived, present, "Khôi phục x")
    assert plan.uids == {"INBOX": [1], "A/B": [2]}
    assert [plan.target(folder) for folder in plan.uids] == ["Khôi phục x/A/B", "Khôi phục x/INBOX"]


def test_the_folder_beside_is_one_folder_and_says_when() -> None:
    assert selection.into_folder(MONDAY) == "Khôi phục 2026-11-16 23.30"


@given(mailboxes, mailboxes, st.sampled_from(["", "Khôi phục 2026-11-17 08.00"]))
def test_a_second_run_restores_nothing_and_the_first_leaves_nothing_out(archived, present, parent) -> None:
    plan = selection.plan(archived, present, parent)
    after = [*present, *taken(plan, archived)]
    assert selection.plan(archived, after, parent).messages == 0
    guids = {one.guid for one in after}
    assert {one.guid for one in archived} <= guids
    assert plan.size == sum(one.size for one in archived if one.uid in plan.uids.get(one.folder, ()))


@given(mailboxes, mailboxes, st.integers(0, 30))
def test_a_run_killed_in_between_is_finished_and_doubles_nothing(archived, present, done) -> None:
    plan = selection.plan(archived, present)
    half = [*present, *taken(plan, archived)[:done]]
    after = [*half, *taken(selection.plan(archived, half), archived)]
    whole = [*present, *taken(plan, archived)]
    assert sorted((one.folder, one.guid) for one in after) == sorted((one.folder, one.guid) for one in whole)


def test_a_mailbox_that_would_be_full_is_refused_before_anything_is_done() -> None:
    plan = Plan("", {"INBOX": [1]}, 0, 3 * 2**20)
    selection.check_quota(plan, 7 * 2**20, 10 * 2**20)
    selection.check_quota(plan, 7 * 2**20, 0)
    with pytest.raises(RestoreError, match="1 MiB are lacking"):
        selection.check_quota(plan, 7 * 2**20 + 1, 10 * 2**20)


@given(st.sets(st.integers(1, 60)))
def test_a_set_of_uids_names_each_once(uids) -> None:
    found: list[int] = []
    for run in ",".join(selection.uid_sets(sorted(uids))).split(",") if uids else ():
        first, _, last = run.partition(":")
        found += range(int(first), int(last or first) + 1)
    assert found == sorted(uids)


def test_uids_in_a_row_are_written_as_one_run() -> None:
    assert selection.uid_sets([1, 2, 3, 5, 8, 9]) == ["1:3,5,8:9"]


def test_many_uids_go_in_pieces_that_a_program_can_be_given() -> None:
    pieces = selection.uid_sets(range(10**9, 10**9 + 60_000, 2))
    assert max(map(len, pieces)) < 128 * 1024
    assert [int(uid) for piece in pieces for uid in piece.split(",")] == [*range(10**9, 10**9 + 60_000, 2)]


def test_the_log_of_the_lost_host_comes_first_and_merging_again_changes_nothing() -> None:
    old, new = b'{"a": 1}\n{"b": 2}\ntorn', b'{"b": 2}\n{"c": 3}\n'
    merged = selection.merged_log(old, new)
    assert merged == b'{"a": 1}\n{"b": 2}\n{"c": 3}\ntorn', "where the next writer sets it aside"
    assert selection.merged_log(old, merged) == merged
