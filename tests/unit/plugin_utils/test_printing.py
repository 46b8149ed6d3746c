"""Sheets on paper: what they say, and that nobody else gets at them."""

from __future__ import annotations

import base64
import re
import stat
import subprocess
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pyrage
import pytest
from ansible_collections.congvu.mail.plugins.module_utils.first_passwords.sheets import Bundle, Sheet, Waiting
from ansible_collections.congvu.mail.plugins.plugin_utils import printing
from ansible_collections.congvu.mail.plugins.plugin_utils.printing import Letterhead, PrintingError

from tests.support.samples import gialai, parsed

PASSWORD = "hT7k-9mxb-Rq4v-n3fJ"
ISSUED, UNTIL = date(2026, 11, 20), date(2026, 12, 20)
THUY = Waiting(
    "uid=1", "Cao Thị Phương Thuý", "Thuý", "Giám đốc", "thuyctp.stttt@gialai.gov.vn", [], "stttt", "x"
)
UNIT = replace(THUY, name="Sở Thông tin và Truyền thông", given="", title="", address="stttt@gialai.gov.vn")
HEAD = Letterhead(
    "Ủy ban nhân dân tỉnh Gia Lai",
    "mail.gialai.gov.vn",
    parsed(gialai()),
    "hotro@gialai.gov.vn",
    "0269 3824 404",
    "",
)


class Text(HTMLParser):
    """The words of a page, section by section, without its style; and every tag."""

    def __init__(self, html):
        super().__init__()
        self.sections, self.tags, self.style = [""], [], False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.style = tag == "style"
        if tag == "section":
            self.sections.append("")

    def handle_endtag(self, tag):
        self.style = False

    def handle_data(self, data):
        if not self.style:
            self.sections[-1] = " ".join((self.sections[-1] + " " + data).split())


def page(*accounts, head=HEAD):
    sheets = [Sheet(account, PASSWORD, ISSUED, UNTIL) for account in accounts or [THUY]]
    bundle = Bundle("stttt", ["Sở Thông tin và Truyền thông"], sheets)
    return printing.rendered([bundle], head, date(2026, 11, 22))["stttt.html"]


def test_a_sheet_says_all_that_its_owner_needs():
    _, signing, sheet = Text(page()).sections
    for words in (
        "Cao Thị Phương Thuý", "Giám đốc", "Sở Thông tin và Truyền thông", "thuyctp.stttt@gialai.gov.vn",
        PASSWORD, "Ngày cấp: 20/11/2026", "Có giá trị đến hết ngày: 20/12/2026", "03/2011/QĐ-UBND",
        "Đổi mật khẩu ngay khi đăng nhập lần đầu", "mail.gialai.gov.vn 993 SSL/TLS", "465 (hoặc 587)",
        "ít nhất 8 ký tự", "5 mật khẩu đã dùng", "Mất phiếu", "0269 3824 404, hotro@gialai.gov.vn",
    ):  # fmt: skip
        assert words in sheet
    assert "Cao Thị Phương Thuý Giám đốc thuyctp.stttt @gialai.gov.vn" in signing
    assert PASSWORD not in signing


def test_the_sheets_of_a_unit_are_pages_of_one_file_after_the_list_for_signing():
    _, signing, *sheets = Text(page(UNIT, THUY)).sections
    assert len(sheets) == 2
    assert "2 phiếu" in signing
    assert "Hộp thư: Hộp thư của đơn vị" in sheets[0]
    assert "Phiếu số 2/2" in sheets[1]
    assert re.search(r"section \+ section \{ break-before: page; \}", page())


def test_it_asks_for_nothing_from_the_network():
    html = page()
    for tag, attributes in Text(html).tags:
        assert tag not in ("link", "script", "img", "iframe")
        assert not {"src", "href", "onload"} & attributes.keys()
    assert "url(" not in html
    assert "@import" not in html


def test_a_name_is_text_and_nothing_else():
    html = page(replace(THUY, name='<script>alert("1")</script>', title="A & B"))
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "A &amp; B" in html


def test_what_a_site_lacks_is_left_out():
    bare = page(replace(THUY, title=""), head=replace(HEAD, address="", phone=""))
    sheet = Text(bare).sections[2]
    assert sheet.endswith("Hỗ trợ: Ủy ban nhân dân tỉnh Gia Lai")
    assert "Chức vụ" not in sheet
    assert "trình duyệt" not in sheet


def test_the_page_is_a_name_to_type_and_no_link():
    sheet = Text(page(head=replace(HEAD, account_host="web1.gialai.gov.vn"))).sections[2]
    assert "gõ vào ô địa chỉ web1.gialai.gov.vn , trước hết ngày 20/12/2026" in sheet
    assert "http" not in sheet


