# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One inventory as a whole: settings, regulation, roster and register, with all their problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..accounts.desired import Account, desired_accounts, missing_holders
from ..parsing.locate import locate
from ..parsing.problems import Problem, errors
from ..policy.policy import read_policy
from ..policy.regulation import Regulation
from ..policy.settings import Settings
from ..policy.terms import LifecycleTerms
from ..register.resolve import Act, Resolution, resolve
from ..register.rows import FILE as REGISTER_FILE
from ..register.rows import Row, dump_register, load_register, read_register
from ..roster import journal
from ..roster.roster import Roster, load_roster
from .checks import ANY_DAY, alike, check_files


@dataclass(frozen=True)
class Site:
    """What was read. ``settings`` and ``regulation`` are None where they have errors."""

    folder: Path
    settings: Settings | None
    regulation: Regulation | None
    roster: Roster
    register: tuple[Row, ...]
    problems: tuple[Problem, ...]

    @property
    def sound(self) -> bool:
        """True if nothing stops a run."""
        return not errors(self.problems)


def load_site(
    folder: Path, variables: Mapping[str, object], groups: Mapping[str, Sequence[str]] | None = None
) -> Site:
    """Read the site in ``folder``; ``variables`` are its inventory's ``mail_*`` and ``regulation``.

    Without ``groups`` (those of its inventory, with their hosts) nothing is said of hosts.
    """
    policy, problems = read_policy(variables, groups)
    settings, regulation = policy.settings, policy.regulation
    roster, found = load_roster(folder)
    problems += found
    served = settings.domains if settings else _domains(variables)
    register, found = load_register(folder, served)
    problems += found
    if regulation:
        problems += check_files(roster, register, regulation, settings)
    problems += [*alike(roster.people.values()), *missing_holders(roster, register)]
    if journal.pending(folder):
        problems.append(Problem(journal.FILE, 0, "", "restructure_unfinished"))
    problems = locate(folder, problems)
    return Site(folder, settings, regulation, roster, tuple(register), tuple(sorted(set(problems))))


def _domains(variables: Mapping[str, object]) -> tuple[str, ...]:
    """Return what domains can be made out: a faulty setting is no fault of every row of the register."""
    listed = variables.get("mail_domains")
    return tuple(map(str, listed)) if isinstance(listed, list) else ()


def resolve_site(site: Site, today: date, act: Act | None = None) -> Resolution:
    """Bring the register up to date with the roster, as far as settings and regulation can be used."""
    if site.settings is None or site.regulation is None:
        return Resolution(list(site.register))
    return resolve(site.roster, site.register, site.regulation.naming, site.settings.domain, today, act)


def site_accounts(site: Site, today: date) -> tuple[list[Account], list[Problem]]:
    """Return the accounts that the directory should hold on a day, and what is wrong.

    With any error of the site there are none, and all errors are told, as `validate_site` has them. A
    register that is behind the roster in any way, with a mover's new address missing, is wrong too.
    """
    if site.settings is None or site.regulation is None or not site.sound:
        return [], errors(validate_site(site, resolve_site(site, today)))
    terms = site.regulation.lifecycle
    accounts, problems = desired_accounts(site.roster, site.register, site.settings, terms, today)
    resolution = resolve_site(site, ANY_DAY)
    if errors(resolution.problems):
        return [], errors(validate_site(site, resolve_site(site, today)))
    told = {problem.value for problem in problems}
    problems += [
        Problem(REGISTER_FILE, 0, "address", "register_behind", row.address)
        for row in [*resolution.added, *(after for _, after in resolution.changed)]
        if row.holder not in told
    ]
    return accounts, problems


def validate_site(site: Site, resolution: Resolution) -> list[Problem]:
    """Return every problem of the inventory, its files and the addresses they would give.

    A register that lacks rows is no fault here: ``register.yml --check`` says that, and a merge request may
    well come with new people.
    """
    problems = [*site.problems, *resolution.problems]
    if site.settings is not None and site.roster.units:
        _, found = desired_accounts(site.roster, site.register, site.settings, LifecycleTerms(), ANY_DAY)
        problems += [problem for problem in found if problem.code != "register_stale"]
    return sorted(set(locate(site.folder, problems)))


def stale(site: Site, resolution: Resolution) -> bool:
    """Say whether the register on disk differs from what it should be; the day of the run plays no part."""
    return read_register(site.folder) != dump_register(resolution.rows)
