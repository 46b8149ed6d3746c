# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The plan of a reorganisation as a reviewer reads it: clashes, units, addresses."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict

from ..parsing import problems
from ..parsing.problems import cells, errors, plain, printable
from ..register import changes
from .restructure import Plan, UnitChange

LABELS = {
    "vi": {
        "clashes": "Vướng mắc và trùng lặp",
        "units": "Đơn vị",
        "addresses": "Địa chỉ",
        "begun": "thành lập",
        "joined": "nhập về",
        "renamed": "đổi tên",
        "changed": "sửa thông tin",
        "merged": "sáp nhập",
        "dissolved": "giải thể",
        "people": "{count} dòng cán bộ",
        "done": "Đã thực hiện trước đó, không có gì thay đổi",
        "finished": "Đã ghi nốt các tệp của lần sắp xếp bị ngắt giữa chừng: {files}",
        "change": "Việc",
        "before": "Trước",
        "after": "Sau",
        "rows": "Cán bộ",
    },
    "en": {
        "clashes": "Clashes and problems",
        "units": "Units",
        "addresses": "Addresses",
        "begun": "begun",
        "joined": "joined",
        "renamed": "renamed",
        "changed": "changed",
        "merged": "merged",
        "dissolved": "dissolved",
        "people": "{count} rows of people",
        "done": "It was carried out before, nothing changes",
        "finished": "Wrote what an interrupted reorganisation had left: {files}",
        "change": "What",
        "before": "Before",
        "after": "After",
        "rows": "People",
    },
}


def as_text(plan: Plan, language: str = "vi") -> str:
    """Render a line for each problem, each unit and each address."""
    label = LABELS[language]
    lines = _finished(plan, label)
    if plan.done:
        return "\n".join([*(lines or [label["done"]]), ""])
    lines += [f"== {label['clashes']}", problems.as_text(plan.problems, language)]
    if plan.units:
        lines += [f"== {label['units']}"]
        for unit in plan.units:
            way = " -> ".join(filter(None, (unit.before, _after(unit))))
            lines.append(printable(f"{label[unit.verb]}: {way}: {label['people'].format(count=unit.people)}"))
        lines += [""]
    if not errors(plan.problems):
        lines += [f"== {label['addresses']}", changes.as_text(plan.changes, plan.names, language)]
    return "\n".join(lines)


def _finished(plan: Plan, label: dict[str, str]) -> list[str]:
    return [label["finished"].format(files=", ".join(plan.finished))] if plan.finished else []


def _after(unit: UnitChange) -> str:
    """Return the unit's new path, and behind it what else is new."""
    told = {"name": unit.name, "mailbox": unit.mailbox}
    said = ", ".join(f"{key}: {value}" for key, value in told.items() if value)
    return f"{unit.after} ({said})" if said else unit.after


def as_json(plan: Plan, language: str = "vi") -> str:
    """Render for programs; ``files`` are those that change."""
    report = {
        **json.loads(problems.as_json(plan.problems, language)),
        "done": plan.done,
        "finished": plan.finished,
        "units": [asdict(unit) for unit in plan.units],
        "addresses": json.loads(changes.as_json(plan.changes, plan.names, language)),
        "files": sorted(plan.files),
    }
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def as_markdown(plan: Plan, language: str = "vi") -> str:
    """Render for the comment on a merge request."""
    label = LABELS[language]
    parts = list(map(plain, _finished(plan, label)))
    if plan.done:
        return "\n".join([*(parts or [label["done"]]), ""])
    parts += [f"### {label['clashes']}", "", problems.as_markdown(plan.problems, language)]
    if plan.units:
        heads = [label[head] for head in ("change", "before", "after", "rows")]
        parts += [f"### {label['units']}", "", cells(*heads), cells(*["---"] * len(heads))]
        parts += [cells(label[unit.verb], unit.before, _after(unit), str(unit.people)) for unit in plan.units]
        parts += [""]
    if not errors(plan.problems):
        addresses = changes.as_markdown(plan.changes, plan.names, language)
        parts += [f"### {label['addresses']}", "", addresses]
    return "\n".join(parts) + "\n"


RENDERERS: dict[str, Callable[[Plan, str], str]] = {
    "text": as_text,
    "json": as_json,
    "markdown": as_markdown,
}
