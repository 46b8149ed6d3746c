"""Who may log in where: first passwords are unsealed, changed as people do, and written down."""

from __future__ import annotations

import base64
import json
import os
import shlex
from pathlib import Path
from typing import Any

import pyrage

from lab import world
from lab.lab import HOSTNAME, SERVICES, WORLD, Lab
from lab.shell import LabError
from plugins.module_utils.passwords.generation import first_passwords

SEALED = "/var/lib/congvu/sealed"
CA = "/etc/congvu/tls/ca.crt"
OWN = "passwords.json"  # the passwords that replaced the first ones
CHANGE = Path(__file__).with_name("change.py")


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
    services = {
        name: lab.reach(lab.groups[group][0], port)
        for name, (group, port) in SERVICES.items()
        if group in lab.groups
    }
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
    """Return all accounts with the passwords that open them, persons first.

    Each first password is changed once. The new one is written down before: a run that is killed in between
    leaves an account that the next run changes, or finds changed.
    """
    first = unsealed(lab, directory)
    file = lab.state / OWN
    own: dict[str, dict[str, Any]] = json.loads(file.read_text()) if file.exists() else {}
    for one in first:
        if own.get(one["address"], {}).get("issued") != one["issued"]:
            own[one["address"]] = {"issued": one["issued"], "password": own_password(), "changed": False}
    wanted = [
        {**one, "new": own[one["address"]]["password"]} for one in first if not own[one["address"]]["changed"]
    ]
    if wanted:
        _write_private(file, json.dumps(own, indent=2) + "\n")
        change(lab, directory, wanted)
        for one in wanted:
            own[one["address"]]["changed"] = True
        _write_private(file, json.dumps(own, indent=2) + "\n")
    return [
        {"address": one["address"], "dn": one["dn"], "password": str(own[one["address"]]["password"])}
        for one in first
    ]


def unsealed(lab: Lab, directory: str) -> list[dict[str, str]]:
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
    return sorted(newest.values(), key=lambda one: ("ou=people" not in one["dn"], one["address"]))


def own_password() -> str:
    """Return a password that meets every policy; people choose theirs otherwise, but log in alike."""
    return next(first_passwords())


def change(lab: Lab, directory: str, wanted: list[dict[str, str]]) -> None:
    """Change passwords as their owners: each with the old one, over ldaps. `wanted` has dn, password, new."""
    command = shlex.join(["python3", "-c", CHANGE.read_text(), f"ldaps://{directory}", CA])
    refused = json.loads(lab.ssh(directory, command, stdin=json.dumps(wanted)))
    if refused:
        raise LabError("first passwords that could not be changed:\n" + "\n".join(refused))


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    draft = path.with_name(path.name + ".new")
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
    draft.replace(path)
