"""Settings of all unit tests; with this file here, `samples` can be imported from any folder below."""

from __future__ import annotations

from hypothesis import settings

# Few examples and always the same ones: `make unit` takes seconds, and a red test is red for everybody.
# For a long search: .venv/bin/pytest tests/unit --hypothesis-profile=search
settings.register_profile("quick", max_examples=60, deadline=None, derandomize=True)
settings.register_profile("search", max_examples=20_000, deadline=None)
settings.load_profile("quick")
