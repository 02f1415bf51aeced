"""A run that is told again leads to what it led to, and bounds how much of it is kept."""

import gzip
from dataclasses import replace
from datetime import timedelta

import pytest

from inventory.ingest.snapshots import everything
from muster.accounts.roles import Principal, Role
from muster.core import ndjson
from muster.core.errors import ConfigError, UnavailableError
from muster.core.records import CheckpointRecord, CollectionReport, StateRecord
from muster.core.source import SilentProgress
from muster.inventory import engine
from muster.inventory.ingest import Ingestion
from muster.inventory.models import Asset
from muster.inventory.retention import change
from muster.notices.models import Event
from muster.tasks import retention
from muster.tasks.connectors import run_now
from muster.tasks.models import RawData, RawPart, Run, Status, SyncState, Task
from muster.tasks.raw import reading, shelf
from muster.tasks.raw.replaying import replay
from tasks.conftest import WHOLE, host

pytestmark = pytest.mark.django_db

PAGES = {"kind": "page_size", "size": 30, "times": None}


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr("muster.runner.collecting.RECORDS_AT_ONCE", 50)


def again(scope, run, at):
    return replay(scope, run, watcher=SilentProgress(), clock=lambda: at)


def history(scope):
    return engine.rows(
        "SELECT COUNT(*) FROM history WHERE organization_id = %s", (scope.organization_id,)
    )[0][0]


def state_of(scope):
    return SyncState.objects.get(organization=scope.organization).state


def given_to(scope, run):
    """Let another organization have the run, as if it had told the same there."""
    task = run.task
    other = Task.objects.create(
        organization=scope.organization,
        name="Copy",
        site=scope.site(),
        source=task.source,
        options=task.options,
        created_at=task.created_at,
    )
    copied = Run.objects.create(
        organization=scope.organization,
        task=other,
        status=run.status,
        is_complete=run.is_complete,
        options=run.options,
        started_at=run.started_at,
        ended_at=run.ended_at,
        heartbeat_at=run.heartbeat_at,
        host=run.host,
        pid=run.pid,
    )
    data = RawData.objects.get(run=run)
    parts = list(RawPart.objects.filter(data=data))
    data.pk, data.organization, data.run, data.site = None, scope.organization, copied, scope.site()
    data.save(force_insert=True)
    for each in parts:
        each.pk, each.organization, each.data = None, scope.organization, data
        each.save(force_insert=True)
    return copied


def test_a_run_told_again_changes_nothing(tenant):
    tenant.simulator.add_faults(PAGES)
    scope = tenant.scopes["changes"]
    run = tenant.sync("changes")
    before, changes = everything(scope.organization_id), history(scope)

    (replayed,) = again(scope, run, tenant.at + timedelta(hours=1))

    assert (replayed.status, replayed.trigger) == (Status.PROCESSED, "replay")
    assert everything(scope.organization_id) == before
    assert history(scope) == changes
    assert replayed.statistics["assets_unchanged"] == run.statistics["assets_new"]
    assert replayed.statistics["memberships"] == run.statistics["memberships"]


def test_a_run_told_to_an_empty_inventory_leads_to_the_same(tenant):
    tenant.simulator.add_faults(PAGES)
    run = tenant.sync("changes")
    elsewhere = tenant.scopes["whole"]

    (replayed,) = again(elsewhere, given_to(elsewhere, run), tenant.at + timedelta(days=3))

    assert replayed.is_complete
    assert everything(elsewhere.organization_id) == everything(run.organization_id)


def test_what_came_after_a_run_is_told_again_with_it(tenant):
    scope = tenant.scopes["changes"]
    first = tenant.sync("changes")
    tenant.sync("whole")
    for seed in (1, 2):
        tenant.day(seed, 0.3)
        for name in ("changes", "whole"):
            tenant.sync(name)
    before, state = everything(scope.organization_id), state_of(scope)

    replayed = again(scope, first, tenant.at + timedelta(hours=1))

    assert [each.is_complete for each in replayed] == [True, True, True]
    assert everything(scope.organization_id) == before
    assert state_of(scope) == state
    tenant.day(3, 0.3)
    tenant.sync("changes")
    tenant.sync("whole")
    assert tenant.differences() == {}


def test_a_run_that_broke_off_is_kept_whole_once_it_has_gone_on(tenant, monkeypatch):
    tenant.simulator.add_faults(PAGES)
    take, left = Ingestion.take, [4]

    def breaking(self, records, *, along):
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        take(self, records, along=along)

    monkeypatch.setattr(Ingestion, "take", breaking)
    with pytest.raises(KeyboardInterrupt):
        tenant.sync("changes")
    run = tenant.sync("changes")
    elsewhere = tenant.scopes["whole"]

    again(elsewhere, given_to(elsewhere, run), tenant.at)

    assert everything(elsewhere.organization_id) == everything(run.organization_id)


def test_what_is_kept_is_a_file_that_others_read_and_says_not_where_the_source_stands(tenant):
    run = tenant.sync("changes")

    data = RawData.objects.get(run=run)
    packed = b"".join(reading.packed(data))
    lines = gzip.decompress(packed)
    records = [ndjson.decode(each) for each in lines.splitlines()]

    assert lines == b"".join(reading.unpacked(data))
    assert len(records) == data.records
    assert not [each for each in records if isinstance(each, StateRecord | CheckpointRecord)]
    assert sum(isinstance(each, CollectionReport) for each in records) == 5


