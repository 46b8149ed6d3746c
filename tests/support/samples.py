"""Sites for the tests: small rosters written to a folder, and the decisions as data."""

from __future__ import annotations

import copy
import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.congvu.mail.plugins.module_utils.policy.regulation import (
    Regulation,
    parse_regulation,
)
from ansible_collections.congvu.mail.plugins.module_utils.register.resolve import Act, Resolution
from ansible_collections.congvu.mail.plugins.module_utils.register.rows import dump_register, write_register
from ansible_collections.congvu.mail.plugins.module_utils.site.site import Site, load_site, resolve_site

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests/unit/data"
DAY = date(2026, 1, 2)
HEADER = (
    "person_id,full_name,surname,middle,given,birth_date,title,department,status,status_until,status_reason,"
    "address,decision_no,decision_date,request_no,requested_on,note"
)
AGE_KEY = f"age1{'q' * 58}"
VARIABLES = {
    "mail_domain": "gialai.gov.vn",
    "mail_domains": ["gialai.gov.vn"],
    "mail_postmaster": "stttt",
    "mail_quota_mib": {"person": 2048, "unit": 5120},
    "mail_hostname": "mail.gialai.gov.vn",
    "mail_organization": "Ủy ban nhân dân tỉnh Gia Lai",
    "mail_support": {"address": "postmaster@gialai.gov.vn", "phone": "0269 3824 404"},
    "mail_operators": [{"name": "Trương Hoàng Tiến Minh", "age": AGE_KEY}],
    "mail_archive_keys": [AGE_KEY],
    "mail_message_size_mib": 25,
}
# An inventory's groups with their hosts, as Ansible gives them.
GROUPS = {
    "all": ["mail.gialai.gov.vn", "backup1.gialai.gov.vn"],
    "backup": ["backup1.gialai.gov.vn"],
    **{group: ["mail.gialai.gov.vn"] for group in ("directory", "mx", "store", "webmail")},
}


GIALAI = yaml.safe_load((ROOT / "inventories/gialai/group_vars/all/regulation.yml").read_text())["regulation"]


def shipped_variables(name: str) -> dict[str, Any]:
    """The variables of a shipped inventory as they are before there is a host: its lab has no keys yet."""
    found: dict[str, Any] = {}
    for file in sorted((ROOT / "inventories" / name / "group_vars/all").glob("*.yml")):
        found |= yaml.safe_load(file.read_text()) or {}
    keys = {key: [] for key in ("mail_operators", "mail_archive_keys") if "{{" in str(found[key])}
    return found | keys


def complete(site: Path) -> Path:
    """Give a copy of a shipped inventory what it lacks before there are hosts: keys, a host for backups."""
    mail, hosts = site / "group_vars/all/mail.yml", site / "hosts.yml"
    text = mail.read_text()
    for name in ("mail_operators", "mail_archive_keys"):
        assert f"\n{name}: []\n" in text
        text = text.replace(
            f"\n{name}: []\n", f"\n{name}: {json.dumps(VARIABLES[name], ensure_ascii=False)}\n"
        )
    mail.write_text(text)
    hosts.write_text(hosts.read_text() + "    backup:\n      hosts:\n        backup1.gialai.gov.vn:\n")
    return site


def gialai() -> dict[str, Any]:
    """The regulation of the shipped inventory."""
    return copy.deepcopy(GIALAI)


def flat() -> dict[str, Any]:
    """Đồng Nai's way (DN-4.2c, DN-4.2d): one pool, no unit in the address, the newcomer gets a suffix."""
    raw = gialai()
    raw["naming"] |= {"style": "flat", "collision": {"scope": "domain", "forms": ["base", "suffix"]}}
    del raw["naming"]["move_alias_months"]  # DN-5.3: a mover keeps the address
    return raw


def subdomain() -> dict[str, Any]:
    """Bình Định's way (BD-4.1a): each agency has a domain of its own, and its mailbox is vp@."""
    raw = gialai()
    del raw["naming"]["locality_prefix"]
    forms = {"scope": "domain", "forms": ["base", "suffix"]}
    raw["naming"] |= {"style": "subdomain", "office": "vp", "collision": forms}
    return raw


def parsed(raw: object) -> Regulation:
    regulation, problems = parse_regulation(raw)
    assert regulation is not None, problems
    return regulation


def rows(people: Iterable[Mapping[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER.split(","), lineterminator="\n")
    writer.writeheader()
    writer.writerows(people)
    return out.getvalue()


def unit(code: str, kind: str = "agency", **keys: object) -> dict[str, object]:
    return {"code": code, "name": f"Đơn vị {code}", "kind": kind, **keys}


def write_site(
    folder: Path,
    people: Mapping[str, Iterable[Mapping[str, str]] | str | bytes],
    units: Iterable[Mapping[str, object]] | str | bytes | None = None,
) -> Path:
    """Write a roster. Without ``units``, every people file's unit is an agency."""
    (folder / "roster/people").mkdir(parents=True, exist_ok=True)
    for name, content in people.items():
        text = content if isinstance(content, (str, bytes)) else rows(content)
        data = text.encode() if isinstance(text, str) else text
        (folder / f"roster/people/{name}.csv").write_bytes(data)
    listed = [unit(name) for name in people] if units is None else units
    if not isinstance(listed, (str, bytes)):
        listed = yaml.safe_dump(
            {"units": [dict(item) for item in listed]}, allow_unicode=True, sort_keys=False
        )
    (folder / "roster/units.yml").write_bytes(listed.encode() if isinstance(listed, str) else listed)
    return folder


def load(folder: Path, regulation: object = None, **variables: object) -> Site:
    return load_site(folder, {**VARIABLES, "regulation": regulation or gialai(), **variables}, GROUPS)


def issue(
    folder: Path,
    regulation: object = None,
    save: bool = True,
    act: Act | None = None,
    today: date = DAY,
    **variables: object,
) -> tuple[dict[str, str], Resolution]:
    """Resolve a sound site, write its register, and return the primary local parts by holder."""
    site = load(folder, regulation, **variables)
    assert site.sound, site.problems
    resolution = resolve_site(site, today, act)
    if save:
        write_register(folder, dump_register(resolution.rows))
    return {row.holder: row.local_part for row in resolution.rows if row.kind == "primary"}, resolution


def left(decision_no: str = "9/QĐ", on: str = "2026-01-01") -> dict[str, str]:
    """The cells of somebody who left by a decision."""
    return {"status": "left", "decision_no": decision_no, "decision_date": on}


def person(number: int | str, full_name: str, born: str = "", **cells: str) -> dict[str, str]:
    return {"person_id": str(number), "full_name": full_name, "birth_date": born, **cells}


def places(problems: Iterable[Any]) -> set[tuple[str, str, int, str]]:
    """Code, file, row and column of each problem."""
    return {(problem.code, problem.file, problem.row, problem.column) for problem in problems}
