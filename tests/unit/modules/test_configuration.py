"""Files of a service are compared, proved and put in place in one call; what follows outlives a kill."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from ansible_collections.congvu.mail.plugins.modules import configuration


class Refused(Exception):
    pass


class Killed(Exception):
    """The run ends here."""


class Module:
    """What the module uses of AnsibleModule, without its process."""

    def __init__(self, tmpdir, check_mode=False, **params):
        self.tmpdir, self.check_mode, self.rights = str(tmpdir), check_mode, []
        empty = ("folders", "members", "files", "restart", "reload", "due")
        self.params = {key: [] for key in empty} | {"prove": None} | params

    def set_fs_attributes_if_different(self, rights, changed):
        if not self.check_mode:
            self.rights.append((rights["path"], rights["owner"], rights["group"], rights["mode"]))
        return changed

    def run_command(self, command):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def atomic_move(self, source, target):
        shutil.move(source, target)

    def fail_json(self, **result):
        raise Refused(result["msg"])


@pytest.fixture
def target(tmp_path):
    return tmp_path / "service.d" / "main.conf"


@pytest.fixture
def notes(tmp_path):
    return tmp_path / "state" / "pending"


def names(notes):
    return sorted(path.name for path in notes.iterdir()) if notes.exists() else []


def wanted(target, content, **more):
    rights = {"owner": "root", "group": "mail", "mode": "0640"}
    kinds = {"content": content, "base64": None, "source": None}
    return {"path": str(target), "validate": None, **kinds, **rights, **more}


def put(notes, *files, check_mode=False, kind=Module, **params):
    drafts = notes.parents[1] / "drafts"
    drafts.mkdir(exist_ok=True)
    module = kind(drafts, check_mode, files=list(files), **params)
    try:
        result = configuration.apply(module, configuration.Host(module), notes)
    finally:
        left_behind = [] if kind is Dies else list(drafts.iterdir())
        assert not left_behind
    return result, module


class Dies(Module):
    """Killed at the moment when a file would be replaced."""

    def atomic_move(self, source, target):
        raise Killed


def test_a_new_file_and_its_folder(notes, target):
    result, module = put(notes, wanted(target, "tên = Đăk Đoa\n"))
    (diff,) = result["diff"]
    assert (result["changed"], result["written"]) == (True, [str(target)])
    assert target.read_text(encoding="utf-8") == "tên = Đăk Đoa\n"
    assert (diff["before"], diff["after_header"]) == ("", str(target))
    assert module.rights == [(str(target), "root", "mail", "0640")]


def test_the_same_again_changes_nothing(notes, target):
    put(notes, wanted(target, "a = 1\n"))
    result, module = put(notes, wanted(target, "a = 1\n", validate="false %s"), prove="false")
    assert (result["changed"], result["written"], result["diff"]) == (False, [], [])
    assert module.rights == []


def test_check_mode_shows_and_writes_nothing(notes, target):
    more = {"restart": ["slapd"], "due": ["indexes"]}
    result, _ = put(notes, wanted(target, "a = 1\n"), check_mode=True, prove="false", **more)
    assert result["changed"]
    assert result["diff"][0]["after"] == "a = 1\n"
    assert result["diff"][1]["prepared"] == "then: restart-slapd.service, indexes"
    assert result["noted"] == ["restart-slapd.service", "indexes"]
    assert not target.parent.exists()
    assert not notes.exists()


def test_what_its_program_refuses_does_not_land(notes, target):
    put(notes, wanted(target, "a = 1\n", validate="grep -q 1 %s"))
    with pytest.raises(Refused, match="was refused and not put in place"):
        put(notes, wanted(target, "a = 2\n", validate="grep -q 1 %s"))
    assert target.read_text() == "a = 1\n"


def test_a_link_is_not_followed_in_silence(notes, tmp_path, target):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("a = 1\n")
    target.parent.mkdir()
    target.symlink_to(elsewhere)
    with pytest.raises(Refused, match="is a link"):
        put(notes, wanted(target, "a = 1\n"))


def test_everything_is_put_in_order(notes, tmp_path):
    first, second = tmp_path / "schema", tmp_path / "config"
    second_needs_first = f"grep -q 1 {first} %s"
    result, _ = put(notes, wanted(first, "1\n"), wanted(second, "1\n", validate=second_needs_first))
    assert result["written"] == [str(first), str(second)]


def test_a_folder_is_made_once(notes, tmp_path):
    folder = {"path": str(tmp_path / "a" / "b"), "owner": "root", "group": "root", "mode": "0700"}
    assert put(notes, folders=[folder])[0]["changed"]
    assert Path(folder["path"]).is_dir()
    assert not put(notes, folders=[folder])[0]["changed"]


def test_a_user_becomes_a_member_once(notes, monkeypatch):
    groups = {"ssl-cert": ["openldap"]}
    monkeypatch.setattr(configuration.grp, "getgrnam", lambda name: SimpleNamespace(gr_mem=groups[name]))
    told = []

    class Adds(Module):
        def run_command(self, command, check_rc=False):
            told.append(command)
            return 0, "", ""

    members = [{"user": user, "group": "ssl-cert"} for user in ("openldap", "postfix")]
    result, _ = put(notes, kind=Adds, members=members)
    assert (result["changed"], result["written"], result["diff"]) == (True, [], [])
    assert told == [["usermod", "-aG", "ssl-cert", "postfix"]]


def test_what_is_no_text_is_shown_by_its_digest(notes, target):
    packed = base64.b64encode(b"PK\x03\x04\xff").decode()
    result, _ = put(notes, wanted(target, None, base64=packed))
    assert target.read_bytes() == b"PK\x03\x04\xff"
    digest = hashlib.sha256(b"PK\x03\x04\xff").hexdigest()
    assert (result["diff"][0]["before"], result["diff"][0]["after"]) == ("", f"5 bytes, sha256 {digest}\n")
    assert not put(notes, wanted(target, None, base64=packed))[0]["changed"]


def test_a_copy_of_a_file_on_the_host_is_not_shown(notes, tmp_path, target):
    key = tmp_path / "key"
    key.write_text("secret\n")
    copy = wanted(target, None, source=str(key))
    result, _ = put(notes, copy)
    assert (result["changed"], result["diff"], target.read_text()) == (True, [], "secret\n")
    assert not put(notes, copy)[0]["changed"]
    key.unlink()
    with pytest.raises(Refused, match="is not there"):
        put(notes, copy)
    assert target.read_text() == "secret\n"


def test_what_follows_is_noted_before_the_first_change(notes, target):
    more = {"restart": ["slapd"], "reload": ["congvu.timer"], "due": ["indexes"]}
    with pytest.raises(Killed):
        put(notes, wanted(target, "a = 1\n"), kind=Dies, **more)
    assert not target.exists()
    assert names(notes) == ["indexes", "reload-congvu.timer", "restart-slapd.service"]


def test_nothing_is_noted_where_nothing_changes(notes, target):
    put(notes, wanted(target, "a = 1\n"))
    result, _ = put(notes, wanted(target, "a = 1\n"), restart=["slapd"], due=["indexes"])
    assert (result["changed"], result["noted"], names(notes)) == (False, [], [])


def test_work_that_a_killed_run_left_is_due_in_the_next_one(notes, target):
    put(notes, wanted(target, "a = 1\n"), due=["indexes"])
    result, _ = put(notes, wanted(target, "a = 1\n"), due=["indexes"])
    assert (result["changed"], result["noted"]) == (False, ["indexes"])


def test_a_configuration_that_was_refused_is_proved_again(notes, target):
    proof = {"prove": f"grep -q 1 {target}", "restart": ["rspamd"]}
    for _ in range(2):
        with pytest.raises(Refused, match="The configuration is refused"):
            put(notes, wanted(target, "a = 2\n"), **proof)
    put(notes, wanted(target, "a = 1\n"), **proof)
