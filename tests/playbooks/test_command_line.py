"""A command that would do nothing, or not what was typed, is refused before the first play."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.ansible import LONGEST
from tests.support.samples import ROOT

PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
SPECS = yaml.safe_load((ROOT / "meta/playbooks.yml").read_text())["playbooks"]
GIALAI = "inventories/gialai"
ALL_SITES = (
    "inventories/binhdinh_snv",
    "inventories/cema",
    "inventories/dongnai",
    GIALAI,
    "inventories/quangtri",
)


def start(*words: object, folder: Path = ROOT, **environment: str) -> subprocess.Popen[str]:
    # Of `make test`, where the settings are named and so are read in any folder.
    own = {name: value for name, value in os.environ.items() if name != "ANSIBLE_CONFIG"}
    return subprocess.Popen(
        [*map(str, words)], cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=own | {"LC_ALL": "C.UTF-8", "ANSIBLE_NOCOLOR": "1"} | environment,
    )  # fmt: skip


def ended(started: dict[str, subprocess.Popen[str]]) -> dict[str, tuple[int, str, list[str]]]:
    """Exit code, what the plays said, and the errors."""
    done = {}
    for name, process in started.items():
        said, errors = process.communicate(timeout=LONGEST)
        told = errors.partition("[ERROR]: ")[2].strip().splitlines()
        done[name] = process.returncode, said, told
    return done


@pytest.fixture(scope="module")
def without_settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """As where Ansible does not read our ansible.cfg."""
    empty = tmp_path_factory.mktemp("settings") / "empty.cfg"
    empty.touch()
    return {"ANSIBLE_CONFIG": str(empty)}


@pytest.fixture(scope="module")
def everywhere(without_settings: dict[str, str]) -> dict[str, tuple[int, str, list[str]]]:
    """Each playbook with a wrong path, a limit and a wrong option, without settings."""
    words = ("-i", "inventories/gialay", "--limit", "store1.gialai.gov.vn", "-e", "xyzzy=1")
    return ended(
        {name: start(PLAYBOOK, f"playbooks/{name}.yml", *words, **without_settings) for name in SPECS}
    )


@pytest.mark.parametrize("name", [name for name, spec in SPECS.items() if spec["hosts"]])
def test_every_playbook_refuses_what_is_wrong_at_once(everywhere, name):
    code, said, errors = everywhere[name]
    assert code == 1
    assert "PLAY" not in said
    wrong_option, wrong_path = errors
    assert wrong_path.startswith('-i: lỗi: không có inventory "inventories/gialay". Cách sửa: có phải ')
    assert all(site in wrong_path for site in ALL_SITES)
    assert wrong_option.startswith(f'-e: lỗi: playbook {name} không có tham số "xyzzy". ')
    assert all(option in wrong_option for option in SPECS[name]["options"])


STORE = "store1.gialai.gov.vn"
EXEMPT = ("-e", "act=exempt", "-e", "person=a", "-e", "reference=1/CV")
# Playbook, words, and what the one line has; nothing: it is not refused here.
COMMANDS = {
    "no inventory": (("validate",), ("-i: ", *ALL_SITES)),
    "a folder of none": (("report", "-i", "docs/site"), ("-i: ", "docs/site", GIALAI)),
    "no such host": (("mailboxes", "-i", GIALAI, "--limit", "nosuch"), ("--limit: ", "nosuch", STORE)),
    "not the host": (("handout", "-i", GIALAI, "--limit", STORE), (STORE, "directory1.gialai.gov.vn")),
    "not this machine": (("validate", "-i", GIALAI, "--limit", STORE), (STORE, "localhost")),
    "half of it": (
        ("lifecycle", "-i", GIALAI, "--limit", "directory"), ("mx1.gialai.gov.vn", "store1.gialai.gov.vn")
    ),
    "a path as a list": (("validate", "-i", f"{GIALAI},", "--limit", GIALAI), (f'"{GIALAI},"', f"{GIALAI}?")),
    "a list of hosts": (("register", "-i", "mx1,", "--limit", "mx1"), ("--limit: ", "localhost")),
    "nothing": (("register", "-i", ",", "--limit", "mx1"), ("-i: ", GIALAI)),
    "cut": (("lifecycle", "-i", GIALAI, *EXEMPT, "-e", "reason=đi học"), ('"học"', "-e \"reason='đi học'\"")),
    "cut behind another": (("lifecycle", "-i", GIALAI, *EXEMPT, "-e", "reason=a until=x b"), ('"b"',)),
    "a file without @": (("validate", "-i", GIALAI, "-e", "more.yml"), ('"more.yml"', "@")),
    "as JSON": (("validate", "-i", GIALAI, "-e", '{"bse": "main"}'), ("bse", "base")),
    "an option of another": (("register", "-i", GIALAI, "-e", "person=a"), ("person", "retire_expired")),
    "in English": (("register", "-i", GIALAI, "-e", "persn=a", "-e", "mail_language=en"), ("has no option",)),
    "no language": (("register", "-i", GIALAI, "-e", "mail_language=de", "-e", "foo=1"), ("không có", "foo")),
    "no language at all": (
        ("register", "-i", GIALAI, "-e", '{"mail_language": ["en"], "foo": 1}'), ("không có", "foo")
    ),
    "only looked at": (("site", "-i", "nowhere", "--syntax-check"), ()),
}  # fmt: skip


@pytest.fixture(scope="module")
def commands() -> dict[str, tuple[int, str, list[str]]]:
    return ended(
        {
            name: start(PLAYBOOK, f"playbooks/{playbook}.yml", *words)
            for name, ((playbook, *words), _) in COMMANDS.items()
        }
    )


@pytest.mark.parametrize("name", [name for name, (_, said) in COMMANDS.items() if said])
def test_one_line_names_what_there_is(commands, name):
    code, said, errors = commands[name]
    assert code == 1
    assert "PLAY" not in said
    (line,) = errors
    assert all(word in line for word in COMMANDS[name][1]), line


def test_what_is_only_looked_at_is_not_refused(commands):
    assert commands["only looked at"][0] == 0


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str, list[str]]]:
    """Inventories that are there and give no host, or not those that are needed; and one that is right."""
    texts = {
        "empty": "",
        "broken": "all:\n  children:\n   mx: {\n",
        "no group": "all: {children: {mx: {hosts: {mx1: }}, store: {hosts: {s1: }}}}\n",
        "empty group": "all: {children: {directory: , mx: {hosts: {m1: }}, store: {hosts: {s1: }}}}\n",
    }
    started = {}
    for name, text in texts.items():
        site = shutil.copytree(ROOT / GIALAI, tmp_path_factory.mktemp("site") / "site")
        (site / "hosts.yml").write_text(text)
        started[name] = start(PLAYBOOK, "-i", site, "playbooks/mailboxes.yml")
    site = shutil.copytree(ROOT / GIALAI, tmp_path_factory.mktemp("site") / "site")
    (site / "more.json").write_text('{"anything": 1}')
    words = ("-e", f"@{site}/more.json", "-e", "ansible_connection=local", "-e", "rspamd_workers=1")
    started["right"] = start(PLAYBOOK, "-i", site / "hosts.yml", "playbooks/validate.yml", *words)
    return ended(started)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("empty", ("-i: ", "không có máy nào")),
        ("broken", ("hosts.yml:3: lỗi: ",)),
        ("no group", ("hosts.yml:directory: ", "mx: mx1; store: s1")),
        ("empty group", ("hosts.yml:directory: ", "mx: m1; store: s1")),
    ],
)
def test_an_inventory_without_the_hosts(sites, name, words):
    code, said, errors = sites[name]
    assert code == 1
    assert "PLAY" not in said
    (line,) = errors
    assert all(word in line for word in words), line


def test_what_a_file_brings_and_what_is_of_all_playbooks_is_taken(sites):
    assert sites["right"][0] == 0, sites["right"]


@pytest.fixture(scope="module")
def open_to_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in a folder that all may write to, as runners have it."""
    folder = tmp_path_factory.mktemp("runner") / "checkout"
    for name in ("playbooks", "plugins", "meta", GIALAI):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("ansible.cfg", "Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    link = folder / ".ansible/collections/ansible_collections/congvu/mail"
    link.parent.mkdir(parents=True)
    link.symlink_to("../../../..")
    (folder / ".venv").mkdir()
    (folder / ".venv/bin").symlink_to(PLAYBOOK.parent)
    folder.chmod(0o777)
    return folder


def test_where_ansible_ignores_ansible_cfg(open_to_all):
    def make(target: str) -> subprocess.Popen[str]:
        words = ("-o", "setup", target, "INVENTORY=inventories/gialay")  # there is an environment
        return start("make", *words, folder=open_to_all)

    done = ended(
        {
            "wrong": start(PLAYBOOK, "-i", "nowhere", "playbooks/mailboxes.yml", folder=open_to_all),
            "verify": start(PLAYBOOK, "-i", "nowhere", "playbooks/verify.yml", folder=open_to_all),
            "rows": start(PLAYBOOK, "-i", GIALAI, "playbooks/mailboxes.yml", folder=open_to_all),
            "right": start(
                PLAYBOOK, "-i", f"{GIALAI}/hosts.yml", "playbooks/validate.yml", folder=open_to_all
            ),
            "make plan": make("plan"),
            "make apply": make("apply"),
            "make verify": make("verify"),
        }
    )
    for name in ("wrong", "verify", "make plan", "make apply", "make verify"):
        code, said, errors = done[name]
        assert code == (2 if name.startswith("make") else 1)
        assert "PLAY" not in said
        assert errors[0].startswith("-i: lỗi: không có inventory ") and GIALAI in errors[0], (name, errors)
    assert done["rows"][0] == 1 and done["rows"][2][0].startswith("-i: lỗi: Ansible đọc tệp dữ liệu")
    assert done["right"][0] == 0, done["right"]


def test_a_file_of_options_that_is_not_there_is_told_before_the_inventory():
    words = ("-i", GIALAI, "playbooks/validate.yml", "-e", "@missing.yml")
    _, _, errors = ended({"": start(PLAYBOOK, *words)})[""]
    assert any("missing.yml" in line for line in errors)
    assert not any("không có máy nào" in line for line in errors)


def test_make_takes_the_settings_of_the_operator():
    words = ("make", "-s", "--eval", "settings: ; @echo $$ANSIBLE_CONFIG", "settings")
    done = ended({"own": start(*words), "operator's": start(*words, ANSIBLE_CONFIG="/etc/x.cfg")})
    assert [said for _, said, _ in done.values()] == [f"{ROOT}/ansible.cfg\n", "/etc/x.cfg\n"]


def test_what_ansible_reads_is_not_refused(tmp_path):
    """JSON that is no YAML, a program called .yml, a host called as a folder."""
    (tmp_path / "tabs.json").write_text('{\n\t"all": {"hosts": {"directory1": {}}}\n}\n')
    (tmp_path / "dyn.yml").write_text('#!/bin/sh\necho \'{"directory": ["d1"]}\'\n')
    (tmp_path / "dyn.yml").chmod(0o755)
    (tmp_path / "d1").mkdir()
    words = (PLAYBOOK, ROOT / "playbooks/report.yml", "-i")
    folders = {"ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".ansible/collections")}
    done = ended(
        {
            source: start(*words, source, folder=tmp_path, **folders)
            for source in ("tabs.json", "dyn.yml", "d1,")
        }
    )
    for _, _, errors in done.values():
        assert not any(line.startswith(("-i: ", "tabs.json:", "dyn.yml:")) for line in errors), errors


def test_an_installed_collection(tmp_path):
    """By its full name, and by the path where it lies; there Ansible loads no plugin before the playbook."""
    installed = tmp_path / "collections/ansible_collections/congvu/mail"
    for name in ("playbooks", "plugins", "meta"):
        shutil.copytree(ROOT / name, installed / name, ignore=shutil.ignore_patterns("__pycache__"))
    path = installed / "playbooks/owners.yml"
    words = ("-i", "nowhere", "--limit", "x", "-e", "codeowner=1")
    folders = {"ANSIBLE_COLLECTIONS_PATH": str(tmp_path / "collections")}
    done = ended(
        {
            name: start(PLAYBOOK, *words, name, folder=tmp_path, **folders)
            for name in ("congvu.mail.owners", "congvu.mail.owners.yml", str(path))
        }
    )
    for code, said, errors in done.values():
        assert code == 1
        assert "PLAY" not in said
        assert "có phải codeowners?" in errors[0] and 'không có inventory "nowhere"' in errors[1]


def test_the_hosts_of_a_playbook_are_those_of_its_plays():
    for name, spec in SPECS.items():
        if name in ("site", "restore"):  # made of playbooks, or serve the hosts that are left
            continue
        plays = yaml.safe_load((ROOT / f"playbooks/{name}.yml").read_text())
        found = {play["hosts"] for play in plays if "hosts" in play} - {"localhost:all"}
        assert {*(spec["hosts"] or ["localhost"])} == found, name  # without an inventory there is no other
