# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What notices say: Vietnamese, as an office writes, in plain text and without a link. Pure.

A link is what a forged "mailbox full" mail needs (REQUIREMENTS 3), so ours have none, and each says so; the
support address and the telephone are what everybody can check.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.header import Header
from email.utils import format_datetime
from hashlib import sha256

from ..accounts.vocabulary import NoticeKind
from .model import ListedAccount, Notice

WIDTH = 76


@dataclass(frozen=True)
class Office:
    """Who writes: the body, the number of its decision, where to ask, and the domain of Message-IDs.

    ``account_host`` is where passwords are changed; empty where there is no such page.
    """

    organization: str
    decision: str
    address: str
    phone: str
    domain: str
    account_host: str = ""


# What it is about, what it rests on beside the decision, and the paragraphs. `{...}` are facts of the notice;
# those that are days are shown as DD/MM/YYYY.
TEXTS: Mapping[NoticeKind, tuple[str, str, tuple[str, ...]]] = {
    # No decision of the five; a decision's stage `notice` before `lock`.
    NoticeKind.LOCK: (
        "sẽ tạm khóa hộp thư điện tử không sử dụng: {address}",
        "",
        (
            "1. Hộp thư {address} của {name} không được sử dụng kể từ ngày {idle_since}.",
            "2. Hộp thư sẽ bị tạm khóa từ ngày {lock_on}, sau {notice_days} ngày kể từ ngày thông báo này.",
            "3. Trường hợp còn nhu cầu sử dụng, đề nghị đăng nhập hộp thư trước ngày nêu trên; khi đó hộp "
            "thư không bị khóa.",
            "4. Trường hợp chưa sử dụng vì lý do chính đáng (đi học, nghỉ ốm, nghỉ thai sản, biệt phái), đề "
            "nghị đơn vị thông báo bằng văn bản lý do và thời hạn.",
            "Trong thời gian tạm khóa, hộp thư vẫn nhận thư nhưng không đăng nhập và không gửi thư được.",
        ),
    ),
    # GL-13.3-a
    NoticeKind.RECLAIM: (
        "thu hồi hộp thư điện tử không sử dụng: {address}",
        "Căn cứ văn bản số {reference} về việc thu hồi hộp thư điện tử công vụ không sử dụng;",
        (
            "1. Hộp thư {address} của {name} không được sử dụng kể từ ngày {idle_since}.",
            "2. Hộp thư sẽ bị thu hồi từ ngày {reclaim_on}, sau {notice_days} ngày kể từ ngày thông báo này.",
            "3. Trường hợp còn nhu cầu sử dụng, đề nghị đăng nhập hộp thư trước ngày nêu trên; việc thu hồi "
            "khi đó tự động được hủy bỏ.",
            "4. Trường hợp chưa sử dụng vì lý do chính đáng (đi học, nghỉ ốm, nghỉ thai sản, biệt phái), đề "
            "nghị đơn vị thông báo bằng văn bản lý do và thời hạn.",
            "Sau khi thu hồi, hộp thư không nhận và không gửi được thư; dữ liệu được lưu trữ mã hóa đến hết "
            "thời hạn quy định rồi mới xóa.",
        ),
    ),
    # UB-9.3a
    NoticeKind.LOCKED: (
        "tạm khóa hộp thư điện tử không sử dụng: {address}",
        "",
        (
            "1. Hộp thư {address} của {name} không được sử dụng quá thời hạn quy định mà không thông báo lý "
            "do, nên đã bị tạm khóa từ ngày {day}.",
            "2. Trong thời gian tạm khóa, hộp thư vẫn nhận thư nhưng không đăng nhập và không gửi thư được.",
            "3. Để mở khóa, đề nghị đơn vị gửi công văn, hoặc dùng hộp thư điện tử của đơn vị gửi đề nghị "
            "đến {support}, nêu rõ lý do.",
            "4. Hộp thư tiếp tục không sử dụng đến hết thời hạn quy định thì bị xóa; dữ liệu được lưu trữ mã "
            "hóa trước khi xóa.",
        ),
    ),
    # UB-9.3a
    NoticeKind.UNLOCKED: (
        "mở khóa hộp thư điện tử: {address}",
        "Theo đề nghị của đơn vị ({reference});",
        (
            "1. Hộp thư {address} của {name} được mở khóa từ ngày {day}.",
            "2. Đề nghị thường xuyên đăng nhập để kiểm tra thư. Thời hạn không sử dụng được tính lại từ ngày "
            "mở khóa.",
        ),
    ),
    # UB-9.3b, GL-13.3-a
    NoticeKind.RECLAIMED: (
        "đã thu hồi hộp thư điện tử: {address}",
        "",
        (
            "1. Hộp thư {address} của {name} đã bị thu hồi từ ngày {day}.",
            "2. Thư gửi đến địa chỉ này bị từ chối, kèm theo địa chỉ hộp thư của đơn vị để người gửi liên "
            "hệ.",
            "3. Dữ liệu của hộp thư được lưu trữ mã hóa đến hết thời hạn quy định. Trường hợp cần sử dụng "
            "lại, đề nghị đơn vị gửi công văn trước khi hết thời hạn đó.",
        ),
    ),
    NoticeKind.FIRST_EXPIRED: (
        "mật khẩu ban đầu hết hiệu lực: {address}",
        "",
        (
            "1. Mật khẩu ban đầu của hộp thư {address} ({name}) không được thay đổi trong thời hạn, nên đã "
            "hết hiệu lực từ ngày {day}.",
            "2. Hộp thư vẫn nhận thư. Để được cấp lại mật khẩu, đề nghị đơn vị gửi văn bản đề nghị.",
        ),
    ),
    # BD-5
    NoticeKind.PASSWORD_AGE: (
        "thay đổi mật khẩu hộp thư điện tử: {address}",
        "",
        (
            "1. Mật khẩu của hộp thư {address} được thay đổi lần gần nhất vào ngày {changed}. Theo quy định, "
            "mật khẩu phải được thay đổi định kỳ.",
            "2. Đề nghị thay đổi mật khẩu trước ngày {due}. Từ ngày đó, nếu chưa thay đổi, hộp thư chỉ cho "
            "phép thay đổi mật khẩu; thư gửi đến vẫn được nhận.",
        ),
    ),
    NoticeKind.PASSWORD_CHANGE: (
        "thay đổi mật khẩu hộp thư điện tử: {address}",
        "",
        (
            "1. Hộp thư {address} đã được chuyển từ hệ thống thư điện tử trước đây, cùng với mật khẩu cũ.",
            "2. Để bảo đảm an toàn, đề nghị thay đổi mật khẩu chậm nhất vào ngày {change_by}. Sau ngày đó, "
            "nếu chưa thay đổi, hộp thư chỉ cho phép thay đổi mật khẩu; thư gửi đến vẫn được nhận.",
        ),
    ),
    # GL-13.3-a: the centre proposes; whoever decides answers with a number.
    NoticeKind.PROPOSALS: (
        "đề nghị thu hồi hộp thư điện tử không sử dụng (số lượng: {count})",
        "",
        (
            "Các hộp thư sau đây không được sử dụng quá thời hạn quy định. Đề nghị xem xét, trình cấp có "
            "thẩm quyền quyết định việc thu hồi. Khi có văn bản, ghi nhận từng hộp thư bằng lifecycle.yml "
            "với act=approve và số văn bản; người sử dụng và đơn vị được thông báo trước khi thu hồi.",
            "{list}",
        ),
    ),
}


