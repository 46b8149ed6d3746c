"""What is sealed, when it is sealed anew, and what borg's failures say."""

from __future__ import annotations

import json
import subprocess
from types import SimpleNamespace

import pyrage
import pytest
from ansible_collections.congvu.mail.plugins.module_utils.backup import borgmatic, escrow
from ansible_collections.congvu.mail.plugins.module_utils.backup.targets import Target

TARGETS = [
    Target("backup1", "ssh://b1/mail", "ssh-ed25519 AAAA"),
    Target("far", "ssh://far/mail", "ssh-ed25519 BBBB", kept=False),
]
KEYS = {"backup1": "BORG_KEY 1\n", "far": "BORG_KEY 2\n"}


def test_everything_that_opens_the_backups_is_in_it():
    said = json.loads(escrow.clear("mail", "secret", TARGETS, KEYS))
    assert (said["host"], said["passphrase"], said["key"]) == ("mail", "secret", "BORG_KEY 1\n")
    assert said["targets"][1] == {
        "label": "far", "repository": "ssh://far/mail", "host_key": "ssh-ed25519 BBBB", "key": "BORG_KEY 2\n",
    }  # fmt: skip
    with pytest.raises(KeyError):
        escrow.clear("mail", "secret", TARGETS, {"backup1": "BORG_KEY 1\n"})


@pytest.fixture
def sealed(tmp_path, monkeypatch):
    """Seal with pyrage in place of the host's age; return who did, and what was on the command line."""
    calls = []

    def age(command, *, input, **_):
        recipients = [pyrage.x25519.Recipient.from_str(word) for word in command if word.startswith("age1")]
        calls.append(command)
        return SimpleNamespace(returncode=0, stdout=pyrage.encrypt(input, recipients), stderr=b"")

    monkeypatch.setattr(subprocess, "run", age)
    path = tmp_path / "escrow.age"
    return SimpleNamespace(path=path, calls=calls, seal=lambda text, keys: escrow.seal(text, keys, path))


def test_it_is_sealed_anew_only_for_another_text_or_reader(sealed):
    one, two = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    keys = [str(one.to_public())]
    assert sealed.seal("text", keys)
    assert not sealed.seal("text", keys)
    assert pyrage.decrypt(sealed.path.read_bytes(), [one]) == b"text"
    assert sealed.seal("other", keys)
    assert sealed.seal("other", [*keys, str(two.to_public())])
    assert pyrage.decrypt(sealed.path.read_bytes(), [two]) == b"other"
    sealed.path.unlink()
    assert sealed.seal("other", [*keys, str(two.to_public())])
    assert not any("other" in word for call in sealed.calls for word in call)
    assert sealed.path.stat().st_mode & 0o777 == 0o600


def test_a_failure_says_what_borg_said():
    said = """Cache is newer than repository
backup1: Error running actions for repository
backup1: Command '('borg', 'create')' returned non-zero exit status 64.
/etc/borgmatic/config.yaml: An error occurred

summary:
An error occurred
"""
    assert borgmatic.reason(said) == "Cache is newer than repository"


def test_a_failure_that_borg_did_not_expect_says_the_cause():
    said = """Traceback (most recent call last):

  File "/usr/lib/python3/dist-packages/borg/locking.py", line 297, in save
    with open(self.path, "w") as f:
         ~~~~^^^^^^^^^^^^^^^^

OSError: [Errno 28] No space left on device

Borg server: Platform: Linux backup1 6.12 #1 SMP
Borg server: PID: 897  CWD: /srv/backup
Borg server: SSH_ORIGINAL_COMMAND: 'borg serve'
Platform: Linux mail 6.12 #1 SMP
Linux: Unknown Linux
Borg: 1.4.0  Python: CPython 3.13.5
PID: 4117  CWD: /root
sys.argv: ['/usr/bin/borg', 'create']
SSH_ORIGINAL_COMMAND: None

backup1: Error running actions for repository
"""
    assert borgmatic.reason(said) == "OSError: [Errno 28] No space left on device"
