"""The generated province: sound, the same for the same seed, and with the names that make addresses hard."""

from __future__ import annotations

from random import Random

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.naming.names import read_name
from ansible_collections.congvu.mail.plugins.module_utils.naming.patterns import person_pattern
from ansible_collections.congvu.mail.plugins.module_utils.naming.writing import writer
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import errors
from ansible_collections.congvu.mail.plugins.module_utils.register.ledger import Ledger
from ansible_collections.congvu.mail.plugins.module_utils.roster.roster import load_roster

from benchmarks.core import core
from benchmarks.names import name
from benchmarks.province import write_province
from tests.support.samples import ROOT, flat, issue, person, write_site

GENERAL = writer(person_pattern("<given><initials>@<domain>"))


@pytest.fixture(scope="module")
def drawn():
    random = Random(1)
    return [name(random) for _ in range(5000)]


def test_every_name_is_read(drawn):
    for one in drawn:
        _, read, faults = read_name(one.text, one.surname, one.middle, one.given)
        assert read is not None, (one, faults)


def test_names_are_as_common_and_as_long_as_real_ones(drawn):
    texts = [one.text.title() for one in drawn]
    lengths = {len(text.split()) for text in texts}
    assert 0.32 < sum(text.startswith("Nguyễn ") for text in texts) / len(texts) < 0.4
    assert 0.2 < sum(" Thị " in text for text in texts) / len(texts) < 0.45
    assert lengths >= {2, 3, 4, 5}
    assert any("H'" in text for text in texts) and any(one.given for one in drawn)


@pytest.mark.parametrize("decision", ["gialai", "dongnai"])
def test_a_province_is_sound_and_has_clashes(decision, tmp_path):
    sites = [tmp_path / "one", tmp_path / "again"]
    for site in sites:
        write_province(ROOT / "inventories" / decision, site, 700)
    one, again = ({path.name: path.read_bytes() for path in site.rglob("*.csv")} for site in sites)
    assert one == again
    roster, problems = load_roster(sites[0])
    assert len(roster.people) == 700 and errors(problems) == []
    added = [row for row in core(sites[0]).added if row.holder in roster.people]
    assert len(added) == sum(person.present for person in roster.people.values())
    plain = [row for row in added if row.local_part.split(".")[0] == GENERAL(roster.people[row.holder].name)]
    assert 0.5 < len(plain) / len(added) < 0.95


def test_a_thousand_people_of_one_form_try_few_endings_each(tmp_path, monkeypatch):
    tried = []
    is_free = Ledger.is_free
    monkeypatch.setattr(Ledger, "is_free", lambda *of: tried.append(of) or is_free(*of))
    batch = [person(f"CB-{number:04d}", "Nguyễn Văn Nam") for number in range(1000)]
    addresses, _ = issue(write_site(tmp_path, {"snv": batch}), flat())
    assert len(set(addresses.values())) == len(addresses) == 1001  # the unit's own as well
    assert addresses["CB-0027"] == "namnvaa"
    assert len(tried) < 4 * len(batch)
