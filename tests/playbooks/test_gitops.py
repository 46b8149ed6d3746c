"""The pipelines of docs/gitops: their scripts are run as a forge would, on merge requests in a repository."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.repository import CENTRE, Repository, git
from tests.support.samples import ROOT

FOLDER = ROOT / "docs/gitops"
FORGES = {
    "gitlab": yaml.safe_load((FOLDER / ".gitlab-ci.yml").read_text()),
    "github": yaml.safe_load((FOLDER / "github-workflow.yml").read_text()),
}
SCRIPTS = "\n".join((FOLDER / name).read_text() for name in (".gitlab-ci.yml", "github-workflow.yml"))
EXAMPLE = re.compile(r"<!-- example -->\n\n(.*?)\n<!-- end of the example -->", re.DOTALL)
OFFICER = "thuynt1991.syt@gialai.gov.vn"
# What a pipeline calls besides this project: it writes down how, and answers from a file of its name.
PROGRAM = """#!/bin/sh
{ printf '%s' "${0##*/}"; printf ' [%s]' "$@"; echo; } >> "$HOME/calls"
case "$*" in *--config*) cat > "$HOME/config" ;; esac
cat "$HOME/answer" 2>/dev/null || :
"""
SHOW_KEY = """
test "$1" != apply || { ls -l "$ANSIBLE_PRIVATE_KEY_FILE"; cat "$ANSIBLE_PRIVATE_KEY_FILE"; } > "$HOME/keys"
"""


class Runner(Repository):
    """A clone with the project in it, and what a forge's runner has."""

    def __init__(self, folder):
        super().__init__(folder / "clone")
        self.home = folder / "home"
        (self.home / "bin").mkdir(parents=True)
        for name in ("curl", "gh", "make", "apt-get"):
            (self.home / f"bin/{name}").write_text(PROGRAM)
            (self.home / f"bin/{name}").chmod(0o755)
        (self.top / ".venv").mkdir()
        (self.top / ".venv/bin").symlink_to(Path(sys.executable).parent)
        for name in (".ansible", "ansible.cfg", "playbooks", "plugins"):
            (self.top / name).symlink_to(ROOT / name)
        (self.top / ".git/info/exclude").write_text("/.venv\n/.ansible\n/ansible.cfg\n/playbooks\n/plugins\n")
        git(self.top, "clone", "-q", "--bare", "-b", "main", ".", folder / "origin")
        git(self.top, "remote", "add", "origin", folder / "origin")

    def start(self, script, **variables):
        environment = {
            "HOME": str(self.home),
            "PATH": f"{self.home}/bin:{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
        }
        return subprocess.Popen(
            ["bash", "-eo", "pipefail", "-c", script], cwd=self.top, env=environment | variables, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    @property
    def calls(self):
        file = self.home / "calls"
        return file.read_text().splitlines() if file.exists() else []


def gitlab(job, **given):
    """Return script and variables of a job, as GitLab puts them together."""
    pipeline = FORGES["gitlab"]
    script = "\n".join(pipeline["default"]["before_script"] + pipeline[job]["script"])
    variables = dict(given)
    for name, value in (pipeline["variables"] | pipeline[job].get("variables", {})).items():
        variables[name] = re.sub(r"\$(\w+)", lambda found: given[found[1]], value)
    return {"script": script, **variables}


def github(job, name, contexts, **given):
    """Return script and variables of one step of a job, as GitHub puts them together."""
    workflow = FORGES["github"]
    (step,) = [step for step in workflow["jobs"][job]["steps"] if step.get("name") == name]
    listed = workflow["env"] | workflow["jobs"][job].get("env", {}) | step.get("env", {})
    filled = {
        key: re.sub(r"\$\{\{ (.*?) \}\}", lambda found: contexts[found[1]], value)
        for key, value in listed.items()
    }
    return {"script": step["run"], **filled, **given}


def contexts(repository, login):
    return {
        "github.event.pull_request.head.sha": git(repository.top, "rev-parse", "HEAD"),
        "github.event.pull_request.head.repo.full_name == github.repository": "true",
        "github.event.pull_request.html_url": "https://github.example/mail/pull/7",
        "github.actor": login,
        "github.server_url": "https://github.example",
        "github.repository": "mail",
        "github.run_id": "99",
        "github.token": "secret",
        "vars.MAIL_AUTHORS": f'{{"thuynt": "{OFFICER}"}}',
    }


def merge_request(repository, author):
    return gitlab(
        "review",
        CI_PROJECT_DIR=str(repository.top),
        CI_MERGE_REQUEST_DIFF_BASE_SHA=git(repository.top, "rev-parse", "main"),
        CI_COMMIT_SHORT_SHA="5f2a90c1",
        CI_JOB_URL="https://gitlab.gialai.gov.vn/stttt/mail/-/jobs/815",
        CI_API_V4_URL="https://gitlab.gialai.gov.vn/api/v4",
        CI_PROJECT_ID="4",
        CI_MERGE_REQUEST_IID="12",
        GITLAB_USER_EMAIL=author,
        MAIL_BOT_TOKEN="glpat-secret",
    )


NOTES = "https://gitlab.gialai.gov.vn/api/v4/projects/4/merge_requests/12/notes"
LEFT = {"status": "left", "decision_no": "45/QĐ-STTTT", "decision_date": "2026-03-31"}


@pytest.fixture(scope="module")
def reviews(tmp_path_factory):
    """Merge requests, reviewed side by side; exit code, output and the comment of each."""
    example, stale, own, faulty, broken = (Runner(tmp_path_factory.mktemp(name)) for name in "abcde")
    # The README's example: the centre's, with a joiner, a mover and a leaver, and the register committed.
    (mover,) = example.edit("stttt", removed=("GL-0005",), GL_0004=LEFT)
    joiner = {
        "person_id": "GL-0031", "full_name": "Nguyễn Thị Hồng Gấm", "birth_date": "1996-08-14",
        "title": "Chuyên viên", "decision_no": "118/QĐ-UBND", "decision_date": "2026-03-16",
    }  # fmt: skip
    moved = mover | {"department": "", "decision_no": "12/QĐ-SNV", "decision_date": "2026-03-02"}
    example.edit("dakpo", joiner, moved)
    example.register()
    # A stranger's, without the register, and not the first run: there is a comment of an earlier one.
    stale.edit("syt", GL_0026=LEFT)
    (stale.top / "CODEOWNERS").unlink()
    (stale.home / "answer").write_text(
        '[{"id": 1, "body": "tốt"}, {"id": 22, "body": "<!-- congvu.mail -->\\nx"}]'
    )
    (example.home / "answer").write_text("[]")
    # An officer's, in their own unit's file.
    own.edit("syt", GL_0026=LEFT)
    own.register()
    # With an error, one on each forge: nothing can be said of the register and of CODEOWNERS.
    for repository in (faulty, broken):
        repository.edit("syt", GL_0026={"birth_date": "31/02/1985"})
        (repository.home / "answer").write_text("[]")
        (repository.home / "summary").touch()
    for repository in (example, stale, own, faulty, broken):
        repository.commit()
    # GitHub checks out the merge, here with something that main got meanwhile.
    git(own.top, "checkout", "-q", "main")
    own.edit("dakpo", GL_0007={"note": "khác"})
    own.commit()
    git(own.top, "merge", "-q", "--no-ff", "-m", "merge", "work")
    (own.home / "summary").touch()
    started = {
        "example": (example, example.start(**merge_request(example, CENTRE))),
        "stale": (stale, stale.start(**merge_request(stale, "la.nguoi@gmail.com"))),
        "own": (
            own,
            own.start(
                **github(
                    "review", "Check", contexts(own, "thuynt"), GITHUB_STEP_SUMMARY=f"{own.home}/summary"
                )
            ),
        ),
        "faulty": (faulty, faulty.start(**merge_request(faulty, CENTRE))),
        "broken": (
            broken,
            broken.start(
                **github(
                    "review", "Check", contexts(broken, "x"), GITHUB_STEP_SUMMARY=f"{broken.home}/summary"
                )
            ),
        ),
    }
    done = {}
    for name, (repository, process) in started.items():
        said, _ = process.communicate(timeout=300)
        done[name] = process.returncode, said, repository
    return done


def test_what_the_centre_sends_passes_and_gets_a_first_comment(reviews):
    code, said, repository = reviews["example"]
    assert code == 0, said
    find, post = [call for call in repository.calls if call.startswith("curl")]
    assert find.endswith(f"[{NOTES}?sort=asc&per_page=100]")
    assert post.endswith(f"[--data-urlencode] [body@comment.md] [{NOTES}]")
    assert "PUT" not in post


def test_the_example_of_the_readme_is_what_a_run_gives(reviews):
    _, _, repository = reviews["example"]
    comment = (repository.top / "comment.md").read_text()
    (shown,) = EXAMPLE.findall((FOLDER / "README.md").read_text())
    assert shown == comment


def test_no_secret_on_a_command_line_or_in_the_log(reviews):
    _, said, repository = reviews["example"]
    assert "secret" not in said
    assert not any("secret" in call for call in repository.calls)
    assert (repository.home / "config").read_text() == 'header = "PRIVATE-TOKEN: glpat-secret"\n'


def test_a_stranger_with_a_stale_register_is_refused_in_the_comment_that_is_there(reviews):
    code, said, repository = reviews["stale"]
    assert code == 1
    comment = (repository.top / "comment.md").read_text()
    assert "la.nguoi&#64;gmail.com" in comment
    assert "register.csv chưa theo kịp" in comment
    assert "CODEOWNERS chưa theo kịp" in comment
    assert "chưa kiểm tra được" not in comment
    assert "#### thu hồi (1)" in comment
    assert "\n- minhnv03021985.syt@gialai.gov.vn,GL-0026,primary," in said
    put = repository.calls[-1]
    assert put.startswith("curl ") and put.endswith(
        f"[--request] [PUT] [--data-urlencode] [body@comment.md] [{NOTES}/22]"
    )


@pytest.mark.parametrize("name", ["faulty", "broken"])
def test_an_error_of_the_site_is_not_told_as_what_is_stale(name, reviews):
    code, said, repository = reviews[name]
    assert code == 1, said
    comment = (repository.top / "comment.md").read_text()
    assert "31/02/1985" in comment
    assert "**Chưa tính được địa chỉ sẽ thay đổi**" in comment
    assert "**CODEOWNERS chưa kiểm tra được**" in comment
    assert "chưa theo kịp" not in comment


def test_an_officers_change_of_their_own_file_passes(reviews):
    code, said, repository = reviews["own"]
    assert code == 0, said
    comment = (repository.top / "comment.md").read_text()
    assert "**0 lỗi, 1 cảnh báo**" in comment
    assert "minhnv03021985.syt&#64;gialai.gov.vn" in comment
    assert (repository.home / "summary").read_text() == comment
    step = github("review", "Comment", contexts(repository, "thuynt"))
    assert step["GH_TOKEN"] == "secret"
    process = repository.start(**step)
    process.communicate(timeout=300)
    assert process.returncode == 0
    pull = "https://github.example/mail/pull/7"
    assert repository.calls[-1] == (
        f"gh [pr] [comment] [{pull}] [--edit-last] [--create-if-none] [--body-file] [comment.md]"
    )


def deploy(forge, repository, sha):
    files = {name: str(repository.home / name) for name in ("SSH_PRIVATE_KEY", "SSH_KNOWN_HOSTS")}
    if forge == "gitlab":
        for file in files.values():
            Path(file).write_text("private key\n")
        return gitlab(
            "apply", CI_PROJECT_DIR=str(repository.top), CI_DEFAULT_BRANCH="main", CI_COMMIT_SHA=sha, **files
        )
    secrets = {
        "secrets.SSH_PRIVATE_KEY": "private key",
        "secrets.SSH_KNOWN_HOSTS": "h",
        "secrets.VAULT_PASSWORD": "v",
    }
    return github(
        "apply",
        "Plan and apply",
        {"github.ref_name": "main", **secrets},
        GITHUB_SHA=sha,
        RUNNER_TEMP=str(repository.home),
    )


@pytest.mark.parametrize("forge", FORGES)
def test_the_merged_commit_is_planned_and_applied_unless_main_went_on(forge, tmp_path):
    repository = Runner(tmp_path)
    (repository.home / "bin/make").write_text(PROGRAM + SHOW_KEY)
    merged = git(repository.top, "rev-parse", "main")
    process = repository.start(**deploy(forge, repository, merged))
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0, said
    applied = ["make [plan] [INVENTORY=inventories/gialai]", "make [apply] [INVENTORY=inventories/gialai]"]
    assert repository.calls[-2:] == applied
    assert (repository.top / "plan.txt").exists()
    kept = (repository.home / "keys").read_text()
    assert "-rw------- " in kept and "private key" in kept
    assert "private key" not in said
    if forge == "github":
        assert not list(repository.home.glob("tmp*"))
    (repository.home / "calls").unlink()
    git(repository.top, "commit", "-q", "--allow-empty", "-m", "newer")
    git(repository.top, "push", "-q", "origin", "HEAD:main")
    process = repository.start(**deploy(forge, repository, merged))
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0, said
    assert not [call for call in repository.calls if call in applied]
    assert f"main is further than {merged}" in said


def test_a_change_that_fails_to_plan_is_not_applied(tmp_path):
    repository = Runner(tmp_path)
    (repository.home / "bin/make").write_text(PROGRAM + 'test "$1" != plan || exit 3\n')
    process = repository.start(**deploy("gitlab", repository, git(repository.top, "rev-parse", "main")))
    process.communicate(timeout=300)
    assert process.returncode == 3
    assert not any("apply" in call for call in repository.calls)


def test_one_run_at_a_time():
    assert FORGES["gitlab"]["apply"]["resource_group"]
    assert FORGES["github"]["jobs"]["apply"]["concurrency"] == {
        "group": "production",
        "cancel-in-progress": False,
    }


def test_every_playbook_option_and_target_that_is_called_exists():
    commands = re.findall(r"playbooks/(\w+)\.yml((?:\\\n|[^\n])*)", SCRIPTS)
    assert {name for name, _ in commands} == {"validate", "register", "owners"}
    for name, options in commands:
        text = (ROOT / f"playbooks/{name}.yml").read_text()
        for option in re.findall(r"-e (\w+)=", options):
            assert f'"{{{{ {option} | default(' in text, (name, option)
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"(?m)^\s+(?:- |run: )?make (\w+)", SCRIPTS))
    assert targets == {"setup", "plan", "apply"}
    assert all(re.search(rf"(?m)^{target}:", makefile) for target in targets)


def test_every_variable_that_a_province_sets_is_in_the_readme():
    readme = (FOLDER / "README.md").read_text()
    for name in re.findall(r"(?:secrets|vars)\.(\w+)", SCRIPTS):
        assert f"`{name}`" in readme
    for name in (
        "MAIL_BOT_TOKEN",
        "SSH_PRIVATE_KEY",
        "SSH_KNOWN_HOSTS",
        "ANSIBLE_VAULT_PASSWORD_FILE",
        "SITE",
    ):
        assert f"`{name}`" in readme
