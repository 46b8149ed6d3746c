"""What tests/run.py repeats at its end of a stage that failed."""

from __future__ import annotations

from tests.run import telling

SAID = """\
\x1b[0;32mok: [localhost]\x1b[0m
    msg: |-
        tests/e2e/test_mail.py .F.
        FAILED tests/e2e/test_mail.py::test_a_letter_arrives - AssertionError: no letter
        1 failed, 2 passed

TASK [Look whether all passed] *****
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
