"""The five decisions: each inventory is without errors, and its committed register is up to date."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.samples import ROOT

PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
SITES = ("gialai", "binhdinh_snv", "dongnai", "cema", "quangtri")


@pytest.mark.parametrize(("verb", "options"), [("validate", ()), ("register", ("--check",))])
@pytest.mark.parametrize("site", SITES)
def test_a_shipped_site_is_right(site, verb, options):
    command = [PLAYBOOK, "-i", f"inventories/{site}", f"playbooks/{verb}.yml", *options]
    ended = subprocess.run(command, check=False, cwd=ROOT, text=True, capture_output=True, timeout=300)
    assert ended.returncode == 0, ended.stdout + ended.stderr
