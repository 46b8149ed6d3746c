# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is wrong with an input, where, and how to fix it.

Every reader of a user's file returns a list of ``Problem`` beside its result and goes on reading, so that one
run shows all of them. The sentences live in ``messages``; a problem carries only the facts.
"""

from __future__ import annotations

import json
import re
import reprlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from .messages import TEXTS, Text

LABELS = {
    "vi": {
        "error": "lỗi",
        "warning": "cảnh báo",
        "fix": "Cách sửa",
        "summary": "{errors} lỗi, {warnings} cảnh báo",
        "file": "Tệp",
        "row": "Dòng",
        "column": "Cột",
        "problem": "Vấn đề",
        "more": "… và {count} dòng nữa; xem toàn bộ trong báo cáo dạng text",
    },
    "en": {
        "error": "error",
        "warning": "warning",
        "fix": "Fix",
        "summary": "{errors} errors, {warnings} warnings",
        "file": "File",
        "row": "Row",
        "column": "Column",
        "problem": "Problem",
        "more": "… and {count} more; the report as text has all of them",
    },
}

# A private key of age(1) or in PEM (RFC 7468), cut off or not: somebody pasted the wrong half of a pair.
PRIVATE_KEY = re.compile(
    r"AGE-SECRET-KEY-[\w-]*|-----BEGIN [A-Z ]*PRIVATE KEY-.*?(?:-----END [A-Z ]*-----|\Z)", re.DOTALL
)
LONGEST_VALUE = 80  # characters of a value that are shown
# Characters of a report in Markdown: two of them fit into one comment, of which GitHub allows 65,536.
LONGEST_REPORT = 30_000


@dataclass(frozen=True, order=True)
class Problem:
    """One fault at one place.

    ``row`` counts as a spreadsheet does: the header is row 1, and 0 means the file as a whole. ``column`` is
    the header word as the user wrote it, or the key. ``detail`` is the second fact that some sentences need,
    ``parts`` fill ``{0}``, ``{1}`` of sentences that need several.
    """

    file: str
    row: int
    column: str
    code: str
    value: str = ""
    detail: str = ""
    parts: tuple[str, ...] = ()

    @property
    def text(self) -> Text:
        """The entry of the catalogue."""
        return TEXTS[self.code]

    @property
    def severity(self) -> str:
        """``error`` stops ``validate`` and ``register``; ``warning`` does not."""
        return self.text.severity

    def message(self, language: str = "vi") -> str:
        """Say what is wrong."""
        return self._fill(self.text.said(language)[0])

    def fix(self, language: str = "vi") -> str:
        """Say what the user should do about it."""
        return self._fill(self.text.said(language)[1])

    def _fill(self, sentence: str) -> str:
        parts = map(printable, self.parts)
        return sentence.format(*parts, value=shown(self.value), detail=printable(self.detail))


def masked(value: str) -> str:
    """Take private keys out of a text."""
    return PRIVATE_KEY.sub(lambda key: "AGE-SECRET-KEY-…" if key[0][0] == "A" else "PRIVATE KEY…", value)


def printable(value: str) -> str:
    """Escape what a terminal cannot show, so that a problem stays one line whatever bytes caused it.

    Private keys are not shown either.
    """
    value = masked(value)
    if value.isprintable():
        return value
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in value)


def shown(value: str) -> str:
    """Return the value as a report shows it: printable, and not too long."""
    value = masked(value)  # before it is cut: half a key is none that could be known
    short = value if len(value) <= LONGEST_VALUE else value[:LONGEST_VALUE] + "…"
    return printable(short)


class _Brief(reprlib.Repr):
    """Shortens without leaving parts of a private key."""

    def repr_str(self, value: str, level: int) -> str:
        return super().repr_str(masked(value), level)


_BRIEF = _Brief()
_BRIEF.maxlevel, _BRIEF.maxlist, _BRIEF.maxdict = 2, 3, 3


def brief(value: object) -> str:
    """Return what stands in a variable, as text; of a large structure only the beginning."""
    return masked(value) if isinstance(value, str) else _BRIEF.repr(value)


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Pick those that stop a run."""
    return [problem for problem in problems if problem.severity == "error"]


