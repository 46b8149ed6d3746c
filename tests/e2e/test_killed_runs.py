"""What a killed run of site.yml left undone is done by the next one, and nothing by the one after."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.support.ansible import playbook, playing
from tests.support.lab import INVENTORY, Lab
from tests.support.waiting import wait_for

SETTINGS = "/etc/rspamd/rspamd.conf.override"
# Says so as soon as the settings are no longer those whose checksum is given, or gives up after a while.
REPLACED = """
for _ in $(seq 400); do echo "$1" | md5sum --check --status || { echo replaced; break; }; sleep 0.05; done
"""
# A package that every host has, and that no mail goes through: unpacked again, and not configured.
HALFWAY = """
cd "$(mktemp -d)"; chmod 755 .
apt-get -qq -o APT::Sandbox::User=root download unattended-upgrades
dpkg --unpack ./unattended-upgrades*.deb
"""


@pytest.fixture
def mx(lab: Lab) -> Iterator[str]:
    """A mail exchanger that has what the inventory says again afterwards."""
    yield lab.hosts["mx"][0]
    assert playbook("site", INVENTORY).code == 0


def life(lab: Lab, host: str, unit: str) -> str:
    """Return what tells one start of a unit from the next."""
    return lab.run(host, "systemctl", "show", "--value", "--property=InvocationID", unit)


def test_the_next_run_restarts_what_has_new_settings_and_finishes_packages(lab: Lab, mx: str) -> None:
    before = life(lab, mx, "rspamd")
    workers = max(map(int, re.findall(r"count = (\d+)", lab.run(mx, "cat", SETTINGS)))) + 1
    options = ("-e", f'{{"rspamd_workers": {workers}}}')
    old = lab.run(mx, "md5sum", SETTINGS).strip()
    with playing("site", INVENTORY, *options):
        wait_for("new settings", lambda: lab.run(mx, "sh", "-c", REPLACED, "sh", old))
    assert life(lab, mx, "rspamd") == before, "killed too late: Rspamd has its new settings"
    lab.run(mx, "sh", "-ec", HALFWAY)

    looked = playbook("site", INVENTORY, *options, "--check", "--diff")
    assert looked.code == 0, looked.said
    assert "restart rspamd.service" in looked.said
    assert life(lab, mx, "rspamd") == before

    repaired = playbook("site", INVENTORY, *options)
    assert repaired.code == 0, repaired.said
    assert repaired.changed == 2, repaired.said
    assert life(lab, mx, "rspamd") != before
    assert lab.run(mx, "dpkg", "--audit") == ""

    again = playbook("site", INVENTORY, *options)
    assert (again.code, again.changed) == (0, 0), again.said
