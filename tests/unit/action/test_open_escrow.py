"""The escrow is opened on the controller: with the right key, for the right host, or with the reason."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pyrage
import pytest
from ansible_collections.congvu.mail.plugins.action import open_escrow
from ansible_collections.congvu.mail.plugins.plugin_utils.printing import PrintingError

HOST = "mail.gialai.gov.vn"
CLEAR = json.dumps({"host": HOST, "passphrase": "a b\tc", "key": "BORG_KEY ...", "targets": []}).encode()


@pytest.fixture
def key() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.generate()


@pytest.fixture
def identity(key: pyrage.x25519.Identity, tmp_path: Path) -> str:
    path = tmp_path / "archive.key"
    path.write_text(f"# created: today\n{key}\n")
    return str(path)


@pytest.mark.parametrize("armored", [False, True])
def test_its_key_opens_it(key, identity, armored) -> None:
    sealed = pyrage.encrypt(CLEAR, [key.to_public()], armored=armored)
    assert open_escrow.opened(sealed, identity, HOST) == {"passphrase": "a b\tc"}


def test_what_was_typed_off_the_sheet_needs_no_key() -> None:
    assert open_escrow.opened(CLEAR, None, HOST) == {"passphrase": "a b\tc"}


def test_what_is_sealed_needs_one_and_says_so(key) -> None:
    with pytest.raises(PrintingError, match="is sealed: -e identity=FILE"):
        open_escrow.opened(pyrage.encrypt(CLEAR, [key.to_public()]), None, HOST)


def test_another_key_is_refused_and_the_file_is_named(identity) -> None:
    sealed = pyrage.encrypt(CLEAR, [pyrage.x25519.Identity.generate().to_public()])
    with pytest.raises(PrintingError, match=f"{identity} does not open the escrow of {HOST}"):
        open_escrow.opened(sealed, identity, HOST)


def test_the_escrow_of_another_host_is_refused(key, identity) -> None:
    sealed = pyrage.encrypt(CLEAR, [key.to_public()])
    with pytest.raises(PrintingError, match=f"this is the escrow of {HOST}, not of mx1.gialai.gov.vn"):
        open_escrow.opened(sealed, identity, "mx1.gialai.gov.vn")


@pytest.mark.parametrize("clear", [b"", b"{}", b"[]", b'{"host": "mail.gialai.gov.vn"}', b"\xff"])
def test_what_is_no_escrow_is_refused(key, identity, clear) -> None:
    with pytest.raises(PrintingError, match="this is no escrow"):
        open_escrow.opened(pyrage.encrypt(clear, [key.to_public()]), identity, HOST)


def test_the_file_is_read_or_named(tmp_path) -> None:
    path = tmp_path / "x.age"
    with pytest.raises(PrintingError, match=f"escrow={path}: No such file"):
        open_escrow.sealed({"content": None, "file": str(path)})
    path.write_bytes(b"sealed")
    assert open_escrow.sealed({"content": None, "file": str(path)}) == b"sealed"
    assert open_escrow.sealed({"content": base64.b64encode(b"s").decode(), "file": None}) == b"s"
