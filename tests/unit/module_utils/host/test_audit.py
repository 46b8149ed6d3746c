"""The audit log: only ever longer, whole lines, each with who, what and when."""

from __future__ import annotations

import stat

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.host import audit
from ansible_collections.congvu.mail.plugins.module_utils.host.audit import AuditLine


@pytest.fixture
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("CONGVU_TODAY", "2026-03-31")
    return tmp_path / "audit.jsonl"


def test_what_is_recorded_is_read_again(log):
    audit.record("unlocked", "thuyctp.stttt@gialai.gov.vn", "12/CV-STTTT", "theo công văn", "lan", log)
    audit.record_all(
        [AuditLine("timer", "pass", text="0"), AuditLine("timer", "idle-locked", "a@gialai.gov.vn")], log
    )
    first, *others = audit.read(log)
    assert (first.who, first.what, first.account) == ("lan", "unlocked", "thuyctp.stttt@gialai.gov.vn")
    assert (first.reference, first.text) == ("12/CV-STTTT", "theo công văn")
    assert first.time.startswith("2026-03-31T")
    assert first.time.endswith("+07:00")
    assert [line.what for line in others] == ["pass", "idle-locked"]


def test_only_root_reads_it(log):
    audit.record("pass", "", "", "", "timer", log)
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_text_of_two_lines_is_one_line_of_the_log(log):
    audit.record("exempt", "a@gialai.gov.vn", "1/CV", "học\ntập", "lan", log)
    assert len(log.read_text().splitlines()) == 1


def test_a_name_of_bytes_that_are_no_text_is_recorded(log):
    audit.record("mail-restored", "a@x", "", "tệp \udcff", "lan", log)
    (line,) = audit.read(log)
    assert line.text == "tệp \udcff"


def test_what_was_not_read_is_told():
    assert audit.unread_words(0) == ""
    assert audit.unread_words(2).startswith("2 lines")


def test_a_log_that_is_not_there_has_no_lines(log):
    assert list(audit.read(log)) == []
    audit.record_all([], log)
    assert not log.exists()


def test_who_it_was(monkeypatch):
    monkeypatch.setenv("SUDO_USER", "lan")
    assert audit.operator() == "lan"
    assert audit.operator("hoa@quanly") == "hoa@quanly"
    monkeypatch.delenv("SUDO_USER")
    assert audit.operator()
