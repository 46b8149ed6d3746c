"""The cases of tests/cases/naming.yml: decisions as patterns, and what becomes of names and units by them."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.congvu.mail.plugins.module_utils.naming.patterns import FORMS, MEANINGS
from ansible_collections.congvu.mail.plugins.module_utils.policy.naming import PERSON
from ansible_collections.congvu.mail.plugins.module_utils.policy.regulation import parse_regulation
from ansible_collections.congvu.mail.plugins.module_utils.register.resolve import resolve
from ansible_collections.congvu.mail.plugins.module_utils.register.rows import dump_register
from ansible_collections.congvu.mail.plugins.module_utils.site.site import load_site

from tests.support.repository import ROOT
from tests.support.samples import DAY, GROUPS, gialai, issue, person, shipped_variables, unit, write_site

CASES = yaml.safe_load((ROOT / "tests/cases/naming.yml").read_text())
DOMAIN = "gialai.gov.vn"
UNITS = {
    "snv": unit("snv"),
    "stttt": unit("stttt"),
    "iagrai": unit("iagrai", "locality"),
    "cntt.stttt": unit("cntt", "department", parent="stttt"),
    "vanthu.snv": unit("vanthu", "role", parent="snv"),
}
STYLE = ("style", "locality_prefix", "office", "middle_initials")


def regulation(naming: Mapping[str, Any]) -> dict[str, Any]:
    """Gia Lai's decision with another way of naming."""
    raw = gialai()
    kept = {key: raw["naming"][key] for key in ("reserved", "reserved_before_unit")}
    raw["naming"] = {"collision": {"forms": ["base", "serial"]}, **kept, **copy.deepcopy(dict(naming))}
    return raw


def issued(case: Mapping[str, Any], folder: Path) -> tuple[dict[str, str], list[str]]:
    """Return who has which address in the end, the main domain left out, and what was said on the way."""
    domains = {DOMAIN, *case.get("domains", ())}
    domains |= {f"{path}.{DOMAIN}" for path in UNITS}
    said: list[str] = []
    rows: list[Any] = []
    for batch in case["batches"]:
        people: dict[str, list[dict[str, str]]] = {"snv": [], "stttt": [], "iagrai": []}
        for row in batch:
            cells = dict(row)
            people[cells.pop("unit", "snv")].append(
                person(cells.pop("id"), cells.pop("name"), str(cells.pop("born", "")), **cells)
            )
        site = write_site(folder, people, UNITS.values())
        _, resolution = issue(site, regulation(case["naming"]), mail_domains=sorted(domains))
        said += [problem.code for problem in resolution.problems]
        rows = resolution.rows
    found = {row.holder: row.address.removesuffix(f"@{DOMAIN}") for row in rows if row.kind == "primary"}
    return found, said


@pytest.mark.parametrize("case", CASES["offices"], ids=lambda case: case["office"])
def test_the_pattern_of_an_office(case, tmp_path):
    cells = [{"id": str(number), **row} for number, row in enumerate(CASES["people"], 1)]
    found, _ = issued({**case, "batches": [cells]}, tmp_path)
    assert [found[row["id"]] for row in cells] == case["addresses"]


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["case"])
def test_what_becomes_of_people_and_units(case, tmp_path):
    found, said = issued(case, tmp_path)
    assert {key: found[str(key)] for key in case["expect"]} == case["expect"]
    assert said == case.get("said", [])


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["case"])
def test_a_pattern_is_refused_with_an_example(case):
    parsed, problems = parse_regulation(regulation(case["naming"]))
    assert parsed is None
    assert [problem.column.removeprefix("regulation.naming.") for problem in problems] == [case["at"]]
    for language in ("vi", "en"):
        assert problems[0].fix(language)
    assert case["example"] in problems[0].message("vi")


@pytest.mark.parametrize("site", CASES["decisions"])
def test_each_of_the_five_decisions_is_a_set_of_patterns(site):
    variables = shipped_variables(site)
    as_shipped = load_site(ROOT / "inventories" / site, variables, GROUPS)
    naming = variables["regulation"]["naming"]
    for key in STYLE:
        naming.pop(key, None)
    naming["collision"]["forms"] = [FORMS[name] for name in naming["collision"]["forms"]]
    naming |= CASES["decisions"][site]
    as_patterns = load_site(ROOT / "inventories" / site, variables, GROUPS)
    assert as_patterns.regulation == as_shipped.regulation
    registers = [
        dump_register(resolve(one.roster, [], one.regulation.naming, one.settings.domain, DAY).rows)
        for one in (as_shipped, as_patterns)
    ]
    assert registers[0] == registers[1]


def test_each_style_is_one_of_the_five_decisions():
    assert set(CASES["decisions"]) == {"gialai", "binhdinh_snv", "dongnai", "cema", "quangtri"}
    styles = {shipped_variables(site)["regulation"]["naming"]["style"] for site in CASES["decisions"]}
    assert styles == set(PERSON)


def used(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from (part for part in MEANINGS if f"<{part}>" in value)
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from used(inner)


def test_every_part_is_used_by_a_case():
    asked = [*CASES["offices"], *CASES["cases"], *CASES["decisions"].values(), {"forms": [*FORMS.values()]}]
    assert set(used(asked)) == set(MEANINGS)


def test_twenty_offices():
    assert len({case["naming"]["person"] for case in CASES["offices"]}) >= 20
