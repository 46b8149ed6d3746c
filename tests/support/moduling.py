"""Runs a module in this process as a host does, with its options checked; the host is a folder."""

from __future__ import annotations

import json
from pathlib import Path
from types import FunctionType

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.testing import patch_module_args

HOST = ("/etc", "/run", "/srv", "/var")


def run(module, capsys, *, check=False, diff=False, **options):
    """Return what `main` of a module printed as its result; Ansible keeps warnings of earlier runs."""
    warned = []
    given = options | {"_ansible_check_mode": check, "_ansible_diff": diff}
    capsys.readouterr()
    with patch_module_args(given), pytest.MonkeyPatch.context() as patched, pytest.raises(SystemExit):
        patched.setattr(AnsibleModule, "warn", lambda _, text: warned.append(text))
        module.main()
    return json.loads(capsys.readouterr().out) | {"warnings": warned}


def move(monkeypatch, folder, *modules):
    """Have every path of the host that these modules know, as a constant or a default, below a folder."""

    def moved(value):
        if isinstance(value, Path) and str(value).startswith(HOST):
            return folder / value.relative_to("/")
        return value

    def patch(owner):
        for name, value in list(vars(owner).items()):
            function = getattr(value, "__func__", value)
            if isinstance(value, Path):
                monkeypatch.setattr(owner, name, moved(value))
            elif isinstance(value, type) and value.__module__ == getattr(owner, "__name__", ""):
                patch(value)
            elif isinstance(function, FunctionType) and function.__defaults__:
                monkeypatch.setattr(function, "__defaults__", tuple(map(moved, function.__defaults__)))

    for module in modules:
        patch(module)
