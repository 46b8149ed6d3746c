"""The modules that read and write accounts: what they write, in which order, and what they refuse.

The directory is a dictionary; what slapd makes of all this is for tests/e2e.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import replace

import pyrage
import pytest
from ansible_collections.congvu.mail.plugins.module_utils.accounts import intents
from ansible_collections.congvu.mail.plugins.module_utils.accounts.directory import DirectoryError, Failure
from ansible_collections.congvu.mail.plugins.module_utils.host import audit, files, sessions
from ansible_collections.congvu.mail.plugins.module_utils.host import run as host_run
from ansible_collections.congvu.mail.plugins.module_utils.passwords import generation
from ansible_collections.congvu.mail.plugins.modules import (
    directory_entries,
    handout_read,
    handover_apply,
    mailboxes_apply,
    reset_password,
)

from tests.support import moduling
from tests.support.agelike import age  # noqa: F401  what the host's age does
from tests.support.desired import SUFFIX, account, directory

MODULES = (directory_entries, handout_read, handover_apply, mailboxes_apply, reset_password)
LOG, ENDED = "var/log/congvu/audit.jsonl", "var/lib/congvu/sessions-to-end.json"
STEPS = "var/lib/congvu/steps-to-log.json"
UNIT = f"uid=stttt,ou=units,{SUFFIX}"
THUY = f"uid=GL-0001,ou=people,{SUFFIX}"
pytestmark = pytest.mark.usefixtures("age")


class Slapd:
    """Holds accounts and entries, and what is written to them; `refused` are DNs that it does not change."""

    def __init__(self, *accounts, entries=None):
        self.held, self.entries = directory(*accounts), entries or {}
        self.written, self.refused, self.answers, self.writes = [], set(), True, True

    def __call__(self):
        if not self.answers:
            raise DirectoryError("slapd does not answer")
        return self

    def accounts(self, suffix):
        return self.held

    def entry(self, dn, names):
        held = self.entries.get(dn)
        return held if held is None else {name: held.get(name, []) for name in names}

    def search(self, base, query, names):
        return {dn: entry for dn, entry in self.entries.items() if dn.endswith(base)}

    def write(self, change):
        self.apply([change])

    def apply(self, changes):
        if not self.writes:
            raise DirectoryError("slapd stopped answering")
        changes = list(changes)
        self.written += [change for change in changes if change.dn not in self.refused]
        return [Failure(change, "no") for change in changes if change.dn in self.refused]


@pytest.fixture
def host(tmp_path, monkeypatch):
    for folder in ("var/lib/congvu/sealed", "var/log/congvu"):
        (tmp_path / folder).mkdir(parents=True)
    moduling.move(monkeypatch, tmp_path, audit, files, intents, sessions, *MODULES)
    monkeypatch.setattr(host_run, "keep_out_of_core_dumps", lambda: None)
    return tmp_path


@pytest.fixture
def key():
    return pyrage.x25519.Identity.generate()


@pytest.fixture
def run(host, key, monkeypatch, capsys):
    def run(module, slapd, **options):
        monkeypatch.setattr(module, "Directory", slapd)
        given = {"suffix": SUFFIX, "operators": [str(key.to_public())], "by": "lan"}
        known = (
            ("entries",) if module is directory_entries else ("suffix",) if module is handout_read else given
        )
        return moduling.run(
            module, capsys, **{name: given[name] for name in known if name in given}, **options
        )

    return run


def logged(host):
    log = host / LOG
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def sealed(host):
    return sorted(path.name for path in (host / "var/lib/congvu/sealed").iterdir())


@pytest.fixture
def sent(host):
    """Put accounts on the host, with a register."""

    def sent(*accounts):
        file = host / "accounts.jsonl.gz"
        with gzip.open(file, "wt") as lines:
            lines.writelines(json.dumps(one) + "\n" for one in accounts)
        (host / "register.csv").write_text("address\n")
        return {"accounts": str(file), "register": str(host / "register.csv")}

    return sent


def test_a_new_account_is_sealed_written_and_logged(run, sent, host):
    slapd = Slapd(account("GL1"))
    result = run(mailboxes_apply, slapd, **sent(account("GL1"), account("GL2")))
    assert result["changed"] and result["counts"]["created"] == 1
    assert [change.address for change in slapd.written] == ["gl2@gialai.gov.vn"]
    assert len(sealed(host)) == len(result["sealed"]) == 1
    assert [(line["who"], line["what"], line["account"]) for line in logged(host)] == [
        ("lan", "created", "gl2@gialai.gov.vn")
    ]
    assert (host / "var/lib/congvu/register.csv").read_text() == "address\n"


def test_the_same_again_changes_nothing(run, sent, host):
    slapd = Slapd(account("GL1"))
    run(mailboxes_apply, slapd, **sent(account("GL1")))
    assert not run(mailboxes_apply, slapd, **sent(account("GL1")))["changed"]
    assert slapd.written == [] and logged(host) == []


def test_check_mode_writes_nothing_and_shows_the_plan(run, sent, host):
    slapd = Slapd()
    result = run(mailboxes_apply, slapd, check=True, diff=True, **sent(account("GL1")))
    assert result["changed"] and "gl1@gialai.gov.vn" in result["diff"]["prepared"]
    assert (slapd.written, sealed(host), logged(host)) == ([], [], [])
    assert not (host / "var/lib/congvu/register.csv").exists()


def test_who_left_is_shut_and_the_sessions_are_noted(run, sent, host):
    slapd = Slapd(account("GL1"))
    result = run(mailboxes_apply, slapd, **sent(account("GL1", status="left")))
    assert result["shut"] == json.loads((host / ENDED).read_text()) == ["gl1@gialai.gov.vn"]
    assert [line["what"] for line in logged(host)] == ["left"]


def test_more_than_the_limit_is_refused(run, sent, host):
    everybody = [account(f"GL{number}") for number in range(10)]
    slapd = Slapd(*everybody)
    leaving = [one | {"status": "left"} for one in everybody[:6]]
    result = run(mailboxes_apply, slapd, **sent(*leaving, *everybody[6:]))
    assert result["failed"] and "mailbox_change_limit=6" in result["msg"]
    assert result["msg"].startswith("Nothing was changed: 6 of 10 accounts")
    checked = run(mailboxes_apply, slapd, check=True, **sent(*leaving, *everybody[6:]))
    assert "would be refused" in checked["warnings"][0]
    assert slapd.written == [] and logged(host) == []
    assert not run(mailboxes_apply, slapd, change_limit=6, **sent(*leaving, *everybody[6:])).get("failed")


@pytest.mark.parametrize("module", [mailboxes_apply, reset_password, handover_apply])
def test_notes_that_cannot_be_read_are_set_aside_and_told(run, host, options, module):
    """What an earlier run was doing is not known; that it is not is said, and keeps nobody from working."""
    slapd = Slapd(entries={UNIT: unit()} if module is handover_apply else {THUY: person()})
    for note in (ENDED, STEPS):
        (host / note).write_bytes(b"\0" * 20)
    result = run(module, slapd, **options[module])
    assert result["changed"] and slapd.written
    lost, sessions_lost = result["warnings"]
    assert "the audit log may lack what a killed run wrote" in lost
    assert f"{ENDED} cannot be read and is sessions-to-end.json.unreadable-" in sessions_lost
    assert len(list((host / "var/lib/congvu").glob("*.unreadable-*"))) == 2
    assert logged(host)[0]["what"] == "torn-line"


def test_what_is_damaged_in_the_directory_is_told_and_written_anew(run, sent, host):
    slapd = Slapd(account("GL1"), account("GL2"))
    held = slapd.held["person", "GL1"]
    held.attributes["cvQuota"] = ["\udcff"]
    held.observed["cvLock"] = ["lost"]
    result = run(mailboxes_apply, slapd, diff=True, **sent(account("GL1"), account("GL2")))
    assert result["unreadable"] == {"gl1@gialai.gov.vn": ["cvQuota", "cvLock"]}
    [change] = slapd.written
    assert change.after == {"cvQuota": ["2048"]}, "and the lock stays as it is"
    assert "- cvQuota: \\udcff" in result["diff"]["prepared"]


@pytest.mark.parametrize(
    ("kind", "attribute", "values"),
    [("person", "uid", []), ("unit", "mail", ["a@x.vn", "b@x.vn"]), ("unit", "mail", [])],
)
def test_an_entry_of_which_it_cannot_be_read_whose_it_is_stops_the_plan(run, sent, kind, attribute, values):
    """It would be made once more, or a former unit's mail given to another one."""
    slapd = Slapd(account("GL1"), account("stttt", kind="unit"))
    key = next(key for key in slapd.held if key[0] == kind)
    held = slapd.held[key]
    if attribute == "uid":
        slapd.held[kind, held.dn] = replace(slapd.held.pop(key), named=False)
    else:
        held.attributes[attribute] = values
    result = run(mailboxes_apply, slapd, **sent(account("GL1"), account("stttt", kind="unit")))
    assert result["problems"] == [f"{held.dn}: cannot be read: {attribute}"]
    assert slapd.written == []


