"""The role that makes backups: what it brings to the hosts, rendered without one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch
from pathlib import Path

import yaml
from ansible_collections.congvu.mail.plugins.module_utils.backup import facts
from test_lifecycle_role import imported
from test_mail_roles import render

ROOT = Path(__file__).parents[2]
VARS = yaml.safe_load((ROOT / "roles/backup/vars/main.yml").read_text())


def test_it_installs_exactly_what_the_program_imports() -> None:
    assert set(VARS["__backup_modules"]) == imported("backup/program.py")


def test_a_client_may_only_add_to_its_own_repository_and_no_more_than_its_share() -> None:
    clients = {"mx1.gialai.gov.vn": "ssh-ed25519 AAAA"}
    text = render("backup", "authorized_keys.j2", backup_clients=clients)
    serve = (
        'command="borg serve --append-only{} --restrict-to-repository /srv/backup/mx1.gialai.gov.vn",restrict'
    )
    assert serve.format("") in text
    text = render("backup", "authorized_keys.j2", backup_clients=clients, backup_quota="500G")
    assert serve.format(" --storage-quota 500G") in text


def test_all_room_is_freed_not_only_of_segments_that_are_mostly_free() -> None:
    """Else a message that was removed stays in its segment for as long as its neighbours do."""
    keeper = yaml.safe_load(render("backup", "keeper.yaml.j2", client="mx1.gialai.gov.vn"))
    assert keeper["extra_borg_options"] == {"compact": "--threshold 0"}


def test_the_keeper_knows_how_long_a_backup_waits_between_its_name_and_its_time() -> None:
    client = yaml.safe_load(render("backup", "borgmatic.yaml.j2"))
    assert timedelta(seconds=client["lock_wait"]) == facts.LOCK_WAIT


def test_what_is_no_backup_is_not_thinned_out() -> None:
    keeper = yaml.safe_load(render("backup", "keeper.yaml.j2", client="mx1.gialai.gov.vn"))
    pattern = keeper["match_archives"].removeprefix("sh:")
    assert fnmatch(datetime.now(UTC).strftime(f"mx1.gialai.gov.vn-{facts.TIME}"), pattern)
    assert not fnmatch("mx1.gialai.gov.vn-before-upgrade", pattern)


def test_a_file_that_cannot_be_read_is_an_error_and_mail_that_moves_is_none() -> None:
    client = yaml.safe_load(render("backup", "borgmatic.yaml.j2"))
    assert client["borg_exit_codes"] == [{"code": code, "treat_as": "error"} for code in (102, 104, 105, 106)]
