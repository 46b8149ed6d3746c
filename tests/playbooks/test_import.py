"""import.yml as an operator runs it: look, do it, do it again; a broken file; and an older system adopted."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from tests.support.lists import saved
from tests.support.samples import ROOT

PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
HASH = "kT7SECRETq0Zz9"
LIST = [
    ["UBND TỈNH GIA LAI"],
    ["BAN DÂN TỘC"],
    ["DANH SÁCH CÁN BỘ, CÔNG CHỨC"],
    ["STT", "Họ và tên", "Ngày sinh", "Chức vụ"],
    [1, "Y BLÝ ÊBAN", "15/06/1972", "Trưởng ban"],
    [2, "H’Či Êban", "02/09/1985", "Phó Trưởng ban"],
    [3, "NGUYỄN  VĂN TÝ", "12/10/1990", "Chuyên viên"],
    [4, "Lê Văn Dậu", "1/2/90", "Chuyên viên"],
]
MAILBOXES = f"""address,name,aliases,status,hash
tyban@gialai.gov.vn,,,,{{SSHA}}{HASH}
GL_Hyen@gialai.gov.vn,Rơ Châm Hyen,hyen_old@gialai.gov.vn,active,{{SSHA512}}{HASH}
ai@gialai.gov.vn,Đỗ Không Ai,,,{HASH}
"""


def start(playbook, site, *options):
    return subprocess.Popen(
        [PLAYBOOK, "-i", site, f"playbooks/{playbook}.yml", *options],
        cwd=ROOT, env=os.environ | {"LC_ALL": "C.UTF-8", "ANSIBLE_NOCOLOR": "1"}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def ended(process):
    """Wait, and return the exit code and everything that was printed."""
    said, _ = process.communicate(timeout=300)
    assert "Traceback" not in said
    return process.returncode, said


def contents(site):
    return {str(path.relative_to(site)): path.read_text() for path in site.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """All runs that need no other, side by side: a run is a second of Ansible's own start."""
    folder = tmp_path_factory.mktemp("import")
    source, broken, boxes = folder / "ban dân tộc.xlsx", folder / "broken.xlsx", folder / "boxes.csv"
    workbook = openpyxl.Workbook()
    for line in LIST:
        workbook.active.append(line)
    source.write_bytes(saved(workbook))
    broken.write_bytes(saved(workbook)[:2000])
    boxes.write_text(MAILBOXES)
    sites = {name: folder / name for name in ("check", "write", "broken", "adopt")}
    for site in sites.values():
        shutil.copytree(ROOT / "inventories/gialai", site)
    # A site without any address, whose support address the first register.yml issues.
    sites["first"] = folder / "first"
    shutil.copytree(ROOT / "inventories/gialai", sites["first"])
    rows = (sites["first"] / "register.csv").read_text().splitlines(keepends=True)
    (sites["first"] / "register.csv").write_text(rows[0])
    register = sites["adopt"] / "register.csv"
    kept = [line for line in register.read_text().splitlines(keepends=True) if "GL-0023" not in line]
    register.write_text("".join(kept))
    before = {name: contents(site) for name, site in sites.items()}
    report = ("-e", "report=markdown", "-e", f"report_file={folder}/report.md")
    adopting = ("-e", "adopt=csv", "-e", f"source={boxes}", "--diff", "-vvv")
    processes = {
        "check": start("import", sites["check"], "-e", f"source='{source}'", "--check", "--diff"),
        "write": start("import", sites["write"], "-e", f"source='{source}'", *report),
        "broken": start("import", sites["broken"], "-e", f"source={broken}"),
        "adopt": start("import", sites["adopt"], *adopting),
        "first adopt": start("import", sites["first"], "-e", "adopt=csv", "-e", f"source={boxes}"),
        "nothing": start("import", sites["broken"]),
    }
    results = {name: ended(process) for name, process in processes.items()}
    processes = {
        "again": start("import", sites["write"], "-e", f"source='{source}'", "--check"),
        "validate": start("validate", sites["adopt"]),
        "register": start("register", sites["write"]),
        "first validate": start("validate", sites["first"]),
        "first adopt again": start("import", sites["first"], "-e", "adopt=csv", "-e", f"source={boxes}"),
    }
    results |= {name: ended(process) for name, process in processes.items()}
    results["first register"] = ended(start("register", sites["first"]))
    after = {name: contents(site) for name, site in sites.items()}
    return results | {
        "before": before,
        "after": after,
        "report": (folder / "report.md").read_text(),
        "leaked": [
            path for path in folder.rglob("*") if path.is_file() and HASH in path.read_text("latin-1")
        ],
        "boxes": boxes,
    }


