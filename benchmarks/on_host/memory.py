#!/usr/bin/python3
"""Looks at the memory of processes until its standard input ends; prints the peaks as JSON.

Looked at are the sum of all processes of a name, and their number. Memory is what is a process's own
(RssAnon): programs and libraries, which they share, and the database, which is the system's cache, are not in
it.
"""

import json
import select
import sys
from pathlib import Path

PAUSE = 0.25


def kind(process: Path) -> str:
    """Return a process's name as Dovecot and slapd show it; Dovecot's workers are those with -w."""
    words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
    name = Path(words[0].split(" ")[0]).name
    return "auth-worker" if name == "auth" and ("-w" in words or "worker" in words[0]) else name


def megabytes(process: Path) -> float:
    """Return a process's own memory; one that has ended has none."""
    lines = (process / "status").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon:")) / 1024


def main() -> None:
    """Look, wait, look again."""
    peaks = {name: [0.0, 0] for name in sys.argv[1:]}
    while True:
        now = {name: [0.0, 0] for name in peaks}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                name = kind(process)
                if name in now:
                    now[name][0] += megabytes(process)
                    now[name][1] += 1
            except OSError:  # it has just ended
                continue
        peaks = {
            name: [max(peak[0], now[name][0]), max(peak[1], now[name][1])] for name, peak in peaks.items()
        }
        if select.select([sys.stdin], [], [], PAUSE)[0]:
            break
    print(json.dumps(peaks))


if __name__ == "__main__":
    main()
