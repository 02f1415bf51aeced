"""What retention removes takes its history along, and what stays keeps its own."""

from datetime import timedelta

import pytest

from inventory.ingest.feeding import device
from inventory.retention.aging import DAY, expire, keep, sync
from muster.inventory import engine, retention
from muster.inventory.models import Revision

pytestmark = pytest.mark.django_db


def told(scope) -> int:
    found = engine.rows(
        "SELECT COUNT(*) FROM history WHERE organization_id = %s", (scope.organization_id,)
    )
    return found[0][0]


def rename_twice(scope, now) -> None:
    for number in (1, 2):
        attributes = {"model": f"M{number}"}
        sync(
            scope,
            [device("a", "ws-1", attributes=attributes)],
            at=now + number * timedelta(hours=1),
            run_id=number,
        )


def test_the_history_of_what_is_removed_goes_with_it(scope, now):
    rename_twice(scope, now)
    keep(scope, at=now, expiration_assets_stale=7)
    before = told(scope)

    removed = expire(scope, at=now + 30 * DAY)

    assert before > 0
    assert removed["assets"] == 1
    assert told(scope) == 0


def test_changes_older_than_the_setting_go_and_their_asset_stays(scope, now):
    rename_twice(scope, now)
    keep(scope, at=now, expiration_history=7)
    at = now + 30 * DAY

    would_go = retention.expire_history(scope, at=at, is_dry_run=True)
    went = retention.expire_history(scope, at=at)

    assert would_go == went == 1
    assert told(scope) == 0
    assert expire(scope, at=at)["assets"] == 0


def test_changes_are_kept_for_ever_where_nothing_is_set(scope, now):
    rename_twice(scope, now)

    assert retention.expire_history(scope, at=now + 9000 * DAY) == 0
    assert told(scope) == 1
    assert Revision.objects.count() == 2
