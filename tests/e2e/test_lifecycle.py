"""The daily pass against the real slapd and Dovecot, on the days on which something happens."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from functools import partial

import pytest

from tests.support.ansible import Run, playbook
from tests.support.audit import AUDIT
from tests.support.directory import Directory
from tests.support.lab import INVENTORY, Account, Lab
from tests.support.letters import id_of, letter
from tests.support.province import NOTICES, Province, days, put_back
from tests.support.smtp import send
from tests.support.waiting import wait_for

TODAY = datetime.now(timezone(timedelta(hours=7))).date()
COMMITTEE = {"lock_after_months": 3, "delete_after_months": 6}  # UB-9.3
GIALAI = {"propose_after_months": 6, "notice_days": 15}  # GL-13.3-a
LONG_AGO = TODAY - days(400)


@pytest.fixture
def unit(lab: Lab) -> Account:
    """The mailbox of a unit."""
    return next(account for account in lab.accounts if ",ou=units" in account.dn)


@pytest.fixture
def province(lab: Lab, directory: Directory, unit: Account) -> Iterator[Province]:
    """Somebody was here today, so that the pass can tell idleness from a login store that is down."""
    province = Province(lab, directory, unit.address)
    yield province
    province.leave_no_trace()


def test_idle_mailboxes_are_locked_and_told_once(province: Province) -> None:
    """UB-9.3a: more than 3 months since the last use, or since creation; a reason with an end keeps one."""
    province.begin(lifecycle=COMMITTEE)
    province.hire("awake", created=LONG_AGO, used=TODAY)
    (sleeper,) = province.hire("sleeper", created=LONG_AGO, used=TODAY - days(100))
    province.hire("never", created=TODAY - days(100))
    province.hire("young", created=TODAY - days(60))
    province.hire("exempt", created=LONG_AGO, used=TODAY - days(100))
    exempt = ("act", "exempt", "--account", f"{province.mark}-exempt", "--reference", "7/CV-UB")
    until = str(TODAY + days(30))
    assert province.run(TODAY, *exempt, "--until", until, "--reason", "đi học").code == 0

    before = province.snapshot()
    shown = province.run(TODAY, "--check")
    wanted = {
        (what, f"{name}.{province.mark}")
        for name in ("sleeper", "never")
        for what in ("idle-locked", "notified:locked")
    }
    assert (shown.code, shown.steps()) == (0, wanted)
    assert province.snapshot() == before
    assert province.message_ids() == {}

    done = province.run(TODAY)
    assert (done.code, done.steps()) == (0, wanted), done.data
    assert province.locks() == {"sleeper": "idle", "never": "idle"}
    again = province.run(TODAY)
    assert (again.code, again.data["changed"]) == (0, False), again.data

    sent = province.message_ids()
    assert len(sent) == 2
    (message_id,) = (message_id for name, message_id in sent.items() if "sleeper" in name)
    for mailbox in (sleeper, province.contact):
        wait_for(f"the notice in {mailbox}", partial(province.has, mailbox, message_id))
        assert province.received(mailbox)[message_id] == 1
    logged = [(line.what, line.account) for line in province.logged()]
    assert logged.count(("idle-locked", sleeper)) == 1
    assert logged.count(("notified:locked", sleeper)) == 1


def test_what_is_locked_is_opened_by_a_letter(province: Province) -> None:
    """UB-9.3a; and idleness counts anew from there."""
    province.begin(lifecycle=COMMITTEE)
    province.hire("awake", created=LONG_AGO, used=TODAY)
    (sleeper,) = province.hire("sleeper", created=LONG_AGO, used=TODAY - days(100))
    assert province.run(TODAY).code == 0
    refused = province.run(TODAY, "act", "unlock", "--account", sleeper, "--reference", "theo yêu cầu")
    assert refused.code == 3
    assert province.locks() == {"sleeper": "idle"}
    letter_no = "56/CV-STTTT"
    assert province.run(TODAY, "act", "unlock", "--account", sleeper, "--reference", letter_no).code == 0
    assert province.locks() == {}
    (line,) = (line for line in province.logged() if line.what == "unlocked")
    assert (line.account, line.reference) == (sleeper, letter_no)
    assert line.who
    (answer,) = (one for name, one in province.message_ids().items() if name.startswith("unlocked=20"))
    wait_for("the answer at the unit", lambda: province.has(province.contact, answer))
    assert province.run(TODAY).data["changed"] is False


def test_a_reclaim_is_proposed_approved_announced_and_waited_for(province: Province) -> None:
    """GL-13.3-a: any login in between ends it; without one it takes the approval, and 15 days of notice."""
    province.begin(lifecycle=GIALAI)
    proposed, told, last = TODAY - days(20), TODAY - days(15), TODAY
    province.hire("awake", created=LONG_AGO, used=proposed)
    gone, back = province.hire("gone", "back", created=LONG_AGO)
    first = province.run(proposed)
    assert first.steps() == {("proposed", f"{name}.{province.mark}") for name in ("gone", "back")}
    for address in (gone, back):
        approve = ("act", "approve", "--account", address, "--reference", "12/QĐ-STTTT")
        assert province.run(proposed, *approve).code == 0

    province.login("awake", told)
    province.without_mail()
    away = province.run(told)
    assert away.code == 1
    assert len(away.data["due"]) >= 2
    assert away.steps() == set()
    province.with_mail()
    assert province.run(told).steps() == {
        ("notified:reclaim", f"{name}.{province.mark}") for name in ("gone", "back")
    }
    day_before = last - days(1)
    province.login("awake", day_before)
    assert province.run(day_before).steps() == set()
    province.login("back", day_before)
    assert province.run(day_before).steps() == {("cancelled", f"back.{province.mark}")}

    assert ("reclaimed", f"gone.{province.mark}") in province.run(last).steps()
    assert province.locks() == {"gone": "reclaimed"}
    (line,) = (line for line in province.logged() if line.what == "reclaimed")
    assert (line.account, line.reference) == (gone, "12/QĐ-STTTT")
    sent = {
        one for name, one in province.message_ids().items() if name.startswith(("reclaim=20", "proposals=20"))
    }
    assert len(sent) == 3
    wait_for(
        "the list of proposals and both notices", lambda: sent <= set(province.received(province.contact))
    )


def test_a_login_store_that_is_down_is_no_idleness(province: Province) -> None:
    """Nobody at all was seen, or more than a share would be shut: the pass stops and says so."""
    province.begin(lifecycle=COMMITTEE)
    names = [f"p{number}" for number in range(7)]
    province.hire(*names, created=LONG_AGO, used=TODAY - days(100))
    silent = province.run(TODAY)
    assert silent.code == 3
    assert "no account was used" in silent.data["refused"]
    province.login("p0", TODAY)
    refused = province.run(TODAY)
    assert refused.code == 3
    assert "mailbox_change_limit=6" in refused.data["refused"]
    assert province.locks() == {}
    allowed = province.run(TODAY, "--limit", "6")
    assert allowed.code == 0
    assert province.locks() == dict.fromkeys(names[1:], "idle")


# Starts the pass and kills it when the audit log has grown: something is written, something is not.
KILLED = """
before=$(stat -c %s {audit})
{command} >/dev/null 2>&1 &
while [ "$(stat -c %s {audit})" = "$before" ] && kill -0 $! 2>/dev/null; do sleep 0.01; done
kill -KILL $!
"""


def test_a_pass_that_is_killed_is_finished_by_the_next(province: Province) -> None:
    """No account is locked without its event, nobody is told twice, and the log has each step once."""
    province.begin(lifecycle=COMMITTEE)
    province.hire("awake", created=LONG_AGO, used=TODAY)
    names = [f"p{number:02}" for number in range(60)]
    province.hire(*names, created=LONG_AGO)
    script = KILLED.format(audit=AUDIT, command=province.command(TODAY, "--limit", "60"))
    province.lab.run(province.directory.host, "bash", "-c", script)
    half = {dn: entry for dn, entry in province.snapshot().items() if "cvLock" in entry}
    assert 0 < len(half) < len(names)
    assert all(any("idle-locked" in line for line in entry["cvEvent"]) for entry in half.values())

    assert province.run(TODAY, "--limit", "60").code == 0
    assert province.locks() == dict.fromkeys(names, "idle")
    assert province.run(TODAY).data["changed"] is False
    logged = [(line.what, line.account) for line in province.logged()]
    assert sorted(logged) == sorted(
        (what, f"{name}.{province.mark}@{province.domain}")
        for name in names
        for what in ("idle-locked", "notified:locked")
    )
    sent = set(province.message_ids().values())
    assert len(sent) == len(names)
    wait_for("all notices", lambda: sent <= set(province.received(province.contact)))
    # The one that was on its way may have come twice.
    assert sum(count for one, count in province.received(province.contact).items() if one in sent) <= 61


def test_a_status_written_by_hand_is_in_the_log_once(province: Province) -> None:
    """`mailboxes.yml` logs its own; of any other the pass is the first to hear."""
    province.begin(lifecycle={})
    (left, locked) = province.hire("left", "locked", created=LONG_AGO, used=TODAY)
    for address, status in ((left, "left"), (locked, "locked")):
        province.directory.set(address, "cvStatus", status)
    assert province.run(TODAY).code == 0
    assert province.run(TODAY).data["changed"] is False
    assert [(line.what, line.account, line.text) for line in province.logged()] == [
        ("left", left, "found in the directory"),
        ("roster-locked", locked, "found in the directory"),
    ]


def test_an_act_needs_a_reference(officer: Account) -> None:
    run = playbook("lifecycle", INVENTORY, "-e", "act=unlock", "-e", f"person={officer.address}")
    assert run.code != 0
    assert "reference" in run.said


def test_the_playbook_does_an_act_once(directory: Directory, officer: Account) -> None:
    given = {"act": "exempt", "person": officer.address, "reference": "34/CV-STTTT"}
    given |= {"until": "2099-06-30", "reason": "'đi học dài hạn'"}
    before = directory.snapshot()
    shown = act(given, "--check")
    assert (shown.code, shown.changed) == (0, 1), shown.said
    assert directory.snapshot() == before
    with put_back(directory, officer):
        done = act(given)
        assert (done.code, done.changed) == (0, 1), done.said
        (event,) = (line for line in directory.of(officer.address, "cvEvent")["cvEvent"] if "2099" in line)
        assert event.endswith(" exempt 34/CV-STTTT until=2099-06-30 đi học dài hạn")
        again = act(given)
        assert again.code != 0
        assert "already exempt" in again.said


def test_a_mail_unlocks_if_it_is_the_units(
    lab: Lab, directory: Directory, officer: Account, colleague: Account, unit: Account
) -> None:
    """UB-9.3a: not a mail of anybody else, and not one that only says it is the unit's."""
    own, others = letter(unit.address, colleague.address), letter(colleague.address, unit.address)
    assert send(lab, own, by=unit).accepted
    assert send(lab, others, by=colleague).accepted
    unlock = {"act": "unlock", "person": officer.address}
    with put_back(directory, officer, cvLock="idle", cvContact=unit.address):
        for message_id in (id_of(others), f"<{secrets.token_hex(8)}@{unit.domain}>"):
            refused = act(unlock | {"reference": message_id})
            assert refused.code != 0
            assert "unit's mailbox" in refused.said
            assert directory.of(officer.address, "cvLock") == {"cvLock": ["idle"]}
        done = act(unlock | {"reference": id_of(own)})
        assert (done.code, done.changed) == (0, 1), done.said
        assert directory.of(officer.address, "cvLock") == {}


