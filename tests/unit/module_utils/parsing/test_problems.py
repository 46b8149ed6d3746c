"""Problems: every sentence in both languages, one located line each, the three renderings."""

from __future__ import annotations

import json
import re
import string

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.parsing.messages import TEXTS
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import (
    Problem,
    as_json,
    as_markdown,
    as_text,
    brief,
    summary,
)

BAD_DATE = Problem("roster/people/snv.csv", 3, "Ngày sinh", "date_bad", "31/02/1980")
NO_CLERK = Problem("roster/units.yml", 7, "clerk", "contact_missing", "clerk", "snv")


@pytest.mark.parametrize("code", sorted(TEXTS))
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_problem_has_a_message_and_a_fix(code, language):
    problem = Problem("f.csv", 1, "c", code, "the value", "detail", ("one", "two → 2", "three"))
    said, fix = problem.message(language), problem.fix(language)
    assert said
    assert fix
    assert "{" not in said.replace("{...}", "") + fix.replace("{...}", "")
    for sentence in problem.text.said(language):
        fields = {field for _, field, _, _ in string.Formatter().parse(sentence) if field is not None}
        assert fields <= {"value", "detail", "0", "1", "2"}


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_a_detail_is_no_parts(code):
    """Else what a user wrote, with an arrow in it, fills the places of a sentence."""
    problem = Problem("f.csv", 1, "c", code, "the value", "one → two → three")
    sentences = " ".join(problem.text.said("en"))
    if re.search(r"\{\d\}", sentences):
        with pytest.raises(IndexError):
            as_text([problem], "en")
    else:
        assert ("one → two → three" in as_text([problem], "en")) == ("{detail}" in sentences)


def test_text_has_place_value_and_fix_in_one_line():
    line, count = as_text([BAD_DATE]).splitlines()
    assert line.startswith("roster/people/snv.csv:3:Ngày sinh: lỗi: ")
    assert '"31/02/1980"' in line
    assert "Cách sửa" in line
    assert count == "1 lỗi, 0 cảnh báo"


def test_english():
    assert "error" in as_text([BAD_DATE], "en")
    assert "31/12/1979" in as_text([BAD_DATE], "vi")


def test_order_and_repetition_do_not_matter():
    assert as_text([NO_CLERK, BAD_DATE, NO_CLERK]) == as_text([BAD_DATE, NO_CLERK])


def test_nothing_breaks_a_line():
    hostile = Problem("a\nb.csv", 1, "c\x1b[2J", "date_bad", "x\r\ny\x00\u202e" + "z" * 500)
    (line, _) = as_text([hostile]).splitlines()
    assert line.isprintable()
    assert len(line) < 400


def test_json_is_for_programs():
    report = json.loads(as_json([NO_CLERK, BAD_DATE], "en"))
    assert (report["errors"], report["warnings"]) == (1, 1)
    first = report["problems"][0]
    assert (first["file"], first["row"], first["column"]) == ("roster/people/snv.csv", 3, "Ngày sinh")
    assert first["severity"] == "error"
    assert first["value"] == "31/02/1980"
    assert first["fix"]


def test_json_has_no_row_for_a_whole_file():
    report = json.loads(as_json([Problem("f.csv", 0, "", "file_missing")]))
    assert report["problems"][0]["row"] is None


def test_markdown_is_a_table_that_a_roster_cannot_escape():
    report = as_markdown([Problem("f.csv", 2, "full_name", "name_bad_character", "a|b <img> @all", "|")])
    assert "a|b" not in report
    assert "<img>" not in report
    assert "@all" not in report
    assert all(line.count("|") == 7 for line in report.splitlines()[2:])


def test_markdown_without_problems_says_so():
    assert as_markdown([], "en") == "**0 errors, 0 warnings**\n\n"


def test_summary_counts_by_severity():
    assert summary([BAD_DATE, NO_CLERK], "en") == "1 errors, 1 warnings"


AGE = "AGE-SECRET-KEY-1" + "QXYZ" * 14 + "QQ"
PEM = f"-----BEGIN OPENSSH PRIVATE KEY-----\n{'QXYZ' * 60}\n-----END OPENSSH PRIVATE KEY-----"


@pytest.mark.parametrize("key", [AGE, PEM, PEM[:150]], ids=["age", "pem", "pem cut off"])
@pytest.mark.parametrize("around", ["{}", "age1x, {}", "x" * 60 + " {}"])
@pytest.mark.parametrize("shape", [str, lambda key: [key], lambda key: {"age": [key], key: 1}])
def test_a_private_key_is_never_shown(key, around, shape):
    value = shape(around.format(key))
    problem = Problem(
        "f.yml", 0, f"mail_operators.{key}", "variable_misspelt", brief(value), parts=("a", str(value))
    )
    raw = Problem("f.yml", 0, key, "value_bad", str(value), str(value), (key,))
    for render in (as_text, as_json, as_markdown):
        assert "XYZ" not in render([problem, raw])
    assert "XYZ" not in brief(value)
