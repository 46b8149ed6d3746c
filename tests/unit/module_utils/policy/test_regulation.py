"""The schema of a decision: misspelt keys and impossible values are located by their path."""

from __future__ import annotations

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.naming.names import Name
from ansible_collections.congvu.mail.plugins.module_utils.policy.naming import possible_forms
from ansible_collections.congvu.mail.plugins.module_utils.policy.regulation import parse_regulation
from hypothesis import given
from hypothesis import strategies as st

from tests.support.samples import flat, gialai, subdomain


def changed(path, value):
    raw = gialai()
    *parents, last = path.split(".")
    table = raw
    for key in parents:
        table = table[key]
    if value is None:
        del table[last]
    else:
        table[last] = value
    return raw


@pytest.mark.parametrize("raw", [gialai(), flat(), subdomain()])
def test_a_good_one(raw):
    regulation, problems = parse_regulation(raw)
    assert problems == []
    assert regulation.decision == "03/2011/QĐ-UBND"
    assert regulation.naming.write(Name("Minh", ("Nguyễn", "Văn"))) == "minhnv"
    assert {"postmaster", "abuse", "admin"} <= regulation.naming.reserved


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("naming", None, "key_missing"),
        ("decision", None, "key_missing"),
        ("naming.style", None, "key_missing"),
        ("naming.collision.forms", None, "key_missing"),
        ("nameing", {}, "key_unknown"),
        ("naming.colision", {}, "key_unknown"),
        ("naming.collision.scop", "unit", "key_unknown"),
        ("unit_contacts.agencies", ["head"], "key_unknown"),
        ("naming", [], "yaml_shape"),
        ("naming.style", "dotted", "value_unknown"),
        ("naming.collision.scope", "province", "value_unknown"),
        ("naming.collision.forms", ["base", "nickname", "serial"], "value_unknown"),
        ("naming.collision.forms", ["base", "expanded"], "value_bad"),
        ("naming.collision.forms", ["base", "base", "serial"], "value_bad"),
        ("naming.reserved", "admin", "yaml_shape"),
        ("naming.reserved", [1], "yaml_shape"),
        ("naming.style", "flat", "value_bad"),
        ("unit_contacts.agency", ["boss"], "value_unknown"),
        ("decision", 3, "yaml_shape"),
        ("naming.middle_initials", "none", "value_unknown"),
        ("naming.middle_initials", "first", "value_bad"),  # the form expanded keeps all initials
        ("naming.move_alias_months", 0, "value_bad"),
        ("naming.move_alias_months", True, "value_bad"),
        ("naming.move_alias_months", "12", "value_bad"),
        ("naming.office", "vp", "value_bad"),  # only in style subdomain
        ("naming.locality_prefix", 7, "yaml_shape"),
        ("naming.locality_prefix", "UBND", "value_bad"),
        ("naming.reserved", ["Giám đốc"], "value_bad"),
        ("naming.reserved", ["minhNV"], "value_bad"),
        ("naming.reserved_before_unit", ["a@b"], "value_bad"),
        ("naming.collision.scope", "domain", "value_bad"),  # the unit is in every address
        ("naming.collision.rename_holder", "yes", "yaml_shape"),
        ("required_columns", ["phone"], "value_unknown"),
        ("unit_officers_may", ["delete"], "value_unknown"),
    ],
)
def test_a_fault_has_the_path_of_its_key(path, value, code):
    regulation, problems = parse_regulation(changed(path, value))
    assert regulation is None
    where = "naming.collision.scope" if (path, value) == ("naming.style", "flat") else path
    assert (f"regulation.{where}", code) in {(problem.column, problem.code) for problem in problems}
    assert all(problem.file == "group_vars/all/regulation.yml" for problem in problems)


@pytest.mark.parametrize(
    ("forms", "possible"),
    [
        (("base", "serial"), True),
        (("base", "expanded", "birth_year", "birth_date", "serial"), True),
        (("base", "suffix"), True),
        (("base",), False),
        ((), False),
        (("expanded", "serial"), False),
        (("base", "expanded"), False),
        (("base", "expanded", "suffix"), True),
        (("base", "<base><serial>", "suffix"), False),
        (("<base>", "expanded", "<base>.<serial>"), True),
        (("base", "serial", "<base><serial>"), False),
        (("base", "serial", "expanded", "serial"), False),
    ],
)
def test_forms_must_never_run_out(forms, possible):
    assert possible_forms(forms) is possible


ANY = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=8,
)


@given(
    ANY, st.sampled_from(["", "naming", "naming.collision", "naming.reserved", "unit_contacts", "decision"])
)
def test_any_value_is_parsed_or_refused(value, path):
    regulation, problems = parse_regulation(changed(path, value) if path and value is not None else value)
    assert (regulation is None) == bool(problems)


@pytest.mark.parametrize(
    ("raw", "table", "key", "value"),
    [
        (flat(), "naming", "move_alias_months", 12),  # DN-5.3: a mover keeps the address
        (flat(), "collision", "rename_holder", True),  # DN-4.2d: the newcomer is changed
        (flat(), "collision", "scope", "unit"),
        (subdomain(), "naming", "office", ""),
        (subdomain(), "naming", "office", "Văn phòng"),
        (subdomain(), "collision", "scope", "unit"),
    ],
)
def test_keys_that_contradict_each_other(raw, table, key, value):
    place = raw["naming"] if table == "naming" else raw["naming"]["collision"]
    place[key] = value
    regulation, (problem,) = parse_regulation(raw)
    assert regulation is None
    assert (problem.code, problem.column.rpartition(".")[2]) == ("value_bad", key)


def test_what_an_absent_key_means():
    raw = gialai()
    for key in ("required_columns", "unit_officers_may"):
        raw.pop(key, None)
    regulation, _ = parse_regulation(raw)
    assert regulation.required_columns == ()
    assert regulation.unit_officers_may == ("create", "change", "cancel")
    assert (regulation.naming.person.text, regulation.naming.rename_holder) == (
        "<given><initials>.<unit>@<domain>",
        False,
    )


def test_a_value_that_unfolds_without_end_is_shown_in_brief():
    value = ["x"]
    for _ in range(40):
        value = [value] * 10
    _, (problem,) = parse_regulation(changed("decision", value))
    assert len(problem.value) < 500
