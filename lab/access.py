"""Who may log in where: first passwords are unsealed, and written down for people and tests."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import pyrage

from lab import world
from lab.lab import HOSTNAME, SERVICES, WORLD, Lab
from lab.shell import LabError

SEALED = "/var/lib/congvu/sealed"
CA = "/etc/congvu/tls/ca.crt"


def operator(state: Path) -> str:
    """Return the public key that the lab's first passwords are sealed for; make the pair once."""
    return _pair(state, "operator")


def archivist(state: Path) -> str:
    """Return the public key that the lab's archives of mail are sealed for; make the pair once."""
    return _pair(state, "archive")


def _pair(state: Path, name: str) -> str:
    key, public = state / f"{name}.key", state / f"{name}.pub"
    if not key.exists():
        identity = pyrage.x25519.Identity.generate()
        _write_private(key, f"{identity}\n")
    identity = pyrage.x25519.Identity.from_str(key.read_text().strip())
    public.write_text(f"{identity.to_public()}\n")
    return public.read_text().strip()


def write(lab: Lab) -> dict[str, Any]:
    """Write access.json and the CA's certificate into the state folder; return what was written."""
    directory = lab.groups["directory"][0]
    ca = lab.state / "ca.crt"
    ca.write_text(lab.ssh(directory, f"cat {CA}"))
    services = {name: lab.reach(lab.groups[group][0], port) for name, (group, port) in SERVICES.items()}
    access = {
        "host": HOSTNAME,
        **services,
        "ca": str(ca),
        "accounts": accounts(lab, directory),
        "hosts": lab.groups,
        "ssh_config": str(lab.ssh_config),
        "world": {
            "host": WORLD,
            "address": lab.address(WORLD),
            "smtp": lab.reach(WORLD, 25),
            "maildir": world.MAILDIR,
        },
    }
    _write_private(lab.state / "access.json", json.dumps(access, ensure_ascii=False, indent=2) + "\n")
    return access


def accounts(lab: Lab, directory: str) -> list[dict[str, str]]:
    """Return all accounts with their first passwords, persons first; the newest password of each."""
    identity = pyrage.x25519.Identity.from_str((lab.state / "operator.key").read_text().strip())
    newest: dict[str, dict[str, str]] = {}
    sealed = f"for file in {SEALED}/*.age; do test ! -e $file || base64 -w0 $file; echo; done"
    for line in lab.ssh(directory, sealed).split():
        for record in pyrage.decrypt(base64.b64decode(line), [identity]).decode().splitlines():
            account: dict[str, str] = json.loads(record)
            known = newest.get(account["address"])
            if known is None or known["issued"] <= account["issued"]:
                newest[account["address"]] = account
    if not newest:
        raise LabError(f"{directory} has no sealed first passwords in {SEALED}")
    ordered = sorted(newest.values(), key=lambda one: ("ou=people" not in one["dn"], one["address"]))
    return [{key: account[key] for key in ("address", "dn", "password")} for account in ordered]


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    draft = path.with_name(path.name + ".new")
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
    draft.replace(path)
