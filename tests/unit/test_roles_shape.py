"""Roles read alike: what one promises in its specification is what it takes, under its own name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2
import jinja2.nodes
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ROLES = sorted(path for path in (ROOT / "roles").iterdir() if (path / "tasks").is_dir())
NAMES = {role.name for role in ROLES}
STARTING = [role for role in ROLES if (role / "tasks" / "service.yml").exists()]
# A handler is forgotten when its run is killed or fails before it: these two may be. clamd looks for new
# signatures itself, and the record for DNS is only shown.
FORGETTABLE = {"Reload clamav-daemon", "Show the record for DNS"}

PYTHON_TYPES = {
    "str": str,
    "path": str,
    "int": int,
    "float": int | float,
    "bool": bool,
    "list": list,
    "dict": dict,
}
# Keys of a task whose value is an expression without braces.
EXPRESSIONS = {"when", "that", "failed_when", "changed_when", "until"}
TASK_FILE_LINES = 80
PARSER = jinja2.Environment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])

every_role = pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
starting = pytest.mark.parametrize("role", STARTING, ids=lambda role: role.name)


def read(path: Path) -> Any:
    """Return what a YAML file says; nothing if it is not there."""
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None


def defaults(role: Path) -> dict[str, Any]:
    return read(role / "defaults" / "main.yml") or {}


def options(role: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = read(role / "meta" / "argument_specs.yml")["argument_specs"]["main"][
        "options"
    ]
    return found


def nested(given: dict[str, dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every option, and the options of which it consists."""
    for name, option in given.items():
        yield name, option
        for below, part in nested(option.get("options", {})):
            yield f"{name}.{below}", part


def test_there_are_roles_to_look_at() -> None:
    assert {"base", "certificates", "directory", "postfix", "dovecot", "rspamd", "clamav"} <= NAMES


@every_role
def test_it_is_explained(role: Path) -> None:
    """The README says what the role does and shows one example."""
    readme = (role / "README.md").read_text(encoding="utf-8")
    assert readme.startswith("# ")
    assert "```yaml" in readme


@every_role
def test_its_specification_names_exactly_its_variables(role: Path) -> None:
    """What has a default is in defaults/main.yml; what has none is required."""
    required = {name for name, option in options(role).items() if option.get("required")}
    assert set(options(role)) == required | set(defaults(role))
    assert required & set(defaults(role)) == set()


@every_role
def test_every_option_says_what_it_is(role: Path) -> None:
    silent = [
        name
        for name, option in nested(options(role))
        if not option.get("description") or "type" not in option
    ]
    assert silent == []
    listed = [
        name
        for name, option in nested(options(role))
        if option["type"] == "list" and "elements" not in option
    ]
    assert listed == []


@every_role
def test_defaults_are_of_the_type_that_is_promised(role: Path) -> None:
    wrong = {
        name: value
        for name, value in defaults(role).items()
        if not isinstance(value, PYTHON_TYPES[options(role)[name]["type"]])
        and not (isinstance(value, str) and "{{" in value)
    }
    assert wrong == {}


@every_role
def test_an_empty_default_comes_with_an_example(role: Path) -> None:
    text = (role / "defaults" / "main.yml").read_text(encoding="utf-8") if defaults(role) else ""
    empty = [name for name, value in defaults(role).items() if value in ("", [], {})]
    assert [name for name in empty if not re.search(rf"^# {name}:", text, re.MULTILINE)] == []


@every_role
def test_its_variables_bear_its_name(role: Path) -> None:
    """Public ones begin with the role's name, private ones with two underscores before it."""
    private = read(role / "vars" / "main.yml") or {}
    assert [name for name in {*defaults(role), *options(role)} if not name.startswith(f"{role.name}_")] == []
    assert [name for name in private if not name.startswith(f"__{role.name}_")] == []


