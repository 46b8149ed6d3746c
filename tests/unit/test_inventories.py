"""The inventories that the project ships: five decisions as data, and the lab."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.parsing.yamltree import read_yaml
from ansible_collections.congvu.mail.plugins.module_utils.policy.schema import SAMPLES
from ansible_collections.congvu.mail.plugins.module_utils.register.resolve import resolve
from ansible_collections.congvu.mail.plugins.module_utils.register.rows import read_register
from ansible_collections.congvu.mail.plugins.module_utils.site.checks import without_mailbox
from ansible_collections.congvu.mail.plugins.module_utils.site.site import (
    load_site,
    resolve_site,
    stale,
    validate_site,
)

from tests.support.samples import DAY, GROUPS, ROOT, shipped_variables

# The letters of the decision's article ids, and the number of its last article.
DECISIONS = {
    "gialai": ("GL", 17),
    "binhdinh_snv": ("BD", 8),
    "dongnai": ("DN", 18),
    "cema": ("UB", 19),
    "quangtri": ("QT", 11),
    "lab": ("GL", 17),
}
REGULATION = "group_vars/all/regulation.yml"
# One address of each form that the decision defines, and of what may become of it.
FORMS = {
    "gialai": {
        "stttt@gialai.gov.vn": "primary",  # GL-7.2a, abbreviated
        "sothongtintruyenthong@gialai.gov.vn": "alias",  # GL-7.2a, in full
        "cntt.stttt@gialai.gov.vn": "primary",  # GL-7.2b
        "congnghethongtin.stttt@gialai.gov.vn": "alias",
        "ubnddakdoa@gialai.gov.vn": "primary",  # GL-7.2a, a locality
        "vhtt.dakdoa@gialai.gov.vn": "primary",  # GL-7.2b, its department
        "vanhoathongtin.dakdoa@gialai.gov.vn": "alias",
        "thuyctp.stttt@gialai.gov.vn": "primary",  # GL-7.2c
        "nguyentd.dakpo@gialai.gov.vn": "primary",
        "hcie.bdt@gialai.gov.vn": "primary",  # H'Či Êban, a family name that stands last
        "blyey.bdt@gialai.gov.vn": "primary",  # Y Blý Êban
        "tienminhth.stttt@gialai.gov.vn": "primary",  # GL-7.2d
        "tanminhth.stttt@gialai.gov.vn": "primary",
        "lenam.syt@gialai.gov.vn": "primary",  # GL-7.2d without a middle name
        "lynam.syt@gialai.gov.vn": "primary",
        "thuynt1979.syt@gialai.gov.vn": "primary",  # GL-7.2e, the year
        "thuynt1991.syt@gialai.gov.vn": "primary",
        "minhnv03021985.syt@gialai.gov.vn": "primary",  # GL-7.2e, born in one year
        "minhnv17091985.syt@gialai.gov.vn": "primary",
        "hyenrc.bdt@gialai.gov.vn": "primary",  # a mover
        "hyenrc.stttt@gialai.gov.vn": "alias",
        "moptu.syt@gialai.gov.vn": "tombstone",  # a leaver
        "bcvt.stttt@gialai.gov.vn": "tombstone",  # a dissolved unit
    },
    "binhdinh_snv": {
        "vp@snv.binhdinh.gov.vn": "primary",  # BD-4.1a
        "vp@btg.binhdinh.gov.vn": "primary",
        "tcbc@snv.binhdinh.gov.vn": "primary",  # BD-4.2a
        "nvtg@btg.binhdinh.gov.vn": "primary",
        "hongnt@snv.binhdinh.gov.vn": "primary",  # BD-4.3a
        "hongnta@snv.binhdinh.gov.vn": "primary",
        "hongnt@btg.binhdinh.gov.vn": "primary",  # unique is the whole address (BD-3.5)
        "quatlb@btg.binhdinh.gov.vn": "primary",  # a mover
        "quatlb@snv.binhdinh.gov.vn": "alias",
        "luantc@snv.binhdinh.gov.vn": "tombstone",
    },
    "dongnai": {
        "stttt@dongnai.gov.vn": "primary",  # DN-4.2e
        "ubndlongthanh@dongnai.gov.vn": "primary",
        "thuyctp@dongnai.gov.vn": "primary",  # DN-4.2c
        "minhnv@dongnai.gov.vn": "primary",  # DN-4.2d
        "minhnva@dongnai.gov.vn": "primary",
        "minhnvb@dongnai.gov.vn": "primary",
        "maila@dongnai.gov.vn": "primary",  # "mail" is reserved
        "hoinda@dongnai.gov.vn": "primary",  # "hoind" is a unit
        "nguyentd@dongnai.gov.vn": "primary",  # a mover (DN-5.3)
        "trungpq@dongnai.gov.vn": "tombstone",  # DN-5.4
    },
    "cema": {
        "ubdt@cema.gov.vn": "primary",  # UB-8.1a
        "tttt@cema.gov.vn": "primary",  # UB-4a
        "nguyentd@cema.gov.vn": "primary",  # UB-4b
        "thanglv@cema.gov.vn": "primary",
        "thanglva@cema.gov.vn": "primary",
        "saott@cema.gov.vn": "primary",  # a mover (UB-6.2b)
        "quanglv@cema.gov.vn": "tombstone",  # UB-6.2b
    },
    "quangtri": {
        "vanthuvanphong@tinhuyquangtri.vn": "primary",  # QT-3
        "admin@tinhuyquangtri.vn": "primary",
        "vptu@tinhuyquangtri.vn": "primary",  # QT-4.4, organisations
        "cycntt@tinhuyquangtri.vn": "primary",
        "haivt@tinhuyquangtri.vn": "primary",  # QT-4.4, persons
        "haivta@tinhuyquangtri.vn": "primary",
        "khoahd@tinhuyquangtri.vn": "primary",  # QT-4.4, a member of the committee
        "lentm@tinhuyquangtri.vn": "tombstone",  # QT-9
    },
}
SITES = sorted(DECISIONS)


@cache
def shipped(name):
    return load_site(ROOT / "inventories" / name, shipped_variables(name), GROUPS)


@pytest.mark.parametrize("name", SITES)
def test_no_remark_but_that_keys_are_wanted_and_not_stale(name):
    site = shipped(name)
    resolution = resolve_site(site, DAY)
    remarks = [*validate_site(site, resolution), *without_mailbox(site.roster, site.register)]
    wanted = {"mail_archive_keys", "mail_operators"}
    assert {(remark.code, remark.column) for remark in remarks} == {
        ("variable_later", name) for name in wanted
    }
    assert (resolution.added, resolution.changed) == ([], [])
    assert not stale(site, resolution)


def test_every_sample_is_under_test():
    # A site of somebody's own may lie beside them.
    assert sorted([*SAMPLES, "lab"]) == SITES
    assert sorted({*SITES} & {path.name for path in (ROOT / "inventories").iterdir()}) == SITES


@pytest.mark.parametrize("name", FORMS)
def test_every_form_of_the_decision_is_used(name):
    register = {row.address: row.kind for row in shipped(name).register}
    assert {address: register.get(address) for address in FORMS[name]} == FORMS[name]


@pytest.mark.parametrize("name", SITES)
def test_the_rules_alone_give_the_same_addresses(name):
    # No row was typed that the decision would not give: from an empty register the same ones are issued.
    site = shipped(name)
    fresh = resolve(site.roster, [], site.regulation.naming, site.settings.domain, DAY)
    assert fresh.problems == []
    assert in_use(fresh.rows) == in_use(row for row in site.register if not row.reason)


def in_use(rows):
    return {(row.address, row.holder, row.kind) for row in rows if row.kind != "tombstone"}


@pytest.mark.parametrize("name", [name for name in SITES if name != "lab"])
def test_what_ended_would_end_in_the_same_way(name):
    # Movers and leavers are put back where they were; the engine takes the same steps again.
    site = shipped(name)
    ended = {row.holder for row in site.register if row.reason.startswith(("moved ", "left "))}
    assert ended
    former = [
        replace(row, kind="primary", until="", reason="") if row.holder in ended else row
        for row in site.register
        if row.holder not in ended or row.reason
    ]
    again = resolve(site.roster, former, site.regulation.naming, site.settings.domain, DAY)
    assert again.problems == []
    assert set(again.rows) == set(site.register)


@pytest.mark.parametrize("name", SITES)
def test_every_key_of_the_regulation_has_its_article_or_is_called_a_choice(name):
    letters, last = DECISIONS[name]
    text = (ROOT / "inventories" / name / REGULATION).read_text()
    lines = text.splitlines()
    tree, problems = read_yaml(text, REGULATION)
    assert problems == []
    silent = [path for path, line in leaves(tree) if not grounds(lines, line, letters)]
    assert silent == []
    cited = {(found[1], int(found[2])) for found in re.finditer(r"\b([A-Z]{2})-(\d+)", text)}
    assert cited
    assert {article for article in cited if article[0] != letters or article[1] > last} == set()


def leaves(node, path=""):
    """Keys that hold a value, with their lines; a key that only groups others needs no article."""
    for key, value in node.pairs or ():
        if value.pairs is None:
            yield f"{path}{key.text}", key.line
        else:
            yield from leaves(value, f"{path}{key.text}.")


def grounds(lines, line, letters):
    """Whether the comment on the line, or the one right above, names an article or says "choice"."""
    said = [lines[line - 1].partition("#")[2]]
    while lines[line - 2].lstrip().startswith("#"):
        line -= 1
        said.append(lines[line - 1])
    return bool(re.search(rf"\b(?:{letters}-\d+(?:\.\d+[a-zđ]?)?|choice)\b", " ".join(said)))


def test_the_lab_has_the_regulation_of_gia_lai():
    regulations = [(ROOT / "inventories" / name / REGULATION).read_text() for name in ("lab", "gialai")]
    assert regulations[0] == regulations[1]


@pytest.mark.parametrize("name", SITES)
def test_the_register_is_as_the_project_writes_it(name):
    lines = read_register(ROOT / "inventories" / name).splitlines()[1:]
    addresses = [line.partition(",")[0].encode() for line in lines]
    assert addresses == sorted(addresses)


def test_one_mailbox_for_each_unit_and_person():
    # UB-4: no aliases at all.
    assert {row.kind for row in shipped("cema").register} == {"primary", "tombstone"}


def test_roles_and_members_of_the_committee():
    roster = shipped("quangtri").roster
    assert {unit.mailbox for unit in roster.units.values() if unit.kind == "role"} == {
        "vanthuvanphong",
        "admin",
    }
    assert {person.unit for person in roster.second_posts} == {"bch"}
