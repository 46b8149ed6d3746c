# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What an import did and did not do, as text, JSON or Markdown: repairs, refused rows, counts."""

from __future__ import annotations

import json

from ..problems import LABELS, as_json, as_markdown, as_text, cells, printable, shown
from .importing import Outcome
from .rows import Repair

WORDS = {
    "vi": {
        "repair": "đã sửa",
        "old": "Trong danh sách",
        "new": "Ghi vào roster",
        "why": "Lý do",
        "added": "thêm mới",
        "changed": "cập nhật",
        "unchanged": "không đổi",
        "refused": "không nhập",
        "adopted": "hộp thư tiếp nhận",
        "aliases": "bí danh tiếp nhận",
        "known": "hộp thư đã có trong sổ địa chỉ",
        "left out": "hộp thư của riêng hệ thống cũ",
        "hashes": "hộp thư có mật khẩu băm trong tệp (không lưu vào Git)",
        "nothing": "không nhập gì",
    },
    "en": {
        "repair": "mended",
        "old": "In the list",
        "new": "In the roster",
        "why": "Why",
        "added": "added",
        "changed": "changed",
        "unchanged": "unchanged",
        "refused": "refused",
        "adopted": "mailboxes adopted",
        "aliases": "aliases adopted",
        "known": "mailboxes that the register has already",
        "left out": "mailboxes of the old system itself",
        "hashes": "mailboxes with a password hash in the file (not kept in Git)",
        "nothing": "nothing was imported",
    },
}
WHY = {
    "vi": {
        "apostrophe": "dấu nháy gõ thành dấu khác hoặc có dấu cách theo sau",
        "capitals": "viết hoa hoặc viết thường cả từ",
        "date": "ngày viết dạng khác",
        "decomposed": "dấu tách rời khỏi chữ (Unicode tổ hợp)",
        "invisible": "có ký tự vô hình",
        "leaders": "lãnh đạo không phải một phòng",
        "lookalike": "chữ giống Đ nhưng không phải Đ",
        "serial": "ngày ở dạng số của Excel",
        "spaces": "dấu cách thừa, xuống dòng hoặc dấu cách lạ",
        "status": "tình trạng bằng chữ",
        "time": "ngày có kèm giờ",
        "zeros": "ô kiểu số làm mất số 0 ở đầu mã",
    },
    "en": {
        "apostrophe": "another mark in place of the apostrophe, or a space after it",
        "capitals": "a word all in capitals or all in small letters",
        "date": "a date in another form",
        "decomposed": "marks apart from their letters (decomposed Unicode)",
        "invisible": "invisible characters",
        "leaders": "the leaders are no department",
        "lookalike": "a letter that only looks like Đ",
        "serial": "a date as Excel's number",
        "spaces": "extra, unusual or broken spaces",
        "status": "the status in words",
        "time": "a date with a time",
        "zeros": "a number cell lost the zeros in front of the id",
    },
}


def counted(outcome: Outcome, language: str = "vi") -> str:
    """Return the counts as one phrase."""
    words = WORDS[language]
    if outcome.counts is None:
        return words["nothing"]
    return ", ".join(f"{count} {words.get(word) or word}" for word, count in outcome.counts.items())


def why(repair: Repair, language: str) -> str:
    """Return the reasons of a repair."""
    return ", ".join(WHY[language][word] for word in repair.why)


def text_report(outcome: Outcome, language: str = "vi") -> str:
    """Render a line for each repair and each problem, and the counts last."""
    words = WORDS[language]
    lines = [
        f"{printable(repair.file)}:{repair.row}:{shown(repair.column)}: {words['repair']}:"
        f' "{shown(repair.old)}" → "{shown(repair.new)}" ({why(repair, language)})\n'
        for repair in outcome.repairs
    ]
    return "".join(lines) + as_text(outcome.problems, language) + counted(outcome, language) + "\n"


def json_report(outcome: Outcome, language: str = "vi") -> str:
    """Render for programs: what ``validate`` has, and repairs and counts."""
    report = json.loads(as_json(outcome.problems, language))
    report["repairs"] = [
        {
            "file": printable(repair.file),
            "row": repair.row,
            "column": shown(repair.column),
            "old": repair.old,
            "new": repair.new,
            "why": why(repair, language),
        }
        for repair in outcome.repairs
    ]
    report["counts"] = outcome.counts
    report["files"] = sorted(outcome.files)
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def markdown_report(outcome: Outcome, language: str = "vi") -> str:
    """Render two tables: what was refused or is to be looked at, and what was mended."""
    label, words = LABELS[language], WORDS[language]
    lines = [f"**{counted(outcome, language)}**", "", as_markdown(outcome.problems, language)]
    if outcome.repairs:
        heads = (label["file"], label["row"], label["column"], words["old"], words["new"], words["why"])
        lines += [cells(*heads), cells(*["---"] * len(heads))]
    lines += [
        cells(
            printable(repair.file),
            str(repair.row),
            shown(repair.column),
            shown(repair.old),
            shown(repair.new),
            why(repair, language),
        )
        for repair in outcome.repairs
    ]
    return "\n".join(lines) + "\n"


RENDERERS = {"text": text_report, "json": json_report, "markdown": markdown_report}
