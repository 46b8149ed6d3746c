# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the action plugins share: the site of the inventory that the play runs with."""

from __future__ import annotations

import getpass
import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import yaml
from ansible.errors import AnsibleError
from ansible_collections.congvu.mail.plugins.module_utils.clock import today
from ansible_collections.congvu.mail.plugins.module_utils.host.files import read_or_none, write
from ansible_collections.congvu.mail.plugins.module_utils.parsing.locate import locate
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import Problem, brief, errors
from ansible_collections.congvu.mail.plugins.module_utils.policy.parameters import FORMS, taken
from ansible_collections.congvu.mail.plugins.module_utils.policy.policy import Policy, read_policy
from ansible_collections.congvu.mail.plugins.module_utils.policy.samples import (
    Sample,
    check_new_site,
    sample_of,
    without_consequences,
)
from ansible_collections.congvu.mail.plugins.module_utils.policy.schema import PARAMETERS, SAMPLES
from ansible_collections.congvu.mail.plugins.module_utils.policy.settings import FILE as SETTINGS_FILE
from ansible_collections.congvu.mail.plugins.module_utils.policy.settings import PREFIX
from ansible_collections.congvu.mail.plugins.module_utils.register.changes import forgotten
from ansible_collections.congvu.mail.plugins.module_utils.register.resolve import Act, Resolution
from ansible_collections.congvu.mail.plugins.module_utils.register.rows import FILE as REGISTER_FILE
from ansible_collections.congvu.mail.plugins.module_utils.register.rows import Row, parse_register
from ansible_collections.congvu.mail.plugins.module_utils.site.ownership import (
    AUTHORITY,
    Author,
    Units,
    author_of,
    check_change,
    check_register,
)
from ansible_collections.congvu.mail.plugins.module_utils.site.revisions import (
    Revision,
    author,
    open_revision,
)
from ansible_collections.congvu.mail.plugins.module_utils.site.site import (
    Site,
    load_site,
    resolve_site,
    validate_site,
)

PIPELINE_USERS = ("GITLAB_USER_EMAIL", "GITLAB_USER_LOGIN", "GITHUB_ACTOR")
ROLES = Path(__file__).resolve().parents[2] / "roles"
# The sites of the five decisions, which are shipped with the collection.
SAMPLE_SITES = Path(__file__).resolve().parents[2] / "inventories"


class Templar(Protocol):
    """What is used of Ansible's templar."""

    def template(self, variable: object) -> Any:  # noqa: ANN401  a template may give anything
        """Return the value with all templates in it rendered."""

    def copy_with_new_env(self, *, available_variables: dict[str, Any]) -> Templar:
        """Return one that knows these variables."""


def read_site(templar: Templar, task_vars: Mapping[str, Any]) -> Site:
    """Read the site that the inventory of this play belongs to, its roster and register with it."""
    variables, problems = site_variables(templar, task_vars)
    site = load_site(site_folder(templar, task_vars), variables, groups(task_vars))
    problems += [*_check_new_site(variables, task_vars), *_edited_by_hand(site)]
    found = {*site.problems, *locate(site.folder, problems)}
    return replace(site, problems=tuple(without_consequences(sorted(found))))


def _edited_by_hand(site: Site) -> list[Problem]:
    """Find addresses of the last commit that the register forgot or gives to somebody else."""
    file = (site.folder / REGISTER_FILE).resolve()
    revision, _ = open_revision(file.parent, "HEAD") if file.exists() else (None, [])
    committed = revision.read([file.name]).get(file.name) if revision else None
    if committed is None or committed == read_or_none(file):
        return []  # where git fails, `mailboxes.yml` refuses; a restore or a reset goes on
    return forgotten(parse_register(committed, ())[0], site.register)


def who_acts(folder: Path, named: str) -> tuple[str, list[Problem]]:
    """Return who runs a playbook, for the audit log: a person, as far as anything says who.

    That is whom the command names, for whom the forge runs the pipeline, Git's author, or who became root.
    """
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # the number has no name, as in many containers
        user = str(os.getuid())
    said = [named, *(os.environ.get(name, "") for name in PIPELINE_USERS), author(folder)]
    said += [os.environ.get("SUDO_USER", ""), "" if user == "root" else f"{user}@{platform.node()}"]
    person = next(filter(None, said), "")
    if person:
        return person, []
    account = f"{user}@{platform.node()}"
    return account, [Problem("-e operator", 0, "", "operator_unknown", account)]


def read_site_policy(templar: Templar, task_vars: Mapping[str, Any]) -> tuple[Policy, list[Problem]]:
    """Read what the site says, without roster and register, and return every fault of it."""
    variables, problems = site_variables(templar, task_vars)
    policy, found = read_policy(variables, groups(task_vars))
    found += [*problems, *_check_new_site(variables, task_vars)]
    return policy, without_consequences(sorted({*locate(site_folder(templar, task_vars), found)}))


def _check_new_site(variables: Mapping[str, object], task_vars: Mapping[str, Any]) -> list[Problem]:
    name = str(variables.get("mail_sample"))
    # A site may have deleted the samples; without one there is nothing to hold it against.
    sample = read_sample(name) if name in SAMPLES and (SAMPLE_SITES / name).is_dir() else None
    return check_new_site(variables, groups(task_vars), sample)


def read_sample(name: str) -> Sample:
    """Return what is the own of a sample, from its inventory as it is shipped."""
    folder = SAMPLE_SITES / name / "group_vars/all"
    variables: dict[str, Any] = {}
    for file in sorted(folder.glob("*.yml")):
        variables |= yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    return sample_of(name, variables)


