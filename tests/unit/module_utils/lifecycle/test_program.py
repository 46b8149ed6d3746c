"""The program of the pass, where it meets others on its host."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.accounts.intents import Recovery
from ansible_collections.congvu.mail.plugins.module_utils.host import files
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle import program


def test_the_log_first_hears_of_what_mailboxes_yml_could_not_say(monkeypatch):
    """Else the pass would take a status that a killed run has written for one by hand."""
    heard = []
    directory = SimpleNamespace(iter_accounts=lambda *_: [])
    monkeypatch.setattr(program.intents, "recover", lambda found: heard.append(found) or Recovery(2))
    monkeypatch.setattr(program, "_pass", lambda *_: heard.append("work") or (0, "Done.", {}))
    settings = SimpleNamespace(suffix="dc=x")
    _, said, result = program._work(SimpleNamespace(command=None), settings, directory, object())
    assert heard == [directory, "work"]
    assert said.startswith("Done.\n2 lines of the audit log "), "what was not read is told"
    assert result["unread_lines"] == 2


@pytest.mark.parametrize("words", [[], ["act", "unlock", "--account=x", "--reference=1/CV"]])
def test_it_stands_back_for_who_writes_passwords(words, monkeypatch, tmp_path, capsys):
    """A reset between its reading and its writing would lose the new password."""
    asked = []
    directory = SimpleNamespace(iter_accounts=lambda *_: asked.append("read") or [])
    office = SimpleNamespace(address="x@x.vn")
    settings = SimpleNamespace(suffix="dc=x", mail_hosts=(), mail_port=1, office=office)
    monkeypatch.setattr(program, "Directory", lambda: directory)
    monkeypatch.setattr(program, "read_settings", lambda _: (settings, []))
    monkeypatch.setattr(files, "SEALED", tmp_path)
    with files.locked(tmp_path):
        assert program.main(words) == program.AGAIN
    assert "Another run" in capsys.readouterr().err
    assert asked == []
