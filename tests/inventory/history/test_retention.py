"""History goes by its age, and with what it tells of."""

from datetime import timedelta

import pytest

from inventory.history.test_things import group, member, sync, uid_of, user
from inventory.ingest.feeding import device, host, ingest
from muster.inventory import engine
from muster.inventory.history import Subject, expire, forget
from muster.inventory.models import Asset, AssetSource, DirectoryGroup, Revision
from muster.inventory.schema import HISTORY
from muster.inventory.search import ids
from muster.inventory.selectors import asset_history, group_history, run_counts

pytestmark = pytest.mark.django_db


def rows() -> dict[str, int]:
    return {
        each.name: engine.rows(f"SELECT COUNT(*) FROM {each.name}")[0][0]
        for each in HISTORY
        if engine.rows(f"SELECT 1 FROM {each.name}")
    }


def three_syncs(scope, now) -> None:
    known = [user("u"), group("g")]
    sync(scope, now, 1, *known, member("g", "u"), device("a", "ws-1", attributes={"n": "1"}))
    sync(scope, now, 2, *known, device("a", "ws-1", attributes={"n": "2"}))
    sync(scope, now, 3, *known, device("a", "ws-1", attributes={"m": "3"}))


def test_history_from_before_an_instant_is_removed_and_later_stays(scope, now):
    three_syncs(scope, now)

    removed = expire(scope, before=now + timedelta(days=3))

    assert removed == 2
    assert [each.run_id for each in asset_history(scope, uid_of("a")).entries] == [3]
    assert group_history(scope, "g").entries == []
    assert set(rows()) == {"history", "history_key"}


def test_a_dry_run_of_expiry_counts_and_removes_nothing(scope, now):
    three_syncs(scope, now)
    before = rows()

    assert expire(scope, before=now + timedelta(days=3), is_dry_run=True) == 2
    assert rows() == before


def test_expiry_leaves_other_organizations_alone(scope, other_scope, now):
    three_syncs(scope, now)
    before = rows()

    assert expire(other_scope, before=now + timedelta(days=9)) == 0
    assert rows() == before


def test_when_a_thing_last_changed_stays_known(scope, now):
    three_syncs(scope, now)

    expire(scope, before=now + timedelta(days=9))

    assert Asset.objects.get().changed_at is not None
    assert rows() == {}
    assert not Revision.objects.exists()


def test_what_is_removed_takes_its_history_along(scope, now):
    ingest(scope, [host("s", "ws-1")], at=now)
    ingest(scope, [device("a", "old")], at=now, run_id=2)
    ingest(scope, [device("a", "ws-1", attributes={"n": "1"})], at=now, run_id=3)
    asset = Asset.objects.get()

    forget(scope, Subject.RECORD, AssetSource.objects.values_list("pk", flat=True))
    forget(scope, Subject.ASSET, [asset.pk])

    assert set(rows()) == {"history_new"}
    assert list(ids(scope, "changed_attribute:%", now=now)) == []


def test_a_group_that_is_removed_is_no_longer_found_by_its_members(scope, now):
    three_syncs(scope, now)
    number = DirectoryGroup.objects.get().pk
    assert list(ids(scope, "changed_attribute:member", now=now, inventory="groups")) == [number]

    forget(scope, Subject.GROUP, [number])

    assert list(ids(scope, "changed_attribute:member", now=now, inventory="groups")) == []
    assert run_counts(scope, 2)["groups"]["links"] == 0
