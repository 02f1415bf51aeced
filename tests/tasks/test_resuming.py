"""A sync that broke off goes on from its last whole page, or begins anew where that is wrong."""

import random
import re
import threading
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from inventory.ingest.snapshots import everything
from muster.core.errors import ConfigError
from muster.core.source import SilentProgress
from muster.inventory import engine
from muster.inventory.ingest import Ingestion
from muster.inventory.models import AssetSource, DirectoryUser
from muster.tasks.connectors import connector_task, resume, run_now
from muster.tasks.liveness import TakenOverError
from muster.tasks.models import Checkpoint, CheckpointPart, Run, RunLog, Status, SyncState
from tasks.conftest import host

pytestmark = pytest.mark.django_db

PAGES = {"kind": "page_size", "size": 10, "times": None}
ADVANCED = {"filter": "isManaged eq true or accountEnabled eq false"}
WORK = ("requests", "retries", "restarts")


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr("muster.runner.collecting.RECORDS_AT_ONCE", 10)


@pytest.fixture
def broken(monkeypatch):
    """Let syncs break off after so many batches, or before the last of them is stored."""
    take = Ingestion.take

    def breaks(batches, *, within=False):
        left = [batches]

        def counted(self, records, *, along=lambda: None):
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt

            def dying():
                along()
                if within and not left[0]:
                    raise KeyboardInterrupt

            take(self, records, along=dying)

        monkeypatch.setattr(Ingestion, "take", counted)

    breaks.mend = lambda: monkeypatch.setattr(Ingestion, "take", take)
    return breaks


def breaks_off(tenant, broken, batches, *, name="changes", within=False, **options):
    broken(batches, within=within)
    with pytest.raises(KeyboardInterrupt):
        tenant.sync(name, **options)
    broken.mend()
    return Run.objects.filter(organization=tenant.scopes[name].organization_id).latest("pk")


def said(run):
    return [line.event for line in RunLog.objects.filter(run=run).order_by("pk")]


def goes_on(run):
    return "the last run broke off and goes on from its last whole page" in said(run)


def done(run):
    """What a run did, without how often it had to ask."""
    return {name: count for name, count in run.statistics.items() if name not in WORK}


@pytest.mark.parametrize("options", [{}, ADVANCED, {"include_inactive": "true"}])
@pytest.mark.parametrize("seed", [1, 2])
def test_however_often_it_breaks_off_it_ends_where_an_undisturbed_one_does(
    tenant, broken, options, seed
):
    tenant.simulator.add_faults(PAGES)
    undisturbed = tenant.sync("whole", **options)

    draw = random.Random(seed)
    broken_off = [
        breaks_off(tenant, broken, draw.randint(6, 20), within=draw.random() < 0.5, **options)
        for _ in range(4)
    ]
    run = tenant.sync("changes", **options)

    assert {each.pk for each in broken_off} == {run.pk}
    assert done(run) == done(undisturbed)
    assert tenant.differences() == {}
    assert not Checkpoint.objects.exists()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_sync_of_changes_that_breaks_off_goes_on_too(tenant, broken, monkeypatch, seed):
    monkeypatch.setattr("muster.integrations.entra.incremental.OBJECTS_AT_ONCE", 5)
    for name in ("changes", "whole"):
        tenant.sync(name)
    tenant.day(seed, 0.5)
    undisturbed = tenant.sync("whole")

    broken_off = {breaks_off(tenant, broken, batches).pk for batches in (1, 5, 4, 9)}
    run = tenant.sync("changes")

    assert broken_off == {run.pk}
    assert SyncState.objects.get(organization=run.organization).full_at < run.started_at
    assert done(run) == done(undisturbed)
    assert tenant.differences() == {}


