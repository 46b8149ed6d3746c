"""The copy of the queue."""

from __future__ import annotations

import os

from ansible_collections.congvu.mail.plugins.module_utils.backup import snapshot


def message(folder, name, text="mail", mode=0o700):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    (folder / name).chmod(mode)
    os.utime(folder / name, (1, 2_000_000_000))
    return folder / name


def test_the_whole_queue_is_copied_by_name(tmp_path):
    queue, copy = tmp_path / "spool", tmp_path / "copy"
    message(queue / "deferred" / "A", "A1")
    message(queue / "active", "B2")
    message(queue / "hold", "C3")
    message(queue / "maildrop", "D4", mode=0o600)
    message(queue / "defer" / "A", "A1", "450 later", mode=0o600)
    assert snapshot.copy_queue(queue, copy) == 4
    assert sorted(str(path.relative_to(copy)) for path in copy.rglob("*") if path.is_file()) == [
        "active/B2", "defer/A1", "deferred/A1", "hold/C3", "maildrop/D4",
    ]  # fmt: skip
    # When it is tried next is in the file's time, that it is whole in its rights.
    assert (copy / "deferred/A1").stat().st_mtime == 2_000_000_000
    assert (copy / "deferred/A1").stat().st_mode & 0o777 == 0o700


def test_what_is_not_answered_for_yet_is_not_copied(tmp_path):
    message(tmp_path / "spool" / "incoming", "A1", mode=0o600)
    assert snapshot.copy_queue(tmp_path / "spool", tmp_path / "copy") == 0


def test_a_message_that_moves_is_copied_once(tmp_path, monkeypatch):
    """It goes from `deferred` back to `active` when `active` was looked at already."""
    queue, copy = tmp_path / "spool", tmp_path / "copy"
    there = message(queue / "deferred" / "A", "A1")
    (queue / "active").mkdir()
    look = snapshot._files

    def moving(folder):
        if folder.name == "deferred" and there.exists():
            there.rename(queue / "active" / "A1")
        return look(folder)

    monkeypatch.setattr(snapshot, "_files", moving)
    assert snapshot.copy_queue(queue, copy) == 1
    assert [path.parent.name for path in copy.rglob("A1")] == ["active"]


def test_a_message_that_is_delivered_meanwhile_leaves_nothing(tmp_path, monkeypatch):
    gone = message(tmp_path / "spool" / "active", "A1")
    look = snapshot._files

    def vanishing(folder):
        found = look(folder)
        if found:
            gone.unlink(missing_ok=True)
        return found

    monkeypatch.setattr(snapshot, "_files", vanishing)
    assert snapshot.copy_queue(tmp_path / "spool", tmp_path / "copy") == 0
    assert not [path for path in (tmp_path / "copy").rglob("*") if path.is_file()]


def test_entries_are_counted(tmp_path):
    ldif = tmp_path / "directory.ldif"
    ldif.write_text("dn: dc=x\ndc: x\n\ndn:: Y249w6Q=\ncn: ä\ndescription: dn: no\n")
    assert snapshot.entries(ldif) == 2
