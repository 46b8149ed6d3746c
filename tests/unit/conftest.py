"""Settings of all unit tests; with this file here, `samples` can be imported from any folder below."""

from __future__ import annotations

import os

from hypothesis import settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

# A long random search sets how many examples a test draws: `make fuzz`.
SEARCH = int(os.environ.get("CONGVU_EXAMPLES", "0"))

if SEARCH:
    settings.register_profile("search", max_examples=SEARCH, deadline=None, print_blob=True)
    settings.load_profile("search")
else:
    # Few examples and always the same ones: `make unit` is quick, and a red test is red for everybody.
    settings.register_profile("quick", max_examples=60, deadline=None, derandomize=True)
    settings.load_profile("quick")
    # Hypothesis also draws words and numbers that it finds in the project's modules, as far as they happen to
    # be imported: without that, a test draws the same alone and among others (tests/unit/test_drawn.py).
    # There is no setting for it.
    NO_CONSTANTS = Constants()
    providers._get_local_constants = lambda: NO_CONSTANTS
