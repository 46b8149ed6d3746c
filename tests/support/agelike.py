"""What the program age does when it seals, without asking every machine that runs the tests for age."""

from __future__ import annotations

import sys

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.first_passwords import sealing

AGE = f"""#!{sys.executable}
import sys, pyrage
keys = [word for word in sys.argv[1:] if word.startswith("age1")]
try:
    known = [pyrage.x25519.Recipient.from_str(key) for key in keys]
except Exception as error:
    sys.exit(f"age: error: {{error}}")
assert sys.argv[1] == "--armor" and sys.argv[2:] == [word for key in keys for word in ("--recipient", key)]
sys.stdout.buffer.write(pyrage.encrypt(sys.stdin.buffer.read(), known, armored=True))
"""


@pytest.fixture
def age(tmp_path, monkeypatch):
    program = tmp_path / "age"
    program.write_text(AGE)
    program.chmod(0o700)
    monkeypatch.setattr(sealing, "AGE", str(program))
