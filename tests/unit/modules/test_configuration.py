"""Files of a service are compared, proved and put in place in one call."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from ansible_collections.congvu.mail.plugins.modules import configuration


class Refused(Exception):
    pass


class Module:
    """What the module uses of AnsibleModule, without its process."""

    def __init__(self, tmpdir, check_mode=False):
        self.tmpdir, self.check_mode, self.rights = str(tmpdir), check_mode, []

    def set_fs_attributes_if_different(self, rights, changed):
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


def put(tmp_path, target, content, validate=None, check_mode=False):
    drafts = tmp_path / "drafts"
    drafts.mkdir(exist_ok=True)
    wanted = {"content": content, "owner": "root", "group": "mail", "mode": "0640", "validate": validate}
    module, diffs = Module(drafts, check_mode), []
    try:
        changed = configuration.put(module, target, wanted, diffs)
    finally:
        left_behind = list(drafts.iterdir())
        assert not left_behind
    return changed, diffs, module


def test_a_new_file_and_its_folder(tmp_path, target):
    changed, [diff], module = put(tmp_path, target, "tên = Đăk Đoa\n")
    assert changed
    assert target.read_text(encoding="utf-8") == "tên = Đăk Đoa\n"
    assert (diff["before"], diff["after_header"]) == ("", str(target))
    assert module.rights == [(str(target), "root", "mail", "0640")]


def test_the_same_again_changes_nothing(tmp_path, target):
    put(tmp_path, target, "a = 1\n")
    changed, diffs, _ = put(tmp_path, target, "a = 1\n", validate="false %s")
    assert (changed, diffs) == (False, [])


def test_check_mode_shows_and_writes_nothing(tmp_path, target):
    changed, [diff], _ = put(tmp_path, target, "a = 1\n", check_mode=True)
    assert changed
    assert diff["after"] == "a = 1\n"
    assert not target.parent.exists()


def test_what_its_program_refuses_does_not_land(tmp_path, target):
    put(tmp_path, target, "a = 1\n", validate="grep -q 1 %s")
    with pytest.raises(Refused, match="was refused and not put in place"):
        put(tmp_path, target, "a = 2\n", validate="grep -q 1 %s")
    assert target.read_text() == "a = 1\n"


def test_a_link_is_not_followed_in_silence(tmp_path, target):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("a = 1\n")
    target.parent.mkdir()
    target.symlink_to(elsewhere)
    with pytest.raises(Refused, match="is a link"):
        put(tmp_path, target, "a = 1\n")


def test_everything_is_put_in_order(monkeypatch, tmp_path):
    seen = []
    monkeypatch.setattr(
        configuration, "put", lambda _module, path, _one, _diffs: seen.append(path) or path.name == "b"
    )

    class Whole(Module):
        def __init__(self, argument_spec, **_):
            super().__init__(tmp_path)
            names = ("a", "b")
            self.params = {"files": [{"path": f"/etc/{name}", "content": name} for name in names]}

        def exit_json(self, **result):
            self.__class__.result = result

    monkeypatch.setattr(configuration, "AnsibleModule", Whole)
    configuration.main()
    assert seen == [Path("/etc/a"), Path("/etc/b")]
    assert (Whole.result["changed"], Whole.result["written"]) == (True, ["/etc/b"])
