#!/usr/bin/python3
"""Runs a command on a host and appends one line to /run/measured: its seconds, and its peak of memory in MB.

It also stands in for the Python that Ansible starts modules with, so that a module is measured from the start
of its interpreter to its end, with the programs it runs.
"""

import os
import subprocess
import sys
import time

begun = time.monotonic()
process = subprocess.Popen(sys.argv[1:])
_, status, usage = os.wait4(process.pid, 0)
with open("/run/measured", "a") as file:  # noqa: PTH123  nothing more is loaded than is needed
    file.write(f"[{time.monotonic() - begun}, {usage.ru_maxrss / 1024}]\n")
sys.exit(os.waitstatus_to_exitcode(status))
