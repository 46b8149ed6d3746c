"""The client of the backup benchmark, a process of its own: mail at a steady rate, and when it is there.

Reads one line, a JSON object (`Task`), from standard input, prints a line when it begins, and sends until
standard input ends; then it prints the `Delivery` of each message as JSON. A message is there when its
recipient's IMAP session sees it.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import ssl
import sys
import time
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from typing import NamedTuple

from benchmarks.client import said

SENDER = "stranger@outside.example"
PAUSE = 0.01  # seconds between two looks
TEXT = "Kính gửi các đồng chí, đề nghị gửi báo cáo tuần trước 16 giờ thứ Năm.\n" * 40


class Task(NamedTuple):
    """What to do: this number of messages a second, to each user in turn."""

    smtp: tuple[str, int]
    imaps: tuple[str, int]
    name: str  # in the certificate
    ca: str
    rate: float
    users: list[tuple[str, str]]


class Delivery(NamedTuple):
    """Seconds of one message from when it was due: until 250, and until it was in the mailbox."""

    accepted: float
    there: float


class Mailbox:
    """An IMAP session in the inbox of one user."""

    def __init__(self, address: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a session that has the inbox selected."""
        self.address, self.reader, self.writer = address, reader, writer

    @classmethod
    async def open(cls, task: Task, context: ssl.SSLContext, user: tuple[str, str]) -> Mailbox:
        """Log in; raise OSError when the server refuses."""
        reader, writer = await asyncio.open_connection(*task.imaps, ssl=context, server_hostname=task.name)
        await reader.readline()  # the greeting
        await said(reader, writer, f'a LOGIN {user[0]} "{user[1]}"')
        await said(reader, writer, "a SELECT INBOX")
        return cls(user[0], reader, writer)

    async def arrival(self) -> None:
        """Wait for a message that was not there when this was last asked."""
        while not any(b" EXISTS" in line for line in await said(self.reader, self.writer, "a NOOP")):
            await asyncio.sleep(PAUSE)


async def send(task: Task, recipient: str, number: int) -> None:
    """Hand one message to the mail exchanger, in a session of its own; raise OSError when it is refused."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = SENDER, recipient, f"Báo cáo số {number}"
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="outside.example")
    message.set_content(TEXT, cte="base64")
    reader, writer = await asyncio.open_connection(*task.smtp)
    try:
        # The reply to nothing is the greeting.
        words = ["", "EHLO client.outside.example", f"MAIL FROM:<{SENDER}>", f"RCPT TO:<{recipient}>", "DATA"]
        for word in [*words, f"{message.as_bytes().decode()}.", "QUIT"]:
            writer.write(f"{word}\r\n".encode() if word else b"")
            while (line := await reader.readline())[3:4] == b"-":
                pass
            if not line.startswith((b"2", b"3")):
                raise ConnectionError(f"{word[:20]}: {line.decode().strip()}")
    finally:
        writer.close()


async def deliver(task: Task, free: asyncio.Queue[Mailbox], number: int, due: float) -> Delivery:
    """Send one message and wait for it; its clock runs from when it was due, whatever held it up."""
    mailbox = await free.get()
    await send(task, mailbox.address, number)
    accepted = time.monotonic() - due
    await mailbox.arrival()
    free.put_nowait(mailbox)
    return Delivery(accepted, time.monotonic() - due)


async def steadily(task: Task, ended: asyncio.Event) -> list[Delivery]:
    """Send until told to end, and wait for all that was sent."""
    context = ssl.create_default_context(cafile=task.ca)
    free: asyncio.Queue[Mailbox] = asyncio.Queue()
    for user in task.users:
        free.put_nowait(await Mailbox.open(task, context, user))
    print("begun", flush=True)
    begun = time.monotonic()
    under_way: list[asyncio.Task[Delivery]] = []
    for number in itertools.count():
        due = begun + number / task.rate
        try:
            await asyncio.wait_for(ended.wait(), max(0, due - time.monotonic()))
            break
        except TimeoutError:
            under_way.append(asyncio.create_task(deliver(task, free, number, due)))
    return await asyncio.gather(*under_way)


async def main() -> None:
    """Read what to do, do it until standard input ends, and print what came of it."""
    task = Task(**json.loads(sys.stdin.readline()))
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin, ended.set)
    print(json.dumps(await steadily(task, ended)))


if __name__ == "__main__":
    asyncio.run(main())
