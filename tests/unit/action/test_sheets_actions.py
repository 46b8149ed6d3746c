"""Sheets with secrets: opened here, written where only the operator reads, or refused with the reason."""

from __future__ import annotations

import json
from datetime import date

import pyrage
import pytest
from ansible_collections.congvu.mail.plugins.action import escrow, handout
from ansible_collections.congvu.mail.plugins.module_utils.host import files
from ansible_collections.congvu.mail.plugins.module_utils.host import run as host_run
from ansible_collections.congvu.mail.plugins.module_utils.passwords import generation
from ansible_collections.congvu.mail.plugins.modules import handout_read

from tests.support import acting, moduling
from tests.support.samples import gialai

DAY = date(2026, 11, 22)
PASSWORD = "hT7k-9mxb-Rq4v-n3fJ"
TARGET = {
    "label": "backup1",
    "repository": "ssh://backup1/srv",
    "host_key": "ssh-ed25519 x",
    "key": "BORG_KEY x",
}
ESCROW = {"passphrase": "a b c", "targets": [TARGET]}
ADDRESS = "thuyctp.stttt@gialai.gov.vn"


@pytest.fixture
def key():
    return pyrage.x25519.Identity.generate()


@pytest.fixture
def given(key, tmp_path, monkeypatch):
    for action in (escrow, handout):
        monkeypatch.setattr(action, "today", lambda: DAY)
    (tmp_path / "operator.key").write_text(f"{key}\n")
    return {
        "identity": str(tmp_path / "operator.key"),
        "output": str(tmp_path / "sheets"),
        "organization": "Ủy ban nhân dân tỉnh Gia Lai",
    }


def sealed(key, *said):
    clear = "".join(json.dumps(one) + "\n" for one in said).encode()
    return pyrage.encrypt(clear, [key.to_public()], armored=True).decode()


@pytest.fixture
def host(key):
    account = {
        "dn": "uid=1",
        "name": "Cao Thị Phương Thuý",
        "given": "Thuý",
        "title": "Giám đốc",
        "address": ADDRESS,
        "addresses": [ADDRESS],
        "unit": "stttt",
        "proof": generation.proof(generation.hashed(PASSWORD)),
    }
    issued = {"address": ADDRESS, "dn": "uid=1", "password": PASSWORD, "issued": "20261120T101530.000001Z"}
    answer = {
        "sealed": [sealed(key, issued)],
        "accounts": [account],
        "units": {"stttt": "Sở"},
        "unreadable": [],
    }
    return acting.Host(answer)


def hand_out(given, host, **options):
    given = given | {"suffix": "dc=vn", "regulation": gialai(), "hostname": "mail.gialai.gov.vn"}
    return acting.run(handout.ActionModule, host=host, **given | options)


def test_a_first_password_is_on_paper(given, host, tmp_path):
    result = hand_out(given, host)
    assert result["files"] == {"stttt.html": 1} and result["changed"]
    assert (host.modules, host.sent) == (["congvu.mail.handout_read"], [{"suffix": "dc=vn"}])
    sheet = tmp_path / "sheets/stttt.html"
    assert ADDRESS in sheet.read_text() and sheet.stat().st_mode & 0o777 == 0o600
    assert PASSWORD not in json.dumps(result)


def test_what_cannot_be_read_is_told_and_the_others_are_on_paper(given, host, key):
    host.answer["sealed"].append(sealed(key, {"address": ADDRESS}))
    host.answer["unreadable"] = ["b@gialai.gov.vn: cannot be read: cn"]
    result = hand_out(given, host)
    assert result["msg"][-1] == "b@gialai.gov.vn: cannot be read: cn"
    assert sum(result["files"].values()) == 1


def test_check_mode_writes_no_sheet(given, host, tmp_path):
    result = hand_out(given, host, check=True)
    assert result["files"] == {"stttt.html": 1} and not (tmp_path / "sheets").exists()


def test_what_is_older_than_asked_for_is_not_printed(given, host):
    assert hand_out(given, host, issued_since="2026-11-21")["files"] == {}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"unit": "none"}, "there is no unit none in the directory"),
        ({"issued_since": "yesterday"}, "issued_since is no day: yesterday"),
        ({"regulation": {}}, "regulation.yml"),
        ({"identity": "/nowhere/key"}, "/nowhere/key: No such file"),
    ],
)
def test_a_refusal_is_no_failure_and_writes_nothing(given, host, tmp_path, options, said):
    result = hand_out(given, host, **options)
    assert result["refused"].startswith("Nothing was changed: ") and said in result["refused"]
    assert "failed" not in result and not (tmp_path / "sheets").exists()


def test_a_key_that_opens_nothing_is_named(given, host):
    host.answer["sealed"] = [sealed(pyrage.x25519.Identity.generate(), {})]
    assert f"{given['identity']} opens none of the sealed files" in hand_out(given, host)["refused"]


def test_what_the_module_refuses_is_handed_on_in_one_wording(given, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(host_run, "keep_out_of_core_dumps", lambda: None)
    moduling.move(monkeypatch, tmp_path / "host", files)
    told = moduling.run(handout_read, capsys, suffix="dc=vn")
    missing = f"this host has no {files.SEALED} yet: run playbooks/site.yml first"
    assert told["msg"] == f"Nothing was changed: {missing}"
    assert hand_out(given, acting.Host(told))["refused"] == f"Nothing was changed: {missing}"


def test_a_host_that_is_away_is_handed_on(given):
    told = acting.Host({"unreachable": True, "msg": "no route to host"})
    assert hand_out(given, told)["refused"] == "Nothing was changed: no route to host"


def test_an_escrow_is_on_paper(given, key, tmp_path):
    said = ESCROW | {"host": "mx1"}
    result = acting.run(escrow.ActionModule, **given, sealed={"mx1": sealed(key, said)})
    assert result == {"changed": True, "files": ["mx1.html"]}
    assert "a b c" in (tmp_path / "sheets/mx1.html").read_text()


def test_the_escrow_of_another_host_is_refused(given, key, tmp_path):
    said = ESCROW | {"host": "mx2"}
    result = acting.run(escrow.ActionModule, **given, sealed={"mx1": sealed(key, said)})
    assert "is that of mx2" in result["refused"] and not (tmp_path / "sheets").exists()
