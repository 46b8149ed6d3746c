"""Examples of roles and modules are what the roles and modules take; tests/playbooks has those of a site."""

from __future__ import annotations

import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.congvu.mail.plugins.module_utils.policy.regulation import parse_regulation

from tests.support.examples import commented, documents, filled
from tests.support.samples import ROOT, gialai

SPECS = {
    path.parts[-3]: yaml.safe_load(path.read_text())["argument_specs"]["main"]["options"]
    for path in ROOT.glob("roles/*/meta/argument_specs.yml")
}


def faults(role: str, given: object) -> list[str]:
    """What the role's specification refuses of some variables; what is missing plays no part."""
    assert isinstance(given, dict)
    spec = {name: option | {"required": False} for name, option in SPECS[role].items()}
    return list(ArgumentSpecValidator(spec).validate(given).error_messages)


def test_what_is_commented_in_the_defaults_of_a_role():
    found = 0
    for role, spec in SPECS.items():
        text = (ROOT / f"roles/{role}/defaults/main.yml").read_text()
        for example in commented(text, set(spec)):
            assert faults(role, yaml.safe_load(filled(example))) == [], (role, example)
            found += 1
    assert found > 40


def test_the_plays_in_the_documents_of_roles():
    shown = set()
    for path, text in documents():
        for play in yaml.safe_load(text) if path.parts[0] == "roles" else ():
            for role in play["roles"]:
                name = role["role"].removeprefix("congvu.mail.")
                assert faults(name, role.get("vars", {})) == [], path
                shown.add(name)
    assert shown == set(SPECS)


def test_the_sections_of_a_regulation_in_the_page_on_decisions():
    shown = [text for path, text in documents() if str(path) == "docs/decision.md"]
    for text in shown:
        regulation, problems = parse_regulation(gialai() | yaml.safe_load(text)["regulation"])
        assert regulation is not None
        assert problems == [], text
    assert len(shown) == 2
