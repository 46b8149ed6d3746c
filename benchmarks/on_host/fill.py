#!/usr/bin/python3
"""Fills mailboxes with an office's mail, through Dovecot: a Maildir for each, which `doveadm import` reads.

Reads `{"addresses": [...], "each": messages, "seed": number}` from standard input; prints the messages and
their bytes. The same seed gives the same letters. Most are some KB of Vietnamese text, a third has HTML as
well, and one in forty is a circular: a document of 100 KB to 2 MB that five people got on average. Their
copies differ in what Dovecot's LMTP puts before each, as real ones do.
"""

import base64
import json
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from email.header import Header
from email.utils import formatdate
from functools import partial
from pathlib import Path
from random import Random
from zlib import crc32

CIRCULARS, COPIES = 1 / 40, 5
DOCUMENT = (100_000, 2_000_000)  # bytes before base64
HTML = 0.35
SEEN = 0.8
FOLDERS = {"": 0.7, ".Sent": 0.2, ".Archive": 0.1}
SCRATCH = Path("/run/fill")
THE_1ST = 1_767_200_400  # 1 January 2026 in Vietnam
YEAR = 365 * 86400
WHO = ("Nguyễn Thị Hồng Thúy", "Trần Quốc Đạt", "Ksor H'Blem", "Lê Hoàng Anh", "Đặng Văn Bình", "Siu Nay")
SUBJECTS = (
    "V/v báo cáo tình hình thực hiện nhiệm vụ tháng {}",
    "Giấy mời họp giao ban tuần {}",
    "Góp ý dự thảo quyết định số {}/QĐ-UBND",
    "Re: Lịch tiếp công dân kỳ {}",
    "Thông báo kết luận số {}/TB-VP",
    "Đề nghị cung cấp số liệu đợt {}",
)
BEGINNINGS = (
    "Thực hiện ý kiến chỉ đạo của Chủ tịch Ủy ban nhân dân tỉnh",
    "Căn cứ kế hoạch công tác năm 2026",
    "Để kịp thời tổng hợp, báo cáo theo quy định",
    "Theo đề nghị của Sở Tài chính tại công văn số {}/STC-NS",
    "Trên cơ sở ý kiến của các phòng chuyên môn",
    "Sau khi rà soát {} hồ sơ đã tiếp nhận",
)
MIDDLES = (
    "đề nghị các cơ quan, đơn vị rà soát, gửi số liệu trước ngày {} hàng tháng",
    "kính mời đồng chí tham dự cuộc họp tại phòng họp số {}",
    "Văn phòng xin gửi dự thảo lần {} để nghiên cứu, góp ý",
    "đơn vị đã hoàn thành {} phần trăm khối lượng công việc được giao",
    "ủy ban nhân dân các xã chịu trách nhiệm về {} nội dung nêu trên",
)
ENDS = (
    "và phản hồi qua hộp thư điện tử công vụ.",
    "; quá thời hạn trên xem như thống nhất.",
    ", tránh chồng chéo, bỏ sót nhiệm vụ.",
    "theo đúng thẩm quyền và quy định của pháp luật.",
)
STYLE = (
    "<style>p.MsoNormal,li.MsoNormal{margin:0cm;font-size:13.0pt;font-family:'Times New Roman',serif}</style>"
)
PARAGRAPH = (
    '<p class="MsoNormal" style="text-align:justify;text-indent:1.0cm"><span lang="VI">{}</span></p>\n'
)


def letter(key: str, *, circular: bool) -> bytes:
    """Return a letter without what the way to one recipient adds; the same key gives the same bytes."""
    random = Random(key)  # noqa: S311  no secret
    number = random.randrange(1, 5000)
    who = random.choice(WHO)
    paragraphs = [_paragraph(random) for _ in range(1 + int(random.lognormvariate(1.8, 0.8)))]
    parts = [_text("plain", "\n\n".join(["Kính gửi các đồng chí,", *paragraphs, f"Trân trọng.\n{who}"]))]
    if random.random() < HTML:
        body = STYLE + "".join(PARAGRAPH.format(text) for text in paragraphs)
        parts = [_multipart("alternative", key, [*parts, _text("html", body)])]
    if circular:
        smallest, largest = map(math.log, DOCUMENT)
        document = random.randbytes(int(math.exp(random.uniform(smallest, largest))))
        parts = [_multipart("mixed", key, [*parts, _document(f"{number}_CV-UBND.pdf", document)])]
    head = (
        f"From: {Header(who, 'utf-8').encode()} <vanphong@gialai.gov.vn>\n"
        f"Subject: {Header(random.choice(SUBJECTS).format(number), 'utf-8').encode()}\n"
        f"Date: {formatdate(THE_1ST + random.randrange(YEAR))}\n"
        f"Message-ID: <{key}@gialai.gov.vn>\nMIME-Version: 1.0\n"
    )
    return head.encode() + parts[0]


