"""The pause of the garbage collector ends with the work, also when the work fails."""

from __future__ import annotations

import gc

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.parsing.collector import collector_paused


def test_the_collector_goes_on_afterwards():
    with pytest.raises(ValueError), collector_paused():
        assert not gc.isenabled()
        raise ValueError
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off():
    gc.disable()
    try:
        with collector_paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
