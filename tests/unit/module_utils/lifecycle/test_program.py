"""The program of the pass, where it meets others on its host."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ansible_collections.congvu.mail.plugins.module_utils import files
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle import program


@pytest.mark.parametrize("words", [[], ["act", "unlock", "--account=x", "--reference=1/CV"]])
def test_it_stands_back_for_who_writes_passwords(words, monkeypatch, tmp_path, capsys):
    """A reset between its reading and its writing would lose the new password."""
    asked = []
    directory = SimpleNamespace(lives=lambda *_: asked.append("read") or [])
    office = SimpleNamespace(address="x@x.vn")
    settings = SimpleNamespace(suffix="dc=x", mail_hosts=(), mail_port=1, office=office)
    monkeypatch.setattr(program, "Directory", lambda: directory)
    monkeypatch.setattr(program, "read_settings", lambda _: settings)
    monkeypatch.setattr(files, "SEALED", tmp_path)
    with files.locked(tmp_path):
        assert program.main(words) == program.AGAIN
    assert "Another run" in capsys.readouterr().err
    assert asked == []
