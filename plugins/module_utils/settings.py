# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The variables of ``group_vars/all/mail.yml`` that the accounts depend on, checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .messages import LANGUAGES
from .problems import Problem, brief

FILE = "group_vars/all/mail.yml"
DOMAIN = re.compile(r"(?=.{4,190}$)[a-z0-9]+(?:-+[a-z0-9]+)*(?:\.[a-z0-9]+(?:-+[a-z0-9]+)*)+")
ADDRESS = re.compile(r"[a-z0-9._-]{1,64}@[a-z0-9.-]+")
PHONE = re.compile(r"\+?[0-9][0-9 ().-]{4,28}[0-9]")
SUPPORT_KEYS = ("address", "phone")
SUPPORT = "{address: cntt.stttt@gialai.gov.vn, phone: '0269 3824 404'}"
# Each variable with an example, which is what its mend shows.
REQUIRED = {
    "mail_domain": "gialai.gov.vn",
    "mail_domains": "[gialai.gov.vn]",
    "mail_postmaster": "cntt.stttt",
    "mail_quota_mib": "{person: 2048, unit: 5120}",
}


@dataclass(frozen=True)
class Settings:
    """Where addresses are issued, what is served, who is postmaster, and how large a mailbox is (MiB).

    ``support`` is the address that notices come from and questions go to; empty where none is set yet.
    """

    domain: str
    domains: tuple[str, ...]
    postmaster: str
    quota_person_mib: int
    quota_unit_mib: int
    file: str = FILE
    support: str = ""


def parse_settings(variables: Mapping[str, object]) -> tuple[Settings | None, list[Problem]]:
    """Return the settings, or None, and what is missing or impossible."""
    missing = [name for name in REQUIRED if variables.get(name) in (None, "", [], {})]
    problems = [
        Problem(FILE, 0, name, "variable_missing", name, f"{name}: {REQUIRED[name]}") for name in missing
    ]
    language = variables.get("mail_language", "vi")
    if language not in LANGUAGES:
        problems.append(_bad("mail_language", language, ", ".join(LANGUAGES), "value_unknown"))
    if missing:
        return None, problems
    domain, domains = variables["mail_domain"], variables["mail_domains"]
    problems += _check_domains(domain, domains)
    postmaster, quota = variables["mail_postmaster"], variables["mail_quota_mib"]
    if not isinstance(postmaster, str):
        problems.append(_bad("mail_postmaster", postmaster, REQUIRED["mail_postmaster"]))
    sizes = [quota.get(kind) if isinstance(quota, Mapping) else None for kind in ("person", "unit")]
    if not all(isinstance(size, int) and not isinstance(size, bool) and size > 0 for size in sizes):
        problems.append(_bad("mail_quota_mib", quota, REQUIRED["mail_quota_mib"]))
    support, found = _support(variables.get("mail_support"))
    problems += found
    if problems or not isinstance(domains, list):
        return None, problems
    person, unit = (int(str(size)) for size in sizes)
    settings = Settings(str(domain), tuple(map(str, domains)), str(postmaster), person, unit, support=support)
    return settings, []


def _check_domains(domain: object, domains: object) -> list[Problem]:
    if not isinstance(domains, list):
        return [_bad("mail_domains", domains, REQUIRED["mail_domains"])]
    problems = [
        _bad("mail_domains" if name in domains else "mail_domain", name, "gialai.gov.vn")
        for name in [domain, *domains]
        if not isinstance(name, str) or not DOMAIN.fullmatch(name)
    ]
    if domain not in domains:
        problems.append(Problem(FILE, 0, "mail_domain", "domain_not_served", str(domain)))
    return problems


def _support(given: object) -> tuple[str, list[Problem]]:
    """Return the support address, if one is set; whether somebody holds it, the register knows (`checks`)."""
    if given is None:
        return "", []
    if not isinstance(given, Mapping):
        return "", [_bad("mail_support", given, SUPPORT)]
    problems = [
        Problem(FILE, 0, f"mail_support.{key}", "key_unknown", str(key), ", ".join(SUPPORT_KEYS))
        for key in given
        if key not in SUPPORT_KEYS
    ]
    address, phone = given.get("address"), given.get("phone")
    if not isinstance(address, str) or not ADDRESS.fullmatch(address):
        problems.append(_bad("mail_support.address", address, SUPPORT))
    if not isinstance(phone, str) or not PHONE.fullmatch(phone):
        # Written without quotes, YAML reads 0269 3824 404 as text, but 02693824404 as a number.
        problems.append(_bad("mail_support.phone", phone, SUPPORT))
    return ("", problems) if problems else (str(address), [])


def _bad(name: str, value: object, right: str, code: str = "value_bad") -> Problem:
    return Problem(FILE, 0, name, code, brief(value), right)
