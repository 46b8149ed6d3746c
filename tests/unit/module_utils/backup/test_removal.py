"""What the law orders removed: which paths, which are refused, and what is left of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.backup import removal, retention

HOST = "mail.gialai.gov.vn"
HOME = "srv/mail/s01/p/91/GL-0005"
FOLDERS = f"{HOME}/mail/mailboxes"
INBOX = f"{FOLDERS}/INBOX/dbox-Mails"
ON_DISK = "C&APQ-ng v&AQM-n &AREevw-n/N&AQM-m 2026"  # what `doveadm mailbox mutf7` made of it


@pytest.mark.parametrize(
    ("seen", "on_disk"),
    [
        ("Công văn đến/Năm 2026", ON_DISK),
        (ON_DISK, ON_DISK),
        ("INBOX", "INBOX"),
        ("A&B", "A&-B"),
        ("R&D-2026", "R&-D-2026"),
        ("R&-D-2026", "R&-D-2026"),
        ("Dự án 🏗", "D&HvE- &AOE-n &2Dzf1w-"),
    ],
)
def test_folders_may_be_written_as_people_see_them(seen, on_disk):
    message = "dbox-Mails/u.7"
    assert removal.wanted([f"/{FOLDERS}/{seen}/{message}"]) == (f"{FOLDERS}/{on_disk}/{message}",)


def test_only_folders_of_a_mailbox_are_written_otherwise():
    archive = "srv/archive/2026/p/91/Công văn/GL-0005.age"
    assert removal.wanted([archive, HOME, f"/{HOME}"]) == (archive, HOME)


@pytest.mark.parametrize(
    "path", ["", "/", "/srv/mail", "/srv/mail/s01/p/91", "etc/a/b/c/d/e", "srv/mail/s01/../../../etc/x/y"]
)
def test_nobody_removes_more_by_mistake(path):
    with pytest.raises(ValueError, match="is no path of a mailbox"):
        removal.wanted([path])


def test_what_is_still_there_is_looked_for_where_it_lies(tmp_path):
    message = tmp_path / FOLDERS / ON_DISK / "dbox-Mails/u.7"
    message.parent.mkdir(parents=True)
    message.touch()
    seen = f"{FOLDERS}/Công văn đến/Năm 2026/dbox-Mails/u."
    assert removal.still_present([f"{seen}7", f"{seen}8"], tmp_path) == [
        f"/{FOLDERS}/{ON_DISK}/dbox-Mails/u.7"
    ]


class Killed(BaseException):
    """A kill: nothing after it runs."""


@dataclass
class Borg:
    """A repository of borg's as far as a removal knows it; it is killed before command number `dies`."""

    archives_: dict[str, tuple[str, set[str]]] = field(default_factory=dict)  # name: id and paths
    commands: list[str] = field(default_factory=list)
    dies: str = ""
    made: int = 0

    def add(self, name: str, *paths: str) -> None:
        self.made += 1
        self.archives_[name] = (f"{self.made:064x}", set(paths))

    def archives(self) -> dict[str, Any]:
        return self._listed(name for name in self.archives_ if ".checkpoint" not in name)

    def all_archives(self) -> dict[str, Any]:
        return self._listed(self.archives_)

    def _listed(self, names) -> dict[str, Any]:
        return {
            "archives": [
                {"id": self.archives_[name][0], "name": name, "time": _time(name).isoformat()}
                for name in names
            ]
        }

    def do(self, *words: str) -> str:
        return self._run(*words)

    def dry(self):
        return replace(self)  # pruning changes the copy alone

    def borg(self, *words: str) -> str:
        return self._run(*words)

    def _run(self, verb: str, *words: str) -> str:
        self.commands.append(" ".join((verb, *words)))
        if verb == self.dies:
            self.dies = ""
            raise Killed
        name = next((word[2:] for word in words if word.startswith("::")), "")
        if verb == "list":
            paths = words[words.index(f"::{name}") + 1 :]
            return "".join(f"{one}\n" for one in sorted(_at(self.archives_[name][1], paths)))
        if verb == "recreate":
            gone = _at(self.archives_[name][1], [word[3:] for word in words if word.startswith("pp:")])
            assert f"{name}.recreate" not in self.archives_
            self.add(f"{name}.recreate", *(self.archives_[name][1] - gone))
            if self.dies == "delete of the old one":
                self.dies = ""
                raise Killed
            self.archives_[name] = self.archives_.pop(f"{name}.recreate")
        if verb == "delete":
            del self.archives_[name]
        if verb == "prune":
            self.archives_ = {name: one for name, one in self.archives_.items() if ".checkpoint" not in name}
        return ""


def _at(names, paths):
    return {one for one in names for path in paths if one == path or one.startswith(f"{path}/")}


def _time(name: str) -> datetime:
    return datetime.fromisoformat(name.removeprefix(f"{HOST}-")[:20])


