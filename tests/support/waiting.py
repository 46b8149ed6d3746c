"""Waiting for something to become true, never for time to pass."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_for(what: str, probe: Callable[[], T], within: float = 300) -> T:
    """Ask until the answer is truthy, and return it; `what` is the sentence that failed to come true.

    The limit is for what never comes true: a busy machine takes many times as long as a quiet one.
    """
    end = time.monotonic() + within
    while True:
        answer = probe()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"not within {within:.0f} s: {what} (last answer: {answer!r})")
        time.sleep(0.2)
