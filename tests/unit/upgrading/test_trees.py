"""What an upgrade may do to the files of a host, and what is found where it does more."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.upgrading import trees
from tests.upgrading.trees import File, Tree

OLD, NEW, KEY = "o" * 64, "n" * 64, "k" * 64
CONFIG, PROGRAM, PRIVATE = "/etc/postfix/main.cf", "/usr/local/sbin/congvu-store", "/etc/congvu/tls/host.key"


def file(content: str, inode: int = 1, mode: str = "0o100644") -> File:
    return File((mode, "root", "root"), content, (inode, 0))


BEFORE: Tree = {CONFIG: file(OLD), PROGRAM: file(OLD), PRIVATE: file(KEY)}
AFTER: Tree = {CONFIG: file(OLD), PROGRAM: file(NEW, inode=2), PRIVATE: file(KEY)}
FRESH: Tree = {CONFIG: file(OLD, inode=9), PROGRAM: file(NEW, inode=9), PRIVATE: file("x" * 64, inode=9)}


def test_an_upgrade_that_changes_what_changed_is_no_finding() -> None:
    assert list(trees.findings(BEFORE, AFTER, FRESH)) == []


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ({**AFTER, "/usr/local/lib/congvu": file("")}, "/usr/local/lib/congvu is stale"),
        ({**AFTER, PROGRAM: BEFORE[PROGRAM]}, f"{PROGRAM} is not as on a new host"),
        ({**AFTER, PROGRAM: file(NEW, mode="0o100700")}, f"{PROGRAM} is not as on a new host"),
        ({**AFTER, CONFIG: file(OLD, inode=2)}, f"{CONFIG} was written again"),
        ({**AFTER, PRIVATE: file(NEW)}, f"{PRIVATE} was made again: certificates and keys"),
        ({CONFIG: AFTER[CONFIG], PROGRAM: AFTER[PROGRAM]}, f"{PRIVATE} is gone: certificates and keys"),
        ({PROGRAM: AFTER[PROGRAM], PRIVATE: AFTER[PRIVATE]}, f"{CONFIG} is missing"),
    ],
    ids=["stale", "old content", "old rights", "rewritten", "new key", "no key", "missing"],
)
def test_everything_else_is(after: Tree, said: str) -> None:
    (line,) = trees.findings(BEFORE, after, FRESH)
    assert line.startswith(said)


def test_what_changes_by_itself_is_left_out() -> None:
    state = "/var/log/congvu/audit.jsonl"
    assert not list(trees.findings({**BEFORE, state: file(OLD)}, {**AFTER, state: file(NEW)}, FRESH))


def test_the_files_of_a_host_are_listed_and_read(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/file").write_text("đã")
    (tmp_path / "link").symlink_to("folder")
    script = trees.LIST.replace(repr(trees.ROOTS), repr((str(tmp_path),)))
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    found = trees.parse(done.stdout)
    assert {path.removeprefix(str(tmp_path)) for path in found} == {"", "/folder", "/folder/file", "/link"}
    assert found[f"{tmp_path}/link"].content == "folder"
    assert len(found[f"{tmp_path}/folder/file"].content) == 64
    assert json.loads(done.stdout.splitlines()[0])[0] == str(tmp_path)
