"""What an upgrade must keep: the directory, mailboxes, keys, the audit log, and what killed runs left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from tests.faults.drill import entries
from tests.faults.host import Host
from tests.restore import picture
from tests.restore.picture import Picture
from tests.support.audit import AUDIT, logged
from tests.support.lab import Lab
from tests.upgrading import filling

PENDING = "/var/lib/congvu/pending"


@dataclass(frozen=True)
class Kept:
    """All of it as it is at one moment."""

    directory: set[str]
    picture: Picture
    log: bytes
    intents: list[str]

    def __str__(self) -> str:
        return (
            f"{len(self.directory)} lines of the directory, {len(self.picture.messages)} messages, "
            f"{len(self.log.splitlines())} lines of the audit log, {len(self.intents)} to be told to it"
        )


def take(lab: Lab) -> Kept:
    """Read it from the hosts."""
    (host, *_) = lab.hosts["directory"]
    return Kept(
        entries(Host.open()), picture.take(lab), lab.read_file(host, AUDIT), filling.intents(lab, host)
    )


def findings(before: Kept, lab: Lab) -> Iterator[str]:
    """Yield what is no longer there, or not as it was, one line each. More may have come."""
    now = take(lab)
    yield from (f"directory: gone: {line}" for line in sorted(before.directory - now.directory))
    messages = {repr(message) for message in now.picture.messages}
    for message in before.picture.messages:
        if repr(message) not in messages:
            yield f"mailbox: no longer as it was: {message}"
    folders = {(one["username"], one["mailbox"]): one for one in now.picture.folders}
    for folder in before.picture.folders:
        same = folders.get((folder["username"], folder["mailbox"]), {})
        if any(same.get(key) != folder[key] for key in ("uidvalidity", "guid")):
            yield f"mailbox: {folder['mailbox']} of {folder['username']} is gone, or another: {same}"
    keys = set(before.picture.keys.splitlines()) - set(now.picture.keys.splitlines())
    yield from (f"keys: no longer as it was: {line}" for line in sorted(keys))
    if not now.log.startswith(before.log):
        yield "audit log: it does not begin with what it was"
    (host, *_) = lab.hosts["directory"]
    lines = [asdict(line) for line in logged(lab, host)]
    for told in before.intents:
        if (count := sum(filling.same(line, told) for line in lines)) != 1:
            yield f"audit log: {count} times, and not once: {told}"
    yield from (f"still to be told to the audit log: {line}" for line in now.intents)
    for name in lab.run(host, "ls", PENDING).split():
        yield f"still to be done on {host}: {name}"
