# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The decision as data: the schema of the variable ``regulation``.

A province copies an inventory and edits this data; no code changes. An unknown key or an impossible value is
a problem with the path of the key, because a misspelt key would silently mean the default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..parsing.problems import Problem
from ..parsing.schema import Reader
from .fields import doubtful
from .naming import Naming, naming_of
from .naming_checks import check_forms, check_naming
from .schema import OFFICER_ACTS, REGULATION
from .terms import (
    LifecycleTerms,
    PasswordTerms,
    check_lifecycle,
    check_password,
    lifecycle_terms,
    password_terms,
)

FILE = "group_vars/all/regulation.yml"
PATH = "regulation"


@dataclass(frozen=True)
class Regulation:
    """One decision: its number, how it names, what it asks of units, rows and officers, and its terms.

    ``required_columns`` are those that a present person's row must fill; ``unit_officers_may`` is what a
    unit's officer may do in the unit's own people file (GL-13.2a).
    """

    decision: str
    naming: Naming
    unit_contacts: Mapping[str, tuple[str, ...]]
    required_columns: tuple[str, ...] = ()
    unit_officers_may: tuple[str, ...] = OFFICER_ACTS
    password: PasswordTerms = field(default_factory=PasswordTerms)
    lifecycle: LifecycleTerms = field(default_factory=LifecycleTerms)


def parse_regulation(raw: object, file: str = FILE) -> tuple[Regulation | None, list[Problem]]:
    """Return the regulation, or None, and what is wrong with it."""
    values, problems = parse_values(raw, file)
    return (None if problems else regulation_of(values)), problems


def parse_values(raw: object, file: str = FILE) -> tuple[dict[str, Any], list[Problem]]:
    """Return the plain values of the regulation, defaults included, and all that is wrong with it."""
    reader = Reader(file)
    values: Any = REGULATION.parse(raw, PATH, reader.say)
    if not isinstance(values, dict):
        return {}, reader.problems
    wrong = doubtful(reader.problems)

    def sound(*keys: str) -> bool:
        return not any(place.startswith(f"{PATH}.{key}") for key in keys for place in wrong)

    if values["naming"]:
        if sound("naming.collision", "naming.middle_initials"):
            check_forms(reader, values["naming"], f"{PATH}.naming")
        check_naming(reader, values["naming"], f"{PATH}.naming", sound)
    if sound("password"):
        check_password(reader, password_terms(values["password"]))
    if sound("lifecycle"):
        check_lifecycle(reader, lifecycle_terms(values["lifecycle"]))
    return values, reader.problems


def regulation_of(values: Mapping[str, Any]) -> Regulation:
    """Return the regulation that sound values give."""
    return Regulation(
        values["decision"],
        naming_of(values["naming"]),
        {kind: tuple(contacts) for kind, contacts in values["unit_contacts"].items()},
        tuple(values["required_columns"]),
        tuple(values["unit_officers_may"]),
        password_terms(values["password"]),
        lifecycle_terms(values["lifecycle"]),
    )
