"""Archives on disk: which one is believed, what is swept, and that no path leads out of the mail root."""

from __future__ import annotations

import getpass
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.mailstore import archive
from ansible_collections.congvu.mail.plugins.module_utils.mailstore.archive import ArchiveError, Record, Store
from ansible_collections.congvu.mail.plugins.module_utils.mailstore.decisions import Folder

PATH = "s01/p/91/GL-0005"
FILE = f"{PATH}@2026-11-22.tar.age"
RECORD = Record(
    "baolq.stttt@gialai.gov.vn",
    datetime(2026, 11, 22, 10, tzinfo=UTC),
    {"Công văn đến": Folder(2, 900, 17, 3)},
    hashlib.sha256(b"sealed").hexdigest(),
    FILE,
)


@pytest.fixture
def mailboxes(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "OWNER", getpass.getuser())
    monkeypatch.setattr(archive.shutil, "chown", lambda *_: None)
    (tmp_path / "mail" / PATH / "mail").mkdir(parents=True)
    (tmp_path / "archive" / PATH).parent.mkdir(parents=True)
    (tmp_path / "archive" / FILE).write_bytes(b"sealed")
    (tmp_path / "archive" / f"{PATH}@2026-11-22.json").write_text(json.dumps(RECORD.as_dict()))
    return Store(tmp_path / "mail", tmp_path / "archive", ["age1x"])


def test_an_archive_that_is_as_it_was_is_believed(mailboxes):
    assert mailboxes.proven(RECORD.archive) == RECORD
    assert (RECORD.messages, RECORD.archive.value().split()[1]) == (2, "2")


@pytest.mark.parametrize("ending", [".tar.age", ".json"])
@pytest.mark.parametrize("content", [b"", b"something else", b"\xff\0", b"[" * 99_999, None])
def test_one_that_was_changed_or_is_gone_is_not(mailboxes, ending, content):
    file = mailboxes.archives / f"{PATH}@2026-11-22{ending}"
    file.unlink() if content is None else file.write_bytes(content)
    with pytest.raises(ArchiveError):
        mailboxes.proven(RECORD.archive)


@pytest.mark.parametrize("other", [{"digest": "0" * 64}, {"messages": 3}])
def test_another_than_the_directory_has_on_record_is_not(mailboxes, other):
    with pytest.raises(ArchiveError, match="not the archive"):
        mailboxes.proven(replace(RECORD.archive, **other))


def test_a_mailbox_is_deleted_whole_and_a_second_time_is_no_error(mailboxes):
    mailboxes.delete(PATH)
    mailboxes.delete(PATH)
    assert sorted(file.name for file in mailboxes.mail_root.rglob("*")) == ["91", "p", "s01"]


@pytest.mark.parametrize("path", ["", "s01", "s01/p/91", "../archive", "s01/p/91/..", "/etc", "s01/p/91/a/b"])
def test_what_is_no_path_of_a_mailbox_is_not_deleted(mailboxes, path):
    with pytest.raises(ArchiveError, match="no path of a mailbox"):
        mailboxes.delete(path)
    assert (mailboxes.mail_root / PATH).exists()


def test_a_link_does_not_lead_out_of_the_mail_root(mailboxes, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (mailboxes.mail_root / "s01/p/92").symlink_to(tmp_path)
    with pytest.raises(ArchiveError, match="no path of a mailbox"):
        mailboxes.delete("s01/p/92/elsewhere")
    assert (tmp_path / "elsewhere").exists()


def test_a_mail_root_that_is_not_mounted_is_no_empty_mailbox(mailboxes):
    (mailboxes.mail_root / "s01").rename(mailboxes.mail_root / "away")
    with pytest.raises(ArchiveError, match="is it mounted"):
        mailboxes.folders(PATH)


def test_a_mailbox_that_was_never_used_has_no_folders(mailboxes):
    assert mailboxes.folders("s01/p/91/GL-0099") == {}


def test_what_a_killed_run_left_is_swept_and_nothing_else(mailboxes):
    work, part = mailboxes.mail_root / archive.WORK / "mail/cur", mailboxes.archives / PATH
    work.mkdir(parents=True)
    (work / "1").write_text("in the clear")
    part.with_name(".x@2026-11-22.tar.age.part").write_text("half")
    mailboxes.sweep()
    assert not (mailboxes.mail_root / archive.WORK).exists()
    assert sorted(file.suffix for file in part.parent.iterdir()) == [".age", ".json"]
    assert (mailboxes.mail_root / PATH).exists()


def test_the_messages_of_a_folder_are_counted_as_files(tmp_path):
    for name in (
        "INBOX/=messages/cur/1",
        "INBOX/=messages/new/2",
        "INBOX/=messages/tmp/3",
        "cur/=messages/new/4",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    for name in ("INBOX/=messages/cur", "cur/=messages/cur"):
        (tmp_path / name).mkdir(exist_ok=True)
    assert archive._counted(tmp_path) == {"INBOX": 2, "cur": 1}
