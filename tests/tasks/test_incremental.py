"""A sync of changes leaves behind what a sync of everything would, and asks for much less."""

from datetime import timedelta

import pytest

from muster.inventory.models import DirectoryGroup, DirectoryUser
from muster.simulator.demo import DEMO
from muster.tasks.models import SyncState

pytestmark = pytest.mark.django_db

HISTORIES = [
    (1, (0.05, 0.3, 0.01), {}),
    (2, (0.5, 0.5), {"include_inactive": "true"}),
    (3, (0.2, 0.2, 0.2), {"filter": "not(startsWith(operatingSystem, 'Android'))"}),
    (4, (0.3, 0.3), {"filter": "isManaged eq true or accountEnabled eq false"}),
    (5, (0.2, 0.6), {"filter": "startswith(displayName, 'A') or isCompliant eq true"}),
    (6, (0.1, 0.3), {"inactive_after_days": "21"}),
    (7, (0.3, 0.3), {"exclude_unknown": "true"}),
    (8, (1.0, 1.0), {"include_inactive": "true"}),
]


def is_of_changes(run):
    """True if a run asked for changes and was told them."""
    state = SyncState.objects.get(organization=run.organization)
    return state.full_at < run.started_at


@pytest.mark.parametrize(("seed", "days", "options"), HISTORIES)
def test_changes_lead_where_everything_leads(tenant, seed, days, options):
    for name in ("changes", "whole"):
        tenant.sync(name, **options)

    for number, share in enumerate(days):
        tenant.day(seed * 100 + number, share)
        run = tenant.sync("changes", **options)
        whole = tenant.sync("whole", full=True, **options)
        assert is_of_changes(run)
        assert tenant.differences() == {}
        assert tenant.reported("changes", run) == tenant.reported("whole", whole)

    last = tenant.sync("changes", full=True, **options)
    assert tenant.differences() == {}
    assert last.statistics["assets_new"] == last.statistics["assets_changed"] == 0
    assert last.statistics["assets_gone"] == last.statistics["memberships_gone"] == 0


def test_what_is_removed_restored_and_removed_again_leads_where_everything_leads(tenant):
    user, group = first(tenant, "users"), first(tenant, "groups")
    device = tenant.simulator.mutate("add", kind="devices", properties={"displayName": "MINE"})
    tenant.simulator.mutate("set_owner", id=device, user=user)
    tenant.simulator.mutate("add_member", group=group, kind="devices", id=device)
    sync_both(tenant)

    for deed in (
        {"action": "delete", "kind": "users", "id": user},
        {"action": "restore", "kind": "users", "id": user},
        {"action": "delete", "kind": "groups", "id": group},
        {"action": "restore", "kind": "groups", "id": group},
        {"action": "update", "kind": "devices", "id": device, "properties": DISABLED},
        {"action": "update", "kind": "devices", "id": device, "properties": ENABLED},
        {"action": "remove_member", "group": group, "kind": "devices", "id": device},
        {"action": "delete", "kind": "devices", "id": device},
        {"action": "delete", "kind": "groups", "id": group, "soft": False},
    ):
        tenant.simulator.mutate(**deed)
        sync_both(tenant)
        assert tenant.differences() == {}, deed


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "delta_gone"},
        {"kind": "status", "status": 400},
        {"kind": "status", "status": 403},
        {"kind": "status", "status": 404},
        {"kind": "status", "status": 501},
    ],
)
def test_where_changes_cannot_be_told_everything_is_read_in_the_same_run(tenant, fault):
    sync_both(tenant)
    tenant.day(1, 0.3)
    tenant.simulator.add_faults({"path": "/v1.0/users/delta", "times": 1, **fault})

    run = tenant.sync("changes")
    tenant.sync("whole", full=True)

    assert not is_of_changes(run)
    assert run.log.filter(event__contains="everything is read").exists()
    assert tenant.differences() == {}


