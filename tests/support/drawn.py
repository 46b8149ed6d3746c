"""Writes for each property test how many examples were drawn, and a digest of them, into the file DRAWN.

    DRAWN=/tmp/drawn PYTHONPATH=. .venv/bin/pytest -p tests.support.drawn tests/unit

Sorted, two such files are equal, whatever ran beside, in whatever order and on however many cores.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from pathlib import Path
from typing import Any

from hypothesis.internal import observability

COUNTS: dict[str, int] = defaultdict(int)
DIGESTS: dict[str, Any] = defaultdict(hashlib.sha256)


def seen(observation: Any) -> None:
    """Add one example: the choices that it was made of."""
    if observation.type == "test_case":
        COUNTS[observation.property] += 1
        choices = [node.value for node in observation.metadata.choice_nodes or ()]
        DIGESTS[observation.property].update(repr(choices).encode("utf-8", "surrogatepass"))


def pytest_configure() -> None:
    observability.OBSERVABILITY_CHOICES = True
    observability.add_observability_callback(seen)


def pytest_unconfigure() -> None:
    observability.remove_observability_callback(seen)
    with Path(os.environ["DRAWN"]).open("a", encoding="utf-8") as file:
        file.writelines(f"{name} {COUNTS[name]} {DIGESTS[name].hexdigest()}\n" for name in sorted(COUNTS))
