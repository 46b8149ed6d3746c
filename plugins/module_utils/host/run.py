# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How every module that holds a lock of the host begins and ends, and in which words it says so."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import Any, NoReturn, Protocol, TypeVar

UNCHANGED = "Nothing was changed: {}"
STOPPED = "Stopped on the way, the same command again does the rest: {}"
BUSY = "another run is at work on this host, wait for it to end"

PR_SET_DUMPABLE = 4  # prctl(2)

Held = TypeVar("Held")


class Module(Protocol):
    """What is used of AnsibleModule."""

    def exit_json(self, **result: Any) -> NoReturn:  # noqa: ANN401  a result holds anything
        """End well."""

    def fail_json(self, msg: str, **result: Any) -> NoReturn:  # noqa: ANN401  as above
        """End badly."""


class StoppedError(Exception):
    """Part of the work is done; the same command again does the rest."""


def run(
    module: Module,
    lock: AbstractContextManager[Held],
    work: Callable[[Held], dict[str, Any]],
    *,
    refusals: tuple[type[Exception], ...],
) -> NoReturn:
    """Do the work while the lock is held, and end the module with the result or in one wording.

    `refusals` are the exceptions that come before anything is changed; what comes later is a StoppedError.
    Secrets in memory are in no core dump.
    """
    keep_out_of_core_dumps()
    with ExitStack() as stack:
        try:
            held = stack.enter_context(lock)
        except BlockingIOError:
            module.fail_json(msg=UNCHANGED.format(BUSY), problems=[BUSY])
        except FileNotFoundError as error:
            missing = f"this host has no {error.filename} yet: run playbooks/site.yml first"
            module.fail_json(msg=UNCHANGED.format(missing), problems=[missing])
        try:
            result = work(held)
        except refusals as error:
            module.fail_json(msg=UNCHANGED.format(error), problems=getattr(error, "problems", [str(error)]))
        except StoppedError as error:
            module.fail_json(msg=STOPPED.format(error), problems=[str(error)])
        module.exit_json(**result)


def keep_out_of_core_dumps() -> None:
    """Let the kernel write no core of this process, and only root look into it, whatever the host's limits.

    A limit of zero (ulimit -c) would not do: a core that goes to a program by a pipe is written all the same.
    """
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