def act(given: dict[str, str], *options: str) -> Run:
    """Run the playbook with an act."""
    words = (word for name, value in given.items() for word in ("-e", f"{name}={value}"))
    return playbook("lifecycle", INVENTORY, *words, *options)


def test_the_timer_runs_each_night(lab: Lab, directory: Directory) -> None:
    shown = lab.run(directory.host, "systemctl", "show", "congvu-lifecycle.timer")
    assert "ActiveState=active" in shown
    assert "Persistent=yes" in shown
    lab.run(directory.host, "systemctl", "start", "congvu-lifecycle.service")
    assert "timer" in lab.run(directory.host, "tail", "-n1", AUDIT)
    assert lab.run(directory.host, "stat", "-c", "%a", AUDIT, NOTICES).split() == ["600", "700"]


def test_passwords_grow_old(province: Province) -> None:
    """BD-5: told from 90 days on, changed by 180, never both on one day; pwdReset leaves only the change."""
    province.begin(lifecycle={}, password={"max_age_days": 180, "warn_after_days": 90})
    province.hire("old", created=LONG_AGO, used=TODAY, changed=TODAY - days(180))
    (told,) = province.hire("told", created=LONG_AGO, used=TODAY, changed=TODAY - days(90))
    province.hire("young", created=LONG_AGO, used=TODAY, changed=TODAY - days(89))
    yesterday, now = province.run(TODAY - days(1)).steps(), province.run(TODAY).steps()
    assert {step for step in yesterday if step[0] != "used"} == {("warned", f"old.{province.mark}")}
    assert now == {("overdue", f"old.{province.mark}"), ("warned", f"told.{province.mark}")}
    assert province.must_change() == {"old"}
    assert province.run(TODAY).data["changed"] is False
    (notice,) = (one for name, one in province.message_ids().items() if "told" in name)
    wait_for("the warning", partial(province.has, told, notice))


