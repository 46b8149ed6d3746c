"""The client of the login benchmark, a process of its own: IMAP sessions over TLS, one after another.

Reads one JSON object (`Task`) from standard input; prints one (`Result`) when the time is up.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import ssl
import sys
import time
from collections.abc import Iterator
from resource import RUSAGE_SELF, getrusage
from typing import NamedTuple


class Task(NamedTuple):
    """What to do. Without users a session is TLS, greeting and LOGOUT."""

    address: str
    port: int
    name: str  # in the certificate
    ca: str
    clients: int
    seconds: float
    users: list[tuple[str, str]]


class Result(NamedTuple):
    """What came of it."""

    seconds: float  # until the last session had ended
    busy: float  # processor seconds of this process meanwhile
    sessions: list[float]  # seconds of each


async def session(task: Task, context: ssl.SSLContext, user: tuple[str, str] | None) -> None:
    """Log in and out; raise OSError when the server refuses."""
    reader, writer = await asyncio.open_connection(
        task.address, task.port, ssl=context, server_hostname=task.name
    )
    try:
        await reader.readline()  # the greeting
        if user:
            name, password = user
            await said(reader, writer, f'a LOGIN {name} "{password}"')
        await said(reader, writer, "b LOGOUT")
    finally:
        writer.close()


async def said(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, command: str) -> list[bytes]:
    """Return what the server says before its OK; raise OSError when it refuses."""
    writer.write(f"{command}\r\n".encode())
    tag = command[0].encode()
    lines = []
    while not (line := await reader.readline()).startswith(tag):
        if not line:
            raise ConnectionError("the server hung up")
        lines.append(line)
    if not line.startswith(tag + b" OK"):
        raise PermissionError(line.decode().strip())
    return lines


async def sessions(task: Task) -> Result:
    """Keep this number of clients busy; no client begins a session after the time is up."""
    context = ssl.create_default_context(cafile=task.ca)
    users: Iterator[tuple[str, str] | None] = itertools.cycle(task.users or [None])
    took: list[float] = []
    begun, worked = time.monotonic(), _busy()

    async def client() -> None:
        while (now := time.monotonic()) < begun + task.seconds:
            await session(task, context, next(users))
            took.append(time.monotonic() - now)

    await asyncio.gather(*(client() for _ in range(task.clients)))
    return Result(time.monotonic() - begun, _busy() - worked, took)


def _busy() -> float:
    used = getrusage(RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    print(json.dumps(asyncio.run(sessions(Task(**json.load(sys.stdin))))._asdict()))
