"""The plan: what it changes, in which order, what it refuses, and what it shows."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from ansible_collections.congvu.mail.plugins.module_utils.accounts import entries
from ansible_collections.congvu.mail.plugins.module_utils.accounts.plan import (
    ExistingAccount,
    PlanError,
    change_limit,
    plan,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.support.desired import SUFFIX, account, directory


def test_an_empty_directory_gets_every_account_complete():
    planned = plan({}, [account("GL1", "nguyentd"), account("stttt", kind="unit", unit="stttt")], SUFFIX)
    person, unit = planned.changes
    assert person.dn == f"uid=GL1,ou=people,{SUFFIX}"
    assert person.before is None
    assert person.after["sn"] == ["Trần"]
    assert "title" not in person.after  # LDAP knows no empty value
    assert unit.dn == f"uid=stttt,ou=units,{SUFFIX}"
    assert planned.counts()["created"] == 2


def test_a_renamed_unit_keeps_its_entry():
    old = account("cntt.stttt", kind="unit", unit="cntt.stttt")
    new = account("cds.skhcn", "cds.skhcn", "cntt.stttt", kind="unit", unit="cds.skhcn")
    planned = plan(directory(old), [new], SUFFIX)
    (change,) = planned.changes
    assert (change.old_dn, change.dn) == (
        f"uid=cntt.stttt,ou=units,{SUFFIX}",
        f"uid=cds.skhcn,ou=units,{SUFFIX}",
    )
    assert change.after["mailLocalAddress"] == ["cds.skhcn@gialai.gov.vn", "cntt.stttt@gialai.gov.vn"]
    assert (planned.gone, planned.counts()["changed"], planned.counts()["created"]) == ([], 1, 0)
    assert f"{change.old_dn} -> {change.dn}" in planned.diff()
    assert plan(directory(new), [new], SUFFIX).changes == []


def test_a_path_that_passes_from_one_unit_to_another_takes_no_mail_along():
    district = account("dakdoa", "ubnddakdoa", kind="unit", unit="dakdoa")
    ended = district | {"id": "ubnddakdoa@gialai.gov.vn", "status": "left"}
    commune = account("dakdoa", "ubndxadakdoa", kind="unit", unit="dakdoa")
    planned = plan(directory(district), [commune, ended], SUFFIX)
    first, second = planned.changes
    assert (first.old_dn, first.dn) == (
        f"uid=dakdoa,ou=units,{SUFFIX}",
        f"uid=ubnddakdoa@gialai.gov.vn,ou=units,{SUFFIX}",
    )
    assert (second.dn, second.before) == (first.old_dn, None)
    assert planned.counts() | {"unchanged": 0} == planned.counts()
    assert (planned.counts()["left"], planned.counts()["created"]) == (1, 1)
    assert plan(directory(commune, ended), [commune, ended], SUFFIX).changes == []


def test_a_unit_with_a_new_address_alone_is_changed_where_it_is():
    old, new = (account("snv", address, kind="unit", unit="snv") for address in ("snv", "sonoivu"))
    (change,) = plan(directory(old), [new], SUFFIX).changes
    assert (change.old_dn, change.dn) == ("", f"uid=snv,ou=units,{SUFFIX}")


def test_what_is_so_already_is_left_alone():
    accounts = [account("GL1"), account("GL2", "b", "b2"), account("stttt", kind="unit")]
    planned = plan(directory(*accounts), accounts, SUFFIX)
    assert planned.changes == []
    assert planned.counts()["unchanged"] == 3
    assert planned.diff() == ""


def test_a_change_names_only_what_differs():
    [change] = plan(
        directory(account("GL1")), [account("GL1", quota_mib=4096, title="Trưởng phòng")], SUFFIX
    ).changes
    assert change.before == {"cvQuota": ["2048"], "title": []}
    assert change.after == {"cvQuota": ["4096"], "title": ["Trưởng phòng"]}


def test_a_value_that_is_no_longer_wanted_is_emptied():
    [change] = plan(directory(account("GL1", title="Trưởng phòng")), [account("GL1")], SUFFIX).changes
    assert change.after == {"title": []}


def test_who_is_in_no_roster_is_reported_and_never_touched():
    planned = plan(directory(account("GL1"), account("GL2")), [account("GL1")], SUFFIX)
    assert planned.changes == []
    assert [held.dn for held in planned.gone] == [f"uid=GL2,ou=people,{SUFFIX}"]
    assert planned.units == {"cntt.stttt": {"gone": 1, "unchanged": 1}}
    assert "gl2@gialai.gov.vn" in planned.diff()


def test_an_emptied_roster_removes_nobody():
    planned = plan(directory(*(account(f"GL{number}") for number in range(50))), [], SUFFIX)
    assert planned.changes == []
    assert planned.counts()["gone"] == 50


@pytest.mark.parametrize(
    ("before", "after", "verb"),
    [
        ("active", "locked", "locked"),
        ("active", "closing", "closing"),
        ("active", "left", "left"),
        ("locked", "left", "left"),
        ("locked", "active", "changed"),
        ("left", "active", "changed"),
    ],
)
def test_a_change_of_status_is_counted_by_what_it_takes_away(before, after, verb):
    planned = plan(directory(account("GL1", status=before)), [account("GL1", status=after)], SUFFIX)
    assert planned.counts()[verb] == 1
    assert planned.disabled_count() == (verb in ("locked", "closing", "left"))
    assert planned.sessions_to_end() == (["gl1@gialai.gov.vn"] if planned.disabled_count() else [])


def test_that_a_closing_unit_leaves_on_its_day_takes_nothing_away():
    """Its day was set, and let through by the limit, when it began to close."""
    planned = plan(directory(account("GL1", status="closing")), [account("GL1", status="left")], SUFFIX)
    assert (planned.counts()["left"], planned.disabled_count()) == (1, 0)


def test_sessions_under_the_former_address_end_as_well():
    planned = plan(directory(account("GL1", "cu")), [account("GL1", "moi", "cu", status="locked")], SUFFIX)
    assert planned.sessions_to_end() == ["cu@gialai.gov.vn", "moi@gialai.gov.vn"]


@pytest.mark.parametrize(
    ("owner", "head", "told"),
    [(["GL1"], "GL1", False), (["GL1"], "GL2", True), (["GL1"], None, False), ([], "GL1", True)],
)
def test_a_unit_with_another_head_than_took_it_over_is_named(owner, head, told):
    unit = account("snv", kind="unit", **({"owner": head} if head else {}))
    current = with_seen(directory(unit), "snv", {"cvOwner": owner} if owner else {})
    planned = plan(current, [unit], SUFFIX)
    assert planned.changes == []
    assert planned.handovers == (["snv@gialai.gov.vn"] if told else [])
    ended = unit | {"status": "closing"}
    assert plan(current, [ended], SUFFIX).handovers == []


@pytest.mark.parametrize(
    ("lock", "status", "told"),
    [
        ("reclaimed", "active", True),
        ("purge", "active", True),
        ("idle", "active", False),
        ("reclaimed", "left", False),
    ],
)
def test_an_account_that_was_reclaimed_is_named_and_not_made_again(lock, status, told):
    one = account("GL1", status=status)
    planned = plan(with_seen(directory(one), "GL1", {"cvLock": [lock]}), [one], SUFFIX)
    assert planned.changes == []
    assert planned.reclaimed == (["gl1@gialai.gov.vn"] if told else [])


def test_new_accounts_that_bring_a_password_and_those_that_cannot():
    brings = {"hash": "{SSHA}geheim", "change_by": "2026-12-31"}
    wanted = [
        account("GL1", **brings),
        account("GL2", hash_kind="MD5"),
        account("GL3", **brings, status="left"),
        account("GL4", **brings),
        account("GL5", hash_kind="MD5"),
        account("GL6"),
    ]
    planned = plan(directory(account("GL4"), account("GL5")), wanted, SUFFIX)
    assert planned.imported() == 1
    assert planned.rejected_hashes() == {"MD5": ["gl2@gialai.gov.vn"]}
    assert "geheim" not in repr(planned) + planned.diff() + planned.table()


def test_only_new_accounts_are_late():
    wanted = [account("GL1", late=True), account("GL2", late=True), account("GL3")]
    assert plan(directory(account("GL2")), wanted, SUFFIX).overdue() == ["GL1"]


def with_seen(current, identity, seen):
    return {
        key: replace(held, observed=seen) if key[1] == identity else held for key, held in current.items()
    }


def test_one_identity_twice_is_refused():
    with pytest.raises(PlanError) as refused:
        plan({}, [account("GL1", "a"), account("GL1", "b")], SUFFIX)
    assert refused.value.problems == ["person GL1 is wanted twice"]


def test_one_address_for_two_is_refused_also_across_kinds_and_primaries():
    with pytest.raises(PlanError) as refused:
        plan({}, [account("GL1", "a", "b"), account("b", kind="unit"), account("GL2", "c", "a")], SUFFIX)
    assert refused.value.problems == [
        "a@gialai.gov.vn is wanted for person GL1 and for person GL2",
        "b@gialai.gov.vn is wanted for person GL1 and for unit b",
    ]


def test_an_address_of_somebody_who_is_gone_is_not_taken():
    with pytest.raises(PlanError, match=r"old@gialai.gov.vn is wanted for .*GL1.* and held by .*GL9"):
        plan(directory(account("GL9", "old")), [account("GL1", "old")], SUFFIX)


def test_an_address_that_moves_is_given_up_before_it_is_taken():
    # By DN the taker would come first.
    current = directory(account("GL1", "a"), account("GL2", "b", "chung"))
    planned = plan(current, [account("GL1", "a", "chung"), account("GL2", "b")], SUFFIX)
    assert [change.address for change in planned.changes] == ["b@gialai.gov.vn", "a@gialai.gov.vn"]


def test_addresses_that_go_round_are_refused_with_all_who_take_part():
    current = directory(account("GL1", "a"), account("GL2", "b"))
    with pytest.raises(PlanError, match=r"GL1.*GL2"):
        plan(current, [account("GL1", "b"), account("GL2", "a")], SUFFIX)


@pytest.mark.parametrize(("total", "limit"), [(0, 5), (12, 5), (250, 5), (300, 6), (50_000, 1000)])
def test_the_limit_is_two_in_a_hundred_and_at_least_five(total, limit):
    assert change_limit(total) == limit


def test_the_table_shows_units_with_something_to_do_and_the_sum():
    current = directory(account("GL1"), account("GL2", unit="dakpo"))
    planned = plan(current, [account("GL1", status="locked"), account("GL2", unit="dakpo")], SUFFIX)
    lines = [line.split() for line in planned.table().splitlines()]
    assert lines[0] == ["unit", "created", "changed", "locked", "closing", "left", "unchanged", "gone"]
    assert lines[1] == ["cntt.stttt", "1"]
    assert lines[2] == ["1", "units", "as", "they", "were", "1"]
    assert lines[3] == ["all", "0", "0", "1", "0", "0", "1", "0"]


def test_the_diff_shows_values_and_no_more():
    current = directory(account("GL1", "a", "b"))
    diff = plan(current, [account("GL1", "a", "c")], SUFFIX).diff()
    assert diff.splitlines() == [
        f"~ a@gialai.gov.vn  (uid=GL1,ou=people,{SUFFIX})",
        "    - mailLocalAddress: b@gialai.gov.vn",
        "    + mailLocalAddress: c@gialai.gov.vn",
    ]


def sites():
    """Sets of accounts with identities and addresses of their own."""
    one = st.builds(
        lambda number, status, title, alias: account(
            f"GL{number}", f"a{number}", *([f"b{number}"] if alias else []), status=status, title=title
        ),
        st.integers(0, 30),
        st.sampled_from(["active", "locked", "closing", "left"]),
        st.sampled_from(["", "Chuyên viên"]),
        st.booleans(),
    )
    return st.lists(one, unique_by=lambda found: found["id"])


def carried_out(current, planned):
    after = dict(current)
    by_dn = {held.dn: key for key, held in current.items()}
    for change in planned.changes:
        if change.before is None:
            key = (change.account["kind"], change.account["id"])
            after[key] = ExistingAccount(
                change.dn, {name: [] for name in entries.MANAGED_ATTRIBUTES} | change.after
            )
        else:
            after[by_dn[change.dn]] = ExistingAccount(
                change.dn, current[by_dn[change.dn]].attributes | change.after
            )
    return after


@given(sites(), sites(), st.randoms(use_true_random=False))
def test_a_plan_that_is_carried_out_leaves_nothing_to_do(before, wanted, chance: random.Random):
    current = directory(*before)
    planned = plan(current, wanted, SUFFIX)
    assert plan(carried_out(current, planned), wanted, SUFFIX).changes == []
    assert sum(planned.counts().values()) == len({*current, *((one["kind"], one["id"]) for one in wanted)})
    # Neither side's order plays a part.
    pairs, shuffled = list(current.items()), list(wanted)
    chance.shuffle(pairs)
    chance.shuffle(shuffled)
    assert plan(dict(pairs), shuffled, SUFFIX) == planned