def unready(problems: Iterable[Problem]) -> list[Problem]:
    """Pick those that stop nobody until hosts are acted on."""
    return [problem for problem in problems if problem.code == "variable_later"]


def summary(problems: Iterable[Problem], language: str = "vi") -> str:
    """Count errors and warnings in one phrase."""
    found = list(problems)
    stopping = len(errors(found))
    return LABELS[language]["summary"].format(errors=stopping, warnings=len(found) - stopping)


def as_text(problems: Iterable[Problem], language: str = "vi") -> str:
    """Render ``file:row:column: severity: message. Fix: ...`` for each, sorted by place, and the count."""
    found = sorted(set(problems))
    return "".join(f"{as_line(problem, language)}\n" for problem in found) + summary(found, language) + "\n"


def as_line(problem: Problem, language: str = "vi") -> str:
    """Render ``file:row:column: severity: message. Fix: ...``."""
    label = LABELS[language]
    place = printable(problem.file)
    if problem.row:
        place += f":{problem.row}"
    if problem.column:
        place += f":{shown(problem.column)}"
    said, fix = problem.message(language), problem.fix(language)
    return f"{place}: {label[problem.severity]}: {said}. {label['fix']}: {fix}."


def as_json(problems: Iterable[Problem], language: str = "vi") -> str:
    """Render for programs; ``row`` is null where the file as a whole is meant."""
    found = sorted(set(problems))
    stopping = len(errors(found))
    rows = [
        {
            "severity": problem.severity,
            "code": problem.code,
            "file": printable(problem.file),
            "row": problem.row or None,
            "column": shown(problem.column),
            "value": shown(problem.value),
            "message": problem.message(language),
            "fix": problem.fix(language),
        }
        for problem in found
    ]
    report = {"errors": stopping, "warnings": len(found) - stopping, "problems": rows}
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def as_markdown(problems: Iterable[Problem], language: str = "vi") -> str:
    """Render a table for the comment on a merge request, as long as one may be; the rest is counted."""
    found = sorted(set(problems), key=lambda problem: (problem.severity, problem))
    label = LABELS[language]
    lines = [f"**{summary(found, language)}**", ""]
    if found:
        heads = ("", label["file"], label["row"], label["column"], label["problem"], label["fix"])
        lines += [cells(*heads), cells(*["---"] * len(heads))]
    rows = [
        cells(
            label[problem.severity],
            printable(problem.file),
            str(problem.row or ""),
            shown(problem.column),
            problem.message(language),
            problem.fix(language),
        )
        for problem in found
    ]
    fitting, rest = cut(rows, LONGEST_REPORT - 1000, language)
    if rest:
        fitting = [*fitting, "", *rest]
    return "\n".join([*lines, *fitting]) + "\n"


def cut(rows: list[str], room: int, language: str) -> tuple[list[str], list[str]]:
    """Return as many rows as fit into `room` characters, and the lines that say how many do not."""
    fitting = sum(1 for total in accumulate(len(row) + 1 for row in rows) if total <= room)
    left_out = len(rows) - fitting
    return rows[:fitting], [LABELS[language]["more"].format(count=left_out)] if left_out else []


def cells(*texts: str) -> str:
    """Return one row of a Markdown table."""
    return "| " + " | ".join(plain(text) for text in texts) + " |"


def plain(text: str) -> str:
    """Keep a roster's text from becoming markup in somebody's merge request."""
    for char in "\\|<>`*_[]@":
        text = text.replace(char, f"&#{ord(char)};")
    return text


RENDERERS = {"text": as_text, "json": as_json, "markdown": as_markdown}
