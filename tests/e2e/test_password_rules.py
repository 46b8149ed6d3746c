"""slapd and the pure function agree on what a password may be, and slapd remembers old ones."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.passwords.rules import (
    broken_rules,
    refusal_sentence,
    tokens,
)
from ansible_collections.congvu.mail.plugins.module_utils.policy.terms import PasswordTerms

from tests.support.directory import AS_ROOT, Directory
from tests.support.lab import Account, Lab
from tests.support.ldap import CONSTRAINT_VIOLATION, SUCCESS, Ldap
from tests.support.waiting import wait_for

CORPUS = Path(__file__).resolve().parents[1] / "data" / "passwords.jsonl"
# What cracklib says of each line, with slapd's dictionary, through Debian's python3-cracklib.
JUDGE = """
import json, sys
from cracklib import FascistCheck

def judged(password):
    try:
        FascistCheck(password, "/var/lib/congvu-deny/current/words")
    except ValueError as answer:
        return str(answer)
    return ""

json.dump({one: judged(one) for one in json.load(sys.stdin)}, sys.stdout)
"""
OWN = tokens(
    "Nguyễn Văn An", "Phòng Công nghệ thông tin", "cntt.stttt", "annv.cntt.stttt@gialai.gov.vn", "Phương Hồng"
)
TERMS = PasswordTerms()


@pytest.fixture
def owner(lab: Lab, directory: Directory) -> Iterator[Account]:
    """Somebody whose password may be changed, and who is gone afterwards."""
    name = f"e2e-{secrets.token_hex(4)}"
    one = Account(f"{name}@gialai.gov.vn", f"uid={name},ou=people,{directory.suffix}", "Ban-dau.7Q")
    held = {
        "objectClass": ["cvMailbox", "inetLocalMailRecipient", "inetOrgPerson"],
        "uid": [name],
        "cn": ["Nguyen Van An"],
        "sn": ["Nguyen"],
        "mail": [one.address],
        "mailLocalAddress": [one.address],
        "cvStatus": ["active"],
        "cvMailPath": [f"s01/e2e/{name}"],
        "cvQuota": ["10"],
        "cvUnit": ["cntt.stttt"],
        "cvToken": [OWN],
        "userPassword": [one.password],
    }
    lines = [f"dn: {one.dn}", *(f"{key}: {value}" for key, values in held.items() for value in values)]
    lab.run(directory.host, "ldapadd", *AS_ROOT, stdin="\n".join(lines).encode())
    yield one
    directory.delete(one.dn)


def test_function_and_slapd_never_disagree(lab: Lab, directory: Directory, owner: Account) -> None:
    corpus = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    readable = [one["password"] for one in corpus if one["password"].isascii()]
    asked = json.dumps([one for one in readable if one.isprintable()]).encode()
    answers = json.loads(lab.run(directory.host, "python3", "-c", JUDGE, stdin=asked))
    wrong = []
    now = owner.password
    with Ldap(lab) as session:
        assert session.bind(owner.dn, now) == SUCCESS
        for one in corpus:
            broken = broken_rules(one["password"], OWN, TERMS, answers.__getitem__)
            code = session.change_password(now, one["password"])
            now = one["password"] if code == SUCCESS else now
            if [rule for rule, _ in broken] != one["broken"] or (code == SUCCESS) == bool(broken):
                wrong.append((one, [rule for rule, _ in broken], code, session.said))
    assert wrong == []


def test_every_refusal_of_slapd_has_a_sentence(lab: Lab, owner: Account) -> None:
    unsaid = refusal_sentence("something new", TERMS)
    refused = [
        one for one in map(json.loads, CORPUS.read_text(encoding="utf-8").splitlines()) if one["broken"]
    ]
    with Ldap(lab) as session:
        assert session.bind(owner.dn, owner.password) == SUCCESS
        for one in refused:
            assert session.change_password(owner.password, one["password"]) != SUCCESS
            assert refusal_sentence(session.said, TERMS) != unsaid, session.said
        assert session.change_password("not-The-old-1", "Zx-9bamu") != SUCCESS
        assert refusal_sentence(session.said, TERMS) == "Mật khẩu hiện tại không đúng."


def test_the_last_five_are_remembered_and_no_more(lab: Lab, owner: Account) -> None:
    past = [f"Lua-chin.{word}7" for word in ("mot", "hai", "ba", "bon", "nam", "sau")]
    reused = "Mật khẩu mới phải khác mật khẩu đang dùng và các mật khẩu gần đây."
    with Ldap(lab) as session:
        assert session.bind(owner.dn, owner.password) == SUCCESS
        for before, password in pairwise([owner.password, *past]):
            assert session.change_password(before, password) == SUCCESS, session.said
        for password in past:
            assert session.change_password(past[-1], password) == CONSTRAINT_VIOLATION
            assert refusal_sentence(session.said, TERMS) == reused
        assert session.change_password(past[-1], owner.password) == SUCCESS
    with Ldap(lab) as session:
        assert session.bind(owner.dn, owner.password) == SUCCESS


def test_guessing_gets_slower(lab: Lab, directory: Directory, owner: Account) -> None:
    """For a second after a failure, then two, then four, no password is taken, the right one neither."""
    failures, end = "pwdFailureTime", "pwdAccountTmpLockoutEnd"

    def refused(password: str) -> bool:
        with Ldap(lab) as session:
            return session.bind(owner.dn, password) != SUCCESS

    for number in (1, 2, 3):

        def counted(wanted: int = number) -> dict[str, list[str]] | None:
            assert refused("Khong-phai.9")
            held = directory.of(owner.address, failures, end)
            return held if len(held.get(failures, [])) == wanted else None

        held = wait_for(f"failure {number} is counted", counted)
        assert held is not None
        waits = _time(held[end][0]) - max(map(_time, held[failures]))
        assert waits.total_seconds() == 2 ** (number - 1)
    with directory.delaying([owner.dn]):
        assert refused(owner.password)


def _time(value: str) -> datetime:
    """Read a GeneralizedTime to the second."""
    return datetime.strptime(value[:14], "%Y%m%d%H%M%S")
