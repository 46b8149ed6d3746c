"""Runs an action plugin as Ansible does, without a play; the module on the host is a function of the test."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import yaml


class Templar:
    def template(self, variable):
        return variable

    def copy_with_new_env(self, **_):
        return self


def variables(site):
    groups = {group: ["mail"] for group in ("directory", "mx", "store", "backup")}
    found = {"mail_site_dir": str(site), "mail_language": "en", "groups": groups}
    for file in sorted((site / "group_vars/all").iterdir()):
        found |= yaml.safe_load(file.read_text()) or {}
    return found


class Host:
    """What an action sent to the host, module by module; `answer` is what every module answers.

    Files that are put on the host land in `folder`, and are read while the module runs (`files`).
    """

    def __init__(self, answer=None, folder=None):
        self.answer, self.folder = answer or {}, folder
        self.modules, self.sent, self.files = [], [], {}

    def execute(self, module_name, module_args, task_vars):
        self.modules.append(module_name)
        self.sent.append(module_args)
        if self.folder:
            self.files = {path.name: path.read_bytes() for path in self.folder.iterdir()}
        return dict(self.answer)


def run(action, task_vars=None, *, check=False, host=None, **options):
    """Return the result of an action."""
    task = SimpleNamespace(args=options, check_mode=check, async_val=0, action="congvu.mail.it")
    shell = SimpleNamespace(tmpdir="/nowhere", join_path=lambda *parts: "/".join(parts))
    plugin = action(
        task=task,
        connection=SimpleNamespace(_shell=shell),
        play_context=None,
        loader=None,
        templar=Templar(),
        shared_loader_obj=None,
    )
    if host:
        plugin._execute_module = host.execute
        plugin._make_tmp_path = lambda: str(host.folder)
        plugin._transfer_file = shutil.copyfile
        plugin._fixup_perms2 = lambda paths: None
        plugin._remove_tmp_path = shutil.rmtree
    return plugin.run(task_vars=task_vars or {})
