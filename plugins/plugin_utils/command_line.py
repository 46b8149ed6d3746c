# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The command as Ansible has read it, held against what its playbooks need and take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from ansible import context
from ansible.errors import AnsibleError
from ansible.inventory.manager import InventoryManager
from ansible.parsing.splitter import parse_kv
from ansible.utils.vars import load_extra_vars
from ansible_collections.congvu.mail.plugins.module_utils.parsing.locate import FOLDER
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import Problem, as_line
from ansible_collections.congvu.mail.plugins.module_utils.policy.hosts import GROUPS, OPTIONAL
from ansible_collections.congvu.mail.plugins.module_utils.site.command_line import (
    check_hosts,
    check_inventories,
    check_options,
    check_rest,
)

COLLECTION = Path(__file__).resolve().parents[2]
PREFIX = "congvu.mail."
REST = "_raw_params"  # where parse_kv puts words that are no name=value
ONLY_LOOKED_AT = ("syntax", "listtasks", "listtags", "listhosts")  # nothing is run


@cache  # a run is looked at once, whoever asks
def check(loader: Any, everything: Any, playbooks: Path) -> None:  # noqa: ANN401  Ansible's own, without types
    """Raise AnsibleError if a playbook of the folder ``playbooks`` is called and could not do its work.

    ``everything`` is the group of all hosts.
    """
    command = context.CLIARGS
    called = [_verb(str(name), playbooks) for name in command.get("args") or ()]
    specs = yaml.safe_load((COLLECTION / "meta/playbooks.yml").read_text("utf-8"))["playbooks"]
    verbs = [verb for verb in called if verb in specs]
    if not verbs or any(command.get(option) for option in ONLY_LOOKED_AT):
        return
    sources = [str(source) for source in command.get("inventory") or ()]
    problems = []
    if any(specs[verb]["hosts"] for verb in verbs):
        load_extra_vars(loader)  # what is wrong with them also kept Ansible from reading any inventory
        hosts = everything.get_hosts()
        read = {str(host.vars.get("inventory_file")) for host in hosts}
        problems = check_inventories(sources, [host.name for host in hosts], Path.cwd(), read)
    if not problems:
        manager = _inventory(loader, everything)
        for verb in verbs:
            problems += _check_hosts(manager, verb, specs[verb]["hosts"], command.get("subset") or "")
    given, found = _options(loader, command.get("extra_vars") or ())
    problems += found
    if len(verbs) == len(called):  # a playbook of somebody else may take more
        known = {name for verb in verbs for name in _accepted(specs, verb)}
        unknown = check_options(", ".join(verbs), given, known)
        problems += check_options(", ".join(verbs), given, known, _parameters()) if unknown else ()
    if problems:
        language = "en" if (given.get("mail_language") or _language(sources)) == "en" else "vi"
        raise AnsibleError("\n".join(as_line(problem, language) for problem in sorted(set(problems))))


def _verb(playbook: str, folder: Path) -> str:
    """Return the name of a playbook of ours, called by path or full name; nothing for another."""
    if playbook.startswith(PREFIX):
        return playbook.removeprefix(PREFIX).removesuffix(".yml").removesuffix(".yaml")
    path = Path(playbook)
    return path.stem if path.resolve().parent == folder else ""


def _inventory(loader: Any, everything: Any) -> InventoryManager:  # noqa: ANN401  Ansible's own, without types
    """Return the inventory again, as one that patterns can be asked of before Ansible itself does."""
    inventory = InventoryManager(loader, parse=False)
    for group in everything.get_descendants():
        inventory.add_group(group.name)
        for host in group.get_hosts():
            inventory.add_host(host.name, group.name)
    for name in (*GROUPS, *OPTIONAL):  # a pattern may name a group that there is not
        inventory.add_group(name)
    inventory.reconcile_inventory()
    return inventory


def _check_hosts(
    inventory: InventoryManager, verb: str, patterns: Sequence[str], limit: str
) -> list[Problem]:
    def hosts() -> dict[str, list[str]]:
        return {pattern: [str(host.name) for host in inventory.get_hosts(pattern)] for pattern in patterns}

    inventory.subset(None)
    needed = hosts()
    inventory.subset(limit or None)
    groups = {name: [host.name for host in group.get_hosts()] for name, group in inventory.groups.items()}
    return check_hosts(verb, needed, hosts(), limit, groups)


def _options(loader: Any, typed: Iterable[object]) -> tuple[dict[str, Any], list[Problem]]:  # noqa: ANN401  Ansible's loader has no type
    """Return what ``-e`` gives, read as Ansible reads it, without what files bring; and what is cut off."""
    given: dict[str, Any] = {}
    problems = []
    for text in map(str, typed):
        if text.startswith("@"):
            continue
        data = loader.load(text) if text[:1] in ("[", "{") else parse_kv(text)
        if isinstance(data, Mapping):
            found = {str(name): value for name, value in data.items()}
            problems += check_rest(text, str(found.pop(REST, "")), found)
            given |= found
    return given, problems


def _accepted(specs: Mapping[str, Any], verb: str) -> set[str]:
    """Return the options of a playbook, with those of playbooks that it runs within."""
    own = set(specs[verb]["options"])
    return own.union(*(_accepted(specs, other) for other in specs[verb].get("runs", ())))


def _parameters() -> set[str]:
    """Return the parameters of all roles."""
    return {
        name
        for file in (COLLECTION / "roles").glob("*/meta/argument_specs.yml")
        for point in yaml.safe_load(file.read_text("utf-8"))["argument_specs"].values()
        for name in point.get("options", ())
    }


def _language(sources: Iterable[str]) -> str:
    """Return the language that a site has set: variables are not read yet."""
    paths = [Path(source) for source in sources]
    folders = [path if path.is_dir() else path.parent for path in paths]
    files = [file for folder in folders for file in sorted((folder / FOLDER).glob("*.yml"))]
    said = "\n".join(file.read_text("utf-8", errors="replace") for file in files)
    return "en" if re.search(r"(?m)^mail_language:\s*[\"']?en\b", said) else "vi"
