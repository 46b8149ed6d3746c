"""What `make bench` measures; see docs/performance.md.

names: names and register, from files to addresses, without any host. directory: accounts in the directory of
a real host. logins: logins a second through IMAP. backup: backups of a mail host to another, and restores.
Without a word all of them.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

PARTS = ("names", "directory", "logins", "backup")


def machine() -> str:
    """Name what it ran on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2] for line in lines if line.startswith("model name")), "unknown")
    return f"{os.cpu_count()} cores, {model.strip()}, Python {sys.version.split()[0]}"


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="what to measure")
    parser.add_argument(
        "--sizes", nargs="+", type=int, default=(), help="numbers of people; of backup: messages"
    )
    parser.add_argument("--keep", action="store_true", help="leave the mail host for the next run")
    options = parser.parse_args()
    parts = options.parts or PARTS
    # Asked to end, it ends as after an error: the host is removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    print(machine(), flush=True)
    # What is not needed is not loaded (see `core.only`).
    if "names" in parts:
        from benchmarks import core

        core.run(options.sizes)
    if set(parts) & {"directory", "logins"}:
        from benchmarks import directory, logins
        from benchmarks.host import mail_host

        with mail_host(options.keep) as host:
            if "directory" in parts:
                directory.run(host, options.sizes)
            if "logins" in parts:
                logins.run(host)
    if "backup" in parts:
        from benchmarks import backup
        from benchmarks.host import WITH_BACKUP, mail_host

        with mail_host(options.keep, WITH_BACKUP) as host:
            backup.run(host, options.sizes)


if __name__ == "__main__":
    main()