def test_objects_of_a_sync_of_changes_that_are_stored_are_not_read_again(
    tenant, broken, monkeypatch
):
    monkeypatch.setattr("muster.integrations.entra.incremental.OBJECTS_AT_ONCE", 5)
    tenant.sync("changes")
    tenant.day(1, 0.6)
    tenant.simulator.forget_requests()
    breaks_off(tenant, broken, 8)
    read = chunks_asked(tenant)
    tenant.simulator.forget_requests()

    tenant.sync("changes")

    assert len(read) > 4
    # The last of each kind was on its way, or in the batch that was not stored.
    assert len(read & chunks_asked(tenant)) < len(read)


def chunks_asked(tenant):
    return {
        (each["path"], each["parameters"]["$filter"])
        for each in tenant.simulator.requests()
        if "id in (" in each["parameters"].get("$filter", "")
    }


def test_pages_that_are_stored_are_not_asked_for_again(tenant, broken):
    tenant.simulator.add_faults(PAGES)
    breaks_off(tenant, broken, 40)
    stored = pages_stored(pages_asked(tenant))
    tenant.simulator.forget_requests()

    tenant.sync("changes")

    assert len(stored) > 4
    assert stored.isdisjoint(pages_asked(tenant))


def pages_stored(asked):
    """The pages that came before the places that are kept."""
    stored = set()
    for part in CheckpointPart.objects.all():
        for link in (part.state.get("next"), part.state.get("twins")):
            if link is not None and "skiptoken" in link:
                page = (urlsplit(link).path, urlsplit(link).query)
                listing = [each for each in asked if whose(each) == whose(page)]
                stored.update(listing[: listing.index(page) if page in listing else None])
    return stored


def whose(page):
    """A page's listing: its address without what tells the pages apart."""
    path, query = page
    return path, query.split("&$skiptoken")[0]


def pages_asked(tenant):
    return [
        (each["path"], each["query"])
        for each in tenant.simulator.requests()
        if each["path"].startswith("/v1.0/") and "$count" not in each["query"]
    ]


def test_a_link_that_has_expired_lets_only_its_listing_begin_anew(tenant, broken):
    tenant.simulator.add_faults(PAGES)
    undisturbed = tenant.sync("whole")
    run = breaks_off(tenant, broken, 30)
    tenant.simulator.add_faults(
        {"kind": "expired_page_token", "path": "/users", "min_page": 2, "times": 1}
    )

    again = tenant.sync("changes")

    assert again.pk == run.pk
    assert "users: cannot go on there, read anew" in said(again)
    assert "devices: cannot go on there, read anew" not in said(again)
    assert done(again) == done(undisturbed)
    assert tenant.differences() == {}


@pytest.mark.parametrize("options", [{}, ADVANCED])
def test_when_every_link_has_expired_all_is_read_and_counted_once(tenant, broken, options):
    tenant.simulator.add_faults(PAGES)
    undisturbed = tenant.sync("whole", **options)
    run = breaks_off(tenant, broken, 30, **options)
    for path in ("/devices", "/users", "/groups"):
        tenant.simulator.add_faults(
            {"kind": "expired_page_token", "path": path, "min_page": 2, "times": 2}
        )

    again = tenant.sync("changes", **options)

    assert again.pk == run.pk
    assert done(again) == done(undisturbed)
    assert tenant.differences() == {}


def test_another_filter_begins_anew_and_leaves_nothing_of_the_old_one(tenant, broken):
    tenant.simulator.add_faults(PAGES)
    filtered = {"filter": "startswith(displayName, 'A') or isCompliant eq true"}
    run = breaks_off(tenant, broken, 40)

    again = tenant.sync("changes", **filtered)
    tenant.sync("whole", **filtered)

    assert again.pk != run.pk
    [line] = RunLog.objects.filter(run=again, level="notice")
    assert line.event == "the last run broke off and is not resumed"
    assert "its options" in line.fields["why"]
    live = AssetSource.objects.filter(gone_at=None)
    by_organization = [
        sorted(live.filter(organization=each.organization_id).values_list("foreign_id", flat=True))
        for each in tenant.scopes.values()
    ]
    assert by_organization[0] == by_organization[1]


