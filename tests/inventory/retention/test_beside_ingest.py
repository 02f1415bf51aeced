"""Retention beside a run that writes: batch after batch of the one between those of the other."""

import pytest

from inventory.ingest.feeding import complete, device, host, ingest
from inventory.ingest.snapshots import everything, machines
from inventory.retention.aging import DAY, expire, keep
from muster.inventory.retention.planning import Goings

pytestmark = pytest.mark.django_db

MANY = 30


@pytest.fixture
def between(monkeypatch):
    """Let something be done after each batch of five that retention removes."""
    monkeypatch.setattr("muster.inventory.retention.planning.BATCH", 5)
    batches = Goings.batches

    def arrange(act):
        def with_acts(goings):
            for number, batch in enumerate(batches(goings)):
                yield batch
                act(number)

        monkeypatch.setattr(Goings, "batches", with_acts)

    return arrange


def test_what_goes_and_what_comes_do_not_disturb_each_other(scope, now, between):
    hosts = [host(f"s-{n}", f"ws-{n}") for n in range(MANY)]
    left = [device(f"old-{n}", f"ws-{n}", addresses=(f"10.0.0.{n}",)) for n in range(MANY)]
    ingest(scope, hosts, at=now, run_id=2)
    wanted = everything(scope.organization_id)
    expire_all(scope, now)
    ingest(scope, [*left, complete("azuread")], at=now - 90 * DAY, instance="left")
    keep(scope, at=now, expiration_assets_stale=0, expiration_integration_attributes=30)
    between(lambda number: ingest(scope, hosts[number * 5 :][:5], at=now, run_id=2))

    removed = expire(scope, at=now)

    assert removed["records"] == MANY
    assert everything(scope.organization_id) == wanted


def test_what_a_run_sees_again_while_others_go_stays(scope, now, between):
    left = [device(f"old-{n:02}", f"ws-{n}") for n in range(MANY)]
    ingest(scope, [*left, complete("azuread")], at=now - 90 * DAY)
    keep(scope, at=now, expiration_integration_attributes=30)
    between(lambda number: ingest(scope, left[-5:], at=now, run_id=2) if number == 0 else None)

    removed = expire(scope, at=now)

    assert removed["records"] == MANY - 5
    assert machines(scope.organization_id) == {
        frozenset({("azuread", each.id)}) for each in left[-5:]
    }


def expire_all(scope, now):
    keep(scope, at=now, expiration_assets_stale=1)
    expire(scope, at=now + 2 * DAY)