def groups(task_vars: Mapping[str, Any]) -> dict[str, list[str]] | None:
    """Return the hosts of each group of the inventory, if it is known."""
    found = task_vars.get("groups")
    return None if found is None else {group: list(hosts) for group, hosts in found.items()}


def site_variables(templar: Templar, task_vars: Mapping[str, Any]) -> tuple[dict[str, object], list[Problem]]:
    """Return what the site sets of the schema, templates rendered, and what cannot be rendered.

    Names that begin as the schema's do are among them, known or not.
    """
    variables: dict[str, object] = {}
    hostvars = task_vars.get("hostvars")
    # The site's, on whatever host the task runs.
    given = hostvars.raw_get("localhost") if hostvars is not None else task_vars
    problems = []
    if hostvars is not None:
        problems = [
            Problem(SETTINGS_FILE, 0, name, "variable_elsewhere", name, parts=(host,))
            for host in task_vars["groups"]["all"]
            for name in _own(hostvars.raw_get(host), given)
        ]
    if "inventory_dir" not in given:  # of a localhost that no inventory names
        known = {**given, "inventory_dir": str(_inventory_dir(task_vars))}
        templar = templar.copy_with_new_env(available_variables=known)
    for name in filter(_ours, given):
        try:
            variables[name] = templar.template(given[name])
        except AnsibleError as error:
            variables[name] = None
            said = " ".join(str(error).split())
            value = brief(given[name])
            problems.append(Problem(SETTINGS_FILE, 0, name, "variable_template", value, said))
    return variables, problems + _taken(variables)


def _taken(variables: Mapping[str, object]) -> list[Problem]:
    """Refuse further settings that a role sets itself."""
    problems = []
    for role in FORMS:
        name = f"{role}_parameters"
        given = variables.get(name)
        if isinstance(given, Mapping):
            given = {str(key): value for key, value in given.items()}
            problems += [
                Problem(SETTINGS_FILE, 0, f"{name}.{key}", "parameter_taken", key, parts=(role, governed))
                for key, governed in taken(role, given, ROLES).items()
            ]
    return problems


def _ours(name: str) -> bool:
    return name.startswith(PREFIX) or name == "regulation" or name in PARAMETERS


def _own(theirs: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    """Return which variables of the site are not for a host what they are for the site.

    What roles are handed is read once, for all hosts: a value of one host's own would silently be none.
    """
    names = {name for name in (*theirs, *given) if _ours(name) and name not in PARAMETERS}
    return sorted(name for name in names if theirs.get(name) != given.get(name))


def site_folder(templar: Templar, task_vars: Mapping[str, Any]) -> Path:
    """Return ``mail_site_dir``, or the folder that was given with ``-i``, as such or by a file in it.

    The implicit localhost has no ``inventory_dir``, so the sources are asked.
    """
    if task_vars.get("mail_site_dir"):
        return Path(str(templar.template(task_vars["mail_site_dir"])))
    return _inventory_dir(task_vars)


def _inventory_dir(task_vars: Mapping[str, Any]) -> Path:
    sources = [Path(str(source)) for source in task_vars.get("ansible_inventory_sources") or ["."]]
    folders = [source if source.is_dir() else source.parent for source in sources]
    return next((folder for folder in folders if (folder / "roster").is_dir()), folders[0])


def check_site(site: Site, act: Act | None = None) -> tuple[Resolution, list[Problem]]:
    """Return the register as it should be, and every problem of the site."""
    resolution = resolve_site(site, today(), act)
    return resolution, validate_site(site, resolution)


def refusing(site: Site) -> list[Problem]:
    """Return nothing for a site that nothing is wrong with, else every error of it, at once."""
    return [] if site.sound else errors(check_site(site)[1])


def former_register(site: Site, base: str) -> tuple[list[Row], list[Problem]]:
    """Return the register that the work on the site began from; none there is an empty one.

    What was wrong with it then is no fault of today.
    """
    revision, problems = open_revision(site.folder, base)
    return (_register_at(revision) if revision else []), problems


def _register_at(revision: Revision) -> list[Row]:
    data = revision.read([REGISTER_FILE]).get(REGISTER_FILE)
    return parse_register(data, ())[0] if data else []


def check_base(site: Site, base: str, author: str | None) -> list[Problem]:
    """Return what the change since ``base`` may not do: forget an address, or what is not its author's."""
    revision, problems = open_revision(site.folder, base)
    if revision is None:
        return problems
    former = _register_at(revision)
    problems = forgotten(former, site.register)
    if author is not None:
        problems += _check_author(site, revision, former, author_of(author, revision.read(AUTHORITY)))
    return problems


def _check_author(site: Site, revision: Revision, former: list[Row], author: Author) -> list[Problem]:
    before, after = revision.changed()
    units = Units(
        before={row.holder: row.unit for row in former},
        after={person.person_id: person.unit for person in site.roster.people.values()},
    )
    # Whoever changes the regulation is either the centre or refused for that.
    may = site.regulation.unit_officers_may if site.regulation else ()
    problems = check_change(before, after, author, may, units, revision.site)
    if author.units and not author.central and revision.site + REGISTER_FILE in before:
        expected = resolve_site(replace(site, register=tuple(former)), today())
        problems += check_register(site.register, expected.rows)
    return problems


def write_report(file: str, form: str, render: Callable[[str], str]) -> None:
    """Write a report to ``file``; one in Markdown may be cut, so the text stands beside it: ``file.txt``."""
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    write(Path(file), render(form).encode(), 0o644)
    if form == "markdown":
        write(Path(f"{file}.txt"), render("text").encode(), 0o644)


def language(task_vars: Mapping[str, Any]) -> str:
    """Return the language of problems; one that there is not is a problem itself, told in the default."""
    return "en" if task_vars.get("mail_language") == "en" else "vi"