def test_what_has_a_last_day_ends_after_it(province: Province) -> None:
    """An imported hash, an unused first password, a closing account, the mail of who left."""
    province.begin(lifecycle={})
    past, mark = str(TODAY - days(1)), province.mark
    archive = f"{LONG_AGO:%Y%m%d}010000Z 0 {'0' * 64} 2025/none.tar.age"
    province.hire("awake", created=LONG_AGO, used=TODAY, cvChangeBy=str(TODAY))
    province.hire("imported", created=LONG_AGO, used=TODAY, cvChangeBy=past)
    province.hire("unused", created=TODAY - days(31), pwdReset="TRUE")
    province.hire("closing", created=LONG_AGO, cvStatus="closing", cvUntil=past)
    province.hire("left", created=LONG_AGO, cvStatus="left", cvKeepUntil=past, cvArchive=archive)
    ends = {("overdue", "imported"), ("first-expired", "unused"), ("left", "closing"), ("purge", "left")}
    steps = province.run(TODAY).steps()
    assert {(what, f"{name}.{mark}") for what, name in ends} <= steps
    assert ("overdue", f"awake.{mark}") not in steps
    assert province.must_change() == {"imported", "unused"}
    assert province.locks() == {"left": "purge"}
    entries = province.directory.entries(f"(uid={mark}-*)", "uid", "cvStatus", "userPassword").values()
    found = {entry["uid"][0].partition("-")[2]: entry for entry in entries}
    assert found["closing"]["cvStatus"] == ["left"]
    assert {name for name, entry in found.items() if "userPassword" not in entry} == {"unused"}
    assert province.run(TODAY).data["changed"] is False
