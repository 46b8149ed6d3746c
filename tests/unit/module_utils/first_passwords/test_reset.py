"""A password is sealed, then set; and only for who may log in."""

from __future__ import annotations

import json
from datetime import date

import pyrage
import pytest
from ansible_collections.congvu.mail.plugins.module_utils.first_passwords import reset, sealing
from ansible_collections.congvu.mail.plugins.module_utils.first_passwords.reset import ResetError
from ansible_collections.congvu.mail.plugins.module_utils.passwords import generation

from tests.support.agelike import age  # noqa: F401  what the host's age does

SUFFIX = "dc=gialai,dc=gov,dc=vn"
THUY = {"mail": ["thuyctp.stttt@gialai.gov.vn"], "cvUnit": ["stttt"], "cvStatus": ["active"]}
RUN, DAY = "20261122T101530.000001Z", date(2026, 11, 22)
pytestmark = pytest.mark.usefixtures("age")


class Slapd:
    """Holds accounts; dies at a write if it is `down`."""

    def __init__(self, *entries):
        self.entries = {f"uid={number},{SUFFIX}": entry for number, entry in enumerate(entries)}
        self.asked, self.written, self.down = [], [], False

    def search(self, base, query, names):
        self.asked.append((base, query))
        return self.entries

    def write(self, change):
        if self.down:
            raise KeyboardInterrupt
        self.written.append((change.dn, change.replaced, change.added))


@pytest.fixture
def operator():
    return pyrage.x25519.Identity.generate()


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "sealed"
    path.mkdir()
    return path


def reset_password(slapd, folder, operator, run=RUN):
    owner = reset.look_up(slapd, SUFFIX, "GL-1")
    keys = [str(operator.to_public())]
    return reset.reset(slapd, owner, "14/PYC-STTTT", keys, folder=folder, run=run, day=DAY)


def opened(path, operator):
    return [json.loads(line) for line in pyrage.decrypt(path.read_bytes(), [operator]).splitlines()]


def test_what_is_sealed_is_what_is_set(folder, operator):
    slapd = Slapd(THUY)
    path = reset_password(slapd, folder, operator)
    [(dn, replaced, added)] = slapd.written
    [line] = opened(path, operator)
    assert (line["dn"], line["address"], line["issued"]) == (dn, THUY["mail"][0], RUN)
    [stored] = replaced.pop("userPassword")
    assert generation.proves(generation.proof(stored), line["password"])
    assert replaced == {"pwdReset": ["TRUE"], "cvChangeBy": []}
    assert added == {"cvEvent": [f"2026-11-22 reset 14/PYC-STTTT {path.name}"]}
    assert line["password"] not in repr(slapd.written)


def test_killed_before_it_is_set_the_account_is_as_it_was_and_the_next_reset_is_whole(folder, operator):
    slapd = Slapd(THUY)
    slapd.down = True
    with pytest.raises(KeyboardInterrupt):
        reset_password(slapd, folder, operator)
    assert len(list(folder.iterdir())) == 1  # sealed first
    slapd.down = False
    path = reset_password(slapd, folder, operator, run="20261122T111111.000001Z")
    [line] = opened(path, operator)
    assert generation.proves(generation.proof(slapd.written[0][1]["userPassword"][0]), line["password"])


def test_a_password_that_cannot_be_sealed_is_not_set(folder, operator):
    slapd = Slapd(THUY)
    owner = reset.look_up(slapd, SUFFIX, "GL-1")
    with pytest.raises(sealing.SealingError):
        reset.reset(slapd, owner, "1", ["age1nonsense"], folder=folder, run=RUN, day=DAY)
    assert slapd.written == []


@pytest.mark.parametrize(
    ("noted", "success", "kept"),
    [
        (None, "20261120010203Z", ["20261120010203Z"]),
        ("20261121010203Z", "20261120010203.5Z", ["20261121010203Z"]),
        ("20261119010203Z", "20261120010203Z", ["20261120010203Z"]),
        ("20261119010203Z", None, ["20261119010203Z"]),
        (None, None, None),
    ],
)
def test_the_last_use_is_kept(folder, operator, noted, success, kept):
    """Slapd deletes its own note at every change of a password."""
    values = {"cvLastUse": noted, "pwdLastSuccess": success}
    slapd = Slapd(THUY | {name: [value] for name, value in values.items() if value})
    reset_password(slapd, folder, operator)
    assert slapd.written[0][1].get("cvLastUse") == kept


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"cvStatus": ["left"]}, "has left"),
        ({"cvLock": ["reclaimed"]}, "has left or was reclaimed"),
        ({"cvLock": ["purge"]}, "has left or was reclaimed"),
        ({"cvLock": ["purge"], "cvPurged": ["20261120010203Z"]}, "has left or was reclaimed"),
        ({"cvStatus": ["locked"]}, "locked by the roster"),
        ({"cvStatus": ["closing"]}, "dissolved"),
    ],
)
def test_who_may_not_log_in_gets_none(state, said):
    with pytest.raises(ResetError, match=said):
        reset.look_up(Slapd(THUY | state), SUFFIX, "GL-1")


@pytest.mark.parametrize("lock", ["idle", "contained"])
def test_a_lock_that_will_be_lifted_does_not_refuse(lock):
    assert reset.look_up(Slapd(THUY | {"cvLock": [lock]}), SUFFIX, "GL-1").lock == lock


def test_who_is_back_after_the_mail_was_deleted_gets_one(folder, operator):
    assert reset_password(Slapd(THUY | {"cvPurged": ["20261120010203Z"]}), folder, operator).exists()


def test_nobody_and_several_are_told_apart():
    with pytest.raises(ResetError, match="there is no account GL-9"):
        reset.look_up(Slapd(), SUFFIX, "GL-9")
    other = THUY | {"mail": ["other@gialai.gov.vn"]}
    with pytest.raises(ResetError, match=r"name one: other@gialai\.gov\.vn, thuyctp"):
        reset.look_up(Slapd(THUY, other), SUFFIX, "x")


def test_a_name_cannot_change_the_question():
    slapd = Slapd(THUY)
    reset.look_up(slapd, SUFFIX, "*)(uid=a\\")
    assert "(uid=\\2a\\29\\28uid=a\\5c)" in slapd.asked[0][1]


@pytest.mark.parametrize("reference", ["", "  ", "không có"])
def test_without_a_number_nothing_is_reset(reference):
    with pytest.raises(ResetError, match="reference"):
        reset.checked(reference)


def test_a_number_is_recorded_as_one_line():
    assert reset.checked(" số  14/PYC\n-STTTT ") == "số 14/PYC -STTTT"