def name(hours_ago: int, end: str = "") -> str:
    return f"{HOST}-{datetime.now(UTC) - timedelta(hours=hours_ago):%Y-%m-%dT%H:%M:%SZ}{end}"


@pytest.fixture
def borg(monkeypatch, tmp_path) -> Borg:
    made = Borg()
    made.add(name(30), f"{INBOX}/u.7", f"{INBOX}/u.8", f"{INBOX}/dovecot.index.cache")
    made.add(name(5), f"{INBOX}/u.7", f"{INBOX}/u.8")
    made.add(name(1), f"{INBOX}/u.8")
    monkeypatch.setattr(retention, "Repository", lambda *_: made)
    monkeypatch.setattr(retention, "STATE", tmp_path)
    assert retention.run(SETTINGS, only=f"{HOST}@offsite") == 0  # it knows them now
    return made


@pytest.fixture
def recorded(monkeypatch) -> list[str]:
    lines: list[str] = []
    monkeypatch.setattr(removal.audit, "record", lambda *words: lines.append(words[3]))
    return lines


SETTINGS = retention.Settings((HOST,), {"offsite": ""}, "nobody", 4, 28)


def remove(*paths: str) -> int:
    return removal.run(SETTINGS, removal.Order(HOST, removal.wanted(paths), "15/QĐ-TA", "admin"))


def test_it_goes_with_what_dovecot_kept_of_its_headers_and_nothing_else(borg, recorded):
    assert remove(f"{INBOX}/u.7") == 0
    assert [paths for _, paths in borg.archives_.values()] == [{f"{INBOX}/u.8"}] * 3
    assert "2 files were in 2 of 3 archives; none is in any of 3 now" in recorded[0]
    assert borg.commands[-1] == "compact"


def test_a_path_that_no_archive_has_is_refused_and_on_no_record(borg, recorded):
    before = dict(borg.archives_)
    with pytest.raises(ValueError, match=f"^{INBOX}/u.9: in none of 3 archives of {HOST}@offsite"):
        remove(f"{INBOX}/u.7", f"{INBOX}/u.9")
    assert (borg.archives_, recorded) == (before, [])
    # The next run has no better luck.
    with pytest.raises(ValueError, match=r"u\.9: in none"):
        remove(f"{INBOX}/u.9")


@pytest.mark.parametrize("dies", ["delete of the old one", "check", "compact"])
def test_a_run_that_was_killed_is_finished_by_the_next(borg, recorded, dies):
    borg.dies = dies
    with pytest.raises(Killed):
        remove(f"{INBOX}/u.7")
    assert recorded == []
    assert remove(f"{INBOX}/u.7") == 0
    assert [paths for _, paths in borg.archives_.values()] == [{f"{INBOX}/u.8"}] * 3
    assert "after a run that was killed; none is in any of 3 now" in recorded[0]
    # Now it is done, and not done twice.
    with pytest.raises(ValueError, match="in none of 3 archives"):
        remove(f"{INBOX}/u.7")


def test_the_keeper_clears_up_after_a_removal_that_was_killed(borg, recorded, capsys):
    names = set(borg.archives_)
    borg.dies = "delete of the old one"
    with pytest.raises(Killed):
        remove(f"{INBOX}/u.7")
    assert set(borg.archives_) > names
    assert retention.run(SETTINGS, only=f"{HOST}@offsite") == 0, capsys.readouterr().err
    assert set(borg.archives_) == names
    # And the order is still to be finished.
    assert remove(f"{INBOX}/u.7") == 0


def test_backups_that_were_cut_short_are_looked_at_and_go(borg, recorded):
    """`borg list` hides them, and half a message in them."""
    borg.add(name(2, ".checkpoint"), f"{INBOX}/u.5")
    assert remove(f"{INBOX}/u.5") == 0
    assert not [one for one in borg.archives_ if "checkpoint" in one]
    assert "1 files were in 1 of 4 archives; none is in any of 3 now" in recorded[0]


def test_the_keeper_lets_no_backup_that_was_cut_short_outlive_its_term(borg):
    """Also on a day when there is no archive to be thinned out."""
    borg.add(name(2, ".checkpoint"), f"{INBOX}/u.5")
    assert retention.run(SETTINGS, only=f"{HOST}@offsite") == 0
    assert not [one for one in borg.archives_ if "checkpoint" in one]


def test_what_a_run_began_is_written_down_until_it_is_on_record(borg, monkeypatch, tmp_path):
    monkeypatch.setattr(removal.audit, "record", lambda *_: (_ for _ in ()).throw(Killed()))
    with pytest.raises(Killed):
        remove(f"{INBOX}/u.7")
    (state,) = tmp_path.glob("*.json")
    assert json.loads(state.read_text())["removing"] == [f"{INBOX}/u.7"]
