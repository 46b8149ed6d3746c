"""A program of a host is packed from its imports into one file, which upgrades replace while it starts."""

from __future__ import annotations

import ast
import io
import os
import re
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest
from ansible.errors import AnsibleError
from ansible_collections.congvu.mail.plugins.lookup import program

ROOT = Path(__file__).resolve().parents[3]
# What the roles put on hosts.
ENTRIES = sorted(
    entry
    for path in ROOT.glob("roles/*/*/*.yml")
    for entry in re.findall(r"lookup\('congvu.mail.program', '([\w.]+)'\)", path.read_text("utf-8"))
)
# Standard library, the package itself, and Debian's python3-ldap, which the role installs.
THERE = sys.stdlib_module_names | {"ansible_collections", "entry", "ldap"}

# What one role installs beside it (`__<role>_packages`).
FURTHER = {
    "account.program": {"cracklib", "flask", "jinja2", "unidecode", "waitress", "werkzeug"},
}

every_program = pytest.mark.parametrize("entry", ENTRIES)


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """A library of its own, in place of the collection's."""
    monkeypatch.setattr(program, "SOURCES", tmp_path / "library")
    (tmp_path / "library/deep").mkdir(parents=True)

    def write(**files):
        for name, text in files.items():
            (tmp_path / "library" / f"{name.replace('__', '/', 1)}.py").write_text(text, "utf-8")

    return write


def install(packed, path):
    """As the module `configuration` does it: beside, then in its place in one step."""
    beside = path.with_suffix(".new")
    beside.write_bytes(packed)
    beside.chmod(0o755)
    beside.rename(path)


def run(path, *arguments):
    command = [sys.executable, "-BI", str(path), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")


def members(packed):
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_roles_install_programs():
    assert len(ENTRIES) >= 3


@every_program
def test_a_program_brings_all_that_it_needs(entry, tmp_path):
    install(program.pack(entry), tmp_path / "installed")
    done = run(tmp_path / "installed", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: congvu-")


@every_program
def test_a_program_imports_only_what_hosts_have(entry):
    """Of what a host lacks, one would hear when the timer fires."""
    imported = set()
    for source in members(program.pack(entry)).values():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add(node.module.split(".")[0])
    assert imported - THERE - FURTHER.get(entry, set()) == set()


def test_what_is_imported_is_packed_and_nothing_else(sources):
    sources(
        start="from . import near\nfrom .deep.far import value\nmain = print",
        near="def late():\n    import ansible_collections.congvu.mail.plugins.module_utils.deep.other\n",
        deep__far="from ..up import name\nvalue = 1",
        deep__other="",
        deep__foreign="",
        deep____init__="from . import kept",
        deep__kept="",
        up="name = 1",
        foreign="",
    )
    names = [
        name.removeprefix("ansible_collections/congvu/mail/plugins/module_utils/")
        for name in members(program.pack("start"))
    ]
    packed = [name for name in names if not name.startswith("ansible_collections/")]
    assert packed == [
        *("__main__.py", "entry.py", "__init__.py", "deep/__init__.py", "deep/far.py", "deep/kept.py"),
        *("deep/other.py", "near.py", "start.py", "up.py"),
    ]


def test_the_bytes_depend_on_nothing_but_the_sources(sources, tmp_path):
    sources(start="from . import near\nmain = print", near="")
    before = program.pack("start")
    for path in (tmp_path / "library").glob("*.py"):
        os.utime(path, (1, 1))
        path.chmod(0o600)
    assert program.pack("start") == before
    sources(near="value = 1")
    assert program.pack("start") != before


def test_a_module_that_is_not_there_is_refused(sources):
    with pytest.raises(AnsibleError, match=r"deep\.lost: there is no such module"):
        program.pack("deep.lost")


def test_a_traceback_shows_file_and_line(sources, tmp_path):
    sources(
        start="from .deep import far\ndef main():\n    far.fall()", deep__far="\n\ndef fall():\n    1 / 0"
    )
    install(program.pack("start"), tmp_path / "installed")
    said = run(tmp_path / "installed").stderr
    assert re.search(r'module_utils/deep/far\.py", line 4, in fall\n', said), said


def test_an_upgrade_while_it_starts_never_mixes_two_versions(sources, tmp_path):
    """Replaced hundreds of times: every start is all of one version, and none fails."""
    versions = []
    for version, padding in enumerate(("", "# longer\n" * 500)):
        imports = "".join(f"from .deep import part{number}\n" for number in range(20))
        parts = ", ".join(f"part{number}.VERSION" for number in range(20))
        sources(start=f"{imports}def main():\n    print({parts})")
        sources(**{f"deep__part{number}": f"{padding}VERSION = {version}" for number in range(20)})
        versions.append(program.pack("start"))
    path, over, replaced = tmp_path / "installed", threading.Event(), 0
    install(versions[0], path)

    def upgrade():
        nonlocal replaced
        while not over.is_set():
            replaced += 1
            install(versions[replaced % 2], path)
            time.sleep(0.001)  # else the starts would hardly get on

    upgrading = threading.Thread(target=upgrade)
    upgrading.start()
    try:
        done = []
        while upgrading.is_alive() and (len(done) < 20 or replaced <= 200):  # a busy machine replaces slowly
            done.append(run(path))
    finally:
        over.set()
        upgrading.join()
    assert [one.stderr for one in done if one.returncode] == []
    assert {one.stdout for one in done} <= {" ".join("0" * 20) + "\n", " ".join("1" * 20) + "\n"}
    assert replaced > 200