@pytest.mark.parametrize("kind", ["devices", "users", "groups"])
def test_links_that_expire_between_two_pages_of_changes_mean_that_everything_is_read(tenant, kind):
    sync_both(tenant)
    tenant.day(1, 0.5)
    gone = {"kind": "delta_gone", "path": f"/v1.0/{kind}/delta", "min_page": 2, "times": 1}
    tenant.simulator.add_faults({"kind": "page_size", "size": 2, "times": None}, gone)

    run = tenant.sync("changes")
    tenant.sync("whole", full=True)

    assert run.log.filter(event__contains="everything is read").exists()
    assert not is_of_changes(run)
    assert tenant.differences() == {}


@pytest.mark.parametrize("path", ["/v1.0/users/delta", "/v1.0/groups/delta", "/v1.0/devices"])
def test_a_failure_halfway_loses_nothing_and_the_next_sync_is_told_the_same(tenant, path):
    sync_both(tenant)
    tenant.day(1, 0.3)
    tenant.simulator.add_faults({"path": path, "times": None, "kind": "status", "status": 503})
    failed = tenant.sync("changes", fails=True)
    assert not failed.is_complete
    tenant.simulator.clear_faults()

    run = tenant.sync("changes")
    tenant.sync("whole", full=True)

    assert is_of_changes(run)
    assert tenant.differences() == {}


def test_other_settings_mean_that_everything_is_read(tenant):
    tenant.sync("changes")
    tenant.day(1, 0.0)

    assert is_of_changes(tenant.sync("changes"))
    tenant.at += timedelta(hours=1)
    assert not is_of_changes(tenant.sync("changes", include_inactive="true"))
    tenant.at += timedelta(hours=1)
    assert is_of_changes(tenant.sync("changes", include_inactive="true"))
    tenant.at += timedelta(hours=1)
    assert not is_of_changes(tenant.sync("changes", full=True, include_inactive="true"))


def test_everything_is_read_every_seven_days_unless_told_otherwise(tenant):
    tenant.sync("changes")
    found = []
    for _ in range(8):
        tenant.day(1, 0.0)
        found.append(is_of_changes(tenant.sync("changes")))
    tenant.at += timedelta(days=1)
    daily = is_of_changes(tenant.sync("changes", full_sync_days="1"))
    never = is_of_changes(tenant.sync("changes", full_sync_days="0"))

    assert found == [True] * 6 + [False, True]
    assert (daily, never) == (False, False)


def test_another_task_in_the_same_tenant_ends_what_is_known_of_changes(tenant):
    tenant.sync("changes")
    tenant.day(1, 0.1)
    again = tenant.credential("second", tenant.scopes["changes"])
    tenant.sync("changes", credential=again, filter="startswith(displayName, 'A')")
    tenant.at += timedelta(hours=1)

    run = tenant.sync("changes")
    tenant.sync("whole", full=True)

    assert not is_of_changes(run)
    assert tenant.differences()["records"] is not None


def test_links_are_in_no_log_and_no_run(tenant):
    tenant.sync("changes")
    tenant.day(1, 0.1)

    run = tenant.sync("changes")

    state = SyncState.objects.get()
    tokens = [link.split("token=", 1)[1] for key, link in state.state.items() if key != "at"]
    told = repr([(line.event, line.fields) for line in run.log.all()]) + repr(vars(run))
    assert len(tokens) == 3
    assert not any(token in told for token in tokens)
    assert str(state) == f"azuread:{DEMO.tenant_id}"


DISABLED = {"accountEnabled": False}
ENABLED = {"accountEnabled": True}


def first(tenant, kind):
    tenant.sync("whole")
    table = {"users": DirectoryUser, "groups": DirectoryGroup}[kind]
    return table.objects.filter(gone_at=None).order_by("foreign_id").first().foreign_id


def sync_both(tenant):
    tenant.at += timedelta(hours=1)
    tenant.sync("changes")
    tenant.sync("whole", full=True)
