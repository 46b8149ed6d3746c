"""Services are brought up with their newest configuration, once, whoever wrote it."""

from __future__ import annotations

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.host import pending
from ansible_collections.congvu.mail.plugins.modules import services

UP = {"LoadState": "loaded", "ActiveState": "active", "UnitFileState": "enabled", "NeedDaemonReload": "no"}
DOWN = UP | {"ActiveState": "inactive"}
FOREIGN = DOWN | {"LoadState": "not-found", "UnitFileState": ""}


class Systemd:
    """Answers as systemctl does, and remembers what it was told."""

    def __init__(self, **units):
        self.units, self.told, self.refuses = units, [], ""

    def __call__(self, *words):
        if words[0] == "show":
            known = [self.units.get(name) or self.units[name.partition(".")[0]] for name in words[3:]]
            return "\n\n".join("\n".join(f"{key}={value}" for key, value in one.items()) for one in known)
        if words[0] == self.refuses:
            raise RuntimeError(words)
        self.told.append(" ".join(words))
        for one in self.units.values():
            one["NeedDaemonReload"] = "no"
        return ""


@pytest.fixture
def notes(tmp_path):
    return tmp_path / "state" / "pending"


def bring(systemd, notes, only_look=False, **names):
    wanted = {pending.unit(name): state for state in services.STATES for name in names.get(state, [])}
    return services.apply(wanted, systemd, notes, only_look=only_look)


def test_what_is_as_it_should_be_is_left_alone(notes):
    masked = DOWN | {"LoadState": "masked", "UnitFileState": "masked"}
    systemd = Systemd(a=dict(UP), b=dict(DOWN), c=UP | {"UnitFileState": "static"}, d=dict(FOREIGN), e=masked)
    states = {"started": ["a"], "enabled": ["b"], "kept": ["c", "d"], "stopped": ["d"], "masked": ["e"]}
    assert bring(systemd, notes, **states) == []
    assert systemd.told == []


def test_each_state_from_its_opposite(notes):
    off = DOWN | {"UnitFileState": "disabled"}
    systemd = Systemd(a=dict(off), b=dict(off), c=dict(UP), d=dict(UP))
    told = bring(systemd, notes, started=["a"], enabled=["b.timer"], stopped=["c"], masked=["d.socket"])
    assert (
        told
        == systemd.told
        == [
            "stop d.socket", "disable d.socket", "mask d.socket",
            "stop c.service", "disable c.service",
            "enable a.service", "start a.service",
            "enable b.timer",
        ]
    )  # fmt: skip


def test_what_was_masked_can_be_started(notes):
    masked = DOWN | {"LoadState": "masked", "UnitFileState": "masked"}
    told = bring(Systemd(a=masked), notes, started=["a"])
    assert told == ["unmask a.service", "enable a.service", "start a.service"]


@pytest.mark.parametrize("state", ["started", "enabled", "kept"])
@pytest.mark.parametrize(
    ("note", "word"), [({"restart": ["a"]}, "restart"), ({"reload": ["a"]}, "reload-or-restart")]
)
def test_what_is_noted_is_done_once(notes, state, note, word):
    pending.begin(pending.names(**({"restart": [], "reload": [], "due": ["indexes"]} | note)), notes)
    systemd = Systemd(a=dict(UP))
    assert bring(systemd, notes, **{state: ["a"]}) == [f"{word} a.service"]
    assert bring(systemd, notes, **{state: ["a"]}) == []
    assert [path.name for path in notes.iterdir()] == ["indexes"]


def test_a_restart_is_more_than_a_reload(notes):
    pending.begin(pending.names(["a"], ["a"], []), notes)
    systemd = Systemd(a=dict(UP))
    assert bring(systemd, notes, started=["a"]) == ["restart a.service"]
    assert list(notes.iterdir()) == []


def test_it_stays_noted_until_it_succeeded(notes):
    pending.begin(pending.names(["b"], [], []), notes)
    systemd = Systemd(a=dict(UP), b=dict(UP))
    systemd.refuses = "restart"
    with pytest.raises(RuntimeError):
        bring(systemd, notes, started=["a", "b"])
    systemd.refuses = ""
    assert bring(systemd, notes, started=["a", "b"]) == ["restart b.service"]


def test_what_does_not_run_is_started_and_not_restarted(notes):
    pending.begin(pending.names(["a", "b"], [], []), notes)
    systemd = Systemd(a=dict(DOWN), b=dict(FOREIGN))
    assert bring(systemd, notes, started=["a"], kept=["b"]) == ["start a.service"]
    assert list(notes.iterdir()) == []


def test_changed_unit_files_are_read_first(notes):
    pending.begin(pending.names(["a"], [], []), notes)
    systemd = Systemd(a=UP | {"NeedDaemonReload": "yes"})
    assert bring(systemd, notes, started=["a"]) == ["daemon-reload", "restart a.service"]


def test_a_changed_unit_that_a_timer_starts_is_read_as_well(notes):
    systemd = Systemd(**{"a.timer": dict(UP), "a.service": DOWN | {"NeedDaemonReload": "yes"}})
    assert bring(systemd, notes, started=["a.timer"]) == ["daemon-reload"]


def test_what_is_not_to_run_does_not_stay_failed(notes):
    systemd = Systemd(a=DOWN | {"ActiveState": "failed"})
    assert bring(systemd, notes, masked=["a"]) == [
        "reset-failed a.service",
        "disable a.service",
        "mask a.service",
    ]


def test_check_mode_tells_what_waits_and_does_nothing(notes):
    pending.begin(pending.names(["a"], [], []), notes)
    systemd = Systemd(a=dict(UP))
    assert bring(systemd, notes, only_look=True, started=["a"]) == ["restart a.service"]
    assert systemd.told == []
    assert bring(systemd, notes, only_look=True, started=["a"]) == ["restart a.service"]
