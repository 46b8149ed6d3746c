"""What the lab tool decides; that hosts come up and mail flows is what `make lab` and the scenarios show."""

import base64
import fcntl
import json
import re
import subprocess
import unicodedata
from ipaddress import IPv4Network
from pathlib import Path

import pyrage
import pytest

from lab import access, demo, image, network, world
from lab.lab import SERVICES, WORLD, Lab, read_groups
from lab.podman import Podman
from lab.shell import LabError

ROOT = Path(__file__).resolve().parents[3]
DIRECTORY, MX, STORE = "directory1.gialai.gov.vn", "mx1.gialai.gov.vn", "store1.gialai.gov.vn"


def make_lab(state, *, rootless=False):
    lab = Lab(state, {"directory": [DIRECTORY], "mx": [MX], "store": [STORE]}, Podman((), {}, (), rootless))
    lab.subnet = IPv4Network("10.99.5.0/24")
    return lab


def test_two_checkouts_share_neither_names_nor_the_first_choice_of_network(tmp_path):
    one, other = make_lab(tmp_path / "a/.lab"), make_lab(tmp_path / "b/.lab")
    assert one.container(MX) != other.container(MX)
    assert next(network.candidates(one.key)) != next(network.candidates(other.key))
    assert next(network.candidates(one.key)) == next(network.candidates(make_lab(tmp_path / "a/.lab").key))


def test_a_network_that_the_machine_uses_is_passed_over(monkeypatch):
    first, second, *_ = network.candidates("name")
    made = []

    class FakePodman:
        def inspect(self, kind, name):
            return None

        def __call__(self, *args, check=True):
            made.append(args)
            return subprocess.CompletedProcess(args, 0, "", "")

    monkeypatch.setattr(network, "_taken", lambda: iter([IPv4Network("192.0.2.0/24"), first]))
    assert network.ensure(FakePodman(), "name", []) == second
    assert f"--subnet={second}" in made[0]


def test_a_host_is_reached_by_its_address_or_without_root_by_a_port_of_loopback(tmp_path):
    assert make_lab(tmp_path).reach(STORE, 993) == ("10.99.5.12", 993)
    rootless = make_lab(tmp_path, rootless=True)
    rootless.published[STORE, 993] = 40993
    assert rootless.reach(STORE, 993) == ("127.0.0.1", 40993)
    assert rootless.ports(STORE) == [22, 143, 993, 4190]
    assert rootless.ports(MX) == [22, 25, 587, 465]


def test_groups_come_from_the_inventory():
    assert read_groups(ROOT / "molecule/split/inventory/hosts.yml") == {
        "directory": [DIRECTORY],
        "mx": [MX],
        "store": [STORE],
        "webmail": [MX],
    }
    assert read_groups(ROOT / "molecule/restore/inventory/hosts.yml")["backup"] == ["backup1.gialai.gov.vn"]
    with pytest.raises(LabError, match="no such inventory"):
        read_groups(ROOT / "inventories/none/hosts.yml")


def test_the_labs_names(tmp_path):
    lines = world.dns(make_lab(tmp_path)).splitlines()
    assert f"mx-host=gialai.gov.vn,{MX},10" in lines
    assert f"host-record={STORE},10.99.5.12" in lines
    assert f"mx-host=outside.example,{WORLD},10" in lines
    # The machine that runs the lab is an outside sender of good standing, no trusted network.
    assert "host-record=client.outside.example,10.99.5.1" in lines
    assert any("v=spf1" in line and "ip4:10.99.5.1" in line for line in lines if "outside.example" in line)


def test_the_operators_key_is_private_and_stays(tmp_path):
    public = access.operator(tmp_path)
    assert re.fullmatch(r"age1[0-9a-z]{58}", public)
    assert (tmp_path / "operator.key").stat().st_mode & 0o777 == 0o600
    assert access.operator(tmp_path) == public == (tmp_path / "operator.pub").read_text().strip()


