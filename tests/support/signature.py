"""DKIM as a receiver sees it: the key is what the signing host published for DNS, nothing else is known."""

from __future__ import annotations

import re

import dkim

from .lab import Lab

RECORDS = "/etc/congvu/dkim"


def records(lab: Lab) -> dict[str, str]:
    """Return name and text of every record that the mail exchangers wrote for DNS."""
    found = {}
    for host in lab.hosts["mx"]:
        zone = re.sub(r"(?m)^;.*$", "", lab.run(host, "sh", "-c", f"cat {RECORDS}/*.txt"))
        for name, strings in re.findall(r"(\S+)\. IN TXT \((.*?)\)", zone, re.DOTALL):
            found[name] = "".join(re.findall(r'"([^"]*)"', strings))
    return found


def signed_by(lab: Lab, raw: bytes) -> str:
    """Return the domain whose signature a message bears and that proves right; empty without one."""
    known = records(lab)

    def look_up(name: bytes, **_: object) -> bytes:
        return known.get(name.decode().rstrip("."), "").encode()

    signature = dkim.DKIM(raw)
    try:
        return signature.domain.decode() if signature.verify(dnsfunc=look_up) else ""
    except dkim.ValidationError:
        return ""
