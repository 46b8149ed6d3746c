"""What becomes of the warnings of borg."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.backup import borg

CHANGED = "/srv/mail/a/dovecot.index.log: file changed while we backed it up"
RACE = "/srv/mail/a/dovecot.index: fstat: file inode changed (race condition), skipping file"
VANISHED = "/srv/mail/a/u.2: open: [Errno 2] No such file or directory: 'u.2'"
DAMAGED = "/srv/mail/a/u.3: read: [Errno 5] Input/output error"
REFUSED = "/srv/mail/b: dir_open: [Errno 13] Permission denied: 'b'"


@pytest.fixture
def says(tmp_path, monkeypatch):
    """A borgmatic that ends with 0, as it does where borg warns of several kinds (exit code 1)."""

    def say(*lines: str) -> borg.Repository:
        (tmp_path / "said").write_text("".join(f"{line}\n" for line in lines))
        program = tmp_path / "borgmatic"
        program.write_text(f"#!/bin/sh\ncat {tmp_path}/said >&2\necho '[{{\"archive\": 1}}]'\n")
        program.chmod(0o755)
        monkeypatch.setattr(borg, "BORGMATIC", str(program))
        return borg.Repository(Path("/etc/borgmatic/config.yaml"), "backup1")

    return say


def test_what_changed_or_vanished_meanwhile_is_only_told(says, capsys) -> None:
    assert says(CHANGED, RACE, VANISHED).create() == {"archive": 1}
    assert capsys.readouterr().err == f"{CHANGED}\n{RACE}\n{VANISHED}\n"


@pytest.mark.parametrize("unread", [DAMAGED, REFUSED])
def test_a_file_that_could_not_be_read_fails_the_backup(says, capsys, unread) -> None:
    with pytest.raises(borg.BorgError) as failed:
        says(CHANGED, VANISHED, unread).create()
    assert str(failed.value) == unread
    assert CHANGED in capsys.readouterr().err
