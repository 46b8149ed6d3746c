"""A steady rate of numbered mail, by every door; clients try again until they are told yes or never."""

from __future__ import annotations

import csv
import heapq
import itertools
import json
import smtplib
import socket
import subprocess
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import NamedTuple

from tests.faults.ledger import WAYS, Attempt, Ledger, Message
from tests.support.lab import INVENTORY, Account, Lab
from tests.support.letters import STRANGER
from tests.support.smtp import Reply, login, outside, submission
from tests.support.world import WORLD

RETRY_AFTER = 1.0
# One in so many carries the EICAR test file.
MALWARE_EVERY = 10
# A client waits longer for the answer than our servers may take for it (milter_content_timeout).
ANSWER_WITHIN = 150

# Runs in the outside world: one JSON line for each message in, the answer of its own mail server out.
WORLD_CLIENT = """
import json, smtplib, sys
for line in sys.stdin:
    job = json.loads(line)
    try:
        with smtplib.SMTP("127.0.0.1", 25, "client.outside.example", timeout=30) as session:
            session.sendmail(job["sender"], [job["recipient"]], job["message"].encode(), ["BODY=8BITMIME"])
        answer = [250, "taken"]
    except (smtplib.SMTPException, OSError) as error:
        answer = [0, str(error)]
    print(json.dumps([job["number"], *answer]), flush=True)
"""


class Recipient(NamedTuple):
    """An address of ours, and the mailbox that it belongs to."""

    address: str
    mailbox: str


