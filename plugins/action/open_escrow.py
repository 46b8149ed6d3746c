# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pyrage
from ansible_collections.congvu.mail.plugins.plugin_utils import printing
from ansible_collections.congvu.mail.plugins.plugin_utils.action import SecretAction
from ansible_collections.congvu.mail.plugins.plugin_utils.printing import PrintingError


class ActionModule(SecretAction):
    """Opens the escrow of a host here, on the controller."""

    options = {
        "content": {"type": "str", "no_log": True},
        "file": {"type": "path"},
        "identity": {"type": "path"},
        "host": {"type": "str", "required": True},
    }
    rules = {"mutually_exclusive": [("content", "file")], "required_one_of": [("content", "file")]}

    def act(self, given: dict[str, Any]) -> dict[str, Any]:
        return opened(sealed(given), given["identity"], given["host"])


def sealed(given: dict[str, Any]) -> bytes:
    """Return the sealed file. Raises PrintingError."""
    if given["content"] is not None:
        return base64.b64decode(given["content"])
    path = Path(given["file"])
    try:
        return path.expanduser().read_bytes()
    except OSError as error:
        raise PrintingError(f"escrow={path}: {error.strerror}") from error


def opened(content: bytes, identity: str | None, host: str) -> dict[str, Any]:
    """Return what a host's escrow says. Raises PrintingError where this key does not open it.

    What was typed off a printed sheet is clear and needs none.
    """
    try:
        clear = content if content.lstrip().startswith(b"{") else unsealed(content, identity, host)
        said: dict[str, Any] = json.loads(clear)
        found = {"passphrase": said["passphrase"]}
    except (ValueError, KeyError, TypeError) as error:
        raise PrintingError(f"this is no escrow: {error}") from error
    if said.get("host") != host:
        raise PrintingError(f"this is the escrow of {said.get('host')}, not of {host}")
    return found


def unsealed(content: bytes, identity: str | None, host: str) -> bytes:
    """Return what is sealed. Raises PrintingError where there is no key to it."""
    if not identity:
        raise PrintingError(f"the escrow of {host} is sealed: -e identity=FILE, a key of mail_archive_keys")
    try:
        clear: bytes = pyrage.decrypt(content, printing.read_identity(Path(identity)))
    except pyrage.DecryptError as error:
        raise PrintingError(
            f"{identity} does not open the escrow of {host}: it was sealed to other keys (mail_archive_keys)"
        ) from error
    return clear