def test_who_leaves_from_a_status_that_cannot_be_read_counts(run, sent):
    everybody = [account(f"GL{number}") for number in range(6)]
    slapd = Slapd(*everybody)
    for held in slapd.held.values():
        held.attributes["cvStatus"] = ["actve"]
    result = run(mailboxes_apply, slapd, **sent(*[one | {"status": "left"} for one in everybody]))
    assert "mailbox_change_limit=6" in result["msg"]


def test_what_slapd_refuses_is_told_and_the_others_are_in(run, sent, host):
    slapd = Slapd()
    slapd.refused = {f"uid=GL1,ou=people,{SUFFIX}"}
    result = run(mailboxes_apply, slapd, **sent(account("GL1"), account("GL2")))
    assert result["failed"] and result["changed"]
    assert result["problems"] == ["gl1@gialai.gov.vn: no"]
    assert [line["account"] for line in logged(host)] == ["gl2@gialai.gov.vn"]
    assert not (host / "var/lib/congvu/register.csv").exists()


def test_a_second_run_waits_for_nobody(run, sent):
    with files.locked(files.SEALED):
        result = run(mailboxes_apply, Slapd(), **sent(account("GL1")))
    assert result["msg"].startswith("Nothing was changed: another run is at work on this host")


def person(**other):
    return {
        "mail": ["thuyctp.stttt@gialai.gov.vn"],
        "cvUnit": ["stttt"],
        "cvStatus": ["active"],
        "cn": ["Cao Thị Phương Thuý"],
    } | {name: [value] for name, value in other.items()}


