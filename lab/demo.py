"""The first mail: from one officer to another, through the real stack."""

from __future__ import annotations

import email
import email.policy
import imaplib
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from socket import socket
from typing import Any

from lab.shell import LabError, wait_for

SUBJECT = "Thông báo: lịch họp giao ban tuần và đề nghị gửi báo cáo"
BODY = """Kính gửi các đồng chí,

Đề nghị các phòng gửi báo cáo tuần trước 16 giờ thứ Năm. Giấy mời họp kèm theo.

Trân trọng.
"""
FILE = "Giấy mời họp giao ban – tuần 47.txt"
CONTENT = "Thời gian: 8 giờ 00, thứ Sáu. Địa điểm: phòng họp số 2.\n".encode()


class NamedContext(ssl.SSLContext):
    """Checks the certificate for the name that users know, though we connect to an address."""

    name: str

    def wrap_socket(self, sock: socket, *args: Any, **options: Any) -> ssl.SSLSocket:  # noqa: ANN401  as its parent takes
        """Ask for, and insist on, our name."""
        options["server_hostname"] = self.name
        return super().wrap_socket(sock, *args, **options)


def tls(access: dict[str, Any]) -> NamedContext:
    """Trust the lab's CA alone."""
    context = NamedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(access["ca"])
    context.name = access["host"]
    return context


def first_mail(access: dict[str, Any]) -> str:
    """Send a mail by submission, read it by IMAP, compare; return what happened in one line."""
    sender, recipient = access["accounts"][:2]
    try:
        identity = _send(access, sender, recipient["address"])
        compare(_receive(access, recipient, identity))
    except (smtplib.SMTPException, imaplib.IMAP4.error, OSError) as err:  # ssl's errors are an OSError
        who = f"{sender['address']} -> {recipient['address']}"
        raise LabError(f"the first mail, {who}: {type(err).__name__}: {err}") from err
    return f"{sender['address']} -> {recipient['address']}: «{SUBJECT}», with «{FILE}»"


def compose(sender: str, recipient: str) -> EmailMessage:
    """Write the mail."""
    message = EmailMessage()
    message["From"], message["To"] = sender, recipient
    message["Subject"], message["Date"] = SUBJECT, formatdate(localtime=True)
    message["Message-ID"] = make_msgid(domain=sender.partition("@")[2])
    message.set_content(BODY)
    message.add_attachment(CONTENT, maintype="application", subtype="octet-stream", filename=FILE)
    return message


def _send(access: dict[str, Any], sender: dict[str, str], recipient: str) -> str:
    """Send the mail with login, and return its Message-ID."""
    message = compose(sender["address"], recipient)
    address, port = access["submission"]
    with smtplib.SMTP(address, port, timeout=30) as client:
        client.starttls(context=tls(access))
        client.login(sender["address"], sender["password"])
        client.send_message(message)
    return str(message["Message-ID"])


def _receive(access: dict[str, Any], recipient: dict[str, str], identity: str) -> bytes:
    """Wait for the mail in the recipient's inbox, and return it as it is there."""
    address, port = access["imaps"]
    with imaplib.IMAP4_SSL(address, port, ssl_context=tls(access), timeout=30) as mailbox:
        mailbox.login(recipient["address"], recipient["password"])
        mailbox.select("INBOX")
        found: list[bytes] = []

        def arrived() -> bool:
            mailbox.noop()
            found[:] = mailbox.search(None, "HEADER", "Message-ID", identity)[1][0].split()
            return bool(found)

        wait_for(f"the mail to {recipient['address']}", arrived, timeout=60)
        raw = mailbox.fetch(found[0].decode(), "(BODY.PEEK[])")[1][0]
    if not isinstance(raw, tuple):
        raise LabError(f"IMAP answered {raw!r}")
    return raw[1]


def compare(raw: bytes) -> None:
    """Insist on subject, text, and name and content of the attachment, letter for letter (NFC)."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    text = message.get_body(("plain",))
    attachments = list(message.iter_attachments())
    if text is None or len(attachments) != 1:
        raise LabError("the mail arrived without its text or attachment")
    wanted = {"subject": SUBJECT, "text": BODY, "name of the attachment": FILE, "attachment": CONTENT}
    seen = (
        message["Subject"],
        text.get_content().replace("\r\n", "\n"),  # RFC 5322 has CRLF between lines
        attachments[0].get_filename(),
        attachments[0].get_content(),
    )
    for (what, right), got in zip(wanted.items(), seen, strict=True):
        if got != right:
            raise LabError(f"the {what} arrived as {got!r}, not as {right!r}")
