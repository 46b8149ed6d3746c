"""Who the new head is, the committed roster says; the rest is the host's."""

from __future__ import annotations

import pytest
from ansible_collections.congvu.mail.plugins.action.handover import ActionModule

from tests.support import acting

GIVEN = {
    "unit": "stttt",
    "reference": "123/QĐ-STTTT",
    "suffix": "dc=gialai,dc=gov,dc=vn",
    "operators": ["age1x"],
    "by": "lan",
}


def run(repository, host, **options):
    return acting.run(ActionModule, acting.variables(repository.site), host=host, **GIVEN | options)


@pytest.fixture
def host():
    return acting.Host({"changed": True, "address": "stttt@gialai.gov.vn"})


def test_the_host_is_told_who_the_new_head_is(repository, host):
    result = run(repository, host)
    assert host.modules == ["congvu.mail.handover_apply"]
    assert host.sent == [GIVEN | {"owner": "GL-0001"}]
    assert result["new"] == {"id": "GL-0001", "name": "Cao Thị Phương Thuý", "title": "Giám đốc"}
    assert result["changed"] and result["address"] == "stttt@gialai.gov.vn"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"reference": " "}, "a reference is needed"),
        ({"unit": "none"}, "none is no active unit"),
        ({"unit": "bcvt.stttt"}, "bcvt.stttt is no active unit"),  # dissolved
        ({"unit": "vhtt.dakdoa"}, "vhtt.dakdoa has no head"),
    ],
)
def test_what_cannot_be_handed_over_is_refused(repository, host, options, said):
    result = run(repository, host, **options)
    assert result["failed"] and result["msg"].startswith(f"Nothing was changed: {said}")
    assert not host.modules


def test_what_was_not_reviewed_counts_for_nothing(repository, host):
    units = repository.site / "roster/units.yml"
    units.write_text(units.read_text().replace("head: GL-0001", "head: GL-0003"))
    assert "is not committed" in run(repository, host)["msg"]
    repository.commit()
    assert run(repository, host)["new"]["id"] == "GL-0003"


def test_a_site_with_an_error_is_refused(repository, host):
    units = repository.site / "roster/units.yml"
    units.write_text(units.read_text() + "  - code: x\n")
    repository.commit()
    assert run(repository, host)["failed"]
    assert not host.modules