def test_a_reset_is_sealed_set_and_logged(run, host, key):
    slapd = Slapd(entries={THUY: person()})
    result = run(reset_password, slapd, person="GL-0001", reference="14/PYC")
    assert result["changed"] and result["shut"] == ["thuyctp.stttt@gialai.gov.vn"]
    [change] = slapd.written
    [name] = sealed(host)
    [line] = pyrage.decrypt((files.SEALED / name).read_bytes(), [key]).splitlines()
    password = json.loads(line)["password"]
    assert generation.proves(generation.proof(change.replaced["userPassword"][0]), password)
    assert password not in json.dumps(result) + json.dumps(logged(host))
    assert [(line["who"], line["what"], line["reference"]) for line in logged(host)] == [
        ("lan", "reset", "14/PYC")
    ]


def test_check_mode_resets_nothing(run, host):
    slapd = Slapd(entries={THUY: person(cvLock="idle")})
    result = run(reset_password, slapd, check=True, person="GL-0001", reference="14/PYC")
    assert result["address"] == "thuyctp.stttt@gialai.gov.vn" and "stays locked" in result["warnings"][0]
    assert (slapd.written, sealed(host), logged(host)) == ([], [], [])


@pytest.mark.parametrize(
    ("entries", "options", "said"),
    [
        ({}, {}, "there is no account GL-0001"),
        ({THUY: person()}, {"reference": "soon"}, "a reset needs -e reference="),
        ({THUY: person(cvStatus="left")}, {}, "thuyctp.stttt@gialai.gov.vn"),
    ],
)
def test_a_reset_that_makes_no_sense_is_refused(run, host, entries, options, said):
    slapd = Slapd(entries=entries)
    result = run(reset_password, slapd, **{"person": "GL-0001", "reference": "14/PYC"} | options)
    assert result["msg"].startswith(f"Nothing was changed: {said}")
    assert (slapd.written, sealed(host), logged(host)) == ([], [], [])


def unit(**other):
    return {
        "mail": ["stttt@gialai.gov.vn"],
        "cvMailPath": ["s01/u/06/stttt"],
        "cn": ["Sở"],
        "cvOwner": ["GL-0002"],
        "userPassword": ["{SSHA512}x"],
    } | other


def hand_over(run, slapd, **options):
    given = {"unit": "stttt", "reference": "7/QĐ", "owner": "GL-0001"}
    return run(handover_apply, slapd, **given | options)


def test_a_new_head_gets_the_mailbox_with_a_new_password(run, host):
    slapd = Slapd(entries={UNIT: unit()})
    result = hand_over(run, slapd)
    assert result["changed"] and result["resets"] and result["old"]["id"] == "GL-0002"
    [change] = slapd.written
    assert change.replaced["cvOwner"] == ["GL-0001"] and change.replaced["pwdReset"] == ["TRUE"]
    assert len(sealed(host)) == 1 and result["shut"] == ["stttt@gialai.gov.vn"]
    assert [(line["who"], line["what"]) for line in logged(host)] == [("lan", "handover")]
    slapd.entries[UNIT] |= {"cvOwner": ["GL-0001"], "cvEvent": change.added["cvEvent"]}
    assert not hand_over(run, slapd)["changed"]


