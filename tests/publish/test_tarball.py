"""The collection as a user gets it: built, installed into an empty folder, used from a site elsewhere."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

import pytest
import yaml

from publish import ROOT
from publish.repository import extract, working_commit
from publish.tarball import build
from tests.support.ansible import LONGEST

BIN = Path(sys.executable).parent
DECISIONS = ("gialai", "binhdinh_snv", "dongnai", "cema", "quangtri")
SHIPPED = ("plugins", "roles", "playbooks", "meta", *(f"inventories/{site}" for site in DECISIONS))
# What a user may have lying there, in Git and beside it.
STRAYS = (
    "inventories/mine/hosts.yml",
    "inventories/mine/roster/people/so.csv",
    "inventories/gialai/operator.key",
    "playbooks/operator.key",
    "roles/postfix/files/mail.pem",
    "congvu-mail-0.0.1.tar.gz",
    "dist/congvu-mail-0.0.2.tar.gz",
    "site/hosts.yml",
    "notes.md",
    ".vault-password",
)
NEVER = ("tests", "lab", "molecule", "benchmarks", "publish", ".ci", "inventories/lab", "inventories/mine")


def names(tarball):
    with tarfile.open(tarball) as archive:
        return {member.name for member in archive if member.isfile()}


def tracked(root, *paths):
    done = subprocess.run(
        ["git", "ls-files", "-z", "--", *paths], cwd=root, capture_output=True, check=True, text=True
    )
    return set(done.stdout.split("\0")) - {""}


@pytest.fixture(scope="session")
def commit():
    """The tracked files as they lie there."""
    return working_commit(ROOT)


@pytest.fixture(scope="session")
def tarball(commit, tmp_path_factory):
    return build(ROOT, commit, tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="session")
def collections(tarball, tmp_path_factory):
    """An empty folder with nothing but the installed collection."""
    folder = tmp_path_factory.mktemp("installed")
    done = start(folder, "ansible-galaxy", "collection", "install", tarball, "-p", folder, "--offline")
    assert ended(done)[0] == 0
    return folder


@pytest.fixture(scope="session")
def installed(collections):
    return collections / "ansible_collections/congvu/mail"


@pytest.fixture
def site(installed, tmp_path):
    return Path(shutil.copytree(installed / "inventories/gialai", tmp_path / "site"))


def start(folder, program, *arguments, collections=None):
    """Start a program as a user who has nothing of this repository."""
    own = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(folder), "ANSIBLE_NOCOLOR": "1"}
    if collections is not None:
        own["ANSIBLE_COLLECTIONS_PATH"] = str(collections)
    return subprocess.Popen(
        [BIN / program, *arguments],
        cwd=folder,
        env=own,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def ended(process):
    said, _ = process.communicate(timeout=LONGEST)
    return process.returncode, said


def play(site, collections, *arguments):
    return start(
        site.parent, "ansible-playbook", "-i", site / "hosts.yml", *arguments, collections=collections
    )


def playbooks(installed):
    return sorted(path.stem for path in (installed / "playbooks").glob("*.yml"))


def test_two_builds_are_the_same_bytes(commit, tarball, tmp_path):
    assert build(ROOT, commit, tmp_path).read_bytes() == tarball.read_bytes()


def test_everything_a_user_runs_is_in_it(tarball):
    held = names(tarball)
    assert {
        "README.md",
        "README.vi.md",
        "LICENSE",
        "CHANGELOG.md",
        "requirements.txt",
        "docs/site/ansible.cfg",
    } <= held
    assert tracked(ROOT, *SHIPPED) - held == set()
    assert {name for name in tracked(ROOT, "docs") if name.endswith(".md")} - held == set()


def test_nothing_that_lies_about_gets_in(commit, tmp_path):
    copy = tmp_path / "copy"
    extract(ROOT, commit, copy)
    for name in STRAYS:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text("secret")
    by_hand = start(
        copy, "ansible-galaxy", "collection", "build", "--output-path", tmp_path / "by hand", copy
    )
    code, said = ended(by_hand)
    assert code == 0, said
    for command in (
        ["init", "-q"],
        ["add", "-A", "-f"],
        ["-c", "user.name=-", "-c", "user.email=-", "commit", "-qm", "our site"],
    ):
        subprocess.run(["git", *command], cwd=copy, check=True)
    for built in (build(copy, "HEAD", tmp_path / "committed"), *(tmp_path / "by hand").iterdir()):
        held = names(built)
        assert not held & {*STRAYS, "ansible.cfg", "galaxy.yml", "Makefile"}
        assert [name for name in held if name.startswith(tuple(f"{folder}/" for folder in NEVER))] == []
        assert {name.split("/")[1] for name in held if name.startswith("inventories/")} == set(DECISIONS)


def test_the_python_packages_are_those_that_were_tried(installed):
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    named = yaml.safe_load((installed / "meta/execution-environment.yml").read_text())["dependencies"][
        "python"
    ]
    lines = (installed / named).read_text().splitlines()
    assert [line for line in lines if not line.startswith("#")] == groups["run"]


def test_a_site_elsewhere_is_checked_and_its_register_written(site, collections):
    register = site / "register.csv"
    before = register.read_text()
    register.write_text("".join(before.splitlines(keepends=True)[:-1]))
    for playbook, *options in (["validate"], ["register"], ["register", "--check"]):
        code, said = ended(play(site, collections, f"congvu.mail.{playbook}", *options))
        assert code == 0, said
        assert "[WARNING]" not in said
    assert [row.split(",")[:3] for row in register.read_text().splitlines()] == [
        row.split(",")[:3] for row in before.splitlines()
    ]


def test_a_new_site_is_made_from_a_decision_that_the_tarball_has(collections, tmp_path):
    new = start(
        tmp_path,
        "ansible-playbook", "-i", "localhost,", "congvu.mail.new_site", "-e", "name=site", "-e", "from=cema",
        collections=collections,
    )  # fmt: skip
    code, said = ended(new)
    assert code == 0, said
    code, said = ended(play(tmp_path / "site", collections, "congvu.mail.validate"))
    assert code != 0
    assert "group_vars/all/mail.yml:4:mail_domain: lỗi: còn chỗ trống" in said


def test_the_sites_own_ansible_cfg_lets_the_whole_folder_be_the_inventory(site, collections, installed):
    settings = (installed / "docs/site/ansible.cfg").read_text()
    (site.parent / "ansible.cfg").write_text(settings)
    (site.parent / "collections").symlink_to(collections)
    code, said = ended(start(site.parent, "ansible-playbook", "-i", "site", "congvu.mail.validate"))
    assert code == 0, said
    assert "[WARNING]" not in said


def test_a_folder_whose_rows_become_hosts_is_refused_with_the_way_out(site, collections):
    folder = start(
        site.parent, "ansible-playbook", "-i", site, "congvu.mail.validate", collections=collections
    )
    code, said = ended(folder)
    assert code != 0
    assert "-i <thư mục>/hosts.yml" in said


def test_every_playbook_parses_by_its_name_and_by_its_path(site, collections, installed):
    verbs = playbooks(installed)
    assert {"site", "validate", "register", "mailboxes", "restore"} <= set(verbs)
    runs = (
        play(site, collections, "--syntax-check", *(f"congvu.mail.{verb}" for verb in verbs)),
        play(site, collections, "--syntax-check", *(installed / f"playbooks/{verb}.yml" for verb in verbs)),
    )
    for run in runs:
        code, said = ended(run)
        assert code == 0, said
        assert len(re.findall(r"(?m)^playbook: ", said)) == len(verbs)


def test_every_module_and_role_is_documented(site, collections, installed):
    modules = sorted(f"congvu.mail.{path.stem}" for path in (installed / "plugins/modules").glob("*.py"))
    roles = sorted(f"congvu.mail.{path.name}" for path in (installed / "roles").iterdir())
    runs = {
        kind: start(site.parent, "ansible-doc", "-t", kind, "--json", *wanted, collections=collections)
        for kind, wanted in (("module", modules), ("role", roles))
    }
    for kind, wanted in (("module", modules), ("role", roles)):
        code, said = ended(runs[kind])
        assert code == 0, said
        assert sorted(json.loads(said[said.index("{") :])) == wanted


def test_what_was_installed_is_what_was_built(tarball, installed):
    with tarfile.open(tarball) as archive:
        for member in archive:
            if member.isfile():
                data = archive.extractfile(member).read()
                assert (
                    hashlib.sha256((installed / member.name).read_bytes()).digest()
                    == hashlib.sha256(data).digest()
                )
