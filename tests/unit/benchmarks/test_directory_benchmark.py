"""What the directory benchmark reads and writes: LDIF, the table of mailboxes.yml, the roster, the loop."""

from __future__ import annotations

import csv

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.accounts.vocabulary import Verb
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import errors
from ansible_collections.congvu.mail.plugins.module_utils.roster.roster import load_roster

from benchmarks import directory
from benchmarks.directory import counts, ldif, loop_playbook, retitle
from benchmarks.province import write_province
from tests.support.samples import ROOT

LDIF = """\
dn: uid=CB-1,ou=people,dc=vn
cn:: Tmd1eeG7hW4gVsSDbiBBbg==
mail: an@vn
mailLocalAddress: an@vn
mailLocalAddress: nva@vn

dn:: dWlkPcSQb8OgbixvdT1wZW9wbGUsZGM9dm4=
cvQuota: 1024

"""
NUMBERED = {verb: number * 7 for number, verb in enumerate(Verb)}
SAID = f"""\
ok: [mail.gialai.gov.vn] =>
    msg: |-
        unit        {"    ".join(Verb)}
        vp.so0001   {"    ".join("1" for _ in Verb)}
        all         {"    ".join(map(str, NUMBERED.values()))}
"""


def test_ldif_is_read_as_it_is_meant():
    one, other = ldif(LDIF)
    assert one == {
        "dn": ["uid=CB-1,ou=people,dc=vn"],
        "cn": ["Nguyễn Văn An"],
        "mail": ["an@vn"],
        "mailLocalAddress": ["an@vn", "nva@vn"],
    }
    assert other == {"dn": ["uid=Đoàn,ou=people,dc=vn"], "cvQuota": ["1024"]}


def test_the_last_line_of_the_table_counts():
    assert counts(SAID) == NUMBERED
    with pytest.raises(SystemExit, match="no table"):
        counts("fatal: unreachable")


def test_one_in_so_many_gets_another_title_and_nothing_else_changes(tmp_path, monkeypatch):
    monkeypatch.setattr(directory, "EVERY", 3)
    site = tmp_path / "site"
    write_province(ROOT / "inventories/gialai", site, 700)
    before, _ = load_roster(site)
    chosen = retitle(site, "Chuyen vien 1")
    after, problems = load_roster(site)
    assert errors(problems) == []
    assert len(chosen) == sum(person.present for person in before.people.values()) // 3
    changed = {one for one in before.people if before.people[one].title != after.people[one].title}
    assert changed == set(chosen)
    assert all(after.people[one].title == "Chuyen vien 1" and after.people[one].present for one in chosen)
    rows = [len(list(csv.reader(file.open()))) for file in (site / "roster/people").iterdir()]
    assert sum(rows) == 700 + len(rows)  # and a header each


def test_the_loop_makes_what_is_in_the_directory():
    (play,) = loop_playbook([{"dn": ["uid=1,dc=vn"], "objectClass": ["top"], "mail": ["an@vn"]}])
    assert play["vars"]["accounts"] == [
        {"dn": "uid=1,dc=vn", "classes": ["top"], "attributes": {"mail": ["an@vn"]}}
    ]
