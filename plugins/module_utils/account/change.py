# Copyright: contributors to congvu.mail
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What becomes of a filled-in form: who it is, whether they are, what is wrong with the new password.

All that is wrong and can be known here is told at once; what slapd alone knows, it says at the change.
Nothing here prints or keeps a password.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from ..accounts.directory import DirectoryError
from ..clock import read_generalized_time
from ..passwords.rules import SENTENCES, Judge, broken_rules, refusal_sentence
from ..policy.schema import ADDRESS
from ..policy.terms import PasswordTerms
from .limits import Limits, Wait

# Mail programs send it in one line of IMAP or SMTP, and a lorry load of text is no password.
LONGEST = 128
# Seconds after which nothing more is asked of the directory: nginx would give up before its answer, and
# nobody would learn that the password was changed.
LATEST = 40
DONE, REFUSED, TOO_MANY, LATER = 303, 422, 429, 503

ADDRESS_WRONG = "Địa chỉ thư điện tử chưa đúng; hãy nhập cả địa chỉ, ví dụ ten.donvi@tinh.gov.vn."
OLD_MISSING = "Chưa nhập mật khẩu hiện tại."
NEW_MISSING = "Chưa nhập mật khẩu mới."
DIFFERENT = "Hai lần nhập mật khẩu mới không giống nhau."
TOO_LONG = f"Mật khẩu không được dài quá {LONGEST} ký tự."
WRONG = "Địa chỉ hoặc mật khẩu hiện tại không đúng, hoặc tài khoản đang bị khóa."
A_MOMENT = "Vừa có người nhập sai mật khẩu của tài khoản này; vui lòng thử lại sau {} giây."
TOO_OFTEN = "Đã nhập sai nhiều lần; vui lòng thử lại sau {} phút."
AWAY = "Hệ thống tạm thời gián đoạn, mật khẩu chưa được đổi; vui lòng thử lại sau ít phút."
UNKNOWN = (
    "Hệ thống bị gián đoạn giữa chừng, chưa rõ mật khẩu đã được đổi hay chưa; sau ít phút vui lòng đăng nhập "
    "bằng mật khẩu mới, nếu không được thì đổi lại từ đầu."
)


@dataclass(frozen=True)
class Form:
    """What was typed. No password of it is ever shown."""

    address: str
    old: str = field(repr=False)
    new: str = field(repr=False)
    again: str = field(repr=False)


@dataclass(frozen=True)
class Answer:
    """What its sender reads, with the status of HTTP; `event` is for the log, `retry` in seconds."""

    status: int
    sentences: tuple[str, ...] = ()
    event: str = ""
    retry: int = 0


@dataclass(frozen=True)
class Account:
    """What the page may know of an account before its owner has proved to be it."""

    dn: str
    tokens: str
    delayed_until: str  # GeneralizedTime, or empty


class Session(Protocol):
    """A connection to the directory as the owner of an account (`accounts.directory.Owner`)."""

    def bind(self, dn: str, password: str) -> bool:
        """Say whether the password is right."""

    def change_password(self, dn: str, old: str, new: str) -> str | None:
        """Set another one; return what the directory says against it."""


@dataclass(frozen=True)
class Desk:
    """What is needed to answer a form."""

    find: Callable[[str], Account | None]  # by address
    session: Callable[[], AbstractContextManager[Session]]
    judge: Judge
    terms: PasswordTerms
    limits: Limits
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    elapsed: Callable[[], float] = time.monotonic  # seconds since any moment


def clean_form(address: str, old: str, new: str, again: str) -> Form:
    """Return the form as it is meant: addresses in small letters, passwords in NFC (RFC 8265, 4.2.2).

    The new password is ASCII in any case; an old one of an older system need not be, and a Mac types it in
    other bytes than the rest.
    """
    return Form(
        unicodedata.normalize("NFC", address).strip().lower(),
        *(unicodedata.normalize("NFC", password) for password in (old, new, again)),
    )


def answer(form: Form, source: str, desk: Desk) -> Answer:
    """Change the password, or say everything that is against it."""
    began = desk.elapsed()
    faults = list(_faults(form))
    known = re.fullmatch(ADDRESS, form.address) is not None
    if not known or not 0 < len(form.old) <= LONGEST:
        return Answer(REFUSED, (*faults, *_broken(form, "", desk)))
    attempt = desk.limits.begin(source, form.address)
    if isinstance(attempt, Wait):
        minutes = -(-attempt.seconds // 60)
        return Answer(TOO_MANY, (TOO_OFTEN.format(minutes),), "too many wrong passwords", attempt.seconds)
    try:
        account = desk.find(form.address)
        delay = _delay(account, desk.now())
        if delay:
            desk.limits.withdraw(attempt)
            return Answer(TOO_MANY, (A_MOMENT.format(delay),), "delayed by the directory", delay)
        _require_time(desk, began)
        with desk.session() as session:
            if account is None or not session.bind(account.dn, form.old):
                return Answer(REFUSED, (WRONG, *faults, *_broken(form, "", desk)), "wrong password")
            desk.limits.proven(form.address)
            return _changed(form, account, session, faults, desk, began)
    except DirectoryError as error:
        desk.limits.withdraw(attempt)
        return Answer(LATER, (AWAY,), f"the directory is away: {error}", retry=60)


def _changed(
    form: Form, account: Account, session: Session, faults: list[str], desk: Desk, began: float
) -> Answer:
    """Answer somebody who has proved who they are. Raises DirectoryError where it is too late to change."""
    if form.new and form.new == form.old:
        faults.append(SENTENCES["reused"])
    faults += _broken(form, account.tokens, desk)
    if faults:
        return Answer(REFUSED, tuple(faults), "refused by the rules")
    _require_time(desk, began)
    try:
        said = session.change_password(account.dn, form.old, form.new)
    except DirectoryError as error:
        return Answer(LATER, (UNKNOWN,), f"not known whether changed: {error}", retry=60)
    if said is not None:
        return Answer(REFUSED, (refusal_sentence(said, desk.terms),), f"refused by the directory: {said}")
    return Answer(DONE, event="changed")


def _require_time(desk: Desk, began: float) -> None:
    if desk.elapsed() - began > LATEST:
        raise DirectoryError("it is too slow to answer in time")


def _faults(form: Form) -> Iterator[str]:
    """Yield what is wrong with the form itself."""
    if not re.fullmatch(ADDRESS, form.address):
        yield ADDRESS_WRONG
    if not form.old:
        yield OLD_MISSING
    if not form.new:
        yield NEW_MISSING
    elif form.new != form.again:
        yield DIFFERENT
    if max(map(len, (form.old, form.new))) > LONGEST:
        yield TOO_LONG


def _broken(form: Form, tokens: str, desk: Desk) -> list[str]:
    """Return the rules that the new password breaks; those on names need the account's own."""
    if not 0 < len(form.new) <= LONGEST:
        return []
    return [broken.sentence for broken in broken_rules(form.new, tokens, desk.terms, desk.judge)]


def _delay(account: Account | None, now: datetime) -> int:
    """Return for how many seconds the directory takes no password of an account; 0: it does."""
    if account is None or not account.delayed_until:
        return 0
    # slapd looks at whole seconds, and refuses until the last one is over.
    left = (read_generalized_time(account.delayed_until) - now).total_seconds() + 1
    return max(0, -int(-left // 1))
