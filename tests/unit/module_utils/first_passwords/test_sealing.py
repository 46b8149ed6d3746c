"""Sealed first passwords: readable for every operator and for nobody else."""

from __future__ import annotations

import json
import stat

import pyrage
import pytest
from ansible_collections.congvu.mail.plugins.module_utils.accounts.plan import plan
from ansible_collections.congvu.mail.plugins.module_utils.first_passwords import sealing

from tests.support.agelike import age  # noqa: F401  what the host's age does
from tests.support.desired import SUFFIX, account, directory

RUN = "20261122T101530.000001Z"
pytestmark = pytest.mark.usefixtures("age")


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "sealed"
    path.mkdir()
    return path


@pytest.fixture
def operators():
    return [pyrage.x25519.Identity.generate() for _ in range(2)]


def opened(path, operator):
    return [json.loads(line) for line in pyrage.decrypt(path.read_bytes(), [operator]).decode().splitlines()]


def issued(*given):
    changes, sealed = sealing.issue(*given)
    return list(changes), sealed


def keys(operators):
    return [str(operator.to_public()) for operator in operators]


def test_each_operator_can_open_what_belongs_to_the_new_accounts(folder, operators):
    accounts = [account("GL1"), account("GL2", unit="dakpo"), account("stttt", kind="unit", unit="stttt")]
    planned = plan({}, accounts, SUFFIX)
    changes, paths = issued(planned.changes, folder, RUN, keys(operators))

    assert [path.name for path in paths] == [f"dakpo@{RUN}.jsonl.age", f"stttt@{RUN}.jsonl.age"]
    lines = [line for path in paths for line in opened(path, operators[0])]
    assert lines == [line for path in paths for line in opened(path, operators[1])]
    assert {line["dn"] for line in lines} == {change.dn for change in changes}
    assert all(
        line.keys() == {"address", "dn", "password", "issued"} and line["issued"] == RUN for line in lines
    )
    assert len({line["password"] for line in lines}) == 3


def test_the_accounts_carry_a_hash_and_the_clear_text_is_nowhere(folder, operators):
    changes, [path] = issued(plan({}, [account("GL1")], SUFFIX).changes, folder, RUN, keys(operators))
    [line] = opened(path, operators[0])
    assert changes[0].after["userPassword"][0].startswith("{SSHA512}")
    assert line["password"] not in repr(changes)
    assert line["password"].encode() not in path.read_bytes()
    assert [other.name for other in folder.iterdir()] == [path.name]


def test_a_stranger_cannot_open_it(folder, operators):
    _, [path] = issued(plan({}, [account("GL1")], SUFFIX).changes, folder, RUN, keys(operators))
    with pytest.raises(pyrage.DecryptError):
        opened(path, pyrage.x25519.Identity.generate())


def test_an_account_is_not_written_before_its_file_is_there(folder, operators, monkeypatch):
    planned = plan({}, [account("GL1", unit="snv"), account("GL2", unit="dakpo")], SUFFIX)

    def seal(folder, unit, *_):
        if unit == "snv":
            raise sealing.SealingError("age refused")

    monkeypatch.setattr(sealing, "seal", seal)
    written = []
    with pytest.raises(sealing.SealingError):
        for change in sealing.issue(planned.changes, folder, RUN, keys(operators))[0]:
            written.append(change.unit)
    assert written == ["dakpo"]


def test_the_first_accounts_are_written_while_other_files_are_still_to_be_sealed(
    folder, operators, monkeypatch
):
    planned = plan({}, [account(f"GL{number}", unit=f"so{number:02}") for number in range(40)], SUFFIX)
    begun = []
    monkeypatch.setattr(sealing, "seal", lambda folder, unit, *_: begun.append(unit))
    changes, _ = sealing.issue(planned.changes, folder, RUN, keys(operators))
    assert next(changes).unit == "so00"
    assert len(begun) <= sealing.FILES_AHEAD + 1
    assert [change.unit for change in changes] == sorted(begun)[1:]
    assert len(begun) == 40


def test_new_accounts_come_after_all_other_changes_and_agency_by_agency(folder, operators):
    wanted = [
        account("GL1", unit="snv"),
        account("GL2", unit="dakpo"),
        account("GL3", unit="snv"),
        account("GL4"),
    ]
    planned = plan(directory(account("GL4", title="Trưởng phòng")), wanted, SUFFIX)
    changes, _ = issued(planned.changes, folder, RUN, keys(operators))
    assert [change.address.partition("@")[0] for change in changes] == ["gl4", "gl2", "gl1", "gl3"]


def test_nobody_but_its_owner_reads_the_file(folder, operators):
    _, [path] = issued(plan({}, [account("GL1")], SUFFIX).changes, folder, RUN, keys(operators))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_only_new_accounts_get_a_password(folder, operators):
    current = directory(account("GL1"))
    planned = plan(current, [account("GL1", title="Trưởng phòng")], SUFFIX)
    assert issued(planned.changes, folder, RUN, keys(operators)) == (planned.changes, [])


def test_who_brings_a_password_keeps_it(folder, operators):
    brings = {"hash": "{SSHA}x", "change_by": "2026-12-31"}
    planned = plan({}, [account("GL1", **brings), account("GL2")], SUFFIX)
    changes, [path] = issued(planned.changes, folder, RUN, keys(operators))
    first, second = (change.after for change in changes)
    assert (first["userPassword"], first["cvChangeBy"]) == (["{SSHA}x"], ["2026-12-31"])
    assert "pwdReset" not in first
    assert second["pwdReset"] == ["TRUE"]
    assert [line["dn"] for line in opened(path, operators[0])] == [changes[1].dn]


@pytest.mark.parametrize("status", ["closing", "left"])
def test_who_has_left_gets_none(status, folder, operators):
    brings = {"hash": "{SSHA}x", "change_by": "2026-12-31"}
    changes, paths = issued(
        plan({}, [account("GL1", status=status, **brings)], SUFFIX).changes, folder, RUN, keys(operators)
    )
    assert paths == []
    assert "userPassword" not in changes[0].after
    assert changes[0].after["cvMailPath"]


def test_a_bad_key_is_an_error_and_leaves_nothing(folder):
    with pytest.raises(sealing.SealingError, match="age refused"):
        issued(plan({}, [account("GL1")], SUFFIX).changes, folder, RUN, ["age1nonsense"])
    assert list(folder.iterdir()) == []


def test_a_host_without_age_is_told_what_to_do(folder, operators, monkeypatch):
    monkeypatch.setattr(sealing, "AGE", "/nonexistent/age")
    with pytest.raises(sealing.SealingError, match=r"run playbooks/site\.yml"):
        issued(plan({}, [account("GL1")], SUFFIX).changes, folder, RUN, keys(operators))


def test_a_unit_cannot_name_a_file_outside_the_folder():
    assert sealing.file_name("../a b", RUN) == f"..=2Fa=20b@{RUN}.jsonl.age"
