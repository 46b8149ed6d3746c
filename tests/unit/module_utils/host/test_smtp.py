"""Sending notices to a small mail exchanger: over TLS, with certificates on both sides, once."""

from __future__ import annotations

import socketserver
import ssl
import threading
from datetime import UTC, date, datetime

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.host import pki
from ansible_collections.congvu.mail.plugins.module_utils.host.smtp import Mailer, MailerError

SENDER = "cntt.stttt@gialai.gov.vn"
MAIL = b"Date: Thu, 05 Mar 2026 02:15:00 +0700\r\nSubject: x\r\n\r\nx\r\n"


@pytest.fixture
def tls(tmp_path):
    """A CA, and the certificate that both ends show."""
    folder = tmp_path / "tls"
    folder.mkdir()
    now = datetime.now(UTC)
    authority_key, key = pki.new_key(), pki.new_key()
    authority = pki.new_authority(authority_key, "Internal CA", now)
    names = pki.Names("localhost", (), ())
    signed = pki.sign(pki.new_request(key, names), names, authority, authority_key, now, 30)
    (folder / "ca.crt").write_bytes(authority)
    (folder / "host.crt").write_bytes(signed)
    (folder / "host.key").write_bytes(key)
    return folder


class Exchanger(socketserver.ThreadingTCPServer):
    """Answers as it is told: `answers` by address, else 250; keeps what it took over."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, tls):
        super().__init__(("localhost", 0), Session)
        self.taken: list[bytes] = []
        self.answers: dict[str, str] = {}
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=tls / "ca.crt")
        self.context.verify_mode = ssl.CERT_REQUIRED
        self.context.load_cert_chain(tls / "host.crt", tls / "host.key")

    def handle_error(self, request, client_address):
        pass  # a client that is refused, or hangs up


class Session(socketserver.StreamRequestHandler):
    def setup(self):
        self.request = self.server.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def say(self, line):
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self):
        self.say("220 mx")
        for raw in self.rfile:
            line = raw.decode().strip()
            if line == "data":
                self.say("354 go on")
                taken = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.taken.append(taken)
            elif line.startswith("rcpt"):
                address = line.partition("<")[2].partition(">")[0]
                self.say(self.server.answers.get(address, "250 ok"))
                continue
            self.say("250 ok")


@pytest.fixture
def exchanger(tls):
    server = Exchanger(tls)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def post(tmp_path, tls, exchanger):
    folder = tmp_path / "notices"
    folder.mkdir()
    with Mailer(["localhost"], exchanger.server_address[1], SENDER, folder, tls) as post:
        yield post


def test_a_notice_is_sent_once_and_kept(post, exchanger):
    first = post.send("reclaim 2026-03-05 person GL/1", lambda: MAIL, ["a@x.vn", "b@x.vn"])
    again = post.send("reclaim 2026-03-05 person GL/1", lambda: MAIL, ["a@x.vn", "b@x.vn"])
    assert first == again
    assert (first.day, first.refused) == (date(2026, 3, 5), ())
    assert exchanger.taken == [MAIL]
    (kept,) = post.folder.iterdir()
    assert kept.name == "reclaim=202026-03-05=20person=20GL=2F1.eml"
    assert kept.read_bytes() == MAIL
    assert kept.stat().st_mode & 0o777 == 0o600


def test_accounts_that_are_spelt_alike_are_both_told(post, exchanger):
    for key in ("reclaim 2026-03-05 person A/1", "reclaim 2026-03-05 person A_1"):
        post.send(key, lambda: MAIL, ["a@x.vn"])
    assert len(exchanger.taken) == 2


def test_a_full_mailbox_keeps_nothing_from_the_unit(post, exchanger):
    exchanger.answers["a@x.vn"] = "552 5.2.2 Mailbox is full"
    sent = post.send("k", lambda: MAIL, ["a@x.vn", "b@x.vn"])
    assert sent.refused == ("a@x.vn: 552 5.2.2 Mailbox is full",)
    assert len(exchanger.taken) == 1


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"a@x.vn": "451 4.3.0 later"}, "451"),
        ({"a@x.vn": "550 5.1.1 nobody", "b@x.vn": "550 5.1.1 nobody"}, "550"),
    ],
)
def test_what_nobody_took_is_still_due_and_sent_later(answers, said, post, exchanger):
    exchanger.answers |= answers
    with pytest.raises(MailerError, match=said):
        post.send("k", lambda: MAIL, ["a@x.vn", "b@x.vn"])
    assert post.sent("k") is None
    assert exchanger.taken == []
    exchanger.answers.clear()
    assert post.send("k", lambda: MAIL, ["a@x.vn", "b@x.vn"]).refused == ()
    assert len(exchanger.taken) == 1
    assert [path.name for path in post.folder.iterdir()] == ["k.eml"]


@pytest.mark.parametrize("kept", [b"", b"Date: soon\r\n\r\n", b"\0" * 9])
def test_a_kept_notice_that_cannot_be_read_is_due_and_not_sent_again(kept, post, exchanger):
    (post.folder / "k.eml").write_bytes(kept)
    with pytest.raises(MailerError, match=r"k\.eml cannot be read"):
        post.send("k", lambda: MAIL, ["a@x.vn"])
    assert exchanger.taken == []


def test_a_key_that_is_too_long_for_a_file_keeps_no_other_notice_back(post, exchanger):
    with pytest.raises(MailerError, match="File name too long"):
        post.send("k" * 300, lambda: MAIL, ["a@x.vn"])
    post.send("k", lambda: MAIL, ["a@x.vn"])
    assert exchanger.taken == [MAIL]


def test_a_run_that_was_killed_before_the_answer_sends_again(post, exchanger):
    (post.folder / ".k.eml").write_bytes(b"half")
    post.send("k", lambda: MAIL, ["a@x.vn"])
    assert exchanger.taken == [MAIL]


def test_the_first_mail_exchanger_that_answers_takes_it(post, exchanger):
    post.hosts = ["nowhere.invalid", "localhost"]
    assert post.send("k", lambda: MAIL, ["a@x.vn"]).refused == ()


def test_without_any_it_says_so_and_asks_nobody_twice(post, exchanger):
    post.hosts = ["nowhere.invalid"]
    with pytest.raises(MailerError, match=r"nowhere\.invalid"):
        post.send("k", lambda: MAIL, ["a@x.vn"])
    post.hosts = ["localhost"]
    with pytest.raises(MailerError, match=r"nowhere\.invalid"):
        post.send("l", lambda: MAIL, ["a@x.vn"])
    assert exchanger.taken == []


def test_a_server_of_another_authority_gets_nothing(post, exchanger, tls):
    now = datetime.now(UTC)
    (tls / "ca.crt").write_bytes(pki.new_authority(pki.new_key(), "Another CA", now))
    with pytest.raises(MailerError, match="certificate"):
        post.send("k", lambda: MAIL, ["a@x.vn"])
    assert exchanger.taken == []