def test_check_shows_the_report_and_the_files_and_writes_nothing(runs):
    code, said = runs["check"]
    assert code == 0
    assert runs["after"]["check"] == runs["before"]["check"]
    for line in (
        "--- before: roster/people/bdt.csv",
        "+bdt-0001,Nguyễn Văn Tý,,,,1990-10-12,Chuyên viên,,,,,,,,,,",
        'ban dân tộc.xlsx[Sheet]:7:Họ và tên: đã sửa: "NGUYỄN  VĂN TÝ" → "Nguyễn Văn Tý" (dấu cách',
        'ban dân tộc.xlsx[Sheet]:8:Ngày sinh: lỗi: năm chỉ có hai chữ số: "1/2/90". Cách sửa: ghi đủ',
        'roster/people/bdt.csv:4:person_id: cảnh báo: "GL-0023" (Rơ Châm Hyen) không có trong danh sách.',
        "1 thêm mới, 1 cập nhật, 1 không đổi, 1 không nhập",
    ):
        assert f"\n{line}" in said


def test_the_list_is_imported_and_a_second_run_changes_nothing(runs):
    code, said = runs["write"]
    assert code == 0
    assert "changed=1" in said
    before, after = runs["before"]["write"], runs["after"]["write"]
    assert {name for name in after if after[name] != before.get(name)} == {
        "roster/people/bdt.csv",
        "register.csv",
    }
    lines = after["roster/people/bdt.csv"].splitlines()
    assert lines[1] == before["roster/people/bdt.csv"].splitlines()[1]
    assert lines[2].startswith("GL-0022,H'Či Êban,Êban,,H'Či,1985-09-02,Phó Trưởng ban,,active,")
    assert lines[4:] == ["bdt-0001,Nguyễn Văn Tý,,,,1990-10-12,Chuyên viên,,,,,,,,,,"]
    assert "tynv.bdt@gialai.gov.vn,bdt-0001,primary,bdt," in after["register.csv"]
    assert "| 7 | Họ và tên | NGUYỄN  VĂN TÝ | Nguyễn Văn Tý |" in runs["report"]
    code, said = runs["again"]
    assert code == 0
    assert "changed=0" in said
    assert "0 thêm mới, 0 cập nhật, 3 không đổi, 1 không nhập" in said


@pytest.mark.parametrize(
    ("name", "said"), [("broken", "broken.xlsx: lỗi: tệp hỏng: "), ("nothing", "source")]
)
def test_what_cannot_be_read_stops(name, said, runs):
    assert runs[name][0] == 2
    assert said in runs[name][1]
    assert runs["after"]["broken"] == runs["before"]["broken"]


def test_an_older_system_is_adopted(runs):
    code, said = runs["adopt"]
    assert code == 0
    before, after = (runs[when]["adopt"] for when in ("before", "after"))
    new = set(after["register.csv"].splitlines()) - set(before["register.csv"].splitlines())
    assert {line.split(",")[0]: line.split(",")[1:4] + line.split(",")[6:] for line in new} == {
        "gl_hyen@gialai.gov.vn": ["GL-0023", "primary", "bdt", "legacy"],
        "hyen_old@gialai.gov.vn": ["GL-0023", "alias", "bdt", "legacy"],
    }
    assert set(before["register.csv"].splitlines()) <= set(after["register.csv"].splitlines())
    assert 'boxes.csv:4: lỗi: không có người hay đơn vị nào khớp với "ai@gialai.gov.vn"' in said
    assert "3 hộp thư có mật khẩu băm trong tệp (không lưu vào Git), 1 SSHA, 1 SSHA512, 1 ?" in said
    code, said = runs["validate"]
    assert (code, "0 lỗi" in said) == (0, True)


def test_no_hash_is_printed_or_written(runs):
    assert HASH not in runs["adopt"][1]
    assert runs["leaked"] == [runs["boxes"]]


def test_an_older_system_is_adopted_before_the_first_register(runs):
    """Nothing waits for what only the next step would write."""
    for name in ("first adopt", "first validate", "first adopt again", "first register"):
        code, said = runs[name]
        assert code == 0, (name, said)
    before, after = runs["before"]["first"]["register.csv"], runs["after"]["first"]["register.csv"]
    assert "@" not in before
    assert "\ngl_hyen@gialai.gov.vn,GL-0023,primary," in after  # the older system's, and
    assert "\ncntt.stttt@gialai.gov.vn,cntt.stttt,primary," in after  # the support address, by rule
