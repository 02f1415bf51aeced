"""Changes: each raises the version, is told, and leaves the rest as it was."""

import pytest

from muster.simulator.directory.changes import KINDS


def group_named(tenant, name):
    return next(each["id"] for each in tenant.page("groups", 0, 200) if each["displayName"] == name)


def replayed(tenant, fresh):
    """Objects and members of a tenant, told only by its beginning and its changes."""
    known = {kind: {each["id"]: each for each in fresh.walk(kind)} for kind in KINDS}
    members = {each: set(fresh.members(each)) for each in fresh.ids("groups")}
    for kind in KINDS:
        for change in tenant.changes(kind, 0):
            apply(tenant, kind, change, known, members)
    return known, members


def apply(tenant, kind, change, known, members):
    if change.what != "changed":
        known[kind].pop(change.id, None)
        members.pop(change.id, None)
        return
    now = tenant.get(kind, change.id) or {}
    before = known[kind].setdefault(change.id, {})
    before.update({name: now[name] for name in change.properties if name in now})
    if kind == "groups":
        own = members.setdefault(change.id, set())
        own.difference_update(change.members_removed)
        own.update(change.members_added)


def everything(tenant):
    objects = {kind: {each["id"]: each for each in tenant.walk(kind)} for kind in KINDS}
    return objects, {each: set(tenant.members(each)) for each in tenant.ids("groups")}


def test_an_update_is_seen_and_told(tenant):
    device = tenant.ids("devices")[5]

    tenant.update("devices", device, displayName="RENAMED", isManaged=None)

    assert tenant.version == 1
    assert tenant.get("devices", device)["displayName"] == "RENAMED"
    [change] = tenant.changes("devices", 0)
    assert (change.id, change.what) == (device, "changed")
    assert change.properties == {"displayName", "isManaged"}
    assert tenant.changes("devices", 1) == []


def test_a_renamed_user_is_found_under_the_new_name_only(tenant):
    user = tenant.page("users", 3, 1)[0]

    tenant.update("users", user["id"], userPrincipalName="New.Name@elsewhere.example")

    assert tenant.find_user("new.name@ELSEWHERE.example")["id"] == user["id"]
    assert tenant.find_user(user["userPrincipalName"]) is None


def test_a_deleted_device_is_gone_for_good(tenant):
    device = tenant.ids("devices")[5]

    tenant.delete("devices", device)

    assert tenant.get("devices", device) is None
    assert device not in tenant.ids("devices")
    assert tenant.count("devices") == 1999
    assert tenant.changes("devices", 0)[0].what == "deleted"
    with pytest.raises(KeyError):
        tenant.restore("devices", device)


def test_listing_skips_what_is_deleted_and_ends_with_what_is_new(tenant):
    ids = list(tenant.ids("devices"))
    for place in (0, 7, 8, 1999):
        tenant.delete("devices", ids[place])
    new = tenant.add_device(displayName="NEW")

    expected = [each for place, each in enumerate(ids) if place not in (0, 7, 8, 1999)] + [new]

    assert list(tenant.ids("devices")) == tenant.ids("devices")[:] == expected
    assert [each["id"] for each in tenant.page("devices", 5, 3)] == expected[5:8]
    assert tenant.page("devices", 1996, 10)[0]["displayName"] == "NEW"


def test_a_cursor_misses_nothing_when_objects_vanish_between_pages(tenant):
    ids = list(tenant.ids("devices"))
    first, cursor = tenant.page_after("devices", 0, 10)
    tenant.delete("devices", ids[3])

    second, _ = tenant.page_after("devices", cursor, 10)
    last, end = tenant.page_after("devices", 1990, 10)

    assert [each["id"] for each in first + second] == ids[:20]
    assert (len(last), end) == (10, None)


def test_a_soft_deleted_user_leaves_the_groups_and_comes_back(tenant):
    user = tenant.ids("users")[4]
    groups = tenant.member_of("users", user)

    tenant.delete("users", user)
    gone = tenant.changes("groups", 0)

    assert tenant.changes("users", 0)[0].what == "soft_deleted"
    assert [each.id for each in gone] == list(groups)
    assert all(each.members_removed == (("users", user),) for each in gone)
    assert all(("users", user) not in tenant.members(each) for each in groups)

    tenant.restore("users", user)

    assert tenant.member_of("users", user) == groups
    assert tenant.get("users", user) is not None