@every_role
def test_main_is_a_table_of_contents(role: Path) -> None:
    def entries(tasks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for task in tasks:
            if "block" in task:
                yield from entries(task["block"])
            else:
                yield task

    chapters = {"ansible.builtin.import_tasks", "ansible.builtin.include_tasks", "ansible.builtin.meta"}
    assert [
        task["name"] for task in entries(read(role / "tasks" / "main.yml")) if not chapters & set(task)
    ] == []


@starting
def test_it_installs_configures_and_starts(role: Path) -> None:
    stages = {"tasks/install.yml", "tasks/configure.yml", "tasks/service.yml"}
    assert [stage for stage in sorted(stages) if not (role / stage).exists()] == []


@every_role
def test_what_follows_a_change_outlives_a_killed_run(role: Path) -> None:
    """Services are restarted by notes on the host, not by handlers (docs/decisions/pending-work.md)."""
    handlers = {handler["name"] for handler in read(role / "handlers" / "main.yml") or []}
    assert handlers - FORGETTABLE == set()


@every_role
def test_every_note_has_somebody_who_does_it(role: Path) -> None:
    """What is noted for a service is done by a task of services, other work by one that removes the note."""
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(role.glob("tasks/*.yml")))
    tasks = [task for path in sorted(role.glob("tasks/*.yml")) for task in every_task(read(path) or [])]
    noting = [task["congvu.mail.configuration"] for task in tasks if "congvu.mail.configuration" in task]
    doing = str([task for task in tasks if "congvu.mail.services" in task])
    for one in noting:
        for verb in ("restart", "reload"):
            if isinstance(one.get(verb), list):
                assert [
                    unit
                    for unit in one[verb]
                    if re.sub(r"{{ item\.(\w+) }}", r"\1", unit.removesuffix(".timer")) not in doing
                ] == []
        assert [name for name in one.get("due", []) if f"rm /var/lib/congvu/pending/{name}" not in text] == []


def every_task(tasks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield tasks, also those of blocks."""
    for task in tasks:
        yield task
        yield from every_task(task.get("block", []))


@every_role
def test_its_task_files_are_short(role: Path) -> None:
    lengths = {
        path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in role.glob("tasks/*.yml")
    }
    assert {name: length for name, length in lengths.items() if length > TASK_FILE_LINES} == {}


@every_role
def test_it_knows_neither_the_site_nor_other_roles(role: Path) -> None:
    """The playbook hands over what a role needs (groups, other roles' variables, what the site says)."""
    foreign = {"groups", "group_names", "regulation"}
    others = tuple(prefix for name in NAMES - {role.name} for prefix in (f"{name}_", f"__{name}_"))
    used = set(variables_of(role))
    assert (
        sorted(name for name in used if name in foreign or name.startswith((*others, "mail_", "site_"))) == []
    )


def variables_of(role: Path) -> Iterator[str]:
    """Yield the variables that a role's tasks, handlers, variables and templates refer to."""
    for path in sorted(role.rglob("*")):
        relative = path.relative_to(role)
        if path.suffix == ".j2":
            yield from names_in(path.read_text(encoding="utf-8"))
        elif path.suffix == ".yml" and relative.parts[0] in {"tasks", "handlers", "vars", "defaults"}:
            for text in templates_in(read(path)):
                yield from names_in(text)


def templates_in(value: Any, *, expression: bool = False) -> Iterator[str]:
    """Yield everything in a parsed YAML file that Ansible renders."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from templates_in(item, expression=key in EXPRESSIONS)
    elif isinstance(value, list):
        for item in value:
            yield from templates_in(item, expression=expression)
    elif isinstance(value, str):
        yield f"{{{{ {value} }}}}" if expression and "{{" not in value else value


def names_in(text: str) -> set[str]:
    """Return the names that a template reads, its own loop variables included."""
    read_names = PARSER.parse(text).find_all(jinja2.nodes.Name)
    return {name.name for name in read_names}
