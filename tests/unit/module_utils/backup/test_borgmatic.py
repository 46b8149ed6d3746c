"""What becomes of the warnings of borg."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.backup import borgmatic, drill

CHANGED = "/srv/mail/a/dovecot.index.log: file changed while we backed it up"
RACE = "/srv/mail/a/dovecot.index: fstat: file inode changed (race condition), skipping file"
VANISHED = "/srv/mail/a/u.2: open: [Errno 2] No such file or directory: 'u.2'"
DAMAGED = "/srv/mail/a/u.3: read: [Errno 5] Input/output error"
REFUSED = "/srv/mail/b: dir_open: [Errno 13] Permission denied: 'b'"
# Lists 300,000 messages, as `borg list --short`: 17 MB.
LISTS = """#!/usr/bin/python3
for number in range(300_000):
    print(f"srv/mail/s01/p/0d/GL-1/mail/mailboxes/INBOX/dbox-Mails/u.{number}")
"""


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository whose borgmatic is the program that `tmp_path/borgmatic` gets."""
    program = tmp_path / "borgmatic"
    program.touch(0o755)
    monkeypatch.setattr(borgmatic, "BORGMATIC", str(program))
    return borgmatic.Repository(Path("/etc/borgmatic/config.yaml"), "backup1")


@pytest.fixture
def says(tmp_path, repository):
    """A borgmatic that ends with 0, as it does where borg warns of several kinds (exit code 1)."""

    def say(*lines: str) -> borgmatic.Repository:
        (tmp_path / "said").write_text("".join(f"{line}\n" for line in lines))
        program = f"#!/bin/sh\ncat {tmp_path}/said >&2\necho '[{{\"archive\": 1}}]'\n"
        (tmp_path / "borgmatic").write_text(program)
        return repository

    return say


def test_what_changed_or_vanished_meanwhile_is_only_told(says, capsys) -> None:
    advice = (
        "backup1: Borg's list subcommand is supported natively by borgmatic. Try this instead: borgmatic list"
    )
    assert says(CHANGED, advice, RACE, VANISHED).create() == {"archive": 1}
    assert capsys.readouterr().err == f"{CHANGED}\n{RACE}\n{VANISHED}\n"


@pytest.mark.parametrize("unread", [DAMAGED, REFUSED])
def test_a_file_that_could_not_be_read_fails_the_backup(says, capsys, unread) -> None:
    with pytest.raises(borgmatic.BorgError) as failed:
        says(CHANGED, VANISHED, unread).create()
    assert str(failed.value) == unread
    assert CHANGED in capsys.readouterr().err


def test_messages_are_counted_without_a_list_of_them_in_memory(tmp_path, repository) -> None:
    (tmp_path / "borgmatic").write_text(LISTS)
    tracemalloc.start()
    assert drill.count(repository.lines("list", "--short", "::x", "srv/mail"), "srv/mail") == 300_000
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 2**20


def test_a_list_that_breaks_off_is_an_error(tmp_path, repository) -> None:
    (tmp_path / "borgmatic").write_text("#!/bin/sh\necho srv/mail/u.1\necho Connection closed >&2\nexit 81\n")
    with pytest.raises(borgmatic.BorgError, match="Connection closed"):
        list(repository.lines("list", "--short", "::x"))
