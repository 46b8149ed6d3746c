# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How every action plugin begins and ends: its options, the site, the problems, and a refusal as a result.

An action is its ``options`` and ``act``. What must stop it is raised as one of ``refusals``; the result then
says, in one wording for all, that nothing was changed, and why.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.congvu.mail.plugins.module_utils.host.run import UNCHANGED
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import Problem, as_text, summary
from ansible_collections.congvu.mail.plugins.module_utils.site.site import Site
from ansible_collections.congvu.mail.plugins.plugin_utils.inventory import language, read_site
from ansible_collections.congvu.mail.plugins.plugin_utils.printing import PrintingError

display = Display()


class RefusedError(Exception):
    """It is not done; the text says why, or `problems` do, which are shown."""

    def __init__(self, reason: str = "", problems: Iterable[Problem] = ()) -> None:
        """Take a reason, or problems, whose count is the reason."""
        super().__init__(reason)
        self.problems = list(problems)


class Action(ActionBase):
    """An action that needs no site."""

    options: ClassVar[Mapping[str, Mapping[str, Any]]] = {}  # as of a module's argument_spec
    rules: ClassVar[Mapping[str, Any]] = {}  # between options: required_by, mutually_exclusive ...
    refusals: ClassVar[tuple[type[Exception], ...]] = (RefusedError,)

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the result of ``act``, or of its refusal."""
        self.variables = task_vars or {}
        self.language = language(self.variables)
        result: dict[str, Any] = super().run(tmp, task_vars) | {"changed": False}
        _, given = self.validate_argument_spec(dict(self.options), **self.rules)
        try:
            return result | self.act(given)
        except self.refusals as error:
            return result | self.refused(error)

    @abstractmethod
    def act(self, given: dict[str, Any]) -> dict[str, Any]:
        """Do it with these options, and return the result."""

    def refused(self, error: Exception) -> dict[str, Any]:
        """Show the problems, and fail."""
        problems = getattr(error, "problems", [])
        if problems:
            self.show_problems(problems)
        said = str(error) or summary(problems, self.language)
        return {"failed": True, "msg": UNCHANGED.format(said)}

    def show(self, text: str) -> None:
        """Show a report to the operator."""
        display.display(text.rstrip("\n"))

    def show_problems(self, problems: Iterable[Problem]) -> None:
        """Show every problem, with its place and what would be right."""
        self.show(as_text(problems, self.language))

    def site(self) -> Site:
        """Read the site of the inventory that the play runs with."""
        return read_site(self._templar, self.variables)

    def on_host(self, module: str, options: Mapping[str, Any]) -> dict[str, Any]:
        """Run a module of this collection on the host of the task, and return its result."""
        result: dict[str, Any] = self._execute_module(
            module_name=f"congvu.mail.{module}", module_args=dict(options), task_vars=self.variables
        )
        return result


class SiteAction(Action):
    """An action on the site."""

    def act(self, given: dict[str, Any]) -> dict[str, Any]:
        """Read the site first."""
        return self.act_on(self.site(), given)

    @abstractmethod
    def act_on(self, site: Site, given: dict[str, Any]) -> dict[str, Any]:
        """Do it to this site with these options, and return the result."""


class SecretAction(Action):
    """An action whose task has secrets (``no_log``): Ansible would hide why it failed, so it never fails."""

    refusals = (PrintingError,)

    def refused(self, error: Exception) -> dict[str, Any]:
        """Return the reason; the play fails on it."""
        return {"refused": UNCHANGED.format(error)}
