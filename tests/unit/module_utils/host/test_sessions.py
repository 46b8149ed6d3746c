"""The note of sessions that have to end grows until it is removed."""

from __future__ import annotations

import stat

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.host import sessions


def test_what_a_stopped_run_noted_is_ended_by_the_next_one(tmp_path):
    file = tmp_path / "note"
    assert sessions.pending(file) == set()
    assert sessions.begin(["b@x"], file) == ["b@x"]
    assert sessions.begin(["a@x", "b@x"], file) == ["a@x", "b@x"]
    assert sessions.pending(file) == {"a@x", "b@x"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("note", [b"\0\0", b"{}", b"[1]", b'["a@x"', b"\xff"])
def test_a_note_that_cannot_be_read_is_set_aside_and_told(tmp_path, note):
    file = tmp_path / "note"
    file.write_bytes(note)
    assert sessions.pending(file) == set()
    [said] = sessions.repair(file)
    [aside] = tmp_path.iterdir()
    assert aside.name in said and aside.read_bytes() == note
    assert sessions.repair(file) == []
    assert sessions.begin(["a@x"], file) == ["a@x"]
    assert sessions.repair(file) == []
