"""Two provinces, day by day for a year and a half, against a table that was written by hand.

A life is a script of what people, roster, operators and store do, and what the passes have to do about it:
the words of each day, and `= state` where the state is another than the day before. Days without a line are
days on which nothing may happen.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.accounts.events import Event, in_order
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.acts import act
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.model import Account, applied, as_time
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.rules import daily
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.states import state
from ansible_collections.congvu.mail.plugins.module_utils.mailstore import decisions
from ansible_collections.congvu.mail.plugins.module_utils.policy.terms import LifecycleTerms

from tests.support.lives import BD, MERGED, PASSWORD, account, day, days

FIRST, LAST = day("2025-01-02"), day("2026-06-30")
DAYS = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
UB = LifecycleTerms(lock_after_months=3, delete_after_months=6, keep_titles={"vụ trưởng": 12})
FIRST_PASSWORD = {"must_change": True, "scheme": "SSHA512"}
IMPORTED = {"scheme": "SSHA512", "change_by": "2025-03-31"}


@dataclass(frozen=True)
class Life:
    """`script`: day (or first..last) and verb; `expected`: day, words of the pass, and the new state."""

    facts: dict
    script: list[str]
    expected: list[str]


UB_LIVES = {
    "never used": Life(
        {},
        [],
        [
            "2025-04-03 idle-locked notified:locked = locked",
            "2025-07-03 reclaimed notified:reclaimed = left",
            "2025-07-04 archived = archived",
            "2026-01-04 purge",
            "2026-01-05 purged = gone",
        ],
    ),
    "never used, kept longer by rank": Life(
        {"title": "Vụ trưởng"},
        [],
        [
            "2025-04-03 idle-locked notified:locked = locked",
            "2025-07-03 reclaimed notified:reclaimed = left",
            "2025-07-04 archived = archived",
        ],
    ),
    "unlocked by a letter": Life(
        {},
        ["2025-01-02..2025-03-31 use", "2025-07-10 unlock", "2025-07-11..2026-06-30 use"],
        ["2025-07-01 idle-locked notified:locked = locked", "2025-07-10 notified:unlocked = active"],
    ),
    "unlocked, and idle again": Life(
        {},
        ["2025-01-02..2025-01-31 use", "2025-05-20 unlock"],
        [
            "2025-05-01 idle-locked notified:locked = locked",
            "2025-05-20 notified:unlocked = active",
            "2025-08-21 idle-locked notified:locked = locked",
            "2025-11-21 reclaimed notified:reclaimed = left",
            "2025-11-22 archived = archived",
            "2026-05-22 purge",
            "2026-05-23 purged = gone",
        ],
    ),
    "on leave, and back without a use": Life(
        {},
        ["2025-01-10 set leave_until=2025-06-30", "2025-06-20 set leave_until="],
        [
            "2025-01-10 exempt",
            "2025-10-01 idle-locked notified:locked = locked",
            "2025-12-31 reclaimed notified:reclaimed = left",
            "2026-01-01 archived = archived",
        ],
    ),
    "exempt": Life(
        {},
        ["2025-03-20 exempt 2025-05-31"],
        [
            "2025-09-01 idle-locked notified:locked = locked",
            "2025-12-01 reclaimed notified:reclaimed = left",
            "2025-12-02 archived = archived",
            "2026-06-02 purge",
            "2026-06-03 purged = gone",
        ],
    ),
    "exempt after the lock, which stays": Life(
        {},
        ["2025-05-01 exempt 2025-12-31"],
        ["2025-04-03 idle-locked notified:locked = locked"],
    ),
    "a use that was recorded late": Life(
        {},
        ["2025-01-10 use", "2025-04-20 set last_use=2025-04-05", "2025-04-21..2026-06-30 use"],
        ["2025-04-11 idle-locked notified:locked = locked", "2025-04-20 unlocked = active"],
    ),
    "left": Life(
        {},
        ["2025-01-02..2025-03-14 use", "2025-03-15 set status=left keep_until=2025-09-15"],
        [
            "2025-03-15 left = left",
            "2025-03-16 archived = archived",
            "2025-09-16 purge",
            "2025-09-17 purged = gone",
        ],
    ),
    "left, kept longer by rank": Life(
        {"title": "Vụ trưởng"},
        ["2025-01-02..2025-03-14 use", "2025-03-15 set status=left keep_until=2026-03-15"],
        [
            "2025-03-15 left = left",
            "2025-03-16 archived = archived",
            "2026-03-16 purge",
            "2026-03-17 purged = gone",
        ],
    ),
    "left, back, and left again": Life(
        {},
        [
            "2025-03-15 set status=left keep_until=2025-09-15",
            "2025-07-01 set status=active keep_until=",
            "2025-07-02..2026-01-09 use",
            "2026-01-10 set status=left keep_until=2026-06-20",
        ],
        [
            "2025-03-15 left = left",
            "2025-03-16 archived = archived",
            "2025-07-01 returned = active",
            "2026-01-10 left = left",
            "2026-01-11 archived = archived",
            "2026-06-21 purge",
            "2026-06-22 purged = gone",
        ],
    ),
    "left, and back before the store deleted the mail": Life(
        {},
        [
            "2025-03-15 set status=left keep_until=2025-09-15",
            "2025-09-16..2025-09-18 away",
            "2025-09-19 set status=active keep_until=",
            "2025-09-19..2026-06-30 use",
        ],
        [
            "2025-03-15 left = left",
            "2025-03-16 archived = archived",
            "2025-09-16 purge",
            "2025-09-19 returned unlocked = active",
        ],
    ),
    "left, deleted, back, and left again": Life(
        {},
        [
            "2025-03-15 set status=left keep_until=2025-09-15",
            "2025-12-01 set status=active keep_until=",
            "2025-12-02 reset",
            "2025-12-05 change",
            "2025-12-05..2026-01-31 use",
            "2026-02-01 set status=left keep_until=2026-06-01",
        ],
        [
            "2025-03-15 left = left",
            "2025-03-16 archived = archived",
            "2025-09-16 purge",
            "2025-09-17 purged = gone",
            "2025-12-01 returned unlocked = active",
            "2025-12-02 = pending",
            "2025-12-05 = active",
            "2026-02-01 left = left",
            "2026-02-02 archived = archived",
            "2026-06-02 purge",
            "2026-06-03 purged = gone",
        ],
    ),
    "reclaimed, deleted, and given back": Life(
        {},
        [
            "2025-01-05 use",
            "2026-02-01 unlock",
            "2026-02-02 reset",
            "2026-02-05 change",
            "2026-02-05..2026-06-30 use",
        ],
        [
            "2025-04-06 idle-locked notified:locked = locked",
            "2025-07-06 reclaimed notified:reclaimed = left",
            "2025-07-07 archived = archived",
            "2026-01-07 purge",
            "2026-01-08 purged = gone",
            "2026-02-01 notified:unlocked = active",
            "2026-02-02 = pending",
            "2026-02-05 = active",
        ],
    ),
    "left, back, and never used": Life(
        {},
        ["2025-03-15 set status=left keep_until=2025-09-15", "2025-07-01 set status=active keep_until="],
        [
            "2025-03-15 left = left",
            "2025-03-16 archived = archived",
            "2025-07-01 returned = active",
            "2025-10-02 idle-locked notified:locked = locked",
            "2026-01-02 reclaimed notified:reclaimed = left",
            "2026-01-03 archived = archived",
        ],
    ),
    "locked by the roster, which is a reason": Life(
        {},
        ["2025-01-20 use", "2025-02-01 set status=locked", "2025-08-01 set status=active"],
        [
            "2025-02-01 roster-locked = locked",
            "2025-08-01 returned = active",
            "2025-11-02 idle-locked notified:locked = locked",
            "2026-02-02 reclaimed notified:reclaimed = left",
            "2026-02-03 archived = archived",
        ],
    ),
    "contained": Life(
        {},
        ["2025-02-01 set lock=contained", "2025-09-01 release", "2025-09-02..2026-06-30 use"],
        ["2025-02-01 = locked", "2025-09-01 = active"],
    ),
    "dissolved unit": Life(
        {"kind": "unit"},
        ["2025-03-01 set status=closing until=2025-09-01", "2025-09-03 set keep_until=2026-03-02"],
        [
            "2025-03-01 = closing",
            "2025-09-02 left = left",
            "2025-09-03 archived = archived",
            "2026-03-03 purge",
            "2026-03-04 purged = gone",
        ],
    ),
    "unit that nobody reads": Life({"kind": "unit"}, [], []),
    "first password used after a second one": Life(
        FIRST_PASSWORD,
        ["2025-02-10 reset", "2025-02-12 change", "2025-02-12..2026-06-30 use"],
        ["2025-02-02 first-expired notified:first-expired", "2025-02-12 = active"],
    ),
    "first password never used": Life(
        FIRST_PASSWORD,
        [],
        [
            "2025-02-02 first-expired notified:first-expired",
            "2025-04-03 idle-locked notified:locked = locked",
            "2025-07-03 reclaimed notified:reclaimed = left",
            "2025-07-04 archived = archived",
            "2026-01-04 purge",
            "2026-01-05 purged = gone",
        ],
    ),
    "imported, changed too late": Life(
        IMPORTED,
        ["2025-01-02..2026-06-30 use", "2025-04-10 change"],
        ["2025-01-02 change-asked", "2025-04-01 overdue = pending", "2025-04-10 = active"],
    ),
    "imported, changed in time": Life(
        IMPORTED, ["2025-01-02..2026-06-30 use", "2025-02-15 change"], ["2025-01-02 change-asked"]
    ),
    "reclaimed, and given back": Life(
        {},
        ["2025-08-01 unlock", "2025-08-02..2026-06-30 use"],
        [
            "2025-04-03 idle-locked notified:locked = locked",
            "2025-07-03 reclaimed notified:reclaimed = left",
            "2025-07-04 archived = archived",
            "2025-08-01 notified:unlocked = active",
        ],
    ),
    "used on the last day each time": Life(
        {},
        [
            f"{on} use"
            for on in ("2025-01-10", "2025-04-10", "2025-07-10", "2025-10-10", "2026-01-10", "2026-04-10")
        ],
        [],
    ),
    "idle from the end of a long month": Life(
        {},
        ["2025-01-02..2025-11-30 use"],
        [
            "2026-03-01 idle-locked notified:locked = locked",
            "2026-05-31 reclaimed notified:reclaimed = left",
            "2026-06-01 archived = archived",
        ],
    ),
}

IDLE = ["2025-04-02 warned", "2025-04-03 idle-locked notified:locked = locked", "2025-07-03 proposed"]
NOTICED = [*IDLE, "2025-07-20 notified:reclaim"]
MERGED_LIVES = {
    "reclaimed": Life(
        {},
        ["2025-07-20 approve"],
        [
            *NOTICED,
            "2025-08-04 reclaimed notified:reclaimed = left",
            "2025-08-05 archived = archived",
            "2026-02-05 purge",
            "2026-02-06 purged = gone",
        ],
    ),
    "proposed, and never approved": Life({}, [], IDLE),
    "approved late": Life(
        {},
        ["2026-02-01 approve"],
        [
            *IDLE,
            "2026-02-01 notified:reclaim",
            "2026-02-16 reclaimed notified:reclaimed = left",
            "2026-02-17 archived = archived",
        ],
    ),
    "unlocked after the notice": Life(
        {},
        [
            "2025-07-20 approve",
            "2025-07-30 unlock",
            "2025-07-30..2026-06-30 use",
            "2025-08-01 change",
            "2025-10-31 change",
            "2026-01-19 change",
            "2026-04-09 change",
            "2026-06-28 change",
        ],
        [
            *NOTICED,
            "2025-07-30 cancelled overdue notified:unlocked = pending",
            "2025-08-01 = active",
            "2025-10-30 warned",
        ],
    ),
    "exempt after the notice, and idle again": Life(
        {},
        ["2025-07-20 approve", "2025-07-25 exempt 2025-10-31", "2026-05-10 approve"],
        [
            *NOTICED,
            "2025-07-25 cancelled",
            "2026-05-01 proposed",
            "2026-05-10 notified:reclaim",
            "2026-05-25 reclaimed notified:reclaimed = left",
            "2026-05-26 archived = archived",
        ],
    ),
    "an open session after the notice": Life(
        {},
        [
            "2025-07-20 approve",
            "2025-07-22 set last_use=2025-07-15",
        ],
        [*NOTICED, "2025-07-22 cancelled", "2026-01-16 proposed"],
    ),
    "left after the notice": Life(
        {},
        ["2025-07-20 approve", "2025-07-28 set status=left keep_until=2026-01-28"],
        [
            *NOTICED,
            "2025-07-28 left cancelled = left",
            "2025-07-29 archived = archived",
            "2026-01-29 purge",
            "2026-01-30 purged = gone",
        ],
    ),
    "on leave after the notice": Life(
        {},
        ["2025-07-20 approve", "2025-07-26 set leave_until=2025-12-31", "2025-12-31 set leave_until="],
        [*NOTICED, "2025-07-26 exempt cancelled"],
    ),
    "locked by the roster after the notice": Life(
        {},
        ["2025-07-20 approve", "2025-07-27 set status=locked"],
        [*NOTICED, "2025-07-27 roster-locked cancelled"],
    ),
    "reset after the notice, and idle again": Life(
        {},
        ["2025-07-20 approve", "2025-07-24 reset"],
        [
            *NOTICED,
            "2025-07-24 cancelled",
            "2025-08-24 first-expired notified:first-expired",
            "2026-01-25 proposed",
        ],
    ),
    "a password that grows too old": Life(
        {},
        ["2025-01-02..2026-04-02 use", "2025-07-03 change", "2025-10-05 change"],
        [
            "2025-04-02 warned",
            "2025-07-01 overdue = pending",
            "2025-07-03 = active",
            "2025-10-01 warned",
            "2026-01-03 warned",
            "2026-04-03 overdue = pending",
        ],
    ),
    "a unit's password that grows too old": Life(
        {"kind": "unit"}, [], ["2025-04-02 warned", "2025-07-01 overdue = pending"]
    ),
    "used until June": Life(
        {},
        ["2025-01-02..2025-06-10 use", "2025-03-01 change", "2025-05-20 change"],
        [
            "2025-08-18 warned",
            "2025-09-11 idle-locked notified:locked = locked",
            "2025-12-11 proposed",
        ],
    ),
}
QUARTERLY = [str(FIRST + timedelta(days=80 * turn)) + " change" for turn in range(1, 7)]
# Few, since each is looked at on each of 545 days; enough that no day is without any use.
ORDINARY = {f"ordinary {number}": Life({}, [f"{FIRST}..{LAST} use", *QUARTERLY], []) for number in range(3)}
PROVINCES = {
    "UB-9.3": (UB, PASSWORD, None, {**UB_LIVES, **ORDINARY}),
    "GL-13.3-a and UB-9.3a and BD-5": (MERGED, BD, 12, {**MERGED_LIVES, **ORDINARY}),
}


def in_store(found: Account) -> decisions.StoreAccount:
    """The account as a store reads it."""
    events = tuple(found.events)
    return _in_store(found.dn, found.address, found.status, found.lock, events, found.archived, found.purged)


@cache
def _in_store(dn, address, status, lock, events, archived, purged) -> decisions.StoreAccount:
    values = {
        "mail": [address],
        "cvMailPath": ["s01/p/00/x"],
        "cvStatus": [status],
        "cvLock": [lock] if lock else [],
        "cvEvent": [event.line() for event in events],
        "cvArchive": [f"{as_time(archived)} 1 {'ab' * 32} x"] if archived else [],
        "cvPurged": [as_time(purged)] if purged else [],
    }
    account, problems = decisions.account(dn, values)
    assert problems == []
    return account


class World:
    """A directory, and all who write to it. Patient operators wait with an act until it makes sense."""

    def __init__(self, province: str, patient: bool = False) -> None:
        self.patient = patient
        self.lifecycle, self.password, self.limit, self.lives = PROVINCES[province]
        self.accounts = {}
        self.script: dict[date, list[tuple[str, str]]] = {}
        for number, (name, life) in enumerate(self.lives.items()):
            facts = {"created": FIRST, "password_changed": FIRST, **life.facts}
            self.accounts[name] = account(f"CB{number:03}", **facts)
            for line in life.script:
                when, _, verb = line.partition(" ")
                first, _, last = when.partition("..")
                for ordinal in range(day(first).toordinal(), day(last or first).toordinal() + 1):
                    self.script.setdefault(date.fromordinal(ordinal), []).append((name, verb))
        self.names = {found.dn: name for name, found in self.accounts.items()}
        self.states = {name: state(found, FIRST) for name, found in self.accounts.items()}
        self.timeline: dict[str, list[str]] = {name: [] for name in self.lives}
        self.words: dict[str, list[str]] = {}
        self.sent: dict[str, dict] = {}

    def play(self, today: date, one_pass) -> None:
        """Let one day go by: the store, people and operators, the pass, and the store again."""
        for name, found in self.accounts.items():
            self.accounts[name] = self.archived(found, today)
        for name, verb in self.script.get(today, []):
            self.accounts[name] = self.done(self.accounts[name], verb, today)
        self.words = {name: [] for name in self.lives}
        one_pass(self, today)
        for name, found in self.accounts.items():
            now = state(found, today)
            changed = f"= {now}" if now != self.states[name] else ""
            line = " ".join([*self.words[name], *changed.split()])
            if line:
                self.timeline[name].append(f"{today} {line}")
            self.states[name] = now
            gone = not self.is_away(found, today) and decisions.to_purge([in_store(found)])
            self.accounts[name] = replace(found, purged=today) if gone else found

    def done(self, subject: Account, verb: str, today: date) -> Account:
        """Return the account after something that was not the pass."""
        word, *rest = verb.split(" ")
        match word:
            case "use":
                return replace(subject, last_success=today)
            case "away":  # the store
                return subject
            case "set":
                facts = {}
                for pair in rest:
                    key, _, value = pair.partition("=")
                    facts[key] = value or None
                return replace(subject, **days(facts))
            case "change":  # slapd forgets the login
                new = {"must_change": False, "scheme": "ARGON2", "password_changed": today}
                return replace(subject, last_success=None, **new)
            case "reset":
                new = {"must_change": True, "scheme": "SSHA512", "password_changed": today}
                events = in_order([*subject.events, Event(today, "reset", "7/CV")])
                return replace(subject, last_success=None, events=events, **new)
            case "release":
                events = in_order([*subject.events, Event(today, "unlocked", "9/BC")])
                return replace(subject, lock="", events=events)
        until = day(rest[0]) if rest else None
        step = act(subject, word, today, "15/TB-STTTT", until=until, reason="đi học" if rest else "")
        if isinstance(step, str):
            assert self.patient, step
            self.script.setdefault(today + timedelta(days=1), []).append((self.names[subject.dn], verb))
            return subject
        return applied(subject, step)

    def archived(self, found: Account, today: date) -> Account:
        """Return the account after what the store does before the pass."""
        if self.is_away(found, today):
            return found
        if decisions.reopened([in_store(found)]):
            found = replace(found, archived=None, purged=None)
        return replace(found, archived=today) if decisions.to_archive([in_store(found)]) else found

    def is_away(self, found: Account, today: date) -> bool:
        return (self.names[found.dn], "away") in self.script.get(today, [])

    def apply(self, step) -> None:
        """Take a step, and its notice."""
        name = self.names[step.account.dn]
        self.accounts[name] = applied(self.accounts[name], step)
        if step.word != "used":
            self.words[name].append(step.word)
        self.send(step)

    def send(self, step) -> None:
        if step.notice:
            known = self.sent.setdefault(step.notice.key, step.notice)
            assert known == step.notice

    def due(self, today: date) -> tuple:
        found = daily(self.accounts.values(), self.lifecycle, self.password, today, self.limit)
        assert found.refused == ""
        return found.steps


def whole(world: World, today: date) -> None:
    """A pass that comes to its end, and a second one on the same day."""
    for step in world.due(today):
        world.apply(step)
    assert world.due(today) == ()


def killed(world: World, today: date) -> None:
    """A pass that is killed twice, also between notice and record, and then comes to its end."""
    chance = random.Random(today.toordinal())
    for _ in range(2):
        steps = world.due(today)
        end = chance.randrange(len(steps) + 1)
        for step in steps[:end]:
            world.apply(step)
        for step in steps[end : end + 1]:
            world.send(step)
    whole(world, today)


@pytest.fixture(scope="module", params=[whole, killed], ids=["whole", "killed"])
def walked(request):
    def walk(province):
        world = World(province)
        for today in DAYS:
            world.play(today, request.param)
        return world

    return {province: walk(province) for province in PROVINCES}


@pytest.mark.parametrize(
    ("province", "name"),
    [
        (province, name)
        for province, (*_, lives) in PROVINCES.items()
        for name in lives
        if "ordinary" not in name
    ],
)
def test_a_life_goes_as_the_decision_says(walked, province, name):
    assert walked[province].timeline[name] == PROVINCES[province][3][name].expected


@pytest.mark.parametrize("province", PROVINCES)
def test_nothing_ever_happens_to_who_uses_the_mail(walked, province):
    assert {name: walked[province].timeline[name] for name in ORDINARY} == {name: [] for name in ORDINARY}


@pytest.mark.parametrize("province", PROVINCES)
def test_every_notice_of_the_table_was_sent_and_no_other(walked, province):
    told = ("notified:", "warned", "change-asked")
    expected = sum(
        word.startswith(told)
        for life in PROVINCES[province][3].values()
        for line in life.expected
        for word in line.split(" ")
    )
    assert len(walked[province].sent) == expected


@pytest.mark.parametrize("province", PROVINCES)
@pytest.mark.parametrize("every", [3, 30])
def test_days_without_a_pass_shut_nobody_earlier(province, every):
    """Passes fail, people and roster go on, operators wait: nobody is shut before the day of the table."""
    world = World(province, patient=True)
    world.limit = len(world.lives)
    for today in DAYS:
        runs = (today - FIRST).days % every == every - 1
        world.play(today, whole if runs else lambda world, today: None)
    compared = 0
    for name, life in world.lives.items():
        for word in ("idle-locked", "proposed", "reclaimed", "purge", "left", "overdue", "first-expired"):
            early, late = days_of(word, life.expected), days_of(word, world.timeline[name])
            assert all(second >= first for first, second in zip(early, late, strict=False)), (name, word)
            compared += min(len(early), len(late))
    assert compared > 20


def days_of(word: str, lines: list[str]) -> list[str]:
    """The days on which a pass had the word; what follows `=` is a state."""
    return [line[:10] for line in lines if word in line.partition(" =")[0].split(" ")]
