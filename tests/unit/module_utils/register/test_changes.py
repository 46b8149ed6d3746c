"""Two registers compared, as a reviewer reads it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import (
    LONGEST_REPORT,
    Problem,
    as_markdown,
)
from ansible_collections.congvu.mail.plugins.module_utils.register import changes as module
from ansible_collections.congvu.mail.plugins.module_utils.register.changes import (
    Change,
    changes,
    forgotten,
    row_lines,
)
from ansible_collections.congvu.mail.plugins.module_utils.register.rows import Row, dump_register
from hypothesis import given
from hypothesis import strategies as st

from tests.support.samples import places

NAMES = {"GL-1": "Cao Thị Phương Thuý", "GL-2": "Lý Nam", "cntt.stttt": "Phòng Công nghệ thông tin"}


def row(local_part, holder="GL-1", kind="primary", unit="stttt", until="", reason="", domain="gialai.gov.vn"):
    return Row(f"{local_part}@{domain}", holder, kind, unit, "2011-03-14", until, reason)


THUY = row("thuyctp.stttt")
MOVED = [
    row("thuyctp.stttt", kind="alias", until="2026-11-22", reason="moved 12/QĐ-SNV"),
    row("thuyctp.iagrai", unit="iagrai"),
]
NAM = row("namly.stttt", "GL-2")
OFFICE = row("cntt.stttt", "cntt.stttt", unit="cntt.stttt")


def verbs(before, after):
    return [(change.verb, change.address.partition("@")[0]) for change in changes(before, after)]


def test_a_first_address_is_created():
    assert changes([NAM], [NAM, THUY]) == [Change("created", "GL-1", THUY.address, unit="stttt")]


def test_a_mover_is_one_change_with_the_old_address_beside_the_new():
    assert changes([THUY], MOVED) == [
        Change(
            "changed", "GL-1", "thuyctp.iagrai@gialai.gov.vn", "thuyctp.stttt@gialai.gov.vn",
            "2026-11-22", "moved 12/QĐ-SNV", "iagrai",
        )
    ]  # fmt: skip


def test_a_mover_who_comes_back_to_an_alias_changes_too():
    back = [THUY, replace(MOVED[1], kind="alias", until="2027-01-01")]
    (change,) = changes(MOVED, back)
    assert (change.verb, change.address, change.before, change.until) == (
        "changed", THUY.address, MOVED[1].address, "2027-01-01",
    )  # fmt: skip


def test_an_old_address_that_is_retired_at_once_is_told_twice():
    found = changes([THUY], [replace(THUY, kind="tombstone", reason="dissolved 1"), MOVED[1]])
    assert [(change.verb, change.before, change.until) for change in found] == [
        ("changed", THUY.address, ""),
        ("retired", "", ""),
    ]
    assert "(địa chỉ cũ bị thu hồi; dissolved 1)" in module.as_text(found, NAMES)


def test_a_leaver_retires_every_address_and_may_come_back():
    left = [replace(line, kind="tombstone", until="2026-01-02", reason="left 9/QĐ") for line in MOVED]
    assert verbs(MOVED, left) == [("retired", "thuyctp.iagrai"), ("retired", "thuyctp.stttt")]
    assert verbs(left, MOVED) == [("restored", "thuyctp.iagrai"), ("restored", "thuyctp.stttt")]


def test_aliases_are_told_when_they_begin_and_when_their_end_moves():
    alias = row("sothongtin", "stttt", "alias")
    assert verbs([], [alias]) == [("alias", "sothongtin")]
    assert verbs([NAM], [replace(NAM, kind="alias")]) == [("alias", "namly.stttt")]
    assert verbs(MOVED, [replace(MOVED[0], until="2027-05-01"), MOVED[1]]) == [("alias", "thuyctp.stttt")]


def test_a_district_that_ends_and_a_commune_of_its_path_are_two():
    district = row("ubnddakdoa", "dakdoa", unit="dakdoa")
    commune = row("ubndxadakdoa", "dakdoa", unit="dakdoa")
    ended = replace(district, kind="tombstone", until="2025-07-01", reason="dissolved")
    assert verbs([district], [ended, commune]) == [("created", "ubndxadakdoa"), ("retired", "ubnddakdoa")]


def test_a_unit_that_is_renamed_changes_and_units_that_merge_give_aliases():
    renamed = [replace(OFFICE, holder="cds.stttt", kind="alias"), row("cds.stttt", "cds.stttt")]
    (change,) = changes([OFFICE], renamed)
    assert (change.verb, change.holder, change.before) == ("changed", "cds.stttt", OFFICE.address)
    other = row("bcvt.stttt", "bcvt.stttt")
    taken = [replace(other, holder=OFFICE.holder, kind="alias"), replace(OFFICE, kind="alias")]
    found = changes([other, OFFICE], [*taken, row("so.stttt", OFFICE.holder)])
    assert [(change.verb, change.before) for change in found] == [("changed", OFFICE.address), ("alias", "")]
    merged = [*renamed, replace(other, holder="cds.stttt", kind="alias")]
    assert verbs([OFFICE, other], merged) == [
        ("created", "cds.stttt"), ("alias", "bcvt.stttt"), ("alias", "cntt.stttt"),
    ]  # fmt: skip


def test_what_no_user_sees_is_no_change():
    assert changes([THUY], [replace(THUY, unit="iagrai", reason="legacy")]) == []
    dead = replace(THUY, kind="tombstone")
    assert changes([dead], [replace(dead, reason="left 1/QĐ")]) == []


def test_the_same_in_another_order():
    rows = [THUY, NAM, OFFICE]
    assert changes(rows, [*MOVED, OFFICE]) == changes(reversed(rows), [OFFICE, *reversed(MOVED)])


KINDS = st.sampled_from(["primary", "alias", "tombstone"])
ROWS = st.dictionaries(
    st.sampled_from("abcd"), st.tuples(st.sampled_from(["GL-1", "GL-2"]), KINDS), max_size=4
).map(lambda found: [row(local, *cells) for local, cells in found.items()])


@given(ROWS, ROWS)
def test_any_two_registers_are_compared_and_every_new_use_is_told_once(before, after):
    told = changes(before, after)
    assert len({(change.verb, change.address) for change in told}) == len(told)
    kinds = {line.address: line.kind for line in before}
    began = {
        line.address for line in after if line.kind == "primary" and kinds.get(line.address) != "primary"
    }
    assert began == {change.address for change in told if change.verb in ("created", "changed")} | {
        change.address for change in told if change.verb == "restored" and change.address in began
    }
    ended = {
        line.address for line in after if line.kind == "tombstone" and kinds.get(line.address) != "tombstone"
    }
    assert ended == {change.address for change in told if change.verb == "retired"}
    assert changes(after, after) == []


def test_an_address_that_is_forgotten_or_given_to_somebody_else_is_refused():
    dead = replace(NAM, kind="tombstone")
    unit, passed = OFFICE, replace(OFFICE, holder="cds.stttt", unit="cds.stttt", kind="alias")
    assert forgotten([THUY, dead, unit], [replace(THUY, kind="tombstone"), dead, passed]) == []
    assert forgotten([replace(unit, kind="tombstone")], [replace(passed, kind="tombstone")]) == []
    for before, after in (
        ([THUY], []),
        ([THUY], [replace(THUY, holder="GL-2")]),
        ([dead], [replace(dead, holder="GL-1", kind="primary")]),
        ([unit], [replace(unit, holder="GL-1")]),
        ([THUY], [replace(THUY, holder="cds.stttt", unit="cds.stttt", kind="alias")]),
        ([replace(unit, kind="tombstone")], [passed]),
    ):
        assert places(forgotten(before, after)) == {("register_forgotten", "register.csv", 0, "address")}


def test_rows_that_differ_stand_together():
    assert row_lines([THUY, NAM], [NAM, *MOVED]) == [
        "+ thuyctp.iagrai@gialai.gov.vn,GL-1,primary,iagrai,2011-03-14,,",
        "- thuyctp.stttt@gialai.gov.vn,GL-1,primary,stttt,2011-03-14,,",
        "+ thuyctp.stttt@gialai.gov.vn,GL-1,alias,stttt,2011-03-14,2026-11-22,moved 12/QĐ-SNV",
    ]


FOUND = changes([THUY, OFFICE], [*MOVED, NAM, replace(OFFICE, kind="tombstone", until="2026-01-02")])


def test_text_has_a_line_for_each_with_name_and_unit():
    assert module.as_text(FOUND, NAMES, "en") == (
        "created: namly.stttt@gialai.gov.vn: Lý Nam (GL-2), stttt\n"
        "changed: thuyctp.stttt@gialai.gov.vn -> thuyctp.iagrai@gialai.gov.vn"
        " (old one alias until 2026-11-22; moved 12/QĐ-SNV): Cao Thị Phương Thuý (GL-1), iagrai\n"
        "retired: cntt.stttt@gialai.gov.vn: Phòng Công nghệ thông tin (cntt.stttt)\n"
        "Addresses: 1 created, 1 changed, 1 retired\n"
    )
    assert module.as_text(FOUND, NAMES).endswith("\nĐịa chỉ: 1 cấp mới, 1 đổi địa chỉ, 1 thu hồi\n")
    assert module.as_text([], NAMES, "en") == "No address changes\n"


def test_json_has_the_counts_and_all_facts():
    report = json.loads(module.as_json(FOUND, NAMES))
    assert report["counts"] == {"created": 1, "changed": 1, "alias": 0, "restored": 0, "retired": 1}
    assert report["changes"][1] == {
        "verb": "changed", "holder": "GL-1", "name": "Cao Thị Phương Thuý", "unit": "iagrai",
        "address": "thuyctp.iagrai@gialai.gov.vn", "before": "thuyctp.stttt@gialai.gov.vn",
        "until": "2026-11-22", "reason": "moved 12/QĐ-SNV",
    }  # fmt: skip


def test_markdown_is_a_table_for_each_verb():
    said = module.as_markdown(FOUND, NAMES, "en")
    assert said.startswith(
        "**Addresses: 1 created, 1 changed, 1 retired**\n\n#### created (1)\n\n| Address |"
    )
    assert (
        "\n| thuyctp.stttt&#64;gialai.gov.vn → thuyctp.iagrai&#64;gialai.gov.vn |"
        " Cao Thị Phương Thuý (GL-1) | iagrai | old one alias until 2026-11-22; moved 12/QĐ-SNV |\n"
    ) in said
    assert "<details>" not in said


@pytest.mark.parametrize("text", ["a|b", "<b>", "@all", "`x`", "one\ntwo", "\x1b[31m"])
def test_no_name_and_no_reason_becomes_markup(text):
    said = module.as_markdown([Change("created", "GL-1", "a@b.vn", reason=text)], {"GL-1": text})
    assert text not in said
    assert len(said.splitlines()) == 7


def test_text_stays_one_line_a_change():
    text = module.as_text(
        [Change("created", "GL-1", "a@b.vn", reason="one\ntwo")], {"GL-1": "\x1b[31m"}, "en"
    )
    assert text == "created: a@b.vn (one\\ntwo): \\x1b[31m (GL-1)\nAddresses: 1 created\n"


def many(count):
    return [Change("created", "GL-1", f"a{number}@gialai.gov.vn") for number in range(count)] + [
        Change("retired", "GL-2", f"b{number}@gialai.gov.vn") for number in range(count)
    ]


def test_a_long_table_is_folded():
    assert "<details>" not in module.as_markdown(many(50), NAMES)
    said = module.as_markdown(many(51), NAMES, "en")
    assert said.count("\n<details><summary>") == said.count("\n</details>") == 2
    assert "\n<details><summary>retired (51)</summary>\n\n| Address |" in said


@pytest.mark.parametrize("count", [200, 5000])
def test_two_reports_fit_into_one_comment_and_say_what_is_left_out(count):
    said = module.as_markdown(many(count), NAMES, "en")
    listed = said.count("&#64;")
    assert len(said) <= LONGEST_REPORT
    assert said.startswith(f"**Addresses: {count} created, {count} retired**")
    if listed < 2 * count:
        assert listed > 300
        told = [line for line in said.splitlines() if line.endswith("the report as text has all of them")]
        assert sum(int(line.split()[2]) for line in told) == 2 * count - listed
    faults = [
        Problem("roster/people/stttt.csv", number, "", "name_one_word", "A|B" * 20) for number in range(count)
    ]
    assert len(as_markdown(faults, "en")) <= LONGEST_REPORT


def test_what_is_retired_does_not_drown_in_what_is_new():
    said = module.as_markdown([*many(5000)[:5000], *many(60)[60:]], NAMES, "en")
    assert said.count("| b") == 60
    assert 300 < said.count("| a") < 5000
    assert len(said) <= LONGEST_REPORT


def test_a_register_of_the_format_is_what_is_shown():
    assert row_lines([], [THUY])[0] == "+ " + dump_register([THUY]).splitlines()[1]
