# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every host of an inventory looks as expected.yml has it. Reads only; `playbooks/verify.yml` runs it.

Each host is read once, in one command, through Ansible's own connection: what the inventory says of it (keys,
jump hosts, how to become root) holds here as well.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import testinfra
import yaml
from expectations import Expected, Found, compare, expected, groups_of, parse, script
from testinfra.host import Host

BLOCKS = yaml.safe_load((Path(__file__).parent / "expected.yml").read_text(encoding="utf-8"))
READ = "it can be read"
NOTHING = Found({}, [], {}, {}, {}, [])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test of each thing that is looked at on each host."""
    options = metafunc.config.option
    hosts = testinfra.get_hosts(
        [options.hosts or "ansible://all"], ansible_inventory=options.ansible_inventory, force_ansible=True
    )
    found = [
        pytest.param(host, what, id=f"{host.backend.host}: {what}")
        for host in sorted(hosts, key=lambda one: str(one.backend.host))
        if (wanted := _expected(host)) != Expected()
        for what in (READ, *compare(wanted, NOTHING))
    ]
    if not found:
        raise pytest.UsageError(f"{options.ansible_inventory} has no host that site.yml provisions")
    metafunc.parametrize(("at", "what"), found)


def _expected(host: Host) -> Expected:
    return expected(BLOCKS, groups_of(host.backend.get_variables()), str(host.backend.host))


@cache
def problems(host: Host) -> dict[str, str]:
    """Read a host, once, and return what is wrong with each thing."""
    wanted = _expected(host)
    try:
        found = parse(host.check_output(script(wanted)))
    except (AssertionError, RuntimeError, ValueError, KeyError) as error:
        # Somewhere in what testinfra says is why Ansible could not.
        said = re.search(r"\[ERROR\]: (.*?)(?:\\n|\n|$)", str(error))
        reason = f"cannot be read, so nothing is known of it: {said.group(1) if said else error}"
        return dict.fromkeys((READ, *compare(wanted, NOTHING)), reason)
    differing: dict[str, str] = compare(wanted, found)
    return {READ: "", **differing}


def test_it_is_as_expected(at: Host, what: str) -> None:
    """One thing of one host."""
    if problem := problems(at)[what]:
        pytest.fail(f"{at.backend.host}: {problem}", pytrace=False)