# Those that ask for another password say where it is changed, by a name to type.
ON_PASSWORDS = (NoticeKind.PASSWORD_AGE, NoticeKind.PASSWORD_CHANGE)
WHERE = (
    "3. Để thay đổi mật khẩu, đề nghị mở trình duyệt và tự gõ vào ô địa chỉ: {host}. Không bấm vào đường "
    "liên kết trong bất kỳ thư nào để thay đổi mật khẩu."
)


def message(notice: Notice, office: Office, now: datetime) -> bytes:
    """Return the mail of a notice; the same notice has the same Message-ID whenever it is made."""
    subject, grounds, paragraphs = TEXTS[notice.kind]
    facts = {name: _shown(value) for name, value in notice.facts.items()} | {"support": office.address}
    about = subject.format_map(facts)
    if notice.kind in ON_PASSWORDS and office.account_host:
        paragraphs += (WHERE.format(host=office.account_host),)
    to, *copies = notice.recipients
    headers = [
        ("From", f"{_encoded('From', office.organization)} <{office.address}>"),
        ("To", to),
        *([("Cc", ", ".join(copies))] if copies else []),
        ("Subject", _encoded("Subject", f"Thông báo về việc {about}")),
        ("Date", format_datetime(now)),
        ("Message-ID", message_id(notice, office.domain)),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Language", "vi"),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", "8bit"),
    ]
    resting = [
        "Căn cứ Quy chế quản lý, sử dụng hệ thống thư điện tử ban hành kèm theo Quyết định số "
        f"{office.decision};",
        *([grounds.format_map(facts)] if grounds and facts.get("reference") else []),
    ]
    body = [
        office.organization.upper(),
        f"Ngày {now.day:02} tháng {now.month:02} năm {now.year}",
        f"THÔNG BÁO\n{_wrapped(f'Về việc {about}')}",
        "Kính gửi:\n- " + ";\n- ".join(_addressed(notice)) + ".",
        "\n".join(map(_wrapped, resting)),
        _wrapped(f"{office.organization} thông báo:"),
        *(_wrapped(paragraph.format_map(facts)) for paragraph in paragraphs),
        f"Mọi vướng mắc xin liên hệ:\n- Thư điện tử: {office.address}\n- Điện thoại: {office.phone}",
        "Thông báo này không có đường liên kết và không yêu cầu cung cấp mật khẩu.",
        "Trân trọng./.",
        "Nơi nhận:\n- Như trên;\n- Lưu: bộ phận quản trị hệ thống thư điện tử.",
    ]
    head = "".join(f"{name}: {value}\n" for name, value in headers)
    return (head + "\n" + "\n\n".join(body) + "\n").replace("\n", "\r\n").encode()


