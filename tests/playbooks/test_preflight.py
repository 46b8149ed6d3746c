"""The whole stack refuses an inventory that it cannot serve, before any host is touched."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from samples import ROOT

PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
SITE = ROOT / "inventories/gialai"
# What comes before every host.
GATE = yaml.safe_load((ROOT / "playbooks/site.yml").read_text())[:1]
KEY = f"age1{'q' * 58}"
KEYS = json.dumps({"mail_operators": [{"name": "Thuý", "age": KEY}], "mail_archive_keys": [KEY]})
HOSTS = (SITE / "hosts.yml").read_text()


def second(group: str) -> str:
    """Return the hosts of the site, and one more in a group."""
    first = f"        {group}1.gialai.gov.vn:\n"
    assert first in HOSTS
    return HOSTS.replace(first, first + f"        {group}2.gialai.gov.vn:\n")


BACKUP = """    backup:
      hosts:
        backup1.gialai.gov.vn:
"""
CASES = {
    "as it is": HOSTS,
    **{group: second(group) for group in ("directory", "mx", "store")},
    "backup": HOSTS + BACKUP,
    "same label": HOSTS + BACKUP + "        backup1.snv.gialai.gov.vn:\n",
    "on itself": HOSTS + BACKUP + "        store1.gialai.gov.vn:\n",
    "elsewhere, kept": HOSTS,
    "elsewhere, not kept": HOSTS,
    "elsewhere, with a keeper": HOSTS + BACKUP,
}
ELSEWHERE = {
    "label": "offsite",
    "repositories": "ssh://u@store.example.vn/./b",
    "host": "store.example.vn",
    "host_key": "ssh-ed25519 AAAA",
}
TARGETS: dict[str, list[dict[str, object]]] = {
    "elsewhere, kept": [ELSEWHERE, ELSEWHERE | {"label": "own", "kept": False}],
    "elsewhere, not kept": [ELSEWHERE | {"kept": False}],
    "elsewhere, with a keeper": [ELSEWHERE],
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """All runs side by side: one is a second of Ansible's own start."""
    processes = {}
    for name, hosts in CASES.items():
        site = shutil.copytree(SITE, tmp_path_factory.mktemp("site") / "site")
        (site / "hosts.yml").write_text(hosts)
        (site / "gate.yml").write_text(yaml.safe_dump(GATE))
        targets = json.dumps({"mail_backup_targets": TARGETS.get(name, [])})
        processes[name] = subprocess.Popen(
            [PLAYBOOK, "-i", site, "-e", KEYS, "-e", targets, site / "gate.yml"], cwd=ROOT, text=True,
            env=os.environ | {"LC_ALL": "C.UTF-8", "ANSIBLE_NOCOLOR": "1"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    said = {name: process.communicate(timeout=300)[0] for name, process in processes.items()}
    return {name: (processes[name].returncode, said[name]) for name in processes}


@pytest.mark.parametrize("group", ["directory", "store"])
def test_a_second_directory_or_store_is_refused(runs, group):
    """Mail on it would be neither archived nor deleted; accounts would be missing."""
    code, said = runs[group]
    assert code != 0
    assert f"{group}1.gialai.gov.vn, {group}2.gialai.gov.vn" in " ".join(said.split())
    assert "come later" in said


def test_it_warns_once_that_nothing_is_backed_up(runs):
    assert runs["as it is"][1].count("WARNING: nothing is backed up") == 1
    code, said = runs["backup"]
    assert code == 0, said
    assert "nothing is backed up" not in said


def test_targets_of_backups_with_the_same_label_are_refused(runs):
    code, said = runs["same label"]
    assert code != 0
    assert "the same label: backup1, backup1" in " ".join(said.split())


def test_it_warns_of_a_backup_on_the_host_that_it_is_of(runs):
    code, said = runs["on itself"]
    assert code == 0, said
    assert "WARNING: store1.gialai.gov.vn holds its own backups" in " ".join(said.split())
    assert "holds its own" not in runs["backup"][1]


def test_a_target_that_nobody_would_thin_out_is_refused(runs):
    """What was deleted would stay in it for ever."""
    code, said = runs["elsewhere, kept"]
    assert code != 0
    assert "Nobody thins out the backups on offsite: the first host" in " ".join(said.split())
    for name in ("elsewhere, not kept", "elsewhere, with a keeper"):
        code, said = runs[name]
        assert code == 0, said


@pytest.mark.parametrize("name", ["as it is", "mx"])
def test_several_mail_exchangers_are_served(runs, name):
    code, said = runs[name]
    assert code == 0, said
