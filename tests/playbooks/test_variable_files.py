"""Ansible stops at a file of variables that it cannot read: the project says in which one, and where."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.samples import ROOT

PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
FILE = "group_vars/all/regulation.yml"
GOOD = (ROOT / "inventories/gialai" / FILE).read_bytes()
BROKEN = {
    "tab": (GOOD.replace(b"  naming:", b"\tnaming:", 1), f"{FILE}:5: lỗi: sai cú pháp YAML: "),
    "bytes": (GOOD.replace(b"decision: 03", b"decision: \xd003", 1), f"{FILE}:4: lỗi: không phải UTF-8: "),
    "list": (b"- regulation\n", f"{FILE}:1: lỗi: "),
    "sound": (GOOD, ""),
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """All runs side by side: one is a second of Ansible's own start."""
    processes = {}
    for name, (data, _) in BROKEN.items():
        site = shutil.copytree(ROOT / "inventories/gialai", tmp_path_factory.mktemp(name) / "site")
        (site / FILE).write_bytes(data)
        processes[name] = subprocess.Popen(
            [PLAYBOOK, "-i", site, "playbooks/validate.yml"], cwd=ROOT, text=True,
            env=os.environ | {"LC_ALL": "C.UTF-8", "ANSIBLE_NOCOLOR": "1"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    said = {name: process.communicate(timeout=300)[0] for name, process in processes.items()}
    return {name: (processes[name].returncode, said[name]) for name in processes}


@pytest.mark.parametrize("name", [name for name in BROKEN if name != "sound"])
def test_the_place_and_the_fix_are_said(name, runs):
    code, said = runs[name]
    assert code != 0
    (line,) = [line for line in said.replace("[ERROR]: ", "").splitlines() if line.startswith(FILE)]
    assert line.startswith(BROKEN[name][1])
    assert "Cách sửa: " in line
    assert "Traceback" not in said


def test_a_sound_site_hears_nothing_of_it(runs):
    code, said = runs["sound"]
    assert code == 0
    assert FILE not in said
    assert said.count("0 lỗi") == 1  # that of validate itself
