"""Certificates, restores and the look into the mail log: options, check mode, refusals, what is written."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible_collections.congvu.mail.plugins.module_utils.backup import targets as backup_targets
from ansible_collections.congvu.mail.plugins.module_utils.backup.targets import BackupArchive, Target
from ansible_collections.congvu.mail.plugins.module_utils.host import audit, files, pending, run
from ansible_collections.congvu.mail.plugins.module_utils.restore import mailbox, repository
from ansible_collections.congvu.mail.plugins.module_utils.restore import rebuild as restores
from ansible_collections.congvu.mail.plugins.module_utils.restore.selection import Message, RestoreError
from ansible_collections.congvu.mail.plugins.modules import (
    certificate_authority,
    certificate_pair,
    certificate_request,
    rebuild,
    restore_mail,
    sent_mail,
)

from tests.support import moduling

NAME = "mail.gialai.gov.vn"
ARCHIVE = BackupArchive(f"{NAME}-2026-11-20T10:00:00", datetime(2026, 11, 20, 3, tzinfo=UTC))


@pytest.fixture(autouse=True)
def host(tmp_path, monkeypatch):
    for folder in ("var/lib/congvu", "var/log/congvu", "etc/congvu/backup"):
        (tmp_path / folder).mkdir(parents=True)
    moduling.move(
        monkeypatch,
        tmp_path,
        audit,
        files,
        pending,
        repository,
        backup_targets,
        restores,
        restore_mail,
        rebuild,
    )
    monkeypatch.setattr(run, "keep_out_of_core_dumps", lambda: None)
    return tmp_path


def logged(host):
    log = host / "var/log/congvu/audit.jsonl"
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


@pytest.fixture
def certificates(host, capsys):
    """Ask for a certificate as the role does, and return all three results."""

    def certificates(**options):
        given = {"path": str(host / "ca"), "common_name": "CA"}
        ca = moduling.run(certificate_authority, capsys, **given)
        asked = moduling.run(
            certificate_request,
            capsys,
            key=str(host / "host.key"),
            certificate=str(host / "host.crt"),
            authority=ca["authority"],
            group="root",
            name=NAME,
            **options,
        )
        if asked.get("request"):
            signed = moduling.run(certificate_authority, capsys, **given, request=asked["request"], name=NAME)
            (host / "host.crt").write_text(signed["certificate"])
        return ca, asked

    return certificates


def test_a_host_gets_a_certificate_once(host, certificates):
    ca, asked = certificates()
    assert ca["changed"] and asked["due"] == "there is none"
    assert (host / "host.key").stat().st_mode & 0o777 == 0o640
    assert (host / "ca").stat().st_mode & 0o777 == 0o700
    again, asked = certificates()
    assert not again["changed"] and again["authority"] == ca["authority"]
    assert (asked["changed"], asked["due"], asked["request"]) == (False, "", "")


def test_other_names_are_due(certificates):
    certificates()
    assert certificates(names=["imap.gialai.gov.vn"])[1]["changed"]


def test_no_key_is_made_in_check_mode(host, capsys):
    given = {"path": str(host / "ca"), "common_name": "CA"}
    ca = moduling.run(certificate_authority, capsys, check=True, **given)
    assert ca["changed"] and ca["authority"] == "" and not (host / "ca").exists()
    files = {"key": str(host / "host.key"), "certificate": str(host / "host.crt")}
    asked = moduling.run(
        certificate_request, capsys, check=True, **files, authority="", group="root", name=NAME
    )
    assert asked["changed"] and asked["request"] == "" and not (host / "host.key").exists()


def pair(host, capsys, **options):
    given = {
        "certificate": str(host / "public.crt"),
        "key": str(host / "public.key"),
        "certificate_content": (host / "host.crt").read_text(),
        "key_content": (host / "host.key").read_text(),
        "group": "root",
        "names": [NAME],
        "reload": ["postfix"],
    }
    return moduling.run(certificate_pair, capsys, **given | options)


def test_a_pair_is_put_in_place_once_and_what_follows_is_noted(host, certificates, capsys):
    certificates()
    assert pair(host, capsys, check=True)["changed"] and not (host / "public.key").exists()
    result = pair(host, capsys)
    assert result["changed"] and "PRIVATE" not in json.dumps(result)
    assert (host / "public.key").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in (host / "var/lib/congvu/pending").iterdir()] == ["reload-postfix.service"]
    assert not pair(host, capsys)["changed"]


def test_a_pair_that_does_not_fit_is_refused(host, certificates, capsys):
    certificates()
    result = pair(host, capsys, names=[NAME, "doi.gialai.gov.vn", "other.gialai.gov.vn"])
    assert result["failed"] and "is refused" in result["msg"] and not (host / "public.crt").exists()
    assert "it does not name doi.gialai.gov.vn, other.gialai.gov.vn: have" in result["msg"]


def test_who_sent_a_mail_is_read_from_the_log(capsys, monkeypatch):
    lines = [
        "8752723C055: client=localhost[10.0.0.1], sasl_method=PLAIN, sasl_username=stttt@gialai.gov.vn",
        "8752723C055: message-id=<1@gialai.gov.vn>",
        "8752723C055: from=<stttt@gialai.gov.vn>, size=526, nrcpt=1 (queue active)",
    ]
    entries = [{"MESSAGE": line, "__REALTIME_TIMESTAMP": "1000000"} for line in lines]
    asked = []

    def journalctl(_, command):
        asked.append(command)
        return 0, "\n".join(json.dumps(entry) for entry in [*entries, {**entries[0], "MESSAGE": [1, 2]}]), ""

    monkeypatch.setattr(AnsibleModule, "run_command", journalctl)
    result = moduling.run(sent_mail, capsys, message_id="<1@gialai.gov.vn>", days=3)
    assert result["found"] == [{"sender": "stttt@gialai.gov.vn", "login": "stttt@gialai.gov.vn"}]
    assert "--since=-3d" in asked[0] and not result["changed"]
    monkeypatch.setattr(AnsibleModule, "run_command", lambda *_: (2, "", "no journal"))
    assert moduling.run(sent_mail, capsys, message_id="<1@x>")["msg"] == "journalctl: no journal"


class Mailbox:
    """A mailbox in use, of which `INBOX` has lost a message."""

    taken: list
    breaks = False

    def __init__(self, address):
        if address != "thuy@gialai.gov.vn":
            raise RestoreError("no account that receives mail has the address")
        self.address, self.home = address, files.Path("/srv/mail/s01/p/00/1")

    def messages(self):
        return []

    def quota(self):
        return 0, 0

    def missing_filters(self, source):
        return []

    def import_messages(self, source, plan):
        if self.breaks:
            raise RestoreError("doveadm import: no room")
        self.taken.append(plan.messages)

    def import_filters(self, source, names):
        pass


@pytest.fixture
def restore(host, monkeypatch, capsys):
    @contextmanager
    def scratch(root):
        with files.locked(host / "etc/congvu/backup"):
            yield host

    Mailbox.taken, Mailbox.breaks = [], False
    monkeypatch.setattr(mailbox, "scratch_folder", scratch)
    monkeypatch.setattr(mailbox, "Mailbox", Mailbox)
    monkeypatch.setattr(mailbox, "extract", lambda *_: host / "home")
    monkeypatch.setattr(mailbox, "empty", lambda _: None)
    message = Message("INBOX", 1, "guid", "<1@x>", 500)
    monkeypatch.setattr(mailbox, "wanted_messages", lambda home, wanted: wanted.of([message]))
    monkeypatch.setattr(repository, "read_targets", lambda: [Target("backup1", "ssh://x")])
    monkeypatch.setattr(repository, "read_host", lambda: NAME)
    monkeypatch.setattr(repository.Repository, "archives", lambda _: [ARCHIVE])

    def restore(**options):
        given = {"person": "thuy@gialai.gov.vn", "reference": "3/PYC", "by": "lan"}
        return moduling.run(restore_mail, capsys, **given | options)

    return restore


def test_what_is_missing_is_put_back_and_logged(restore, host):
    result = restore()
    assert result["changed"] and result["restored"] == 1 and result["archive"] == ARCHIVE.name
    assert Mailbox.taken == [1]
    assert [(line["who"], line["what"], line["reference"]) for line in logged(host)] == [
        ("lan", "mail-restored", "3/PYC")
    ]


def test_check_mode_puts_nothing_back(restore, host):
    assert restore(check=True, message_id="<1@x>")["restored"] == 1
    assert (Mailbox.taken, logged(host)) == ([], [])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"person": "nobody@x"}, "no account that receives mail"),
        ({"message_id": "<2@x>"}, "thuy@gialai.gov.vn has no message <2@x> in the backup of"),
        ({"target": "none"}, "there is no target none: backup1"),
    ],
)
def test_what_is_not_there_changes_nothing(restore, host, options, said):
    assert restore(**options)["msg"].startswith(f"Nothing was changed: {said}")
    assert (Mailbox.taken, logged(host)) == ([], [])


def test_an_import_that_breaks_does_not_say_that_nothing_was_changed(restore):
    Mailbox.breaks = True
    assert restore()["msg"].startswith("Stopped on the way, the same command again does the rest: doveadm")


def step(capsys, name, **options):
    given = {"what": "directory", "reference": "7/BC", "host": NAME, "repositories": {"b": "ssh://x"}}
    return moduling.run(rebuild, capsys, step=name, **given | options)


def test_a_restore_begins_in_check_mode_without_a_trace(restore, host, capsys):
    result = step(capsys, "begin", check=True)
    assert result["changed"] and result["archive"] == ARCHIVE.name and result["done"] == []
    assert not restores.MARKER.exists() and logged(host) == []


def test_a_restore_that_was_begun_goes_on(restore, host, capsys):
    assert step(capsys, "begin")["changed"]
    assert [line["what"] for line in logged(host)] == ["directory-restore-begun"]
    assert not step(capsys, "begin")["changed"]
    assert not step(capsys, "data", check=True)["changed"]
    said = step(capsys, "look", what="host")["msg"]
    assert said.startswith("Stopped on the way") and "finish it with what=directory" in said


def test_a_step_before_the_beginning_is_refused(restore, capsys):
    said = step(capsys, "data")["msg"]
    assert said == "Nothing was changed: no restore of the directory was begun on this host"


def test_two_restores_at_once_are_refused(restore, host, capsys):
    with files.locked(host / "etc/congvu/backup"):
        assert "another run is at work" in step(capsys, "begin")["msg"]
        assert "another run is at work" in restore()["msg"]
