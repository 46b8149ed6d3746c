"""Who sent a mail, as Postfix's log tells it."""

from __future__ import annotations

from ansible_collections.congvu.mail.plugins.module_utils.host.maillog import Sent, sent

MAIL = "<1492@gialai.gov.vn>"
UNIT = "stttt@gialai.gov.vn"


def lines(queue_id="8752723C055", login=UNIT, sender=UNIT, message_id=MAIL):
    known = f", sasl_method=XCLIENT, sasl_username={login}" if login else ""
    return [
        "connect from localhost[127.0.0.1]",
        f"{queue_id}: client=localhost[10.0.0.1]{known}",
        f"{queue_id}: message-id={message_id}",
        f"{queue_id}: from=<{sender}>, size=526, nrcpt=1 (queue active)",
        f"{queue_id}: removed",
    ]


def test_a_mail_after_a_login():
    assert list(sent(lines(), MAIL)) == [Sent(UNIT, UNIT)]


def test_a_mail_from_outside_with_the_same_number_is_none():
    assert list(sent(lines(login=""), MAIL)) == []


def test_another_number_that_only_begins_alike_is_none():
    assert list(sent(lines(message_id="<1492@gialai.gov.vn>x"), MAIL)) == []


def test_a_queue_id_that_is_used_again_belongs_to_its_new_mail():
    first, second = lines(login=UNIT, message_id="<other@x>"), lines(login="", sender="a@outside.example")
    assert list(sent([*first, *second], MAIL)) == []


def test_two_mails_that_come_at_the_same_time():
    one, other = lines("AAAAAAAA"), lines("BBBBBBBB", "b@x.vn", "b@x.vn", "<other@x>")
    mixed = [line for pair in zip(one, other, strict=True) for line in pair]
    assert list(sent(mixed, MAIL)) == [Sent(UNIT, UNIT)]


def test_a_mail_that_was_refused_lends_its_number_to_no_other():
    """It never came into the queue, and the next mail got its queue id."""
    refused = lines(login="b@x.vn")[:3]
    assert list(sent([*refused, *lines(message_id="<other@x>")], MAIL)) == []
