"""Every action begins and ends alike."""

from __future__ import annotations

from typing import ClassVar

import pytest
from ansible.errors import AnsibleActionFail
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import Problem
from ansible_collections.congvu.mail.plugins.plugin_utils.action import Action, RefusedError, SecretAction
from ansible_collections.congvu.mail.plugins.plugin_utils.printing import PrintingError

from tests.support.acting import run


class Doing(Action):
    options: ClassVar = {"word": {"type": "str", "required": True}}

    def act(self, given):
        return {"said": given["word"], "in": self.language}


class Refusing(Action):
    def act(self, given):
        raise RefusedError("it is late")


class Faulty(Action):
    def act(self, given):
        raise RefusedError(problems=[Problem("mail.yml", 3, "mail_domain", "variable_missing", "x", "y")])


class Secret(SecretAction):
    def act(self, given):
        raise PrintingError("the folder is open to others")


def test_the_result_of_an_action_without_a_change():
    assert run(Doing, word="a") == {"changed": False, "said": "a", "in": "vi"}
    assert run(Doing, {"mail_language": "en"}, word="a")["in"] == "en"


def test_options_are_checked():
    with pytest.raises(AnsibleActionFail, match="missing required arguments: word"):
        run(Doing)
    with pytest.raises(AnsibleActionFail, match="Unsupported parameters"):
        run(Doing, word="a", words="b")


def test_a_refusal_is_a_failure_that_says_that_nothing_was_changed():
    assert run(Refusing) == {"changed": False, "failed": True, "msg": "Nothing was changed: it is late"}


def test_problems_are_shown_and_counted(capsys):
    result = run(Faulty, {"mail_language": "en"})
    assert result["msg"] == "Nothing was changed: 1 errors, 0 warnings"
    assert "mail.yml:3:mail_domain: error:" in capsys.readouterr().out


def test_what_has_secrets_never_fails():
    refused = "Nothing was changed: the folder is open to others"
    assert run(Secret) == {"changed": False, "refused": refused}


def test_what_nobody_expected_is_not_hidden():
    with pytest.raises(PrintingError):
        run(type("Odd", (Action,), {"act": Secret.act}))
