"""Several files changed as one: whatever the moment at which the run is killed."""

from __future__ import annotations

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.roster import journal

BEFORE = {
    "roster/units.yml": b"old\n",
    "roster/people/a.csv": b"gone\n",
    "register.csv": b"\xef\xbb\xbfr\r\n",
}
FILES = {
    "roster/units.yml": "mới\n".encode(),
    "roster/people/a.csv": None,
    "roster/people/b.csv": b"new\r\n",
    "register.csv": b"s\n",
}


@pytest.fixture
def site(tmp_path):
    for name, content in BEFORE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path


def contents(site):
    return {str(path.relative_to(site)): path.read_bytes() for path in site.rglob("*") if path.is_file()}


AFTER = {name: content for name, content in FILES.items() if content is not None}


def killed(site, monkeypatch, number):
    """Replace the files, killed when the given number of files is written or removed; say whether it was."""
    done, put, write = [], journal._put, journal.write

    def step(act, *arguments):
        if len(done) == number:
            raise KeyboardInterrupt
        done.append(arguments)
        act(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(journal, "_put", lambda *arguments: step(put, *arguments))
        if number == 0:
            patch.setattr(journal, "write", lambda *arguments: step(write, *arguments))
        try:
            assert journal.replace_files(site, FILES) == []
        except KeyboardInterrupt:
            return True
    return False


def test_all_files_are_replaced_and_nothing_is_left_over(site):
    (site / "register.csv").chmod(0o640)
    assert journal.replace_files(site, FILES) == []
    assert contents(site) == AFTER
    assert (site / "register.csv").stat().st_mode & 0o777 == 0o640
    assert not journal.pending(site)


def test_killed_before_the_journal_is_there_nothing_happened(site, monkeypatch):
    assert killed(site, monkeypatch, 0)
    assert contents(site) == BEFORE
    assert not journal.pending(site)


@pytest.mark.parametrize("number", range(1, len(FILES)))
def test_killed_between_two_files_the_next_run_finishes(number, site, monkeypatch):
    assert killed(site, monkeypatch, number)
    assert contents(site) not in (BEFORE, AFTER)
    assert journal.pending(site)
    done = {name for name, content in FILES.items() if contents(site).get(name) == content}
    assert journal.recover(site) == (sorted(FILES.keys() - done), [])
    assert contents(site) == AFTER
    assert journal.recover(site) == ([], [])


def test_killed_before_the_journal_is_removed(site, monkeypatch):
    assert not killed(site, monkeypatch, len(FILES))
    assert contents(site) == AFTER


def test_a_file_that_somebody_changed_meanwhile_stops_it(site, monkeypatch):
    assert killed(site, monkeypatch, 1)
    (site / "roster/units.yml").write_bytes(b"mine\n")
    before = contents(site)
    finished, (problem,) = journal.recover(site)
    assert (finished, problem.file, problem.code) == ([], "roster/units.yml", "restructure_foreign")
    assert journal.FILE in problem.fix("vi") and journal.FILE in problem.fix("en")
    assert contents(site) == before


@pytest.mark.parametrize("data", [b"", b"[]", b"{}x", b'{"a": 1}', b"\xff"])
def test_a_journal_that_nobody_wrote(data, site):
    (site / journal.FILE).write_bytes(data)
    _, (problem,) = journal.recover(site)
    assert (problem.file, problem.code) == (journal.FILE, "restructure_journal")
