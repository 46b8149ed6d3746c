"""How changes reach slapd: in slices, each whole or not at all, and a refusal is somebody's."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ansible_collections.congvu.mail.plugins.module_utils import directory as module
from ansible_collections.congvu.mail.plugins.module_utils.plan import Change


class LDAPError(Exception):
    """As python-ldap's: what slapd said is in a dict."""


class ServerDown(LDAPError):
    """slapd is gone."""


class Slapd:
    """Remembers what it is asked; refuses the DNs of `refused`, and goes away before the one of `down`."""

    def __init__(self, refused=(), down=None):
        self.refused, self.down = set(refused), down
        self.calls, self.pending, self.held = [], None, []

    def extop_s(self, request):
        self.calls.append((request.requestName, request.requestValue))
        if request.requestName == module.TRANSACTION_START:
            self.pending = []
            return None, None
        pending, self.pending = self.pending, None
        if request.requestValue == b"\x30\x05\x01\x01\x00\x04\x00":
            return None, None
        if self.refused & set(pending):
            raise LDAPError({"desc": "Constraint violation", "info": "non-unique"})
        self.held += pending
        return None, None

    def add_ext_s(self, dn, values, serverctrls):
        self.calls.append(dn)
        if dn == self.down:
            raise ServerDown({"desc": "Can't contact LDAP server"})
        if serverctrls:
            self.pending.append(dn)
        elif dn in self.refused:
            raise LDAPError({"desc": "Constraint violation", "info": "non-unique"})
        else:
            self.held.append(dn)

    def rename_s(self, dn, name, serverctrls):
        self.calls.append((dn, name))

    def modify_ext_s(self, dn, values, serverctrls):
        self.calls.append((dn, values))
        self.pending.append(dn)


@pytest.fixture
def connected(monkeypatch):
    fake = SimpleNamespace(LDAPError=LDAPError, SERVER_DOWN=ServerDown, TIMEOUT=ServerDown, MOD_REPLACE=2)
    monkeypatch.setattr(module, "ldap", fake)

    def extended(name, value):
        return SimpleNamespace(requestName=name, requestValue=value)

    monkeypatch.setattr(module, "ExtendedRequest", extended, raising=False)
    monkeypatch.setattr(module, "RequestControl", lambda *_, **__: "in the transaction", raising=False)

    def to(slapd):
        directory = module.Directory.__new__(module.Directory)
        directory._ldap = slapd
        return directory

    return to


def new(*numbers):
    return [Change(f"uid={number}", f"{number}@x", "u", None, {"cn": ["Nguyên"]}) for number in numbers]


def test_one_transaction_for_each_slice(connected, monkeypatch):
    monkeypatch.setattr(module, "SLICE", 2)
    slapd = Slapd()
    assert connected(slapd).apply(new(1, 2, 3)) == []
    start, end = (module.TRANSACTION_START, None), (module.TRANSACTION_END, b"\x30\x02\x04\x00")
    assert slapd.calls == [start, "uid=1", "uid=2", end, start, "uid=3", end]
    assert slapd.held == ["uid=1", "uid=2", "uid=3"]


def test_a_refusal_is_mapped_to_its_account_and_the_others_are_in(connected, monkeypatch):
    monkeypatch.setattr(module, "SLICE", 3)
    slapd = Slapd(refused=["uid=2"])
    [failure] = connected(slapd).apply(new(1, 2, 3, 4))
    assert failure.change.dn == "uid=2"
    assert failure.reason == "Constraint violation: non-unique"
    assert slapd.held == ["uid=1", "uid=3", "uid=4"]


def test_what_slapd_refuses_before_the_end_ends_the_transaction(connected):
    class Strict(Slapd):
        def add_ext_s(self, dn, values, serverctrls):
            if dn in self.refused:
                raise LDAPError({"desc": "Invalid syntax"})
            super().add_ext_s(dn, values, serverctrls)

    slapd = Strict(refused=["uid=2"])
    [failure] = connected(slapd).apply(new(1, 2, 3))
    assert failure.reason == "Invalid syntax"
    assert (module.TRANSACTION_END, b"\x30\x05\x01\x01\x00\x04\x00") in slapd.calls
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
    assert slapd.calls[1] == ("uid=1", [(2, "title", None), (2, "cn", ["Nguyên".encode()])])


def test_an_entry_is_renamed_before_it_is_changed(connected):
    slapd = Slapd()
    change = Change("uid=new,ou=units", "n@x", "u", {"cn": ["a"]}, {"cn": ["b"]}, old_dn="uid=old,ou=units")
    connected(slapd).apply([change])
    assert slapd.calls[1:3] == [
        ("uid=old,ou=units", "uid=new"),
        ("uid=new,ou=units", [(2, "cn", [b"b"])]),
    ]


def test_a_host_without_python_ldap_is_told_what_to_do(monkeypatch):
    monkeypatch.setattr(module, "ldap", None)
    with pytest.raises(module.DirectoryError, match=r"run playbooks/site\.yml"):
        module.Directory()
