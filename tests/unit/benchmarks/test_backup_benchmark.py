"""The backup benchmark's letters and tables."""

from __future__ import annotations

import email
import email.policy
from statistics import median

import pytest

from benchmarks.backup import Case, latency, table
from benchmarks.delivery import Delivery
from benchmarks.on_host.fill import letters

MAILBOXES = [f"u{number}@gialai.gov.vn" for number in range(10)]


@pytest.fixture(scope="module")
def mail():
    return [message for address in MAILBOXES for message in letters(address, 100, 1, 5)]


def test_letters_are_what_mail_programs_write(mail):
    for octets in mail[:200]:
        message = email.message_from_bytes(octets, policy=email.policy.default)
        assert not any(part.defects for part in message.walk())
        assert "Kính gửi các đồng chí" in message.get_body(("plain",)).get_content()
        assert message["Message-ID"] and message["From"].addresses and message["Subject"]


def test_most_letters_are_small_and_a_few_carry_a_document(mail):
    sizes = sorted(map(len, mail))
    assert 2_000 < median(sizes) < 10_000
    assert 10 < sum(size > 130_000 for size in sizes) < 50
    assert sizes[-1] < 3_000_000


def test_a_circular_has_the_same_bytes_for_all_but_what_the_way_adds(mail):
    bodies = {}
    for octets in mail:
        way, _, letter = octets.partition(b"\nFrom: ")
        if len(octets) > 130_000:
            bodies.setdefault(letter, []).append(way)
    shared = [ways for ways in bodies.values() if len(ways) > 1]
    assert len(bodies) <= 5 and shared
    for ways in shared:
        assert len(set(ways)) == len(ways)


def test_the_same_seed_gives_the_same_letters_and_another_gives_others():
    one, again, other = (list(letters("a@b", 3, seed, 2)) for seed in (1, 1, 2))
    assert one == again
    assert not set(one) & set(other)


def test_a_row_has_medians_and_the_ratio_of_runs_side_by_side(capsys):
    took = [Delivery(number / 1000, number / 100) for number in range(1, 101)]
    floor = Case("rsync", [10.0, 20.0, 40.0], [1.0, 2.0, 3.0], took)
    ours = Case("congvu-backup", [20.0, 30.0, 120.0], [9.0, 9.0, 9.0], took)
    table({"rsync": floor, "congvu-backup": ours}, 3000, 600)
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["rsync", "(floor)", "20.0", "2.0", "30", "150", "1.00", "100", "50", "99", "505", "990"],
        ["congvu-backup", "30.0", "9.0", "20", "100", "2.00", "100", "50", "99", "505", "990"],
    ]


def test_latency_stands_below_the_same_heads_with_and_without_a_backup():
    took = [Delivery(0.1, 0.2)] * 100
    assert latency(Case("nothing", deliveries=took)).split() == ["nothing", "100", "100", "100", "200", "200"]
