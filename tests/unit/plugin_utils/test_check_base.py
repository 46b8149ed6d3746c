"""What a change may do to the commit that it began from, as Git has it."""

from __future__ import annotations

from datetime import date

import pytest
from ansible_collections.congvu.mail.plugins.plugin_utils.inventory import check_base, former_register

from tests.support.repository import CENTRE, Repository
from tests.support.samples import places

OFFICER = "thuynt1991.syt@gialai.gov.vn"
LEFT = {"status": "left", "decision_no": "9/QĐ-SYT", "decision_date": "2026-02-01"}
JOINER = {"person_id": "GL-0031", "full_name": "Nguyễn Thị Hồng Gấm"}


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path)


def refused(repository, author, base="main"):
    return places(check_base(repository.load(), base, author))


def test_an_officer_cancels_and_brings_the_register_along(repository):
    repository.edit("syt", GL_0026=LEFT)
    repository.register()
    assert refused(repository, OFFICER) == set()


def test_the_day_of_writing_makes_no_difference(repository):
    repository.edit("dakpo", JOINER)
    repository.register(date(2025, 1, 2))
    assert refused(repository, "nguyentd.dakpo@gialai.gov.vn") == {
        ("owner_may_not", "roster/people/dakpo.csv", 3, "person_id")
    }


def test_an_officer_writes_no_row_of_the_register_by_hand(repository):
    repository.edit("syt", GL_0026=LEFT)
    repository.register()
    with (repository.site / "register.csv").open("a") as register:
        register.write("giamdoc.syt@gialai.gov.vn,GL-0025,alias,syt,2026-01-02,,\n")
    (problem,) = check_base(repository.load(), "main", OFFICER)
    assert (problem.code, problem.value) == ("owner_register", "giamdoc.syt@gialai.gov.vn")
    assert refused(repository, CENTRE) == set()


def test_nobody_makes_themselves_the_centre(repository):
    mail = repository.site / "group_vars/all/mail.yml"
    mail.write_text(mail.read_text().replace("mail_postmaster: cntt.stttt", "mail_postmaster: syt"))
    assert refused(repository, OFFICER) == {("owner_outside", "group_vars/all/mail.yml", 0, "")}
    units = repository.site / "roster/units.yml"
    units.write_text(units.read_text().replace("it_officer: GL-0003", "it_officer: GL-0025"))
    assert len(refused(repository, OFFICER)) == 2


def test_nor_may_a_mover_out_go_without_the_centre(repository):
    (mover,) = repository.edit("syt", removed=("GL-0029",))
    repository.edit("dakpo", mover)
    assert refused(repository, OFFICER) == {
        ("owner_moves", "roster/people/syt.csv", 0, "person_id"),
        ("owner_outside", "roster/people/dakpo.csv", 0, ""),
    }


def test_not_even_the_centre_forgets_an_address(repository):
    register = repository.site / "register.csv"
    kept = [
        line for line in register.read_text().splitlines(keepends=True) if not line.startswith("moptu.syt@")
    ]
    register.write_text("".join(kept))
    assert refused(repository, CENTRE) == {("register_forgotten", "register.csv", 0, "address")}
    assert refused(repository, None) == {("register_forgotten", "register.csv", 0, "address")}


def test_a_base_without_the_site_has_an_empty_register(repository):
    site = repository.load()
    rows, problems = former_register(site, "main")
    assert (rows, problems) == (list(site.register), [])
    (repository.site / "register.csv").unlink()
    repository.commit()
    assert former_register(site, "work") == ([], [])


def test_an_unknown_base_is_one_problem(repository):
    assert refused(repository, OFFICER, "nowhere") == {("base_unknown", "-e base", 0, "")}
    assert places(former_register(repository.load(), "nowhere")[1]) == {("base_unknown", "-e base", 0, "")}
