"""The role that makes backups: what it brings to the hosts, rendered without one."""

from __future__ import annotations

from pathlib import Path

import yaml
from test_lifecycle_role import imported

ROOT = Path(__file__).parents[2]
VARS = yaml.safe_load((ROOT / "roles/backup/vars/main.yml").read_text())


def test_it_installs_exactly_what_the_program_imports() -> None:
    assert set(VARS["__backup_modules"]) == imported("backup/program.py")
