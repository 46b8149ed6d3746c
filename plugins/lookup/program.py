# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

DOCUMENTATION = r"""
name: program
author: congvu.mail contributors (@congvu)
version_added: 0.1.0
short_description: A program for a host, as one file
description:
  - Packs a module of this collection, and all that it imports from the collection, into one executable file
    (L(zipapp,https://docs.python.org/3/library/zipapp.html)). Imports are found by reading the source.
  - The same sources give the same bytes, with any version of Python on the controller.
options:
  _terms:
    description: Modules below C(plugins/module_utils) with a C(main) that returns the exit code.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Write the program
  congvu.mail.configuration:
    files:
      - path: /usr/local/sbin/congvu-backup
        base64: "{{ lookup('congvu.mail.program', 'backup.program') }}"
        mode: "0755"
"""

RETURN = r"""
_raw:
  description: The files, in base64.
  type: list
  elements: str
"""

import ast
import base64
import io
import zipfile
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase

SOURCES = Path(__file__).resolve().parents[1] / "module_utils"
PACKAGE = "ansible_collections.congvu.mail.plugins.module_utils"
# Nothing from the environment or the working directory; no bytecode is written.
INTERPRETER = b"#!/usr/bin/python3 -BI\n"
# Python opens a zipapp by its path again for each import. If an upgrade replaced the file meanwhile, it would
# read the new one at the places of the old one. So all imports go by the file that is opened here. This text
# itself is the same at the same place in every version of every program.
MAIN = b"""\
import os
import sys

sys.path[0] = f"/proc/self/fd/{os.open(sys.path[0], os.O_RDONLY)}"
from entry import main

raise SystemExit(main())
"""


def pack(entry: str) -> bytes:
    """Return the executable file that runs `main` of a module. Raises AnsibleError where there is none."""
    start = f"{PACKAGE}.{entry}"
    if _source(start) is None:
        raise AnsibleError(f"{entry}: there is no such module below {SOURCES}")
    sources: dict[str, bytes] = {}
    todo = [start]
    while todo:
        name = todo.pop()
        parent, _, _ = name.rpartition(".")
        path = _source(name)
        member = name.replace(".", "/") + (
            "/__init__.py" if path is None or path.stem == "__init__" else ".py"
        )
        if member not in sources:
            sources[member] = path.read_bytes() if path else b""
            todo += [parent] * bool(parent)
            todo += _imported(name if member.endswith("/__init__.py") else parent, sources[member])
    packed = io.BytesIO(INTERPRETER)
    packed.seek(0, io.SEEK_END)
    with zipfile.ZipFile(packed, "w") as archive:  # nothing is compressed: zlib's bytes depend on its version
        _add(archive, "__main__.py", MAIN)
        _add(archive, "entry.py", f"from {start} import main as main\n".encode())
        for member, source in sorted(sources.items()):
            _add(archive, member, source)
    return packed.getvalue()


def _add(archive: zipfile.ZipFile, name: str, source: bytes) -> None:
    member = zipfile.ZipInfo(name)  # its time is the first that the format knows
    member.create_system = 3  # Unix, whatever the controller is
    member.external_attr = 0o644 << 16
    archive.writestr(member, source)


def _source(name: str) -> Path | None:
    """Return the file of a module or package of this collection; None: there is none."""
    below = name.removeprefix(PACKAGE).strip(".").replace(".", "/")
    candidates = (
        (SOURCES / below / "__init__.py", SOURCES / f"{below}.py") if name.startswith(PACKAGE) else ()
    )
    return next((path for path in candidates if path.is_file()), None)


def _imported(package: str, source: bytes) -> Iterator[str]:
    """Yield the modules of this collection that a module of this package imports, wherever in its text."""
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom):
            base = resolve_name("." * node.level + (node.module or ""), package)
            names = [base, *(f"{base}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        yield from (name for name in names if _source(name))


class LookupModule(LookupBase):
    """The lookup."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[str]:
        """Return the programs in base64."""
        self.set_options(var_options=variables, direct=kwargs)
        return [base64.b64encode(pack(term)).decode("ascii") for term in terms]
