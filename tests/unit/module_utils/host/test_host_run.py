"""A module that holds a lock ends in one wording, whatever came between."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.host import files
from ansible_collections.congvu.mail.plugins.module_utils.host import run as module
from ansible_collections.congvu.mail.plugins.module_utils.host.run import StoppedError, run


class Ended(Exception):
    """How the module ended."""


class Module:
    def exit_json(self, **result):
        raise Ended("well", result)

    def fail_json(self, msg, **result):
        raise Ended(msg, result)


class OtherError(Exception):
    problems = ("one", "two")


def ended(work, lock=None):
    @contextmanager
    def free():
        yield "held"

    with pytest.raises(Ended) as caught:
        run(Module(), lock or free(), work, refusals=(KeyError, OtherError))
    return caught.value.args


def raising(error):
    def work(_):
        raise error

    return work


def test_the_work_is_given_what_the_lock_gives_and_its_result_is_the_modules():
    assert ended(lambda held: {"changed": True, "of": held}) == ("well", {"changed": True, "of": "held"})


def test_a_refusal_says_that_nothing_was_changed_and_has_all_problems():
    assert ended(raising(OtherError("both"))) == ("Nothing was changed: both", {"problems": ("one", "two")})


def test_what_comes_later_does_not_say_so():
    said = "Stopped on the way, the same command again does the rest: slapd is away"
    assert ended(raising(StoppedError("slapd is away"))) == (said, {"problems": ["slapd is away"]})


def test_what_nobody_expected_is_not_hidden():
    with pytest.raises(RuntimeError):
        run(Module(), files.locked(files.Path("/")), raising(RuntimeError()), refusals=(KeyError,))


def test_a_second_run_is_refused_and_does_nothing(tmp_path):
    with files.locked(tmp_path):
        said, result = ended(raising(AssertionError()), files.locked(tmp_path))
    assert said == "Nothing was changed: another run is at work on this host, wait for it to end"
    assert result["problems"]


def test_a_host_without_the_folder_is_told_what_to_do(tmp_path):
    said, _ = ended(raising(AssertionError()), files.locked(tmp_path / "sealed"))
    assert said.startswith(f"Nothing was changed: this host has no {tmp_path}/sealed yet: run playbooks/")


def test_the_lock_is_held_while_the_work_is_done_and_no_longer(tmp_path):
    def work(_):
        with pytest.raises(BlockingIOError), files.locked(tmp_path):
            pass
        return {}

    assert ended(work, files.locked(tmp_path)) == ("well", {})
    with files.locked(tmp_path):
        pass


def test_the_kernel_dumps_no_core_of_a_process_that_asked_for_that():
    """In a process of its own: it also hides it from tools that look into processes."""
    code = "import ctypes, sys; from runpy import run_path; run_path(sys.argv[1])['keep_out_of_core_dumps']()"
    run = [sys.executable, "-c", f"{code}; print(ctypes.CDLL(None).prctl(3))", module.__file__]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout == "0\n"
