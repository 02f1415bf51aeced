"""Who belongs where, and who owns what."""

from collections import Counter

import pytest

from muster.simulator.directory.changes import KINDS


def group_named(tenant, name):
    return next(each["id"] for each in tenant.page("groups", 0, 200) if each["displayName"] == name)


def closure(tenant, group):
    """The plain definition of transitive membership, to compare with."""
    seen, waiting = set(), [group]
    while waiting:
        for kind, each in tenant.members(waiting.pop()):
            if (kind, each) not in seen and each != group:
                seen.add((kind, each))
                waiting += [each] if kind == "groups" else []
    return seen


def test_transitive_members_are_the_closure_of_direct_ones_each_once(tenant):
    for group in tenant.ids("groups"):
        members = list(tenant.transitive_members(group))

        assert len(set(members)) == len(members)
        assert set(members) == closure(tenant, group)


def test_two_groups_may_be_in_each_other_and_the_closure_ends(tenant):
    one, other = group_named(tenant, "Approvers Primary"), group_named(tenant, "Approvers Deputies")

    assert ("groups", other) in tenant.members(one)
    assert ("groups", one) in tenant.members(other)
    assert ("groups", one) not in tenant.transitive_members(one)


def test_some_groups_are_nested_three_deep(tenant):
    top = group_named(tenant, "Region EMEA")
    bottom = group_named(tenant, "Hafen Berlin")

    assert ("groups", bottom) not in tenant.members(top)
    assert ("groups", bottom) in tenant.transitive_members(top)
    assert set(tenant.members(bottom)) <= set(tenant.transitive_members(top))


def test_everybody_is_in_the_group_of_all_employees(tenant):
    everybody = tenant.members(group_named(tenant, "All Employees"))

    assert list(everybody) == [("users", each) for each in tenant.ids("users")]


def test_a_dynamic_department_group_holds_whom_its_rule_says(tenant):
    finance = tenant.members(group_named(tenant, "Dept Finance"))
    expected = {u["id"] for u in tenant.page("users", 0, 1500) if u["department"] == "Finance"}

    assert {each for _, each in finance} == expected


def test_a_dynamic_device_group_holds_whom_its_rule_says(tenant):
    pilot = tenant.members(group_named(tenant, "Update Ring Pilot"))
    expected = {
        each["id"]
        for each in tenant.page("devices", 0, 2000)
        if (each["extensionAttributes"] or {}).get("extensionAttribute1") == "ring-pilot"
    }

    assert {each for _, each in pilot} == expected


@pytest.mark.parametrize("kind", KINDS)
def test_member_of_is_the_inverse_of_members(tenant, kind):
    expected = {each: [] for each in tenant.ids(kind)}
    for group in tenant.ids("groups"):
        for member_kind, each in tenant.members(group):
            if member_kind == kind:
                expected[each].append(group)

    assert {each: list(tenant.member_of(kind, each)) for each in expected} == expected


def test_groups_come_in_all_sorts(tenant):
    groups = tenant.page("groups", 0, 200)
    sizes = Counter(min(len(tenant.members(each["id"])), 41) for each in groups)

    assert any(each["groupTypes"] == ["Unified"] for each in groups)
    assert any(each["groupTypes"] == ["DynamicMembership"] for each in groups)
    assert any(each["mailEnabled"] and not each["groupTypes"] for each in groups)
    assert any(each["onPremisesSyncEnabled"] for each in groups)
    assert sizes[0] > 0
    assert sum(count for size, count in sizes.items() if 5 <= size <= 40) > 100


def test_some_groups_have_owners_and_some_have_none(tenant):
    owners = [tenant.group_owners(each) for each in tenant.ids("groups")]

    assert {len(each) for each in owners} == {0, 1, 2, 3}
    assert all(tenant.get("users", each) for some in owners for each in some)


def test_a_device_has_at_most_one_owner_who_is_also_a_user_of_it(tenant):
    for device in tenant.ids("devices"):
        owners = tenant.registered_owners(device)

        assert len(owners) <= 1
        assert set(owners) <= set(tenant.registered_users(device))


def test_a_shared_device_can_have_more_than_twenty_users(tenant):
    counts = [len(tenant.registered_users(each)) for each in tenant.ids("devices")]

    assert max(counts) > 20
    assert counts.count(0) > 20


def test_an_unknown_id_is_a_key_error(tenant):
    for ask in (tenant.members, tenant.group_owners, tenant.registered_owners):
        with pytest.raises(KeyError):
            ask("00000000-0000-4000-8000-000000000000")
