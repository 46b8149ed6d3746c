"""What roles do about programs on a host: one file each, and the loose modules of earlier releases go."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.congvu.mail.plugins.lookup.program import pack

ROLES = Path(__file__).parents[2] / "roles"
PROGRAMS = {
    "lifecycle": {"congvu-lifecycle": "lifecycle.program", "congvu-store": "mailstore.program"},
    "backup": {"congvu-backup": "backup.program"},
    "account": {"congvu-account": "account.program"},
}
OLD = "#!/usr/bin/python3 -BI\nfrom congvu_mail.backup.program import main\n"

every_role = pytest.mark.parametrize("role", PROGRAMS)


def tasks(role: str) -> list[dict[str, Any]]:
    return [
        task
        for path in sorted(ROLES.joinpath(role, "tasks").glob("*.yml"))
        for task in yaml.safe_load(path.read_text("utf-8"))
    ]


@every_role
def test_each_program_is_one_executable_file(role: str) -> None:
    written = {
        Path(file["path"]).name: (file["base64"], file["mode"])
        for task in tasks(role)
        for file in task.get("congvu.mail.configuration", {}).get("files", [])
        if "/sbin/" in file["path"]
    }
    assert written == {
        name: (f"{{{{ lookup('congvu.mail.program', '{entry}') }}}}", "0755")
        for name, entry in PROGRAMS[role].items()
    }


@pytest.mark.parametrize("role", ["lifecycle", "backup"])  # those that installed loose modules once
def test_loose_modules_go_once_no_program_imports_them(role: str, tmp_path: Path) -> None:
    removing = [task["ansible.builtin.command"] for task in tasks(role) if "loose modules" in task["name"]]
    library, programs = tmp_path / "lib/congvu", tmp_path / "sbin"
    (library / "congvu_mail/backup").mkdir(parents=True)
    programs.mkdir()
    programs.joinpath("congvu-backup").write_text(OLD)
    programs.joinpath("congvu-store").write_bytes(pack("mailstore.program"))

    def remove() -> bool:
        (command,) = removing
        subprocess.run([word.replace("/usr/local", str(tmp_path)) for word in command["argv"]], check=True)
        return not library.exists()

    assert not remove()
    programs.joinpath("congvu-backup").write_bytes(pack("backup.program"))
    assert remove()