def test_a_handover_in_check_mode_writes_nothing(run, host):
    slapd = Slapd(entries={UNIT: unit()})
    assert hand_over(run, slapd, check=True)["changed"]
    assert (slapd.written, sealed(host), logged(host)) == ([], [], [])


def test_a_handover_to_who_has_it_or_of_nothing_is_refused(run, host):
    slapd = Slapd(entries={UNIT: unit()})
    assert "has the mailbox already" in hand_over(run, slapd, owner="GL-0002")["msg"]
    assert "none has no mailbox yet" in hand_over(run, slapd, unit="none")["msg"]
    assert slapd.written == []


@pytest.fixture
def options(sent):
    """Options that have each module write something into the directory of `stocked`."""
    return {
        mailboxes_apply: sent(account("GL1")),
        reset_password: {"person": "GL-0001", "reference": "14/PYC"},
        handover_apply: {"unit": "stttt", "reference": "7/QĐ", "owner": "GL-0001"},
    }


@pytest.fixture
def stocked(module):
    return Slapd(entries={UNIT: unit()} if module is handover_apply else {THUY: person()})


WRITERS = (mailboxes_apply, reset_password, handover_apply)


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("module", WRITERS)
def test_where_the_directory_is_away_nothing_was_changed(run, options, stocked, module, check):
    stocked.answers = False
    result = run(module, stocked, check=check, **options[module])
    assert result["msg"] == "Nothing was changed: slapd does not answer"
    assert result["problems"] == ["slapd does not answer"]


@pytest.mark.parametrize("module", WRITERS)
def test_where_the_directory_stops_answering_the_same_again_does_the_rest(run, options, stocked, module):
    stocked.writes = False
    result = run(module, stocked, **options[module])
    assert result["msg"] == (
        "Stopped on the way, the same command again does the rest: slapd stopped answering"
    )
    assert result["problems"] == ["slapd stopped answering"] and intents.pending()
    stocked.writes = True
    assert run(module, stocked, **options[module])["changed"] and stocked.written


def test_a_reset_that_cannot_look_at_an_earlier_run_ends_no_session(run, host, monkeypatch):
    def away(dn, names):
        raise DirectoryError("slapd does not answer")

    slapd = Slapd(entries={THUY: person()})
    intents.begin([intents.Intent(THUY, audit.AuditLine("lan", "reset", "a@b.vn", "13/PYC"))])
    monkeypatch.setattr(slapd, "entry", away)
    result = run(reset_password, slapd, person="GL-0001", reference="14/PYC")
    assert result["msg"] == "Nothing was changed: slapd does not answer"
    assert not (host / ENDED).exists() and sealed(host) == []


def test_what_waits_is_read_sealed(run, host):
    (files.SEALED / "stttt@1.jsonl.age").write_text("sealed")
    entries = {UNIT: {"uid": ["stttt"], "cn": ["Sở"]}}
    slapd = Slapd(entries=entries)
    slapd.search = lambda base, query, names: entries if "pwdReset" not in query else {}
    result = run(handout_read, slapd)
    assert result["sealed"] == ["sealed"] and result["units"] == {"stttt": "Sở"}
    assert not result["changed"] and result["accounts"] == []


ROOT = [{"dn": f"ou=people,{SUFFIX}", "attributes": {"ou": ["people"]}}]


def test_an_entry_that_differs_is_written_and_shown(run):
    slapd = Slapd()
    result = run(directory_entries, slapd, entries=ROOT)
    assert [change.dn for change in slapd.written] == [ROOT[0]["dn"]]
    assert [part["after"] for part in result["diff"]] == ["ou: people\n"]
    slapd.entries[ROOT[0]["dn"]] = {"ou": ["people"]}
    assert not run(directory_entries, slapd, entries=ROOT)["changed"]


def test_entries_in_check_mode_and_without_a_slapd(run):
    slapd = Slapd()
    assert run(directory_entries, slapd, check=True, entries=ROOT)["changed"] and not slapd.written
    slapd.answers = False
    assert run(directory_entries, slapd, check=True, entries=ROOT)["changed"]
    assert run(directory_entries, slapd, entries=ROOT)["msg"] == "slapd does not answer"


def test_an_entry_that_slapd_refuses_fails(run):
    slapd = Slapd()
    slapd.refused = {ROOT[0]["dn"]}
    assert run(directory_entries, slapd, entries=ROOT)["msg"] == f"{ROOT[0]['dn']}: no"
