"""A new site as its maker meets it: made, refused while anything of the sample is there, and then right."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.ansible import LONGEST
from tests.support.samples import AGE_KEY, ROOT

PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
SETTINGS = "group_vars/all/mail.yml"
FILLED = {
    "mail_organization: FILL-IN": "mail_organization: Ủy ban nhân dân tỉnh Bình Thuận",
    "mail_postmaster: FILL-IN": "mail_postmaster: cds.skhcn",
    "FILL-IN@FILL-IN-DOMAIN": "cds.skhcn@binhthuan.gov.vn",
    'phone: "FILL-IN"': 'phone: "0252 3824 404"',
    "mail_operators: []": f"mail_operators: [{{name: Lê Nam, age: {AGE_KEY}}}]",
    "mail_archive_keys: []": f"mail_archive_keys: [{AGE_KEY}]",
    "decision: FILL-IN": "decision: 12/2026/QĐ-UBND",
    "FILL-IN-DOMAIN": "binhthuan.gov.vn",
}


def run(folder, verb, *options, inventory="inventories/binhthuan"):
    """Run a playbook from a folder that is no clone."""
    done = subprocess.run(
        [PLAYBOOK, "-i", inventory, ROOT / f"playbooks/{verb}.yml", *options],
        cwd=folder,
        env=os.environ
        | {
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_CONFIG": str(ROOT / "docs/site/ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".ansible/collections"),
        },
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=LONGEST,
        check=False,
    )
    return done.returncode, done.stdout


def make(folder, name, sample):
    return run(folder, "new_site", "-e", f"name={name}", "-e", f"from={sample}", inventory="localhost,")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "inventories").mkdir()
    code, said = make(folder, "binhthuan", "dongnai")
    assert code == 0, said
    assert "ansible-playbook -i inventories/binhthuan congvu.mail." in said
    return folder


def fill_in(site):
    for file in (SETTINGS, "group_vars/all/regulation.yml", "hosts.yml"):
        text = (site / file).read_text()
        for blank, value in FILLED.items():
            text = text.replace(blank, value)
        (site / file).write_text(text)


def test_a_wrong_wish_makes_nothing(made):
    before = sorted(made.rglob("*"))
    code, said = make(made, "binhthuan", "dong_nay")
    assert code == 2
    assert re.search(r"name: lỗi: thư mục đã có: .*inventories/binhthuan", said)
    assert "from: lỗi: không có mẫu \"dong_nay\". Cách sửa: có phải dongnai?" in said  # fmt: skip
    assert sorted(made.rglob("*")) == before


def test_nothing_of_the_sample_goes_live_and_filled_in_it_is_right(made):
    site = made / "inventories/binhthuan"
    code, said = run(made, "validate")
    assert code == 2
    blanks = re.findall(r"(?m)^(\S+):(\d+):(\S+): lỗi: còn chỗ trống", said)
    assert len(blanks) == said.count(": lỗi:") == 12
    for file, row, key in blanks:
        line = (site / file).read_text().splitlines()[int(row) - 1]
        assert "FILL-IN" in line
        assert file == "hosts.yml" or key.rpartition(".")[2] in line
    # The gate of all playbooks that act on hosts, too.
    code, gate = run(made, "site")
    assert (code, gate.count("còn chỗ trống")) == (2, 12)

    fill_in(site)
    code, said = run(made, "validate")
    assert code == 0, said
    assert "roster/units.yml: cảnh báo: chưa có đơn vị nào" in said
    assert 'cảnh báo: chú thích còn dẫn điều của quyết định mẫu: "DN-' in said

    settings = site / SETTINGS
    settings.write_text(settings.read_text().replace("0252 3824 404", "0251 3824 824"))
    code, said = run(made, "validate")
    row = next(n for n, line in enumerate(settings.read_text().splitlines(), 1) if "mail_support" in line)
    assert (code, said.count(": lỗi:")) == (2, 1)
    assert f'{SETTINGS}:{row}:mail_support.phone: lỗi: "0251 3824 824" là của mẫu dongnai' in said
