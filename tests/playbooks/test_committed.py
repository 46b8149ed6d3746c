"""What nobody can have reviewed does not reach the hosts, and the audit log names a person."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.ansible import LONGEST
from tests.support.repository import CENTRE, Repository
from tests.support.samples import ROOT

PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
WHO = f"""
- ansible.builtin.import_playbook: {ROOT}/playbooks/common/validate.yml
- hosts: directory
  gather_facts: false
  vars_files: {ROOT}/playbooks/vars/operator.yml
  tasks:
    - ansible.builtin.debug:
        msg: it is {{{{ site_operator }}}}
"""


# What would name a person where the tests run in a pipeline.
PIPELINE = ("GITLAB_USER_EMAIL", "GITLAB_USER_LOGIN", "GITHUB_ACTOR")


def start(repository: Repository, playbook: object, *words: str, **environment: str) -> subprocess.Popen[str]:
    own = {name: value for name, value in os.environ.items() if name not in PIPELINE}
    return subprocess.Popen(
        [PLAYBOOK, "-i", repository.site, str(playbook), *words], cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env=own | {"LC_ALL": "C.UTF-8", "ANSIBLE_NOCOLOR": "1"} | environment,
    )  # fmt: skip


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    by_hand, pending = (Repository(tmp_path_factory.mktemp(name) / "clone") for name in ("hand", "pending"))
    register = by_hand.site / "register.csv"
    register.write_text(register.read_text().replace("\nbaolq.stttt@", "\nbao.stttt@"))
    pending.edit("stttt", GL_0005={"note": "khác"})
    who = tmp_path_factory.mktemp("who") / "who.yml"
    who.write_text(WHO)
    processes = {
        "validate": start(by_hand, "playbooks/validate.yml"),
        "register": start(by_hand, "playbooks/register.yml"),
        "pending": start(pending, "playbooks/mailboxes.yml"),
        "planned": start(pending, "playbooks/mailboxes.yml", "--check"),
        "let through": start(pending, "playbooks/mailboxes.yml", "-e", "uncommitted=true"),
        "named": start(pending, who, "-e", "operator=hoa@b.vn"),
        "author": start(pending, who, GIT_AUTHOR_EMAIL=CENTRE),
        "pipeline": start(pending, who, GIT_AUTHOR_EMAIL="bot@b.vn", GITLAB_USER_EMAIL=CENTRE),
    }
    said = {name: process.communicate(timeout=LONGEST)[0] for name, process in processes.items()}
    results = {name: (processes[name].returncode, said[name]) for name in processes}
    return results | {"kept": "\nbao.stttt@" in register.read_text()}


@pytest.mark.parametrize("name", ["validate", "register"])
def test_an_address_that_was_edited_by_hand_is_caught_without_ci(runs, name):
    code, said = runs[name]
    assert code == 2
    assert 'register.csv:address: lỗi: sổ không còn ghi "baolq.stttt@gialai.gov.vn" là của GL-0005. ' in said
    assert runs["kept"]  # register.yml wrote nothing over it


@pytest.mark.parametrize("name", ["pending", "planned"])
def test_what_is_not_committed_is_refused_before_any_host_is_asked(runs, name):
    code, said = runs[name]
    assert code == 2
    assert "inventories/gialai/roster/people/stttt.csv: lỗi: tệp này khác bản đã commit. " in said
    assert "unreachable=0" in said


def test_it_is_let_through_where_that_is_meant(runs):
    code, said = runs["let through"]
    assert code == 4  # there is no such host
    assert "đã commit" not in said


@pytest.mark.parametrize(
    ("name", "person"), [("named", "hoa@b.vn"), ("author", CENTRE), ("pipeline", CENTRE)]
)
def test_who_acts_is_a_person(runs, name, person):
    code, said = runs[name]
    assert code == 0, said
    assert f"it is {person}\n" in said
    assert "không rõ ai" not in said
