"""What tests/run.py says at its end: what failed, the slowest tests, and what each stage took."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import run as runner
from tests.run import Result, Timed, main, run, summary, telling

SAID = """\
\x1b[0;32mok: [localhost]\x1b[0m
    msg: |-
        tests/e2e/test_mail.py .F.
        FAILED tests/e2e/test_mail.py::test_a_letter_arrives - AssertionError: no letter
        1 failed, 2 passed

TASK [Assert that all passed] *****
\x1b[0;31mfatal: [localhost]: FAILED! =>\x1b[0m
\x1b[0;31m    assertion: verify.rc == 0\x1b[0m
\x1b[0;31m    msg: Some tests failed, see above.\x1b[0m

PLAY RECAP *****
"""


def test_what_failed_is_told_with_its_reason_and_nothing_else() -> None:
    assert list(telling(SAID.splitlines(keepends=True))) == [
        "        FAILED tests/e2e/test_mail.py::test_a_letter_arrives - AssertionError: no letter",
        "fatal: [localhost]: FAILED! =>",
        "    assertion: verify.rc == 0",
        "    msg: Some tests failed, see above.",
    ]


JUNIT = """<testsuites><testsuite>
<testcase classname="tests.unit.test_a" name="test_one[x]" time="1.5"/>
<testcase classname="tests.unit.test_a" name="test_two" time="0.25"><failure message="no"/></testcase>
<testcase classname="tests.unit.test_a" name="test_three" time="9.0"><skipped message="not now"/></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a stage whose one program, named as `name`, is this Python script."""

    def made(name: str, script: str) -> Result:
        (tmp_path / name).write_text(f"#!{sys.executable}\nimport os, pathlib\n{script}\n")
        (tmp_path / name).chmod(0o755)
        monkeypatch.setattr(runner, "BIN", tmp_path)
        monkeypatch.setattr(runner, "RESULTS", tmp_path / "results")
        monkeypatch.setitem(runner.STAGES, "some", [[name]])
        return run("some")

    return made


WRITES = f"pathlib.Path(os.environ['CONGVU_RESULTS'], 'any.xml').write_text({JUNIT!r})"


@pytest.mark.parametrize("name", ["pytest", "molecule"])
def test_a_stage_that_ran_no_test_fails_though_its_program_ended_well(
    stage: Callable[..., Result], name: str
) -> None:
    assert stage(name, "").passed is False
    assert stage(name, "").told == ["no test ran"]
    # What an earlier run left says nothing of this one.
    assert stage(name, WRITES).passed is True
    assert stage(name, "").passed is False


def test_tests_are_told_with_their_times_and_what_was_skipped_did_not_run(
    stage: Callable[..., Result],
) -> None:
    assert stage("molecule", WRITES).tests == [
        Timed(1.5, "tests/unit/test_a::test_one[x]"),
        Timed(0.25, "tests/unit/test_a::test_two"),
    ]


def test_a_linter_is_one_check_and_its_exit_code_counts(stage: Callable[..., Result]) -> None:
    assert [test.name for test in stage("lint", "").tests] == ["lint"]
    failed = stage("lint", "print('a.py:1: histry'); raise SystemExit(3)")
    assert (failed.passed, failed.told) == (False, ["a.py:1: histry\n", "lint ended with 3"])
    assert main(["some"]) == 1


def test_the_end_of_a_run_says_the_slowest_tests_of_all_stages_and_the_time_of_each() -> None:
    many = [Timed(float(number), f"t{number}") for number in range(12)]
    said = summary(
        [Result("unit", True, 20.0, [], many), Result("default", False, 99.0, [], [Timed(50.0, "slow")])],
        120.0,
    ).splitlines()
    assert [line.split() for line in said if line.endswith(("slow", "t11", "t3", "t2"))] == [
        ["50.0", "default", "slow"],
        ["11.0", "unit", "t11"],
        ["3.0", "unit", "t3"],
    ]
    assert [line.split() for line in said[-5:]] == [
        ["stage", "result", "tests", "seconds"],
        ["unit", "passed", "12", "20.0"],
        ["default", "FAILED", "1", "99.0"],
        ["together", "120.0"],
        ["1", "passed,", "1", "failed"],
    ]
