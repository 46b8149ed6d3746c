"""What a store host decides: nothing is deleted without an archive, and a killed run is finished."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from ansible_collections.congvu.mail.plugins.module_utils import clock
from ansible_collections.congvu.mail.plugins.module_utils.accounts.entries import (
    MAIL_PATH,
    MailArchive,
    mail_path,
)
from ansible_collections.congvu.mail.plugins.module_utils.mailstore import decisions
from ansible_collections.congvu.mail.plugins.module_utils.mailstore.decisions import Folder, StoreAccount
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 11, 22, 10, 15, 30, tzinfo=UTC)
ARCHIVE = MailArchive(NOW, 12, "ab" * 32, "s01/p/91/GL-0005@2026-11-22.tar.age")
IN_USE = StoreAccount("uid=GL-0005", "baolq.stttt@gialai.gov.vn", "s01/p/91/GL-0005", "active")

accounts = st.builds(
    StoreAccount,
    dn=st.uuids().map(str),
    address=st.just(IN_USE.address),
    mail_path=st.just(IN_USE.mail_path),
    status=st.sampled_from(["active", "locked", "closing", "left"]),
    lock=st.sampled_from(["", "idle", "contained", "reclaimed", "purge"]),
    must_change=st.booleans(),
    last_use=st.none(),
    archive=st.sampled_from([None, ARCHIVE]),
    purged=st.sampled_from([None, NOW]),
    back=st.booleans(),
)


@given(st.lists(accounts))
def test_mail_is_deleted_only_where_the_pass_says_so_and_an_archive_is_on_record(held):
    assert all(
        one.lock == "purge" and one.archive and not one.purged and not one.back
        for one in decisions.to_purge(held)
    )


@given(st.lists(accounts))
def test_the_mail_of_an_account_in_use_is_neither_archived_nor_deleted(held):
    touched = {one.dn for one in [*decisions.to_archive(held), *decisions.to_purge(held)]}
    assert not touched & {
        one.dn for one in held if one.status != "left" and one.lock not in ("reclaimed", "purge")
    }


@given(accounts)
def test_every_shut_account_ends_archived_and_those_marked_end_deleted_and_then_nothing_is_left_to_do(one):
    """Each step only ever adds its own mark, so the state after a kill is one of these as well."""
    for _ in range(4):
        if decisions.reopened([one]):
            one = replace(one, archive=None, purged=None)
        if decisions.to_archive([one]):
            one = replace(one, archive=ARCHIVE)
        if decisions.to_purge([one]):
            one = replace(one, purged=NOW)
    assert not [*decisions.reopened([one]), *decisions.to_archive([one]), *decisions.to_purge([one])]
    assert not one.is_disabled or one.archive or one.purged
    assert one.lock != "purge" or one.purged or one.back


def test_who_comes_back_loses_the_record_of_the_former_mail():
    """Else the mail of a second time would be deleted on the strength of an archive of the first."""
    back = replace(IN_USE, archive=ARCHIVE)
    assert decisions.reopened([back, IN_USE]) == [back]


@pytest.mark.parametrize(
    ("last_use", "noted"),
    [(None, True), (NOW - timedelta(days=1, seconds=1), True), (NOW - timedelta(hours=23), False)],
)
def test_an_open_session_counts_as_use_and_is_written_once_a_day(last_use, noted):
    account = replace(IN_USE, last_use=last_use)
    assert decisions.used([account], {account.address}, NOW) == ([account] if noted else [])
    assert decisions.used([account], {"hantt.stttt@gialai.gov.vn"}, NOW) == []


@pytest.mark.parametrize(
    ("changed", "ended"),
    [
        ({}, False),
        ({"status": "locked"}, True),
        ({"status": "closing"}, True),
        ({"status": "left"}, True),
        ({"lock": "idle"}, True),
        ({"lock": "contained"}, True),
        ({"lock": "reclaimed"}, True),
        ({"lock": "purge"}, True),
        ({"must_change": True}, True),
    ],
)
def test_a_session_ends_where_no_login_is_allowed_any_more(changed, ended):
    account, colleague = replace(IN_USE, **changed), replace(IN_USE, address="hantt.stttt@gialai.gov.vn")
    held = [account, colleague]
    assert decisions.to_log_out(held, {account.address, colleague.address}) == ([account] if ended else [])
    assert decisions.to_log_out(held, {colleague.address}) == []


@given(st.lists(accounts))
def test_who_is_logged_out_is_nobody_whom_dovecot_would_let_in(held):
    """`ldap_filter` of its passdb: (cvStatus=active)(!(cvLock=*))(!(pwdReset=TRUE))."""
    ended = decisions.to_log_out(held, {IN_USE.address})
    let_in = [one for one in held if one.status == "active" and not one.lock and not one.must_change]
    assert all((one in ended) is not (one in let_in) for one in held)


BEFORE = {"INBOX": Folder(2, 900, 17, 3), "Công văn đến": Folder(0, 0, 18, 1)}


@pytest.mark.parametrize(
    ("now", "covered"),
    [
        (BEFORE, True),
        ({}, True),  # already gone
        ({"INBOX": Folder(1, 400, 17, 3)}, True),  # one was deleted: it is in the archive
        ({"INBOX": Folder(2, 900, 17, 4)}, False),  # one went and another came
        ({"INBOX": Folder(2, 900, 99, 3)}, False),  # another folder of the same name
        ({"Mới": Folder(1, 10, 20, 2)}, False),
        ({"Mới": Folder(0, 0, 20, 1)}, True),
    ],
)
def test_an_archive_covers_a_mailbox_that_nothing_has_come_into(now, covered):
    assert decisions.covers(BEFORE, now) is covered


def test_an_export_with_another_number_of_messages_is_not_complete():
    assert decisions.complete({"INBOX": 2}, BEFORE)
    assert decisions.complete({"INBOX": 2, "Công văn đến": 0, "Trống": 0}, BEFORE)
    assert not decisions.complete({"INBOX": 1}, BEFORE)
    assert not decisions.complete({"INBOX": 2, "Khác": 1}, BEFORE)
    assert not decisions.complete({}, BEFORE)


def values(**changed: str) -> dict[str, list[str]]:
    given = {
        "mail": IN_USE.address,
        "cvMailPath": IN_USE.mail_path,
        "cvStatus": "left",
        "cvLock": "purge",
        "cvArchive": ARCHIVE.value(),
        "cvLastUse": "20261101020304Z",
        "pwdReset": "TRUE",
    } | changed
    return {name: [value] for name, value in given.items() if value}


def test_an_entry_is_read():
    found, problems = decisions.account("uid=GL-0005", values())
    assert problems == []
    assert found == replace(
        IN_USE,
        status="left",
        lock="purge",
        must_change=True,
        archive=ARCHIVE,
        last_use=datetime(2026, 11, 1, 2, 3, 4, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("changed", "events", "goes"),
    [
        ({}, ["2026-03-15 left", "2026-09-16 purge"], True),
        ({"cvStatus": "active"}, ["2026-03-15 left", "2026-09-16 purge"], False),
        ({"cvStatus": "locked"}, ["2026-03-15 left", "2026-09-16 purge"], False),
        ({"cvStatus": "active"}, [], False),  # of which nothing is known
        ({"cvStatus": "active"}, ["2026-09-16 purge", "2026-03-15 reclaimed"], True),  # idle, in the roster
        ({"cvStatus": "active"}, ["2026-01-15 reclaimed", "2026-02-01 unlocked", "2026-09-16 purge"], False),
    ],
)
def test_a_leaver_whom_the_roster_has_again_keeps_the_mail(changed, events, goes):
    """The pass marked it, then the roster took them back, then the store runs: REQUIREMENTS C10."""
    found, _ = decisions.account("uid=GL-0005", values(**changed) | {"cvEvent": events})
    assert decisions.to_purge([found]) == ([found] if goes else [])


@pytest.mark.parametrize(
    "changed",
    [
        {"cvMailPath": ""},
        {"cvMailPath": "../../etc"},
        {"cvMailPath": "s01/p/91"},
        {"cvMailPath": "s01/p/91/.."},
        {"cvStatus": ""},
        {"cvStatus": "lef"},
        {"cvLock": "purged"},
        {"cvLock": "\udcff"},
        {"cvEvent": "unlocked"},
        {"pwdReset": "true"},
        {"cvLastUse": "20161231235960Z"},
        {"cvArchive": "yes"},
        {"cvArchive": ARCHIVE.value().replace("ab", "zz")},
        {"cvArchive": f"{clock.generalized_time(NOW)} 12 {'ab' * 32} ../../../etc/passwd"},
        {"cvArchive": f"{clock.generalized_time(NOW)} 12 {'ab' * 32} /etc/passwd"},
        {"cvPurged": "yesterday"},
    ],
)
def test_an_entry_that_cannot_be_read_is_an_error_and_never_something_else(changed):
    found, [problem] = decisions.account("uid=GL-0005", values(**changed))
    assert found is None and str(problem) == f"{IN_USE.address}: cannot be read: {next(iter(changed))}"


@given(st.sampled_from(["person", "unit"]), st.text(min_size=1, max_size=20))
def test_every_path_that_accounts_get_is_known_as_one(kind, identity):
    assert MAIL_PATH.fullmatch(mail_path(kind, identity))


def test_archives_are_named_by_day_or_by_occasion():
    day = date(2026, 11, 22)
    assert decisions.file_name("s01/p/91/GL-0005", day) == "s01/p/91/GL-0005@2026-11-22.tar.age"
    assert decisions.file_name("s01/p/91/GL-0005", day, turn=2) == "s01/p/91/GL-0005@2026-11-22.2.tar.age"
    label = "handover-12/QĐ ../x"
    assert decisions.file_name("s01/u/06/cntt", day, label) == (
        "s01/u/06/cntt@handover-12=2FQ=C4=90=20..=2Fx.tar.age"
    )
