"""A filled-in form and its answer: everything that is wrong at once, and nothing that should not be told."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.account.change import (
    ADDRESS_WRONG,
    AWAY,
    DIFFERENT,
    DONE,
    LATER,
    LATEST,
    LONGEST,
    NEW_MISSING,
    OLD_MISSING,
    REFUSED,
    TOO_LONG,
    TOO_MANY,
    UNKNOWN,
    WRONG,
    Account,
    Answer,
    Desk,
    answer,
    clean_form,
)
from ansible_collections.congvu.mail.plugins.module_utils.account.limits import Limits, bounds
from ansible_collections.congvu.mail.plugins.module_utils.accounts.directory import DirectoryError
from ansible_collections.congvu.mail.plugins.module_utils.passwords.rules import SENTENCES, tokens
from ansible_collections.congvu.mail.plugins.module_utils.policy.terms import PasswordTerms

ADDRESS, OLD, NEW = "an.stttt@gialai.gov.vn", "Ban-dau.7Q", "Zx-9bamu.lech"
TERMS = PasswordTerms()


@dataclass
class FakeDirectory:
    """One account, whose password is `password`; what happens to it is noted."""

    password: str = OLD
    says: str | None = None
    delayed: str = ""
    away: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)  # that it takes for an answer
    clock: float = 0

    def find(self, address: str) -> Account | None:
        self._ask("find")
        known = address == ADDRESS
        return Account("uid=1,ou=people", tokens("Nguyễn Văn An"), self.delayed) if known else None

    @contextmanager
    def session(self) -> Iterator[FakeDirectory]:
        yield self

    def bind(self, dn: str, password: str) -> bool:
        self._ask("bind")
        return password == self.password

    def change_password(self, dn: str, old: str, new: str) -> str | None:
        self._ask("change")
        if self.says is None:
            self.password = new
        return self.says

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        self.clock += self.seconds.get(what, 0)
        if what in self.away:
            raise DirectoryError("gone")


@pytest.fixture
def directory() -> FakeDirectory:
    return FakeDirectory()


@pytest.fixture
def desk(directory: FakeDirectory, tmp_path: Path) -> Desk:
    return Desk(
        directory.find,
        directory.session,
        lambda password: "",
        TERMS,
        Limits(tmp_path / "attempts.sqlite", bounds(TERMS)),
        lambda: datetime(2026, 12, 1, 8, 0, 0, 500_000, tzinfo=UTC),
        lambda: directory.clock,
    )


def ask(
    desk: Desk, address: str = ADDRESS, old: str = OLD, new: str = NEW, again: str | None = None
) -> Answer:
    return answer(clean_form(address, old, new, new if again is None else again), "203.0.113.5/32", desk)


def test_a_good_form_changes_the_password(desk: Desk, directory: FakeDirectory) -> None:
    assert ask(desk) == Answer(DONE, (), "changed")
    assert directory.password == NEW
    assert directory.asked == ["find", "bind", "change"]


@pytest.mark.parametrize("typed", [f"  {ADDRESS}\n", ADDRESS.upper()])
def test_an_address_is_read_as_it_is_meant(desk: Desk, typed: str) -> None:
    assert ask(desk, address=typed).status == DONE


def test_everything_that_is_wrong_is_said_at_once(desk: Desk, directory: FakeDirectory) -> None:
    said = ask(desk, new="nguyen", again="nguyem").sentences
    wanted = [DIFFERENT, *(SENTENCES[rule] for rule in ("upper", "digit", "sign"))]
    assert set(wanted) < set(said)
    assert any("ít nhất 8 ký tự" in one for one in said)
    assert any(one.endswith(": nguyen.") for one in said)
    assert "change" not in directory.asked


def test_before_the_old_password_is_right_no_part_of_the_name_is_told(desk: Desk) -> None:
    said = ask(desk, old="Sai-mat-khau-1", new="nguyen").sentences
    assert said[0] == WRONG
    assert not any("nguyen" in one for one in said)
    assert SENTENCES["upper"] in said


def test_an_unknown_address_is_answered_like_a_wrong_password(desk: Desk) -> None:
    assert ask(desk, address="khong@gialai.gov.vn") == ask(desk, old="Sai-mat-khau-1")


def test_nobody_is_asked_of_a_form_that_cannot_be_meant(desk: Desk, directory: FakeDirectory) -> None:
    assert ask(desk, "", "", "", "").sentences == (ADDRESS_WRONG, OLD_MISSING, NEW_MISSING)
    assert ask(desk, address="an").sentences == (ADDRESS_WRONG,)
    assert ask(desk, address="*@gialai.gov.vn").sentences == (ADDRESS_WRONG,)
    assert ask(desk, address=f"{ADDRESS})(uid=*").sentences == (ADDRESS_WRONG,)
    assert ask(desk, old="").sentences == (OLD_MISSING,)
    assert ask(desk, old="x" * (LONGEST + 1)).sentences == (TOO_LONG,)
    assert directory.asked == []
    assert ask(desk, new="Zx-9bamu.l" * 20).sentences == (TOO_LONG,)
    assert "change" not in directory.asked


def test_what_only_the_directory_knows_is_said_in_vietnamese(desk: Desk, directory: FakeDirectory) -> None:
    for says, rule in {
        "Constraint violation: Password is in history of old passwords": "reused",
        "Constraint violation: Password is too young to change": "young",
        "Insufficient access: User alteration of password is not allowed": "fixed",
        "something new": "refused",
    }.items():
        directory.says = says
        assert ask(desk).sentences == (SENTENCES[rule],)
        assert ask(desk).status == REFUSED


def test_the_same_again_is_no_change(desk: Desk, directory: FakeDirectory) -> None:
    directory.password = NEW
    assert ask(desk, old=NEW).sentences == (SENTENCES["reused"],)


def test_a_directory_that_is_away_is_no_wrong_password_and_costs_no_attempt(
    desk: Desk, directory: FakeDirectory
) -> None:
    for away in ("find", "bind"):
        directory.away = {away}
        for _ in range(TERMS.max_failures + 2):
            said = ask(desk)
            assert (said.status, said.sentences) == (LATER, (AWAY,))
            assert said.retry > 0
    directory.away = set()
    assert ask(desk).status == DONE


def test_one_that_goes_away_in_the_middle_leaves_it_open(desk: Desk, directory: FakeDirectory) -> None:
    directory.away = {"change"}
    assert (ask(desk).status, ask(desk).sentences) == (LATER, (UNKNOWN,))


@pytest.mark.parametrize("slow", ["find", "bind"])
def test_after_nginx_has_given_up_nothing_is_changed(desk: Desk, directory: FakeDirectory, slow: str) -> None:
    directory.seconds = {slow: LATEST + 1}
    said = ask(desk)
    assert (said.status, said.sentences) == (LATER, (AWAY,))
    assert directory.asked[-1] == slow
    assert directory.password == OLD
    directory.seconds = {slow: LATEST - 1}
    assert ask(desk).status == DONE


def test_guessing_ends_before_the_directory_locks(desk: Desk, directory: FakeDirectory) -> None:
    statuses = [ask(desk, old=f"Sai-mat-khau-{number}").status for number in range(10)]
    assert statuses == [REFUSED] * 3 + [TOO_MANY] * 7
    assert directory.asked.count("bind") == 3
    said = ask(desk)
    assert said.status == TOO_MANY
    assert "12 phút" in said.sentences[0]


def test_during_the_delay_of_the_directory_nobody_is_called_wrong(
    desk: Desk, directory: FakeDirectory
) -> None:
    directory.delayed = "20261201080003Z"
    said = ask(desk)
    assert (said.status, said.retry) == (TOO_MANY, 4)
    assert "4 giây" in said.sentences[0]
    assert "bind" not in directory.asked
    directory.delayed = "20261201075959Z"
    assert ask(desk).status == DONE


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_an_old_password_with_marks_is_the_same_from_every_keyboard(
    desk: Desk, directory: FakeDirectory, form: str
) -> None:
    directory.password = unicodedata.normalize("NFC", "Mật-khẩu.cũ1")
    assert ask(desk, old=unicodedata.normalize(form, "Mật-khẩu.cũ1")).status == DONE


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_new_password_has_no_marks(desk: Desk, form: str) -> None:
    typed = unicodedata.normalize(form, "Mật-khẩu.mới1")
    assert ask(desk, new=typed).sentences == (SENTENCES["ascii"],)


def test_no_password_is_in_what_is_printed_of_a_form() -> None:
    shown = repr(clean_form(ADDRESS, OLD, NEW, NEW))
    assert OLD not in shown
    assert NEW not in shown
