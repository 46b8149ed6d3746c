"""`make lab`: from nothing to a mail that was read, and where to log in."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lab import access, demo, hosts
from lab.lab import SERVICES, Lab
from lab.shell import ROOT, say, stream


def everything(lab: Lab, inventory: Path) -> None:
    """Do all steps in order; the first that fails ends the run."""
    took: list[tuple[str, float]] = []
    started = time.time()
    if begun := os.environ.get("LAB_STARTED"):  # `make` counts from before the Python environment
        took.append(("packages and Python environment", started - float(begun)))

    @contextmanager
    def step(title: str) -> Iterator[None]:
        say(f"\n=== {title}")
        begin = time.time()
        yield
        took.append((title, time.time() - begin))

    with step("hosts"):
        access.operator(lab.state)
        access.archivist(lab.state)
        hosts.up(lab)
    with step("playbooks/site.yml"):
        playbook(lab, inventory, "site")
    with step("playbooks/mailboxes.yml"):
        playbook(lab, inventory, "mailboxes")
    with step("first mail"):
        found = access.write(lab)
        say(demo.first_mail(found))
    say(sheet(lab, found, took))


def playbook(lab: Lab, inventory: Path, name: str) -> None:
    """Run one playbook as an operator would."""
    env = {**os.environ, "CONGVU_LAB": str(lab.state), "PYTHONUNBUFFERED": "1"}
    stream([str(ROOT / ".venv/bin/ansible-playbook"), "-i", str(inventory), f"playbooks/{name}.yml"], env=env)


def sheet(lab: Lab, found: dict[str, Any], took: list[tuple[str, float]]) -> str:
    """Say where to log in and as whom, and how long it took."""
    people = found["accounts"]
    width = max(len(one["address"]) for one in people)
    lines = [
        "",
        "=== The lab is up",
        "",
        f"Certificates are by {found['ca']}, for the name {found['host']}.",
        "",
    ]
    lines += [f"  {name:<12}{found[name][0]}:{found[name][1]}" for name in SERVICES if name in found]
    if pages := lab.groups.get("webmail"):
        lines += ["", f"Passwords are changed at https://{pages[0]}/, the first ones too."]
    lines += ["", "Log in as (these passwords are worth nothing outside this lab):", ""]
    lines += [f"  {one['address']:<{width}}  {one['password']}" for one in people]
    lines += ["", f"The same for programs: {lab.state / 'access.json'}"]
    lines += [f"A shell on a host:     ssh -F {lab.ssh_config} {lab.hosts[0]}", ""]
    lines += [f"{seconds:7.1f} s  {title}" for title, seconds in took]
    lines += [f"{sum(seconds for _, seconds in took):7.1f} s  in total", ""]
    return "\n".join(lines)
