# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A new site from one of the five decisions: its rules are taken over, what is the sample's own is blank."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ..naming.names import fold
from ..parsing.problems import Problem
from ..policy.fields import nearest
from ..policy.hosts import FILE as HOSTS
from ..policy.regulation import FILE as REGULATION
from ..policy.samples import BLANK, DOMAIN_BLANK, Sample
from ..policy.schema import SAMPLES
from ..policy.settings import FILE as SETTINGS
from ..register.rows import FILE as REGISTER
from ..register.rows import dump_register
from ..roster.roster import PEOPLE
from ..roster.units import FILE as UNITS

NAME = re.compile(r"[a-z][a-z0-9_-]{0,62}")
ARTICLE = re.compile(rf"\b(?:{'|'.join(SAMPLES.values())})-\d")
# The lines of mail.yml that are the site's own whatever its decision says, as they begin.
SETTINGS_BLANKS = {
    "mail_domains": f"[{DOMAIN_BLANK}]",
    "mail_hostname": f"mail.{DOMAIN_BLANK}",
    "mail_organization": BLANK,
    "mail_postmaster": BLANK,
    "mail_support": f'{{address: {BLANK}@{DOMAIN_BLANK}, phone: "{BLANK}"}}',
}
SAID_OF = {
    "mail_postmaster": "the unit that runs the system, by its path in roster/units.yml",
    "mail_support": "notices to people come from here, and name it with the telephone for questions",
}
UNITS_TEXT = """---
# A unit is named by its path, own code first: cntt.stttt. Code, name and kind are always needed
# (kind: agency, department, locality, role). An example: {collection}inventories/{sample}/roster/units.yml
units: []
#  - code: stttt
#    name: Sở Thông tin và Truyền thông
#    kind: agency
#    head: TT-0001   # person_id in roster/people/stttt.csv
#
#  - code: cntt
#    name: Phòng Công nghệ thông tin
#    kind: department
#    parent: stttt
"""
NEXT = {
    "vi": """\
Đã lập {folder} theo {sample}. Mỗi playbook chạy bằng: {run}
 1. Điền mọi chỗ {blank}: {hosts} (máy chủ), {settings} (tên miền, tên cơ quan, hỗ trợ, khóa),
    {regulation} (số quyết định của mình; sửa từng quy tắc và điều dẫn cho đúng quyết định).
 2. Ghi cơ quan, đơn vị vào {units}, cán bộ vào {people}/<đơn vị>.csv, hoặc nhập danh sách có sẵn bằng
    import -e source=DANHSACH.xlsx. Chưa có đơn vị, cán bộ nào thì site vẫn hợp lệ.
 3. validate chỉ ra từng chỗ trống và giá trị của mẫu còn sót, kèm tệp và dòng.
 4. register cấp địa chỉ; xem rồi commit register.csv.
 5. site cài đặt máy chủ, mailboxes lập hộp thư.""",
    "en": """\
{folder} was made from {sample}. Every playbook runs as: {run}
 1. Fill in every {blank}: {hosts} (hosts), {settings} (domain, names, support, keys),
    {regulation} (the number of your decision; bring each rule and its article in line with it).
 2. Write your agencies and departments into {units}, people into {people}/<unit>.csv, or import a list:
    import -e source=LIST.xlsx. A site without units and people is valid, too.
 3. validate names each blank, and each value of the sample that is left, with file and line.
 4. register issues the addresses; look at register.csv and commit it.
 5. site provisions the hosts, mailboxes creates the accounts.""",
}


def check_wish(name: str, sample: str, folder: Path) -> list[Problem]:
    """Return what keeps a site of this name, in this folder, from being made from this sample."""
    problems = []
    if not NAME.fullmatch(name):
        like = re.sub(r"[^a-z0-9]+", "_", fold(name)).strip("_0123456789") or "binhthuan"
        problems.append(Problem("name", 0, "", "site_name", name, like))
    elif folder.exists() or folder.is_symlink():
        problems.append(Problem("name", 0, "", "site_exists", str(folder)))
    if sample not in SAMPLES:
        like = nearest(re.sub(r"[^a-z0-9]+", "", fold(sample)), SAMPLES)
        known = ", ".join(SAMPLES)
        unknown = Problem("from", 0, "", "sample_unknown", sample, known)
        problems.append(
            Problem("from", 0, "", "sample_misspelt", sample, parts=(like, known)) if like else unknown
        )
    return problems


