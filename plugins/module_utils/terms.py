# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a decision says of passwords and of accounts: the keys ``password`` and ``lifecycle``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .schema import Reader


@dataclass(frozen=True)
class PasswordTerms:
    """Lengths are characters (ASCII only); where a decision is silent these defaults hold.

    ``max_age_days`` is None where a password never grows too old; its owner is told from ``warn_after_days``
    of age on (BD-5: change every 3 to 6 months). A first password that nobody used ends after
    ``first_valid_days``. After ``max_failures`` within ``failure_minutes`` the account takes no password for
    ``lockout_minutes``; ``delay_seconds`` are waited after a first failure, and doubled with each further.
    """

    min_length: int = 8
    history: int = 5
    max_age_days: int | None = None
    warn_after_days: int | None = None
    first_valid_days: int = 30
    max_failures: int = 5
    failure_minutes: int = 10
    lockout_minutes: int = 15
    delay_seconds: int = 1


@dataclass(frozen=True)
class LifecycleTerms:
    """Terms in calendar months, days or working days; None where the decision has no such rule.

    Idle: ``lock_after_months`` and ``delete_after_months`` (UB-9.3a, UB-9.3b), or ``propose_after_months``,
    then an approval, then ``notice_days`` of notice, then reclaimed (GL-13.3-a). ``create_working_days`` is
    how soon a requested mailbox is there (UB-6.1b). The mail of who left is kept ``keep_months``, or what
    ``keep_titles`` says for the title (clean text in small letters). A dissolved unit's address answers by
    itself for ``reply_months``.
    """

    lock_after_months: int | None = None
    delete_after_months: int | None = None
    propose_after_months: int | None = None
    notice_days: int | None = None
    create_working_days: int | None = None
    keep_months: int = 6
    keep_titles: Mapping[str, int] = field(default_factory=dict)
    reply_months: int = 6


NOTHING = "không ghi khóa này (nothing: drop the key)"
PASSWORD_NUMBERS = {  # least, most, unit
    "min_length": (8, 64, "ký tự, characters"),
    "history": (0, 24, "mật khẩu cũ, old passwords"),
    "max_age_days": (1, 3650, "ngày, days"),
    "warn_after_days": (1, 3650, "ngày, days"),
    "first_valid_days": (2, 365, "ngày, days"),
    "max_failures": (3, 100, "lần, times"),
    "failure_minutes": (1, 1440, "phút, minutes"),
    "lockout_minutes": (1, 1440, "phút, minutes"),
    "delay_seconds": (0, 60, "giây, seconds"),
}
LIFECYCLE_NUMBERS = {
    "lock_after_months": (1, 120, "tháng, months"),
    "delete_after_months": (1, 120, "tháng, months"),
    "propose_after_months": (1, 120, "tháng, months"),
    "notice_days": (1, 365, "ngày, days"),
    "create_working_days": (1, 60, "ngày làm việc, working days"),
    "keep_months": (1, 120, "tháng, months"),
    "reply_months": (1, 120, "tháng, months"),
}


def parse_password(reader: Reader, raw: object, path: str = "regulation.password") -> PasswordTerms:
    """Return what the key ``password`` says; problems go to the reader."""
    keys = tuple(PASSWORD_NUMBERS)
    table = reader.mapping(raw, path, keys, optional=keys)
    terms = PasswordTerms(**_numbers(reader, table, path, PASSWORD_NUMBERS))
    if terms.warn_after_days is not None and not (
        terms.max_age_days and terms.warn_after_days < terms.max_age_days
    ):
        reader.say(
            "value_bad", f"{path}.warn_after_days", terms.warn_after_days, "warn_after_days < max_age_days"
        )
    return terms


def parse_lifecycle(reader: Reader, raw: object, path: str = "regulation.lifecycle") -> LifecycleTerms:
    """Return what the key ``lifecycle`` says; problems go to the reader."""
    keys = (*LIFECYCLE_NUMBERS, "keep_titles")
    table = reader.mapping(raw, path, keys, optional=keys)
    titles = {}
    given = table.get("keep_titles", {})
    if not isinstance(given, Mapping):
        reader.say("yaml_shape", f"{path}.keep_titles", given, "chức danh: số tháng (title: months)")
        given = {}
    for title in given:
        months = reader.months({str(title): given[title]}, str(title), f"{path}.keep_titles")
        if months:
            titles[" ".join(str(title).lower().split())] = months
    terms = LifecycleTerms(**_numbers(reader, table, path, LIFECYCLE_NUMBERS), keep_titles=titles)
    _check_idle(reader, terms, path)
    return terms


def _numbers(
    reader: Reader, table: dict[str, object], path: str, limits: Mapping[str, tuple[int, int, str]]
) -> dict[str, int]:
    """Return the numbers that are given and possible."""
    found = {key: reader.number(table, key, path, *limit) for key, limit in limits.items()}
    return {key: number for key, number in found.items() if number is not None}


def _check_idle(reader: Reader, terms: LifecycleTerms, path: str) -> None:
    """Refuse idle rules that contradict each other."""
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
