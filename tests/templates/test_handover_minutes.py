"""The minutes of a handover, rendered without a host: what the two heads sign."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

TEMPLATE = Path(__file__).parents[2] / "playbooks/templates/handover.html.j2"
DIGEST = "3f" * 32
FOLDERS = {
    "Công văn đến/Năm 2026": {"messages": 1234, "size": 52_428_800},
    "INBOX": {"messages": 2, "size": 1536},
    "<b>&": {"messages": 0, "size": 0},
}


def render(**changed: Any) -> str:
    done = {
        "address": "cntt.stttt@gialai.gov.vn",
        "unit_name": "Phòng Công nghệ thông tin",
        "day": "2026-11-22",
        "old": {"id": "GL-0001", "name": "Cao Thị Phương Thuý", "title": "Giám đốc"},
        "new": {"id": "GL-0002", "name": "Trương Hoàng Tiến Minh", "title": "Trưởng phòng"},
        "resets": True,
    } | changed
    copy = {
        "time": "2026-11-22T08:05:09+07:00",
        "messages": 1236,
        "size": 52_430_336,
        "sha256": DIGEST,
        "folders": FOLDERS,
    }
    given = {
        "handover_done": done,
        "handover_copy": copy,
        "reference": "12/QĐ-STTTT",
        "site": {
            "mail_organization": "Ủy ban nhân dân tỉnh Gia Lai",
            "regulation": {"decision": "03/2011/QĐ-UBND"},
        },
    }
    templar = Templar(loader=DataLoader(), variables=given)
    return str(templar.template(trust_as_template(TEMPLATE.read_text("utf-8"))))


def words(page: str) -> str:
    body = page[page.index("<body>") :]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


def test_it_says_who_hands_over_what_to_whom() -> None:
    said = words(render())
    for sentence in (
        "ỦY BAN NHÂN DÂN TỈNH GIA LAI PHÒNG CÔNG NGHỆ THÔNG TIN",
        "Căn cứ Quyết định số 03/2011/QĐ-UBND",
        "Căn cứ văn bản số 12/QĐ-STTTT",
        "Ngày 22 tháng 11 năm 2026",
        "I. Bên giao Ông (Bà): Cao Thị Phương Thuý Mã cán bộ: GL-0001 Chức vụ: Giám đốc",
        "II. Bên nhận Ông (Bà): Trương Hoàng Tiến Minh Mã cán bộ: GL-0002 Chức vụ: Trưởng phòng",
        "tính đến 08 giờ 05 phút ngày 22/11/2026",
        "1 Công văn đến/Năm 2026 1.234 50,0 MB",
        "2 Hộp thư đến (INBOX) 2 1,5 KB",
        "Tổng cộng 1.236 50,0 MB",
        DIGEST,
        "mật khẩu ban đầu mới, niêm phong và cấp riêng cho Bên nhận",
    ):
        assert sentence in said, sentence


def test_a_folder_name_is_text_and_never_html() -> None:
    page = render()
    assert "<b>&" not in page
    assert "3 <b>& 0 0,0 KB" in " ".join(html.unescape(re.sub(r"</?t[dr]>", " ", page)).split())


def test_who_is_not_on_record_is_left_blank_to_be_written_in() -> None:
    page = render(old={"id": "", "name": "", "title": ""})
    assert page.count('class="blank"') == 3
    assert render().count('class="blank"') == 0


@pytest.mark.parametrize("resets", [True, False])
def test_a_password_is_spoken_of_only_where_there_is_one(resets: bool) -> None:
    said = words(render(resets=resets))
    assert ("Mật khẩu cũ không bàn giao" in said) is resets
    assert ("không có mật khẩu dùng chung" in said) is not resets
    assert "mọi phiên đăng nhập trước đó đã chấm dứt" in said
