"""The two playbooks that need no host, run as a user runs them, on copies of the shipped inventory."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.clock import today

from tests.support.repository import edit
from tests.support.samples import HEADER, ROOT, complete

PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
FAULTS = {
    "roster/people/stttt.csv": (
        f"{HEADER}\n"
        "GL-0001,Cao Thị Phương Thuý\n"
        "GL-0001,Lý Nam\n"
        "GL-0002,Lê Nam,,,,31/02/1980\n"
        "GL-0003,Nguyễn Văn Đức (A)\n"
        f"GL-0004,Lê Bảo{',' * 16}thừa\n"
        'GL-0005,"Lê Tư\n'
        "GL-0006,Lê\x00Ba\n"
        "GL-0008,Lê Năm,,,,,,,nghỉ hẳn\n"
    ).encode(),
    "roster/people/dakpo.csv": HEADER.replace("full_name,", "").encode() + b"\nGL-0007,,\n",
    "roster/people/dakdoa.csv": f"{HEADER}\nGL-0009,".encode() + "Lê Sáu".encode("cp1258") + b"\n",
    "roster/people/nowhere.csv": f"{HEADER}\nGL-0010,Lê Bảy\n".encode(),
}
# File, row and column of each, with what the fix must speak of.
LOCATED = {
    "roster/people/stttt.csv:3:person_id": "second_post",
    "roster/people/stttt.csv:4:birth_date": "31/12/1979",
    "roster/people/stttt.csv:5:full_name": "ngoặc",
    "roster/people/stttt.csv:6:18": "ngoặc kép",
    "roster/people/stttt.csv:7:full_name": 'đóng dấu "',
    "roster/people/stttt.csv:8:full_name": "gõ lại",
    "roster/people/stttt.csv:9:status": "active, leave, left",
    "roster/people/dakpo.csv:1:full_name": "họ và tên",
    "roster/people/dakdoa.csv:2:full_name": "CSV UTF-8",
    "roster/people/nowhere.csv": "dakdoa, dakpo, stttt",
}
COMMITTED = (ROOT / "inventories/gialai/register.csv").read_text()
EXPIRED = re.compile(r"(?m)(?<=^hyenrc\.stttt@gialai\.gov\.vn,GL-0023,)(.*)$")
MISSING = ("thuyctp", "ubnddakpo")


def stale():
    """The committed register without two of its rows."""
    return "".join(line for line in COMMITTED.splitlines(keepends=True) if not line.startswith(MISSING))


def start(name, inventory, *options):
    """Start a playbook as a user would."""
    return subprocess.Popen(
        [PLAYBOOK, "-i", inventory, f"playbooks/{name}.yml", *options],
        cwd=ROOT, env=os.environ | {"LC_ALL": "C.UTF-8", "ANSIBLE_NOCOLOR": "1"}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def ended(process):
    """Wait, and return the exit code and everything that was printed."""
    said, _ = process.communicate(timeout=300)
    return process.returncode, said


def copied(folder):
    return complete(Path(shutil.copytree(ROOT / "inventories/gialai", folder / "anywhere")))


def contents(site):
    return {path: path.read_bytes() for path in sorted(site.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """All runs side by side, each on its own copy: a run is a second of Ansible's own start."""
    broken, lacking, warned, reports = (tmp_path_factory.mktemp(name) for name in ("b", "l", "w", "reports"))
    broken, lacking, warned = copied(broken), copied(lacking), copied(warned)
    for name, data in FAULTS.items():
        (broken / name).write_bytes(data)
    (lacking / "hosts.yml").write_text("all: {children: {mx: {hosts: {mx1.gialai.gov.vn: }}}}\n")
    mail = lacking / "group_vars/all/mail.yml"
    mail.write_text(re.sub(r"(?m)^(mail_hostname|mail_quota_mib):.*\n", "", mail.read_text()))
    units = warned / "roster/units.yml"
    units.write_text(units.read_text().replace("    it_officer: GL-0003\n", ""))
    checked, written = (copied(tmp_path_factory.mktemp(name)) for name in ("check", "write"))
    for site in (checked, written):
        (site / "register.csv").write_text(stale())
    moved = copied(tmp_path_factory.mktemp("move"))
    (row,) = edit(moved, "stttt", removed=("GL-0005",))
    edit(moved, "dakpo", row | {"department": "", "decision_no": "12/QĐ-SNV", "decision_date": "2026-03-02"})
    before = contents(broken)
    markdown = ("-e", "report=markdown", "-e", f"report_file={reports}/report.md", "-e", "mail_language=en")
    processes = {
        "validate": start("validate", broken),
        "register": start("register", broken),
        "markdown": start("validate", broken, *markdown),
        "lacking": start("validate", lacking / "hosts.yml"),
        "warned": start("validate", warned),
        "check": start("register", checked / "hosts.yml", "--check"),
        "write": start("register", written, "--diff", "-e", "retire_expired=true"),
        "mailboxes": start("mailboxes", moved),
        "moved": start("register", moved, "--check", "-e", f"report_file={reports}/changes.txt"),
    }
    results = {name: ended(process) for name, process in processes.items()}
    return results | {
        "changed": contents(broken) != before,
        "report": (reports / "report.md").read_text(),
        "whole report": (reports / "report.md.txt").read_text(),
        "changes": (reports / "changes.txt").read_text(),
        "kept by check": (moved / "register.csv").read_text() == COMMITTED,
        "written by check": (checked / "register.csv").read_text(),
        "written": (written / "register.csv").read_text(),
    }


