"""The page where passwords are changed, as any client of HTTPS has it: nothing is followed or remembered."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlencode

from .lab import Lab

TIMEOUT = 90
PATH = "/mat-khau"


@dataclass(frozen=True)
class Said:
    """What came back; `faults` are the sentences against a form."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def faults(self) -> list[str]:
        shown = re.search(r'class="faults".*?</div>', self.text, re.DOTALL)
        found = re.findall(r"<(?:li|p)>(.*?)</(?:li|p)>", shown[0] if shown else "", re.DOTALL)
        return [unescape(one) for one in found]


class Page:
    """The page, by the name that people type."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.host = lab.hosts["webmail"][0]

    def connect(self) -> ssl.SSLSocket:
        plain = socket.create_connection((self.lab.https.address, self.lab.https.port), TIMEOUT)
        return self.lab.trust().wrap_socket(plain, server_hostname=self.host)

    def ask(
        self, method: str, path: str = PATH, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Said:
        client = http.client.HTTPConnection(self.host, timeout=TIMEOUT)
        client.sock = self.connect()
        try:
            client.request(method, path, body, headers or {})
            answer = client.getresponse()
            text = answer.read().decode()
        finally:
            client.close()
        return Said(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)

    def change(
        self,
        address: str,
        old: str,
        new: str,
        again: str | None = None,
        origin: str | None = "",
        **headers: str,
    ) -> Said:
        """Send the form as a browser does; `origin` None sends none, "" that of the page."""
        fields = {"address": address, "old": old, "new": new, "again": new if again is None else again}
        sent = {"Content-Type": "application/x-www-form-urlencoded"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if origin is not None:
            sent["Origin"] = origin or f"https://{self.host}"
        return self.ask("POST", body=urlencode(fields).encode(), headers=sent)
