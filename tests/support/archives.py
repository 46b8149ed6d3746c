"""Archives of mailboxes: taken on the store host, opened here with the key that no host has."""

from __future__ import annotations

import io
import json
import re
import tarfile
from dataclasses import dataclass
from pathlib import PurePosixPath

import pyrage

from .lab import STATE, Lab

ARCHIVES = PurePosixPath("/srv/archive")
MAIL_ROOT = PurePosixPath("/srv/mail")
LETTERS = {"S": r"\Seen", "F": r"\Flagged", "R": r"\Answered", "D": r"\Draft", "T": r"\Deleted"}


@dataclass(frozen=True)
class Message:
    """A message as its owner would tell it: where, which, with what marks, when it came, what it says."""

    folder: str
    message_id: str
    flags: frozenset[str]
    received: int  # seconds since 1970
    text: bytes


def held(lab: Lab, address: str) -> set[Message]:
    """Return every message of a mailbox, from Dovecot."""
    fields = "mailbox hdr.message-id flags date.received.unixtime text"
    fetch = ("doveadm", "-f", "json", "fetch", "-u", address, fields, "ALL")
    return {
        Message(
            item["mailbox"],
            item["hdr.message-id"],
            frozenset(set(item["flags"].split()) - {r"\Recent"}),
            int(item["date.received.unixtime"]),
            _lines(item["text"].encode()),
        )
        for item in json.loads(lab.run(lab.hosts["store"][0], *fetch))
    }


def archived(opened: tarfile.TarFile) -> set[Message]:
    """Return every message of an archive, from the files alone."""
    found = set()
    for member in opened.getmembers():
        path = PurePosixPath(member.name)
        if not member.isfile() or path.parent.name not in ("cur", "new"):
            continue
        box = path.parent.parent
        keywords = _keywords(opened, box)
        marks = path.name.partition(":2,")[2]
        flags = {LETTERS.get(mark) or keywords[ord(mark) - ord("a")] for mark in marks}
        text = _content(opened, member.name)
        message_id = re.search(rb"^Message-ID: *(\S+)", text, re.MULTILINE | re.IGNORECASE)
        assert message_id, member.name
        folder = str(box.parent.relative_to("mail"))
        found.add(Message(folder, message_id[1].decode(), frozenset(flags), int(member.mtime), _lines(text)))
    return found


def files(lab: Lab, mail_path: str) -> set[str]:
    """Return the archives of a mailbox, with what lies beside them."""
    folder, name = (ARCHIVES / mail_path).parent, PurePosixPath(mail_path).name
    find = ("find", str(folder), "-name", f"{name}@*")
    return set(lab.run(lab.hosts["store"][0], *find, check=False).split("\n")) - {""}


def unseal(lab: Lab, file: str) -> bytes:
    """Open an archive with its private key, as an operator does."""
    identity = pyrage.x25519.Identity.from_str((STATE / "archive.key").read_text().strip())
    sealed = lab.read_file(lab.hosts["store"][0], str(ARCHIVES / file))
    return bytes(pyrage.decrypt(sealed, [identity]))


def opened(content: bytes) -> tarfile.TarFile:
    return tarfile.open(fileobj=io.BytesIO(content))


def remove(lab: Lab, mail_path: str) -> None:
    """Remove what the tests archived of a mailbox."""
    for file in files(lab, mail_path):
        lab.run(lab.hosts["store"][0], "rm", file)


def _keywords(opened: tarfile.TarFile, box: PurePosixPath) -> dict[int, str]:
    name = str(box / "dovecot-keywords")
    if name not in opened.getnames():
        return {}
    lines = _content(opened, name).decode().splitlines()
    return {int(number): word for number, word in (line.split(" ", 1) for line in lines)}


def _content(opened: tarfile.TarFile, name: str) -> bytes:
    file = opened.extractfile(name)
    assert file, name
    return file.read()


def _lines(text: bytes) -> bytes:
    """Return text with one kind of line end: a mailbox may keep either."""
    return text.replace(b"\r\n", b"\n")
