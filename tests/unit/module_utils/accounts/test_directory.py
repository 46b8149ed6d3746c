"""How changes reach slapd: in slices, each whole or not at all, and a refusal is somebody's."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.accounts import directory as module
from ansible_collections.congvu.mail.plugins.module_utils.accounts.plan import Change


class LDAPError(Exception):
    """As python-ldap's: what slapd said is in a dict."""


class ServerDown(LDAPError):
    """slapd is gone."""


class Slapd:
    """Remembers what it is asked; refuses the DNs of `refused`, and goes away before the one of `down`."""

    def __init__(self, refused=(), down=None):
        self.refused, self.down = set(refused), down
        self.calls, self.heard, self.held = [], [], []
        self.connections = []

    def connection(self):
        self.connections.append(Connection(self, len(self.connections)))
        return self.connections[-1]


class Connection:
    """One of the connections to it, each with a transaction of its own."""

    def __init__(self, slapd, number):
        self.slapd, self.number, self.pending, self.ended = slapd, number, None, None

    def extop_s(self, request):
        assert request.requestName == module.TRANSACTION_START
        assert self.ended is None, "the transaction before is not over"
        self.slapd.calls.append(f"start {self.number}")
        self.pending = []
        return None, None

    def extop(self, request):
        assert request.requestName == module.TRANSACTION_END
        commits = {b"\x30\x02\x04\x00": True, b"\x30\x05\x01\x01\x00\x04\x00": False}[request.requestValue]
        assert set(self.pending) <= set(self.slapd.heard), "an answer is not there yet"
        assert all(other.ended is None for other in self.slapd.connections), "two at a time have no order"
        self.slapd.calls.append(f"{'end' if commits else 'abort'} {self.number}")
        self.ended = commits
        return 7

    def extop_result(self, message):
        assert message == 7
        commits, self.ended = self.ended, None
        self.slapd.calls.append(f"result {self.number}")
        if commits and self.slapd.refused & set(self.pending):
            raise LDAPError({"desc": "Constraint violation", "info": "non-unique"})
        self.slapd.held += self.pending if commits else []
        return None, None

    def add_ext(self, dn, values, serverctrls):
        self.slapd.calls.append(dn)
        if serverctrls:
            self.pending.append(dn)
        return dn, serverctrls

    def result3(self, message):
        dn, controls = message
        self.slapd.heard.append(dn)
        if dn == self.slapd.down:
            raise ServerDown({"desc": "Can't contact LDAP server"})
        if not controls:
            if dn in self.slapd.refused:
                raise LDAPError({"desc": "Constraint violation", "info": "non-unique"})
            self.slapd.held.append(dn)

    def rename_s(self, dn, name, serverctrls):
        self.slapd.calls.append((dn, name))

    def modify_ext_s(self, dn, values, serverctrls):
        self.slapd.calls.append((dn, values))


class Clock:
    """Time that passes by sleeping alone."""

    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def connected(monkeypatch, clock):
    fake = SimpleNamespace(LDAPError=LDAPError, SERVER_DOWN=ServerDown, TIMEOUT=ServerDown, MOD_REPLACE=2)
    monkeypatch.setattr(module, "ldap", fake)
    monkeypatch.setattr(module, "FEW", 1)

    def extended(name, value):
        return SimpleNamespace(requestName=name, requestValue=value)

    monkeypatch.setattr(module, "ExtendedRequest", extended, raising=False)
    monkeypatch.setattr(module, "RequestControl", lambda *_, **__: "in the transaction", raising=False)

    def to(slapd):
        monkeypatch.setattr(module.Directory, "_connection", lambda _: slapd.connection())
        return module.Directory()

    return to


def new(*numbers):
    return [Change(f"uid={number}", f"{number}@x", "u", None, {"cn": ["Nguyên"]}) for number in numbers]


def test_slices_are_sent_while_slapd_carries_one_out(connected, monkeypatch):
    monkeypatch.setattr(module, "SLICE", 2)
    slapd = Slapd()
    assert connected(slapd).apply(new(1, 2, 3, 4, 5)) == []
    assert slapd.calls == [
        *["start 0", "uid=1", "uid=2"],
        *["start 1", "uid=3", "uid=4", "end 0"],
        *["start 2", "uid=5", "result 0", "end 1"],
        *["result 1", "end 2"],
        "result 2",
    ]
    assert slapd.held == ["uid=1", "uid=2", "uid=3", "uid=4", "uid=5"]


def test_slapd_has_time_to_put_the_last_operation_away_before_the_end(connected, clock):
    slapd = Slapd()
    connected(slapd).apply(new(1, 2, 3))
    assert clock.now == module.REST_SECONDS


def test_a_few_changes_need_no_transaction(connected, clock):
    slapd = Slapd(refused=["uid=1"])
    [failure] = connected(slapd).apply(new(1))
    assert failure.reason == "Constraint violation: non-unique"
    assert (slapd.calls, clock.now, len(slapd.connections)) == (["uid=1"], 0, 1)
    assert connected(slapd).apply([]) == []