def recipients() -> list[Recipient]:
    """Return every address that the register gives to somebody, with the mailbox behind it."""
    with (INVENTORY / "register.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    primary = {row["holder"]: row["address"] for row in rows if row["kind"] == "primary"}
    return [Recipient(row["address"], primary[row["holder"]]) for row in rows if row["holder"] in primary]


class World:
    """The outside mail server takes messages and tries on its own time, as any in the world."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._client = self._connect()
        self._lock = threading.Lock()

    def _connect(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["ssh", "-F", str(self._lab.ssh_config), WORLD, f"python3 -c '{WORLD_CLIENT}'"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def send(self, message: Message, octets: bytes) -> Reply:
        job = {
            "number": message.number,
            "sender": message.sender,
            "recipient": message.recipient,
            "message": octets.decode(),
        }
        with self._lock:
            if self._client.poll() is not None:
                self._client = self._connect()
            assert self._client.stdin
            assert self._client.stdout
            self._client.stdin.write(json.dumps(job) + "\n")
            self._client.stdin.flush()
            answer = self._client.stdout.readline()
        if not answer:
            raise ConnectionError("the outside world is gone")
        _, code, text = json.loads(answer)
        return Reply("message" if code else "no connection", code, text)

    def close(self) -> None:
        assert self._client.stdin
        self._client.stdin.close()
        try:
            self._client.wait(30)
        except subprocess.TimeoutExpired:
            self._client.kill()


class Traffic:
    """Clients that send while faults happen. `stop` ends new messages; `settle` waits for the rest."""

    def __init__(
        self,
        lab: Lab,
        ledger: Ledger,
        people: Sequence[Account],
        recipients: Sequence[Recipient],
        random: Random,
        rate: float,
    ) -> None:
        self.lab, self.ledger, self.random, self.rate = lab, ledger, random, rate
        self.people, self.recipients = people, recipients
        self._world = World(lab)
        self._pool = ThreadPoolExecutor(48)
        self._retries: list[tuple[float, int, Message, bytes]] = []
        self._open = 0
        self._lock = threading.Lock()
        self._order = itertools.count()
        self._ended = threading.Event()
        self._sending = threading.Event()
        self._clock = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._sending.set()
        if not self._clock.is_alive():
            self._clock.start()

    def pause(self) -> None:
        """Write nothing new; what was not settled yet is still tried."""
        self._sending.clear()

    def close(self) -> None:
        self._ended.set()
        self._sending.clear()
        self._pool.shutdown(cancel_futures=True)
        self._world.close()

    @property
    def unsettled(self) -> int:
        """How many messages were answered neither yes nor never."""
        with self._lock:
            return self._open

    def _run(self) -> None:
        due = time.monotonic()
        while not self._ended.is_set():
            now = time.monotonic()
            if now >= due:
                due = max(due + 1 / self.rate, now - 1)
                if self._sending.is_set():
                    self._new()
            self._again(now)
            self._ended.wait(min(0.05, max(0.0, due - now)))

    def _new(self) -> None:
        way = WAYS[len(self.ledger.messages) % len(WAYS)]
        malware = way in ("mx", "submission") and self.random.randrange(MALWARE_EVERY // 2) == 0
        to = self.random.choice(self.recipients)
        sender = STRANGER
        if way == "world":
            sender = f"box{self.random.randrange(100)}@outside.example"
        elif way != "mx":
            sender = self.random.choice(self.people).address
        if way == "outgoing":
            to = Recipient(f"box{self.random.randrange(100)}@outside.example", "outside")
        message, octets = self.ledger.write(self.random, way, sender, to.address, to.mailbox, malware)
        with self._lock:
            self._open += 1
        self._pool.submit(self._try, message, octets)

    def _again(self, now: float) -> None:
        with self._lock:
            while self._retries and self._retries[0][0] <= now:
                *_, message, octets = heapq.heappop(self._retries)
                self._pool.submit(self._try, message, octets)

    def _try(self, message: Message, octets: bytes) -> None:
        attempt = self._attempt(message, octets)
        with self._lock:
            if attempt.accepted or attempt.refused:
                self._open -= 1
            else:
                later = (time.monotonic() + RETRY_AFTER, next(self._order), message, octets)
                heapq.heappush(self._retries, later)

    def _attempt(self, message: Message, octets: bytes) -> Attempt:
        begun = time.time()
        session = _Session()
        try:
            if message.way == "world":
                session.reply = self._world.send(message, octets)
            else:
                self._hand_in(message, octets, session)
        except smtplib.SMTPResponseException as error:
            text = error.smtp_error
            words = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
            session.ends(Reply("session", error.smtp_code, words))
        except (smtplib.SMTPException, OSError) as error:  # ssl's errors are an OSError
            session.ends(Reply("no connection", 0, f"{type(error).__name__}: {error}"))
        return self.ledger.enter(message, begun, session.reply, session.on_the_wire)

    def _hand_in(self, message: Message, octets: bytes, taken: _Session) -> None:
        by = next((one for one in self.people if one.address == message.sender), None)
        with submission(self.lab) if by else outside(self.lab) as session:
            _notice_death(session)
            if by:
                login(session, by)
            taken.reply = _reply("MAIL", session.mail(message.sender, ["BODY=8BITMIME"]))
            if taken.reply.code == 250:
                taken.reply = _reply("RCPT", session.rcpt(message.recipient))
            if taken.reply.code == 250:
                taken.reply = _reply("DATA", session.docmd("DATA"))
            if taken.reply.code != 354:
                return
            assert session.sock
            session.sock.settimeout(ANSWER_WITHIN)
            # With the last octets on the wire the message may be theirs.
            taken.reply, taken.on_the_wire = Reply("message", 0, ""), True
            dots = octets.replace(b"\r\n.", b"\r\n..")
            session.send(dots + (b"" if dots.endswith(b"\r\n") else b"\r\n") + b".\r\n")
            taken.reply = _reply("message", session.getreply())


class _Session:
    """How far an attempt got. What was answered to the message stands, however the session ends after it."""

    def __init__(self) -> None:
        self.reply = Reply("no connection", 0, "")
        self.on_the_wire = False

    def ends(self, reply: Reply) -> None:
        """Take the way in which the session broke for the answer, unless the last word was spoken before."""
        if not (self.on_the_wire and self.reply.code):
            self.reply = reply


def _notice_death(session: smtplib.SMTP) -> None:
    """Learn within seconds that the other side died without a word, as a machine without power does."""
    assert session.sock
    session.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in ((socket.TCP_KEEPIDLE, 5), (socket.TCP_KEEPINTVL, 2), (socket.TCP_KEEPCNT, 5)):
        session.sock.setsockopt(socket.IPPROTO_TCP, option, value)


def _reply(step: str, answer: tuple[int, bytes]) -> Reply:
    code, text = answer
    return Reply(step, max(code, 0), text.decode(errors="replace"))
