# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The ``mail_*`` variables of a site: all as plain values, and typed what the accounts depend on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..parsing.problems import Problem, brief
from ..parsing.schema import Reader
from . import schema
from .fields import doubtful, nearest

FILE = "group_vars/all/mail.yml"
PREFIX = "mail_"
DOMAIN = re.compile(schema.DOMAIN)
# Of these the accounts are made; the others are the hosts'.
ACCOUNTS = ("mail_domain", "mail_domains", "mail_postmaster", "mail_quota_mib", "mail_support")


@dataclass(frozen=True)
class Settings:
    """Where addresses are issued, what is served, who is postmaster, and how large a mailbox is (MiB).

    ``support`` is the address that notices come from and questions go to.
    """

    domain: str
    domains: tuple[str, ...]
    postmaster: str
    quota_person_mib: int
    quota_unit_mib: int
    file: str = FILE
    support: str = ""


def parse_variables(variables: Mapping[str, object]) -> tuple[dict[str, Any], list[Problem]]:
    """Return the plain value of every ``mail_*`` variable, defaults included, and all that is wrong."""
    reader = Reader(FILE)
    given = {name: value for name, value in variables.items() if name.startswith(PREFIX)}
    meant = _unknown(reader, given)
    values: dict[str, Any] = {}
    for name, field in schema.VARIABLES.items():
        value = given.get(name)
        if value in (None, "", [], {}) and (field.required or value is None):
            values[name] = field.absent(name, reader.say)
            if field.required and name not in meant:
                code = "variable_later" if field.later else "variable_missing"
                reader.say(code, name, name, f"{name}: {flow(field.example)}")
        else:
            values[name] = field.parse(value, name, reader.say)
    _check_together(reader, values)
    if values["mail_alerts"] is None and isinstance(values["mail_support"], dict):
        values["mail_alerts"] = [values["mail_support"]["address"]]
    return values, reader.problems


def settings_of(values: Mapping[str, Any], problems: list[Problem]) -> Settings | None:
    """Return the settings, if nothing is wrong with what they are made of."""
    wrong = {path.partition(".")[0] for path in doubtful(problems)}
    if wrong & set(ACCOUNTS):
        return None
    quota = values["mail_quota_mib"]
    return Settings(
        values["mail_domain"],
        tuple(values["mail_domains"]),
        values["mail_postmaster"],
        quota["person"],
        quota["unit"],
        support=values["mail_support"]["address"],
    )


def _unknown(reader: Reader, given: Mapping[str, object]) -> set[str]:
    """Refuse names that are no variable; return those that they were meant to be."""
    meant = set()
    for name, value in given.items():
        if name not in schema.VARIABLES:
            like = nearest(name, [known for known in schema.VARIABLES if known not in given])
            meant.add(like)
            if like:
                reader.say("variable_misspelt", name, name, parts=(like, brief(value)))
            else:
                reader.say("variable_unknown", name, name, ", ".join(schema.VARIABLES))
    return meant


def _check_together(reader: Reader, values: Mapping[str, Any]) -> None:
    """Refuse values that contradict each other."""
    wrong = doubtful(reader.problems)
    domain, domains = values["mail_domain"], values["mail_domains"]
    if not wrong & {"mail_domain", "mail_domains"} and domain not in domains:
        reader.say("domain_not_served", "mail_domain", domain)
    pair = ("mail_certificate", "mail_certificate_key")
    if not wrong & set(pair):
        for name, other in (pair, pair[::-1]):
            if values[name] and not values[other]:
                reader.say("variable_missing", other, other, f"{other} ({name})")


def flow(value: object) -> str:
    """Return a value as YAML has it on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return str(value)
