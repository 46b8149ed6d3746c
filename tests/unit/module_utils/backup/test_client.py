"""What a mail host makes of a repository that is gone, and of a backup that somebody removed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.backup import client
from ansible_collections.congvu.mail.plugins.module_utils.backup.borgmatic import BorgError, NoRepositoryError
from ansible_collections.congvu.mail.plugins.module_utils.backup.facts import TargetState
from ansible_collections.congvu.mail.plugins.module_utils.backup.targets import Target

HOST = "mail.gialai.gov.vn"
SETTINGS = client.Settings(
    host=HOST,
    contents=("store",),
    targets=("backup1", "far"),
    suffix="",
    valkey="",
    late_hours=4,
    drill_late_days=8,
    drill_messages=1,
    escrow_keys=(),
    repositories=(
        Target("backup1", "ssh://b1/mail", "x"),
        Target("far", "ssh://far/mail", "y", kept=False),
    ),
    mail_root=Path("/srv/mail"),
    longest_days=1,
    since=datetime.now(UTC),
)


class Targets:
    """What lies on the targets: archives by the label of a repository; an exception is raised."""

    def __init__(self) -> None:
        self.held: dict[str, list[str] | Exception] = {}
        self.made: list[str] = []
        self.sealed: list[list[str]] = []
        self.create: Exception | None = None  # of every target

    def __call__(self, config: Path, label: str) -> _Repository:
        return _Repository(self, label)


class _Repository:
    def __init__(self, targets: Targets, label: str) -> None:
        self.targets, self.label = targets, label

    def make(self) -> None:
        if isinstance(self._said(), BorgError) and not isinstance(self._said(), NoRepositoryError):
            raise self._said()
        self.targets.held[self.label] = []
        self.targets.made.append(self.label)

    def archives(self) -> dict:
        if isinstance(self._said(), Exception):
            raise self._said()
        return {"archives": [{"name": name} for name in self._said()]}

    def create(self) -> dict:
        self.archives()
        if self.targets.create:
            raise self.targets.create
        name = f"{HOST}-{len(self._said())}"
        self._said().append(name)
        stats = {"original_size": 1, "deduplicated_size": 1, "nfiles": 1}
        return {"archive": {"name": name, "stats": stats}}

    def _said(self):
        return self.targets.held.get(self.label, NoRepositoryError("is not a valid repository"))


@pytest.fixture
def targets(tmp_path, monkeypatch):
    """A mail host that has nothing yet, and two targets."""
    targets = Targets()
    monkeypatch.setattr(client, "Repository", targets)
    monkeypatch.setattr(client, "KEYS", tmp_path / "keys")
    monkeypatch.setattr(client, "SECRETS", tmp_path)
    monkeypatch.setattr(client, "STATE", tmp_path)
    monkeypatch.setattr(client.StatusFile.__init__, "__defaults__", (tmp_path, tmp_path / "prom"))
    (tmp_path / "passphrase").write_text("secret\n")

    def seal(text, *_):
        targets.sealed.append([target["label"] for target in json.loads(text)["targets"]])
        return True

    monkeypatch.setattr(client.escrow, "seal", seal)

    def keys(config, folder, labels, anew):
        folder.mkdir(exist_ok=True)
        for label in labels:
            (folder / label).touch()
        return dict.fromkeys(labels, "BORG_KEY")

    monkeypatch.setattr(client.escrow, "fetch_keys", keys)
    return targets


def test_repositories_are_made_once(targets) -> None:
    assert client.prepare(SETTINGS, []) == 0
    assert client.prepare(SETTINGS, []) == 0
    assert targets.made == ["backup1", "far"]


def test_one_that_is_gone_is_made_anew_only_when_somebody_says_so(targets, capsys) -> None:
    client.prepare(SETTINGS, [])
    client.run(SETTINGS)
    del targets.held["backup1"]
    assert client.prepare(SETTINGS, []) == 1
    assert (
        f"backup1: there is no repository any more; the last backup was {HOST}-0" in capsys.readouterr().err
    )
    assert "backup1" not in targets.held
    assert client.prepare(SETTINGS, ["backup1"]) == 0
    assert client.StatusFile(HOST).of("backup1") == TargetState()
    assert client.run(SETTINGS) == 0


def test_one_that_does_not_know_the_host_yet_keeps_no_other_up(targets, capsys) -> None:
    targets.held["far"] = BorgError("Connection refused")
    assert client.prepare(SETTINGS, []) == 1
    said = capsys.readouterr()
    assert said.out == "sealed\n"
    assert "far: no repository could be made: Connection refused; its administrator has to let in" in said.err
    assert (targets.made, targets.sealed) == (["backup1"], [["backup1"]])
    assert client.run(SETTINGS) == 0  # of the other nothing is late yet
    assert targets.held["backup1"] == [f"{HOST}-0"]
    del targets.held["far"]
    assert client.prepare(SETTINGS, []) == 0
    assert targets.sealed[-1] == ["backup1", "far"]


def test_where_none_knows_the_host_yet_nothing_is_sealed(targets) -> None:
    targets.held |= dict.fromkeys(SETTINGS.targets, BorgError("Connection refused"))
    assert client.prepare(SETTINGS, []) == 1
    assert targets.sealed == []


def test_one_that_is_away_keeps_nothing_up(targets, capsys) -> None:
    client.prepare(SETTINGS, [])
    targets.held["far"] = BorgError("Connection refused")
    assert client.prepare(SETTINGS, []) == 0
    assert "far: Connection refused" in capsys.readouterr().err


@pytest.mark.parametrize(
    "state", [b"\0" * 9, b"[]", b'{"targets": {"far": 1}}', b'{"targets": {"far": {"success": "soon"}}}',
              b'{"targets": {"far": {"drill": {"time": "x"}}}}']
)  # fmt: skip
def test_a_state_that_cannot_be_read_keeps_no_backup_back_and_is_told(
    targets, tmp_path, capsys, state
) -> None:
    client.prepare(SETTINGS, [])
    (tmp_path / "status.json").write_bytes(state)
    assert client.status(SETTINGS, as_json=False) == 1
    assert "status.json cannot be read" in capsys.readouterr().err
    assert client.run(SETTINGS) == 1
    assert targets.held == {"backup1": [f"{HOST}-0"], "far": [f"{HOST}-0"]}
    assert "status.json cannot be read" in capsys.readouterr().err
    assert [path.read_bytes() for path in tmp_path.glob("status.json.unreadable-*")] == [state]
    assert client.run(SETTINGS) == 0


def test_the_newest_backup_that_somebody_removed_is_told_and_another_is_made(targets, capsys) -> None:
    client.prepare(SETTINGS, [])
    assert client.run(SETTINGS) == 0
    targets.held["far"].clear()
    assert client.run(SETTINGS) == 1
    assert f"far: {HOST}-0, the newest backup, vanished" in capsys.readouterr().err
    assert targets.held == {"backup1": [f"{HOST}-0", f"{HOST}-1"], "far": [f"{HOST}-0"]}
    assert client.run(SETTINGS) == 0


def test_that_it_vanished_is_told_until_somebody_accepts_it(targets, capsys) -> None:
    """The mail of one run may be lost: the watch tells of it again, every day."""
    client.prepare(SETTINGS, [])
    client.run(SETTINGS)
    assert client.status(SETTINGS, as_json=False) == 0
    gone = targets.held["far"].pop()
    # No other one is made at once.
    targets.create = BorgError("Connection refused")
    assert client.run(SETTINGS) == 1
    targets.create = None
    assert client.run(SETTINGS) == 0
    capsys.readouterr()
    assert client.status(SETTINGS, as_json=False) == 1
    assert capsys.readouterr().err == (
        f"far: {gone}, the newest backup, vanished: somebody removed it. "
        "Once it is known who: congvu-backup accept far\n"
    )
    with pytest.raises(ValueError, match="there is no target elsewhere: backup1, far"):
        client.accept(SETTINGS, ["far", "elsewhere"])
    assert client.accept(SETTINGS, ["far"]) == 0
    assert gone in capsys.readouterr().out
    assert client.status(SETTINGS, as_json=False) == 0
    assert client.run(SETTINGS) == 0
    assert client.status(SETTINGS, as_json=False) == 0


def test_a_target_that_is_away_does_not_hold_the_other_up(targets, capsys) -> None:
    client.prepare(SETTINGS, [])
    targets.held["backup1"] = BorgError("Connection refused")
    assert client.run(SETTINGS) == 0  # late is what fails the unit
    assert targets.held["far"] == [f"{HOST}-0"]
    assert client.StatusFile(HOST).of("backup1").error == "Connection refused"


def test_the_end_of_what_is_deleted_is_said_only_of_what_is_thinned_out_by_us(targets, capsys) -> None:
    client.status(SETTINGS, as_json=False)
    said = capsys.readouterr().out
    assert "is gone from backup1 after 1 days" in said
    assert "is gone from far is for the administrator there to say" in said
