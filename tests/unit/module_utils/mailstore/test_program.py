"""The store's program against a directory and mailboxes made of dicts: what it writes, and when it stops."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.accounts.directory import DirectoryError
from ansible_collections.congvu.mail.plugins.module_utils.mailstore import program
from ansible_collections.congvu.mail.plugins.module_utils.mailstore.archive import ArchiveError

from tests.unit.module_utils.lifecycle.test_archive_files import PATH, RECORD

DN = "uid=GL-0005,ou=people,dc=gialai,dc=gov,dc=vn"
ADDRESS = "baolq.stttt@gialai.gov.vn"


class World:
    """One account and its mailbox."""

    def __init__(self) -> None:
        self.entry = {"mail": [ADDRESS], "cvMailPath": [PATH], "cvStatus": ["left"], "cvLock": ["purge"]}
        self.folders = dict(RECORD.folders)
        self.steps: list[str] = []
        self.away = self.broken = self.refuses = False
        self.killed_at = ""
        self.later: dict[str, list[str]] = {}
        self.kicked: list[str] = []
        self.logged: list[tuple[str, ...]] = []

    def directory(self, *_):
        if self.away:
            raise DirectoryError("slapd does not answer")
        return self

    def iter_accounts(self, *_):
        yield DN, "person", self.entry

    def entry_of(self, *_):
        return self.entry | self.later

    def apply(self, writes):
        (write,) = writes
        assert set(write.replaced) <= {"cvLastUse", "cvArchive", "cvPurged"}
        if self.killed_at in write.replaced:
            raise KeyboardInterrupt
        if self.refuses:
            return [SimpleNamespace(reason="no")]
        self.steps.append(",".join(write.replaced))
        self.entry |= write.replaced
        return []

    def archive(self, *_):
        self.steps.append("archive")
        return RECORD

    def proven(self, archive):
        if self.broken or archive != RECORD.archive:
            raise ArchiveError("not the archive")
        return RECORD

    def log(self, what, account, reference, text, who):
        self.steps.append(f"audit {what}")
        self.logged.append((what, account, reference, text))
        assert who

    def kick(self, name):
        if self.broken:
            raise ArchiveError("doveadm kick: no")
        self.kicked.append(name)
        self.steps.append("kick")

    def delete(self, _):
        assert self.entry["cvArchive"] == [RECORD.archive.value()]
        self.steps.append("delete")


@pytest.fixture
def world(monkeypatch, tmp_path):
    world = World()
    settings = tmp_path / "store.json"
    settings.write_text(
        json.dumps(
            {"suffix": "dc=x", "uris": [], "mail_root": "/", "archives": str(tmp_path), "keys": ["age1x"]}
        )
    )
    directory = SimpleNamespace(iter_accounts=world.iter_accounts, entry=world.entry_of, apply=world.apply)
    mailboxes = world.mailboxes = SimpleNamespace(
        archive=world.archive,
        proven=world.proven,
        delete=world.delete,
        folders=lambda _: world.folders,
        sweep=lambda: None,
    )
    monkeypatch.setattr(program, "SETTINGS", settings)
    monkeypatch.setattr(program, "Directory", lambda *_: world.directory() and directory)
    monkeypatch.setattr(program, "Store", lambda *_: mailboxes)
    monkeypatch.setattr(program, "sessions", lambda: {ADDRESS} - set(world.kicked))
    monkeypatch.setattr(program, "kick", world.kick)
    monkeypatch.setattr(program.audit, "record", world.log)
    return world


def run(*words: str) -> int:
    return program.main(words)


def test_before_the_pass_it_archives_after_it_it_deletes_and_then_there_is_nothing_to_do(world):
    assert run() == 0
    assert world.steps == ["cvLastUse", "archive", "cvArchive", "audit archive-made"]
    world.steps.clear()
    assert run("purge") == 0
    assert world.steps == ["delete", "cvPurged", "audit mail-deleted"]
    world.steps.clear()
    assert run("before") == run("purge") == 0
    assert world.steps == []


def test_the_audit_log_is_told_what_became_of_whose_mail(world):
    _ = run(), run("purge")
    archive = RECORD.archive
    made = f"{RECORD.messages} messages, {archive.file}, sha256 {archive.digest}"
    assert world.logged == [
        ("archive-made", ADDRESS, "", made),
        ("mail-deleted", ADDRESS, "", f"archive {archive.file}"),
    ]


def test_after_the_pass_sessions_end_before_mail_goes_and_nothing_counts_as_use(world):
    world.entry["cvArchive"] = [RECORD.archive.value()]
    assert run("after") == 0
    assert world.steps == ["kick", "delete", "cvPurged", "audit mail-deleted"]
    assert world.kicked == [ADDRESS]
    world.steps.clear()
    assert run("after") == 0
    assert world.steps == []


@pytest.mark.parametrize("changed", [{"cvLock": ["idle"]}, {"pwdReset": ["TRUE"]}, {"cvStatus": ["locked"]}])
def test_a_session_outlives_neither_a_lock_nor_an_overdue_password(world, changed):
    world.entry |= {"cvStatus": ["active"], "cvLock": []}
    assert run("logout") == 0
    assert world.steps == []
    world.entry |= changed
    assert run("logout") == 0
    assert world.steps == ["kick"]


def test_a_session_that_cannot_be_ended_is_told(world, capsys):
    world.entry |= {"cvStatus": ["active"], "cvLock": [], "pwdReset": ["TRUE"]}
    world.broken = True
    assert run("after") == 1
    assert ADDRESS in capsys.readouterr().err


def test_check_does_nothing(world, capsys):
    assert run("--check") == 0
    assert world.steps == []
    assert capsys.readouterr().out.splitlines() == [f"{ADDRESS}: in use", f"{ADDRESS}: archive"]


def test_mail_is_not_deleted_on_an_archive_that_cannot_be_proved(world):
    world.entry["cvArchive"] = [RECORD.archive.value()]
    world.broken = True
    assert run("purge") == 1
    assert world.steps == []


def test_mail_that_came_later_is_archived_first(world):
    world.entry["cvArchive"] = [RECORD.archive.value()]
    world.folders = {"Mới": next(iter(RECORD.folders.values()))}
    assert run("purge") == 1
    assert (world.steps, world.entry["cvArchive"]) == (["cvArchive"], [])


def test_an_entry_that_changed_meanwhile_is_left_alone(world):
    """An archive of many hours lies between the decision and the deletion."""
    world.entry["cvArchive"] = [RECORD.archive.value()]
    world.later = {"cvLock": []}
    assert run("purge") == 1
    assert world.steps == []


def test_an_entry_that_changed_while_its_archive_was_read_is_left_alone(world, monkeypatch):
    world.entry["cvArchive"] = [RECORD.archive.value()]

    def unlocked_meanwhile(_):
        world.later = {"cvLock": []}
        return world.folders

    monkeypatch.setattr(world.mailboxes, "folders", unlocked_meanwhile)
    assert run("purge") == 1
    assert world.steps == []


@pytest.mark.parametrize("last", ["cvLastUse", "cvArchive", "cvPurged"])
def test_a_run_killed_before_any_write_is_finished_by_the_next(world, last):
    world.killed_at = last
    with pytest.raises(KeyboardInterrupt):
        _ = run(), run("purge")
    world.killed_at = ""
    assert run() == run("purge") == 0
    assert world.entry["cvArchive"] == [RECORD.archive.value()]
    assert world.entry["cvPurged"]


@pytest.mark.parametrize("verb", ["use", "archive", "logout", "purge", "before", "after"])
def test_with_the_directory_away_nothing_is_done(world, verb):
    world.away = True
    assert run(verb) == 2
    assert world.steps == []


def test_an_entry_that_cannot_be_read_is_told_and_left_alone(world, capsys):
    world.entry["cvMailPath"] = ["../../etc"]
    assert run() == 1
    assert world.steps == []
    assert capsys.readouterr().err == f"{ADDRESS}: cannot be read: cvMailPath\n", (
        "once, however often it is read"
    )


def test_a_disk_that_fails_at_one_mailbox_is_told_and_stops_no_other(world, capsys):
    def fails(*_):
        raise OSError(5, "Input/output error")

    world.mailboxes.archive = fails
    assert run("archive") == 1
    assert capsys.readouterr().err == f"{ADDRESS}: [Errno 5] Input/output error\n"


def test_a_refused_write_is_told(world):
    world.refuses = True
    assert run("archive") == 1
    assert world.steps == ["archive"]


def test_two_runs_at_once_do_not_meet(world, tmp_path):
    with program.files.locked(tmp_path):
        assert run() == 2
    assert world.steps == []
