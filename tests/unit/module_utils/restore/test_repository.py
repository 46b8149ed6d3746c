"""What borg says when it fails is told with its place; a file that was not written is a failure."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.backup.targets import (
    BackupArchive,
    BorgError,
    Target,
)
from ansible_collections.congvu.mail.plugins.module_utils.restore import repository
from ansible_collections.congvu.mail.plugins.module_utils.restore.repository import Repository
from ansible_collections.congvu.mail.plugins.module_utils.restore.selection import RestoreError

HOST = "mail.gialai.gov.vn"
URL = "ssh://congvu-backup@backup1.gialai.gov.vn/srv/backup/mail.gialai.gov.vn"
ARCHIVE = BackupArchive(f"{HOST}-2026-11-17T01:00:00Z", datetime(2026, 11, 17, 1, tzinfo=UTC))


@pytest.fixture
def borg(tmp_path: Path, monkeypatch):
    """A program in borg's place, which ends as it is told and notes how it was called."""

    def ends(code: int = 0, out: str = "", err: str = "") -> Path:
        noted = tmp_path / "called"
        (tmp_path / "out").write_text(out)
        (tmp_path / "err").write_text(err)
        script = f'#!/bin/sh\necho "$@" >{noted}; env >>{noted}; pwd >>{noted}\n'
        program = tmp_path / "borg"
        program.write_text(f"{script}cat {tmp_path}/out; cat {tmp_path}/err >&2; exit {code}\n")
        program.chmod(0o700)
        monkeypatch.setattr(repository, "BORG", str(program))
        return noted

    return ends


@pytest.fixture
def backups() -> Repository:
    return Repository(HOST, Target("backup1", URL))


def test_archives_of_the_host_are_listed_and_the_passphrase_is_nowhere(borg, backups) -> None:
    names = [{"name": ARCHIVE.name}, {"name": "other-2026-11-17T01:00:00Z"}]
    noted = borg(out=json.dumps({"archives": names}))
    assert backups.archives() == [ARCHIVE]
    assert f"list --json {URL}" in noted.read_text()
    assert "BORG_PASSPHRASE" not in noted.read_text()


@pytest.mark.parametrize(
    ("code", "meant"),
    [
        (13, "there is no repository"),
        (15, "there is no repository"),  # an empty folder
        (52, "the passphrase does not open the repository"),
        (72, "it is closed while the backup host checks it"),
        (73, "another borg is at work"),
        (80, "the target cannot be reached, or does not let this host in"),
        (90, "the repository is damaged"),
        (2, "borg failed"),
    ],
)
def test_a_failure_is_told_with_its_place_and_what_borg_said(borg, backups, code, meant) -> None:
    borg(code, err="Connection closed by remote host\n")
    with pytest.raises(BorgError) as failed:
        backups.archives()
    assert str(failed.value).startswith(f"{URL}: {meant}")
    assert "Connection closed by remote host" in str(failed.value)


def test_extracting_says_whether_it_was_there(borg, backups, tmp_path) -> None:
    noted = borg()
    assert backups.extract(ARCHIVE, tmp_path, ["srv/mail/x"], exclude=["pp:etc"], strip=3)
    assert f"--strip-components=3 --exclude pp:etc {URL}::{ARCHIVE.name} srv/mail/x" in noted.read_text()
    assert noted.read_text().endswith(f"{tmp_path}\n")
    borg(repository.NOT_THERE)
    assert not backups.extract(ARCHIVE, tmp_path, ["srv/mail/x"])


@pytest.mark.parametrize("code", [1, 100, 102, 104, 105])
def test_a_file_that_could_not_be_written_is_a_failure(borg, backups, tmp_path, code) -> None:
    """A full disk is a warning to borg; half a mailbox would be taken for all of it."""
    borg(code, err="No space left on device\n")
    with pytest.raises(BorgError, match="No space left on device"):
        backups.extract(ARCHIVE, tmp_path)


def test_targets_are_those_of_the_settings(tmp_path) -> None:
    settings = tmp_path / "client.json"
    both = [{"label": name, "repository": f"ssh://{name}", "host_key": "x"} for name in ("backup1", "far")]
    settings.write_text(json.dumps({"client": {"host": HOST, "repositories": both}}))
    found = repository.read_targets(settings)
    assert repository.choose_target(found, "") == Target("backup1", "ssh://backup1", "x")
    assert repository.choose_target(found, "far") == Target("far", "ssh://far", "x")
    assert repository.read_host(settings) == HOST
    with pytest.raises(RestoreError, match="there is no target near: backup1, far"):
        repository.choose_target(found, "near")
    with pytest.raises(RestoreError, match="does not know where its backups are"):
        repository.read_targets(tmp_path / "none.json")
