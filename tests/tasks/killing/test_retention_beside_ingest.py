"""Retention and ingest in two processes at once: neither undoes what the other has just done."""

import os
import select
import time

import pytest

from inventory.ingest.feeding import complete, device, ingest
from inventory.retention.aging import DAY, keep, never_ran
from muster.inventory import engine, retention
from muster.inventory.ingest import Ingestion
from muster.inventory.models import AssetSource
from muster.organizations.scope import scope_by_name
from tasks.killing.databases import elsewhere
from tasks.killing.processes import begun, ended

pytestmark = pytest.mark.django_db(transaction=True)

OLD = [device(f"old-{n}", f"ws-{n}") for n in range(10)]
_MOST_SECONDS = 120
_WAITING = "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


class Gate:
    """Lets one process wait until another says so."""

    def __init__(self):
        self.out, self.into = os.pipe()

    def open(self):
        os.write(self.into, b"!")

    def wait(self):
        ready, _, _ = select.select([self.out], [], [], _MOST_SECONDS)
        assert ready, "the other process has not come so far"
        os.read(self.out, 1)


@pytest.fixture
def database(databases, now):
    """Devices that were last seen long ago, and a retention that lets them go."""
    name = databases.new()
    with elsewhere(name, databases.unblock):
        scope = scope_by_name("")
        ingest(scope, [*OLD, complete("azuread")], at=now - 90 * DAY)
        keep(scope, at=now, expiration_integration_attributes=30)
    return name


@pytest.fixture
def process(databases, database):
    """Begin something in another process that works on the database."""

    def begin(work):
        def whole():
            with elsewhere(database, databases.unblock):
                work(scope_by_name(""))

        return begun(whole)

    return begin


def left(databases, database):
    with elsewhere(database, databases.unblock):
        return set(AssetSource.objects.values_list("foreign_id", "run_id"))


def wait_for_a_lock(databases, database):
    """Wait until the other process waits; on SQLite nobody can tell, and it may come later."""
    until = time.monotonic() + _MOST_SECONDS
    with elsewhere(database, databases.unblock):
        while engine.is_postgresql() and not engine.rows(_WAITING)[0][0]:
            assert time.monotonic() < until, "nobody waits for the organization"


def seen_again(scope, now, *, along):
    ingestion = Ingestion(
        scope,
        source="azuread",
        source_id=16,
        instance="tenant",
        site=scope.site(),
        run_id=2,
        at=now,
    )
    ingestion.take(OLD[5:], along=along)


def test_what_a_run_is_storing_when_retention_comes_to_it_stays(databases, database, process, now):
    stored, planned, may_end = Gate(), Gate(), Gate()

    def store(scope):
        seen_again(scope, now, along=lambda: (stored.open(), may_end.wait()))

    def remove(scope):
        made = retention.plan(scope, at=now, first_run=never_ran)
        planned.open()
        assert retention.carry_out(scope, made, first_run=never_ran)["records"] == 5

    storing = process(store)
    stored.wait()
    removing = process(remove)
    planned.wait()
    wait_for_a_lock(databases, database)
    may_end.open()

    assert [ended(storing), ended(removing)] == [0, 0]
    assert left(databases, database) == {(each.id, 2) for each in OLD[5:]}


def test_what_retention_is_removing_when_a_run_tells_of_it_comes_back_as_new(
    databases, database, process, now, monkeypatch
):
    removed, telling, may_end = Gate(), Gate(), Gate()
    remove_records = retention.carrying_out.expiry.remove_records

    def removing_slowly(context, numbers):
        remove_records(context, numbers)
        removed.open()
        may_end.wait()

    def remove(scope):
        monkeypatch.setattr(retention.carrying_out.expiry, "remove_records", removing_slowly)
        made = retention.plan(scope, at=now, first_run=never_ran)
        assert retention.carry_out(scope, made, first_run=never_ran)["records"] == len(OLD)

    def store(scope):
        telling.open()
        seen_again(scope, now, along=lambda: None)

    removing = process(remove)
    removed.wait()
    storing = process(store)
    telling.wait()
    wait_for_a_lock(databases, database)
    may_end.open()

    assert [ended(removing), ended(storing)] == [0, 0]
    assert left(databases, database) == {(each.id, 2) for each in OLD[5:]}
