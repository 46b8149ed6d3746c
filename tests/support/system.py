"""Mail of our own hosts: handed in on a host, with its certificate, as the programs of the system do."""

from __future__ import annotations

import json

from .lab import Lab

CERTIFICATE = ("/etc/congvu/tls/host.crt", "/etc/congvu/tls/host.key")

# Runs on a host: what to send on standard input, the last answer of the server on standard output.
CLIENT = """
import json, smtplib, ssl, sys
job = json.load(sys.stdin)
context = ssl.create_default_context(cafile="/etc/congvu/tls/ca.crt")
if job["certificate"]:
    context.load_cert_chain(*job["certificate"])
try:
    with smtplib.SMTP_SSL(job["mx"], 10465, context=context, timeout=30) as session:
        session.ehlo()
        for answer in (
            lambda: session.mail(job["sender"], ["BODY=8BITMIME"]),
            lambda: session.rcpt(job["recipient"]),
            lambda: session.data(job["message"].encode()),
        ):
            code, text = answer()
            if code != 250:
                break
    print(code, text.decode())
except smtplib.SMTPResponseException as error:
    print(error.smtp_code, error.smtp_error.decode())
except (ssl.SSLError, smtplib.SMTPServerDisconnected) as error:
    print(0, error)
"""


def hand_in(
    lab: Lab,
    host: str,
    sender: str,
    recipient: str,
    message: bytes,
    *,
    mx: str = "",
    certificate: tuple[str, str] | None = CERTIFICATE,
) -> tuple[int, str]:
    """Return code and text of the server's last answer; 0 where it hung up."""
    job = {
        "mx": mx or lab.hosts["mx"][0],
        "certificate": certificate,
        "sender": sender,
        "recipient": recipient,
        "message": message.decode(),
    }
    said = lab.run(host, "python3", "-c", CLIENT, stdin=json.dumps(job).encode())
    code, _, text = said.strip().partition(" ")
    return int(code), text
