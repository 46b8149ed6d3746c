"""Nobody writes under a name that is not theirs, neither from outside nor from inside."""

from __future__ import annotations

import pytest

from tests.support.imap import arrived, copies
from tests.support.lab import Account, Lab
from tests.support.letters import STRANGER, letter
from tests.support.smtp import send

# How a From header can name somebody; a mail program shows each of these as written by them.
FORMS = {
    "plain": "{forged}",
    "with a name": "Chánh Văn phòng <{forged}>",
    "second of two": "{own}, {forged}",
    "first of two": "{forged}, {own}",
}


@pytest.mark.parametrize("local_part", ["officer", "unknown"])
def test_outside_nobody_uses_an_envelope_sender_of_ours(
    lab: Lab, officer: Account, colleague: Account, local_part: str
) -> None:
    sender = officer.address if local_part == "officer" else f"khong.co.ai@{officer.domain}"
    reply = send(lab, letter(STRANGER, colleague.address), sender=sender)
    assert reply.step in {"MAIL", "RCPT"}
    assert reply.code in {550, 553}
    assert "5.7.1" in reply.text


@pytest.mark.parametrize("envelope", [STRANGER, ""], ids=["own envelope", "empty envelope"])
@pytest.mark.parametrize("form", [*FORMS, "upper case", "second header", "first header"])
def test_outside_nobody_uses_a_from_header_of_ours(
    lab: Lab, officer: Account, colleague: Account, form: str, envelope: str
) -> None:
    forged, above = officer.address, b""
    if form == "upper case":
        author = forged.upper()
    elif form == "second header":
        author, above = forged, f"From: {STRANGER}\r\n".encode()
    elif form == "first header":
        author, above = STRANGER, f"From: {forged}\r\n".encode()
    else:
        author = FORMS[form].format(forged=forged, own=STRANGER)
    message = letter(author, colleague.address)
    reply = send(lab, message, sender=envelope, above=above)
    assert reply.code in {550, 554}
    assert "5.7.1" in reply.text
    assert copies(lab, colleague, message) == []


@pytest.mark.parametrize("whose", ["a colleague's", "a stranger's", "nobody's"])
def test_an_officer_uses_no_other_envelope_sender(
    lab: Lab, officer: Account, colleague: Account, whose: str
) -> None:
    sender = {
        "a colleague's": colleague.address,
        "a stranger's": STRANGER,
        "nobody's": f"khong.co.ai@{officer.domain}",
    }[whose]
    reply = send(lab, letter(officer.address, colleague.address), sender=sender, by=officer)
    assert reply.code == 553
    assert "5.7.1" in reply.text


@pytest.mark.parametrize("whose", ["a colleague's", "a stranger's"])
@pytest.mark.parametrize("form", [*FORMS, "second header", "first header"])
def test_an_officer_uses_no_other_from_header(
    lab: Lab, officer: Account, colleague: Account, form: str, whose: str
) -> None:
    forged, above = colleague.address if whose == "a colleague's" else STRANGER, b""
    if form == "second header":
        author, above = forged, f"From: {officer.address}\r\n".encode()
    elif form == "first header":
        author, above = officer.address, f"From: {forged}\r\n".encode()
    else:
        author = FORMS[form].format(forged=forged, own=officer.address)
    message = letter(author, colleague.address)
    reply = send(lab, message, sender=officer.address, by=officer, above=above)
    assert reply.code in {550, 554}
    assert "5.7.1" in reply.text
    assert copies(lab, colleague, message) == []


@pytest.mark.parametrize("form", ["plain", "with a name", "upper case"])
def test_an_officer_writes_under_their_own_name(
    lab: Lab, officer: Account, colleague: Account, form: str
) -> None:
    author = {
        "plain": officer.address,
        "with a name": f"Cao Thị Phương Thuý <{officer.address}>",
        "upper case": officer.address.upper(),
    }[form]
    message = letter(author, colleague.address)
    assert send(lab, message, sender=officer.address, by=officer).accepted
    arrived(lab, colleague, message)
