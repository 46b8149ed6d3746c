"""Whatever stands in one entry: the programs that go through all of them do that account nothing, and say so.

Values are those that slapd would never take as well: slapadd(8) checks none, and a schema may have been
another one. The other accounts are treated as on any day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import pytest
from ansible_collections.congvu.mail.plugins.module_utils import clock
from ansible_collections.congvu.mail.plugins.module_utils.accounts import directory as ldap
from ansible_collections.congvu.mail.plugins.module_utils.accounts import entries, intents
from ansible_collections.congvu.mail.plugins.module_utils.accounts.plan import PlanError, plan
from ansible_collections.congvu.mail.plugins.module_utils.first_passwords import sheets
from ansible_collections.congvu.mail.plugins.module_utils.host import audit
from ansible_collections.congvu.mail.plugins.module_utils.host.smtp import Sent
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle import entry, program
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.executor import Executor
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.notices import Office
from ansible_collections.congvu.mail.plugins.module_utils.lifecycle.report import as_data, as_text
from ansible_collections.congvu.mail.plugins.module_utils.mailstore import decisions
from ansible_collections.congvu.mail.plugins.module_utils.mailstore import program as store_program
from ansible_collections.congvu.mail.plugins.module_utils.policy.terms import LifecycleTerms, PasswordTerms
from hypothesis import given
from hypothesis import strategies as st

from tests.support.desired import SUFFIX, account

TODAY = "2026-11-22"
OFFICE = Office("UBND", "1/QĐ", "stttt@gialai.gov.vn", "0269 3824 404", "gialai.gov.vn")
TERMS = LifecycleTerms(lock_after_months=3, delete_after_months=6, propose_after_months=6, notice_days=15)
PASSWORD = PasswordTerms(max_age_days=180, warn_after_days=90)
DAMAGED, IDLE = f"uid=GL1,ou=people,{SUFFIX}", f"uid=GL2,ou=people,{SUFFIX}"
DIGEST = "ab" * 32
# Somebody whose mail is to be deleted: with the least mistake the most is lost.
LEAVER = {
    "uid": "GL1",
    "cn": "Trần Đình Nguyên",
    "mail": "gl1@gialai.gov.vn",
    "mailLocalAddress": "gl1@gialai.gov.vn",
    "cvUnit": "cntt.stttt",
    "cvMailPath": "s01/p/91/GL1",
    "cvStatus": "left",
    "cvLock": "purge",
    "cvQuota": "2048",
    "cvContact": "stttt@gialai.gov.vn",
    "cvKeepUntil": "2026-06-30",
    "cvArchive": f"20260301173000Z 1 {DIGEST} s01/p/91/GL1@2026-03-02.tar.age",
    "cvEvent": "2026-03-01 left - by the roster",
    "userPassword": "{ARGON2}$argon2id$v=19$x",
    "pwdReset": "TRUE",
    "createTimestamp": "20200101000000Z",
}
OTHER = {
    **{
        name: LEAVER[name]
        for name in ("cn", "cvUnit", "cvQuota", "cvContact", "createTimestamp", "userPassword")
    },
    "uid": "GL2",
    "mail": "gl2@gialai.gov.vn",
    "mailLocalAddress": "gl2@gialai.gov.vn",
    "cvMailPath": "s01/p/92/GL2",
    "cvStatus": "active",
}
SEEN = {
    **OTHER,
    "uid": "GL3",
    "mail": "gl3@gialai.gov.vn",
    "mailLocalAddress": "gl3@gialai.gov.vn",
    "cvMailPath": "s01/p/93/GL3",
    "cvLastUse": "20261122000000Z",
    "pwdChangedTime": "20261120000000Z",
}
NAMES = sorted(
    {*map(str, entry.ATTRIBUTES), *map(str, decisions.READ), *LEAVER, "cvOwner", "mailLocalAddress"}
)
TEXTS = [
    "", " ", "0", "-1", "TRUE", "FALSE", "true", "active", "Left", "lef", "locked", "idle", "purge",
    "PURGE", "open", "2026-02-30", "0001-01-01", "9999-12-31", "2026-W01-1", "20260101", "hôm qua",
    "00010101000000Z", "00010101000000+1400", "99991231235959Z", "99991231235959-1200", "20161231235960Z",
    "20260101", "20260101000000", "9999-12-31 exempt 1/CV until=9999-12-31 x",
    "2026-01-01 exempt 1/CV đi học", "2026-01-01 unlocked 1 was idle", "0001-01-01 idle-locked",
    "9999-12-31 unlocked 1 was idle", "9999-12-31 proposed", "0001-01-01 approved 1",
    "9999-12-31 notified:reclaim 1", "2026-01-01 handover 1", "2026-01-01 purge", "2026-01-01 warned",
    "unlocked", "2026-01-01", f"2026 1 {DIGEST} x", f"20260301173000Z x {DIGEST} x",
    f"20260301173000Z 1 {DIGEST} ../x", f"20260301173000Z 1 {DIGEST} ", f"99991231235959Z 1 {DIGEST} x",
    "../../etc", "s01/p/91/..", "a@b", "a@b.vn", "a@b.vn\r\nBcc: x@y.vn", "Ă@b.vn", "x" * 400, "ă" * 90,
    "{", "{}", "{x", "{CRYPT}", "{SSHA512}ă", "\0", "{name}",
]  # fmt: skip
VALUE = st.one_of(
    st.sampled_from(TEXTS).map(str.encode), st.binary(max_size=6), st.text(max_size=8).map(str.encode)
)
VALUES = st.one_of(st.just([]), st.lists(VALUE, min_size=1, max_size=2))
ENTRIES = st.dictionaries(st.sampled_from(NAMES), VALUES, min_size=1, max_size=4).map(
    lambda changed: raw(LEAVER) | changed
)


def raw(values: dict[str, str]) -> dict[str, list[bytes]]:
    return {name: [value.encode()] for name, value in values.items()}


class Directory(ldap.Directory):
    """Holds entries as slapd sends them, and remembers what is written."""

    def __init__(self, *held: tuple[str, dict[str, list[bytes]]]) -> None:
        self.held, self.writes = held, []

    def _search(self, base, scope, query, names):
        for dn, values in self.held:
            if dn == base or (scope != 0 and dn.endswith(base)):
                yield dn, {name: list(values[name]) for name in map(str, names) if values.get(name)}

    def apply(self, changes):
        self.writes += changes
        return []


class Mailer:
    """Takes every notice, made as it would be."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def sent(self, key):
        return None

    def send(self, key, compose, recipients):
        assert all(recipient.isascii() and "\n" not in recipient for recipient in recipients)
        compose()
        self.told += recipients
        return Sent(clock.today())


