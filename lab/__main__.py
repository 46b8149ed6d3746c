"""Runs the lab.

up: hosts, DNS and the outside world, ready for a playbook. down: remove them. run: all of `make lab`.
access: write access.json for hosts that are provisioned. clean: remove all labs of this checkout.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from lab import hosts
from lab.lab import Lab, open_lab
from lab.shell import ROOT, LabError


def main() -> int:
    """Read the command line and do it."""
    parser = argparse.ArgumentParser(prog="python -m lab", description=__doc__)
    parser.add_argument("verb", choices=["up", "down", "access", "run", "clean"])
    parser.add_argument("--state", type=Path, default=Path(os.environ.get("CONGVU_LAB") or ROOT / ".lab"))
    parser.add_argument("--inventory", type=Path, default=ROOT / "inventories/lab")
    options = parser.parse_args()
    try:
        if options.verb == "clean":
            hosts.clean(options.state)
        else:
            do(options.verb, open_lab(options.state, options.inventory), options.inventory)
    except LabError as err:
        print(f"lab: {err}", file=sys.stderr)
        return 1
    return 0


def do(verb: str, lab: Lab, inventory: Path) -> None:
    """Do what needs the Python environment: `clean` must work without it."""
    from lab import access, run

    if verb == "up":
        access.operator(lab.state)
        access.archivist(lab.state)
        hosts.up(lab)
    elif verb == "down":
        hosts.down(lab)
    elif verb == "access":
        hosts.attach(lab)
        access.write(lab)
    else:
        run.everything(lab, inventory)


if __name__ == "__main__":
    sys.exit(main())
