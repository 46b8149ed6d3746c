"""The drill: what is chosen, and what is found wrong."""

from __future__ import annotations

import json
import os
import random
import time

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.backup import drill, snapshot

LATER = time.time() + 3600


def mailbox(root, number):
    folder = root / "s01/p/0d/GL-1/mail/mailboxes/Công văn/dbox-Mails"
    folder.mkdir(parents=True)
    for uid in range(1, number + 1):
        (folder / f"u.{uid}").write_text(f"mail {uid}")
    (folder / "dovecot.index.log").write_text("index")
    return folder


def test_a_sample_has_messages_only_and_counts_all(tmp_path):
    folder = mailbox(tmp_path, 30)
    chosen = drill.sample(tmp_path, LATER, 10, random.Random(1))
    assert (len(set(chosen.paths)), chosen.messages) == (10, 30)
    assert all(f"/{path}".startswith(f"{folder}/u.") for path in chosen.paths)
    assert drill.sample(tmp_path, LATER, 10, random.Random(2)).paths != chosen.paths
    assert len(drill.sample(tmp_path, LATER, 100, random.Random(1)).paths) == 30


def test_what_came_after_the_archive_is_not_asked_of_it(tmp_path):
    mailbox(tmp_path, 3)
    assert drill.sample(tmp_path, time.time() - 3600, 10, random.Random(1)) == drill.Sample((), 0)


def test_messages_of_an_archive_are_counted():
    paths = ["srv/mail/a/u.1", "srv/mail/a/dovecot.index", "srv/mail/a/u.12", "srv/mail2/u.1", "srv/mail/u.x"]
    assert drill.count(iter(paths), "srv/mail") == 2


def test_a_missing_and_a_damaged_message_are_found(tmp_path):
    live, scratch = tmp_path / "live", tmp_path / "scratch"
    for root in (live, scratch):
        root.mkdir()
        for name in ("u.1", "u.2", "u.3"):
            (root / name).write_text(f"mail {name}")
    names = ["u.1", "u.2", "u.3"]
    assert drill.compare(scratch, live, names) == []
    (scratch / "u.1").unlink()
    (scratch / "u.2").write_text("mail u.X")
    (live / "u.3").unlink()  # deleted by its owner since
    assert drill.compare(scratch, live, names) == [
        "/u.1 is not in the archive",
        "/u.2 was restored with another content",
    ]


@pytest.fixture
def taken(tmp_path):
    """A point as `point.take` leaves it."""
    queue = tmp_path / "spool" / "active"
    queue.mkdir(parents=True)
    (queue / "A1").write_text("mail")
    (queue / "A1").chmod(0o700)
    folder = tmp_path / "point"
    folder.mkdir()
    ldif = folder / "directory.ldif"
    ldif.write_text("dn: dc=x\n\ndn: cn=y,dc=x\n")
    said = {
        "queue": snapshot.copy_queue(tmp_path / "spool", folder / "queue"),
        "entries": 2,
        "directory_sha256": snapshot.digest(ldif),
    }
    (folder / "point.json").write_text(json.dumps(said))
    return folder


def test_a_point_that_is_whole(taken):
    assert drill.check_snapshot(taken) == []


def test_a_point_that_lacks_something(taken):
    (taken / "queue/active/A1").unlink()
    os.truncate(taken / "directory.ldif", 9)
    assert drill.check_snapshot(taken) == [
        "the queue has 0 messages, not 1",
        "directory.ldif is not the one that was written",
    ]
    (taken / "point.json").unlink()
    assert drill.check_snapshot(taken)[0].startswith("point.json: ")


def test_the_time_to_restore_is_estimated_by_the_slower_of_bytes_and_files():
    assert drill.rto(1000, 100, 100, 50, 2.0) == 20
    assert drill.rto(1000, 100, 500, 5, 2.0) == 40
    assert drill.rto(1000, 100, 0, 0, 2.0) == 0
