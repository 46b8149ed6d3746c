"""A site as a province keeps it: units, people files and the regulation of a shipped inventory."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from shutil import copytree

from ansible_collections.congvu.mail.plugins.module_utils.roster.people import COLUMNS

from benchmarks.names import name

PEOPLE_IN_A_FILE = 167  # 50,000 people are 300 agencies and communes
DEPARTMENTS = ("vp", "tc", "khtc", "ttra")  # with their agency 1,500 units then
DEPARTMENT_NAMES = ("Văn phòng", "Phòng Tổ chức cán bộ", "Phòng Kế hoạch - Tài chính", "Thanh tra")
TITLES = ("Chuyên viên",) * 12 + (
    "Chuyên viên chính", "Chuyên viên chính", "Nhân viên", "Văn thư", "Kế toán", "Phó Trưởng phòng",
    "Phó Trưởng phòng", "Trưởng phòng", "Phó Giám đốc", "Giám đốc",
)  # fmt: skip

SETTINGS = """\
mail_postmaster: {postmaster}
mail_support: {{address: "postmaster@{{{{ mail_domain }}}}", phone: "0269 3824 404"}}
"""


def write_province(inventory: Path, folder: Path, people: int, seed: int = 1) -> None:
    """Write a copy of an inventory with a roster of `people` people; the same seed gives the same bytes."""
    copytree(inventory, folder, ignore=lambda *_: {"roster", "register.csv"})
    (folder / "roster/people").mkdir(parents=True)
    random = Random(seed)  # noqa: S311  no secret
    codes = [
        f"{'xa' if number % 3 else 'so'}{number:04d}" for number in range(-(-people // PEOPLE_IN_A_FILE))
    ]
    # Of the inventory's own units none is left.
    (folder / "group_vars/all/province.yml").write_text(SETTINGS.format(postmaster=codes[0]))
    units = "".join(_units(code, number * PEOPLE_IN_A_FILE) for number, code in enumerate(codes))
    (folder / "roster/units.yml").write_text(f"units:\n{units}")
    rows = _people(random, people)
    for number, code in enumerate(codes):
        text = _file(
            random, [next(rows) for _ in range(min(PEOPLE_IN_A_FILE, people - number * PEOPLE_IN_A_FILE))]
        )
        (folder / f"roster/people/{code}.csv").write_text(_as_sent(text, number), newline="")


def _units(code: str, head: int) -> str:
    """Return an agency or a commune, led by the person of this number, with its departments."""
    kind, title = ("locality", "Ủy ban nhân dân xã") if code.startswith("xa") else ("agency", "Sở")
    own = f"  - code: {code}\n    name: {title} {code}\n    kind: {kind}\n    aliases: [{code}.cu]\n"
    own += f"    head: {_id(head)}\n    it_officer: {_id(head)}\n"
    return own + "".join(
        f"  - {{code: {below}, name: {title}, kind: department, parent: {code}}}\n"
        for below, title in zip(DEPARTMENTS, DEPARTMENT_NAMES, strict=True)
    )


def _id(number: int) -> str:
    return f"CB-{number:07d}"


def _people(random: Random, people: int) -> Iterator[dict[str, str]]:
    """Yield rows. Four in a hundred have left, are away or locked."""
    for number in range(people):
        drawn = name(random)
        began = date(2011, 3, 14) + timedelta(days=random.randrange(5400))
        row = {
            "person_id": _id(number),
            "full_name": drawn.text,
            "surname": drawn.surname,
            "middle": drawn.middle,
            "given": drawn.given,
            # From 22 to 62 years, most about 40.
            "birth_date": str(date(1964, 1, 1) + timedelta(days=int(random.triangular(0, 14600)))),
            "title": random.choice(TITLES),
            "department": random.choice(DEPARTMENTS) if random.random() < 0.8 else "",
            "status": "active",
            "decision_no": f"{random.randrange(1, 999)}/QĐ-SNV",
            "decision_date": str(began),
            "request_no": f"{random.randrange(1, 99)}/TTr",
            "requested_on": str(began - timedelta(days=9)),
        }
        fate = random.random() if number % PEOPLE_IN_A_FILE else 1  # the head is there
        if fate < 0.03:
            row["status"] = "left"
        elif fate < 0.037:
            row |= {"status": "leave", "status_until": "2026-12-31", "status_reason": "nghỉ thai sản"}
        elif fate < 0.04:
            row |= {"status": "locked", "status_reason": "tạm đình chỉ"}
        yield row


def _file(random: Random, rows: list[dict[str, str]]) -> str:
    """Return a file with one clash of a full name in it, as every few offices have."""
    if len(rows) > 2:
        one, other = random.sample(range(1, len(rows)), 2)
        rows[other] |= {part: rows[one][part] for part in ("full_name", "surname", "middle", "given")}
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS.names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _as_sent(text: str, number: int) -> str:
    """Return what some programs make of a file: BOM, semicolons and CRLF, or decomposed letters."""
    if number % 4 == 1:
        return "\ufeff" + text.replace(",", ";").replace("\n", "\r\n")
    if number % 50 == 2:
        return unicodedata.normalize("NFD", text)
    return text
