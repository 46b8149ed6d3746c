"""What a killed installation left is seen, whatever apt or systemd think of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.congvu.mail.plugins.modules import installed_packages

LISTED = """\
nftables installed ok 1.1.3-1
old not-installed ok \nslapd unpacked reinstreq 2.6.10+dfsg-1
"""


def package(name, status="installed", flag="ok"):
    return installed_packages.Package(name, status, flag, "1")


class Module:
    """As much of an Ansible module as the question needs."""

    def run_command(self, command, check_rc):
        assert command[0] == "dpkg-query"
        return 0, LISTED, ""


def test_every_package_has_a_state():
    found = installed_packages.packages(Module())
    assert found[0] == ("nftables", "installed", "ok", "1.1.3-1")
    assert found[1] == ("old", "not-installed", "ok", "")
    assert installed_packages.halfway(found, Path("/nowhere")) == ["slapd"]


@pytest.mark.parametrize(
    "state", ["unpacked", "half-installed", "half-configured", "triggers-awaited", "triggers-pending"]
)
def test_whatever_is_neither_there_nor_gone_is_halfway(state, tmp_path):
    found = [package("a"), package("b", "config-files"), package("c", state), package("d", flag="reinstreq")]
    assert installed_packages.halfway(found, tmp_path) == ["c", "d"]


def test_the_journal_of_dpkg_is_looked_at(tmp_path):
    # What dpkg leaves there is a file with a number; `tmp.i` is always there.
    (tmp_path / "tmp.i").touch()
    assert installed_packages.halfway([package("a")], tmp_path) == []
    (tmp_path / "0003").touch()
    assert installed_packages.halfway([package("a")], tmp_path) == ["0003"]