def test_what_broke_off_too_long_ago_begins_anew(tenant, broken):
    run = breaks_off(tenant, broken, 3)
    tenant.at += timedelta(hours=13)

    again = tenant.sync("changes")

    assert again.pk != run.pk
    assert "more than 12 hours ago" in RunLog.objects.get(run=again, level="notice").fields["why"]


def test_what_breaks_off_at_one_place_again_and_again_begins_anew(tenant, broken):
    run = breaks_off(tenant, broken, 5)
    for _ in range(3):
        assert breaks_off(tenant, broken, 1).pk == run.pk

    again = tenant.sync("changes")

    assert again.pk != run.pk
    assert "3 times" in RunLog.objects.get(run=again, level="notice").fields["why"]


def test_a_device_deleted_meanwhile_goes_with_the_next_sync(tenant, broken):
    tenant.simulator.add_faults(PAGES)
    breaks_off(tenant, broken, 30)
    stored = AssetSource.objects.first().foreign_id
    tenant.simulator.mutate("delete", kind="devices", id=stored)

    tenant.sync("changes")
    assert AssetSource.objects.get(foreign_id=stored).gone_at is None
    tenant.at += timedelta(hours=1)
    tenant.sync("changes")

    assert AssetSource.objects.get(foreign_id=stored).gone_at == int(tenant.at.timestamp())


def test_a_user_deleted_before_its_page_is_gone_once_the_sync_is_whole(tenant, broken):
    tenant.sync("changes")
    tenant.at += timedelta(days=1)
    tenant.simulator.add_faults(PAGES)
    run = breaks_off(tenant, broken, 10, full=True)
    unread = DirectoryUser.objects.exclude(run_id=run.pk).last()
    tenant.simulator.mutate("delete", kind="users", id=unread.foreign_id)

    again = tenant.sync("changes")

    assert again.statistics["users_gone"] == 1
    unread.refresh_from_db()
    assert unread.gone_at == int(run.started_at.timestamp())


def test_large_groups_are_not_read_twice(tenant, broken):
    group = tenant.simulator.mutate("add", kind="groups", properties={"display_name": "Everybody"})
    tenant.sync("whole")
    for each in DirectoryUser.objects.values_list("foreign_id", flat=True):
        tenant.simulator.mutate("add_member", group=group, kind="users", id=each)
    tenant.simulator.add_faults({**PAGES, "size": 5, "path": f"{group}/members"})
    tenant.simulator.add_faults({**PAGES, "path": r"/v1.0/\w+\?"})
    told = 0
    for _ in range(20):
        if told >= 30:
            break
        breaks_off(tenant, broken, 20)
        marks = CheckpointPart.objects.filter(part=f"members {group}")
        told = max([int(each.state["told"]) for each in marks], default=0)
    tenant.simulator.forget_requests()

    run = tenant.sync("changes")

    pages = [path for path, _ in pages_asked(tenant) if group in path and "members" in path]
    assert len(pages) == (80 - told) // 5
    assert run.is_complete
    tenant.sync("whole", full=True)
    assert tenant.differences() == {}


def test_a_hole_before_the_break_is_not_forgotten(tenant, broken):
    tenant.sync("changes")
    tenant.at += timedelta(days=1)
    tenant.simulator.add_faults(
        PAGES, {"kind": "status", "status": 403, "path": "/members", "times": 1}
    )
    broken_off = breaks_off(tenant, broken, 60, full=True)
    before = everything(broken_off.organization_id)["memberships"]

    run = tenant.sync("changes", fails=True)

    assert run.pk == broken_off.pk
    assert not run.is_complete
    assert "memberships" in run.error
    assert everything(run.organization_id)["memberships"] == before


def test_a_run_asked_to_begin_anew_does(tenant, broken):
    run = breaks_off(tenant, broken, 5)

    again = tenant.sync("changes", fresh=True)

    assert again.pk != run.pk
    assert not Checkpoint.objects.exists()


