"""A site in Git that the actions may change."""

from __future__ import annotations

import pytest

from tests.support.repository import Repository


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path / "clone")