def test_a_soft_deleted_group_can_be_deleted_for_good(tenant):
    group = tenant.ids("groups")[30]

    tenant.delete("groups", group)
    tenant.delete("groups", group, soft=False)

    assert [each.what for each in tenant.changes("groups", 0)] == ["soft_deleted", "deleted"]
    assert tenant.count("groups") == 199
    with pytest.raises(KeyError):
        tenant.restore("groups", group)
    with pytest.raises(KeyError):
        tenant.delete("groups", group)


def test_members_come_and_go(tenant):
    group, user = tenant.ids("groups")[30], tenant.add_user(displayName="Zoë")

    tenant.add_member(group, "users", user)
    tenant.add_member(group, "users", user)

    assert list(tenant.members(group)).count(("users", user)) == 1
    assert group in tenant.member_of("users", user)

    tenant.remove_member(group, "users", user)

    assert ("users", user) not in tenant.members(group)
    assert tenant.version == 3


def test_a_new_user_is_in_the_groups_whose_rule_takes_them_in(tenant):
    user = tenant.add_user(department="Finance")

    names = {tenant.get("groups", each)["displayName"] for each in tenant.member_of("users", user)}

    assert names == {"All Employees", "Dept Finance"}


def test_a_mover_changes_department_groups(tenant):
    user = next(each for each in tenant.walk("users") if each["department"] == "Sales")

    tenant.update("users", user["id"], department="IT")

    member = ("users", user["id"])
    assert member not in tenant.members(group_named(tenant, "Dept Sales"))
    assert member in tenant.members(group_named(tenant, "Dept IT"))


def test_a_device_gets_another_owner_or_none(tenant):
    device = next(each for each in tenant.ids("devices") if tenant.registered_owners(each))
    user = tenant.ids("users")[9]

    tenant.set_registered_owner(device, user)
    assert tenant.registered_owners(device) == [user]

    tenant.set_registered_owner(device, None)
    tenant.add_registered_user(device, user)
    assert tenant.registered_owners(device) == []
    assert tenant.registered_users(device) == [user]


def test_nobody_who_is_deleted_owns_anything(tenant):
    device = next(each for each in tenant.ids("devices") if tenant.registered_owners(each))

    tenant.delete("users", tenant.registered_owners(device)[0])

    assert tenant.registered_owners(device) == []


def test_the_same_days_make_the_same_tenant(found):
    one, other = found(), found()

    for day in range(3):
        assert one.evolve(seed=day, share=0.05) == other.evolve(seed=day, share=0.05)

    assert everything(one) == everything(other)
    assert one.version == other.version > 100
    assert one.now == other.now


def test_another_seed_makes_another_day(found):
    one, other = found(), found()

    one.evolve(seed=1, share=0.05)
    other.evolve(seed=2, share=0.05)

    assert everything(one) != everything(other)


def test_a_day_touches_about_the_asked_share(tenant):
    summary = tenant.evolve(seed=1, share=0.05)

    assert 60 <= summary.of("devices") <= 100
    assert 45 <= summary.of("users") <= 75
    assert {"devices re-registered", "devices renamed", "devices deleted"} <= summary.counts.keys()
    assert {"users joined", "users moved", "users renamed"} <= summary.counts.keys()


def test_days_replayed_from_the_changes_are_the_tenant_as_it_is(found):
    tenant = found()
    for day in range(6):
        tenant.evolve(seed=day, share=0.06)

    assert replayed(tenant, found()) == everything(tenant)


def test_a_day_in_an_empty_tenant_brings_the_first_objects(found):
    empty = found(devices=0, users=0, groups=0)

    for day in range(20):
        empty.evolve(seed=day, share=0.1)

    assert empty.count("users") > 0


def test_a_day_of_share_nothing_changes_nothing(tenant):
    summary = tenant.evolve(seed=1, share=0)

    assert (tenant.version, summary.counts) == (0, {})
