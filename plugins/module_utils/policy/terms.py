# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a decision says of passwords and of accounts: the keys ``password`` and ``lifecycle``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..parsing.schema import Reader
from .fields import Record
from .schema import LIFECYCLE, PASSWORD
from .stages import IdleRules, Stage, check_stages, idle_rules


def _default(record: Record, key: str) -> Any:  # noqa: ANN401  a number, or None
    """Return what holds where a decision is silent."""
    return record.fields[key].default


@dataclass(frozen=True)
class PasswordTerms:
    """Lengths are characters (ASCII only); where a decision is silent these defaults hold.

    ``max_age_days`` is None where a password never grows too old; its owner is told from ``warn_after_days``
    of age on (BD-5: change every 3 to 6 months). A first password that nobody used ends after
    ``first_valid_days``. After ``max_failures`` within ``failure_minutes`` the account takes no password for
    ``lockout_minutes``; ``delay_seconds`` are waited after a first failure, and doubled with each further.
    """

    min_length: int = _default(PASSWORD, "min_length")
    history: int = _default(PASSWORD, "history")
    max_age_days: int | None = _default(PASSWORD, "max_age_days")
    warn_after_days: int | None = _default(PASSWORD, "warn_after_days")
    first_valid_days: int = _default(PASSWORD, "first_valid_days")
    max_failures: int = _default(PASSWORD, "max_failures")
    failure_minutes: int = _default(PASSWORD, "failure_minutes")
    lockout_minutes: int = _default(PASSWORD, "lockout_minutes")
    delay_seconds: int = _default(PASSWORD, "delay_seconds")


@dataclass(frozen=True)
class LifecycleTerms:
    """Terms in calendar months, days or working days; None where the decision has no such rule.

    Idle: the stages of ``idle``, or in short ``lock_after_months`` and ``delete_after_months`` (UB-9.3a,
    UB-9.3b), ``propose_after_months`` and ``notice_days`` (GL-13.3-a). ``create_working_days`` is
    how soon a requested mailbox is there (UB-6.1b). The mail of who left is kept ``keep_months``, or what
    ``keep_titles`` says for the title (clean text in small letters). A dissolved unit's address answers by
    itself for ``reply_months``.
    """

    idle: tuple[Stage, ...] | None = _default(LIFECYCLE, "idle")
    lock_after_months: int | None = _default(LIFECYCLE, "lock_after_months")
    delete_after_months: int | None = _default(LIFECYCLE, "delete_after_months")
    propose_after_months: int | None = _default(LIFECYCLE, "propose_after_months")
    notice_days: int | None = _default(LIFECYCLE, "notice_days")
    create_working_days: int | None = _default(LIFECYCLE, "create_working_days")
    keep_months: int = _default(LIFECYCLE, "keep_months")
    keep_titles: Mapping[str, int] = field(default_factory=dict)
    reply_months: int = _default(LIFECYCLE, "reply_months")

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """What is done with idle mailboxes; the keys of UB-9.3 and GL-13.3 are short for stages."""
        if self.idle is not None:
            return self.idle
        found = []
        if self.lock_after_months is not None:
            found.append(Stage("lock", idle_months=self.lock_after_months))
        if self.propose_after_months is not None:
            found += [Stage("propose", idle_months=self.propose_after_months), Stage("notice")]
            found.append(Stage("reclaim", after_days=self.notice_days))
        if self.delete_after_months is not None:
            found.append(Stage("delete", idle_months=self.delete_after_months))
        return tuple(found)

    @cached_property
    def idle_rules(self) -> IdleRules:
        """The stages by what they are for."""
        return idle_rules(self.stages)

    def months_kept(self, title: str) -> int:
        """Return how many months the mail of a leaver with this title is kept."""
        return self.keep_titles.get(" ".join(title.lower().split()), self.keep_months)


NOTHING = "không ghi khóa này (nothing: drop the key)"


def password_terms(values: Mapping[str, Any]) -> PasswordTerms:
    """Return the terms that plain values give."""
    return PasswordTerms(**values)


def lifecycle_terms(values: Mapping[str, Any]) -> LifecycleTerms:
    """Return the terms that plain values give; titles are held in small letters."""
    titles = {" ".join(title.lower().split()): months for title, months in values["keep_titles"].items()}
    idle = values.get("idle")
    stages = None if idle is None else tuple(Stage(**stage) for stage in idle)
    return LifecycleTerms(**{**values, "keep_titles": titles, "idle": stages})


def parse_password(reader: Reader, raw: object, path: str = "regulation.password") -> PasswordTerms:
    """Return what the key ``password`` says; problems go to the reader."""
    values: Any = PASSWORD.parse(raw, path, reader.say)
    terms = password_terms(values or {})
    check_password(reader, terms, path)
    return terms


def parse_lifecycle(reader: Reader, raw: object, path: str = "regulation.lifecycle") -> LifecycleTerms:
    """Return what the key ``lifecycle`` says; problems go to the reader."""
    values: Any = LIFECYCLE.parse(raw, path, reader.say)
    terms = lifecycle_terms(values or {"keep_titles": {}})
    check_lifecycle(reader, terms, path)
    return terms


def check_password(reader: Reader, terms: PasswordTerms, path: str = "regulation.password") -> None:
    """Refuse terms that contradict each other."""
    warn, most = terms.warn_after_days, terms.max_age_days
    if warn is not None and not (most and warn < most):
        reader.say("value_bad", f"{path}.warn_after_days", warn, "warn_after_days < max_age_days")


def check_lifecycle(reader: Reader, terms: LifecycleTerms, path: str = "regulation.lifecycle") -> None:
    """Refuse idle rules that contradict each other."""
    if terms.idle is not None:
        for key in ("lock_after_months", "delete_after_months", "propose_after_months", "notice_days"):
            if getattr(terms, key) is not None:
                reader.say("value_bad", f"{path}.{key}", getattr(terms, key), f"{NOTHING[:-1]}; idle)")
        check_stages(reader, terms.idle, f"{path}.idle")
        return
    lock, delete, propose = terms.lock_after_months, terms.delete_after_months, terms.propose_after_months
    if delete and (not lock or lock >= delete):
        # UB-9.3: what is deleted was locked before.
        reader.say("value_bad", f"{path}.delete_after_months", delete, "> lock_after_months")
    if delete and propose:
        # UB-9.3b deletes by itself, GL-13.3-a never without an approval: one of the two.
        reader.say("value_bad", f"{path}.propose_after_months", propose, NOTHING)
    if (propose is None) != (terms.notice_days is None):
        wish = NOTHING if propose is None else "15 (propose_after_months)"
        reader.say("value_bad", f"{path}.notice_days", terms.notice_days or "", wish)