def test_an_incomplete_run_told_again_is_incomplete_and_lets_nothing_go(
    scope, task, watcher, source, now
):
    run_now(scope, task, watcher=watcher, clock=lambda: now)
    source.records, source.error = [host(1)], UnavailableError("throttled", hint="Wait.")
    broken = run_now(scope, task, watcher=watcher, clock=lambda: now + timedelta(hours=1))

    (replayed,) = again(scope, broken, now + timedelta(hours=2))

    assert (replayed.status, replayed.is_complete) == (Status.ERROR, False)
    assert "throttled" in replayed.error
    assert not Asset.objects.filter(source_mask=0).exists()
    assert Task.objects.get(pk=task.pk).failures == 1


def test_telling_again_is_an_event_of_its_own(scope, task, watcher, now):
    run = run_now(scope, task, watcher=watcher, clock=lambda: now)

    again(scope, run, now)

    assert (
        list(Event.objects.order_by("pk").values_list("action", flat=True))[-1] == "task-replayed"
    )


def test_nothing_is_told_again_where_something_that_came_later_is_lost(scope, task, watcher, now):
    first = run_now(scope, task, watcher=watcher, clock=lambda: now)
    second = run_now(scope, task, watcher=watcher, clock=lambda: now + timedelta(hours=1))
    shelf.drop(RawData.objects.get(run=second), why=shelf.TOO_MUCH)

    with pytest.raises(ConfigError, match=f"without the later run {second.uid}"):
        again(scope, first, now)

    assert Run.objects.count() == 2


def test_a_replay_that_ends_early_has_the_next_sync_read_everything(tenant, monkeypatch):
    run = tenant.sync("changes")

    def failing(*_given, **_more):
        raise KeyboardInterrupt

    monkeypatch.setattr(Ingestion, "finish", failing)
    with pytest.raises(KeyboardInterrupt):
        again(tenant.scopes["changes"], run, tenant.at)

    assert not SyncState.objects.exists()


def test_a_run_that_begins_between_ends_the_replay(scope, task, watcher, now, monkeypatch):
    first = run_now(scope, task, watcher=watcher, clock=lambda: now)
    run_now(scope, task, watcher=watcher, clock=lambda: now)
    finish = Ingestion.finish

    def finishing(self, **given):
        monkeypatch.setattr(Ingestion, "finish", finish)
        ended = finish(self, **given)
        Run.objects.filter(task=task, status=Status.ACTIVE).update(status=Status.PROCESSED)
        run_now(scope, task, watcher=watcher, clock=lambda: now)
        return ended

    monkeypatch.setattr(Ingestion, "finish", finishing)
    with pytest.raises(Exception, match=r"began meanwhile|taken over"):
        again(scope, first, now)


def test_a_run_that_stored_nothing_has_nothing_to_tell(scope, task, watcher, source, now):
    source.records, source.error = [], UnavailableError("away")
    run = run_now(scope, task, watcher=watcher, clock=lambda: now)

    with pytest.raises(ConfigError, match="it has stored nothing"):
        again(scope, run, now)


def test_who_may_not_change_tasks_replays_nothing(scope, task, watcher, now):
    run = run_now(scope, task, watcher=watcher, clock=lambda: now)
    vera = replace(scope, principal=Principal("Vera", Role.VIEWER))

    with pytest.raises(ConfigError, match="Vera may not change tasks"):
        again(vera, run, now)


def test_the_oldest_raw_data_makes_room(scope, task, watcher, now, settings):
    runs = [run_now(scope, task, watcher=watcher, clock=lambda: now) for _ in range(2)]
    settings.RAW_DATA_BYTES = sum(RawData.objects.values_list("size", flat=True)) + 1

    runs.append(run_now(scope, task, watcher=watcher, clock=lambda: now))

    kept = {each.run_id: each.lost for each in RawData.objects.all()}
    assert "made room" in kept[runs[0].pk]
    assert (kept[runs[1].pk], kept[runs[2].pk]) == ("", "")
    assert not RawPart.objects.filter(data__run=runs[0]).exists()


def test_a_run_that_is_more_than_may_be_kept_leaves_no_part_of_itself(
    scope, task, source, now, settings
):
    source.records = [*map(host, range(200)), WHOLE]
    settings.RAW_DATA_BYTES = 500

    run = run_now(scope, task, watcher=SilentProgress(), clock=lambda: now)

    data = RawData.objects.get(run=run)
    assert run.is_complete
    assert (data.parts, data.size) == (0, 0)
    assert "more than an organization may keep" in data.lost
    assert not RawPart.objects.exists()


def test_where_none_is_wanted_none_is_kept(scope, task, watcher, now, settings):
    settings.RAW_DATA_BYTES = 0

    run = run_now(scope, task, watcher=watcher, clock=lambda: now)

    assert not RawPart.objects.exists()
    with pytest.raises(ConfigError, match="MUSTER_RAW_DATA_MEGABYTES is 0"):
        reading.data_of(scope, run)


def test_raw_data_goes_with_retention_and_says_so(scope, task, watcher, now):
    run = run_now(scope, task, watcher=watcher, clock=lambda: now)
    change(scope, {"expiration_scans": "30"}, at=now)
    later = now + timedelta(days=31)
    preview = retention.Preview(scope, at=later)

    listed = [each.kind for each in preview.things() if each.kind == "raw_data"]
    removed = retention.run(scope, at=later)

    assert (preview.expired().counts["raw_data"], listed) == (0, ["raw_data"])
    assert removed.counts["raw_data"] == 1
    with pytest.raises(ConfigError, match="it has expired"):
        reading.data_of(scope, run)


def test_another_organizations_raw_data_is_not_there(scope, other_scope, task, watcher, now):
    run = run_now(scope, task, watcher=watcher, clock=lambda: now)

    with pytest.raises(ConfigError, match="there is no raw data"):
        reading.data_of(other_scope, run)
