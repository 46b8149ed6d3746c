"""Messages with an id of their own, so that each can be found again and its copies counted."""

from __future__ import annotations

import email
import secrets
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import localtime

# The mark by which the tests know, and at the end remove, what they sent.
MARK = "e2e.outside.example"
STRANGER = "stranger@outside.example"

# In parts, so that no scanner takes these tests for what they carry.
EICAR = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}" + "$EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*").encode()
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*" + "GTUBE-STANDARD-ANTI-" + "UBE-TEST-EMAIL*C.34X"


class _Wire(EmailPolicy):
    """Messages for the wire. The library's own folding of subjects loses spaces (Python 3.11)."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() != "subject":
            return super().fold_binary(name, value)
        encoded = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {encoded}{self.linesep}".encode("ascii")


WIRE = _Wire(linesep="\r\n")


def new_id() -> str:
    """Return a Message-ID nobody used before."""
    return f"<{secrets.token_hex(8)}@{MARK}>"


def letter(
    sender: str,
    recipient: str,
    subject: str = "Lịch công tác tuần",
    text: str = "Kính gửi anh chị lịch công tác tuần tới.\n",
) -> EmailMessage:
    """Write an ordinary message; the text travels as 8-bit UTF-8."""
    message = EmailMessage(policy=WIRE)
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = subject
    message["Date"] = localtime()
    message["Message-ID"] = new_id()
    message.set_content(text, cte="8bit")
    return message


def attach(message: EmailMessage, content: bytes, name: str) -> EmailMessage:
    """Add a file to a message."""
    message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message


def id_of(message: EmailMessage) -> str:
    """Return the Message-ID as it stands in the header."""
    return str(message["Message-ID"])


def parse(raw: bytes) -> EmailMessage:
    """Read a message as a mail program would."""
    return email.message_from_bytes(raw, _class=EmailMessage, policy=SMTP)
