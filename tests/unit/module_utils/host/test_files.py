"""Files that a crash leaves whole, and the lock."""

from __future__ import annotations

import os
import stat

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.host import files


def test_the_file_has_its_mode_and_nothing_else_is_left(tmp_path):
    files.write(tmp_path / "a", b"new", mode=0o640)
    assert (tmp_path / "a").read_bytes() == b"new"
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["a"]  # noqa: PTH208


def test_a_write_that_fails_keeps_the_old_file(tmp_path, monkeypatch):
    files.write(tmp_path / "a", b"old", mode=0o600)

    def full(descriptor):
        raise OSError("disk full")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="disk full"):
        files.write(tmp_path / "a", b"new", mode=0o600)
    assert (tmp_path / "a").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]  # noqa: PTH208


def test_a_missing_file_is_none(tmp_path):
    assert files.read_or_none(tmp_path / "a") is None


def test_a_folder_is_locked_once_and_free_again(tmp_path):
    with files.locked(tmp_path), pytest.raises(BlockingIOError), files.locked(tmp_path):
        pass
    with files.locked(tmp_path):
        pass


def test_what_a_killed_process_of_the_same_number_left_stops_nobody(tmp_path):
    left = tmp_path / f".settings.{os.getpid()}"
    left.write_bytes(b"half of")
    files.write(tmp_path / "settings", b"all", 0o600)
    assert [path.name for path in tmp_path.iterdir()] == ["settings"]
    assert (tmp_path / "settings").read_bytes() == b"all"
