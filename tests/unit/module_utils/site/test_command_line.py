"""What is said of a command that could not do what it was typed for."""

from __future__ import annotations

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.parsing.problems import as_line
from ansible_collections.congvu.mail.plugins.module_utils.site.command_line import (
    check_hosts,
    check_inventories,
    check_options,
    check_rest,
    inventories,
)

HOSTS = "all: {children: {mx: {hosts: {mx1: }}}}\n"
GROUPS = {"directory": ["d1"], "store": ["s1", "s2"], "all": ["d1", "s1", "s2"]}


@pytest.fixture
def here(tmp_path):
    for name in ("inventories/gialai", "inventories/cema", "site"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "hosts.yml").write_text(HOSTS)
    return tmp_path


def lines(problems):
    return [as_line(problem, "en") for problem in problems]


def test_inventories_are_named_from_where_the_command_is_run(here, tmp_path_factory):
    assert inventories(here / "nowhere", here) == ["inventories/cema", "inventories/gialai", "site"]
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert inventories(here / "inventories/x", elsewhere) == [
        str(here / "inventories/cema"),
        str(here / "inventories/gialai"),
    ]


@pytest.mark.parametrize("source", ["inventories/gialay", "inventories/gialai/host.yml"])
def test_a_wrong_path_is_answered_with_the_nearest_and_with_all(here, source):
    (line,) = lines(check_inventories([source], [], here))
    assert line.startswith(
        f'-i: error: there is no inventory "{source}". Fix: did you mean inventories/gialai?'
    )
    assert "inventories/cema" in line


def test_a_path_like_none_is_answered_with_all(here):
    (line,) = lines(check_inventories(["/etc/ansible/hosts"], [], here))
    assert line.endswith("Fix: write -i <folder>, one of: inventories/cema, inventories/gialai, site.")


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("hosts.yml", b"all:\n  x: [\n", "site/hosts.yml:2"),
        ("hosts.yaml", b"- a\n", "site/hosts.yaml:1"),
        ("hosts.yml", b"all: \xff\n", "site/hosts.yml:1"),
        ("group_vars/all/mail.yml", b"a:\n\tb: 1\n", "group_vars/all/mail.yml:2"),
    ],
)
@pytest.mark.parametrize("hosts", [[], ["mx1"]])
@pytest.mark.parametrize("source", ["site", "site/hosts.yml"])
def test_a_file_that_cannot_be_read_is_named_with_the_line(here, name, text, place, hosts, source):
    if source != "site" and name == "hosts.yaml":
        return
    (here / "site" / name).parent.mkdir(parents=True, exist_ok=True)
    (here / "site" / name).write_bytes(text)
    problems = check_inventories([source], hosts, here)
    assert [line.partition(": ")[0] for line in lines(problems)] == [place]


def test_an_inventory_without_a_host(here):
    (here / "site/hosts.yml").write_text("")
    (line,) = lines(check_inventories(["site"], [], here))
    assert line.startswith('-i: error: the inventory "site" has no host. ')
    assert line.endswith("one of: inventories/cema, inventories/gialai.")


def test_one_wrong_path_of_two_is_wrong(here):
    assert len(check_inventories(["site", "sit"], ["mx1"], here)) == 1
    assert check_inventories(["site", "a,b"], ["mx1", "a", "b"], here) == []
    assert [problem.parts for problem in check_inventories(["a,site"], ["a", "site"], here)] == [("site",)]


def test_a_folder_called_as_a_host_is_no_path(here):
    (here / "mx1").mkdir()
    assert check_inventories(["mx1,"], ["mx1"], here) == []


def test_a_file_that_hosts_came_from_is_not_read_again(here):
    file = here / "site/hosts.json"
    file.write_text('{\n\t"all": {"hosts": {"mx1": {}}}\n}\n')
    for source in ("site", "site/hosts.json"):
        assert len(check_inventories([source], ["mx1"], here)) == 1
        assert check_inventories([source], ["mx1"], here, {str(file)}) == []


def test_rows_of_data_are_no_hosts(here):
    (problem,) = check_inventories(["site"], ["mx1", "a@b.vn,GL-1,primary"], here)
    assert problem.code == "inventory_rows"


def test_what_a_limit_leaves_out_and_what_there_is():
    needed = {"directory[0]": ["d1"], "store": ["s1", "s2"]}
    assert check_hosts("lifecycle", needed, needed | {"store": ["s2"]}, "d1,s2", GROUPS) == []
    (line,) = lines(check_hosts("lifecycle", needed, needed | {"store": []}, "d1", GROUPS))
    assert '"d1" excludes what the playbook lifecycle works on: s1, s2' in line
    assert line.endswith("there are: directory: d1; store: s1, s2.")


def test_a_group_without_a_host_is_named_before_any_limit():
    needed = {"directory[0]": [], "store": ["s1"]}
    left = {"directory[0]": [], "store": []}
    (line,) = lines(check_hosts("mailboxes", needed, left, "x", {"store": ["s1"]}))
    assert line.startswith('hosts.yml:directory: error: the inventory has no host in the group "directory"')
    assert line.endswith("there are: store: s1.")


def test_options():
    known, roles = {"person", "reference", "until"}, {"rspamd_workers"}
    given = ["semaphore_vars", "awx_job_id", "tower_job_id"]
    assert check_options("lifecycle", given, known, roles) == []
    given = ["person", "ansible_connection", "mail_quota_mib", "regulation", "rspamd_workers"]
    assert check_options("lifecycle", given, known, roles) == []
    found = lines(check_options("lifecycle", ["persn", "rspamd_worker", "x"], known, roles))
    assert "did you mean person? Its options: person, reference, until" in found[0]
    assert "did you mean rspamd_workers?" in found[1]
    assert 'has no option "x". Fix: leave it out; its options: person,' in found[2]


def test_a_value_that_is_cut_is_shown_whole_in_quotes():
    (line,) = lines(check_rest("reason=đi học", "học", {"reason": "đi"}))
    assert line.startswith(
        '-e: error: the value ends at a blank, and what follows belongs to no option: "học"'
    )
    assert "-e \"reason='đi học'\"" in line
    assert "-e \"name='...'\"" in lines(check_rest("a=1 b=2 c", "c", {"a": 1, "b": 2}))[0]
    assert check_rest("reason=x", "", {"reason": "x"}) == []