def test_the_refused_of_one_slice_are_found_before_the_next_begins(connected, monkeypatch):
    monkeypatch.setattr(module, "SLICE", 2)
    slapd = Slapd(refused=["uid=1"])
    assert [one.change.dn for one in connected(slapd).apply(new(1, 2, 3, 4))] == ["uid=1"]
    assert slapd.held == ["uid=2", "uid=3", "uid=4"]


def test_a_refusal_is_mapped_to_its_account_and_the_others_are_in(connected, monkeypatch):
    monkeypatch.setattr(module, "SLICE", 3)
    slapd = Slapd(refused=["uid=2"])
    [failure] = connected(slapd).apply(new(1, 2, 3, 4))
    assert failure.change.dn == "uid=2"
    assert failure.reason == "Constraint violation: non-unique"
    assert slapd.held == ["uid=1", "uid=3", "uid=4"]


def test_what_slapd_refuses_before_the_end_ends_the_transaction(connected, monkeypatch):
    class Strict(Connection):
        def result3(self, message):
            super().result3((message[0], True))
            if message[0] in self.slapd.refused:
                raise LDAPError({"desc": "Invalid syntax"})
            super().result3(message)

    monkeypatch.setitem(globals(), "Connection", Strict)
    slapd = Slapd(refused=["uid=2"])
    [failure] = connected(slapd).apply(new(1, 2, 3))
    assert failure.reason == "Invalid syntax"
    assert "abort 0" in slapd.calls
    assert slapd.held == ["uid=1", "uid=3"]


def test_a_slapd_that_goes_away_is_no_refusal(connected):
    slapd = Slapd(down="uid=2")
    with pytest.raises(module.DirectoryError, match="stopped answering"):
        connected(slapd).apply(new(1, 2, 3))
    assert slapd.held == []


def test_an_emptied_attribute_is_removed(connected):
    slapd = Slapd()
    change = Change("uid=1", "1@x", "u", {"title": ["a"], "cn": ["b"]}, {"title": [], "cn": ["Nguyên"]})
    connected(slapd).apply([change])
    assert slapd.calls[0] == ("uid=1", [(2, "title", None), (2, "cn", ["Nguyên".encode()])])


def test_an_entry_is_renamed_before_it_is_changed(connected):
    slapd = Slapd()
    change = Change("uid=new,ou=units", "n@x", "u", {"cn": ["a"]}, {"cn": ["b"]}, old_dn="uid=old,ou=units")
    connected(slapd).apply([change])
    assert slapd.calls == [
        ("uid=old,ou=units", "uid=new"),
        ("uid=new,ou=units", [(2, "cn", [b"b"])]),
    ]


ANSWERS = ["CONSTRAINT_VIOLATION", "UNWILLING_TO_PERFORM", "INSUFFICIENT_ACCESS"]
FAULTS = ["SERVER_DOWN", "TIMEOUT", "BUSY", "UNAVAILABLE", "OTHER"]


class Own:
    """A connection whose change of a password ends in one error."""

    error: Exception

    def set_option(self, option, value):
        pass

    def passwd_s(self, dn, old, new):
        raise self.error


@pytest.fixture
def refusing(monkeypatch):
    fake = SimpleNamespace(
        LDAPError=LDAPError,
        **{name: type(name, (LDAPError,), {}) for name in ANSWERS + FAULTS},
        **dict.fromkeys(["OPT_NETWORK_TIMEOUT", "OPT_X_TLS_CACERTFILE", "OPT_X_TLS_NEWCTX"], 0),
        **dict.fromkeys(["OPT_X_TLS_REQUIRE_CERT", "OPT_X_TLS_DEMAND"], 0),
    )
    monkeypatch.setattr(module, "ldap", fake)

    def owner(name):
        connection = Own()
        connection.error = getattr(fake, name)({"desc": "No", "info": "said slapd"})
        fake.initialize = lambda uri: connection
        return module.Owner("ldaps://a", "/ca", 15)

    return owner


@pytest.mark.parametrize("name", ANSWERS)
def test_what_slapd_has_against_a_password_is_its_answer(refusing, name):
    assert refusing(name).change_password("uid=1", "old", "new") == "No: said slapd"


@pytest.mark.parametrize("name", FAULTS)
def test_any_other_fault_says_nothing_of_the_password(refusing, name):
    with pytest.raises(module.DirectoryError, match="said slapd"):
        refusing(name).change_password("uid=1", "old", "new")


def test_a_host_without_python_ldap_is_told_what_to_do(monkeypatch):
    monkeypatch.setattr(module, "ldap", None)
    with pytest.raises(module.DirectoryError, match=r"run playbooks/site\.yml"):
        module.Directory()
