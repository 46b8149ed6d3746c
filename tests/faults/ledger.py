"""What was sent, and what the senders were told: one line for each attempt, written as it happens."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from email.message import EmailMessage
from pathlib import Path
from random import Random

from ansible_collections.congvu.mail.plugins.module_utils.host.lines import append

from tests.support.letters import EICAR, WIRE, attach
from tests.support.smtp import Reply

MARK = "faults.outside.example"
# Who writes to whom, and by which door.
WAYS = ("mx", "submission", "outgoing", "world")


@dataclass(frozen=True)
class Attempt:
    """One try to hand a message in: seconds since the epoch, and the last answer."""

    begun: float
    ended: float
    step: str
    code: int
    text: str

    @property
    def accepted(self) -> bool:
        return self.step == "message" and self.code == 250

    @property
    def refused(self) -> bool:
        return 500 <= self.code < 600

    @property
    def unanswered(self) -> bool:
        """The message was on the wire and no answer came: it may have been taken or not."""
        return self.step == "message" and self.code == 0


@dataclass
class Message:
    """A numbered message: where it comes in, and the one mailbox where it belongs."""

    number: int
    way: str
    sender: str
    recipient: str
    mailbox: str
    malware: bool
    digest: str
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def accepted(self) -> Attempt | None:
        """The attempt that was answered 250."""
        return next((attempt for attempt in self.attempts if attempt.accepted), None)

    @property
    def refused(self) -> Attempt | None:
        """The attempt that was answered "never"."""
        return next((attempt for attempt in self.attempts if attempt.refused), None)

    @property
    def settled(self) -> bool:
        return bool(self.accepted or self.refused)


class Ledger:
    """All messages of a run, in memory and in a file that survives the program."""

    def __init__(self, file: Path) -> None:
        self.run = secrets.token_hex(4)
        self.messages: list[Message] = []
        self._lock = threading.Lock()
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = file

    def number_of(self, message_id: str) -> int | None:
        """Return the number in a Message-ID of this run; None if it is of anybody else."""
        run, _, rest = message_id.strip().strip("<>").partition(".")
        number, _, mark = rest.partition("@")
        return int(number) if (run, mark) == (self.run, MARK) and number.isdigit() else None

    def write(
        self, random: Random, way: str, sender: str, recipient: str, mailbox: str, malware: bool
    ) -> tuple[Message, bytes]:
        """Number a new message; return it and its octets."""
        number = len(self.messages)
        content = random.randbytes(random.choice((200, 2_000, 40_000)))
        letter = EmailMessage(policy=WIRE)
        letter["From"], letter["To"] = sender, recipient
        letter["Subject"] = f"Công văn số {number}"
        letter["Message-ID"] = f"<{self.run}.{number}@{MARK}>"
        letter.set_content(f"Kính gửi {recipient}, công văn số {number}.\n", cte="8bit")
        attach(letter, EICAR if malware else content, f"cong-van-{number}.bin")
        octets = letter.as_bytes()
        message = Message(number, way, sender, recipient, mailbox, malware, digest(octets))
        with self._lock:
            self.messages.append(message)
            self._note({"message": {**asdict(message), "run": self.run}})
        return message, octets

    def enter(self, message: Message, begun: float, reply: Reply, on_the_wire: bool) -> Attempt:
        """Note the answer to an attempt."""
        lost_answer = reply.code == 0 and on_the_wire
        step = "message" if lost_answer else reply.step
        attempt = Attempt(begun, time.time(), step, reply.code, reply.text)
        with self._lock:
            message.attempts.append(attempt)
            self._note({"number": message.number, "attempt": asdict(attempt)})
        return attempt

    def since(self, number: int) -> Iterator[Message]:
        """Yield the messages from a number on."""
        yield from self.messages[number:]

    def event(self, **said: object) -> None:
        """Note what was done to the hosts."""
        with self._lock:
            self._note({"event": said, "at": time.time()})

    def _note(self, line: dict[str, object]) -> None:
        append(self._file, [_text(line)], json.loads, lambda aside, size: _text({"torn": aside.name}))


def _text(line: dict[str, object]) -> bytes:
    return json.dumps(line, ensure_ascii=False).encode()


def digest(octets: bytes) -> str:
    """Return what tells one body from another, whatever the line ends."""
    body = octets.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    return hashlib.sha256(body.rstrip(b"\n")).hexdigest()[:16]
