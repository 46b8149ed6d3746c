"""Who reads what comes from outside returns `(value, problems)`: nothing is lost, and nothing is raised."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.account import program as account
from ansible_collections.congvu.mail.plugins.module_utils.backup import alert, client, retention
from ansible_collections.congvu.mail.plugins.module_utils.host import files
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle import entry
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.program import read_settings
from ansible_collections.congvu.mail.plugins.module_utils.mailstore import decisions, program
from ansible_collections.congvu.mail.plugins.module_utils.mailstore.archive import read_record
from ansible_collections.congvu.mail.plugins.module_utils.restore.rebuild import State

CORE = Path(__file__).parents[3] / "plugins/module_utils"
# Problem: of a file that a user writes. str: of a file, an entry or a note that a host holds.
SHAPE = re.compile(r"tuple\[.+, (?:list|Sequence)\[(?:Problem|str|Fault)\]\]|Export|ReadBook")
# What begins like a reader and is none, or one of another shape, and why.
OTHERS = {
    "clock.py": {"read_generalized_time", "read_day"},  # a piece of a value: its entry is the reader
    "register/rows.py": {"read_reason", "read_register"},  # every text is a reason; the text as it is
    "roster/units.py": {"parse_date"},  # a piece of a cell
    "naming/names.py": {"read_names"},  # many at a time, each in the shape
    "host/audit.py": {"read", "parse"},  # years of lines: an iterator that counts what it cannot read
    "host/files.py": {"read_or_none", "read_note"},  # bytes; what this code itself wrote
    "backup/history.py": {"read"},  # likewise
    "backup/retention.py": {"load"},  # likewise
    "restore/repository.py": {"read_host", "read_targets"},  # a restore that is refused says why
    "restore/slapd.py": {"load"},  # it loads a database
    "site/revisions.py": {"read"},  # Git's own objects
    "site/site.py": {"load_site"},  # a site has the problems of all its files
    "parsing/tables.py": {"read_table"},  # a draft, in which the readers of its columns gather theirs as well
    "roster/people.py": {"read_people"},  # one of these
    "importing/normalize.py": {"read_day"},  # a piece of a cell
    "importing/workbooks.py": {"read"},  # a part of a workbook
    "importing/rows.py": {"read"},  # a sheet, into a draft
    "policy/fields.py": {"parse", "parse_keys"},  # a key: the one reader hands in where problems go
    "policy/parameters.py": {"parse_parameters"},  # likewise
    "policy/terms.py": {"parse_password", "parse_lifecycle"},  # likewise
}
SETTINGS = {
    "alert": alert.Settings.read,
    "client": client.Settings.read,
    "retention": retention.Settings.read,
    "store": program.Settings.read,
    "lifecycle": read_settings,
    "account": account.read_settings,
}
NOTES = {"restore": State.read, "archive": read_record}


def readers() -> dict[tuple[str, str], str]:
    """Return what each function returns whose name says that it reads, by file and name."""
    found = {}
    for path in CORE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and re.match(r"(read|load|parse)(_|$)", node.name):
                returned = ast.unparse(node.returns) if node.returns else ""
                found[path.relative_to(CORE).as_posix(), node.name] = returned
    return found


def test_readers_have_one_shape_or_a_reason() -> None:
    others = {(file, name) for file, names in OTHERS.items() for name in names}
    odd = {place for place, returned in readers().items() if not SHAPE.fullmatch(returned)}
    assert odd == others


@pytest.mark.parametrize("read", [*SETTINGS.values(), *NOTES.values()], ids=[*SETTINGS, *NOTES])
@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff", b"[]", b"1", b"{}", b'{"keeper": 1}', b"[" * 100_000]
)
def test_a_file_of_a_host_that_is_no_such_file_is_a_problem_with_its_name(read, content, tmp_path) -> None:
    (tmp_path / "x.json").write_bytes(content)
    value, problems = read(tmp_path / "x.json")
    assert value is None
    assert [problem.startswith(f"{tmp_path}/x.json") for problem in problems] == [True]


@pytest.mark.parametrize("read", SETTINGS.values(), ids=SETTINGS)
def test_settings_have_to_be_there(read, tmp_path) -> None:
    assert read(tmp_path / "none") == (None, [f"{tmp_path}/none is missing: run playbooks/site.yml again"])
    assert read(tmp_path)[1][0].startswith(f"{tmp_path} cannot be read")


@pytest.mark.parametrize("read", NOTES.values(), ids=NOTES)
def test_a_note_need_not_be_there(read, tmp_path) -> None:
    assert read(tmp_path / "none") == (None, [])


def test_damage_to_what_we_wrote_ourselves_is_named(tmp_path) -> None:
    path = tmp_path / "note.json"
    assert files.read_note(path, list, []) == []
    path.write_text(json.dumps([1]))
    assert files.read_note(path, list, []) == [1]
    path.write_text("[1")
    with pytest.raises(ValueError, match=r"note\.json cannot be used"):
        files.read_note(path, list, [])


@pytest.mark.parametrize("read", [lambda dn, values: entry.account(dn, "person", values), decisions.account])
@pytest.mark.parametrize("values", [{}, {"cvPurged": ["yesterday"]}, {"cvArchive": ["x"]}])
def test_an_entry_that_cannot_be_read_is_a_problem_with_its_name(read, values) -> None:
    found, problems = read("uid=CB01", values)
    assert found is None
    assert str(problems[0]).startswith("uid=CB01: ")
