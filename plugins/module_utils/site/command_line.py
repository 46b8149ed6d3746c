# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a command can do what it was typed for: its inventory, its hosts and its options.

Ansible itself goes on where a path is wrong, a group is empty or an option is misspelt, and ends with 0.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from ..parsing.locate import unreadable, unreadable_yaml
from ..parsing.problems import Problem
from ..policy.fields import nearest
from ..policy.hosts import FILE as HOSTS
from ..policy.hosts import data_as_hosts, listed

# Ansible's own, those of the site, which validate checks, and what AWX adds to every run.
FREE = ("ansible_", "mail_", "awx_", "tower_")
NONE = "-"
FREE_NAMES = ("regulation", "semaphore_vars")  # Semaphore adds the second
YAML = (".yml", ".yaml", ".json")


def check_inventories(
    sources: Sequence[str], hosts: Collection[str], here: Path, read: Collection[str] = ()
) -> list[Problem]:
    """Return what is wrong with the paths given with ``-i``; ``hosts`` are those that Ansible found in them.

    ``read`` are the files that it has them from, of whatever form it knows: they are not looked at.
    Hosts may be listed themselves (``-i a,b``), but no paths.
    """
    problems = []
    for source in sources:
        path = here / source
        known = inventories(path, here)
        there = ", ".join(known) or NONE
        place, value = "-i", _relative(path, here)
        if "," in source and not path.exists():
            paths = [part for part in source.split(",") if _meant(part, here)]
            problems += [
                Problem(place, 0, "", "inventory_misspelt", source, there, (part,)) for part in paths
            ]
            continue
        if not path.exists():
            like = nearest(value, known)
            code = "inventory_misspelt" if like else "inventory_missing"
            problems.append(Problem(place, 0, "", code, value, there, (like,) if like else ()))
            continue
        try:
            problems += _unread(path, here, read)
        except OSError as error:
            problems.append(
                Problem(place, 0, "", "inventory_unreadable", value, there, (error.strerror or "",))
            )
    if not hosts and not problems:
        path = here / (sources or ["."])[0]
        value = _relative(path, here)
        there = ", ".join(name for name in inventories(path, here) if name != value)
        problems.append(Problem("-i", 0, "", "inventory_empty", value, there or NONE))
    return problems + data_as_hosts(hosts, "-i")


def inventories(near: Path, here: Path) -> list[str]:
    """Return the folders with a ``hosts.yml`` beside and below a path and where the command is run."""
    found = set()
    for folder in (near, near.parent, here, here / "inventories"):
        found |= {path.parent for path in [folder / HOSTS, *folder.glob(f"*/{HOSTS}")] if path.is_file()}
    return sorted(_relative(folder, here) for folder in found)


def _relative(path: Path, here: Path) -> str:
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _meant(part: str, here: Path) -> bool:
    """Return whether a word of a list of hosts is a path: a folder of none may be called as a host."""
    path = here / part
    return bool(part) and path.exists() and ("/" in part or path.is_file() or (path / HOSTS).is_file())


def _unread(path: Path, here: Path, read: Collection[str]) -> list[Problem]:
    """Return what keeps Ansible from reading hosts and variables at a path: itself it names no place."""
    if path.is_dir():
        files = [file for file in sorted(path.glob("hosts.*")) if file.suffix in YAML and file.is_file()]
    else:
        files = [path] if path.suffix in YAML else []
        path.open("rb").close()
    left = [file for file in files if os.path.abspath(file) not in read]  # noqa: PTH100  as Ansible names them
    faults = [fault for file in left for fault in unreadable_yaml(file.read_bytes(), _relative(file, here))]
    return faults + unreadable(path if path.is_dir() else path.parent)


def check_hosts(
    playbook: str,
    needed: Mapping[str, Sequence[str]],
    left: Mapping[str, Sequence[str]],
    limit: str,
    groups: Mapping[str, Sequence[str]],
) -> list[Problem]:
    """Return which hosts a playbook lacks.

    ``needed`` are the patterns of hosts that it works on, each with its hosts in the inventory; ``left`` has
    those that ``--limit`` leaves of them. A pattern needs one host.
    """
    there = listed(groups)
    names = {name.partition("[")[0] for key, hosts in needed.items() if not hosts for name in key.split(":")}
    if names:
        return [Problem(HOSTS, 0, name, "group_missing", name, there) for name in sorted(names)]
    missing = dict.fromkeys(host for key, hosts in needed.items() if not left[key] for host in hosts)
    if not missing:
        return []
    return [Problem("--limit", 0, "", "limit_excludes", limit, there, (playbook, ", ".join(missing)))]


def check_options(
    playbook: str, given: Iterable[str], known: Collection[str], roles: Collection[str] = ()
) -> list[Problem]:
    """Return the names after ``-e`` that a playbook does not know: itself it would pass them by.

    ``known`` are its own options, ``roles`` the parameters of the roles.
    """
    problems = []
    for name in given:
        if name.startswith(FREE) or name in FREE_NAMES or name in known or name in roles:
            continue
        like = nearest(name, known) or nearest(name, roles)
        code = "option_misspelt" if like else "option_unknown"
        there = ", ".join(sorted(known)) or NONE
        problems.append(Problem("-e", 0, "", code, name, there, (playbook, like)))
    return problems


def check_rest(typed: str, rest: str, names: Collection[str]) -> list[Problem]:
    """Return that a value after ``-e`` ends at a blank, and what Ansible drops behind it.

    ``typed`` is the word after ``-e``, ``names`` are the options that Ansible found in it.
    """
    if not rest:
        return []
    name, _, value = typed.partition("=")
    whole = f"-e \"{name}='{value}'\"" if len(names) == 1 and "'" not in value else "-e \"name='...'\""
    return [Problem("-e", 0, "", "option_cut", rest, whole)]