@pytest.fixture(autouse=True)
def world(monkeypatch):
    monkeypatch.setenv("CONGVU_TODAY", TODAY)
    monkeypatch.setattr(
        ldap, "ldap", SimpleNamespace(SCOPE_ONELEVEL=1, SCOPE_BASE=0, SCOPE_SUBTREE=2, LDAPError=OSError)
    )


def held(values: dict[str, list[bytes]]) -> Directory:
    return Directory((DAMAGED, values), (IDLE, raw(OTHER)), (f"uid=GL3,ou=people,{SUFFIX}", raw(SEEN)))


@contextmanager
def notes() -> Iterator[tuple[Path, Path]]:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        log, note = Path(folder, "log"), Path(folder, "note")
        patch.setattr(program, "audit", SimpleNamespace(**vars(audit) | {
            "read": lambda: audit.read(log), "record": lambda *what: audit.record(*what, log)}))  # fmt: skip
        patch.setattr(program.intents, "recover", lambda _: intents.Recovery())
        yield log, note


def unreadable(values: dict[str, list[bytes]]) -> list[str]:
    """The attributes of the damaged entry that the pass cannot read."""
    [(_, _, found), *_] = held(values).iter_accounts(SUFFIX, entry.ATTRIBUTES)
    return entries.unreadable(found, entry.ATTRIBUTES)


@given(ENTRIES)
def test_the_daily_pass_leaves_an_account_alone_that_it_cannot_read(values):
    directory, mailer = held(values), Mailer()
    settings = SimpleNamespace(suffix=SUFFIX, lifecycle=TERMS, password=PASSWORD, office=OFFICE)
    with notes() as (log, note):
        executor = Executor(directory, mailer, OFFICE, "timer", log, note)
        options = SimpleNamespace(command=None, limit=None)
        code, said, result = program._work(options, settings, directory, executor)
        logged = [line.account for line in audit.read(log)]
    json.dumps(result).encode()
    said.encode()
    assert result["refused"] == ""
    assert [write.dn for write in directory.writes if write.dn == IDLE], "the others are treated"
    found = unreadable(values)
    if not found:
        return
    assert code == program.AGAIN
    assert [one["attributes"] for one in result["unreadable"]] == [found]
    address = result["unreadable"][0]["account"]
    assert f"Left alone: {address}: cannot be read: {', '.join(found)}" in said
    assert address in (DAMAGED, *(value.decode(errors="replace") for value in values["mail"]))
    assert DAMAGED not in [write.dn for write in directory.writes]
    assert "gl1@gialai.gov.vn" not in [*logged, *mailer.told]