def test_a_run_that_was_told_to_stop_goes_on_where_it_stopped(tenant, monkeypatch):
    tenant.simulator.add_faults(PAGES)
    undisturbed = tenant.sync("whole")
    stop = threading.Event()
    take = Ingestion.take

    def take_and_stop(self, records, **given):
        take(self, records, **given)
        stop.set()

    with monkeypatch.context() as patched:
        patched.setattr(Ingestion, "take", take_and_stop)
        stopped = tenant.sync("changes", fails=True, stop=stop)
    again = tenant.sync("changes")

    assert (stopped.status, again.status) == (Status.STOPPED, Status.PROCESSED)
    assert stopped.pk == again.pk
    assert done(again) == done(undisturbed)


def test_the_history_of_a_run_that_broke_off_tells_each_change_once(tenant, broken):
    for name in ("changes", "whole"):
        tenant.sync(name)
    tenant.day(7, 0.5)
    tenant.simulator.add_faults(PAGES)
    tenant.sync("whole", full=True)
    for batches in (20, 25, 12):
        breaks_off(tenant, broken, batches, full=True)

    tenant.sync("changes")

    told = [told_of(each) for each in tenant.scopes.values()]
    assert told[0] == told[1] != []


def told_of(scope):
    """How much is told of things, and how often, without numbers that differ from one to another."""
    rows = engine.rows(
        "SELECT subject, events, body FROM history WHERE organization_id = %s",
        (scope.organization_id,),
    )
    return sorted((subject, events, body.count("\n")) for subject, events, body in rows)


def test_a_run_goes_on_by_its_id(tenant, broken):
    run = breaks_off(tenant, broken, 5)
    scope = tenant.scopes["changes"]

    again = resume(scope, run, watcher=SilentProgress(), clock=lambda: tenant.at)

    assert (again.pk, again.status) == (run.pk, Status.PROCESSED)
    with pytest.raises(ConfigError, match="there is nothing to go on from"):
        resume(scope, run, watcher=SilentProgress(), clock=lambda: tenant.at)


def test_a_run_that_another_process_took_over_writes_nothing_more(tenant, monkeypatch):
    take = Ingestion.take
    taken = []

    def take_and_lose(self, records, **given):
        if taken:
            Run.objects.update(pid=1)
            taken.append(everything(tenant.scopes["changes"].organization_id))
        taken.append(None)
        take(self, records, **given)

    monkeypatch.setattr(Ingestion, "take", take_and_lose)

    with pytest.raises(TakenOverError):
        tenant.sync("changes")

    run = Run.objects.get()
    assert (run.status, run.pid, run.error) == (Status.ACTIVE, 1, "")
    assert everything(run.organization_id)["assets"] == taken[1]["assets"]


def test_places_hold_no_secret_and_are_in_no_log(tenant, broken):
    tenant.simulator.add_faults(PAGES)
    run = breaks_off(tenant, broken, 40)
    places = [text for part in CheckpointPart.objects.all() for text in part.state.values()]
    links = [each for each in places if "skiptoken" in each.lower()]
    tenant.sync("changes")

    assert links
    assert not [each for each in places if re.search(r"eyJ\w+\.eyJ|secret", each)]
    lines = repr(list(RunLog.objects.filter(run=run).values_list("event", "fields")))
    assert "skiptoken" not in lines.lower()


def test_a_source_without_checkpoints_begins_anew(scope, task, source, watcher, broken):
    source.records = [host(number) for number in range(30)]
    broken(2)
    with pytest.raises(KeyboardInterrupt):
        run_now(scope, task, watcher=watcher)
    broken.mend()

    run = run_now(scope, task, watcher=watcher)

    assert Run.objects.count() == 2
    assert run.statistics["assets_new"] == 10


def test_a_run_of_another_task_in_the_same_world_ends_what_was_unfinished(tenant, broken):
    run = breaks_off(tenant, broken, 5)
    scope = tenant.scopes["changes"]
    other = tenant.credential("second", scope)
    tenant.sync("changes", credential=other)

    again = tenant.sync("changes")

    assert again.pk != run.pk
    assert not connector_task(
        scope, "azuread", credential=other, site=scope.site(), options={}, at=tenant.at
    ).runs.filter(pk=again.pk)