def test_the_newest_first_password_counts_and_persons_come_first(tmp_path, monkeypatch):
    def sealed(*records):
        text = "".join(json.dumps(record) + "\n" for record in records)
        recipient = pyrage.x25519.Recipient.from_str(access.operator(tmp_path))
        return base64.b64encode(pyrage.encrypt(text.encode(), [recipient])).decode()

    unit = {
        "address": "a@x",
        "dn": "uid=a,ou=units,dc=x",
        "password": "unit",
        "issued": "2026-01-01T00:00:00Z",
    }
    old = {
        "address": "b@x",
        "dn": "uid=1,ou=people,dc=x",
        "password": "old",
        "issued": "2026-01-01T00:00:00Z",
    }
    new = {**old, "password": "new", "issued": "2026-02-01T00:00:00Z"}
    lab, letters = make_lab(tmp_path), [sealed(new), sealed(unit, old)]
    monkeypatch.setattr(lab, "ssh", lambda host, command: "\n".join(letters))
    assert [(one["address"], one["password"]) for one in access.unsealed(lab, DIRECTORY)] == [
        ("b@x", "new"),
        ("a@x", "unit"),
    ]
    monkeypatch.setattr(lab, "ssh", lambda host, command: "\n")
    with pytest.raises(LabError, match="no sealed first passwords"):
        access.unsealed(lab, DIRECTORY)


def test_first_passwords_are_changed_once_and_a_killed_run_is_repaired(tmp_path, monkeypatch):
    def first(issued, password):
        return {"address": "b@x", "dn": "uid=1,dc=x", "password": password, "issued": issued}

    asked = []

    def killed(lab, directory, wanted):
        asked.append(wanted)
        raise KeyboardInterrupt

    lab = make_lab(tmp_path)
    monkeypatch.setattr(access, "unsealed", lambda lab, directory: [first("2026-01-01", "one")])
    monkeypatch.setattr(access, "change", killed)
    with pytest.raises(KeyboardInterrupt):
        access.accounts(lab, DIRECTORY)
    monkeypatch.setattr(access, "change", lambda lab, directory, wanted: asked.append(wanted))
    (changed,) = access.accounts(lab, DIRECTORY)
    assert [one["new"] for (one,) in asked] == [changed["password"]] * 2
    assert changed["password"] != asked[0][0]["password"] == "one"
    assert access.accounts(lab, DIRECTORY) == [changed]
    assert len(asked) == 2
    assert (tmp_path / "passwords.json").stat().st_mode & 0o777 == 0o600

    monkeypatch.setattr(access, "unsealed", lambda lab, directory: [first("2026-02-01", "two")])
    (again,) = access.accounts(lab, DIRECTORY)
    assert asked[2][0]["password"] == "two"
    assert again["password"] == asked[2][0]["new"] != changed["password"]


def test_a_first_password_that_cannot_be_changed_is_named(tmp_path, monkeypatch):
    lab = make_lab(tmp_path)
    said = []

    def ssh(host, command, stdin):
        said.append((command, stdin))
        return '["b@x: no"]'

    monkeypatch.setattr(lab, "ssh", ssh)
    with pytest.raises(LabError, match="b@x: no"):
        access.change(lab, DIRECTORY, [{"address": "b@x", "dn": "d", "password": "bi-mat", "new": "moi-1"}])
    ((command, stdin),) = said
    assert not {"bi-mat", "moi-1"} & set(command.split())
    assert "bi-mat" not in command
    assert "bi-mat" in stdin


def test_the_demonstration_insists_on_every_letter():
    message = demo.compose("a@x.example", "b@x.example")
    demo.compare(message.as_bytes())
    message.replace_header("Subject", unicodedata.normalize("NFD", demo.SUBJECT))
    with pytest.raises(LabError, match="subject"):
        demo.compare(message.as_bytes())


def test_the_image_changes_with_its_recipe(monkeypatch):
    before = image.tag()
    assert before == image.tag()
    monkeypatch.setattr(image, "PACKAGES", (*image.PACKAGES, "postfix"))
    assert image.tag() != before


def test_labs_that_start_together_build_the_image_once(monkeypatch, tmp_path):
    built = []

    class FakePodman:
        def __call__(self, *args, check=True):
            return subprocess.CompletedProcess(args, 0 if args[-1] in built else 1, "", "")

    def build(podman, name):
        with image.LOCK.open("w") as another, pytest.raises(BlockingIOError):
            fcntl.flock(another, fcntl.LOCK_EX | fcntl.LOCK_NB)
        built.append(name)

    monkeypatch.setattr(image, "LOCK", tmp_path / ".cache/image.lock")
    monkeypatch.setattr(image, "_build", build)
    assert [image.ensure(FakePodman()), image.ensure(FakePodman())] == [image.tag()] * 2
    assert built == [image.tag()]


def test_every_service_belongs_to_a_group():
    assert {group for group, _ in SERVICES.values()} == {"directory", "mx", "store", "webmail"}


def test_make_help_names_every_target():
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^\.PHONY: (\S+)", makefile, re.M)
    # Under `make test` a make inside would also say where it is.
    command = ["make", "--no-print-directory", "help"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [line.split()[0] for line in shown.splitlines()] == targets