def message_id(notice: Notice, domain: str) -> str:
    """Return the Message-ID of a notice, which follows from its key."""
    return f"<notice.{sha256(notice.key.encode()).hexdigest()[:24]}@{domain}>"


def proposals(lines: tuple[ListedAccount, ...], office: Office) -> Notice | None:
    """Return the list for whoever proposes reclaims (GL-13.3-a), anew for each day with a new proposal."""
    days = [line.day for line in lines if line.day]
    if not days:
        return None
    listed = "\n".join(
        f"- {line.account.address} ({line.account.name}, {line.account.unit}), đề nghị từ {line.day:%d/%m/%Y}"
        for line in lines
        if line.day
    )
    facts = {"count": str(len(days)), "list": listed, "address": office.address, "name": ""}
    return Notice(NoticeKind.PROPOSALS, (office.address,), facts, f"proposals {max(days)}")


def _addressed(notice: Notice) -> list[str]:
    name, address = notice.facts["name"], notice.facts["address"]
    holder = f"{name} ({address})" if name else address
    return [holder if recipient == address else recipient for recipient in notice.recipients]


def _shown(value: str) -> str:
    """Return a fact as people read it: a day as DD/MM/YYYY, everything else as it is."""
    try:
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    except ValueError:
        return value


def _encoded(name: str, text: str) -> str:
    """Return the text of a header in encoded words (RFC 2047). email.policy loses blanks in Python 3.11."""
    return Header(text, "utf-8", header_name=name).encode()


def _wrapped(text: str) -> str:
    """Break long lines; those of a list stay lines of their own."""
    return "\n".join(
        textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False)
        for line in text.splitlines()
    )
