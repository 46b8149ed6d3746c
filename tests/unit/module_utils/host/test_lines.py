"""Files that are appended to: a writer may be killed at any byte, and no line of another is lost by it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.host import audit, lines
from ansible_collections.congvu.mail.plugins.module_utils.host.audit import TORN, AuditLine
from hypothesis import given
from hypothesis import strategies as st

# A writer whose every byte is a write of its own. At byte `pause` it waits, with the lock; at `death` it is
# killed.
SLOW = """
import os, signal, sys
from pathlib import Path
from ansible_collections.congvu.mail.plugins.module_utils.host import audit
log, name, pause, death = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
write, written, column = os.write, 0, 0
def slowly(descriptor, content):
    global written, column
    if written == pause:
        print("paused", flush=True)
        sys.stdin.readline()
    if 0 <= death <= written and column == 60:
        os.kill(os.getpid(), signal.SIGKILL)
    written += 1
    column = 0 if content[:1] == b"\\n" else column + 1
    return write(descriptor, content[:1])
os.write = slowly
for number in range(1_000_000):
    audit.record("pass", f"{name}@x", "", f"số {number}", name, log)
    print(number, flush=True)
"""
NEVER = -1
WHOLE = [AuditLine("lan", "exempt", "a@x", "1/CV", "học tập", "2026-01-31T08:00:00+07:00")] * 3


@pytest.fixture
def log(tmp_path):
    return tmp_path / "audit.jsonl"


def writer(log, name, pause=NEVER, death=NEVER):
    command = [sys.executable, "-c", SLOW, str(log), name, str(pause), str(death)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, env=environment, **pipes)


def kill(process):
    """Kill it; return the numbers of the lines that it was told are on disk."""
    process.send_signal(signal.SIGKILL)
    said, _ = process.communicate()
    return [int(word) for word in said.split() if word.isdigit()]


def aside(log):
    return {path.name: path.read_bytes() for path in sorted(log.parent.glob(f"{log.name}.torn-*"))}


def begin(log, tail=b""):
    for path in log.parent.iterdir():
        path.unlink()
    audit.record_all(WHOLE, log)
    with log.open("ab") as file:
        file.write(tail)


def follow(log):
    """Write one more line; return what the log then says of torn ones."""
    audit.record("pass", "", "", "next", "timer", log)
    found = audit.read(log)
    *first, last = found
    assert first[: len(WHOLE)] == WHOLE
    assert last.text == "next"
    return [line.text for line in first[len(WHOLE) :] if line.what == TORN], found.unread


@pytest.mark.parametrize("pause", [1, 40, 97])
def test_what_a_killed_writer_left_is_set_aside_by_the_next(log, pause):
    begin(log)
    before = log.read_bytes()
    process = writer(log, "slow", pause=pause)
    assert process.stdout.readline() == "paused\n"
    kill(process)
    torn = log.read_bytes().removeprefix(before)
    assert len(torn) == pause, "the kill tore a line"
    reading = audit.read(log)
    assert (list(reading), reading.unread) == (WHOLE, 1), "until then a reader goes on, and tells"
    told, unread = follow(log)
    ((name, content),) = aside(log).items()
    assert content == torn
    assert told == [f"{pause} bytes that a killed run left are in {name}"]
    assert unread == 0
    assert all(json.loads(line) for line in log.read_bytes().splitlines())


def test_many_writers_that_are_killed_lose_no_line_that_was_on_disk(log):
    begin(log)
    names = [f"w{number}" for number in range(6)]
    # Every other one is killed in the middle of a line of its own, with the lock.
    processes = [writer(log, name, death=NEVER if number % 2 else 250) for number, name in enumerate(names)]
    for process in processes:
        process.stdout.readline()  # its first line is on disk, or it is dead
    for process in processes[::2]:
        process.wait()
    known = {name: kill(process) for name, process in zip(names, processes, strict=True)}
    told, unread = follow(log)
    assert (len(told) >= 3, unread) == (True, 0)
    written = list(audit.read(log))
    for name, numbers in known.items():
        held = [line.text for line in written if line.who == name]
        assert len(held) == len(set(held))
        assert {f"số {number}" for number in numbers} <= set(held)


LINE = (json.dumps({**vars(WHOLE[0]), "what": "cut"}, ensure_ascii=False)).encode()


@given(cut=st.integers(1, len(LINE) - 1))
def test_a_line_cut_at_any_byte(tmp_path_factory, cut):
    log = tmp_path_factory.mktemp("log") / "audit.jsonl"
    begin(log, LINE[:cut])
    told, unread = follow(log)
    assert (len(told), unread) == (1, 0)
    assert list(aside(log).values()) == [LINE[:cut]]


def test_a_whole_line_that_lacks_its_newline_alone_is_kept(log):
    begin(log, LINE)
    assert follow(log) == ([], 0)
    assert "cut" in [line.what for line in audit.read(log)]
    assert aside(log) == {}


@pytest.mark.parametrize(
    "tail",
    [
        b"\0" * 5000,  # what a power cut leaves of blocks that were not written
        b"\0" * 200_000,
        LINE[:-20] + b"\0" * 20,
        "ấ".encode()[:2],
        b'{"who": "timer"}',
        b"[1, 2]",
        b"[" * 100_000,
        b"3",
    ],
    ids=["NUL", "much NUL", "line and NUL", "half a letter", "no audit line", "list", "deep", "number"],
)
def test_whatever_stands_behind_the_last_newline_is_no_line_for_good(log, tail):
    begin(log, tail)
    told, unread = follow(log)
    assert (len(told), unread) == (1, 0)
    assert list(aside(log).values()) == [tail]


def test_a_file_that_may_only_grow_keeps_the_torn_line_by_itself(log, monkeypatch):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(os, "ftruncate", refuse)
    begin(log, LINE[:30])
    told, unread = follow(log)
    assert (len(told), unread) == (1, 1), "set aside, reported, and every reader tells that it is there"
    assert log.read_bytes().count(b"\n" + LINE[:30] + b"\n") == 1
    assert follow(log)[1] == 1
    assert len(aside(log)) == 1


@pytest.mark.parametrize("step", ["ftruncate", "write", "fsync", "replace"])
@pytest.mark.parametrize("may_shorten", [True, False])
def test_a_writer_that_is_killed_while_it_repairs_is_followed_by_one_that_goes_on(
    log, monkeypatch, step, may_shorten
):
    class Killed(BaseException):
        pass

    def refuse(*_):
        raise PermissionError

    def killed(*_):
        raise Killed

    begin(log, LINE[:30])
    with monkeypatch.context() as patched:
        if not may_shorten:
            patched.setattr(os, "ftruncate", refuse)
        patched.setattr(*((lines.Path, step) if step == "replace" else (os, step)), killed)
        with pytest.raises(Killed):
            audit.record("pass", "", "", "lost", "timer", log)
    if not may_shorten:
        monkeypatch.setattr(os, "ftruncate", refuse)
    told, _ = follow(log)
    assert any("30 bytes" in text for text in told)
    assert LINE[:30] in aside(log).values()
    assert not [name for name in aside(log) if name.endswith(".new")]


def test_lines_in_the_middle_that_are_none_are_left_out_and_counted(log):
    begin(log, b'\0\0\0\n{"a": 1}\nnull\n{"who": 3, "what": "x"}\n' + LINE[:20] + LINE + b"\n")
    assert follow(log) == ([], 5)


def test_a_line_that_is_just_being_written_is_not_taken_for_a_torn_one(log):
    begin(log)
    process = writer(log, "slow", pause=40)
    assert process.stdout.readline() == "paused\n"
    reader = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path\n"
            "from ansible_collections.congvu.mail.plugins.module_utils.host import audit\n"
            "found = audit.read(Path(sys.argv[1])); print(len(list(found)), found.unread)",
            str(log),
        ],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.PIPE,
        text=True,
    )
    process.stdin.write("\n")  # it goes on
    process.stdin.flush()
    said, _ = reader.communicate()
    kill(process)
    assert said.split()[1] == "0"
    assert int(said.split()[0]) > len(WHOLE)