def test_mailboxes_refuses_a_stale_register_before_it_asks_any_host(runs):
    code, said = runs["mailboxes"]
    assert code == 2
    assert "register.yml" in said and "baolq.dakpo@gialai.gov.vn" in said
    assert "unreachable=0" in said and "UNREACHABLE" not in said


@pytest.mark.parametrize("name", ["validate", "register"])
def test_every_fault_at_once_and_nothing_changed(name, runs):
    code, said = runs[name]
    assert code == 2
    lines = said.splitlines()
    for place, fix in LOCATED.items():
        (line,) = [line for line in lines if line.startswith(f"{place}: ")]
        assert fix in line.partition("Cách sửa: ")[2]
    located = [line for line in lines if re.match(r"(roster|register|group_vars|hosts)\S*: ", line)]
    without_effect = [line for line in located if "chưa có tác dụng" in line]
    assert len(without_effect) == (name == "validate")
    assert len(located) == len(LOCATED) + len(without_effect)
    assert f"{len(LOCATED)} lỗi, {len(without_effect)} cảnh báo" in said
    assert "Traceback" not in said
    assert not runs["changed"]


def test_a_report_for_the_merge_request(runs):
    code, said = runs["markdown"]
    assert code == 2
    assert runs["report"].startswith(f"**{len(LOCATED)} errors, 1 warnings**")
    assert runs["report"] in said
    assert f"{len(LOCATED)} errors, 1 warnings\n" in runs["whole report"]
    for place in LOCATED:
        assert f"{place}: error: " in runs["whole report"]


def test_what_the_inventory_lacks(runs):
    code, said = runs["lacking"]
    assert code == 2
    for place in ("hosts.yml:directory", "hosts.yml:store"):
        assert f"\n{place}: lỗi: " in said
    for name in ("mail_hostname", "mail_quota_mib"):
        assert f"\ngroup_vars/all/mail.yml:{name}: lỗi: " in said


def test_a_warning_does_not_fail(runs):
    code, said = runs["warned"]
    assert code == 0
    assert "\nroster/units.yml:4:it_officer: cảnh báo: " in said
    assert re.search(r"(?m)^roster/units.yml:\d+:delegates: cảnh báo: .*\bsyt\b", said)
    assert ":it_officer: cảnh báo: trung tâm " in said  # its head alone is left
    assert "0 lỗi, 3 cảnh báo" in said


def test_check_shows_the_missing_rows_fails_and_writes_nothing(runs):
    code, said = runs["check"]
    assert code == 2
    missing = [line for line in dated(COMMITTED).splitlines() if line.startswith(MISSING)]
    assert [line for line in said.splitlines() if line.startswith("+ ")] == [f"+ {line}" for line in missing]
    assert runs["written by check"] == stale()


def test_check_lists_what_a_mover_changes_as_rows_and_in_one_line(runs):
    code, said = runs["moved"]
    assert code == 2
    assert [line for line in said.splitlines() if line.startswith(("+ ", "- "))] == [
        "+ baolq.dakpo@gialai.gov.vn,GL-0005,primary,dakpo,2026-03-02,,",
        "- baolq.stttt@gialai.gov.vn,GL-0005,primary,stttt,2011-03-14,,",
        "+ baolq.stttt@gialai.gov.vn,GL-0005,alias,stttt,2011-03-14,2027-03-02,moved 12/QĐ-SNV",
    ]
    assert runs["changes"] == (
        "đổi địa chỉ: baolq.stttt@gialai.gov.vn -> baolq.dakpo@gialai.gov.vn"
        " (địa chỉ cũ là bí danh đến 2027-03-02; moved 12/QĐ-SNV): Lê Quốc Bảo (GL-0005), dakpo\n"
        "Địa chỉ: 1 đổi địa chỉ\n"
    )
    assert runs["changes"] in said
    assert "register.csv is stale, 3 lines differ" in said
    assert runs["kept by check"]


def test_register_writes_the_missing_rows_and_shows_the_diff(runs):
    code, said = runs["write"]
    assert code == 0
    assert "\n+thuyctp.stttt@gialai.gov.vn,GL-0001,primary,stttt,2011-03-14,,\n" in said
    assert "changed=1" in said
    kept, retired = EXPIRED.split(dated(COMMITTED)), EXPIRED.split(runs["written"])
    assert kept[::2] == retired[::2]
    assert kept[1].startswith("alias,")


def test_expired_aliases_are_retired_when_that_is_asked_for(runs):
    _, said = runs["write"]
    assert "\nthu hồi: hyenrc.stttt@gialai.gov.vn (alias, expired" in said
    assert EXPIRED.search(runs["written"])[1].startswith("tombstone,")
    assert "expired" not in runs["check"][1]


def dated(text):
    """A unit's row written now has the day of writing."""
    return re.sub(r"(?m)^(ubnddakpo.*,)\d{4}-\d\d-\d\d,,$", rf"\g<1>{today()},,", text)
