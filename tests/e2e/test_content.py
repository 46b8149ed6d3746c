"""What is in a message: malware is refused, spam put aside, everything else left as it was written."""

from __future__ import annotations

import io
import secrets
import unicodedata
import zipfile
from email.message import EmailMessage

import pytest

from tests.support.imap import arrived, copies, open_mailbox
from tests.support.lab import Account, Lab
from tests.support.letters import EICAR, GTUBE, STRANGER, attach, letter, parse
from tests.support.smtp import send

SUBJECT = "Đề nghị báo cáo quý III của Sở Thông tin và Truyền thông: Đăk Đoa, Đăk Pơ, K’Bang, Chư Păh"
FILE_NAME = "Công văn số 12-SNV về việc điều động bà Cao Thị Phương Thuý (Ủy ban nhân dân tỉnh).pdf"
TEXT = (
    "Kính gửi: Uỷ ban nhân dân huyện Đăk Đoa\n\n"
    "Ước mơ, nghĩa tình, khuya khoắt, huỳnh huỵch, ỡm ờ, đậm đặc, Y Blý Êban, Rơ Mah H’Blem, Siu Ŭk.\n"
    ".Một dòng bắt đầu bằng dấu chấm\n"
    "Trân trọng.\n"
)


def zipped(content: bytes) -> bytes:
    """Pack a file into a zip archive."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("bao-cao.com", content)
    return archive.getvalue()


@pytest.mark.parametrize("packed", [False, True], ids=["bare", "zipped"])
@pytest.mark.parametrize("way", ["from outside", "to a colleague", "to the outside"])
def test_malware_is_refused(lab: Lab, officer: Account, colleague: Account, way: str, packed: bool) -> None:
    author = STRANGER if way == "from outside" else officer.address
    recipient = STRANGER if way == "to the outside" else colleague.address
    message = letter(author, recipient)
    attach(message, zipped(EICAR) if packed else EICAR, "bao-cao.zip" if packed else "bao-cao.com")
    reply = send(lab, message, by=None if way == "from outside" else officer)
    assert reply.step == "message"
    assert reply.refused
    assert copies(lab, colleague, message) == []


@pytest.mark.parametrize("way", ["from outside", "from a colleague"])
def test_what_was_scanned_bears_one_mark_and_none_of_others(
    lab: Lab, officer: Account, colleague: Account, way: str
) -> None:
    message = letter(STRANGER if way == "from outside" else officer.address, colleague.address)
    message["X-Virus-Scanned"] = "by somebody else"
    assert send(lab, message, by=None if way == "from outside" else officer).accepted
    assert parse(arrived(lab, colleague, message)).get_all("X-Virus-Scanned") == [
        f"ClamAV at {lab.hosts['mx'][0]}"
    ]


def test_spam_is_put_aside_or_refused(lab: Lab, officer: Account) -> None:
    message = letter(STRANGER, officer.address, text=f"{GTUBE}\n")
    reply = send(lab, message)
    if reply.accepted:
        with open_mailbox(lab, officer) as mailbox:
            junk = mailbox.folder_for(r"\Junk")
        arrived(lab, officer, message, junk)
    else:
        assert reply.refused
        assert copies(lab, officer, message) == []


@pytest.mark.parametrize("way", ["from outside", "from a colleague"])
def test_vietnamese_arrives_byte_for_byte(lab: Lab, officer: Account, colleague: Account, way: str) -> None:
    author = f"Cao Thị Phương Thuý <{STRANGER if way == 'from outside' else officer.address}>"
    content = secrets.token_bytes(5000)
    sent = attach(letter(author, colleague.address, SUBJECT, TEXT), content, FILE_NAME)
    envelope = STRANGER if way == "from outside" else officer.address
    assert send(lab, sent, sender=envelope, by=None if way == "from outside" else officer).accepted

    raw = arrived(lab, colleague, sent)
    got = parse(raw)
    (attached,) = got.iter_attachments()
    text = got.get_body()
    assert isinstance(text, EmailMessage)
    assert str(got["Subject"]) == SUBJECT
    assert attached.get_filename() == FILE_NAME
    assert unicodedata.is_normalized("NFC", str(got["Subject"]) + str(attached.get_filename()))
    assert text.get_content().replace("\r\n", "\n") == TEXT
    assert attached.get_content() == content
    # Not only the same letters: the same bytes, as a signature over the message would need.
    header, _, body = raw.partition(b"\r\n\r\n")
    sent_header, _, sent_body = sent.as_bytes().partition(b"\r\n\r\n")
    assert body == sent_body
    for field in ("From", "To", "Subject"):
        assert raw_field(header, field) == raw_field(sent_header, field)


def raw_field(header: bytes, name: str) -> list[bytes]:
    """Return header fields of a name as they stand, folding included."""
    unfolded = header.replace(b"\r\n ", b"\0 ").replace(b"\r\n\t", b"\0\t").split(b"\r\n")
    return [field for field in unfolded if field.lower().startswith(name.lower().encode() + b":")]
