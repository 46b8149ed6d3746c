# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What an import did and did not do, as text, JSON or Markdown: repairs, refused rows, counts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from ..parsing.problems import (
    LABELS,
    LONGEST_REPORT,
    as_json,
    as_markdown,
    as_text,
    cells,
    cut,
    printable,
    shown,
)
from ..roster.roster import PEOPLE
from .merge import Outcome
from .rows import Repair

LONGEST_TABLE = LONGEST_REPORT // 4
WORDS = {
    "vi": {
        "repair": "đã sửa",
        "old": "Trong danh sách",
        "new": "Ghi vào roster",
        "why": "Lý do",
        "change": "đã cập nhật",
        "newcomer": "thêm mới",
        "was": "Trước",
        "is": "Sau",
        "id": "Mã cán bộ",
        "name": "Họ và tên",
        "unit": "Đơn vị",
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
        "repair": "fixed",
        "old": "In the list",
        "new": "In the roster",
        "why": "Why",
        "change": "changed",
        "newcomer": "added",
        "was": "Before",
        "is": "After",
        "id": "person_id",
        "name": "Name",
        "unit": "Unit",
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
    """Render a line for each repair, change, new person and problem, and the counts last."""
    words = WORDS[language]
    lines = [
        f"{printable(repair.file)}:{repair.row}:{shown(repair.column)}: {words['repair']}:"
        f' "{shown(repair.old)}" → "{shown(repair.new)}" ({why(repair, language)})\n'
        for repair in outcome.repairs
    ]
    lines += [
        f"{change.file}:{printable(change.person_id)}:{change.column}: {words['change']}:"
        f' "{shown(change.old)}" → "{shown(change.new)}"\n'
        for change in outcome.changes
    ]
    lines += [
        f"{PEOPLE}/{new.unit}.csv:{printable(new.person_id)}: {words['newcomer']}: {shown(new.full_name)}\n"
        for new in outcome.added
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
    report["changes"] = [asdict(change) for change in outcome.changes]
    report["added"] = [asdict(new) for new in outcome.added]
    report["counts"] = outcome.counts
    report["files"] = sorted(outcome.files)
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def markdown_report(outcome: Outcome, language: str = "vi") -> str:
    """Render what was refused or is to be looked at, what changed, who is new, and what was fixed."""
    label, words = LABELS[language], WORDS[language]
    lines = [f"**{counted(outcome, language)}**", "", as_markdown(outcome.problems, language)]
    lines += _table(
        (label["file"], words["id"], label["column"], words["was"], words["is"]),
        ((new.file, new.person_id, new.column, new.old, new.new) for new in outcome.changes),
        language,
    )
    lines += _table(
        (words["newcomer"], words["name"], words["unit"]),
        ((new.person_id, new.full_name, new.unit) for new in outcome.added),
        language,
    )
    lines += _table(
        (label["file"], label["row"], label["column"], words["old"], words["new"], words["why"]),
        (
            (fix.file, str(fix.row), fix.column, fix.old, fix.new, why(fix, language))
            for fix in outcome.repairs
        ),
        language,
    )
    return "\n".join(lines) + "\n"


def _table(headers: Sequence[str], rows: Iterable[Sequence[str]], language: str) -> list[str]:
    """Return a table as long as it may be beside the others, or nothing."""
    fitting, rest = cut([cells(*map(shown, row)) for row in rows], LONGEST_TABLE, language)
    if not fitting and not rest:
        return []
    return [cells(*headers), cells(*["---"] * len(headers)), *fitting, "", *rest]


RENDERERS = {"text": text_report, "json": json_report, "markdown": markdown_report}
