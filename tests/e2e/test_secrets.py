"""A first password is in the hands of its owner, sealed, and as a hash in the directory; nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.ansible import Run, playbook
from tests.support.directory import Directory
from tests.support.lab import STATE, Lab
from tests.support.secrets import (
    DATABASE,
    in_folders,
    in_work_tree,
    on_hosts,
    prove_search_of_hosts,
    watched_processes,
)
from tests.support.sites import Newcomer

MARK = "hT7k-9mxb-Rq4v-n3fJ"  # as long as a password, and none


@pytest.fixture
def controller(tmp_path: Path) -> dict[str, Path]:
    """Where Ansible leaves things on this machine: all of it in folders that can be searched."""
    places = {name: tmp_path / name for name in ("tmp", "cache", "log")}
    for place in places.values():
        place.mkdir()
    return places


def test_first_passwords_are_nowhere_but_where_they_belong(
    lab: Lab, directory: Directory, newcomer: Newcomer, controller: dict[str, Path], tmp_path: Path
) -> None:
    """Both ways to make one, and the printing, with all that Ansible can be made to say and to keep."""
    newcomer.register()
    environment = {
        "TMPDIR": str(controller["tmp"]),
        "ANSIBLE_LOCAL_TEMP": str(controller["tmp"]),
        "ANSIBLE_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(controller["cache"]),
        "ANSIBLE_LOG_PATH": str(controller["log"] / "ansible.log"),
        "ANSIBLE_KEEP_REMOTE_FILES": "1",
    }
    said: list[Run] = []

    def run(name: str, *options: str) -> None:
        done = playbook(name, newcomer.site.path, "-vvv", "--diff", *options, environment=environment)
        assert done.code == 0, done.said
        said.append(done)

    def print_sheets(folder: str) -> Path:
        output = tmp_path / folder
        run("handout", "-e", f"identity={STATE / 'operator.key'}", "-e", f"output={output}")
        return output

    with watched_processes(lab) as processes:
        run("mailboxes", "--check")
        run("mailboxes")
        first_sheets = print_sheets("first")
        first_hash = stored(directory, newcomer.address)
        run("reset_password", "-e", f"person={newcomer.person_id}", "-e", "reference=14/PYC-STTTT")
        second_sheets = print_sheets("second")
        second_hash = stored(directory, newcomer.address)
    first, second = (account.password for account in newcomer.all_unsealed())

    # They are where they belong, so that what is searched for is the thing itself.
    assert in_folders([first], tmp_path) == {str(sheets_of(first_sheets, newcomer))}
    assert in_folders([second], tmp_path) == {str(sheets_of(second_sheets, newcomer))}
    assert {host for host, _ in on_hosts(lab, [second_hash], [DATABASE])} == set(lab.hosts["directory"])

    clear, hashes = [first, second], [first_hash, second_hash]
    for text in clear + hashes:
        assert [run.said for run in said if text in run.said] == []
    prove_search_of_hosts(lab)
    assert on_hosts(lab, clear + hashes) == set()
    assert {place for _, place in on_hosts(lab, clear, [DATABASE])} == set()
    assert processes.have(clear + hashes) == set()
    prove_search_of_controller(controller)
    assert (
        in_folders(clear + hashes, *controller.values(), newcomer.site.path, Path.home() / ".ansible")
        == set()
    )
    assert in_work_tree(clear + hashes) == set()


def test_what_knows_passwords_leaves_no_core(lab: Lab) -> None:
    """slapd, and what root starts over ssh: the module on its way. (It also tells the kernel: unit tests.)"""
    for host in lab.hosts["directory"]:
        processes = [*lab.run(host, "pidof", "slapd").split(), "self"]
        for process in processes:
            limits = lab.run(host, "cat", f"/proc/{process}/limits")
            assert re.search(r"^Max core file size +0 ", limits, re.MULTILINE), limits
        assert not lab.run(host, "cat", "/proc/sys/kernel/core_pattern").startswith("|")


def prove_search_of_controller(places: dict[str, Path]) -> None:
    """See that what is left in each place is found."""
    files = [place / "left" for place in (*places.values(), Path.home() / ".ansible")]
    untracked = Path(__file__).with_name("left-on-purpose")
    try:
        for file in (*files, untracked):
            file.write_text(f"x{MARK}x")
        assert in_folders([MARK], *places.values(), Path.home() / ".ansible") == set(map(str, files))
        assert str(untracked.name) in {Path(file).name for file in in_work_tree([MARK])}
    finally:
        for file in (*files, untracked):
            file.unlink(missing_ok=True)


def stored(directory: Directory, address: str) -> str:
    """Return the hash that the directory has."""
    (value,) = directory.of(address, "userPassword")["userPassword"]
    assert value.startswith("{SSHA512}")
    return value.removeprefix("{SSHA512}")


def sheets_of(folder: Path, newcomer: Newcomer) -> Path:
    """Return the file of a newcomer's unit."""
    (file,) = (file for file in folder.iterdir() if newcomer.address in file.read_text(encoding="utf-8"))
    return file
