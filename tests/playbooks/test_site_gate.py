"""Every playbook that acts on hosts refuses what it cannot serve, with one answer, in one run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.ansible import LONGEST
from tests.support.samples import ROOT, complete

PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
SITE = ROOT / "inventories/gialai"
KEPT = """mail_backup_targets:
  - label: offsite
    repositories: ssh://u@store.example.vn/./b
    host: store.example.vn
    host_key: ssh-ed25519 AAAA
"""
# What is wrong (in mail.yml, regulation.yml, hosts.yml), and where that is told. All of it in one inventory.
FAULTS = {
    "mail_mesage_size_mib: 25\n": "mail.yml:mail_mesage_size_mib",
    "mail_operators: [{name: A, age: age1short}]\n": "mail.yml:mail_operators.1.age",
    "mail_archive_keys: [AGE-SECRET-KEY-1]\n": "mail.yml:mail_archive_keys",
    "mail_backup_targets: [{label: offsite}]\n": "mail.yml:mail_backup_targets.1.repositories",
    "mail_certificate: '{{ nowhere }}'\n": "mail.yml:mail_certificate",
}
ACTING = (
    "site", "mailboxes", "lifecycle", "handout", "handover", "reset_password", "backup", "report", "restore",
)  # fmt: skip


def start(site: Path, playbook: str, *options: str) -> subprocess.Popen[str]:
    file = ROOT / "playbooks" / f"{playbook}.yml"
    return subprocess.Popen(
        [PLAYBOOK, "-i", site, file, *options], cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env=os.environ | {"LC_ALL": "C.UTF-8", "ANSIBLE_NOCOLOR": "1"},
    )  # fmt: skip


# These read the roster too, and tell what is wrong with it in the same run. The others do without: a bad row
# of one commune stops no restore.
WITH_ROSTER = ("validate", "register", "mailboxes", "handover", "report")
DAMAGE = (
    ("roster/people/stttt.csv", ",active,", ",actve,"),
    ("roster/units.yml", "head: GL-0001", "head: GL-9999"),
    ("register.csv", ",alias,", ",alis,"),
)
PLACES = {"roster/people/stttt.csv:2:status", "roster/units.yml:8:head", "register.csv:2:kind"}


def told(said: str, *, roster: bool = False) -> list[str]:
    """What is said of the site, each time that it is."""
    files = r"roster/|register\.csv" if roster else r"group_vars/all/|hosts\.yml"
    return sorted(re.findall(rf"^(?:{files})\S*: (?:lỗi|cảnh báo): .*$", said, re.M))


def copied(folder: Path) -> Path:
    return complete(Path(shutil.copytree(SITE, folder / "anywhere")))


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """One inventory with all of it, under each playbook, side by side."""
    site = copied(tmp_path_factory.mktemp("faulty"))
    mail, regulation = (site / f"group_vars/all/{name}.yml" for name in ("mail", "regulation"))
    text = mail.read_text()
    for line in FAULTS:
        text = re.sub(rf"(?m)^{line.partition(':')[0]}:.*\n", "", text) + line
    mail.write_text(text.replace("mail_message_size_mib: 25\n", ""))
    regulation.write_text(
        regulation.read_text().replace("min_length: 8", "min_length: 3").replace("history:", "histry:")
    )
    (site / "host_vars").mkdir()
    (site / "host_vars/mx1.gialai.gov.vn.yml").write_text("mail_signature_mirror: clamav.vn\n")
    hosts = site / "hosts.yml"
    hosts.write_text(
        hosts.read_text().replace("store1.gialai.gov.vn:\n", "store1.gialai.gov.vn:\n        s2:\n")
    )
    for file, before, after in DAMAGE:
        (site / file).write_text((site / file).read_text().replace(before, after, 1))
    # No host of it exists: none may be asked for anything.
    options = {"restore": ["-e", "what=mailbox", "-e", "person=a@b.vn", "-e", "reference=1"]}
    runs = {name: start(site, name, *options.get(name, ())) for name in ["validate", "register", *ACTING]}
    runs["limited"] = start(site, "site", "--limit", "mx1.gialai.gov.vn", "--check")
    said = {name: run.communicate(timeout=LONGEST)[0] for name, run in runs.items()}
    return {name: (runs[name].returncode, said[name]) for name in runs}


def test_validate_tells_all_of_it(faulty: dict[str, tuple[int, str]]) -> None:
    code, said = faulty["validate"]
    assert code == 2, said
    places = {
        re.sub(r":\d+:", ":", line.partition(": ")[0]).removeprefix("group_vars/all/") for line in told(said)
    }
    assert places == {
        *FAULTS.values(),
        "mail.yml:mail_backup_targets.1.host",
        "mail.yml:mail_backup_targets.1.host_key",
        "mail.yml:mail_certificate_key",
        "mail.yml:mail_signature_mirror",
        "regulation.yml:regulation.password.min_length",
        "regulation.yml:regulation.password.histry",
        "hosts.yml:store",
    } - {"mail.yml:mail_certificate_key"}
    assert "có phải mail_message_size_mib?" in said
    assert "có phải history?" in said


@pytest.mark.parametrize("name", ["register", *ACTING, "limited"])
def test_every_playbook_gives_the_same_answer(faulty: dict[str, tuple[int, str]], name: str) -> None:
    code, said = faulty[name]
    assert code == 2, said
    assert told(said) == told(faulty["validate"][1])
    assert "UNREACHABLE" not in said and "Traceback" not in said


@pytest.mark.parametrize("name", ["validate", "register", *ACTING])
def test_who_reads_the_roster_tells_its_faults_in_the_same_run(
    faulty: dict[str, tuple[int, str]], name: str
) -> None:
    said = faulty[name][1]
    problems = told(said, roster=True)
    if name not in WITH_ROSTER:
        assert problems == []
        return
    every = told(faulty["validate"][1], roster=True)
    if name == "register":  # what only validate.yml remarks on top stops nobody
        problems, every = ([line for line in lines if ": lỗi: " in line] for lines in (problems, every))
    assert problems == every
    assert {line.partition(" ")[0] for line in problems} >= {f"{place}:" for place in PLACES}
    every = problems + told(said)
    assert len(every) == len(set(every)), "each once"


def test_faults_of_the_roster_alone_are_told_by_who_reads_it(tmp_path: Path) -> None:
    site = copied(tmp_path)
    for file, before, after in DAMAGE:
        (site / file).write_text((site / file).read_text().replace(before, after, 1))
    runs = {name: start(site, name) for name in ("validate", "mailboxes")}
    said = {name: run.communicate(timeout=LONGEST)[0] for name, run in runs.items()}
    assert [run.returncode for run in runs.values()] == [2, 2], said
    errors = [line for line in told(said["validate"], roster=True) if ": lỗi: " in line]
    assert told(said["mailboxes"], roster=True) == errors != []
    assert "UNREACHABLE" not in said["mailboxes"]


def test_the_first_play_of_each_playbook_that_acts_on_hosts_is_the_check() -> None:
    for file in [*(ROOT / "playbooks").glob("*.yml"), *(ROOT / "playbooks/restoring").glob("*.yml")]:
        plays = yaml.safe_load(file.read_text())
        if {play.get("hosts", "localhost") for play in plays} != {"localhost"} or file.stem == "backup":
            assert plays[0]["ansible.builtin.import_playbook"].endswith("common/validate.yml"), file


# What the groups say.

BACKUP = "    backup:\n      hosts:\n        backup1.gialai.gov.vn:\n"
GROUPS = {
    "as it is": ("", "", 0, ""),
    "several mx": ("mx1.gialai.gov.vn:\n", "mx1.gialai.gov.vn:\n        mx2.gialai.gov.vn:\n", 0, ""),
    "no backup": (BACKUP, "", 0, "không có gì được sao lưu"),
    "its own backups": ("backup1", "store1", 0, "store1.gialai.gov.vn"),
    "two directories": (
        "directory1.gialai.gov.vn:\n",
        "directory1.gialai.gov.vn:\n        d2:\n",
        2,
        "directory",
    ),
    "same label": (BACKUP, BACKUP + "        backup1.snv.gialai.gov.vn:\n", 2, "backup1"),
    "nobody thins out": (BACKUP, "", 2, "offsite"),
    "somebody does": ("", "", 0, ""),
    "keys are not set": ("", "", 2, "mail_operators"),
}


@pytest.fixture(scope="module")
def grouped(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    runs = {}
    for name, (there, instead, _, _) in GROUPS.items():
        site = copied(tmp_path_factory.mktemp("grouped"))
        hosts, mail = site / "hosts.yml", site / "group_vars/all/mail.yml"
        assert there in hosts.read_text()
        hosts.write_text(hosts.read_text().replace(there, instead) if there else hosts.read_text())
        if name in ("nobody thins out", "somebody does"):
            mail.write_text(mail.read_text() + KEPT)
        if name == "keys are not set":
            mail.write_text(re.sub(r"(?m)^mail_operators:.*$", "mail_operators: []", mail.read_text()))
        runs[name] = start(site, "common/validate")
    said = {name: run.communicate(timeout=LONGEST)[0] for name, run in runs.items()}
    return {name: (runs[name].returncode, said[name]) for name in runs}


@pytest.mark.parametrize("name", GROUPS)
def test_groups_that_cannot_be_served(grouped: dict[str, tuple[int, str]], name: str) -> None:
    code, said = grouped[name]
    _, _, expected, word = GROUPS[name]
    assert code == expected, said
    assert len(told(said)) == bool(word), said
    assert word in " ".join(told(said))


def test_a_site_is_read_again_where_facts_become_variables(tmp_path):
    """As a site outside of this project may have it: Ansible's default, without our ansible.cfg."""
    again = tmp_path / "again.yml"
    task = {"name": "Read", "congvu.mail.validate": {"what": "policy"}}
    show = {"name": "Show", "ansible.builtin.debug": {"var": "congvu_site.mail_domain"}}
    play = {"name": "Twice", "hosts": "localhost", "gather_facts": False, "tasks": [task, task, show]}
    again.write_text(yaml.safe_dump([play]))
    done = subprocess.run(
        [PLAYBOOK, "-i", copied(tmp_path), again], cwd=ROOT, text=True, check=False, capture_output=True,
        env=os.environ | {"LC_ALL": "C.UTF-8", "ANSIBLE_NOCOLOR": "1", "ANSIBLE_INJECT_FACT_VARS": "True"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "congvu_site.mail_domain: gialai.gov.vn" in done.stdout