@given(ENTRIES)
def test_the_report_lists_it_and_counts_the_others(values):
    settings = SimpleNamespace(suffix=SUFFIX, lifecycle=TERMS, password=PASSWORD)
    accounts, left = program._accounts(held(values), settings)
    found = program.statistics(accounts, left, TERMS, PASSWORD, clock.today(), [], None, None)
    said = as_text(as_data(json.loads(json.dumps(found)), []))
    said.encode()
    assert [one["attributes"] for one in found["unreadable"]] == [unreadable(values)] * bool(left)
    assert found["accounts"] + len(left) == 3


@given(ENTRIES)
def test_an_act_on_it_is_refused(values):
    found = unreadable(values)
    directory = held(values)
    settings = SimpleNamespace(suffix=SUFFIX, lifecycle=TERMS, password=PASSWORD, office=OFFICE)
    accounts, left = program._accounts(directory, settings)
    given_ = SimpleNamespace(account="gl1", act="unlock", reference="1/CV", until=None, reason="")
    code, said, _ = program._act(given_, settings, accounts, left, None)
    said.encode()
    if found:
        assert code == program.REFUSED


@given(ENTRIES)
def test_a_store_deletes_archives_and_forgets_nothing_of_it(values):
    directory, done, said = held(values), [], []
    mailboxes = SimpleNamespace(
        archive=lambda address, *_: done.append(address) or 1 / 0,
        proven=lambda archive: SimpleNamespace(folders={}),
        folders=lambda _: {},
        delete=done.append,
    )
    settings = SimpleNamespace(suffix=SUFFIX)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store_program.Agent, "directory", lambda _: directory)
        patch.setattr(store_program.Agent, "_fail", lambda _, sentence: said.append(sentence))
        patch.setattr(store_program, "sessions", lambda: {"gl1@gialai.gov.vn", "gl2@gialai.gov.vn"})
        patch.setattr(store_program, "kick", done.append)
        patch.setattr(store_program.audit, "record", lambda *_: None)
        agent = store_program.Agent(settings, check=False, who="timer")
        agent.record_use()
        agent.log_out()
        found = entries.unreadable(next(directory.iter_accounts(SUFFIX, decisions.READ))[2], decisions.READ)
        if found:
            agent.archive(mailboxes)
            agent.purge(mailboxes)
    assert IDLE in [write.dn for write in directory.writes], "the others are treated"
    if found:
        assert [one.partition(": ")[2] for one in said] == [f"cannot be read: {', '.join(found)}"], (
            "told once"
        )
        assert DAMAGED not in [write.dn for write in directory.writes]
        assert done == []


@given(ENTRIES)
def test_no_sheet_is_printed_for_it_and_no_other_is_missing(values):
    directory = held(values | {"pwdReset": [b"TRUE"]})
    accounts, left = sheets.waiting(directory.search(SUFFIX, sheets.QUERY, sheets.NAMES))
    json.dumps([accounts, left]).encode()
    assert all(": cannot be read: " in sentence for sentence in left)
    assert len(left) <= 1


@given(ENTRIES)
def test_the_plan_of_accounts_says_what_cannot_be_read(values):
    directory = held(values)
    wanted = [account("GL1", status="left"), account("GL2"), account("GL3")]
    try:
        planned = plan(directory.accounts(SUFFIX), wanted, SUFFIX)
    except PlanError as error:
        json.dumps(error.problems).encode()
        assert values["uid"] != [b"GL1"] or all("is wanted for" in problem for problem in error.problems)
        return
    assert len(values["uid"]) == 1, "whose it is cannot be read"
    if values["uid"] != [b"GL1"]:
        return
    text = planned.diff() + planned.table()
    text.encode()
    json.dumps([planned.counts(), planned.units, planned.sessions_to_end(), planned.unreadable]).encode()
    follows = [name for name in entries.MANAGED_ATTRIBUTES if name in values]
    bad = entries.unreadable({name: ldap._texts(values[name]) for name in follows if values[name]}, follows)
    assert set(bad) <= set(planned.unreadable.get("gl1@gialai.gov.vn", []))
    changes = {change.dn: change for change in planned.changes}
    assert all(name in changes[DAMAGED].after for name in bad), "what follows the roster is written anew"
    assert all(set(change.after) <= set(entries.MANAGED_ATTRIBUTES) for change in changes.values())
