"""The packed list is changed in one step, and what a killed run left is gone after the next one."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.congvu.mail.plugins.modules import deny_list


class Killed(Exception):
    """The run ends here."""


class Packs:
    """As much of an Ansible module as the packing needs."""

    def __init__(self, *, killed: bool = False) -> None:
        self.killed = killed

    def run_command(self, command, data, **_):
        for one in deny_list.PACKED:
            Path(command[1]).with_name(one).write_bytes(data)
            if self.killed:
                raise Killed


def held(folder):
    return {path.name for path in folder.iterdir()}


def test_the_link_leads_to_the_new_list_and_the_old_one_goes(tmp_path):
    folder = tmp_path / "deny"
    deny_list.pack(Packs(), folder, "words-1", b"one\n")
    deny_list.pack(Packs(), folder, "words-2", b"two\n")
    assert (folder / "current" / "words.pwd").read_bytes() == b"two\n"
    assert held(folder) == {"current", "words-2"}


def test_everybody_may_read_it(tmp_path):
    # slapd is not root.
    deny_list.pack(Packs(), tmp_path, "words-1", b"one\n")
    modes = [
        path.stat().st_mode & 0o777 for path in [tmp_path / "words-1", *(tmp_path / "words-1").iterdir()]
    ]
    assert modes == [0o755, 0o644, 0o644, 0o644]


def test_a_run_that_is_killed_leaves_the_old_list_and_the_next_one_tidies_up(tmp_path):
    deny_list.pack(Packs(), tmp_path, "words-1", b"one\n")
    with pytest.raises(Killed):
        deny_list.pack(Packs(killed=True), tmp_path, "words-2", b"two\n")
    assert (tmp_path / "current" / "words.pwd").read_bytes() == b"one\n"
    deny_list.pack(Packs(), tmp_path, "words-2", b"two\n")
    assert held(tmp_path) == {"current", "words-2"}


def test_a_list_without_its_link_is_taken_up_again(tmp_path):
    # Killed between the two last steps.
    deny_list.pack(Packs(), tmp_path, "words-1", b"one\n")
    (tmp_path / "current").rename(tmp_path / "words-1.link")
    deny_list.pack(Packs(), tmp_path, "words-1", b"one\n")
    assert held(tmp_path) == {"current", "words-1"}
