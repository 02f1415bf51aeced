"""Nothing becomes empty without a word: other settings, another tenant, most of it at once."""

import pytest

from muster.core.records import UserRecord
from muster.credentials.models import Credential
from muster.inventory.ingest import Ingestion, Statistics
from muster.inventory.models import AssetSource, Feed
from muster.inventory.selectors import asset_detail, last_syncs
from muster.tasks.connectors import connector_task, run_now
from muster.tasks.models import Run
from muster.tasks.recording import Recorder
from tasks.conftest import WHOLE, host

pytestmark = pytest.mark.django_db


def warnings(run):
    return [(line.event, line.fields) for line in run.log.filter(level="warning").order_by("pk")]


@pytest.fixture
def sync(scope, credential, watcher, now):
    """Run the task of the credential, with these options from now on."""

    def call(**options):
        task = connector_task(
            scope, "fake", credential=credential, site=scope.site(), options=options, at=now
        )
        return run_now(scope, task, watcher=watcher)

    return call


@pytest.fixture
def elsewhere(source, monkeypatch):
    """Let the credential open another tenant from now on."""
    return lambda: monkeypatch.setattr(source, "instance", lambda _secret: "elsewhere")


def test_what_another_filter_leaves_out_is_not_called_gone(scope, source, sync):
    sync()
    source.records = [host(1), WHOLE]

    run = sync(filter="x")

    assert (run.statistics["assets_gone"], run.statistics["assets_deselected"]) == (0, 1)
    [(event, fields)] = warnings(run)
    assert "no longer seen after the task's settings changed" in event
    assert fields == {"number": 1, "settings": "filter was '', is 'x'"}
    [record] = asset_detail(scope, "host-2").records
    assert record.is_deselected
    assert record.gone_at is not None


def test_what_vanishes_later_under_the_same_filter_is_gone(source, sync):
    sync(filter="x")
    source.records = [host(1), WHOLE]

    run = sync(filter="x")

    assert (run.statistics["assets_gone"], run.statistics["assets_deselected"]) == (1, 0)
    assert warnings(run) == []


def test_an_incomplete_run_under_another_filter_changes_nothing_and_the_next_still_tells(
    scope, source, sync
):
    sync()
    source.records = [host(1)]
    sync(filter="x")
    kept = AssetSource.objects.filter(gone_at=None).count()
    source.records = [host(1), WHOLE]

    run = sync(filter="x")

    assert kept == 2
    assert run.statistics["assets_deselected"] == 1


def test_what_a_wider_filter_brings_back_is_no_longer_gone(scope, source, sync):
    every = source.records
    sync()
    source.records = [host(1), WHOLE]
    sync(filter="x")
    source.records = every

    sync()

    [record] = asset_detail(scope, "host-2").records
    assert (record.gone_at, record.is_deselected) == (None, False)


@pytest.mark.parametrize(
    ("before", "after", "losses"),
    [(50, 10, 1), (50, 30, 0), (20, 1, 0), (21, 1, 0), (22, 1, 1), (60, 29, 1)],
)
def test_losing_more_than_is_left_is_told_with_numbers(source, sync, before, after, losses):
    source.records = [*(host(number) for number in range(before)), WHOLE]
    sync()
    source.records = [*(host(number) for number in range(after)), host("new"), WHOLE]

    run = sync()

    assert run.statistics["sudden_losses"] == losses
    assert run.statistics["assets_gone"] == before - after
    assert [fields for _, fields in warnings(run)] == [
        {"gone": before - after, "left": after}
    ] * losses


def test_another_tenant_is_another_feed_and_the_old_one_is_told_to_be_left(
    scope, source, sync, elsewhere
):
    sync()
    elsewhere()
    source.records = [host(3), WHOLE]

    run = sync()
    again = sync()

    assert (run.statistics["assets_gone"], run.statistics["feeds_left"]) == (0, 1)
    [(event, fields)] = warnings(run)
    assert "is no longer synced: the credential opens another one now" in event
    assert fields == {"opens": "fake:elsewhere", "assets": 2, "users": 0, "groups": 0}
    assert warnings(again) == []
    assert AssetSource.objects.filter(gone_at=None).count() == 3
    assert asset_detail(scope, "host-1").records[0].unsynced_since is not None
    assert asset_detail(scope, "host-3").records[0].unsynced_since is None
    assert [bool(each.left_at) for each in last_syncs(scope)].count(True) == 1


def test_a_tenant_that_is_read_again_is_no_longer_left(source, sync, elsewhere, monkeypatch):
    sync()
    elsewhere()
    sync()
    monkeypatch.delattr(source, "instance")

    sync()

    left = Feed.objects.get(left_at__isnull=False)
    assert left.instance == "elsewhere"
    assert Credential.objects.count() == 1


def test_users_that_another_filter_leaves_out_are_not_called_gone(scope, source, sync):
    from muster.core.records import Collection, CollectionReport

    ends = CollectionReport(source="fake", collection=Collection.USERS, complete=True)
    source.records = [host(1), WHOLE, UserRecord(source="fake", id="u"), ends]
    sync()
    source.records = [host(1), WHOLE, ends]

    run = sync(filter="x")

    assert (run.statistics["users_gone"], run.statistics["users_deselected"]) == (0, 1)


@pytest.fixture
def killed_after(monkeypatch, sync):
    """Run a sync that comes to nothing more once these records are stored, as by kill -9."""

    def call(wanted, **options):
        take = Ingestion.take

        def dying(self, records, **given):
            take(self, records, **given)
            if wanted in records:
                patched.setattr(Recorder, "flush", lambda _self: None)
                patched.setattr(Ingestion, "finish", lambda _self, **_: Statistics())
                raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(Ingestion, "take", dying)
            with pytest.raises(KeyboardInterrupt):
                sync(**options)
        return Run.objects.latest("pk")

    return call


def test_what_another_filter_leaves_out_is_said_by_a_run_that_is_killed_then(
    source, sync, killed_after
):
    sync()
    source.records = [host(1), WHOLE]

    run = killed_after(WHOLE, filter="x")
    later = sync(filter="x")

    [(event, fields)] = warnings(run)
    assert "no longer seen after the task's settings changed" in event
    assert fields == {"number": 1, "settings": "filter was '', is 'x'"}
    assert warnings(later) == []


def test_a_great_loss_is_said_by_a_run_that_is_killed_then(source, sync, killed_after):
    source.records = [*(host(number) for number in range(50)), WHOLE]
    sync()
    source.records = [host(1), WHOLE]

    run = killed_after(WHOLE)

    assert [fields for _, fields in warnings(run)] == [{"gone": 49, "left": 1}]


def test_a_tenant_that_is_left_is_said_by_a_run_that_is_killed_then(
    source, sync, killed_after, elsewhere
):
    sync()
    elsewhere()
    source.records = [host(3), WHOLE]

    run = killed_after(WHOLE)

    [(event, _fields)] = warnings(run)
    assert "is no longer synced: the credential opens another one now" in event


def test_nothing_is_said_of_what_was_not_stored(source, sync, monkeypatch):
    sync()
    source.records = [host(1), WHOLE]
    with monkeypatch.context() as patched:
        patched.setattr("muster.inventory.ingest.losses.judge", fails)
        with pytest.raises(OSError, match="disk"):
            sync(filter="x")
    failed = Run.objects.latest("pk")

    run = sync(filter="x")

    assert warnings(failed) == []
    assert [fields["number"] for _, fields in warnings(run)] == [1]


def fails(*_given):
    raise OSError("the disk is full")