def test_the_terms_are_those_of_the_regulation():
    raw = gialai()
    raw["password"] = {"min_length": 12, "history": 0, "max_age_days": 180, "max_failures": 7}
    sheet = Text(page(head=replace(HEAD, regulation=parsed(raw)))).sections[2]
    assert "ít nhất 12 ký tự" in sheet
    assert "180 ngày" in sheet
    assert "Gõ sai 7 lần" in sheet
    assert "đã dùng gần nhất" not in sheet


def test_only_its_owner_reads_them(tmp_path):
    folder = tmp_path / "a" / "sheets"
    printing.write(folder, {"stttt.html": "x"})
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "stttt.html").stat().st_mode) == 0o600


def test_a_folder_that_is_open_or_has_files_is_refused(tmp_path):
    folder = tmp_path / "sheets"
    printing.check_output(folder)
    folder.mkdir(mode=0o750)
    with pytest.raises(PrintingError, match="chmod 700"):
        printing.check_output(folder)
    folder.chmod(0o700)
    printing.check_output(folder)
    (folder / "old.html").touch()
    with pytest.raises(PrintingError, match="has files"):
        printing.check_output(folder)
    with pytest.raises(PrintingError, match="no folder"):
        printing.check_output(folder / "old.html")


@pytest.fixture
def repository(tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    return tmp_path


@pytest.mark.parametrize("place", [".", "sheets", "a/b/sheets", "a/../sheets"])
def test_a_folder_that_git_would_take_up_is_refused(repository, place):
    with pytest.raises(PrintingError, match="Git work tree"):
        printing.check_git(repository / place, ["a.html", "b.html"])


def test_a_folder_that_git_ignores_is_not(repository):
    (repository / ".gitignore").write_text("/sheets/\n/some/a.html\n")
    printing.check_git(repository / "sheets", ["a.html", "b.html"])
    printing.check_git(repository / "sheets" / "deeper", ["a.html"])
    with pytest.raises(PrintingError, match="Git work tree"):
        printing.check_git(repository / "some", ["a.html", "b.html"])


def test_a_link_into_a_work_tree_is_refused(repository, tmp_path_factory):
    (repository / "sheets").mkdir()
    link = tmp_path_factory.mktemp("elsewhere") / "link"
    link.symlink_to(repository / "sheets")
    with pytest.raises(PrintingError, match="Git work tree"):
        printing.check_git(link, ["a.html"])


def test_outside_of_git_there_is_nothing_to_ask(tmp_path):
    printing.check_git(tmp_path / "sheets", ["a.html"])


@pytest.fixture
def operator():
    return pyrage.x25519.Identity.generate()


def test_a_key_as_age_keygen_writes_it_opens_what_is_sealed_to_it(tmp_path, operator):
    file = tmp_path / "key"
    file.write_text(f"# created: 2026\n# public key: {operator.to_public()}\n{operator}\n")
    line = b'{"address": "a", "dn": "b", "password": "c", "issued": "20261120T101530.000001Z"}\n'
    stranger = pyrage.x25519.Identity.generate()
    sealed = [pyrage.encrypt(line, [one.to_public()], armored=True).decode() for one in (operator, stranger)]
    [issued] = printing.opened(sealed, printing.read_identity(file))
    assert issued.password == "c"


# What `age --passphrase` writes; made once, since it takes a second on purpose.
WITH_PASSPHRASE = """\
-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBiWGtTT3FJaDhMWXhNRHlK
bmFaMlNRIDE4Ci9Fc1dmSFZPSTlsOEJEaktTMEFrbWVCcnpkQ1ozSUErd2QwUzh2
UmtoYncKLS0tIFFVa09SZlNhaE9yUDJVQjBpYmMzZDZpNk1nSDl0ZFFLSkNVR3Fq
RXVLeFkK17IdhzNw6FUT9GfQq0yQsMKSaNJus5y+GZa5ioQ9ujGG98vA9ov9rBAY
3qrCqnm2
-----END AGE ENCRYPTED FILE-----
"""
BINARY = base64.b64decode("".join(WITH_PASSPHRASE.splitlines()[1:-1]))


@pytest.mark.parametrize("data", [WITH_PASSPHRASE.encode(), BINARY], ids=["armored", "binary"])
def test_a_key_with_a_passphrase_is_refused_in_so_many_words(tmp_path, data):
    file = tmp_path / "key"
    file.write_bytes(data)
    with pytest.raises(PrintingError, match="protected by a passphrase"):
        printing.read_identity(file)


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "no private key"), ("age1abc", "no private key"), ("AGE-SECRET-KEY-1X", "damaged")],
)
def test_what_is_no_key_is_refused_and_not_shown(tmp_path, text, said):
    file = tmp_path / "key"
    file.write_text(text)
    with pytest.raises(PrintingError, match=said) as caught:
        printing.read_identity(file)
    assert "KEY-1X" not in str(caught.value)
    with pytest.raises(PrintingError, match="No such file"):
        printing.read_identity(tmp_path / "missing")
