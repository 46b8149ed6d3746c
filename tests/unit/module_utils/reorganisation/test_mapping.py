"""The mapping file: what is read, and every way that it can be wrong."""

from __future__ import annotations

from datetime import date

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.reorganisation.mapping import load_mapping
from hypothesis import given
from hypothesis import strategies as st

GOOD = """\
decision_no: 45/NQ-HĐND
decision_date: 01/03/2025
alias_until: 2027-03-01
begin:
  - {code: dakdoaxa, name: UBND xã Đak Đoa, kind: locality}
  - {code: vp, name: Văn phòng, kind: department, parent: dakdoaxa}
units:
  - unit: stttt
    merge_into: skhcn
  - {unit: cntt.stttt, rename_to: cds, name: Phòng Chuyển đổi số, parent: skhcn}
  - unit: dakdoa
    dissolve_into:
      GL-0007: dakdoaxa
      vhtt.dakdoa: vp.dakdoaxa
    successor: dakdoaxa
domains:
  - domain: binhphuoc.gov.vn
    into: dongnai.gov.vn
    site: ../binhphuoc
    units: [{unit: snv, merge_into: snv}]
"""
HEAD = "decision_no: 1\ndecision_date: 2025-03-01\n"


def test_all_that_it_can_say():
    found, problems = load_mapping(GOOD.encode(), "m.yml")
    assert problems == []
    assert found
    assert (found.decision_no, found.decision_date) == ("45/NQ-HĐND", date(2025, 3, 1))
    assert found.alias_until == date(2027, 3, 1)
    assert [begin.path for begin in found.begins] == ["dakdoaxa", "vp.dakdoaxa"]
    merge, rename, dissolve = found.steps
    assert (merge.end, rename.end, dissolve.end) == ("skhcn", "", "dakdoaxa")
    assert (rename.code, rename.parent) == ("cds", "skhcn")
    assert dissolve.into == {"GL-0007": "dakdoaxa", "vhtt.dakdoa": "vp.dakdoaxa"}
    assert dissolve.lines["vhtt.dakdoa"] == 14
    (domain,) = found.domains
    assert (domain.domain, domain.into, domain.site) == ("binhphuoc.gov.vn", "dongnai.gov.vn", "../binhphuoc")
    assert [step.merge_into for step in domain.steps] == ["snv"]


STEP = "units:\n- unit: a\n"
ONE = "units: [{unit: a, merge_into: b}]"


@pytest.mark.parametrize(
    ("text", "code", "row", "column"),
    [
        ("", "key_missing", 1, "decision_no"),
        ("[]", "yaml_shape", 1, ""),
        ("decision_date: 2025-03-01\n" + ONE, "key_missing", 1, "decision_no"),
        ("decision_no: 1\n" + ONE, "key_missing", 1, "decision_date"),
        ("decision_no: 1\ndecision_date: 31/02/2025\n" + ONE, "date_bad", 2, "decision_date"),
        (HEAD, "key_missing", 1, "units"),
        (HEAD + "unit: []", "key_unknown", 3, "unit"),
        (HEAD + "alias_until: 2024-01-01\n" + ONE, "dates_reversed", 3, "alias_until"),
        (HEAD + "units:\n- {unit: a}", "restructure_verb", 4, "unit"),
        (HEAD + "units:\n- {unit: a, rename_to: b, merge_into: c}", "restructure_verb", 4, "unit"),
        (HEAD + "units:\n- {merge_into: c}", "key_missing", 4, "unit"),
        (HEAD + "units:\n- unit: a\n  rename_to: Sở", "value_bad", 5, "rename_to"),
        (HEAD + "units:\n- unit: a\n  merge_into:", "key_missing", 4, "merge_into"),
        (HEAD + STEP + "  dissolve_into: {1: b}", "key_missing", 4, "successor"),
        (HEAD + STEP + "  successor: b\n  dissolve_into: {1: }", "key_missing", 6, "1"),
        (HEAD + STEP + "  successor: b\n  dissolve_into: {1: b, 1: c}", "key_duplicate", 6, "1"),
        (HEAD + STEP + "  successor: b\n  dissolve_into: [1]", "yaml_shape", 6, ""),
        (HEAD + STEP + "  merge_into: b\n- {unit: a, merge_into: c}", "restructure_twice", 6, "unit"),
        (HEAD + "units:\n- merge_into", "yaml_shape", 4, ""),
        (HEAD + "domains:\n- {domain: a.vn}", "key_missing", 4, "into"),
        (HEAD + "domains:\n- {domain: a.vn, into: a.vn}", "value_bad", 4, "into"),
        (HEAD + "domains:\n- {domain: a, into: a.vn}", "value_bad", 4, "domain"),
        (HEAD + "domains:\n- {domain: a.vn, into: b.vn, " + ONE + "}", "key_missing", 4, "site"),
        (HEAD + "domains: a.vn", "yaml_shape", 3, "domains"),
        (HEAD + "begin:\n- {name: Xã}", "key_missing", 4, "code"),
        (HEAD + "begin:\n- {code: a, tên: Xã}", "key_unknown", 4, "tên"),
        (HEAD + "units: &a [*a]", "yaml_syntax", 3, ""),
    ],
)  # fmt: skip
def test_what_is_wrong_has_its_place(text, code, row, column):
    found, problems = load_mapping(text.encode(), "m.yml")
    assert found is None
    assert [(problem.code, problem.row, problem.column) for problem in problems] == [(code, row, column)]


def test_bytes_that_are_no_text():
    (problem,) = load_mapping(HEAD.encode() + b"# \xd0\n", "m.yml")[1]
    assert problem.row == 3
    assert "YAML" in problem.fix("vi") and "CSV" not in problem.fix("vi") + problem.fix("en")


PIECES = (
    "decision_no",
    "units",
    "unit",
    "begin",
    "domains",
    "dissolve_into",
    "- ",
    ": ",
    "\n",
    "  ",
    "{",
    "}",
    "é",
)


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.binary(max_size=60))
def test_any_text_is_read_or_refused(text):
    data = text if isinstance(text, bytes) else text.encode()
    found, problems = load_mapping(data, "m.yml")
    assert (found is None) == bool(problems)
    for problem in problems:
        assert problem.message("vi")
        assert problem.fix("en")
