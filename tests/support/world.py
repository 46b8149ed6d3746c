"""The outside world: an ordinary mail server whose users write to us, and hear from us."""

from __future__ import annotations

import json
import secrets
from email.message import EmailMessage

from .lab import Lab
from .letters import parse
from .waiting import wait_for

WORLD = "world"  # its name in the lab's ssh_config
MAILDIR = "/home/outside/Maildir"  # everything for @outside.example ends here


class World:
    """What its users do: write and read; what its queue does: keep mail that we could not take yet."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab

    def new_sender(self) -> str:
        """Return an address that nobody else writes from, so that any bounce to it can be told."""
        return f"hoi.dap.{secrets.token_hex(6)}@outside.example"

    def send(self, message: EmailMessage) -> None:
        """Let the outside server take a message; it delivers on its own time, and keeps trying."""
        command = ("sendmail", "-f", str(message["From"]), "--", str(message["To"]))
        self.lab.run(WORLD, *command, stdin=message.as_bytes())

    def received(self, text: str) -> list[EmailMessage]:
        """Return what arrived for outside.example and contains a text: letters, and bounces quoting them."""
        return [parse(raw) for raw in self.raw(text)]

    def raw(self, text: str) -> list[bytes]:
        """Return the same, octet by octet."""
        listing = self.lab.run(WORLD, "grep", "-rlF", "-e", text, MAILDIR, check=False)
        return [self.lab.run(WORLD, "cat", file).encode() for file in listing.split()]

    def settled(self, address: str) -> None:
        """Wait until nothing from or for an address is on its way, at our servers or outside."""
        servers = (*self.lab.hosts["mx"], WORLD)

        def done() -> bool:
            return not any(queued(self.lab, server, address) for server in servers)

        wait_for(f"no mail of {address} on its way", done)


def queued(lab: Lab, host: str, address: str) -> list[str]:
    """Return what a host's Postfix keeps from or for an address: why it waits, for each recipient."""
    found = []
    for line in lab.run(host, "postqueue", "-j").splitlines():
        item = json.loads(line)
        for recipient in item["recipients"]:
            if address in (item["sender"], recipient["address"]):
                found.append(recipient.get("delay_reason", ""))
    return found
