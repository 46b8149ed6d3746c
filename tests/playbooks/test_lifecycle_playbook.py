"""`lifecycle.yml` itself, on this machine: the programs of the hosts are some that say what a test wants."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.samples import ROOT, VARIABLES, gialai

PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
HOSTS = "ansible_connection=local ansible_python_interpreter=" + sys.executable
INVENTORY = f"""
[directory]
directory1 {HOSTS}
[store]
store1 {HOSTS}
[mx]
mx1 {HOSTS}
"""
# It writes down how it is called, says what it was told to say, and ends as it was told.
PROGRAM = """#!/bin/sh
folder=$(dirname "$0")
name=$(basename "$0")
{ printf '%s' "$name"; printf ' [%s]' "$@"; echo; } >> "$folder/calls"
cat "$folder/$name.out"
cat "$folder/$name.err" >&2
exit "$(cat "$folder/$name.code")"
"""
UNIT, OTHER = "stttt@gialai.gov.vn", "syt@gialai.gov.vn"
MAIL = "<7.abc@gialai.gov.vn>"


class Hosts:
    """The programs of the hosts, and the playbook that calls them."""

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "sbin"
        self.programs.mkdir()
        self.playbooks = shutil.copytree(ROOT / "playbooks", folder / "playbooks")
        file = self.playbooks / "lifecycle.yml"
        file.write_text(file.read_text().replace("/usr/local/sbin", str(self.programs)))
        self.inventory = folder / "hosts"
        self.inventory.write_text(INVENTORY)
        (folder / "group_vars").mkdir()
        said_by_site = VARIABLES | {"regulation": gialai()}
        (folder / "group_vars/all.yml").write_text(yaml.safe_dump(said_by_site, allow_unicode=True))
        self.program("congvu-store")
        self.program("congvu-lifecycle", out=said(changed=False))
        self.program("journalctl")

    def program(self, name: str, code: int = 0, out: str = "", err: str = "") -> None:
        for kind, text in {"": PROGRAM, ".code": str(code), ".out": out, ".err": err}.items():
            (self.programs / f"{name}{kind}").write_text(text)
        (self.programs / name).chmod(0o755)

    def sent_by(self, sender: str) -> None:
        """Let Postfix's log say that the mail was sent from a mailbox."""
        messages = (
            f"4d0aB1: client=pc[10.0.0.9], sasl_method=PLAIN, sasl_username={sender}",
            f"4d0aB1: message-id={MAIL}",
            f"4d0aB1: from=<{sender}>, size=512, nrcpt=1 (queue active)",
        )
        entries = ({"MESSAGE": message, "__REALTIME_TIMESTAMP": "1790000000000000"} for message in messages)
        self.program("journalctl", out="".join(json.dumps(entry) + "\n" for entry in entries))

    def run(self, **given: str) -> tuple[int, str]:
        done = subprocess.run(
            [PLAYBOOK, "-i", self.inventory, self.playbooks / "lifecycle.yml", "-e", json.dumps(given)],
            cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=300,
            env=os.environ | {
                "LC_ALL": "C.UTF-8", "ANSIBLE_NOCOLOR": "1", "PATH": f"{self.programs}:{os.environ['PATH']}"
            },
        )  # fmt: skip
        return done.returncode, done.stdout

    def calls(self, name: str) -> list[str]:
        file = self.programs / "calls"
        return [call for call in file.read_text().splitlines() if call.startswith(name)]


def said(**more: object) -> str:
    return json.dumps({"said": "As it should be.", **more})


@pytest.fixture
def hosts(tmp_path: Path) -> Hosts:
    return Hosts(tmp_path)


@pytest.mark.parametrize("code", [1, 2])
def test_what_a_store_cannot_do_fails_the_run_after_the_pass(hosts: Hosts, code: int) -> None:
    """One mailbox that cannot be archived must not keep the province from its pass."""
    hosts.program("congvu-store", code, "a@x: archive\n", "a@x: its folder is gone\n")
    ended, told = hosts.run()
    assert ended != 0
    assert len(hosts.calls("congvu-lifecycle")) == 1, told
    assert hosts.calls("congvu-store") == ["congvu-store []", "congvu-store [after]"]
    assert "a@x: archive" in told
    assert told.rindex("its folder is gone") > told.index("As it should be.")


@pytest.mark.parametrize("code", [1, 3])
def test_sessions_end_also_where_the_pass_has_something_left_to_do(hosts: Hosts, code: int) -> None:
    """A notice cannot be sent, and others are locked all the same. The host is directory and store."""
    hosts.inventory.write_text(INVENTORY.replace("store1", "directory1").replace("mx1", "directory1"))
    hosts.program("congvu-lifecycle", code, said(changed=True).replace("As it", "Still due: a@x\\nAs it"))
    ended, told = hosts.run()
    assert ended != 0
    assert "Still due: a@x" in told
    assert hosts.calls("congvu-store")[-1] == "congvu-store [after]"


def test_a_store_that_is_done_fails_nothing(hosts: Hosts) -> None:
    ended, told = hosts.run()
    assert ended == 0, told
    assert hosts.calls("congvu-store") == ["congvu-store []", "congvu-store [after]"]


def test_what_is_no_exit_code_of_the_store_stops_at_once(hosts: Hosts) -> None:
    hosts.program("congvu-store", 127)
    assert hosts.run()[0] != 0
    assert "congvu-lifecycle" not in (hosts.programs / "calls").read_text()


@pytest.mark.parametrize("reference", [MAIL, f" {MAIL}", f"\t{MAIL}\n"])
def test_a_mail_opens_only_mailboxes_of_the_unit_that_sent_it(hosts: Hosts, reference: str) -> None:
    """UB-9.3a; whatever blanks are around the Message-ID, which the act does not see."""
    hosts.program("congvu-lifecycle", out=said(changed=True, contact=UNIT))
    hosts.sent_by(OTHER)
    ended, told = hosts.run(act="unlock", person="GL-1", reference=reference)
    assert ended != 0
    assert OTHER in told
    assert all("--check" in call for call in hosts.calls("congvu-lifecycle"))

    hosts.sent_by(UNIT)
    ended, told = hosts.run(act="unlock", person="GL-1", reference=reference)
    assert ended == 0, told
    assert "--check" not in hosts.calls("congvu-lifecycle")[-1]
    assert f"[--reference={MAIL}]" in hosts.calls("congvu-lifecycle")[-1]
