"""Tries the collection with every ansible-core that it is for, with the Python of Debian 13.

    python -m tests.matrix [--short] [VERSION ...]

Each version gets a bare Debian 13 as a container, which is controller and mail host in one, and there the
unit tests, the playbooks that need no host, ansible-test sanity, a syntax check of all playbooks, and a
converge. What ansible-core calls deprecated in any of them is a fault too: a later version refuses it.
`--short`, which is of the newest version unless others are named, takes what meets ansible-core most: the
tests of the plugins, playbooks on the shipped sites, and the syntax check.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager

from lab import hosts, image
from lab.lab import HOSTNAME, Lab, open_lab
from lab.shell import ROOT, LabError, say

# meta/runtime.yml and pyproject.toml give the same range (tests/unit/test_matrix.py).
VERSIONS = ("2.19", "2.20", "2.21")
# Newer versions of linters bring nothing to this, and take their time to install.
LINTERS = (
    "ansible-core",
    "ansible-lint",
    "molecule",
    "mypy",
    "ruff",
    "types-",
    "yamllint",
    "pre-commit",
    "codespell",
)
PACKAGES = "git make python3-venv"
LOCAL = "-e ansible_connection=local -e ansible_python_interpreter=/usr/bin/python3 -i inventories/lab"
PREPARE = f"""
set -e
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 {PACKAGES} >/dev/null
git init -q . && git add -A
mkdir -p .lab .ansible/collections/ansible_collections/congvu
ln -s ../../../.. .ansible/collections/ansible_collections/congvu/mail
python3 -m venv .venv
.venv/bin/pip install -q --disable-pip-version-check {{requirements}}
.venv/bin/python -c 'from pathlib import Path; from lab import access
access.operator(Path(".lab")); access.archivist(Path(".lab"))'
.venv/bin/ansible --version | sed -n '1p;s/^ *python version/python/p'
"""
PLUGINS = "tests/unit/action tests/unit/lookup tests/unit/modules tests/unit/plugin_utils"
PYTEST = ".venv/bin/pytest -q -n auto"
SYNTAX = f".venv/bin/ansible-playbook --syntax-check {LOCAL} playbooks/*.yml"
# Ansible adds to it whatever it shows, in every process: a warning is in no test's way, and is not lost.
SAID = "/var/log/ansible.log"
# What is deprecated, and results whose names have a type of Ansible's own; but no file that a test broke.
FAULTS = "DEPRECATION WARNING.*|Value for result key.*"
CURRENT = f"""
test -s {SAID} && ! grep -hoE '{FAULTS}' {SAID} | grep -v "File '/tmp/pytest-of-" | sort -u | grep .
"""
SHORT = {
    "plugins": f"{PYTEST} {PLUGINS} tests/playbooks/test_shipped_sites.py",
    "syntax": SYNTAX,
    "current": CURRENT,
}
WHOLE = {
    "unit": f"{PYTEST} tests/unit tests/templates",
    "playbooks": f"{PYTEST} tests/playbooks",
    "sanity": ".venv/bin/python tests/sanity",
    "syntax": SYNTAX,
    "converge": f".venv/bin/ansible-playbook {LOCAL} playbooks/site.yml playbooks/mailboxes.yml",
    "current": CURRENT,
}


def main() -> int:
    """Try the versions one after the other, and end with a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.matrix", description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("versions", nargs="*", metavar="VERSION", help=f"of {', '.join(VERSIONS)}")
    given = parser.parse_args()
    lab = open_lab(ROOT / ".lab/matrix", ROOT / "inventories/lab")
    rows: list[tuple[str, str, bool, float]] = []
    for version in given.versions or (VERSIONS[-1:] if given.short else VERSIONS):
        with host(lab, version):
            for stage, command in {"prepare": prepare(version), **(SHORT if given.short else WHOLE)}.items():
                say(f"\n=== ansible-core {version}: {stage}")
                begin = time.monotonic()
                passed = within(lab, command) == 0
                rows.append((version, stage, passed, time.monotonic() - begin))
                if stage == "prepare" and not passed:
                    break
    print("\nansible-core  stage      result    seconds")
    for version, stage, passed, seconds in rows:
        print(f"{version:<13} {stage:<10} {'passed' if passed else 'FAILED':<8} {seconds:8.1f}")
    failed = sum(not passed for _, _, passed, _ in rows)
    print(f"{len(rows) - failed} passed, {failed} failed")
    return 1 if failed else 0


def prepare(version: str) -> str:
    """Return the commands that make a bare host one that can run this version with our pinned libraries."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    pinned = [one for group in groups.values() for one in group if isinstance(one, str)]
    kept = [one for one in pinned if not one.startswith(LINTERS)]
    return PREPARE.replace("{requirements}", " ".join([f"ansible-core~={version}.0", *kept]))


@contextmanager
def host(lab: Lab, version: str) -> Iterator[None]:
    """Start a bare Debian 13 with this checkout in it, and remove it in the end."""
    say(f"\n=== ansible-core {version}: a bare host")
    base = image.ensure(lab.podman)
    hosts.down(lab)
    options = ["--systemd=always", "--cap-add=NET_ADMIN", f"--hostname={HOSTNAME}", *lab.podman.run_options]
    lab.podman("run", "--detach", f"--name={lab.key}", *lab.labels, *options, base, "/sbin/init")
    try:
        lab.podman("exec", lab.key, "systemctl", "is-system-running", "--wait", check=False, timeout=180)
        files = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        there = b"\0".join(name for name in files.split(b"\0") if name and (ROOT / name.decode()).exists())
        packed = subprocess.run(
            ["tar", "--create", "--null", "--files-from=-"],
            cwd=ROOT,
            input=there,
            capture_output=True,
            check=True,
        ).stdout
        lay = [*lab.podman.command, "exec", "-i", lab.key, "tar", "-x", "--no-same-owner", "-C", "/opt"]
        subprocess.run(lay, env=lab.podman.env, input=packed, check=True)
        yield
    finally:
        hosts.down(lab)


def within(lab: Lab, script: str) -> int:
    """Run a script in the checkout on the host, with its output here; return its exit code."""
    sys.stdout.flush()
    command = [
        "exec",
        "--workdir=/opt",
        "--env=LC_ALL=C.UTF-8",
        f"--env=ANSIBLE_LOG_PATH={SAID}",
        lab.key,
        "sh",
        "-c",
        script,
    ]
    return subprocess.call([*lab.podman.command, *command], env=lab.podman.env)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except LabError as error:
        sys.exit(f"matrix: {error}")
