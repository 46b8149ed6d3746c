"""A new site has the sample's rules, and nothing that is the sample's own."""

from __future__ import annotations

import re

import pytest
import yaml
from ansible_collections.congvu.mail.plugins.module_utils.policy.policy import read_policy
from ansible_collections.congvu.mail.plugins.module_utils.policy.samples import (
    check_new_site,
    sample_of,
    without_consequences,
)
from ansible_collections.congvu.mail.plugins.module_utils.policy.schema import SAMPLES
from ansible_collections.congvu.mail.plugins.module_utils.site.checks import without_mailbox
from ansible_collections.congvu.mail.plugins.module_utils.site.new_site import (
    HOSTS,
    REGULATION,
    SETTINGS,
    check_wish,
    new_files,
    next_steps,
    write_site,
)
from ansible_collections.congvu.mail.plugins.module_utils.site.site import load_site

from tests.support.samples import ROOT, shipped_variables

FILLED = {
    "mail_hostname": "mail.binhthuan.gov.vn",
    "mail_organization": "Ủy ban nhân dân tỉnh Bình Thuận",
    "mail_postmaster": "cds.skhcn",
    "mail_support": {"address": "cds.skhcn@binhthuan.gov.vn", "phone": "0252 3824 404"},
}


def made(name):
    texts = {file: (ROOT / "inventories" / name / file).read_text() for file in (HOSTS, SETTINGS, REGULATION)}
    return new_files(texts, sample_of(name, shipped_variables(name)))


def variables(files):
    return {**yaml.safe_load(files[SETTINGS]), **yaml.safe_load(files[REGULATION])}


def groups(files):
    children = yaml.safe_load(files[HOSTS])["all"]["children"]
    return {group: list(below["hosts"]) for group, below in children.items()}


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_is_left_but_the_rules(name):
    files = made(name)
    sample = sample_of(name, shipped_variables(name))
    assert variables(files)["mail_sample"] == name
    assert {problem.code for problem in check_new_site(variables(files), groups(files), sample)} == {
        "blank_left"
    }
    rules = variables(files)["regulation"] | {"decision": None}
    assert rules == shipped_variables(name)["regulation"] | {"decision": None}
    whole = "\n".join(text for file, text in files.items() if file != REGULATION)
    letters = SAMPLES[name]
    people = [*(ROOT / "inventories" / name / "roster/people").glob("*.csv")]
    names = {line.split(",")[1] for file in people for line in file.read_text().splitlines()[1:]}
    assert people and names
    for own in (*sample.domains, *sample.values.values(), *names, f"{letters}-"):
        assert own not in whole, own


@pytest.mark.parametrize("name", SAMPLES)
def test_filled_in_it_is_a_site_and_an_empty_roster_is_legal(name, tmp_path):
    files = made(name)
    folder = tmp_path / "binhthuan"
    write_site(folder, files)
    given = variables(files) | FILLED | {"mail_domain": "binhthuan.gov.vn"}
    given |= {"mail_domains": ["binhthuan.gov.vn"]}
    given["regulation"]["decision"] = "12/2026/QĐ-UBND"
    hosts = {group: [f"{group}1.binhthuan.gov.vn"] for group in groups(files)}
    site = load_site(folder, given, hosts)
    problems = [*site.problems, *without_mailbox(site.roster, site.register)]
    problems += check_new_site(given, hosts, sample_of(name, shipped_variables(name)))
    assert {problem.code for problem in problems} == {"variable_later", "backup_none", "roster_empty"}


@pytest.mark.parametrize("name", SAMPLES)
def test_each_blank_is_told_once_and_nothing_else_is_wrong(name):
    files = made(name)
    _, problems = read_policy(variables(files), groups(files))
    problems += check_new_site(variables(files), groups(files), None)
    told = without_consequences(problems)
    assert len({problem.column for problem in told}) == len(told)
    assert {problem.code for problem in told} == {"blank_left", "variable_later", "backup_none"}
    blanks = {one.column for one in told if one.file == SETTINGS and one.code == "blank_left"}
    assert blanks == {
        "mail_domain", "mail_domains", "mail_hostname", "mail_organization", "mail_postmaster",
        "mail_support.address", "mail_support.phone",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "sample", "told"),
    [
        ("binhthuan", "dongnai", []),
        ("Bình Thuận", "dongnai", [("site_name", "binhthuan")]),
        ("../x", "dongnai", [("site_name", "x")]),
        ("", "dongnai", [("site_name", "binhthuan")]),
        ("a" * 64, "dongnai", [("site_name", "a" * 64)]),
        ("binhthuan", "Đồng Nai", [("sample_misspelt", "dongnai")]),
        ("binhthuan", "dong-nai", [("sample_misspelt", "dongnai")]),
        ("binhthuan", "lab", [("sample_unknown", "")]),
        ("x y", "", [("site_name", "xy"), ("sample_unknown", "")]),
    ],
)
def test_a_wish_that_cannot_be_is_refused_as_a_whole(name, sample, told, tmp_path):
    problems = check_wish(name, sample, tmp_path / "new")
    said = [(problem.code, problem.parts[0] if problem.parts else problem.detail) for problem in problems]
    assert [(code, like if like and not like.startswith("gialai,") else "") for code, like in said] == told


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_what_is_there_is_not_touched(kind, tmp_path):
    target = tmp_path / "binhthuan"
    {"folder": target.mkdir, "file": target.touch, "link": lambda: target.symlink_to("nowhere")}[kind]()
    assert [problem.code for problem in check_wish("binhthuan", "dongnai", target)] == ["site_exists"]


def test_a_site_is_written_as_a_whole_or_not_at_all(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there/file").touch()
    with pytest.raises(OSError, match="there"):
        write_site(tmp_path / "there", made("cema"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["there"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_next_steps_name_files_and_command(language):
    said = next_steps(
        "inventories/binhthuan", "dongnai", "ansible-playbook -i inventories/binhthuan", language
    )
    assert "ansible-playbook -i inventories/binhthuan" in said
    assert not re.search(r"[{}]", said)