def new_files(texts: Mapping[str, str], sample: Sample, collection: str = "") -> dict[str, str]:
    """Return the files of a new site, by path, from the sample's ``texts`` of the three that it is made from.

    ``collection`` is where the sample lies for the new site's reader, with a slash behind it, or nothing.
    """
    return {
        HOSTS: _without_domains(texts[HOSTS], sample),
        SETTINGS: _settings(texts[SETTINGS], sample),
        REGULATION: _regulation(texts[REGULATION], sample),
        UNITS: UNITS_TEXT.format(sample=sample.name, collection=collection),
        f"{PEOPLE}/.gitkeep": "",  # Git keeps no empty folder
        REGISTER: dump_register([]),
    }


def write_site(folder: Path, files: Mapping[str, str]) -> None:
    """Write all files of a new site, or none."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        draft.chmod(0o755)
        for name, text in files.items():
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            (draft / name).write_text(text, encoding="utf-8")
        draft.rename(folder)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def next_steps(folder: str, sample: str, run: str, language: str) -> str:
    """Say what to do with a new site; ``run`` is how a playbook is run."""
    return NEXT[language].format(
        folder=folder,
        sample=sample,
        blank=BLANK,
        hosts=HOSTS,
        settings=SETTINGS,
        regulation=REGULATION,
        units=UNITS,
        people=PEOPLE,
        run=run,
    )


def _without_domains(text: str, sample: Sample) -> str:
    for domain in sample.domains:  # the longest first: it holds the shorter ones
        text = text.replace(domain, DOMAIN_BLANK)
    return text


def _settings(text: str, sample: Sample) -> str:
    """Blank what is the site's own; a comment that gives the sample's reasons for it goes, too."""
    made: list[str] = []
    for line in _without_domains(text, sample).splitlines():
        key, _, value = line.partition(":")
        if key == "mail_domain" or key in SETTINGS_BLANKS:
            while made and made[-1].startswith("#"):
                made.pop()
            value = SETTINGS_BLANKS.get(key, value.partition("#")[0].strip())
            comment = f"   # {SAID_OF[key]}" if key in SAID_OF else ""
            made.append(f"{key}: {value}{comment}")
        elif line.startswith("#") and (ARTICLE.search(line) or "No decision" in line):
            made.append("# The figures are the project's.")
        elif line.startswith("#"):
            made.append(re.sub(r"(- name: ).*", rf"\g<1>{BLANK}", line))
        elif line != "---":
            made.append(line)
    head = [
        "---",
        f"# What is left of this sample, and every {BLANK}, is refused by validate.yml and by all that acts.",
        f"mail_sample: {sample.name}",
    ]
    return "\n".join([*head, *made]) + "\n"


def _regulation(text: str, sample: Sample) -> str:
    """Blank the decision's number; the rules, with the articles that they follow there, are taken over."""
    made = []
    for line in text.splitlines():
        value, mark, comment = line.partition("#")
        value = _without_domains(value, sample)
        if value.strip().startswith("decision:"):
            value, mark, comment = f"  decision: {BLANK}", "", ""
        made.append(value + mark + comment)
    head = [
        "---",
        f"# The rules are those of {sample.name}, {sample.values['regulation.decision']}.",
        "# Bring each key in line with your own decision, and name its article behind it, or say that it is",
        "# a choice; validate.yml lists the comments that still cite the sample.",
    ]
    kept = [line for line in made if line != "---"]
    first = next(row for row, line in enumerate(kept) if line.startswith("regulation:"))
    return "\n".join([*head, *kept[first:]]) + "\n"
