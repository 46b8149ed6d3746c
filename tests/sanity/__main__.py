"""Runs `ansible-test sanity` on what the collection ships, with an empty home and PyPI alone.

ansible-test wants the collection at .../ansible_collections/congvu/mail as real files, and this repository is
linked to there: so it gets a copy, without what no tarball has (tests, lab, molecule, sites). Its own virtual
environments are kept in `.cache/sanity`, since to make them takes longer than all tests.

Two of its tests do not run, or not on everything:

- `pylint`: ruff, with its rules of pylint, and mypy --strict read the same files in the stage `lint`. What is
  left is a ban of the name `_`, and of `print` in module_utils, where the programs of our hosts are.
- `import` runs on modules alone. They are what meets a foreign Python, and may name a library that is missing
  there; the core and the actions need the libraries of the group `run` (pyproject.toml).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from ansible.release import __version__

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache/sanity"
COPY = CACHE / "ansible_collections/congvu/mail"
HOME = CACHE / "home"
SHIPPED = ("changelogs", "galaxy.yml", "meta", "playbooks", "plugins", "roles", "tests/config.yml")
# Of the oldest ansible-core that this is for; the others (tests/matrix.py) are asked for no more.
IGNORED = ROOT / "tests/sanity/ignore-2.19.txt"
RUNS = (
    # pwsh and shellcheck read files that there are none of, or that `lint` has.
    ["--skip-test", "pylint", "--skip-test", "import", "--skip-test", "pslint", "--skip-test", "shellcheck"],
    ["--test", "import", "plugins/modules/"],
)
# ansible-test puts pip into its environments with a script that it downloads from a host of its own, if there
# is none here. This one does the same with the pip that every Python brings, and PyPI.
GET_PIP = """\
import subprocess, sys
subprocess.run([sys.executable, "-m", "ensurepip"], check=True, stdout=subprocess.DEVNULL)
asked = [word for word in sys.argv[1:] if not word.startswith("--no-")]
subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *asked], check=True)
"""


def copy() -> None:
    """Lay down what is tracked, or will be, as it stands now."""
    shutil.rmtree(COPY, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *SHIPPED],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    for name in map(os.fsdecode, listed.split(b"\0")[:-1]):
        if (ROOT / name).exists():
            (COPY / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, COPY / name, follow_symlinks=False)
    version = ".".join(__version__.split(".")[:2])
    (COPY / "tests/sanity").mkdir()
    shutil.copy2(IGNORED, COPY / f"tests/sanity/ignore-{version}.txt")
    # Else ansible-test asks the repository around it, which ignores what is in `.cache`.
    subprocess.run(["git", "init", "--quiet", COPY], check=True)


def bring_pip() -> None:
    """Put the script where ansible-test would keep the one that it downloads, by the version it wants."""
    found = find_spec("ansible_test")
    folder = Path(next(iter(found.submodule_search_locations or ()))) if found else Path()
    source = (folder / "_internal/python_requirements.py").read_text(encoding="utf-8")
    for version in set(re.findall(r"\bpip='([0-9.]+)'", source)):
        path = HOME / f".ansible/test/cache/get_pip_{version.replace('.', '_')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(GET_PIP, encoding="utf-8")


def main() -> int:
    """Run the tests; the exit code is 1 if any of them found something."""
    copy()
    bring_pip()
    ansible_test = Path(sys.executable).with_name("ansible-test")
    environment = {**os.environ, "HOME": str(HOME)}
    command = [str(ansible_test), "sanity", "--python", f"{sys.version_info.major}.{sys.version_info.minor}"]
    codes = [
        subprocess.run([*command, *words], cwd=COPY, env=environment, check=False).returncode
        for words in RUNS
    ]
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
