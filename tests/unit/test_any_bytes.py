"""Any bytes in a site's files give the right result or located problems, never a traceback.

The files are those of the shipped inventories, damaged: cut, doubled, mixed with what spreadsheets, old
encodings and other alphabets leave behind. A long search: `make fuzz ONLY=any_bytes`.
"""

from __future__ import annotations

import functools
import json
import shutil
import tempfile
from pathlib import Path

import yaml
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import RENDERERS, errors
from ansible_collections.congvu.mail.plugins.module_utils.register.resolve import Act
from ansible_collections.congvu.mail.plugins.module_utils.register.rows import dump_register, parse_register
from ansible_collections.congvu.mail.plugins.module_utils.site.site import (
    Site,
    load_site,
    resolve_site,
    validate_site,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.support.samples import DAY, GROUPS, ROOT, shipped_variables

SITES = sorted(path.name for path in (ROOT / "inventories").iterdir())
ACT = Act("45/NQ", DAY, None, frozenset({"gialai.gov.vn", "snv.binhdinh.gov.vn"}), retire_expired=True)
# What spreadsheets, keyboards, old encodings and other alphabets leave, and words that mean something here.
TEXTS = [
    "\u00a0", "\u200b", "\u202e", "\u2028", "\u0301", "Đ", "Ð", "ƀ", "ß", "İ", "ﬁ", "ᴀ", "Ω", "字", "😀",
    "NguyÔn", "V¨n §øc", "H'", "Y ", "\0", "\r", "\n", "\r\n", '"', '""', ",", ";", "\t", "@", ".", "..", "-",
    "left", "second_post", "active", "dissolved", "legacy", "tombstone", "alias", "primary", "0", "12",
    "true", "31/02/1980", "9999-12-31", "2025-01-01", "null", "~", "[]", "{}", "&a", "*a",
    "!!python/object:os.system", "- ", "\n  - ", ": ", "#", "|", "%", "a" * 300, "(" * 300,
]  # fmt: skip
BYTES = [b"\xff", b"\xef\xbb\xbf", b"\x85", b"\xa0", b"\xed\xa0\x80", "Nguyễn".encode("utf-16")]
FRAGMENTS = [*map(str.encode, TEXTS), *BYTES]
EDITS = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),  # where
        st.sampled_from([0, 0, 1, 2, 7, 40]),  # how many bytes go
        st.one_of(st.sampled_from(FRAGMENTS), st.binary(max_size=6), st.just(b"")),  # what comes
    ),
    min_size=1,
    max_size=6,
)


@functools.cache
def folder_of(name: str) -> Path:
    """A copy of an inventory that the examples may damage; each puts back what it changed."""
    return Path(shutil.copytree(ROOT / "inventories" / name, Path(tempfile.mkdtemp()) / name))


@functools.cache
def variables_of(name: str) -> dict[str, object]:
    """The variables of an inventory; a damaged file adds its own."""
    return shipped_variables(name)


def damaged(data: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    for where, gone, new in edits:
        at = int(where * (len(data) + 1))
        data = data[:at] + new + data[at + gone :]
    return data


def hold(site: Site) -> None:
    """Check everything that must be so whatever stands in the files."""
    for act in (None, ACT):
        resolution = resolve_site(site, DAY, act)
        problems = validate_site(site, resolution)
        for problem in problems:
            assert problem.file
            assert problem.row >= 0
        for language in ("vi", "en"):
            for name, render in RENDERERS.items():
                said = render(problems, language)
                assert said.encode("utf-8")
                assert name != "json" or json.loads(said)["errors"] == len(errors(problems))
                assert name != "text" or said.count("\n") == len(problems) + 1
        if errors(problems) or site.settings is None or site.regulation is None:
            continue
        before = {row.address: row.holder for row in site.register}
        after = {row.address: row.holder for row in resolution.rows}
        assert before.items() <= after.items()
        assert len(after) == len(resolution.rows)
        text = dump_register(resolution.rows)
        rows, found = parse_register(text.encode(), site.settings.domains)
        assert errors(found) == []
        assert dump_register(rows) == text
        settled = Site(site.folder, site.settings, site.regulation, site.roster, tuple(rows), ())
        again = resolve_site(settled, DAY, act)
        assert (again.added, again.changed) == ([], [])


@given(name=st.sampled_from(SITES), which=st.floats(0, 1, exclude_max=True), edits=EDITS)
def test_any_bytes_in_roster_and_register(name, which, edits):
    folder = folder_of(name)
    files = sorted([folder / "register.csv", *(folder / "roster").rglob("*.*")])
    file = files[int(which * len(files))]
    whole = file.read_bytes()
    file.write_bytes(damaged(whole, edits))
    try:
        hold(load_site(folder, variables_of(name), GROUPS))
    finally:
        file.write_bytes(whole)


@given(name=st.sampled_from(SITES), file=st.sampled_from(["regulation.yml", "mail.yml"]), edits=EDITS)
def test_any_bytes_in_the_variables(name, file, edits):
    path = folder_of(name) / "group_vars/all" / file
    whole = path.read_bytes()
    path.write_bytes(damaged(whole, edits))
    try:
        try:
            changed = yaml.safe_load(path.read_bytes())
        except (yaml.YAMLError, ValueError, RecursionError):
            return  # Ansible says where before anything of ours runs
        if not isinstance(changed, dict):
            return
        variables = {**variables_of(name), **{str(key): value for key, value in changed.items()}}
        hold(load_site(folder_of(name), variables, GROUPS))
    finally:
        path.write_bytes(whole)