def delivered(message: bytes, address: str, number: int) -> bytes:
    """Return a message as it lies in the mailbox of one of its recipients."""
    return (
        f"Return-Path: <vanphong@gialai.gov.vn>\nDelivered-To: {address}\n"
        f"Received: from mail.gialai.gov.vn by mail.gialai.gov.vn with LMTP id {number:024x}\n"
        f"\tfor <{address}>; {formatdate(THE_1ST + number % YEAR)}\n"
    ).encode() + message


def letters(address: str, each: int, seed: int, pool: int) -> Iterator[bytes]:
    """Yield the messages of one mailbox; `pool` is the number of circulars that all draw from."""
    random = Random(f"{seed}/{address}")  # noqa: S311  no secret
    for number in range(each):
        circular = random.random() < CIRCULARS
        key = f"c{random.randrange(pool)}" if circular else f"{number}.{address.replace('@', '.')}"
        yield delivered(letter(f"{seed}.{key}", circular=circular), address, random.getrandbits(40))


def fill(address: str, each: int, seed: int, pool: int) -> int:
    """Fill one mailbox; return the bytes."""
    random = Random(address)  # noqa: S311  no secret
    place = SCRATCH / address
    total = 0
    for folder in FOLDERS:
        for name in ("cur", "new", "tmp"):
            (place / folder / name).mkdir(parents=True)
    for number, message in enumerate(letters(address, each, seed, pool)):
        (folder,) = random.choices([*FOLDERS], [*FOLDERS.values()])
        flags = "S" if random.random() < SEEN else ""
        # Dovecot takes the name for the GUID of the message.
        (place / folder / f"cur/{THE_1ST}.{seed}-{number}.fill:2,{flags}").write_bytes(message)
        total += len(message)
    subprocess.run(["/usr/bin/chown", "-R", "vmail:", place], check=True)
    # Indexes for full-text search are in no backup; the disk is waited for once, at the end of all.
    options = ["-o", "fts_autoindex=no", "-o", "mail_fsync=never"]
    command = ["doveadm", *options, "import", "-u", address, f"maildir:{place}", "", "ALL"]
    subprocess.run(command, check=True)
    shutil.rmtree(place)
    return total


def _paragraph(random: Random) -> str:
    parts = (BEGINNINGS, MIDDLES, ENDS) * random.randint(1, 4)
    return " ".join(random.choice(part).format(random.randrange(1, 400)) for part in parts)


def _text(kind: str, text: str) -> bytes:
    """Return a part as most programs write it: plain text as it is, HTML in base64."""
    head = f"Content-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: "
    if kind == "plain":
        return f"{head}8bit\n\n{text}\n".encode()
    return f"{head}base64\n\n".encode() + base64.encodebytes(text.encode())


def _document(name: str, content: bytes) -> bytes:
    head = (
        f'Content-Type: application/pdf; name="{name}"\nContent-Transfer-Encoding: base64\n'
        f'Content-Disposition: attachment; filename="{name}"\n\n'
    )
    return head.encode() + base64.encodebytes(content)


def _multipart(kind: str, key: str, parts: list[bytes]) -> bytes:
    edge = f"{kind}-{crc32(key.encode()):08x}"
    between = f"--{edge}\n".encode()
    head = f'Content-Type: multipart/{kind}; boundary="{edge}"\n\n'.encode()
    return head + b"".join(between + part + b"\n" for part in parts) + f"--{edge}--\n".encode()


def main() -> None:
    """Fill all."""
    asked = json.load(sys.stdin)
    addresses, each, seed = asked["addresses"], asked["each"], asked["seed"]
    pool = max(1, int(len(addresses) * each * CIRCULARS / COPIES))
    shutil.rmtree(SCRATCH, ignore_errors=True)
    SCRATCH.mkdir(mode=0o755)
    with ProcessPoolExecutor((os.cpu_count() or 1) + 1) as workers:
        sizes = workers.map(partial(fill, each=each, seed=seed, pool=pool), addresses, chunksize=4)
        print(json.dumps([len(addresses) * each, sum(sizes)]))


if __name__ == "__main__":
    main()
