"""Every variable and every key, broken in each way that its type allows: one answer, whoever asks.

The breaks are drawn from the schema, so that a variable that is added is under test at once.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import as_text
from ansible_collections.congvu.mail.plugins.module_utils.policy import schema
from ansible_collections.congvu.mail.plugins.module_utils.policy.fields import (
    Either,
    Field,
    Flag,
    Listed,
    Network,
    Number,
    Record,
    Table,
    Text,
)
from ansible_collections.congvu.mail.plugins.module_utils.policy.policy import read_policy
from ansible_collections.congvu.mail.plugins.module_utils.policy.settings import ACCOUNTS
from ansible_collections.congvu.mail.plugins.module_utils.site.site import (
    resolve_site,
    site_accounts,
    validate_site,
)
from ansible_collections.congvu.mail.plugins.plugin_utils.inventory import read_site, read_site_policy

from tests.support.samples import DAY, GROUPS, ROOT, VARIABLES, gialai, write_site

GOOD: dict[str, Any] = {
    **VARIABLES,
    "mail_account_host": "mail.gialai.gov.vn",
    "mail_language": "vi",
    "mail_directory_clients": ["10.66.0.0/16"],
    "mail_certificate": "/srv/mail.pem",
    "mail_certificate_key": "/srv/mail.key",
    "mail_signature_mirror": "clamav.example.vn",
    "mail_signature_files": ["/srv/own.ndb"],
    "mail_alerts": ["stttt@gialai.gov.vn"],
    "mail_backup_targets": [
        {
            "label": "offsite",
            "repositories": "ssh://u123@store.example.vn:23/./backup",
            "host": "store.example.vn",
            "port": 23,
            "host_key": "ssh-ed25519 AAAA",
            "kept": True,
        }
    ],
    "mail_backup_schedule": "*-*-* *:05:00",
    "mail_backup_late_hours": 4.5,
    "mail_backup_quota": "500G",
    "mail_backup_retention": {"hourly": 1, "daily": 1, "weekly": 1, "monthly": 1, "yearly": 1},
    "mail_sample": "cema",
    "mail_site_dir": "",
    "postfix_parameters": {"smtp_helo_timeout": "60s"},
    "dovecot_parameters": {"imap_idle_notify_interval": "5 mins"},
    "rspamd_parameters": {"dns_max_requests": 32},
    "directory_parameters": {"threads": 32},
    "regulation": {
        **gialai(),
        "naming": gialai()["naming"] | {
            "middle_initials": "all",
            "units": dict.fromkeys(schema.KINDS, "<unit>@<domain>"),
            "domains": {
                "kinds": dict.fromkeys(schema.KINDS, "gialai.gov.vn"),
                "units": {"stttt": "gialai.gov.vn"},
            },
            "joins": [".", "_"],
            "collision": gialai()["naming"]["collision"] | {"ties": "together"},
        },
        "required_columns": [],
        "unit_contacts": {kind: [] for kind in schema.KINDS},
        "password": {
            "min_length": 8, "history": 5, "max_age_days": 180, "warn_after_days": 90, "first_valid_days": 30,
            "max_failures": 5, "failure_minutes": 10, "lockout_minutes": 15, "delay_seconds": 1,
        },
        "lifecycle": {
            "idle": [{"stage": "lock", "idle_months": 3}], "create_working_days": 2, "keep_months": 6,
            "keep_titles": {"giám đốc": 12}, "reply_months": 6,
        },
    },
}  # fmt: skip
FIELDS = {**schema.VARIABLES, **schema.PARAMETERS, "regulation": schema.REGULATION}
# Keys that stand in another decision than this one.
ELSEWHERE = {
    "regulation.lifecycle.idle.1.after_days",
    "regulation.lifecycle.idle.1.after_months",
    "regulation.lifecycle.lock_after_months",
    "regulation.lifecycle.propose_after_months",
    "regulation.lifecycle.notice_days",
    "regulation.lifecycle.delete_after_months",
    "regulation.naming.office",
    "regulation.naming.person",
}
NOTHING = object()


class Break(NamedTuple):
    """A value that is put at a path (steps), or taken away; the path at which the fault is told.

    A misspelt name takes the place of the right one, ``moved``.
    """

    steps: tuple[str | int, ...]
    value: object
    told: str
    moved: str = ""

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.steps))}={'nothing' if self.value is NOTHING else self.value!r:.40}"


def wrong(field: Field) -> Iterator[object]:
    """Values that are wrong by the type alone."""
    match field:
        case Number():
            yield from (field.least - 1, field.most + 1, "12x", True, [], {}, None, float("nan"))
            if not field.parts:
                yield field.least + 0.5
        case Flag():
            yield from ("yes", 1, None, [])
        case Text():
            yield from (7, True, [], {}, None, "a\nb", "\t")
            if not field.empty:
                yield ""
            if field.choices:
                yield f"{field.choices[0]}x"
            if field.pattern or isinstance(field, Network):
                yield "\u0111 ?"
        case Listed():
            yield from ("text", 7, {"a": 1})
            if field.least:
                yield []
        case Record():
            yield from ("text", 7, [])
            if field.sparse:
                yield {}
        case Table():
            yield from ("text", 7, [])
        case Either():
            yield from ([], {}, "a\nb")


def breaks(field: Field, value: object, steps: tuple[str | int, ...], told: str) -> Iterator[Break]:
    """Every break of a field and of what it holds."""
    for bad in wrong(field):
        # An empty value of a variable, or of a key with no default, is one that is not set.
        unset = bad is None and field.default is None and not field.required
        empty = len(steps) == 1 and (bad is None or (bad in ("", [], {}) and field.required))
        if not unset and not (empty and not field.required) and not (empty and field.later):
            yield Break(steps, bad, told)
    match field, value:
        case Record(), dict():
            for key, inner in field.fields.items():
                path = f"{told}.{key}"
                if key in value:
                    yield from breaks(inner, value[key], (*steps, key), path)
                    if inner.required:
                        yield Break((*steps, key), NOTHING, path)
                    yield Break((*steps, f"{key}{key[-1]}"), value[key], f"{path}{key[-1]}", key)
            yield Break((*steps, "không_có"), 1, f"{told}.không_có")
        case Listed(), list():
            for place, item in enumerate(value[:1]):
                yield from breaks(
                    field.item, item, (*steps, place), f"{told}.1" if isinstance(item, dict) else told
                )
            if value and not isinstance(value[0], dict):
                yield Break(steps, [value[0], value[0]], told)
        case Table(), dict():
            for key, item in value.items():
                yield from breaks(field.item, item, (*steps, key), f"{told}.{key}")
            yield Break((*steps, ""), next(iter(value.values())), f"{told}.")


def all_breaks() -> Iterator[Break]:
    for name, field in FIELDS.items():
        yield from breaks(field, GOOD[name], (name,), name)
        if name not in schema.PARAMETERS and name != "regulation":
            yield Break((f"{name}{name[-1]}",), GOOD[name], f"{name}{name[-1]}", name)
        if field.required and not field.later:
            yield Break((name,), NOTHING, name)


BREAKS = list(all_breaks())


def broken(one: Break) -> dict[str, Any]:
    variables = copy.deepcopy(GOOD)
    *parents, last = one.steps
    table: Any = variables
    for step in parents:
        table = table[step]
    if one.value is NOTHING:
        del table[last]
    else:
        table[last] = one.value
    if one.moved:
        del table[one.moved]
    return variables


class Templar:
    def template(self, variable):
        return variable

    def copy_with_new_env(self, **_):
        return self


def leaves(field: Field, path: str) -> Iterator[str]:
    yield path
    if isinstance(field, Record):
        for key, inner in field.fields.items():
            yield from leaves(inner, f"{path}.{key}")
    if isinstance(field, Listed) and isinstance(field.item, Record):
        yield from leaves(field.item, f"{path}.1")


def test_the_sound_one_is_sound():
    policy, problems = read_policy(GOOD, GROUPS)
    assert problems == []
    assert policy.settings is not None and policy.regulation is not None


def test_every_variable_and_every_key_is_broken_at_least_once():
    struck = {one.told for one in BREAKS}
    every = {path for name, field in FIELDS.items() for path in leaves(field, name)}
    assert every - struck == ELSEWHERE


@pytest.mark.parametrize("one", [one for one in BREAKS if one.moved], ids=str)
def test_a_misspelt_name_is_the_one_thing_that_is_wrong(one):
    policy, problems = read_policy(broken(one), GROUPS)
    code = "key_misspelt" if len(one.steps) > 1 else "variable_misspelt"
    assert [(problem.code, problem.column) for problem in problems] == [(code, one.told)]
    top = str(one.steps[0]) if len(one.steps) > 1 else one.moved
    assert policy.settings is None or top not in ACCOUNTS
    assert policy.regulation is None or top != "regulation"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_site(tmp_path_factory.mktemp("site"), {"stttt": []})


@pytest.mark.parametrize("one", BREAKS, ids=str)
def test_validate_site_register_and_mailboxes_give_the_same_answer(one, folder):
    task_vars = {**broken(one), "mail_site_dir": str(folder), "groups": GROUPS, "inventory_dir": str(folder)}
    if one.steps[0] == "mail_site_dir":
        _, problems = read_policy(broken(one), GROUPS)
        assert one.told in {problem.column for problem in problems}
        return
    policy, acting = read_site_policy(Templar(), task_vars)  # site.yml, and every playbook that acts on hosts
    assert one.told in {problem.column for problem in acting}, acting
    assert policy.settings is None or policy.regulation is None or acting
    site = read_site(Templar(), task_vars)
    validated = validate_site(site, resolve_site(site, DAY))  # validate.yml and register.yml
    mine = [problem for problem in validated if not problem.file.startswith(("roster", "register"))]
    assert {problem for problem in mine if problem.code not in ("unit_unknown", "support_unheld")} == set(
        acting
    )
    accounts, refused = site_accounts(site, DAY)  # mailboxes.yml
    assert accounts == []
    assert set(refused) >= set(acting)
    for language in ("vi", "en"):
        assert one.told in as_text(acting, language)


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_what_was_parsed_parses_to_itself(name):
    said: list[object] = []
    values = FIELDS[name].parse(GOOD[name], name, lambda *told: said.append(told))
    assert FIELDS[name].parse(values, name, lambda *told: said.append(told)) == values
    assert said == []


def everything(field: Field, path: str) -> Iterator[tuple[str, Field]]:
    yield path, field
    for key, inner in field.fields.items() if isinstance(field, Record) else ():
        yield from everything(inner, f"{path}.{key}")


EVERYTHING = [pair for name, field in FIELDS.items() for pair in everything(field, name)]


@pytest.mark.parametrize(("path", "field"), EVERYTHING, ids=[path for path, _ in EVERYTHING])
def test_it_is_documented_and_its_default_is_of_its_type(path, field):
    assert field.vi and field.en
    assert not (field.required and field.default is not None)
    if field.default is not None:
        said: list[object] = []
        field.parse(field.default, path, lambda *told: said.append(told))
        assert said == []


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_every_variable_is_read_by_somebody(name):
    """A variable that nobody reads would be a promise that nobody keeps."""
    if name in schema.PARAMETERS:
        role = name.removesuffix("_parameters")
        files = [*(ROOT / "roles" / role / "templates").rglob("*.j2")]
        read = rf"lookup\('congvu\.mail\.parameters', '{role}', {name}\)"
    else:
        files = [*(ROOT / "playbooks").rglob("*.*"), *(ROOT / "plugins").rglob("*.py")]
        read = rf"""\bsite\.{name}\b|(?:\[|\.get\()["']{name}["']"""
    texts = [file.read_text() for file in files if file.suffix in (".yml", ".j2", ".py")]
    assert any(re.search(read, text) for text in texts)


def test_playbooks_hand_over_what_was_parsed_and_no_raw_variable():
    raw = re.compile(rf"(?<![\w.])(?:{'|'.join(FIELDS)})\b(?! *:)")
    files = [file for file in (ROOT / "playbooks").rglob("*.*") if file.suffix in (".yml", ".j2")]
    found = []
    for file in files:
        for template in re.findall(r"\{\{.*?\}\}|\{%.*?%\}", file.read_text(), re.S):
            found += [(file.name, name) for name in raw.findall(re.sub(r"'[^']*'", "", template))]
    assert found == []
