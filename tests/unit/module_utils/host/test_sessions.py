"""The note of sessions that have to end grows until it is removed."""

from __future__ import annotations

import stat

from ansible_collections.congvu.mail.plugins.module_utils.host import sessions


def test_what_a_stopped_run_noted_is_ended_by_the_next_one(tmp_path):
    file = tmp_path / "note"
    assert sessions.pending(file) == set()
    assert sessions.begin(["b@x"], file) == ["b@x"]
    assert sessions.begin(["a@x", "b@x"], file) == ["a@x", "b@x"]
    assert sessions.pending(file) == {"a@x", "b@x"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
