"""The parts of an upgrade that need no host: the operator's site, and who is who after a rename."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

from tests.support.lab import Account
from tests.support.waiting import wait_for
from tests.upgrading import filling, site
from tests.upgrading.upgrade import people

LINE = {"who": "lab", "what": "created", "account": "a@x.vn", "reference": "", "text": "", "time": "1"}


def test_the_site_is_a_repository_of_its_own_that_edits_go_into(tmp_path: Path) -> None:
    tree, copy = tmp_path / "tree", tmp_path / "site"
    (tree / "inventories/lab/roster/people").mkdir(parents=True)
    (tree / "inventories/lab/roster/people/a.csv").write_text("person_id,full_name\nP-1,Lê Ân\n")
    (tree / "inventories/lab/register.csv").write_text(
        "address,holder,kind\na@x.vn,P-1,primary\nb@x.vn,P-1,alias\n"
    )
    site.make(tree, copy)
    site.edit(copy, "a", lambda rows: rows.append({"person_id": "P-2", "full_name": "Đỗ Ý"}))
    site.commit(copy, "one more")
    log = subprocess.run(["git", "log", "--format=%s"], cwd=copy, check=True, capture_output=True, text=True)
    assert log.stdout.split("\n")[:2] == ["one more", "the site"]
    assert "P-2,Đỗ Ý" in (copy / "roster/people/a.csv").read_text()
    assert site.primaries(copy) == {"P-1": "a@x.vn"}


def test_whoever_got_another_address_keeps_the_password_and_who_left_is_nobody() -> None:
    accounts = [
        Account("a@x.vn", "uid=1,ou=people,dc=vn", "one"),
        Account("b@x.vn", "uid=2,ou=people,dc=vn", "two"),
        Account("c@x.vn", "uid=3,ou=people,dc=vn", "three"),
        Account("unit@x.vn", "uid=u,ou=units,dc=vn", "four"),
    ]
    was = {"1": "a@x.vn", "2": "b@x.vn", "3": "c@x.vn", "u": "unit@x.vn"}
    now = {"1": "a@x.vn", "2": "new@x.vn", "u": "unit@x.vn"}
    found = people(SimpleNamespace(accounts=accounts), was, now)  # type: ignore[arg-type]
    assert [(one.address, one.password) for one in found] == [("a@x.vn", "one"), ("new@x.vn", "two")]


def test_a_line_is_the_one_that_was_to_be_told_also_with_a_new_field() -> None:
    assert filling.same({**LINE, "new": ""}, json.dumps(LINE))
    assert not filling.same({**LINE, "time": "2"}, json.dumps(LINE))


def test_a_killed_playbook_takes_its_workers_along(tmp_path: Path) -> None:
    """Ansible's workers are process groups of their own."""
    pid = tmp_path / "pid"
    worker = f"import os, time; os.setsid(); open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    main = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {worker!r}])"
    process = subprocess.Popen(
        [sys.executable, "-c", main], start_new_session=True, text=True, stdout=subprocess.PIPE
    )
    wait_for("the worker", lambda: pid.exists() and pid.read_text())
    site.kill(process)
    assert process.wait(60) == -signal.SIGKILL
    status = Path(f"/proc/{pid.read_text()}/status")
    wait_for("its end", lambda: not status.exists() or "\nState:\tZ" in status.read_text())
