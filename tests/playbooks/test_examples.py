"""Every example that a site may take from a comment or a document works: all of a site are run at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ansible_collections.congvu.mail.plugins.module_utils.policy.schema import PARAMETERS, VARIABLES

from tests.support.ansible import LONGEST
from tests.support.examples import commented, documents, filled
from tests.support.samples import ROOT

PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
SITES = ("gialai", "binhdinh_snv", "dongnai", "cema", "quangtri")
KNOWN = {*VARIABLES, *PARAMETERS}
EXAMPLES = (
    "mail_operators",
    "mail_archive_keys",
    "mail_directory_clients",
    "mail_certificate",
    "mail_certificate_key",
)
# Documents whose blocks other tests run.
ELSEWHERE = {
    "docs/restructure.md",  # tests/unit/module_utils/reorganisation/test_restructure.py
    "docs/decision.md",  # tests/unit/test_examples.py
    "docs/everyday.md",  # tests/unit/test_everyday.py
    "docs/vi/everyday.md",  # the same, word for word: tests/unit/test_pages.py
}
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
# What site.yml makes of it on a host, which is not asked for anything.
PLAY = f"""
- ansible.builtin.import_playbook: {ROOT}/playbooks/common/validate.yml
- hosts: directory:mx:store
  gather_facts: false
  vars_files: {ROOT}/playbooks/vars/site.yml
  tasks:
    - ansible.builtin.assert:
        that: lookup('ansible.builtin.file', site.mail_certificate) is match('-----BEGIN CERTIFICATE')
    - ansible.builtin.assert:
        that: lookup('ansible.builtin.file', site.mail_certificate_key) is match('-----BEGIN PRIVATE KEY')
"""


def taken_up(text: str, examples: list[str]) -> str:
    """The file with the examples in it, each instead of what the variable was."""
    values = yaml.safe_load(text)
    given = {name: value for example in examples for name, value in yaml.safe_load(filled(example)).items()}
    return yaml.safe_dump(values | given, allow_unicode=True, sort_keys=False)


def start(folder: Path, *words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [PLAYBOOK, *map(str, words)], cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env=os.environ | {"LC_ALL": "C.UTF-8", "ANSIBLE_NOCOLOR": "1"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Each site as it is when all examples are taken up, and one with what documents show besides."""
    shown = [text for path, text in documents() if str(path) == "docs/backup.md"]
    assert shown
    processes = {}
    for name, more in {**dict.fromkeys(SITES, ()), "documents": shown}.items():
        folder = tmp_path_factory.mktemp(name)
        site = shutil.copytree(ROOT / f"inventories/{name if name in SITES else 'gialai'}", folder / "site")
        mail = site / "group_vars/all/mail.yml"
        examples = commented(mail.read_text(), KNOWN)
        assert tuple(name for text in examples for name in yaml.safe_load(text)) == EXAMPLES
        mail.write_text(taken_up(mail.read_text(), [*examples, *more]))
        (site / "files").mkdir()
        hostname = yaml.safe_load(mail.read_text())["mail_hostname"]
        (site / f"files/{hostname}.pem").write_text(CERTIFICATE)
        (site / f"files/{hostname}.key").write_text(CERTIFICATE.replace("CERTIFICATE", "PRIVATE KEY"))
        (folder / "play.yml").write_text(PLAY)
        processes[name] = [
            start(ROOT, "-i", site, "playbooks/validate.yml"),
            start(ROOT, "-i", site, folder / "play.yml"),
            start(ROOT, "-i", site / "hosts.yml", folder / "play.yml"),
        ]
    return {
        name: [(one.communicate(timeout=LONGEST)[0], one.returncode) for one in started]
        for name, started in processes.items()
    }


@pytest.mark.parametrize("name", [*SITES, "documents"])
def test_a_site_with_all_examples_is_right_on_every_host(runs, name):
    for said, code in runs[name]:
        assert code == 0, said
        assert "[WARNING]" not in said  # nothing of files/ is read as an inventory
        assert "0 lỗi" in said or "lỗi: " not in said


def test_the_regulations_have_no_example_that_nobody_runs():
    for name in SITES:
        text = (ROOT / f"inventories/{name}/group_vars/all/regulation.yml").read_text()
        assert commented(text, {"regulation", "naming", "password", "lifecycle", "collision"}) == []


def test_every_block_of_a_document_is_run_by_a_test():
    run = {"docs/backup.md", *ELSEWHERE}
    left = {str(path) for path, _ in documents() if path.parts[0] != "roles"} - run
    assert [path for path in left if not path.startswith("docs/reference/modules/")] == []


def test_plays_and_tasks_of_documents_are_ones_that_ansible_reads(tmp_path):
    plays = []
    for path, text in documents():
        if path.parts[0] == "roles":
            plays += yaml.safe_load(text)
        elif str(path).startswith("docs/reference/modules/"):
            plays.append({"name": str(path), "hosts": "all", "tasks": yaml.safe_load(text)})
    assert len(plays) > 30
    file = tmp_path / "plays.yml"
    file.write_text(yaml.safe_dump(plays, allow_unicode=True))
    process = start(ROOT, "-i", "localhost,", "--syntax-check", file)
    said, _ = process.communicate(timeout=LONGEST)
    assert process.returncode == 0, said
