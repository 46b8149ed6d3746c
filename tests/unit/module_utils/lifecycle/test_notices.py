"""Notices: what they say, and that they look like nothing that a swindler would send."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.clock import VIETNAM
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.model import (
    Account,
    ListedAccount,
    Notice,
)
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.notice import TO
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.notices import (
    TEXTS,
    Office,
    message,
    proposals,
)

OFFICE = Office(
    "Ủy ban nhân dân tỉnh Gia Lai",
    "03/2011/QĐ-UBND",
    "cntt.stttt@gialai.gov.vn",
    "0269 3824 404",
    "gialai.gov.vn",
    "mail.gialai.gov.vn",
)
NOW = datetime(2026, 3, 5, 2, 15, tzinfo=VIETNAM)
HOLDER, UNIT = "thuyctp.stttt@gialai.gov.vn", "stttt@gialai.gov.vn"
FACTS = {
    "name": "Cao Thị Phương Thuý",
    "address": HOLDER,
    "unit": "stttt",
    "title": "",
    "idle_since": "2025-08-01",
    "reference": "12/QĐ-STTTT",
    "notice_days": "15",
    "reclaim_on": "2026-03-20",
    "lock_on": "2026-03-20",
    "day": "2026-03-04",
    "text": "",
    "changed": "2025-09-01",
    "due": "2026-03-10",
    "change_by": "2026-04-01",
    "count": "1",
    "list": f"- {HOLDER}",
}


def notice(kind="reclaim", key="reclaim 2026-03-05 person GL-0001"):
    return Notice(kind, (HOLDER, UNIT), FACTS, key)


def read(raw):
    return message_from_bytes(raw, policy=default)


@pytest.mark.parametrize("kind", sorted(TEXTS))
def test_every_kind_is_an_official_letter_without_links(kind):
    raw = message(notice(kind), OFFICE, NOW)
    mail = read(raw)
    text = mail.get_content()
    assert mail["From"] == "Ủy ban nhân dân tỉnh Gia Lai <cntt.stttt@gialai.gov.vn>"
    assert (mail["To"], mail["Cc"]) == (HOLDER, UNIT)
    assert mail["Subject"].startswith("Thông báo về việc ")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    for words in ("Kính gửi:", "Căn cứ Quy chế", "03/2011/QĐ-UBND", "Nơi nhận:", "0269 3824 404"):
        assert words in text
    assert not re.search(r"https?:|www\.|[{}]", text)
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_every_notice_that_the_rules_know_has_a_text():
    assert set(TO) <= set(TEXTS)


def test_the_day_of_the_reclaim_stands_in_the_notice():
    text = " ".join(read(message(notice(), OFFICE, NOW)).get_content().split())
    assert "thu hồi từ ngày 20/03/2026, sau 15 ngày" in text
    assert "Ngày 05 tháng 03 năm 2026" in text
    assert "- Cao Thị Phương Thuý (thuyctp.stttt@gialai.gov.vn); - stttt@gialai.gov.vn." in text


def test_the_same_notice_has_the_same_number_on_another_day():
    first = read(message(notice(), OFFICE, NOW))["Message-ID"]
    assert first == read(message(notice(), OFFICE, NOW.replace(month=4)))["Message-ID"]
    assert first != read(message(notice(key="reclaim 2027-03-05 person GL-0001"), OFFICE, NOW))["Message-ID"]


def test_a_list_of_proposals_for_each_day_that_has_new_ones():
    account = Account("uid=1", "person", "1", "Lê Nam", HOLDER, date(2024, 1, 1), unit="stttt")
    lines = (
        ListedAccount(account, date(2026, 3, 1), "idle"),
        ListedAccount(account, date(2026, 3, 4), "idle"),
    )
    found = proposals(lines, OFFICE)
    assert found.recipients == (OFFICE.address,)
    assert found.key == "proposals 2026-03-04"
    text = read(message(found, OFFICE, NOW)).get_content()
    assert text.count(f"- {HOLDER} (Lê Nam, stttt)") == 2
    assert proposals((), OFFICE) is None


@pytest.mark.parametrize("kind", ["password-age", "password-change"])
def test_who_is_asked_for_another_password_is_told_where_by_a_name_to_type(kind):
    text = read(message(notice(kind), OFFICE, NOW)).get_content()
    assert "tự gõ vào ô địa chỉ: mail.gialai.gov.vn." in " ".join(text.split())
    without = read(message(notice(kind), replace(OFFICE, account_host=""), NOW)).get_content()
    assert "trình duyệt" not in without
