"""Files of variables: the line of a key, and what keeps a file from being read."""

from __future__ import annotations

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.parsing.locate import locate, unreadable
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import Problem
from ansible_collections.congvu.mail.plugins.module_utils.site.site import resolve_site, validate_site
from hypothesis import given
from hypothesis import strategies as st

from tests.support.samples import DAY, load, places, write_site

FILE = "group_vars/all/regulation.yml"
TEXT = """\
---
# The decision.
regulation:
  decision: 1/QĐ
  naming:
    style: flat
    a.b: {c: d}
    collision:
      forms:
        - base
"""


def line(folder, column, text=TEXT, file=FILE, row=0):
    """The row that a problem gets."""
    (folder / "group_vars/all").mkdir(parents=True, exist_ok=True)
    data = text if isinstance(text, bytes) else text.encode()
    (folder / FILE).write_bytes(data)
    before = Problem(file, row, column, "key_missing", "x", "y")
    (after,) = locate(folder, [before])
    assert (after.file, after.column, after.code, after.value, after.detail) == (file, column, *TAIL)
    return after.row


TAIL = ("key_missing", "x", "y")


@pytest.mark.parametrize(
    ("column", "row"),
    [
        ("regulation", 3),
        ("regulation.decision", 4),
        ("regulation.naming.style", 6),
        ("regulation.naming.collision.forms", 9),
        ("regulation.naming.a.b", 7),
        ("regulation.naming.a.b.c", 7),
        # What is missing is told where it should stand.
        ("regulation.naming.reserved", 5),
        ("regulation.unit_contacts", 3),
        ("regulation.decision.x", 4),
        ("regulation.decisions", 3),
        ("regulation.naming.collision.forms.x", 9),
        # The variable comes from elsewhere.
        ("mail_domain", 0),
        ("regul", 0),
        ("", 0),
    ],
)
def test_the_line_of_a_key(column, row, tmp_path):
    assert line(tmp_path, column) == row


def test_a_bom_and_crlf_make_no_difference(tmp_path):
    assert line(tmp_path, "regulation.decision", "\ufeff" + TEXT.replace("\n", "\r\n")) == 4


@pytest.mark.parametrize(
    "text", ["", "regulation: [", "- regulation\n", "text", b"regulation:\n  naming: \x00", b"\xff\xfe\x00"]
)
def test_a_file_that_says_nothing(text, tmp_path):
    assert line(tmp_path, "regulation.naming", text) == 0


def test_a_row_that_is_known_stays(tmp_path):
    assert line(tmp_path, "regulation.decision", row=77) == 77


@pytest.mark.parametrize("file", ["group_vars/all/mail.yml", "register.csv", "group_vars"])
def test_other_files(file, tmp_path):
    assert line(tmp_path, "regulation", file=file) == 0


def test_a_site_tells_the_line_of_its_variables(tmp_path):
    (tmp_path / "group_vars/all").mkdir(parents=True)
    (tmp_path / FILE).write_text("regulation:\n  decision: x\n  namings: {}\n")
    (tmp_path / "group_vars/all/mail.yml").write_text("mail_quota_mib: 5\nmail_postmaster: nobody\n")
    site = load(write_site(tmp_path, {"snv": []}), {"decision": "x", "namings": {}}, mail_quota_mib=5)
    assert places(problem for problem in site.problems if problem.file.startswith("group_vars")) == {
        ("key_misspelt", FILE, 3, "regulation.namings"),
        ("key_missing", FILE, 1, "regulation.unit_contacts"),
        ("yaml_shape", "group_vars/all/mail.yml", 1, "mail_quota_mib"),
    }
    site = load(tmp_path, mail_postmaster="nobody")
    problems = validate_site(site, resolve_site(site, DAY))
    assert ("unit_unknown", "group_vars/all/mail.yml", 2, "mail_postmaster") in places(problems)


# Files that Ansible itself cannot read.


@pytest.mark.parametrize(
    ("data", "code", "row"),
    [
        (TEXT.replace("forms:", "forms: ["), "yaml_syntax", 10),
        (TEXT.replace("  naming:", "\tnaming:"), "yaml_syntax", 5),
        (TEXT.replace("style", "st\0yle"), "yaml_syntax", 6),
        (TEXT + "---\nregulation: {}\n", "yaml_syntax", 12),
        (TEXT.encode().replace(b"1/Q", b"1/\xd0"), "not_utf8", 4),
        (TEXT.encode("utf-16"), "not_utf8", 1),
        ("\n- regulation\n", "yaml_shape", 2),
        ("text\n", "yaml_shape", 1),
        (TEXT.replace("flat", "!!python/object:os.system x"), "yaml_syntax", 6),
        (TEXT.replace("flat", "!!int x"), "yaml_syntax", 0),
        (TEXT.replace("flat", "!!bool x"), "yaml_syntax", 0),
        (TEXT.replace("flat", "!!timestamp x"), "yaml_syntax", 0),
        (TEXT.replace("a.b: {c: d}", "{a: b}: c"), "yaml_syntax", 7),
        (TEXT.replace("1/QĐ", "2011-13-45"), "yaml_syntax", 0),
    ],
)
def test_what_keeps_a_file_from_being_read(data, code, row, tmp_path):
    line(tmp_path, "", data)
    (problem,) = unreadable(tmp_path)
    assert (problem.file, problem.code, problem.row) == (FILE, code, row)


@pytest.mark.parametrize(
    "data",
    ["", "---\n", TEXT, "a: &x {b: c}\nregulation: *x\nc: !vault d\n", "$ANSIBLE_VAULT;1.1;AES256\n3030\n"],
)
def test_what_ansible_can_read(data, tmp_path):
    line(tmp_path, "", data)
    assert unreadable(tmp_path) == []


def test_a_site_without_such_files(tmp_path):
    assert unreadable(tmp_path) == []


# Pieces that make YAML with odd values more often than chance would.
PIECES = st.sampled_from([
    "a", ": ", "\n", "  ", "- ", "!!int ", "!!bool ", "!!float ", "!x ", "&a ", "*a", "[", "]", "{", "}", ",",
    "2011-13-45", "0x", "1:99", "? ", "<<: ", "=", "'", '"', "|", ">", "\t", "#",
])  # fmt: skip


@given(data=st.one_of(st.binary(), st.lists(PIECES).map(lambda pieces: "".join(pieces).encode())))
def test_any_bytes_at_all(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("any")
    assert line(folder, "regulation.naming", data) >= 0
    assert all(problem.file == FILE for problem in unreadable(folder))
