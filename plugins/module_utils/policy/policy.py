# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""All that a site says, read by the one schema: typed for the core, and as plain values for the roles.

Every playbook that acts, and every program that reads a roster, goes through ``read_policy``: what one
refuses, all refuse, with the same words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..parsing.problems import Problem
from ..parsing.schema import Reader
from .fields import doubtful
from .hosts import account_host, check_hosts
from .parameters import FORMS, parse_parameters
from .regulation import FILE as REGULATION_FILE
from .regulation import Regulation, parse_values, regulation_of
from .schema import REGULATION
from .settings import FILE, Settings, parse_variables, settings_of


@dataclass(frozen=True)
class Policy:
    """``values`` has every ``mail_*`` variable and ``regulation`` with the defaults filled in.

    ``settings`` and ``regulation`` are None where something is wrong with them.
    """

    values: Mapping[str, Any]
    settings: Settings | None
    regulation: Regulation | None


def read_policy(
    variables: Mapping[str, object], groups: Mapping[str, Sequence[str]] | None = None
) -> tuple[Policy, list[Problem]]:
    """Return what the site says, and every fault of it.

    ``variables`` may hold others, which are passed by; ``groups`` are the inventory's, with their hosts.
    """
    values, problems = parse_variables(variables)
    settings = settings_of(values, problems)
    regulation = None
    if variables.get("regulation") is None:
        problems.append(
            Problem(REGULATION_FILE, 0, "regulation", "variable_missing", "regulation", "regulation.yml")
        )
        values["regulation"] = REGULATION.default
    else:
        values["regulation"], found = parse_values(variables["regulation"])
        problems += found
        if not found:
            regulation = regulation_of(values["regulation"])
    if values["mail_account_host"] is None:
        values["mail_account_host"] = account_host(groups or {}, values["mail_hostname"])
    if groups is not None:
        wrong = any(path.startswith("mail_backup_targets") for path in doubtful(problems))
        problems += check_hosts(groups, [] if wrong else values["mail_backup_targets"])
    return Policy(values, settings, regulation), problems + _check_parameters(variables)


def _check_parameters(variables: Mapping[str, object]) -> list[Problem]:
    reader = Reader(FILE)
    for role in FORMS:
        given = variables.get(f"{role}_parameters")
        if given is not None:
            parse_parameters(role, given, reader.say)
    return reader.problems
