"""restructure.yml as an operator runs it: look, do it, do it again; and after a run that was killed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.roster import journal

from tests.support.samples import ROOT

PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
MAPPING = """\
decision_no: 45/NQ-HĐND
decision_date: 2025-03-01
begin:
  - {code: skhcn, name: Sở Khoa học và Công nghệ, kind: agency}
units:
  - {unit: stttt, merge_into: skhcn}
"""


@pytest.fixture
def site(tmp_path):
    folder = Path(shutil.copytree(ROOT / "inventories/gialai", tmp_path / "gialai"))
    mail = folder / "group_vars/all/mail.yml"
    mail.write_text(mail.read_text().replace("mail_postmaster: cntt.stttt", "mail_postmaster: cntt.skhcn"))
    (tmp_path / "mapping.yml").write_text(MAPPING)
    return folder


def run(site, *options):
    """Run the playbook; return the exit code and everything that was printed."""
    mapping = f"mapping={site.parent}/mapping.yml"
    done = subprocess.run(
        [PLAYBOOK, "-i", site, "playbooks/restructure.yml", "-e", mapping, *options],
        cwd=ROOT, env=os.environ | {"LC_ALL": "C.UTF-8", "ANSIBLE_NOCOLOR": "1"}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stdout
    return done.returncode, done.stdout


def contents(site):
    return {str(path.relative_to(site)): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def differing(before, after):
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def test_look_then_do_then_nothing(site):
    before = contents(site)
    report = site.parent / "plan.json"
    code, said = run(site, "--check", "-e", "report=json", "-e", f"report_file={report}")
    assert (code, contents(site)) == (0, before)
    plan = json.loads(report.read_text())
    moved = {change["holder"]: change["address"] for change in plan["addresses"]["changes"]}
    assert moved["GL-0001"] == "thuyctp.skhcn@gialai.gov.vn"
    assert plan["files"] == [
        "register.csv", "roster/people/skhcn.csv", "roster/people/stttt.csv", "roster/units.yml",
    ]  # fmt: skip
    code, said = run(site)
    assert (code, "changed=1" in said) == (0, True)
    after = contents(site)
    assert {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)} == set(
        plan["files"]
    )
    code, said = run(site)
    assert (code, "changed=0" in said, contents(site)) == (0, True, after)
    assert "Đã thực hiện trước đó" in said


def test_an_error_stops_and_nothing_is_written(site):
    (site.parent / "mapping.yml").write_text(MAPPING.replace("stttt", "sxd"))
    before = contents(site)
    code, said = run(site)
    assert (code, contents(site)) == (2, before)
    assert f'{site.parent}/mapping.yml:6:unit: lỗi: không có đơn vị nào là "sxd"' in said


def test_a_killed_run_is_finished_by_the_next(site, monkeypatch):
    other = Path(shutil.copytree(site.parent, site.parent.with_name("other"))) / "gialai"
    assert run(other)[0] == 0
    wanted = contents(other)
    changed = {name: wanted.get(name) for name in differing(contents(site), wanted)}

    def killed(path, text):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(journal, "_put", killed)
        journal.replace_files(site, changed)
    (site / "register.csv").write_bytes(changed["register.csv"])  # one of the four was written
    assert run(site, "--check")[0] == 2
    code, said = run(site)
    assert (code, "changed=1" in said) == (0, True)
    left = sorted(changed.keys() - {"register.csv"})
    assert f"Đã ghi nốt các tệp của lần sắp xếp bị ngắt giữa chừng: {', '.join(left)}\n" in said
    assert "Đã thực hiện trước đó" not in said
    assert contents(site) == contents(other)


def test_a_mapping_that_is_not_there_is_told_as_one(site):
    (site.parent / "mapping.yml").unlink()
    code, said = run(site)
    assert (code, "không có tệp sắp xếp này" in said, "mail_site_dir" in said) == (2, True, False)
